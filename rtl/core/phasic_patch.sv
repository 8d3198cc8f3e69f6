// SPDX-License-Identifier: Apache-2.0
// Draws the patch of a learned sample that the filters of a layer compete over: goes to the positions that the sample's key gives, gathers the values
// of the sources that reach them, a value for each weight row, and keeps the first patch with enough contrast. Then clears the row log.
//
// Handshake: start_i for one cycle when a learned sample begins, and key_busy_o until its key is there. The draw runs while enable_i is 1, until
//            there is a patch, found_o, or none was found. Then the log is cleared: cleared_o. Both hold as long as enable_i, and so do the patch's
//            word and blank_o. read_i gives the value of a weight row one cycle later and holds it.
// Latency:   the key takes 36 cycles from the sample's start. A draw takes a cycle for each source of a position's window, at a place outside the
//            sources too, and 15 more; clearing a cycle for each source in the log.
// Parameters: Layer, position in the chain; RowBits and WordBits, widths of a source or row and of a word of sums; MaxRows.
`default_nettype none

module phasic_patch #(
  parameter int Layer    = 0,
  parameter int RowBits  = 10,
  parameter int WordBits = 4,
  parameter int MaxRows  = 1024,
  localparam int ValueWidth = 8 + 4
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  clear_i,
  // constants of the run
  input  logic [63:0]           seed_i,
  input  logic [8*phasic_pkg::LayerGrid-1:0] descriptor_i,
  input  logic [15:0]           row_words_i,
  // the sample
  input  logic                  start_i,
  input  logic [31:0]           number_i,
  output logic                  key_busy_o,
  input  logic                  enable_i,
  output logic                  cleared_o,        // the history of every source in the log is cleared
  // row log: the values of sources
  input  logic [RowBits:0]      logged_i,
  output logic                  list_read_o,
  output logic [RowBits-1:0]    list_index_o,
  input  logic [RowBits-1:0]    list_source_i,
  output logic                  history_read_o,
  output logic [RowBits-1:0]    history_source_o,
  input  logic [7:0]            history_i,
  output logic                  forget_o,
  output logic [RowBits-1:0]    forget_source_o,
  // the patch
  output logic                  found_o,
  output logic                  blank_o,          // all its values are 0
  output logic [WordBits-1:0]   word_o,           // of sums, the first of its position
  input  logic                  read_i,
  input  logic [RowBits-1:0]    row_i,
  output logic [ValueWidth-1:0] value_o
);
  typedef enum logic [2:0] {PatchIdle, PatchDraw, PatchPlace, PatchBegin, PatchGather, PatchContrast, PatchDecide, PatchEnd} patch_e;
  patch_e state_q;

  // ---- constants of the layer ----
  logic [8:0]          rows, columns, kernel_rows, kernel_columns;
  logic [15:0]         source_channels;
  logic [1:0]          pool, last_in_pool;
  logic [2:0]          step_shift;
  logic signed [15:0]  window;
  logic [9:0]          last_row, last_column;
  logic [RowBits-1:0]  y_stride, x_stride, channel_stride, y_start, x_start;
  logic signed [11:0]  place_start, place_step;
  assign rows            = descriptor_i[8*phasic_pkg::LayerSourceRows +: 9];
  assign columns         = descriptor_i[8*phasic_pkg::LayerSourceColumns +: 9];
  assign source_channels = descriptor_i[8*phasic_pkg::LayerSourceChannels +: 16];
  assign pool            = descriptor_i[8*phasic_pkg::LayerPool +: 2];
  assign kernel_rows     = descriptor_i[8*phasic_pkg::LayerKernelRows +: 9];
  assign kernel_columns  = descriptor_i[8*phasic_pkg::LayerKernelColumns +: 9];
  assign window          = $signed(descriptor_i[8*phasic_pkg::LayerWindow +: 16]);
  assign last_in_pool    = 2'((3'd1 << pool) - 3'd1);
  assign place_step      = 12'sd1 <<< pool;
  assign step_shift      = 3'(pool) + 3'(descriptor_i[8*phasic_pkg::LayerStride + 1]);

  logic unused_bits;
  assign unused_bits = ^{descriptor_i, draw_empty, draw_payload};

  phasic_convolution_shape #(
    .RowBits(RowBits),
    .First  (Layer == 0)
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

  // ---- a position ----
  logic [63:0]         key;
  logic [2:0]          draw_q, place_q;
  logic                draw_valid, draw_empty, draw_payload;
  logic [15:0]         draw_x, draw_y;
  logic [9:0]          v_q, h_q;
  logic [WordBits-1:0] position_q;
  logic signed [11:0]  y_first_q, x_first_q;              // the kernel's first place
  logic [RowBits-1:0]  y_first_offset_q, x_first_offset_q;

  phasic_key #(
    .Purpose(phasic_pkg::PurposePatch),
    .Layer  (Layer)
  ) u_key (
    .clk_i,
    .rst_ni,
    .clear_i,
    .start_i,
    .seed_i,
    .number_i,
    .busy_o  (key_busy_o),
    .key_o   (key)
  );

  phasic_permute #(
    .PayloadWidth(1)
  ) u_draw (
    .clk_i,
    .rst_ni,
    .clear_i,
    .enable_i (1'b1),
    .key_i    (key),
    .valid_i  (state_q == PatchDraw),
    .x_i      (16'd0),
    .y_i      (16'(draw_q)),
    .payload_i(1'b0),
    .valid_o  (draw_valid),
    .x_o      (draw_x),
    .y_o      (draw_y),
    .payload_o(draw_payload),
    .empty_o  (draw_empty)
  );

  function logic [9:0] scaled(input logic [15:0] random, input logic [9:0] last);
    scaled = 10'((32'(random) * (32'(last) + 32'd1)) >> 16);
  endfunction

  always_ff @(posedge clk_i) begin
    if (draw_valid) begin
      v_q <= scaled(draw_x, last_row);
      h_q <= scaled(draw_y, last_column);
    end
    position_q       <= WordBits'(32'(v_q) * (32'(last_column) + 32'd1) + 32'(h_q));
    y_first_q        <= place_start + $signed(12'(v_q) << step_shift);
    x_first_q        <= place_start + $signed(12'(h_q) << step_shift);
    y_first_offset_q <= y_start + (RowBits'(32'(v_q) * 32'(y_stride)) << step_shift);
    x_first_offset_q <= x_start + (RowBits'(32'(h_q) * 32'(x_stride)) << step_shift);
    if (state_q == PatchBegin) word_o <= WordBits'(32'(position_q) * 32'(row_words_i));
  end

  // ---- places of the kernel, channels, places of a pool: a source a cycle ----
  logic [8:0]         kernel_y_q, kernel_x_q;
  logic [15:0]        channel_q;
  logic [1:0]         pool_y_q, pool_x_q;
  logic signed [11:0] y_place_q, x_place_q, y, x;
  logic [RowBits-1:0] y_offset_q, x_offset_q, channel_offset_q, pool_y_offset_q, pool_x_offset_q;
  logic               gather, there, pool_x_last, place_last, channel_last, kernel_x_last, gather_last;

  assign gather        = state_q == PatchGather;
  assign y             = y_place_q + $signed(12'(pool_y_q));
  assign x             = x_place_q + $signed(12'(pool_x_q));
  assign there         = y >= 12'sd0 && y < $signed({3'd0, rows}) && x >= 12'sd0 && x < $signed({3'd0, columns});
  assign pool_x_last   = pool_x_q == last_in_pool;
  assign place_last    = pool_x_last && pool_y_q == last_in_pool;
  assign channel_last  = place_last && channel_q == source_channels - 16'd1;
  assign kernel_x_last = channel_last && kernel_x_q == kernel_columns - 9'd1;
  assign gather_last   = kernel_x_last && kernel_y_q == kernel_rows - 9'd1;

  assign history_read_o   = gather && there;
  assign history_source_o = y_offset_q + pool_y_offset_q + x_offset_q + pool_x_offset_q + channel_offset_q;

  always_ff @(posedge clk_i) begin
    if (state_q == PatchBegin) begin
      {kernel_y_q, kernel_x_q, channel_q, pool_y_q, pool_x_q} <= '0;
      {channel_offset_q, pool_y_offset_q, pool_x_offset_q}    <= '0;
      y_place_q  <= y_first_q;
      x_place_q  <= x_first_q;
      y_offset_q <= y_first_offset_q;
      x_offset_q <= x_first_offset_q;
    end else if (gather) begin
      pool_x_q        <= pool_x_last ? '0 : pool_x_q + 2'd1;
      pool_x_offset_q <= pool_x_last ? '0 : pool_x_offset_q + x_stride;
      if (pool_x_last) begin
        pool_y_q        <= place_last ? '0 : pool_y_q + 2'd1;
        pool_y_offset_q <= place_last ? '0 : pool_y_offset_q + y_stride;
      end
      if (place_last) begin
        channel_q        <= channel_last ? '0 : channel_q + 16'd1;
        channel_offset_q <= channel_last ? '0 : channel_offset_q + channel_stride;
      end
      if (channel_last) begin
        kernel_x_q <= kernel_x_last ? '0 : kernel_x_q + 9'd1;
        x_place_q  <= kernel_x_last ? x_first_q : x_place_q + place_step;
        x_offset_q <= kernel_x_last ? x_first_offset_q : x_offset_q + (x_stride << pool);
      end
      if (kernel_x_last) begin
        kernel_y_q <= kernel_y_q + 9'd1;
        y_place_q  <= y_place_q + place_step;
        y_offset_q <= y_offset_q + (y_stride << pool);
      end
    end
  end

  // ---- the values of weight rows, one cycle later ----
  logic                  value_q, there_q, row_last_q, row_write;
  logic [RowBits-1:0]    row_q;
  logic [ValueWidth-1:0] sum_q, sum, least_q, most_q, contrast_q;
  logic                  enough;

  assign sum       = sum_q + (there_q ? ValueWidth'(history_i) : '0);
  assign row_write = value_q && row_last_q;
  assign enough    = $signed(17'(contrast_q)) >= $signed(17'(window));
  assign blank_o   = most_q == '0;

  always_ff @(posedge clk_i) begin
    there_q   <= there;
    row_last_q <= place_last;
    if (state_q == PatchBegin) begin
      row_q   <= '0;
      sum_q   <= '0;
      least_q <= '1;
      most_q  <= '0;
    end else if (value_q) begin
      sum_q <= row_last_q ? '0 : sum;
      if (row_last_q) begin
        row_q <= row_q + 1'b1;
        if (sum < least_q) least_q <= sum;
        if (sum > most_q) most_q <= sum;
      end
    end
    contrast_q <= most_q - least_q;
  end

  phasic_ram #(
    .Width(ValueWidth),
    .Depth(MaxRows)
  ) u_values (
    .clk_i,
    .write_i        (row_write),
    .write_address_i(row_q),
    .write_data_i   (sum),
    .read_i,
    .read_address_i (row_i),
    .read_data_o    (value_o)
  );

  // ---- order: draws, then the log ----
  logic [RowBits:0] index_q;
  logic             found_q, list_valid_q, decided;

  assign decided         = state_q == PatchEnd;
  assign found_o         = decided && found_q;
  assign list_read_o     = decided && index_q != logged_i;
  assign list_index_o    = index_q[RowBits-1:0];
  assign forget_o        = list_valid_q;
  assign forget_source_o = list_source_i;
  assign cleared_o       = decided && index_q == logged_i && !list_valid_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q      <= PatchIdle;
      draw_q       <= '0;
      place_q      <= '0;
      value_q      <= 1'b0;
      found_q      <= 1'b0;
      index_q      <= '0;
      list_valid_q <= 1'b0;
    end else if (clear_i || !enable_i) begin
      state_q      <= PatchIdle;
      draw_q       <= '0;
      place_q      <= '0;
      value_q      <= 1'b0;
      found_q      <= 1'b0;
      index_q      <= '0;
      list_valid_q <= 1'b0;
    end else begin
      value_q      <= gather;
      list_valid_q <= list_read_o;
      if (list_read_o) index_q <= index_q + 1'b1;
      case (state_q)
        PatchIdle: state_q <= PatchDraw;
        PatchDraw: state_q <= PatchPlace;
        PatchPlace: begin
          // The draw leaves the permutation, becomes a position, and then the place of its first source.
          if (draw_valid || place_q != 3'd0) place_q <= (place_q == 3'd2) ? '0 : place_q + 3'd1;
          if (place_q == 3'd2) state_q <= PatchBegin;
        end
        PatchBegin: state_q <= PatchGather;
        PatchGather: if (gather_last) state_q <= PatchContrast;
        PatchContrast: begin
          // The last value, then the contrast.
          place_q <= place_q + 3'd1;
          if (place_q == 3'd1) begin
            place_q <= '0;
            state_q <= PatchDecide;
          end
        end
        PatchDecide: begin
          draw_q  <= draw_q + 3'd1;
          found_q <= enough;
          state_q <= (enough || draw_q == 3'(phasic_pkg::PatchDraws - 1)) ? PatchEnd : PatchDraw;
        end
        default: ;
      endcase
    end
  end
endmodule

`default_nettype wire
