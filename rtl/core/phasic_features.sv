// SPDX-License-Identifier: Apache-2.0
// Filters of a layer that compete over a patch of a learned sample: finds the winner, makes targets of the patch, and moves the winner's weights
// towards them. Wins stand in rows that follow the weights in the synapse memory, and the table of targets follows them.
//
// Handshake: patch_i is 1 from when there is a patch until the sample has been learned; patch_blank_i, patch_word_i and the patch's values hold
//            meanwhile. ready_o: targets are there, and the walk over all rows may begin, which brings each row's first word with its random
//            numbers. When patch_i falls, what is inside is finished and the wins written; busy_o is 1 until then.
// Latency:   a cycle a filter and 16 / WeightWidth + 2 a word of filters for the winner, a cycle a row and a target and 6 more a word of targets,
//            a cycle a row to move; about 30 more.
// Parameters: Lanes, WeightWidth; SumWidth of a position's sums; WordBits, RowBits and AddressBits, widths of a word of sums, a row and an address in
//            the synapse memory; MaxRows.
`default_nettype none

module phasic_features #(
  parameter int Lanes       = 64,
  parameter int WeightWidth = 8,
  parameter int SumWidth    = 27,
  parameter int WordBits    = 10,
  parameter int RowBits     = 10,
  parameter int AddressBits = 14,
  parameter int MaxRows     = 1024
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         clear_i,
  // constants of the run
  input  logic [8*phasic_pkg::LayerSynapticLeak-1:0] descriptor_i,
  input  logic [15:0]                  rows_i,
  input  logic [15:0]                  row_width_i,      // filters
  input  logic [15:0]                  row_words_i,
  // words of offsets
  input  logic                         load_i,
  input  logic [31:0]                  load_address_i,
  input  logic [Lanes*phasic_pkg::MemoryWidth-1:0] load_data_i,
  // a patch: the first word of its position's sums, and its values
  input  logic                         patch_i,
  input  logic                         patch_blank_i,
  input  logic [WordBits-1:0]          patch_word_i,
  output logic                         value_read_o,
  output logic [RowBits-1:0]           value_row_o,
  input  logic [11:0]                  value_i,
  output logic                         ready_o,
  output logic                         busy_o,
  // sums, one cycle later
  output logic                         sums_read_o,
  output logic [WordBits-1:0]          sums_word_o,
  input  logic [Lanes*SumWidth-1:0]    sums_i,
  // rows
  input  logic                         row_valid_i,
  input  logic [AddressBits-1:0]       row_address_i,
  input  logic [15:0]                  row_x_i,
  input  logic [15:0]                  row_y_i,
  output logic                         learned_o,
  output logic                         limited_o,
  // synapse memory
  output logic                         read_o,
  output logic [AddressBits-1:0]       read_address_o,
  input  logic [Lanes*WeightWidth-1:0] weights_i,
  output logic                         write_o,
  output logic [AddressBits-1:0]       write_address_o,
  output logic [Lanes*WeightWidth-1:0] weights_o
);
  localparam int Planes = phasic_pkg::WinsWidth / WeightWidth;

  typedef enum logic [2:0] {FeaturesIdle, FeaturesContest, FeaturesTargets, FeaturesMove, FeaturesEnd} features_e;
  features_e state_q;

  logic                   begins_q, comparing, aiming, pulling, contest_read, targets_read, pull_read;
  logic [AddressBits-1:0] state_address_q, table_address_q, contest_address, targets_address, pull_address;
  logic [15:0]            winner, winner_wins, goal, target_words_q;
  logic [RowBits-1:0]     row_q, row;

  logic unused_bits;
  assign unused_bits = ^descriptor_i;

  // Rows of wins follow those of weights, and the table follows them.
  always_ff @(posedge clk_i) begin
    state_address_q <= AddressBits'(32'(rows_i) * 32'(row_words_i));
    table_address_q <= AddressBits'((32'(rows_i) + 32'(Planes)) * 32'(row_words_i));
    target_words_q  <= 16'((32'(rows_i) + 32'(Lanes - 1)) / 32'(Lanes));
  end

  // ---- order ----
  assign busy_o  = state_q != FeaturesIdle || pulling;
  assign ready_o = state_q == FeaturesMove;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= FeaturesIdle;
      begins_q <= 1'b0;
    end else if (clear_i) begin
      state_q  <= FeaturesIdle;
      begins_q <= 1'b0;
    end else begin
      // A part is busy from the cycle after its start on.
      begins_q <= 1'b0;
      case (state_q)
        FeaturesIdle: if (patch_i) begin
          state_q  <= FeaturesContest;
          begins_q <= 1'b1;
        end
        FeaturesContest: if (!begins_q && !comparing) begin
          state_q  <= FeaturesTargets;
          begins_q <= 1'b1;
        end
        FeaturesTargets: if (!begins_q && !aiming) state_q <= FeaturesMove;
        FeaturesMove: if (!patch_i) state_q <= FeaturesEnd;
        default: if (!pulling) state_q <= FeaturesIdle;
      endcase
    end
  end

  phasic_filter_contest #(
    .Lanes      (Lanes),
    .WeightWidth(WeightWidth),
    .SumWidth   (SumWidth),
    .WordBits   (WordBits),
    .AddressBits(AddressBits)
  ) u_contest (
    .clk_i,
    .rst_ni,
    .clear_i,
    .homeostasis_i  (descriptor_i[8*phasic_pkg::LayerHomeostasis +: 16]),
    .filters_i      (row_width_i),
    .row_words_i,
    .state_address_i(state_address_q),
    .start_i        (begins_q && state_q == FeaturesContest),
    .word_i         (patch_word_i),
    .blank_i        (patch_blank_i),
    .busy_o         (comparing),
    .winner_o       (winner),
    .wins_o         (winner_wins),
    .read_o         (contest_read),
    .read_address_o (contest_address),
    .weights_i,
    .sums_read_o,
    .sums_word_o,
    .sums_i
  );

  // Rows come in order, so the target of the next one is asked for while one goes in.
  assign row = row_valid_i ? row_q + 1'b1 : row_q;
  always_ff @(posedge clk_i) row_q <= ready_o ? row : '0;

  phasic_targets #(
    .Lanes      (Lanes),
    .WeightWidth(WeightWidth),
    .RowBits    (RowBits),
    .MaxRows    (MaxRows),
    .AddressBits(AddressBits)
  ) u_targets (
    .clk_i,
    .rst_ni,
    .clear_i,
    .rows_i,
    .target_words_i (target_words_q),
    .table_address_i(table_address_q),
    .shift_i        (descriptor_i[8*phasic_pkg::LayerTargetShift +: 5]),
    .load_i,
    .load_address_i,
    .load_data_i,
    .start_i        (begins_q && state_q == FeaturesTargets),
    .busy_o         (aiming),
    .value_read_o,
    .value_row_o,
    .value_i,
    .read_o         (targets_read),
    .read_address_o (targets_address),
    .weights_i,
    .target_read_i  (ready_o),
    .target_row_i   (row),
    .target_o       (goal)
  );

  phasic_pull #(
    .Lanes      (Lanes),
    .WeightWidth(WeightWidth),
    .AddressBits(AddressBits),
    .Graded     (1'b1),
    .Filters    (1'b1)
  ) u_pull (
    .clk_i,
    .rst_ni,
    .clear_i,
    .graded_i       (1'b1),
    .input_shift_i  (3'd0),
    .shift_i        (descriptor_i[8*phasic_pkg::LayerFactorShift +: 4]),
    .nearest_i      (descriptor_i[8*phasic_pkg::LayerRounding]),
    .row_words_i,
    .state_address_i(state_address_q),
    .winner_valid_i (1'b1),
    .winner_i       (winner),
    .squares_i      (32'd0),
    .wins_i         (winner_wins),
    .enable_i       (ready_o && patch_i),
    .valid_i        (row_valid_i),
    .address_i      (row_address_i),
    .row_x_i,
    .row_y_i,
    .history_i      (32'(goal)),
    .busy_o         (pulling),
    .read_o         (pull_read),
    .read_address_o (pull_address),
    .weights_i,
    .write_o,
    .write_address_o,
    .weights_o,
    .learned_o,
    .limited_o
  );

  // ---- synapse memory: one after the other ----
  assign read_o         = contest_read || targets_read || pull_read;
  assign read_address_o = contest_read ? contest_address : targets_read ? targets_address : pull_address;
endmodule

`default_nettype wire
