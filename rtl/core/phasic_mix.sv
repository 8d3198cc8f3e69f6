// SPDX-License-Identifier: Apache-2.0
// Spreads a row's random word over a pair of neurons: the rounding randomness of two neighbouring lanes.
//
// Handshake: none; stage n works while valid_i[n] is 1.
// Latency:   3 cycles from row_x_i, row_y_i, base_i and offset_i (valid_i[0]) to even_o and odd_o.
// Parameters: Pair, the number of the pair among the lanes.
`default_nettype none

module phasic_mix #(
  parameter int Pair = 0
) (
  input  logic        clk_i,
  input  logic [2:0]  valid_i,
  input  logic [15:0] row_x_i,
  input  logic [15:0] row_y_i,
  input  logic [15:0] base_i,    // number of the word's first pair times MixMultiplier
  input  logic [15:0] offset_i,  // number of the word's first pair times MixOffsetMultiplier
  output logic [15:0] even_o,
  output logic [15:0] odd_o
);
  localparam logic [15:0] PairBase   = 16'(Pair * phasic_pkg::MixMultiplier);
  localparam logic [15:0] PairOffset = 16'(Pair * phasic_pkg::MixOffsetMultiplier);

  logic [15:0] x0, y0, x1_q, y1_q, x2_q, y2_q, x1, x2, x3;

  assign x0 = row_x_i ^ (base_i + PairBase);
  assign y0 = row_y_i + (offset_i + PairOffset);
  assign x1 = {x0[6:0], x0[15:7]} + y0;
  assign x2 = {x1_q[6:0], x1_q[15:7]} + y1_q;
  assign x3 = {x2_q[6:0], x2_q[15:7]} + y2_q;

  always_ff @(posedge clk_i) begin
    if (valid_i[0]) begin
      x1_q <= x1;
      y1_q <= {y0[13:0], y0[15:14]} ^ x1;
    end
    if (valid_i[1]) begin
      x2_q <= x2;
      y2_q <= {y1_q[13:0], y1_q[15:14]} ^ x2;
    end
    if (valid_i[2]) begin
      even_o <= x3;
      odd_o  <= {y2_q[13:0], y2_q[15:14]} ^ x3;
    end
  end
endmodule

`default_nettype wire
