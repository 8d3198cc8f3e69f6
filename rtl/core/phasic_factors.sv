// SPDX-License-Identifier: Apache-2.0
// Postsynaptic factors of a learned sample: the neuromodulator level of the sample's class, or the rate error, times the learning rate; for
// learning from the last step also times the trit.
//
// Handshake: none; the sweep drives the stages. f0 reads the levels (and the state, elsewhere), f1 multiplies, f2 scales and writes the factor.
// Latency:   as the stages say; factors_o holds the word read one cycle after update_read_i.
// Parameters: Lanes; Words, neurons of a lane; LevelDepth, words of the level memory.
`default_nettype none

module phasic_factors #(
  parameter int Lanes      = 64,
  parameter int Words      = 16,
  parameter int LevelDepth = 1024,
  localparam int WordBits    = (Words > 1) ? $clog2(Words) : 1,
  localparam int LevelBits   = (LevelDepth > 1) ? $clog2(LevelDepth) : 1,
  localparam int FactorWidth = phasic_pkg::FactorWidth + 1  // one more bit for the sign of the trit
) (
  input  logic                         clk_i,
  // constants of the run
  input  logic                         error_i,        // own rate error rather than level
  input  logic                         all_steps_i,
  input  logic [15:0]                  rate_i,
  input  logic [3:0]                   shift_i,
  input  logic [5:0]                   steps_i,
  input  logic [15:0]                  row_words_i,
  // level memory
  input  logic                         load_i,
  input  logic [LevelBits-1:0]         load_address_i,
  input  logic [Lanes*8-1:0]           load_data_i,
  // stages
  input  logic                         valid0_i,
  input  logic [1:0]                   valid_i,        // f1, f2
  input  logic [WordBits-1:0]          word0_i,
  input  logic [WordBits-1:0]          word2_i,
  input  logic [15:0]                  class_i,
  input  logic [Lanes*6-1:0]           counts_i,       // at f1
  input  logic [Lanes-1:0]             plus_i,
  input  logic [Lanes-1:0]             minus_i,
  input  logic [Lanes-1:0]             enabled2_i,     // lanes with a neuron in the word at f2
  // to the update pipeline
  input  logic                         update_read_i,
  input  logic [WordBits-1:0]          update_word_i,
  output logic [Lanes*FactorWidth-1:0] factors_o,
  // levels of the word read at f0 that are above 0, at f1; held
  output logic [Lanes-1:0]             positive_o
);
  localparam logic signed [25:0] FactorMaximum = 524287;
  localparam logic signed [25:0] FactorMinimum = -524288;

  initial begin
    if (phasic_pkg::FactorWidth != 20) $fatal(1, "phasic_factors: the limits of a factor are those of 20 bits");
  end

  // The error's first term: steps for the class's own neuron, 0 for the others.
  function logic signed [8:0] error_of(input logic own, input logic [5:0] steps, input logic [5:0] count);
    error_of = $signed({3'b0, own ? steps : 6'd0}) - $signed({3'b0, count});
  endfunction

  function logic signed [25:0] product_of(input logic signed [8:0] signal, input logic [15:0] rate);
    product_of = 26'(signal) * $signed({10'b0, rate});
  endfunction

  // Division by a power of two, halves upwards, then the limits of a factor.
  function logic signed [FactorWidth-1:0] factor_of(input logic signed [25:0] product, input logic [3:0] shift);
    logic signed [25:0] scaled;
    scaled    = (product + ((shift == 4'd0) ? 26'sd0 : 26'sd1 <<< (shift - 4'd1))) >>> shift;
    factor_of = (scaled > FactorMaximum) ? FactorMaximum[FactorWidth-1:0] :
                (scaled < FactorMinimum) ? FactorMinimum[FactorWidth-1:0] : scaled[FactorWidth-1:0];
  endfunction

  // ---- levels of the class, and the lane of the class's own neuron ----
  logic [Lanes*8-1:0]   levels;
  logic [LevelBits-1:0] level_address;
  logic                 own_word_q;
  logic [Lanes-1:0]     own_lane_q;

  assign level_address = LevelBits'(32'(class_i) * 32'(row_words_i) + 32'(word0_i));

  phasic_ram #(
    .Width(Lanes * 8),
    .Depth(LevelDepth)
  ) u_levels (
    .clk_i,
    .write_i        (load_i),
    .write_address_i(load_address_i),
    .write_data_i   (load_data_i),
    .read_i         (valid0_i),
    .read_address_i (level_address),
    .read_data_o    (levels)
  );

  for (genvar k = 0; k < Lanes; k++) begin : gen_positive
    assign positive_o[k] = $signed(levels[8*k +: 8]) > 8'sd0;
  end

  always_ff @(posedge clk_i) begin
    if (valid0_i) begin
      own_word_q <= 32'(word0_i) == 32'(class_i) / Lanes;
      for (int k = 0; k < Lanes; k++) own_lane_q[k] <= 32'(class_i) % Lanes == k;
    end
  end

  // ---- factors ----
  (* ram_style = "distributed" *) logic [Lanes*FactorWidth-1:0] factors_q [Words];
  logic [Lanes*26-1:0]          products_q;
  logic [Lanes-1:0]             plus_q, minus_q;
  logic [Lanes*FactorWidth-1:0] factors_new_q;
  logic                         valid3_q;
  logic [WordBits-1:0]          word3_q;

  always_ff @(posedge clk_i) begin
    if (valid_i[0]) begin
      plus_q  <= plus_i;
      minus_q <= minus_i;
      for (int k = 0; k < Lanes; k++) begin
        products_q[26*k +: 26] <= product_of(error_i ? error_of(own_word_q && own_lane_q[k], steps_i, counts_i[6*k +: 6])
                                                     : 9'sd0 - 9'($signed(levels[8*k +: 8])), rate_i);
      end
    end
    if (valid_i[1]) begin
      for (int k = 0; k < Lanes; k++) begin
        if (enabled2_i[k] && (all_steps_i || plus_q[k]))
          factors_new_q[FactorWidth*k +: FactorWidth] <= factor_of($signed(products_q[26*k +: 26]), shift_i);
        else if (enabled2_i[k] && minus_q[k])
          factors_new_q[FactorWidth*k +: FactorWidth] <= FactorWidth'(0) - factor_of($signed(products_q[26*k +: 26]), shift_i);
        else factors_new_q[FactorWidth*k +: FactorWidth] <= '0;
      end
    end
    word3_q  <= word2_i;
    valid3_q <= valid_i[1];
    if (valid3_q) factors_q[word3_q] <= factors_new_q;
    if (update_read_i) factors_o <= factors_q[update_word_i];
  end
endmodule

`default_nettype wire
