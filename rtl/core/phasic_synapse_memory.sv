// SPDX-License-Identifier: Apache-2.0
// The synapse memory of a layer: a word holds the weights of a weight row to one word of neurons. It is read when rows are issued, to learn and
// to store, written to load and to learn.
//
// Handshake: none; one reader and one writer at a time. Of two in the same cycle the one that comes first among the ports is served.
// Latency:   weights_o is valid two cycles after a read and holds until the next one. A write in one cycle is seen by reads of the next.
// Parameters: Width of a word in bits; Depth in words; Protect, words have check bits (phasic_checked_ram).
`default_nettype none

module phasic_synapse_memory #(
  parameter int Width = 512,
  parameter int Depth = 16384,
  parameter bit Protect = 1'b0,
  localparam int AddressBits = (Depth > 1) ? $clog2(Depth) : 1
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  // readers
  input  logic                   issue_i,
  input  logic [AddressBits-1:0] issue_address_i,
  input  logic                   learn_read_i,
  input  logic [AddressBits-1:0] learn_read_address_i,
  input  logic                   store_i,
  input  logic [AddressBits-1:0] store_address_i,
  output logic [Width-1:0]       weights_o,
  // writers
  input  logic                   load_i,
  input  logic [AddressBits-1:0] load_address_i,
  input  logic [Width-1:0]       load_data_i,
  input  logic                   learn_write_i,
  input  logic [AddressBits-1:0] learn_write_address_i,
  input  logic [Width-1:0]       learn_data_i,
  // bits that have flipped, with weights_o
  output logic                   corrected_o,
  output logic                   failed_o,
  output logic [AddressBits-1:0] failed_address_o
);
  logic                   read, read_q, write;
  logic [AddressBits-1:0] read_address, write_address;
  logic [Width-1:0]       write_data, memory;

  assign read          = issue_i || learn_read_i || store_i;
  assign read_address  = issue_i ? issue_address_i : learn_read_i ? learn_read_address_i : store_address_i;
  assign write         = load_i || learn_write_i;
  assign write_address = load_i ? load_address_i : learn_write_address_i;
  assign write_data    = load_i ? load_data_i : learn_data_i;

  phasic_checked_ram #(
    .Width  (Width),
    .Depth  (Depth),
    .Huge   (1'b1),
    .Protect(Protect)
  ) u_weights (
    .clk_i,
    .rst_ni,
    .write_i        (write),
    .write_address_i(write_address),
    .write_data_i   (write_data),
    .read_i         (read),
    .check_i        (1'b1),
    .read_address_i (read_address),
    .read_data_o    (memory),
    .corrected_o,
    .failed_o,
    .failed_address_o
  );

  always_ff @(posedge clk_i) begin
    read_q <= read;
    if (read_q) weights_o <= memory;
  end
endmodule

`default_nettype wire
