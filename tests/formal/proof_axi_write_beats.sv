// SPDX-License-Identifier: Apache-2.0
// phasic_axi_write: the n-th burst of data has as many beats as the n-th address announced, wlast is on its last beat and on no other, and no beat
// goes out before its burst is on offer as an address. Beats go out in the order in which the client gave them, none lost, none twice; a beat
// on offer, with its wlast, stays until it is taken.
//
// Assumes: commands are whole beats. The memory and the client do what they like; neither responses nor the order in which the memory
//          takes addresses and data make a difference.
// Sizes:   bursts of four beats of 32 bits, two bursts without an answer, so that bursts have to wait and all pointers wrap.
`default_nettype none

module proof_axi_write_beats (
  input logic        clk_i,
  input logic        choose_burst_i,
  input logic        choose_beat_i,
  input logic        cmd_valid_i,
  input logic [63:0] cmd_address_i,
  input logic [31:0] cmd_bytes_i,
  input logic [1:0]  cmd_tag_i,
  input logic        data_valid_i,
  input logic [31:0] data_i,
  input logic        awready_i,
  input logic        wready_i,
  input logic        bvalid_i,
  input logic [1:0]  bresp_i
);
  localparam int Outstanding = 2;

  logic        rst_n = 1'b0;
  logic        data_ready, awvalid, wvalid, wlast, fresh, last_sent, burst_chosen, beat_chosen;
  logic [31:0] wdata, beat;
  logic [7:0]  awlen, burst;
  logic [2:0]  burst_count, burst_before;
  logic [1:0]  beat_count, beat_before;

  always_ff @(posedge clk_i) rst_n <= 1'b1;

  phasic_axi_write #(
    .DataWidth  (32),
    .MaxBurst   (4),
    .TagWidth   (2),
    .Outstanding(Outstanding)
  ) dut (
    .clk_i,
    .rst_ni       (rst_n),
    .cmd_valid_i,
    .cmd_ready_o  (),
    .cmd_address_i,
    .cmd_bytes_i,
    .cmd_tag_i,
    .data_valid_i,
    .data_ready_o (data_ready),
    .data_i,
    .error_o      (),
    .error_tag_o  (),
    .idle_o       (),
    .awvalid_o    (awvalid),
    .awready_i,
    .awaddr_o     (),
    .awlen_o      (awlen),
    .wvalid_o     (wvalid),
    .wready_i,
    .wdata_o      (wdata),
    .wlast_o      (wlast),
    .bvalid_i,
    .bready_o     (),
    .bresp_i
  );

  // sent_q: beats of the burst that have gone out.
  logic        address_held_q, held_q, held_last_q;
  logic [31:0] held_data_q;
  logic [7:0]  sent_q;
  assign fresh     = awvalid && !address_held_q;
  assign last_sent = wvalid && wready_i && wlast;
  always_ff @(posedge clk_i) begin
    if (!rst_n) begin
      address_held_q <= 1'b0;
      held_q         <= 1'b0;
      sent_q         <= '0;
    end else begin
      address_held_q <= awvalid && !awready_i;
      held_q         <= wvalid && !wready_i;
      if (wvalid && wready_i) sent_q <= wlast ? '0 : sent_q + 8'd1;
    end
    held_data_q <= wdata;
    held_last_q <= wlast;
  end

  // Bursts, as numbers of beats less one: in with the address, out with wlast. One more than in the queues, for its last beat may be on offer.
  order_check #(
    .Width(8),
    .Most (Outstanding + 1)
  ) u_bursts (
    .clk_i,
    .rst_ni      (rst_n),
    .clear_i     (1'b0),
    .choose_i    (choose_burst_i),
    .enter_i     (fresh),
    .enter_word_i(awlen),
    .leave_i     (last_sent),
    .leave_word_i(sent_q),
    .count_o     (burst_count),
    .chosen_o    (burst_chosen),
    .before_o    (burst_before),
    .word_o      (burst)
  );

  order_check #(
    .Width(32),
    .Most (1)
  ) u_beats (
    .clk_i,
    .rst_ni      (rst_n),
    .clear_i     (1'b0),
    .choose_i    (choose_beat_i),
    .enter_i     (data_valid_i && data_ready),
    .enter_word_i(data_i),
    .leave_i     (wvalid && wready_i),
    .leave_word_i(wdata),
    .count_o     (beat_count),
    .chosen_o    (beat_chosen),
    .before_o    (beat_before),
    .word_o      (beat)
  );

  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      assert (!wvalid || burst_count != '0);
      assert (!(wvalid && burst_chosen && burst_before == '0) || sent_q <= burst);
      assert (!held_q || (wvalid && wdata == held_data_q && wlast == held_last_q));
      // The second of two commands' bursts, while the memory has not taken an address yet.
      cover (last_sent && burst_chosen && burst_before == '0 && burst == 8'd2 && burst_count == 3'd2 && address_held_q);
    end
  end

`ifdef INVARIANTS
  (* hierconn *) logic [1:0] \dut.u_lengths.write_q ;
  (* hierconn *) logic [1:0] \dut.u_lengths.read_q ;
  (* hierconn *) logic [7:0] \dut.u_lengths.words_q[0] , \dut.u_lengths.words_q[1] , \dut.beat_q , \dut.length ;
  logic [1:0] lengths;
  logic       last_waits, burst_begun;
  logic [7:0] place_length;
  logic [2:0] place;
  assign lengths     = 2'(dut.u_lengths.write_q - dut.u_lengths.read_q);
  assign last_waits  = wvalid && wlast;
  assign place       = 3'(dut.u_lengths.read_q) + burst_before - 3'(last_waits);
  assign place_length = place[0] ? \dut.u_lengths.words_q[1] : \dut.u_lengths.words_q[0] ;
  assign burst_begun = dut.beat_q != '0;
  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      assert (lengths <= 2'd2);
      // A burst is in the queue of lengths from the cycle in which its address comes on offer until its last beat does.
      assert (burst_count + 3'(fresh) == 3'(lengths) + 3'(last_waits));
      assert (!fresh || lengths != 2'd0);
      assert (!fresh || awlen == (dut.u_lengths.write_q[0] ? \dut.u_lengths.words_q[0] : \dut.u_lengths.words_q[1] ));
      assert (!burst_chosen || (last_waits && burst_before == '0) || place_length == burst);
      assert (!(burst_chosen && last_waits && burst_before == '0) || sent_q == burst);
      // What the data side counts, less the beat on offer, has gone out.
      assert (!burst_begun || lengths != 2'd0);
      assert (lengths == 2'd0 || dut.beat_q <= dut.length);
      assert (last_waits ? dut.beat_q == '0 : dut.beat_q == sent_q + 8'(wvalid));
      assert (beat_count == 2'(wvalid) && (!beat_chosen || wdata == beat));
    end
  end
`endif
endmodule

`default_nettype wire
