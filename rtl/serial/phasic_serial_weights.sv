// SPDX-License-Identifier: Apache-2.0
// Synapse memory with one port, for devices whose large memories have no second one.
//
// Handshake: none; each cycle reads a word or writes bytes of one.
// Latency:   read_data_o is valid one cycle after read_i and holds until the next read.
// Parameters: Bytes of a word; Depth in words.
`default_nettype none

module phasic_serial_weights #(
  parameter int Bytes = 8,
  parameter int Depth = 16384,
  localparam int AddressWidth = $clog2(Depth)
) (
  input  logic                    clk_i,
  input  logic                    read_i,
  input  logic                    write_i,
  input  logic [AddressWidth-1:0] address_i,
  input  logic [Bytes-1:0]        write_bytes_i,
  input  logic [8*Bytes-1:0]      write_data_i,
  output logic [8*Bytes-1:0]      read_data_o
);
  (* ram_style = "huge" *) logic [8*Bytes-1:0] words_q [Depth];

  always_ff @(posedge clk_i) begin
    if (write_i) begin
      for (int k = 0; k < Bytes; k++) if (write_bytes_i[k]) words_q[address_i][8*k +: 8] <= write_data_i[8*k +: 8];
    end else if (read_i) begin
      read_data_o <= words_q[address_i];
    end
  end
endmodule

`default_nettype wire
