// SPDX-License-Identifier: Apache-2.0
// phasic_axi_write: every burst waits for its own response, in order. error_o pulses exactly with a response that is an error, with the tag of the
// command that the burst belongs to; idle_o says that no command has beats left to announce and every burst has been answered, no sooner and no
// later; never more than Outstanding bursts await their response.
//
// Assumes: commands are whole beats inside the address space. A memory that answers a burst before its address was on offer (legal_q falls) loses
//          these promises; error_o still does not pulse without an error.
// Sizes:   bursts of two beats of 32 bits, two bursts without an answer, tags of two bits.
`default_nettype none

module proof_axi_write_responses (
  input logic        clk_i,
  input logic        choose_i,
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

  logic       rst_n = 1'b0;
  logic       cmd_ready, awvalid, bready, error, idle, fresh, answer, chosen;
  logic [1:0] error_tag, tag;
  logic [7:0] awlen;
  logic [2:0] count, before;

  always_ff @(posedge clk_i) rst_n <= 1'b1;

  phasic_axi_write #(
    .DataWidth  (32),
    .MaxBurst   (2),
    .TagWidth   (2),
    .Outstanding(Outstanding)
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
    .error_o      (error),
    .error_tag_o  (error_tag),
    .idle_o       (idle),
    .awvalid_o    (awvalid),
    .awready_i,
    .awaddr_o     (),
    .awlen_o      (awlen),
    .wvalid_o     (),
    .wready_i,
    .wdata_o      (),
    .wlast_o      (),
    .bvalid_i,
    .bready_o     (bready),
    .bresp_i
  );

  // The command that bursts belong to: its tag, and beats that have not been on offer in a burst.
  logic        held_q, legal_q;
  logic [1:0]  tag_q;
  logic [29:0] left_q, left;
  assign fresh  = awvalid && !held_q;
  assign left   = left_q - (fresh ? 30'(awlen) + 30'd1 : 30'd0);
  assign answer = bvalid_i && bready;
  always_ff @(posedge clk_i) begin
    if (!rst_n) begin
      held_q  <= 1'b0;
      legal_q <= 1'b1;
      left_q  <= '0;
    end else begin
      held_q <= awvalid && !awready_i;
      left_q <= left;
      if (cmd_valid_i && cmd_ready) begin
        left_q <= cmd_bytes_i[31:2];
        tag_q  <= cmd_tag_i;
      end
      if (answer && count == '0) legal_q <= 1'b0;
    end
  end

  order_check #(
    .Width(2),
    .Most (Outstanding)
  ) u_order (
    .clk_i,
    .rst_ni      (rst_n && legal_q),
    .clear_i     (1'b0),
    .choose_i,
    .enter_i     (fresh),
    .enter_word_i(tag_q),
    .leave_i     (answer && count != '0),
    .leave_word_i(error_tag),
    .count_o     (count),
    .chosen_o    (chosen),
    .before_o    (before),
    .word_o      (tag)
  );

  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      assert (!error || (answer && bresp_i[1]));
      assert (!legal_q || count == '0 || error == (answer && bresp_i[1]));
      // In the cycle in which an address comes on offer, count does not yet have it.
      assert (!legal_q || idle == (left == '0 && count == '0 && !fresh));
      cover (legal_q && error && chosen && before == '0 && tag == 2'd1 && tag_q == 2'd2 && count == 3'd2);
    end
  end

`ifdef INVARIANTS
  (* hierconn *) logic [29:0] \dut.beats_left_q ;
  (* hierconn *) logic [1:0]  \dut.tag_q ;
  (* hierconn *) logic [1:0]  \dut.u_tags.write_q ;
  (* hierconn *) logic [1:0]  \dut.u_tags.read_q ;
  (* hierconn *) logic [1:0]  \dut.u_tags.words_q[0] , \dut.u_tags.words_q[1] ;
  logic [1:0] tags;
  logic       place;
  assign tags  = 2'(dut.u_tags.write_q - dut.u_tags.read_q);
  assign place = dut.u_tags.read_q[0] ^ before[0];
  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      assert (left == dut.beats_left_q && (tag_q == dut.tag_q || (left == '0 && !fresh)));
      assert (tags <= 2'd2);
      assert (!legal_q || 3'(tags) == count + 3'(fresh));
      assert (!fresh || tag_q == (dut.u_tags.write_q[0] ? \dut.u_tags.words_q[0] : \dut.u_tags.words_q[1] ));
      assert (!legal_q || !chosen || tag == (place ? \dut.u_tags.words_q[1] : \dut.u_tags.words_q[0] ));
    end
  end
`endif
endmodule

`default_nettype wire
