// SPDX-License-Identifier: Apache-2.0
// Competition of the neurons of a layer: a contest over each sample gives scores and a winner, which then learns. Both use the rows of squares
// and wins that follow the weights in the synapse memory. A discriminant has the scores alone, with offsets in these rows.
//
// Handshake: start_i for one cycle while busy_o is 0, with the sums of a finished sample; scores by valid/ready. Then, for a learned sample,
//            learn_i is 1 while every row's first word comes with its random numbers and history; winner_valid_o says whether anyone learns.
// Latency:   a cycle a neuron and 48 / WeightWidth + 2 a word for the contest, a cycle a row to learn.
// Parameters: Lanes, WeightWidth; SumWidth of the sample's sums; WordBits, AddressBits, widths of a word number and an address in the synapse
//            memory; Graded, there can be graded samples; Wins, there can be layers that compete; Offsets, discriminants.
`default_nettype none

module phasic_competition #(
  parameter int Lanes       = 64,
  parameter int WeightWidth = 8,
  parameter int SumWidth    = 24,
  parameter int WordBits    = 4,
  parameter int AddressBits = 14,
  parameter bit Graded      = 1'b0,
  parameter bit Wins        = 1'b1,
  parameter bit Offsets     = 1'b0
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         clear_i,
  // constants of the run
  input  logic [8*phasic_pkg::LayerGrid-1:0] descriptor_i,
  input  logic                         graded_i,
  input  logic [15:0]                  rows_i,
  input  logic [15:0]                  row_words_i,
  // contest
  input  logic                         start_i,
  input  logic                         start_silent_i,
  input  logic                         start_learn_i,
  output logic                         busy_o,
  output logic [2:0]                   state_o,
  output logic                         word_read_o,      // sums and levels of a word of neurons, one cycle later
  output logic [WordBits-1:0]          word_o,
  input  logic [Lanes*SumWidth-1:0]    sums_i,
  input  logic [Lanes-1:0]             positive_i,
  output logic                         score_valid_o,
  input  logic                         score_ready_i,
  output logic [31:0]                  score_o,
  output logic                         score_last_o,
  output logic [15:0]                  prediction_o,
  output logic                         winner_valid_o,
  // learning
  input  logic                         learn_i,
  input  logic                         row_valid_i,
  input  logic [AddressBits-1:0]       row_address_i,
  input  logic [15:0]                  row_x_i,
  input  logic [15:0]                  row_y_i,
  input  logic [31:0]                  history_i,
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
  logic                   comparing, pulling, contest_read, pull_read;
  logic [15:0]            winner, wins;
  logic [31:0]            squares;
  logic [AddressBits-1:0] state_address_q, contest_read_address, pull_read_address;

  // The rows that hold squares and wins follow those of weights.
  always_ff @(posedge clk_i) state_address_q <= AddressBits'(32'(rows_i) * 32'(row_words_i));
  assign busy_o         = comparing || pulling;
  assign read_o         = contest_read || pull_read;
  assign read_address_o = contest_read ? contest_read_address : pull_read_address;

  logic offsets, unused_bits;
  assign offsets     = !Wins || (Offsets && descriptor_i[8*phasic_pkg::LayerFactor +: 3] == 3'(phasic_pkg::FactorDiscriminant));
  assign unused_bits = ^descriptor_i;

  phasic_contest #(
    .Lanes      (Lanes),
    .WeightWidth(WeightWidth),
    .SumWidth   (SumWidth),
    .WordBits   (WordBits),
    .AddressBits(AddressBits),
    .Offsets    (Offsets)
  ) u_contest (
    .clk_i,
    .rst_ni,
    .clear_i,
    .input_shift_i  (descriptor_i[8*phasic_pkg::LayerInputShift +: 3]),
    .homeostasis_i  (descriptor_i[8*phasic_pkg::LayerHomeostasis +: 16]),
    .neurons_i      (descriptor_i[8*phasic_pkg::LayerNeurons +: 16]),
    .row_words_i,
    .state_address_i(state_address_q),
    .offsets_i      (offsets),
    .start_i,
    .start_silent_i,
    .start_learn_i,
    .busy_o         (comparing),
    .state_o,
    .read_o         (contest_read),
    .read_address_o (contest_read_address),
    .weights_i,
    .word_read_o,
    .word_o,
    .sums_i,
    .positive_i,
    .score_valid_o,
    .score_ready_i,
    .score_o,
    .score_last_o,
    .prediction_o,
    .winner_valid_o,
    .winner_o       (winner),
    .squares_o      (squares),
    .wins_o         (wins)
  );

  if (Wins) begin : gen_pull
    phasic_pull #(
      .Lanes      (Lanes),
      .WeightWidth(WeightWidth),
      .AddressBits(AddressBits),
      .Graded     (Graded)
    ) u_pull (
      .clk_i,
      .rst_ni,
      .clear_i,
      .graded_i,
      .input_shift_i  (descriptor_i[8*phasic_pkg::LayerInputShift +: 3]),
      .shift_i        (descriptor_i[8*phasic_pkg::LayerFactorShift +: 4]),
      .nearest_i      (descriptor_i[8*phasic_pkg::LayerRounding]),
      .row_words_i,
      .state_address_i(state_address_q),
      .winner_valid_i (winner_valid_o),
      .winner_i       (winner),
      .squares_i      (squares),
      .wins_i         (wins),
      .enable_i       (learn_i),
      .valid_i        (row_valid_i),
      .address_i      (row_address_i),
      .row_x_i,
      .row_y_i,
      .history_i,
      .busy_o         (pulling),
      .read_o         (pull_read),
      .read_address_o (pull_read_address),
      .weights_i,
      .write_o,
      .write_address_o,
      .weights_o,
      .learned_o,
      .limited_o
    );
  end else begin : gen_no_pull
    logic unused_pull;
    assign unused_pull = ^{graded_i, learn_i, row_valid_i, row_address_i, row_x_i, row_y_i, history_i, winner, squares, wins};
    assign {pulling, pull_read, pull_read_address, write_o, write_address_o, weights_o, learned_o, limited_o} = '0;
  end
endmodule

`default_nettype wire
