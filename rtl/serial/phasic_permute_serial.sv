// SPDX-License-Identifier: Apache-2.0
// The keyed permutation of the contract, one round a cycle.
//
// Handshake: start_i for one cycle while busy_o is 0, with x_i and y_i; key_i must hold while busy_o is 1. x_o and y_o hold from then on until the
//            next start.
// Latency:   eight cycles.
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
  localparam int Rounds = phasic_pkg::PermuteRounds;
  localparam int RoundBits = $clog2(Rounds);

  logic [RoundBits-1:0] round_q;
  logic [15:0]          x_next;

  assign x_next = ({x_o[6:0], x_o[15:7]} + y_o) ^ key_i[16*round_q[1:0] +: 16] ^ 16'(round_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_o  <= 1'b0;
      round_q <= '0;
    end else if (start_i) begin
      busy_o  <= 1'b1;
      round_q <= '0;
    end else if (busy_o) begin
      round_q <= round_q + 1'b1;
      busy_o  <= round_q != RoundBits'(Rounds - 1);
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      x_o <= x_i;
      y_o <= y_i;
    end else if (busy_o) begin
      x_o <= x_next;
      y_o <= {y_o[13:0], y_o[15:14]} ^ x_next;
    end
  end
endmodule

`default_nettype wire
