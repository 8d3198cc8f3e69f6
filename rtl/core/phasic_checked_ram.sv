// SPDX-License-Identifier: Apache-2.0
// A phasic_ram whose words can have check bits, so that bits which have flipped in it are noticed when a word is read.
//
// Handshake: that of phasic_ram. check_i goes with read_i: what is read counts, since it was written before. corrected_o and failed_o are 1
//            for one cycle.
// Latency:   that of phasic_ram; corrected_o and failed_o come a cycle after read_data_o.
// Parameters: Width in bits, with Protect at least 8; Depth in words; Huge as in phasic_ram; Protect, words have check bits; Correct, one
//            wrong bit of a group of 64 is put right behind the memory, otherwise the word counts as failed.
`default_nettype none

module phasic_checked_ram #(
  parameter int Width   = 64,
  parameter int Depth   = 16,
  parameter bit Huge    = 1'b0,
  parameter bit Protect = 1'b0,
  parameter bit Correct = 1'b1,
  localparam int AddressWidth = (Depth > 1) ? $clog2(Depth) : 1
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    write_i,
  input  logic [AddressWidth-1:0] write_address_i,
  input  logic [Width-1:0]        write_data_i,
  input  logic                    read_i,
  input  logic                    check_i,
  input  logic [AddressWidth-1:0] read_address_i,
  output logic [Width-1:0]        read_data_o,
  output logic                    corrected_o,
  output logic                    failed_o,
  output logic [AddressWidth-1:0] failed_address_o
);
  if (Protect) begin : gen_protect
    localparam int Group  = (Width < 64) ? 1 << $clog2(Width) : 64;
    localparam int Checks = ((Width + Group - 1) / Group) * ($clog2(Group) + 2);
    logic [Checks-1:0]       write_checks, read_checks;
    logic [Width-1:0]        word, right;
    logic                    corrected, failed, check_q, corrected_q, failed_q;
    logic [AddressWidth-1:0] address1_q, address2_q;

    phasic_check_bits #(
      .Width(Width)
    ) u_checks (
      .data_i  (write_data_i),
      .checks_o(write_checks)
    );
    phasic_ram #(
      .Width(Width + Checks),
      .Depth(Depth),
      .Huge (Huge)
    ) u_ram (
      .clk_i,
      .write_i,
      .write_address_i,
      .write_data_i({write_checks, write_data_i}),
      .read_i,
      .read_address_i,
      .read_data_o ({read_checks, word})
    );
    phasic_checked_word #(
      .Width(Width)
    ) u_word (
      .data_i     (word),
      .checks_i   (read_checks),
      .data_o     (right),
      .corrected_o(corrected),
      .failed_o   (failed)
    );

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) {check_q, corrected_q, failed_q} <= '0;
      else begin
        check_q     <= read_i && check_i;
        corrected_q <= check_q && corrected && Correct;
        failed_q    <= check_q && (failed || (corrected && !Correct));
      end
    end
    always_ff @(posedge clk_i) begin
      if (read_i) address1_q <= read_address_i;
      address2_q <= address1_q;
    end

    assign read_data_o      = Correct ? right : word;
    assign corrected_o      = corrected_q;
    assign failed_o         = failed_q;
    assign failed_address_o = address2_q;
  end else begin : gen_plain
    phasic_ram #(
      .Width(Width),
      .Depth(Depth),
      .Huge (Huge)
    ) u_ram (
      .clk_i, .write_i, .write_address_i, .write_data_i, .read_i, .read_address_i, .read_data_o
    );
    logic unused_bits;
    assign unused_bits = ^{rst_ni, check_i, Correct};
    assign {corrected_o, failed_o, failed_address_o} = '0;
  end
endmodule

`default_nettype wire
