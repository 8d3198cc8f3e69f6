// SPDX-License-Identifier: Apache-2.0
// phasic_axi_write: the bursts that it announces are exactly the bytes of its commands (burst_check says what that is), none crosses 4 KiB, and an
// address on offer stays until it is taken.
//
// Assumes: commands are whole beats inside the address space. The memory and the client do what they like: responses may come without a
//          burst, with errors, too many or never. The two queues inside are arbitrary (one may give anything in any cycle), for an address
//          depends on nothing but whether they have room.
// Sizes:   512-bit beats and bursts of up to 64, the largest that the module takes: a block of 64 beats is just 4 KiB.
`default_nettype none

module proof_axi_write_addresses (
  input logic         clk_i,
  input logic         cmd_valid_i,
  input logic [63:0]  cmd_address_i,
  input logic [31:0]  cmd_bytes_i,
  input logic [2:0]   cmd_tag_i,
  input logic         data_valid_i,
  input logic [511:0] data_i,
  input logic         awready_i,
  input logic         wready_i,
  input logic         bvalid_i,
  input logic [1:0]   bresp_i
);
  logic        rst_n = 1'b0;
  logic        cmd_ready, awvalid, fresh;
  logic [63:0] awaddr, next_address, end_address;
  logic [7:0]  awlen;

  always_ff @(posedge clk_i) rst_n <= 1'b1;

  phasic_axi_write #(
    .DataWidth  (512),
    .MaxBurst   (64),
    .TagWidth   (3),
    .Outstanding(2)
  ) dut (
    .clk_i,
    .rst_ni       (rst_n),
    .cmd_valid_i,
    .cmd_ready_o  (cmd_ready),
    .cmd_address_i,
    .cmd_bytes_i,
    .cmd_tag_i,
    .data_valid_i,
    .data_ready_o (),
    .data_i,
    .error_o      (),
    .error_tag_o  (),
    .idle_o       (),
    .awvalid_o    (awvalid),
    .awready_i,
    .awaddr_o     (awaddr),
    .awlen_o      (awlen),
    .wvalid_o     (),
    .wready_i,
    .wdata_o      (),
    .wlast_o      (),
    .bvalid_i,
    .bready_o     (),
    .bresp_i
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
    .valid_i    (awvalid),
    .ready_i    (awready_i),
    .address_i  (awaddr),
    .length_i   (awlen),
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
  always_ff @(posedge clk_i) if (rst_n) cover (fresh && awlen == 8'd63);
endmodule

`default_nettype wire
