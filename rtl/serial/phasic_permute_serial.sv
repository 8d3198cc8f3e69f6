// SPDX-License-Identifier: Apache-2.0
// The keyed permutation of the contract, two rounds a cycle.
//
// Handshake: start_i for one cycle while busy_o is 0, with x_i and y_i; key_i must hold while busy_o is 1. x_o and y_o hold from then on until the
//            next start.
// Latency:   four cycles.
// Parameters: none.
`default_nettype none

module phasic_permute_serial (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        start_i,
  input  logic [63:0] key_i,  // word k at [16k +: 16]
  input  logic [15:0] x_i,
  input  logic [15:0] y_i,
  output logic        busy_o,
  output logic [15:0] x_o,
  output logic [15:0] y_o
);
  localparam int Pairs = phasic_pkg::PermuteRounds / 2;
  localparam int PairBits = $clog2(Pairs);

  logic [PairBits-1:0] pair_q;
  logic [15:0]         x_between, y_between, x_next;

  function logic [15:0] round_of(input logic [15:0] x, input logic [15:0] y, input logic [15:0] key, input logic [15:0] round);
    round_of = ({x[6:0], x[15:7]} + y) ^ key ^ round;
  endfunction

  assign x_between = round_of(x_o, y_o, key_i[32*pair_q[0] +: 16], 16'({pair_q, 1'b0}));
  assign y_between = {y_o[13:0], y_o[15:14]} ^ x_between;
  assign x_next    = round_of(x_between, y_between, key_i[32*pair_q[0]+16 +: 16], 16'({pair_q, 1'b1}));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_o <= 1'b0;
      pair_q <= '0;
    end else if (start_i) begin
      busy_o <= 1'b1;
      pair_q <= '0;
    end else if (busy_o) begin
      pair_q <= pair_q + 1'b1;
      busy_o <= pair_q != PairBits'(Pairs - 1);
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      x_o <= x_i;
      y_o <= y_i;
    end else if (busy_o) begin
      x_o <= x_next;
      y_o <= {y_between[13:0], y_between[15:14]} ^ x_next;
    end
  end
endmodule

`default_nettype wire
