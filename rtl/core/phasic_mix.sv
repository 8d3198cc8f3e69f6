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

  logic [15:0] x1_q, y1_q, x2_q, y2_q;

  // One round of the permutation without its key.
  function logic [15:0] round_x(input logic [15:0] x, input logic [15:0] y);
    round_x = {x[6:0], x[15:7]} + y;
  endfunction

  function logic [15:0] round_y(input logic [15:0] x, input logic [15:0] y);
    round_y = {y[13:0], y[15:14]} ^ ({x[6:0], x[15:7]} + y);
  endfunction

  always_ff @(posedge clk_i) begin
    if (valid_i[0]) begin
      x1_q <= round_x(row_x_i ^ (base_i + PairBase), row_y_i + (offset_i + PairOffset));
      y1_q <= round_y(row_x_i ^ (base_i + PairBase), row_y_i + (offset_i + PairOffset));
    end
    if (valid_i[1]) begin
      x2_q <= round_x(x1_q, y1_q);
      y2_q <= round_y(x1_q, y1_q);
    end
    if (valid_i[2]) begin
      even_o <= round_x(x2_q, y2_q);
      odd_o  <= round_y(x2_q, y2_q);
    end
  end
endmodule

`default_nettype wire
