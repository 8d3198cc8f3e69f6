// SPDX-License-Identifier: Apache-2.0
// Derives the random key of a sample from the seed: purpose key, then sample key, by four keyed permutations.
//
// Handshake: start_i for one cycle while busy_o is 0; seed_i and number_i are taken then. key_o is valid while busy_o is 0 and holds until
//            the next start.
// Latency:   36 cycles.
// Parameters: Purpose and Layer as in the contract.
`default_nettype none

module phasic_key #(
  parameter int Purpose = 1,
  parameter int Layer   = 0
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        clear_i,
  input  logic        start_i,
  input  logic [63:0] seed_i,
  input  logic [31:0] number_i,
  output logic        busy_o,
  output logic [63:0] key_o
);
  localparam logic [15:0] PurposeWord = 16'(Purpose * 256 + Layer);

  // Four passes of eight rounds, and one cycle after each to take the result over.
  logic        busy_q;
  logic [1:0]  pass_q;
  logic [3:0]  round_q;
  logic [31:0] number_q;
  logic [63:0] key_q;      // key of the pass
  logic [63:0] result_q;   // words of the key that is being made
  logic [15:0] x_q, y_q, x_next;
  logic [15:0] round_key;

  assign round_key = key_q[16*round_q[1:0] +: 16];
  assign x_next    = ({x_q[6:0], x_q[15:7]} + y_q) ^ round_key ^ {12'b0, round_q};
  assign busy_o    = busy_q;
  assign key_o     = result_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q <= 1'b0;
    end else if (clear_i) begin
      busy_q <= 1'b0;
    end else if (start_i) begin
      busy_q <= 1'b1;
    end else if (busy_q && round_q == 4'd8 && pass_q == 2'd3) begin
      busy_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      pass_q   <= 2'd0;
      round_q  <= 4'd0;
      number_q <= number_i;
      key_q    <= seed_i;
      x_q      <= PurposeWord;
      y_q      <= 16'd0;
    end else if (busy_q) begin
      if (round_q != 4'd8) begin
        x_q     <= x_next;
        y_q     <= {y_q[13:0], y_q[15:14]} ^ x_next;
        round_q <= round_q + 4'd1;
      end else begin
        round_q <= 4'd0;
        pass_q  <= pass_q + 2'd1;
        if (!pass_q[0]) result_q[31:0] <= {y_q, x_q};
        else result_q[63:32] <= {y_q, x_q};
        case (pass_q)
          2'd0: begin
            x_q <= PurposeWord;
            y_q <= 16'd1;
          end
          2'd1: begin
            key_q <= {y_q, x_q, result_q[31:0]};
            x_q   <= number_q[31:16];
            y_q   <= number_q[15:0];
          end
          default: begin
            key_q <= {key_q[31:0], key_q[63:32]};
            x_q   <= number_q[31:16];
            y_q   <= number_q[15:0];
          end
        endcase
      end
    end
  end
endmodule

`default_nettype wire
