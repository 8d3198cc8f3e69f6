// SPDX-License-Identifier: Apache-2.0
// phasic_axi_read: beats reach the reader in the order in which they came, none lost, none twice, with the mark of an error exactly on those that
// the memory answered with one; a beat on offer stays until it is taken. A memory that sends no more beats than it was asked for is
// never made to wait, since no more beats are asked for than there is room for.
//
// Assumes: nothing. A memory that sends a beat without a request (legal_q falls) only loses the promise that it never waits.
// Sizes:   bursts of two beats of 32 bits and room for four, so that pointers wrap and bursts have to wait for room.
`default_nettype none

module proof_axi_read_beats (
  input logic        clk_i,
  input logic        choose_i,
  input logic        cmd_valid_i,
  input logic [63:0] cmd_address_i,
  input logic [31:0] cmd_bytes_i,
  input logic        data_ready_i,
  input logic        arready_i,
  input logic        rvalid_i,
  input logic [31:0] rdata_i,
  input logic [1:0]  rresp_i
);
  localparam int Depth = 4;

  logic        rst_n = 1'b0;
  logic        data_valid, data_error, arvalid, rready, chosen;
  logic [31:0] data;
  logic [7:0]  arlen;
  logic [3:0]  count, before;
  logic [32:0] word;

  always_ff @(posedge clk_i) rst_n <= 1'b1;

  phasic_axi_read #(
    .DataWidth(32),
    .MaxBurst (2),
    .Depth    (Depth)
  ) dut (
    .clk_i,
    .rst_ni       (rst_n),
    .cmd_valid_i,
    .cmd_ready_o  (),
    .cmd_address_i,
    .cmd_bytes_i,
    .data_valid_o (data_valid),
    .data_ready_i,
    .data_o       (data),
    .data_error_o (data_error),
    .arvalid_o    (arvalid),
    .arready_i,
    .araddr_o     (),
    .arlen_o      (arlen),
    .rvalid_i,
    .rready_o     (rready),
    .rdata_i,
    .rresp_i
  );

  order_check #(
    .Width(33),
    .Most (Depth)
  ) u_order (
    .clk_i,
    .rst_ni      (rst_n),
    .clear_i     (1'b0),
    .choose_i,
    .enter_i     (rvalid_i && rready),
    .enter_word_i({rresp_i[1], rdata_i}),
    .leave_i     (data_valid && data_ready_i),
    .leave_word_i({data_error, data}),
    .count_o     (count),
    .chosen_o    (chosen),
    .before_o    (before),
    .word_o      (word)
  );

  // Beats that the memory owes.
  logic       legal_q, held_q;
  logic [7:0] owed_q;
  logic [32:0] held_word_q;
  always_ff @(posedge clk_i) begin
    if (!rst_n) begin
      legal_q <= 1'b1;
      owed_q  <= '0;
      held_q  <= 1'b0;
    end else begin
      if (rvalid_i && owed_q == '0) legal_q <= 1'b0;
      owed_q <= owed_q + ((arvalid && arready_i) ? arlen + 8'd1 : 8'd0) - ((rvalid_i && rready && owed_q != '0) ? 8'd1 : 8'd0);
      held_q <= data_valid && !data_ready_i;
    end
    held_word_q <= {data_error, data};
  end

  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      assert (!legal_q || owed_q == '0 || rready);
      assert (!legal_q || 32'(owed_q) + 32'(count) <= 32'(Depth));
      assert (!held_q || (data_valid && {data_error, data} == held_word_q));
      cover (legal_q && owed_q == 8'd1 && count == 4'd3 && chosen && word[32] && arvalid == 1'b0);
    end
  end

`ifdef INVARIANTS
  (* hierconn *) logic [2:0]  \dut.credit_q ;
  (* hierconn *) logic [2:0]  \dut.u_beats.write_q ;
  (* hierconn *) logic [2:0]  \dut.u_beats.read_q ;
  (* hierconn *) logic [32:0] \dut.u_beats.words_q[0] , \dut.u_beats.words_q[1] , \dut.u_beats.words_q[2] , \dut.u_beats.words_q[3] ;
  logic [33*4-1:0] words;
  logic [1:0]      place;
  assign words = {\dut.u_beats.words_q[3] , \dut.u_beats.words_q[2] , \dut.u_beats.words_q[1] , \dut.u_beats.words_q[0] };
  assign place = 2'(dut.u_beats.read_q) + 2'(before);
  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      assert (count == 4'(3'(dut.u_beats.write_q - dut.u_beats.read_q)));
      assert (!chosen || words[33*place +: 33] == word);
      // Room is promised once: to a burst on offer, to a beat that is owed, or to a beat in the queue.
      assert (!arvalid || arlen < 8'd2);
      assert (!legal_q || 32'(dut.credit_q) + (arvalid ? 32'(arlen) + 32'd1 : 32'd0) + 32'(owed_q) + 32'(count) == 32'(Depth));
    end
  end
`endif
endmodule

`default_nettype wire
