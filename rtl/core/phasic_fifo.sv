// SPDX-License-Identifier: Apache-2.0
// First-word-fall-through queue.
//
// Handshake: valid/ready on both sides; out_data_o holds while out_valid_o is 1 and out_ready_i is 0. in_ready_o does not depend on
//            out_ready_i, nor out_valid_o on in_valid_i.
// Latency:   a word that is taken in one cycle can leave in the next.
// Parameters: Width in bits; Depth in words, a power of two of at least 2.
`default_nettype none

module phasic_fifo #(
  parameter int Width = 8,
  parameter int Depth = 4
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             clear_i,
  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,
  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);
  localparam int PointerWidth = $clog2(Depth);

  initial begin
    if (Depth < 2 || (1 << PointerWidth) != Depth) $fatal(1, "phasic_fifo: Depth must be a power of two of at least 2");
    if (Width < 1) $fatal(1, "phasic_fifo: Width must be at least 1");
  end

  logic [PointerWidth:0] write_q, read_q;
  (* ram_style = "distributed" *) logic [Width-1:0] words_q [Depth];

  assign in_ready_o  = (write_q - read_q) != (PointerWidth + 1)'(Depth);
  assign out_valid_o = write_q != read_q;
  assign out_data_o  = words_q[read_q[PointerWidth-1:0]];

  always_ff @(posedge clk_i) begin
    if (in_valid_i && in_ready_o) words_q[write_q[PointerWidth-1:0]] <= in_data_i;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_q <= '0;
      read_q  <= '0;
    end else if (clear_i) begin
      write_q <= '0;
      read_q  <= '0;
    end else begin
      if (in_valid_i && in_ready_o) write_q <= write_q + 1'b1;
      if (out_valid_o && out_ready_i) read_q <= read_q + 1'b1;
    end
  end
endmodule

`default_nettype wire
