// SPDX-License-Identifier: Apache-2.0
// The keyed permutation of the contract, one round a stage.
//
// Handshake: the whole pipeline moves while enable_i is 1 and stands still while it is 0. key_i must hold while words are inside.
// Latency:   8 moves. payload_o leaves with the word that it entered with.
// Parameters: PayloadWidth in bits.
`default_nettype none

module phasic_permute #(
  parameter int PayloadWidth = 1
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    clear_i,
  input  logic                    enable_i,
  input  logic [63:0]             key_i,  // word k at [16k +: 16]
  input  logic                    valid_i,
  input  logic [15:0]             x_i,
  input  logic [15:0]             y_i,
  input  logic [PayloadWidth-1:0] payload_i,
  output logic                    valid_o,
  output logic [15:0]             x_o,
  output logic [15:0]             y_o,
  output logic [PayloadWidth-1:0] payload_o,
  output logic                    empty_o
);
  localparam int Rounds = phasic_pkg::PermuteRounds;

  logic [Rounds-1:0] valid_q;
  logic [15:0] x_in [Rounds];
  logic [15:0] y_in [Rounds];
  logic [15:0] x_q [Rounds];
  logic [15:0] y_q [Rounds];
  logic [PayloadWidth-1:0] payload_q [Rounds];

  assign x_in[0] = x_i;
  assign y_in[0] = y_i;
  for (genvar r = 1; r < Rounds; r++) begin : gen_link
    assign x_in[r] = x_q[r-1];
    assign y_in[r] = y_q[r-1];
  end

  for (genvar r = 0; r < Rounds; r++) begin : gen_round
    logic [15:0] x_next;
    assign x_next = ({x_in[r][6:0], x_in[r][15:7]} + y_in[r]) ^ key_i[16*(r%4) +: 16] ^ 16'(r);
    always_ff @(posedge clk_i) begin
      if (enable_i) begin
        x_q[r] <= x_next;
        y_q[r] <= {y_in[r][13:0], y_in[r][15:14]} ^ x_next;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (enable_i) begin
      payload_q[0] <= payload_i;
      for (int r = 1; r < Rounds; r++) payload_q[r] <= payload_q[r-1];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= '0;
    else if (clear_i) valid_q <= '0;
    else if (enable_i) valid_q <= {valid_q[Rounds-2:0], valid_i};
  end

  assign valid_o   = valid_q[Rounds-1];
  assign x_o       = x_q[Rounds-1];
  assign y_o       = y_q[Rounds-1];
  assign payload_o = payload_q[Rounds-1];
  assign empty_o   = valid_q == '0;
endmodule

`default_nettype wire
