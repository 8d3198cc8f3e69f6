// SPDX-License-Identifier: Apache-2.0
// phasic_axi_read: the bursts that it asks for are exactly the bytes of its commands (burst_check says what that is), none crosses 4 KiB, and an
// address on offer stays until it is taken.
//
// Assumes: commands are whole beats inside the address space. The memory and the reader do what they like: beats may come without a request,
//          with errors, too many, too few or never. The queue of beats inside is arbitrary (it may give anything in any cycle), for an address
//          depends on nothing but the room that the reader makes.
// Sizes:   512-bit beats and bursts of up to 64, the largest that the module takes: a block of 64 beats is just 4 KiB.
`default_nettype none

module proof_axi_read_addresses (
  input logic         clk_i,
  input logic         cmd_valid_i,
  input logic [63:0]  cmd_address_i,
  input logic [31:0]  cmd_bytes_i,
  input logic         data_ready_i,
  input logic         arready_i,
  input logic         rvalid_i,
  input logic [511:0] rdata_i,
  input logic [1:0]   rresp_i
);
  logic        rst_n = 1'b0;
  logic        cmd_ready, arvalid, fresh;
  logic [63:0] araddr, next_address, end_address;
  logic [7:0]  arlen;

  always_ff @(posedge clk_i) rst_n <= 1'b1;

  phasic_axi_read #(
    .DataWidth(512),
    .MaxBurst (64),
    .Depth    (64)
  ) dut (
    .clk_i,
    .rst_ni       (rst_n),
    .cmd_valid_i,
    .cmd_ready_o  (cmd_ready),
    .cmd_address_i,
    .cmd_bytes_i,
    .data_valid_o (),
    .data_ready_i,
    .data_o       (),
    .data_error_o (),
    .arvalid_o    (arvalid),
    .arready_i,
    .araddr_o     (araddr),
    .arlen_o      (arlen),
    .rvalid_i,
    .rready_o     (),
    .rdata_i,
    .rresp_i
  );

  burst_check #(
    .DataWidth(512),
    .MaxBurst (64)
  ) u_bursts (
    .clk_i,
    .rst_ni     (rst_n),
    .cmd_valid_i,
    .cmd_ready_i(cmd_ready),
    .cmd_address_i,
    .cmd_bytes_i,
    .valid_i    (arvalid),
    .ready_i    (arready_i),
    .address_i  (araddr),
    .length_i   (arlen),
    .next_o     (next_address),
    .end_o      (end_address),
    .fresh_o    (fresh)
  );

`ifdef INVARIANTS
  // What is left of the command, as the module and as the check see it.
  (* hierconn *) logic [57:0] \dut.beat_address_q ;
  (* hierconn *) logic [25:0] \dut.beats_left_q ;
  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      assert (end_address - next_address == {32'd0, dut.beats_left_q, 6'd0} && end_address >= next_address);
      assert (dut.beats_left_q == 26'd0 || next_address == {dut.beat_address_q, 6'd0});
    end
  end
`endif

  // A burst of the full length.
  always_ff @(posedge clk_i) if (rst_n) cover (fresh && arlen == 8'd63);
endmodule

`default_nettype wire
