// SPDX-License-Identifier: Apache-2.0
// Answers over a grid: what the filters of a convolution find at the positions of a finished step is added up over the cells, each sign for
// itself, and the roots of these sums become the potentials of the layer's neurons.
//
// Handshake: start_i for one cycle while busy_o is 0, in the cycle after the step's last word was issued or later. The words of sums are asked for
//            one a cycle, in order: sums_i, and blank_i if nothing was added to a word, must be there in the next cycle; lanes without a filter
//            have the sum 0. Potentials are read while busy_o is 0, word by word, those of a cell and a side beginning a word. Before a run
//            clearing_i and clear_word_i clear the cells; afterwards they are cleared as they are taken.
// Latency:   a cycle a word of sums, one a neuron, and 32; potentials_o hold the word read one cycle after potential_read_i.
// Parameters: Lanes; SumWidth; SumWordBits and WordBits, widths of a word of sums and of neurons; MaxNeurons as in the limits of the contract.
`default_nettype none

module phasic_pooling #(
  parameter int Lanes       = 64,
  parameter int SumWidth    = 27,
  parameter int SumWordBits = 12,
  parameter int WordBits    = 10,
  parameter int MaxNeurons  = 1024,
  localparam int LaneBits   = (Lanes > 1) ? $clog2(Lanes) : 1
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      clear_i,
  // constants of the layer
  input  logic [8*phasic_pkg::LayerSynapticLeak-1:0] descriptor_i,
  input  logic [15:0]               row_width_i,       // filters
  input  logic [15:0]               row_words_i,
  input  logic [SumWordBits-1:0]    last_sum_word_i,
  input  logic [WordBits-1:0]       last_word_i,       // of neurons
  input  logic                      clearing_i,
  input  logic [SumWordBits-1:0]    clear_word_i,
  // a finished step
  input  logic                      start_i,
  output logic                      busy_o,
  output logic                      sum_read_o,
  output logic [SumWordBits-1:0]    sum_word_o,
  input  logic [Lanes*SumWidth-1:0] sums_i,
  input  logic                      blank_i,
  // potentials of filters at a position that the limit changed
  output logic                      limited_valid_o,
  output logic [Lanes-1:0]          limited_o,
  // potentials of neurons
  input  logic                      potential_read_i,
  input  logic [WordBits-1:0]       potential_word_i,
  output logic [Lanes*15-1:0]       potentials_o
);
  // A cell and side has one word more than its neurons fill at most, and at least one neuron.
  localparam int Cells       = phasic_pkg::LayerGridMaximum * phasic_pkg::LayerGridMaximum;
  localparam int FullWords   = (MaxNeurons + Lanes - 1) / Lanes;
  localparam int CellDepth   = (FullWords + Cells < MaxNeurons) ? FullWords + Cells : MaxNeurons;
  localparam int Depth       = (FullWords + 2 * Cells < MaxNeurons) ? FullWords + 2 * Cells : MaxNeurons;
  localparam int CellBits    = (CellDepth > 1) ? $clog2(CellDepth) : 1;
  localparam int DepthBits   = (Depth > 1) ? $clog2(Depth) : 1;
  localparam int CurrentBits = SumWidth + 1;

  typedef enum logic [2:0] {PoolIdle, PoolDelay, PoolFill, PoolDrain, PoolTake, PoolSettle} pool_e;
  pool_e state_q;

  // ---- constants of the layer ----
  logic [15:0]         threshold;
  logic [4:0]          shift;
  logic [3:0]          grid;
  logic                two_sided;
  logic [9:0]          rows_q, columns_q;   // of positions
  logic [CellBits-1:0] row_words, cell_step_q;

  assign threshold = descriptor_i[8*phasic_pkg::LayerThreshold +: 16];
  assign shift     = 5'(descriptor_i[8*phasic_pkg::LayerInputShift +: 4]) + 5'(phasic_pkg::GradedShift);
  assign grid      = descriptor_i[8*phasic_pkg::LayerGrid +: 4];
  assign two_sided = descriptor_i[8*phasic_pkg::LayerFlags + phasic_pkg::LayerFlagsTwoSidedBit];
  assign row_words = CellBits'(row_words_i);

  logic unused_bits;
  assign unused_bits = ^{descriptor_i, row_width_i, row_words_i, potential_word_i};

  logic [9:0]         last_row, last_column;
  logic               unused_strides;
  logic signed [11:0] unused_start;
  logic [4:0]         unused_places;
  assign unused_strides = ^{unused_start, unused_places};

  phasic_convolution_shape #(
    .RowBits(1)
  ) u_shape (
    .clk_i,
    .descriptor_i    (descriptor_i[8*phasic_pkg::LayerGrid-1:0]),
    .last_row_o      (last_row),
    .last_column_o   (last_column),
    .y_stride_o      (unused_places[0]),
    .x_stride_o      (unused_places[1]),
    .channel_stride_o(unused_places[2]),
    .y_start_o       (unused_places[3]),
    .x_start_o       (unused_places[4]),
    .place_start_o   (unused_start)
  );

  always_ff @(posedge clk_i) begin
    rows_q      <= last_row + 10'd1;
    columns_q   <= last_column + 10'd1;
    cell_step_q <= CellBits'(32'(grid) * 32'(row_words_i));
  end

  // ---- words of sums, position by position, and the word of their cell ----
  // Of a position's row and column only the remainder of position * grid / positions is kept: a step enters the next cell at most, and behind
  // the last cell of a row of positions begins the next row.
  logic                   fill, part_last, column_enters, row_enters, row_last;
  logic [SumWordBits-1:0] word_q;
  logic [CellBits-1:0]    part_q, column_base_q, row_base_q;
  logic [9:0]             column_left_q, row_left_q;
  logic [10:0]            column_next, row_next;
  logic [3:0]             column_cell_q;

  assign fill          = state_q == PoolFill;
  assign part_last     = part_q == row_words - 1'b1;
  assign column_next   = {1'b0, column_left_q} + 11'(grid);
  assign column_enters = column_next >= {1'b0, columns_q};
  assign row_last      = column_enters && column_cell_q == grid - 4'd1;
  assign row_next      = {1'b0, row_left_q} + 11'(grid);
  assign row_enters    = row_next >= {1'b0, rows_q};
  assign sum_read_o    = fill;
  assign sum_word_o    = word_q;

  always_ff @(posedge clk_i) begin
    if (state_q == PoolIdle) begin
      word_q        <= '0;
      part_q        <= '0;
      column_left_q <= '0;
      column_cell_q <= '0;
      column_base_q <= '0;
      row_left_q    <= '0;
      row_base_q    <= '0;
    end else if (fill) begin
      word_q <= word_q + 1'b1;
      part_q <= part_last ? '0 : part_q + 1'b1;
      if (part_last) begin
        column_left_q <= column_enters ? 10'(column_next - {1'b0, columns_q}) : column_next[9:0];
        if (column_enters) begin
          column_cell_q <= row_last ? '0 : column_cell_q + 4'd1;
          column_base_q <= row_last ? '0 : column_base_q + row_words;
        end
        if (row_last) begin
          row_left_q <= row_enters ? 10'(row_next - {1'b0, rows_q}) : row_next[9:0];
          if (row_enters) row_base_q <= row_base_q + cell_step_q;
        end
      end
    end
  end

  // ---- stages: sum, current, potential, what it is above the threshold on either side; then it is added to the word of the cell ----
  logic [4:1]                   valid_q;
  logic [CellBits-1:0]          cell1_q, cell2_q, cell3_q, cell4_q;
  logic                         again_q;
  logic [Lanes*CurrentBits-1:0] currents_q;
  logic [Lanes*16-1:0]          potentials_q;
  logic [Lanes-1:0]             limited_q;
  logic [Lanes*16-1:0]          above_q, below_q;
  logic [Lanes*32-1:0]          ups, downs, ups_q, downs_q, read_ups, read_downs;

  function logic signed [CurrentBits-1:0] current_of(input logic signed [SumWidth-1:0] sum, input logic [4:0] by);
    current_of = (CurrentBits'(sum) + (CurrentBits'(1) << (by - 5'd1))) >>> by;
  endfunction

  function logic outside(input logic signed [CurrentBits-1:0] current);
    outside = current != CurrentBits'($signed(current[15:0]));
  endfunction

  function logic [15:0] limit(input logic signed [CurrentBits-1:0] current);
    limit = outside(current) ? {current[CurrentBits-1], {15{!current[CurrentBits-1]}}} : current[15:0];
  endfunction

  // Of a potential from -32768 to 32768.
  function logic [15:0] excess(input logic signed [16:0] potential, input logic [15:0] least);
    excess = (potential > $signed({1'b0, least})) ? potential[15:0] - least : '0;
  endfunction

  assign limited_valid_o = valid_q[3];
  assign limited_o       = limited_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= '0;
    else if (clear_i) valid_q <= '0;
    else valid_q <= {valid_q[3:1], fill};
  end

  always_ff @(posedge clk_i) begin
    cell1_q <= row_base_q + column_base_q + part_q;
    cell2_q <= cell1_q;
    cell3_q <= cell2_q;
    cell4_q <= cell3_q;
    // The word that was read is being written in the same cycle.
    again_q <= valid_q[4] && cell4_q == cell3_q;
    if (valid_q[1]) begin
      for (int k = 0; k < Lanes; k++)
        currents_q[CurrentBits*k +: CurrentBits] <= blank_i ? '0 : current_of($signed(sums_i[SumWidth*k +: SumWidth]), shift);
    end
    if (valid_q[2]) begin
      for (int k = 0; k < Lanes; k++) begin
        potentials_q[16*k +: 16] <= limit($signed(currents_q[CurrentBits*k +: CurrentBits]));
        limited_q[k] <= outside($signed(currents_q[CurrentBits*k +: CurrentBits]));
      end
    end
    if (valid_q[3]) begin
      for (int k = 0; k < Lanes; k++) begin
        above_q[16*k +: 16] <= excess(17'($signed(potentials_q[16*k +: 16])), threshold);
        below_q[16*k +: 16] <= excess(17'sd0 - 17'($signed(potentials_q[16*k +: 16])), threshold);
      end
    end
    if (valid_q[4]) begin
      ups_q   <= ups;
      downs_q <= downs;
    end
  end

  always_comb begin
    for (int k = 0; k < Lanes; k++) begin
      ups[32*k +: 32]   = (again_q ? ups_q[32*k +: 32] : read_ups[32*k +: 32]) + 32'(above_q[16*k +: 16]);
      downs[32*k +: 32] = (again_q ? downs_q[32*k +: 32] : read_downs[32*k +: 32]) + 32'(below_q[16*k +: 16]);
    end
  end

  // ---- cells are taken, word after word: all of one side, then the other ----
  logic                take, take_part_last, take_last, held_q, held_side_q, held_end_q, held_first_q, lane_last, side_q;
  logic [CellBits-1:0] take_part_q, take_base_q, take_word, held_word_q, cell_write_word;
  logic [WordBits-1:0] take_count_q;
  logic [LaneBits-1:0] lane_q;
  logic                cell_clear, root_valid, root_last;
  logic [14:0]         root_potential;

  assign take           = state_q == PoolTake && (!held_q || lane_last);
  assign take_word      = take_base_q + take_part_q;
  assign take_part_last = take_part_q == row_words - 1'b1;
  assign take_last      = take_count_q == last_word_i;
  assign lane_last      = lane_q == (held_end_q ? LaneBits'((32'(row_width_i) - 32'd1) % 32'(Lanes)) : LaneBits'(Lanes - 1)) || Lanes == 1;
  assign cell_clear     = clearing_i && 32'(clear_word_i) < CellDepth;

  always_ff @(posedge clk_i) begin
    if (state_q == PoolIdle) begin
      take_part_q  <= '0;
      take_base_q  <= '0;
      take_count_q <= '0;
      side_q       <= 1'b0;
    end else if (take) begin
      take_count_q <= take_count_q + 1'b1;
      take_part_q  <= take_part_last ? '0 : take_part_q + 1'b1;
      if (take_part_last) begin
        side_q <= two_sided && !side_q;
        if (!two_sided || side_q) take_base_q <= take_base_q + row_words;
      end
    end
    if (take) begin
      held_word_q <= take_word;
      held_side_q <= side_q;
      held_end_q  <= take_part_last;
    end
    held_first_q <= take;
    lane_q       <= (take || lane_last) ? '0 : lane_q + 1'b1;
  end

  // A word is cleared as it is there to be taken.
  assign cell_write_word = clearing_i ? CellBits'(clear_word_i) : valid_q[4] ? cell4_q : held_word_q;

  phasic_ram #(
    .Width(Lanes * 32),
    .Depth(CellDepth)
  ) u_ups (
    .clk_i,
    .write_i        (cell_clear || valid_q[4] || (held_first_q && !held_side_q)),
    .write_address_i(cell_write_word),
    .write_data_i   (valid_q[4] ? ups : '0),
    .read_i         (valid_q[3] || (take && !side_q)),
    .read_address_i (valid_q[3] ? cell3_q : take_word),
    .read_data_o    (read_ups)
  );

  phasic_ram #(
    .Width(Lanes * 32),
    .Depth(CellDepth)
  ) u_downs (
    .clk_i,
    .write_i        (cell_clear || (valid_q[4] && two_sided) || (held_first_q && held_side_q)),
    .write_address_i(cell_write_word),
    .write_data_i   (valid_q[4] ? downs : '0),
    .read_i         (valid_q[3] || (take && side_q)),
    .read_address_i (valid_q[3] ? cell3_q : take_word),
    .read_data_o    (read_downs)
  );

  phasic_root u_root (
    .clk_i,
    .rst_ni,
    .clear_i,
    .scale_i    (descriptor_i[8*phasic_pkg::LayerAnswerScale +: 16]),
    .shift_i    (descriptor_i[8*phasic_pkg::LayerAnswerShift +: 4]),
    .valid_i    (held_q),
    .last_i     (lane_last),
    .sum_i      (held_side_q ? read_downs[32*lane_q +: 32] : read_ups[32*lane_q +: 32]),
    .valid_o    (root_valid),
    .last_o     (root_last),
    .potential_o(root_potential)
  );

  // ---- potentials of neurons, a word when its lanes are there ----
  logic                 write_q, written;
  logic [LaneBits-1:0]  root_lane_q;
  logic [WordBits-1:0]  write_word_q;
  logic [Lanes*15-1:0]  collected_q;

  assign written = write_q && write_word_q == last_word_i;

  always_ff @(posedge clk_i) begin
    if (state_q == PoolIdle) begin
      root_lane_q  <= '0;
      write_word_q <= '0;
    end else begin
      if (root_valid) root_lane_q <= root_last ? '0 : root_lane_q + 1'b1;
      if (write_q) write_word_q <= write_word_q + 1'b1;
    end
    if (root_valid) collected_q[15*root_lane_q +: 15] <= root_potential;
    write_q <= root_valid && root_last;
  end

  phasic_ram #(
    .Width(Lanes * 15),
    .Depth(Depth)
  ) u_potentials (
    .clk_i,
    .write_i        (write_q),
    .write_address_i(DepthBits'(write_word_q)),
    .write_data_i   (collected_q),
    .read_i         (potential_read_i),
    .read_address_i (DepthBits'(potential_word_i)),
    .read_data_o    (potentials_o)
  );

  // ---- order of work ----
  logic [2:0] wait_q;

  assign busy_o = state_q != PoolIdle;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= PoolIdle;
      held_q  <= 1'b0;
      wait_q  <= '0;
    end else if (clear_i) begin
      state_q <= PoolIdle;
      held_q  <= 1'b0;
      wait_q  <= '0;
    end else begin
      if (take) held_q <= 1'b1;
      else if (lane_last) held_q <= 1'b0;
      wait_q <= (state_q == PoolDelay || state_q == PoolDrain) ? wait_q + 3'd1 : 3'd0;
      case (state_q)
        PoolIdle:  if (start_i) state_q <= PoolDelay;
        // The last sum of the step must have been written, and then that of a cell.
        PoolDelay: if (wait_q == 3'd2) state_q <= PoolFill;
        PoolFill:  if (word_q == last_sum_word_i) state_q <= PoolDrain;
        PoolDrain: if (wait_q == 3'd3) state_q <= PoolTake;
        PoolTake:  if (take && take_last) state_q <= PoolSettle;
        default:   if (written) state_q <= PoolIdle;
      endcase
    end
  end
endmodule

`default_nettype wire
