// SPDX-License-Identifier: Apache-2.0
// Serial multiplier of unsigned 32-bit numbers, for sizes and addresses that are computed once a run.
//
// Handshake: start_i takes a_i and b_i (while no product is under way); done_o pulses when product_o is valid, and product_o holds until
//            the next start.
// Latency:   one cycle for each bit of b_i up to its highest 1, and one more.
`default_nettype none

module phasic_multiply (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        start_i,
  input  logic [31:0] a_i,
  input  logic [31:0] b_i,
  output logic        done_o,
  output logic [63:0] product_o
);
  logic        busy_q;
  logic [63:0] a_q;
  logic [31:0] b_q;
  logic [63:0] product_q;

  assign done_o    = busy_q && (b_q == '0);
  assign product_o = product_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q <= 1'b0;
    end else if (start_i) begin
      busy_q <= 1'b1;
    end else if (done_o) begin
      busy_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      a_q       <= {32'd0, a_i};
      b_q       <= b_i;
      product_q <= '0;
    end else if (busy_q) begin
      a_q <= {a_q[62:0], 1'b0};
      b_q <= {1'b0, b_q[31:1]};
      if (b_q[0]) product_q <= product_q + a_q;
    end
  end
endmodule

`default_nettype wire
