// SPDX-License-Identifier: Apache-2.0
// The synapse memory of a layer: a word holds the weights of a weight row to one word of neurons. It is read when rows are issued, to learn and
// to store, written to load and to learn. With several groups each has a share of every word in a memory of its own; in a layer whose rows fit
// into a share, a row lies in that of the group which its address modulo Groups gives, and rows of several groups are issued at once.
//
// Handshake: none; one reader and one writer at a time. Of two in the same cycle the one that comes first among the ports is served. Rows are issued
//            by group, of all groups at the same address unless grouped_i. With grouped_i what is learned, loaded or stored is a share, the
//            lowest of its word.
// Latency:   weights_o is valid two cycles after a read and holds until the next one. A write in one cycle is seen by reads of the next.
// Parameters: Width of a word in bits; Depth in words; Groups, a power of two that divides Width; Protect, words have check bits
//            (phasic_checked_ram), with one group.
`default_nettype none

module phasic_synapse_memory #(
  parameter int Width = 512,
  parameter int Depth = 16384,
  parameter int Groups = 1,
  parameter bit Protect = 1'b0,
  localparam int AddressBits = (Depth > 1) ? $clog2(Depth) : 1
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   grouped_i,       // constant of the run
  // readers
  input  logic [Groups-1:0]      issue_i,
  input  logic [Groups*AddressBits-1:0] issue_address_i,
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
  localparam int Share     = Width / Groups;
  localparam int GroupBits = (Groups > 1) ? $clog2(Groups) : 1;

  initial begin
    if ((1 << $clog2(Groups)) != Groups || Share * Groups != Width)
      $fatal(1, "phasic_synapse_memory: Groups must be a power of two that divides Width");
    if (Groups > 1 && Protect) $fatal(1, "phasic_synapse_memory: protected words have one group");
  end

  logic                   issue, other_read, write;
  logic [AddressBits-1:0] other_address, write_address;
  logic [Width-1:0]       write_data, memory;
  logic [Groups-1:0]      corrected, failed;
  logic [Groups*AddressBits-1:0] failed_address;

  assign issue         = issue_i != '0;
  assign other_read    = learn_read_i || store_i;
  assign other_address = learn_read_i ? learn_read_address_i : store_address_i;
  assign write         = load_i || learn_write_i;
  assign write_address = load_i ? load_address_i : learn_write_address_i;
  assign write_data    = load_i ? load_data_i : learn_data_i;
  assign corrected_o      = corrected[0];
  assign failed_o         = failed[0];
  assign failed_address_o = failed_address[AddressBits-1:0];

  // A row that is not issued comes out as the lowest share.
  logic [GroupBits-1:0] group_q;
  logic                 other_q;
  if (Groups > 1) begin : gen_lowest
    always_ff @(posedge clk_i) begin
      other_q <= grouped_i && !issue;
      group_q <= other_address[GroupBits-1:0];
    end
    logic unused_bits;
    assign unused_bits = ^{corrected, failed, failed_address};
  end else begin : gen_whole
    logic unused_grouped;
    assign unused_grouped = grouped_i;
    assign {other_q, group_q} = '0;
  end

  for (genvar g = 0; g < Groups; g++) begin : gen_group
    logic                   read, read_q, here;
    logic [AddressBits-1:0] read_address;
    logic [Share-1:0]       share;
    assign here         = !grouped_i || write_address[GroupBits-1:0] == GroupBits'(g);
    assign read         = issue ? issue_i[g] : other_read;
    assign read_address = issue ? issue_address_i[AddressBits*g +: AddressBits] : other_address;

    phasic_checked_ram #(
      .Width  (Share),
      .Depth  (Depth),
      .Huge   (1'b1),
      .Protect(Protect)
    ) u_weights (
      .clk_i,
      .rst_ni,
      .write_i        (write && (Groups == 1 || here)),
      .write_address_i(write_address),
      .write_data_i   (grouped_i ? write_data[Share-1:0] : write_data[Share*g +: Share]),
      .read_i         (read),
      .check_i        (1'b1),
      .read_address_i (read_address),
      .read_data_o    (memory[Share*g +: Share]),
      .corrected_o    (corrected[g]),
      .failed_o       (failed[g]),
      .failed_address_o(failed_address[AddressBits*g +: AddressBits])
    );
    assign share = (g == 0 && other_q) ? memory[Share*group_q +: Share] : memory[Share*g +: Share];

    always_ff @(posedge clk_i) begin
      read_q <= read;
      if (read_q) weights_o[Share*g +: Share] <= share;
    end
  end
endmodule

`default_nettype wire
