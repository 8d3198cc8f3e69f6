// SPDX-License-Identifier: Apache-2.0
// phasic_axi_lite: every pair of an address and data of a write gets one response, every address of a read gets one, and there is no response without
// a request; responses come one cycle after their request was complete, or as soon as the one before has been taken, and stay as they are
// until they are taken. A write, with its byte strobes, changes the register that it addresses and is done when its response is on offer; a read
// gives what was written before (shown at the register of the number of samples).
//
// Assumes: nothing. Address and data of writes come in any order, also several ahead; the run's status is arbitrary.
// Sizes:   the module's own; its parameters only show in constants.
`default_nettype none

module proof_axi_lite (
  input logic         clk_i,
  input logic         awvalid_i,
  input logic [11:0]  awaddr_i,
  input logic         wvalid_i,
  input logic [31:0]  wdata_i,
  input logic [3:0]   wstrb_i,
  input logic         bready_i,
  input logic         arvalid_i,
  input logic [11:0]  araddr_i,
  input logic         rready_i,
  input logic         done_i,
  input logic [31:0]  error_i,
  input logic [31:0]  error_detail_i,
  input logic [31:0]  error_sample_i,
  input logic [31:0]  phase_i,
  input logic [31:0]  samples_fetched_i,
  input logic [31:0]  samples_done_i,
  input logic [63:0]  cycles_i,
  input logic [127:0] engine_state_i
);
  localparam logic [11:0] Register = 12'(phasic_pkg::RegSampleCount);

  logic        rst_n = 1'b0;
  logic        awready, wready, bvalid, arready, rvalid;
  logic [31:0] rdata;

  always_ff @(posedge clk_i) rst_n <= 1'b1;

  phasic_axi_lite dut (
    .clk_i,
    .rst_ni     (rst_n),
    .awvalid_i,
    .awready_o  (awready),
    .awaddr_i,
    .wvalid_i,
    .wready_o   (wready),
    .wdata_i,
    .wstrb_i,
    .bvalid_o   (bvalid),
    .bready_i,
    .arvalid_i,
    .arready_o  (arready),
    .araddr_i,
    .rvalid_o   (rvalid),
    .rready_i,
    .rdata_o    (rdata),
    .interrupt_o(),
    .start_o    (),
    .done_i,
    .addresses_o(),
    .scalars_o  (),
    .error_i,
    .error_detail_i,
    .error_sample_i,
    .phase_i,
    .samples_fetched_i,
    .samples_done_i,
    .cycles_i,
    .engine_state_i
  );

  // Writes: addresses and data that were taken and whose response is not on offer yet, and the newest of each.
  logic [1:0]  addresses_q, data_q;
  logic [11:0] address_q;
  logic [31:0] word_q, register_q;
  logic [3:0]  strobes_q;
  logic        write, write_q, bheld_q;
  assign write = addresses_q != '0 && data_q != '0 && (!bvalid || bready_i);

  always_ff @(posedge clk_i) begin
    if (!rst_n) begin
      addresses_q <= '0;
      data_q      <= '0;
      write_q     <= 1'b0;
      bheld_q     <= 1'b0;
      register_q  <= '0;
    end else begin
      addresses_q <= addresses_q + 2'(awvalid_i && awready) - 2'(write);
      data_q      <= data_q + 2'(wvalid_i && wready) - 2'(write);
      if (awvalid_i && awready) address_q <= awaddr_i;
      if (wvalid_i && wready) {strobes_q, word_q} <= {wstrb_i, wdata_i};
      write_q <= write;
      bheld_q <= bvalid && !bready_i;
      for (int b = 0; b < 4; b++) begin
        if (write && address_q == Register && strobes_q[b]) register_q[8*b +: 8] <= word_q[8*b +: 8];
      end
      // Never more than one pair is inside, so that the newest is the one that is written.
      assert (addresses_q <= 2'd1 && data_q <= 2'd1);
      assert (bvalid == (write_q || bheld_q));
      assert (awready || addresses_q != '0);
      assert (wready || data_q != '0);
      cover (write && bvalid && address_q == Register && strobes_q == 4'b0110);
    end
  end

  // Reads
  logic        read_q, read_register_q, rheld_q;
  logic [31:0] rheld_data_q, read_data_q;

  always_ff @(posedge clk_i) begin
    read_q          <= rst_n && arvalid_i && arready;
    read_register_q <= araddr_i == Register;
    read_data_q     <= register_q;
    rheld_q         <= rst_n && rvalid && !rready_i;
    rheld_data_q    <= rdata;
    if (rst_n) begin
      assert (rvalid == (read_q || rheld_q));
      assert (!(read_q && rheld_q));
      assert (!rheld_q || rdata == rheld_data_q);
      assert (!(read_q && read_register_q) || rdata == read_data_q);
      assert (arready || rvalid);
      cover (read_q && read_register_q && rdata == 32'h00345600);
    end
  end

`ifdef INVARIANTS
  localparam int Word = 18;   // place of the register among the words of arguments
  (* hierconn *) logic [639:0] \dut.words_q ;
  (* hierconn *) logic         \dut.aw_full_q , \dut.w_full_q ;
  (* hierconn *) logic [11:0]  \dut.awaddr_q ;
  (* hierconn *) logic [31:0]  \dut.wdata_q ;
  (* hierconn *) logic [3:0]   \dut.wstrb_q ;
  logic [639:0] words;
  assign words = dut.words_q;
  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      assert (dut.aw_full_q == addresses_q[0] && (!dut.aw_full_q || dut.awaddr_q == address_q));
      assert (dut.w_full_q == data_q[0] && (!dut.w_full_q || {dut.wstrb_q, dut.wdata_q} == {strobes_q, word_q}));
      assert (words[32*Word +: 32] == register_q);
    end
  end
`endif
endmodule

`default_nettype wire
