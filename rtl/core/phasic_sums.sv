// SPDX-License-Identifier: Apache-2.0
// What the neurons of a layer are driven by: the sums of weights of a step, or with a grid what phasic_pooling makes of them.
//
// Handshake: none but that of the modules inside. With grid_i the sweep's words are those of cells and sides, and it may read them from the second
//            cycle after start_i on while hold_o is 0; hold_o is 1 from the cycle after start_i on. A word of sums by itself is read by look_i, while
//            the sweep reads none; sums_o hold it.
// Latency:   sums_o and drives_o hold the word read one cycle after sweep_read_i; limited_o as phasic_pooling tells it.
// Parameters: Lanes, WeightWidth, SumWidth; Words, words of neurons, and SumWords of sums; Graded, Convolution as in phasic_lanes; Grid, there can
//            be a grid, and SumWidth is then at least 24; DescriptorBits, of a layer's descriptor.
`default_nettype none

module phasic_sums #(
  parameter int Lanes       = 64,
  parameter int WeightWidth = 8,
  parameter int SumWidth    = 27,
  parameter int Words       = 16,
  parameter int SumWords    = 16,
  parameter bit Graded      = 1'b0,
  parameter bit Convolution = 1'b0,
  parameter bit Grid        = 1'b0,
  parameter int DescriptorBits = 8 * phasic_pkg::LayerGrid,
  localparam int LaneBits    = (Lanes > 1) ? $clog2(Lanes) : 1,
  localparam int WordBits    = (Words > 1) ? $clog2(Words) : 1,
  localparam int SumWordBits = (SumWords > 1) ? $clog2(SumWords) : 1
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         clear_i,
  // constants of the layer
  input  logic [DescriptorBits-1:0]    descriptor_i,
  input  logic                         sparse_i,         // a convolution
  input  logic                         grid_i,           // that answers over a grid
  input  logic [15:0]                  row_width_i,
  input  logic [15:0]                  row_words_i,
  input  logic [SumWordBits-1:0]       last_sum_word_i,
  input  logic [WordBits-1:0]          last_word_i,
  input  logic                         clearing_i,
  input  logic [SumWordBits-1:0]       clear_word_i,
  // weights of a word that is issued
  input  logic                         issue_i,
  input  logic                         issue_bank_i,
  input  logic                         issue_first_i,
  input  logic [SumWordBits-1:0]       issue_word_i,
  input  logic [7:0]                   issue_value_i,
  input  logic [Lanes*WeightWidth-1:0] weights_i,
  // a finished step; bank and silence hold from the cycle after its start on
  input  logic                         start_i,
  output logic                         hold_o,
  input  logic                         sweep_read_i,
  input  logic                         sweep_bank_i,
  input  logic                         sweep_silent_i,
  input  logic [WordBits-1:0]          sweep_word_i,
  input  logic                         look_i,
  input  logic [SumWordBits-1:0]       look_word_i,
  output logic [Lanes*SumWidth-1:0]    sums_o,
  output logic [Lanes*SumWidth-1:0]    drives_o,
  output logic                         silent_o,         // what drives is 0
  output logic                         limited_valid_o,
  output logic [Lanes-1:0]             limited_o
);
  logic                   summed_read, pool_read, blank;
  logic [SumWordBits-1:0] word, pool_word;

  phasic_accumulators #(
    .Lanes      (Lanes),
    .WeightWidth(WeightWidth),
    .SumWidth   (SumWidth),
    .Words      (SumWords),
    .Graded     (Graded),
    .Sparse     (Convolution),
    .Deep       (Grid)
  ) u_accumulators (
    .clk_i,
    .rst_ni,
    .sparse_i,
    .clearing_i,
    .clear_word_i,
    .issue_i,
    .issue_bank_i,
    .issue_first_i,
    .issue_word_i,
    .issue_value_i,
    .weights_i,
    .fill_i      (1'b0), .fill_word_i(SumWordBits'(0)), .fill_lane_i(LaneBits'(0)), .fill_value_i(SumWidth'(0)),  // of serial builds
    .sweep_read_i(summed_read),
    .sweep_bank_i,
    .sweep_word_i(word),
    .sums_o,
    .blank_o     (blank)
  );

  if (Grid) begin : gen_grid
    logic [Lanes*15-1:0] potentials;
    logic                unused_descriptor;
    assign unused_descriptor = ^descriptor_i;

    assign summed_read = pool_read || look_i || (sweep_read_i && !grid_i);
    assign word        = pool_read ? pool_word : look_i ? look_word_i : SumWordBits'(sweep_word_i);

    phasic_pooling #(
      .Lanes      (Lanes),
      .SumWidth   (SumWidth),
      .SumWordBits(SumWordBits),
      .WordBits   (WordBits),
      .MaxNeurons (Words)
    ) u_pooling (
      .clk_i,
      .rst_ni,
      .clear_i,
      .descriptor_i    (descriptor_i[8*phasic_pkg::LayerSynapticLeak-1:0]),
      .row_width_i,
      .row_words_i,
      .last_sum_word_i,
      .last_word_i,
      .clearing_i,
      .clear_word_i,
      .start_i         (start_i && grid_i),
      .busy_o          (hold_o),
      .sum_read_o      (pool_read),
      .sum_word_o      (pool_word),
      .sums_i          (sums_o),
      .blank_i         (sweep_silent_i || blank),
      .limited_valid_o,
      .limited_o,
      .potential_read_i(sweep_read_i && grid_i),
      .potential_word_i(sweep_word_i),
      .potentials_o    (potentials)
    );

    // A potential as a graded sum gives it.
    always_comb begin
      for (int k = 0; k < Lanes; k++)
        drives_o[SumWidth*k +: SumWidth] = grid_i ? SumWidth'({potentials[15*k +: 15], 8'd0}) : sums_o[SumWidth*k +: SumWidth];
    end
    assign silent_o = !grid_i && (sweep_silent_i || blank);
  end else begin : gen_no_grid
    logic unused_grid;
    assign unused_grid = ^{clear_i, descriptor_i, grid_i, row_width_i, row_words_i, last_sum_word_i, last_word_i, start_i, look_i,
                           look_word_i};
    assign {pool_read, pool_word, hold_o, limited_valid_o, limited_o} = '0;
    assign summed_read = sweep_read_i || pool_read;
    assign word        = SumWordBits'(sweep_word_i) | pool_word;
    assign drives_o    = sums_o;
    assign silent_o    = sweep_silent_i || blank;
  end
endmodule

`default_nettype wire
