// SPDX-License-Identifier: Apache-2.0
// The sums of weights of a layer: each lane adds one weight a cycle to the sum of its neuron.
//
// Handshake: none. A word is issued at a0; its weights must be on weights_i at a2. A word may follow itself in the next cycle. Two banks: one
//            collects the running step while the sweep reads the other.
// Latency:   a sum is written two cycles after its issue; sums_o holds the word read one cycle after sweep_read_i.
// Parameters: Lanes, WeightWidth; SumWidth, bits that hold every sum; Words, neurons of a lane.
`default_nettype none

module phasic_accumulators #(
  parameter int Lanes       = 64,
  parameter int WeightWidth = 8,
  parameter int SumWidth    = 19,
  parameter int Words       = 16,
  localparam int WordBits   = (Words > 1) ? $clog2(Words) : 1
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         issue_i,
  input  logic                         issue_bank_i,
  input  logic                         issue_first_i,  // the first row of the step: sums start from 0
  input  logic [WordBits-1:0]          issue_word_i,
  input  logic [Lanes*WeightWidth-1:0] weights_i,
  input  logic                         sweep_read_i,
  input  logic                         sweep_bank_i,
  input  logic [WordBits-1:0]          sweep_word_i,
  output logic [Lanes*SumWidth-1:0]    sums_o
);
  logic              valid1_q, valid2_q, first1_q, first2_q, again_q;
  logic [WordBits:0] place1_q, place2_q;  // bank and word

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid1_q <= 1'b0;
      valid2_q <= 1'b0;
    end else begin
      valid1_q <= issue_i;
      valid2_q <= valid1_q;
    end
  end

  always_ff @(posedge clk_i) begin
    place1_q <= {issue_bank_i, issue_word_i};
    first1_q <= issue_first_i;
    place2_q <= place1_q;
    first2_q <= first1_q;
    // The sum that was read at a1 is being written in the same cycle.
    again_q  <= valid2_q && place2_q == place1_q;
  end

  for (genvar k = 0; k < Lanes; k++) begin : gen_lane
    (* ram_style = "distributed" *) logic signed [SumWidth-1:0] sums_q [2 * (1 << WordBits)];
    logic signed [SumWidth-1:0] read_q, last_q, sum;

    assign sum = (first2_q ? SumWidth'(0) : again_q ? last_q : read_q) + SumWidth'($signed(weights_i[WeightWidth*k +: WeightWidth]));

    always_ff @(posedge clk_i) begin
      if (valid1_q) read_q <= sums_q[place1_q];
      if (valid2_q) begin
        last_q            <= sum;
        sums_q[place2_q] <= sum;
      end
      if (sweep_read_i) sums_o[SumWidth*k +: SumWidth] <= sums_q[{sweep_bank_i, sweep_word_i}];
    end
  end
endmodule

`default_nettype wire
