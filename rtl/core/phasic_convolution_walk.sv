// SPDX-License-Identifier: Apache-2.0
// Walk of a convolution over its weight rows after a learned sample. For each word of a row it looks, position after position, whether the source
// that reaches the position through the row has spiked, and sends those that have; then it asks for the word's sum to be added to the weights.
//
// Handshake: runs while enable_i is 1; done_o is 1 in its last cycle. pair_valid_o: a source and a word of the neurons that it reaches, with the
//            source's history on the row log's port; first_o marks the first of a sum. commit_o: the sum of the word's pairs is complete; pairs and
//            commits never come together, and after a commit no other comes for a cycle. At the end the history of every source in the log is cleared.
// Latency:   for each word of a row a cycle a source in the positions' windows, and four more; 12 cycles a row at least; a cycle a source at the end.
// Parameters: RowBits, AddressBits and WordBits, widths of a source, an address in the synapse memory and a word number; First, sources are inputs,
//            which lie channel after channel.
`default_nettype none

module phasic_convolution_walk #(
  parameter int RowBits     = 10,
  parameter int AddressBits = 14,
  parameter int WordBits    = 4,
  parameter bit First       = 1'b0
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   clear_i,
  input  logic                   enable_i,
  output logic                   done_o,
  input  logic [63:0]            key_i,
  // constants of the layer
  input  logic [8*phasic_pkg::LayerGrid-1:0] descriptor_i,
  input  logic [15:0]            sources_i,
  input  logic [15:0]            row_words_i,
  input  logic [WordBits-1:0]    last_word_i,      // of a weight row
  // row log: sources that spiked
  input  logic [RowBits:0]       logged_i,
  output logic                   list_read_o,
  output logic [RowBits-1:0]     list_index_o,
  input  logic [RowBits-1:0]     list_source_i,
  output logic                   history_read_o,
  output logic [RowBits-1:0]     history_source_o,
  input  logic [31:0]            history_i,
  output logic                   forget_o,
  output logic [RowBits-1:0]     forget_source_o,
  // pairs and sums
  output logic                   pair_valid_o,
  output logic                   first_o,
  output logic                   commit_o,
  output logic [WordBits-1:0]    target_word_o,    // of a pair's neurons
  output logic [WordBits-1:0]    word_o,           // of the weight row
  output logic [AddressBits-1:0] word_address_o,
  output logic [15:0]            random_x_o,
  output logic [15:0]            random_y_o,
  output logic                   pair_counts_o,    // a source and a position, once
  output logic                   row_done_o        // a row that was visited
);
  typedef enum logic [2:0] {WalkIdle, WalkRow, WalkWord, WalkScan, WalkLook, WalkCommit, WalkForget} walk_e;
  walk_e state_q;

  // ---- constants of the layer ----
  logic [8:0]  rows, columns, kernel_rows, kernel_columns;
  logic [15:0] source_channels;
  logic [1:0]  pool;
  logic        stride_two, bias;
  assign rows            = descriptor_i[8*phasic_pkg::LayerSourceRows +: 9];
  assign columns         = descriptor_i[8*phasic_pkg::LayerSourceColumns +: 9];
  assign source_channels = descriptor_i[8*phasic_pkg::LayerSourceChannels +: 16];
  assign pool            = descriptor_i[8*phasic_pkg::LayerPool +: 2];
  assign stride_two      = descriptor_i[8*phasic_pkg::LayerStride + 1];
  assign kernel_rows     = descriptor_i[8*phasic_pkg::LayerKernelRows +: 9];
  assign kernel_columns  = descriptor_i[8*phasic_pkg::LayerKernelColumns +: 9];
  assign bias            = descriptor_i[8*phasic_pkg::LayerFlags + phasic_pkg::LayerFlagsBiasBit];

  logic unused_bits;
  assign unused_bits = ^{descriptor_i, hash_empty, hash_payload};

  // Numbers of sources count modulo their width, since they may begin before the first one.
  logic [9:0]          last_row, last_column;
  logic [RowBits-1:0]  y_stride, x_stride, channel_stride, y_start, x_start;
  logic [WordBits-1:0] position_step_q;
  logic [1:0]          last_in_pool;
  logic signed [11:0]  place_start, place_step;
  logic [2:0]          step_shift;
  assign last_in_pool = 2'((3'd1 << pool) - 3'd1);
  assign place_step   = 12'sd1 <<< pool;
  assign step_shift   = 3'(pool) + 3'(stride_two);

  phasic_convolution_shape #(
    .RowBits(RowBits),
    .First  (First)
  ) u_shape (
    .clk_i,
    .descriptor_i,
    .last_row_o      (last_row),
    .last_column_o   (last_column),
    .y_stride_o      (y_stride),
    .x_stride_o      (x_stride),
    .channel_stride_o(channel_stride),
    .y_start_o       (y_start),
    .x_start_o       (x_start),
    .place_start_o   (place_start)
  );

  always_ff @(posedge clk_i) position_step_q <= WordBits'((32'(last_column) + 32'd1) * 32'(row_words_i));

  // ---- the weight row: kernel row and column, and channel ----
  logic [8:0]             kernel_y_q, kernel_x_q;
  logic [15:0]            channel_q;
  logic                   bias_row_q, channel_last, kernel_x_last, kernel_y_last, kernel_end;
  logic [RowBits-1:0]     row_q, channel_offset_q, y_offset_q, x_offset_q;   // offsets: of sources, for position 0
  logic [AddressBits-1:0] row_address_q;
  logic signed [11:0]     y_place_q, x_place_q;
  logic                   next_row;

  assign channel_last  = channel_q == source_channels - 16'd1;
  assign kernel_x_last = kernel_x_q == kernel_columns - 9'd1;
  assign kernel_y_last = kernel_y_q == kernel_rows - 9'd1;
  assign kernel_end    = bias_row_q || (channel_last && kernel_x_last && kernel_y_last);

  always_ff @(posedge clk_i) begin
    if (state_q == WalkIdle) begin
      row_q            <= '0;
      row_address_q    <= '0;
      kernel_y_q       <= '0;
      kernel_x_q       <= '0;
      channel_q        <= '0;
      bias_row_q       <= 1'b0;
      channel_offset_q <= '0;
      y_offset_q       <= y_start;
      x_offset_q       <= x_start;
      y_place_q        <= place_start;
      x_place_q        <= place_start;
    end else if (next_row) begin
      row_q            <= row_q + 1'b1;
      row_address_q    <= row_address_q + AddressBits'(row_words_i);
      bias_row_q       <= kernel_end;
      channel_q        <= channel_last ? '0 : channel_q + 16'd1;
      channel_offset_q <= channel_last ? '0 : channel_offset_q + channel_stride;
      if (channel_last) begin
        kernel_x_q <= kernel_x_last ? '0 : kernel_x_q + 9'd1;
        x_offset_q <= kernel_x_last ? x_start : x_offset_q + (x_stride << pool);
        x_place_q  <= kernel_x_last ? place_start : x_place_q + place_step;
        if (kernel_x_last) begin
          kernel_y_q <= kernel_y_q + 9'd1;
          y_offset_q <= y_offset_q + (y_stride << pool);
          y_place_q  <= y_place_q + place_step;
        end
      end
    end
  end

  // ---- positions, and the places of a pool ----
  logic [9:0]          row_position_q, column_position_q;
  logic [1:0]          pool_y_q, pool_x_q, pool_last;
  logic signed [11:0]  y_first_q, y_q, x_first_q, x_q;            // of the position, of the place
  logic [RowBits-1:0]  y_first_offset_q, y_now_offset_q, x_first_offset_q, x_now_offset_q;
  logic [WordBits-1:0] row_target_q, target_q, part_q;
  logic                in_rows, in_sources, pool_x_last, pool_y_last, columns_end, scan_end, scan;

  assign scan        = state_q == WalkScan;
  assign pool_last   = bias_row_q ? 2'd0 : last_in_pool;
  assign pool_x_last = pool_x_q == pool_last;
  assign pool_y_last = pool_y_q == pool_last;
  assign in_rows    = bias_row_q || (y_q >= 12'sd0 && y_q < $signed({3'd0, rows}));
  assign in_sources      = in_rows && (bias_row_q || (x_q >= 12'sd0 && x_q < $signed({3'd0, columns})));
  assign columns_end = !in_rows || (pool_x_last && column_position_q == last_column);
  assign scan_end    = columns_end && pool_y_last && row_position_q == last_row;

  always_ff @(posedge clk_i) begin
    if (state_q == WalkWord) begin
      row_position_q   <= '0;
      pool_y_q         <= '0;
      y_first_q        <= y_place_q;
      y_q              <= y_place_q;
      y_first_offset_q <= y_offset_q;
      y_now_offset_q   <= y_offset_q;
      row_target_q     <= '0;
    end else if (scan && columns_end) begin
      pool_y_q <= pool_y_last ? '0 : pool_y_q + 2'd1;
      if (pool_y_last) begin
        row_position_q   <= row_position_q + 10'd1;
        y_first_q        <= y_first_q + (place_step <<< stride_two);
        y_q              <= y_first_q + (place_step <<< stride_two);
        y_first_offset_q <= y_first_offset_q + (y_stride << step_shift);
        y_now_offset_q   <= y_first_offset_q + (y_stride << step_shift);
        row_target_q     <= row_target_q + position_step_q;
      end else begin
        y_q            <= y_q + 12'sd1;
        y_now_offset_q <= y_now_offset_q + y_stride;
      end
    end
    if (state_q == WalkWord || (scan && columns_end)) begin
      column_position_q <= '0;
      pool_x_q          <= '0;
      x_first_q         <= x_place_q;
      x_q               <= x_place_q;
      x_first_offset_q  <= x_offset_q;
      x_now_offset_q    <= x_offset_q;
      target_q          <= (state_q == WalkWord) ? '0 : pool_y_last ? row_target_q + position_step_q : row_target_q;
    end else if (scan) begin
      pool_x_q <= pool_x_last ? '0 : pool_x_q + 2'd1;
      if (pool_x_last) begin
        column_position_q <= column_position_q + 10'd1;
        x_first_q         <= x_first_q + (place_step <<< stride_two);
        x_q               <= x_first_q + (place_step <<< stride_two);
        x_first_offset_q  <= x_first_offset_q + (x_stride << step_shift);
        x_now_offset_q    <= x_first_offset_q + (x_stride << step_shift);
        target_q          <= target_q + WordBits'(row_words_i);
      end else begin
        x_q            <= x_q + 12'sd1;
        x_now_offset_q <= x_now_offset_q + x_stride;
      end
    end
  end

  assign history_read_o   = scan && in_sources;
  assign history_source_o = bias_row_q ? RowBits'(sources_i - 16'd1) : y_now_offset_q + x_now_offset_q + channel_offset_q;

  // ---- random word of the row ----
  logic        hash_start, hash_valid, hash_empty, hash_ready_q;
  logic        hash_payload;
  logic [15:0] hash_x, hash_y;
  assign hash_start = state_q == WalkRow;

  phasic_permute #(
    .PayloadWidth(1)
  ) u_permute (
    .clk_i,
    .rst_ni,
    .clear_i,
    .enable_i (enable_i),
    .key_i,
    .valid_i  (hash_start),
    .x_i      (16'd0),
    .y_i      (16'(row_q)),
    .payload_i(1'b0),
    .valid_o  (hash_valid),
    .x_o      (hash_x),
    .y_o      (hash_y),
    .payload_o(hash_payload),
    .empty_o  (hash_empty)
  );

  // ---- order ----
  logic             looked_q, word_last, any_q, finished;
  logic [RowBits:0] index_q;
  logic             list_valid_q;

  assign word_last       = part_q == last_word_i;
  assign pair_valid_o    = looked_q && history_i != 32'd0;
  assign first_o         = !any_q;
  assign pair_counts_o   = pair_valid_o && part_q == '0;
  assign commit_o        = enable_i && state_q == WalkCommit && any_q && hash_ready_q;
  assign row_done_o      = commit_o && word_last;
  // Without a pair there is none for the row's other words.
  assign next_row        = state_q == WalkCommit && (any_q ? row_done_o : hash_ready_q);
  assign finished        = kernel_end && (bias_row_q || !bias);
  assign word_o          = part_q;
  assign word_address_o  = row_address_q + AddressBits'(part_q);
  assign list_read_o     = state_q == WalkForget && index_q != logged_i;
  assign list_index_o    = index_q[RowBits-1:0];
  assign forget_o        = list_valid_q;
  assign forget_source_o = list_source_i;
  assign done_o          = enable_i && state_q == WalkForget && index_q == logged_i && !list_valid_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q      <= WalkIdle;
      looked_q     <= 1'b0;
      any_q        <= 1'b0;
      hash_ready_q <= 1'b0;
      part_q       <= '0;
      index_q      <= '0;
      list_valid_q <= 1'b0;
    end else if (clear_i || !enable_i) begin
      state_q      <= WalkIdle;
      looked_q     <= 1'b0;
      any_q        <= 1'b0;
      hash_ready_q <= 1'b0;
      part_q       <= '0;
      index_q      <= '0;
      list_valid_q <= 1'b0;
    end else begin
      looked_q     <= history_read_o;
      list_valid_q <= list_read_o;
      if (list_read_o) index_q <= index_q + 1'b1;
      if (hash_start) hash_ready_q <= 1'b0;
      else if (hash_valid) hash_ready_q <= 1'b1;
      if (state_q == WalkWord) any_q <= 1'b0;
      else if (pair_valid_o) any_q <= 1'b1;
      case (state_q)
        WalkIdle: state_q <= WalkRow;
        WalkRow: begin
          part_q  <= '0;
          state_q <= WalkWord;
        end
        WalkWord: state_q <= WalkScan;
        WalkScan: if (scan_end) state_q <= WalkLook;
        WalkLook: state_q <= WalkCommit;
        WalkCommit: begin
          if (next_row) state_q <= finished ? WalkForget : WalkRow;
          else if (commit_o) begin
            part_q  <= part_q + 1'b1;
            state_q <= WalkWord;
          end
        end
        default: ;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (history_read_o) target_word_o <= target_q + part_q;
    if (hash_valid) begin
      random_x_o <= hash_x;
      random_y_o <= hash_y;
    end
  end
endmodule

`default_nettype wire
