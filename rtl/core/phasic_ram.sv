// SPDX-License-Identifier: Apache-2.0
// Memory with one write port and one synchronous read port.
//
// Handshake: none; a write in one cycle is seen by reads of the next. A read of the word that is being written gives the old one.
// Latency:   read_data_o is valid one cycle after read_i and holds until the next read.
// Parameters: Width in bits; Depth in words; Huge selects the largest memories of the device.
`default_nettype none

module phasic_ram #(
  parameter int Width = 8,
  parameter int Depth = 16,
  parameter bit Huge  = 1'b0,
  localparam int AddressWidth = (Depth > 1) ? $clog2(Depth) : 1
) (
  input  logic                    clk_i,
  input  logic                    write_i,
  input  logic [AddressWidth-1:0] write_address_i,
  input  logic [Width-1:0]        write_data_i,
  input  logic                    read_i,
  input  logic [AddressWidth-1:0] read_address_i,
  output logic [Width-1:0]        read_data_o
);
  if (Huge) begin : gen_huge
    (* ram_style = "huge" *) logic [Width-1:0] words_q [Depth];
    always_ff @(posedge clk_i) begin
      if (write_i) words_q[write_address_i] <= write_data_i;
      if (read_i) read_data_o <= words_q[read_address_i];
    end
  end else begin : gen_block
    (* ram_style = "block" *) logic [Width-1:0] words_q [Depth];
    always_ff @(posedge clk_i) begin
      if (write_i) words_q[write_address_i] <= write_data_i;
      if (read_i) read_data_o <= words_q[read_address_i];
    end
  end
endmodule

`default_nettype wire
