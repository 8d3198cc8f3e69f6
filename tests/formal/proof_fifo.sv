// SPDX-License-Identifier: Apache-2.0
// phasic_fifo: words leave in the order in which they came, none lost, none twice; it takes words exactly while it is not full and offers one
// exactly while it is not empty; a word on offer stays until it is taken.
//
// Assumes: nothing. Both sides and clear_i do what they like in every cycle.
// Sizes:   four words of two bits. The queue does not look at its words, and its pointers wrap.
`default_nettype none

module proof_fifo (
  input logic       clk_i,
  input logic       clear_i,
  input logic       choose_i,
  input logic       in_valid_i,
  input logic [1:0] in_data_i,
  input logic       out_ready_i
);
  localparam int Depth = 4;

  logic       rst_n = 1'b0;
  logic       in_ready, out_valid, chosen;
  logic [1:0] out_data, word;
  logic [3:0] count, before;

  always_ff @(posedge clk_i) rst_n <= 1'b1;

  phasic_fifo #(
    .Width(2),
    .Depth(Depth)
  ) dut (
    .clk_i,
    .rst_ni     (rst_n),
    .clear_i,
    .in_valid_i,
    .in_ready_o (in_ready),
    .in_data_i,
    .out_valid_o(out_valid),
    .out_ready_i,
    .out_data_o (out_data)
  );

  order_check #(
    .Width(2),
    .Most (Depth)
  ) u_order (
    .clk_i,
    .rst_ni      (rst_n),
    .clear_i,
    .choose_i,
    .enter_i     (in_valid_i && in_ready),
    .enter_word_i(in_data_i),
    .leave_i     (out_valid && out_ready_i),
    .leave_word_i(out_data),
    .count_o     (count),
    .chosen_o    (chosen),
    .before_o    (before),
    .word_o      (word)
  );

  // A word that was on offer and not taken.
  logic       held_q;
  logic [1:0] held_data_q;
  always_ff @(posedge clk_i) begin
    held_q      <= rst_n && !clear_i && out_valid && !out_ready_i;
    held_data_q <= out_data;
  end

`ifdef INVARIANTS
  // For induction: where the words are.
  (* hierconn *) logic [2:0] \dut.write_q ;
  (* hierconn *) logic [2:0] \dut.read_q ;
  (* hierconn *) logic [1:0] \dut.words_q[0] , \dut.words_q[1] , \dut.words_q[2] , \dut.words_q[3] ;
  logic [7:0] words;
  logic [1:0] place;
  assign words = {\dut.words_q[3] , \dut.words_q[2] , \dut.words_q[1] , \dut.words_q[0] };
  assign place = 2'(dut.read_q) + 2'(before);
  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      assert (count == 4'(3'(dut.write_q - dut.read_q)));
      assert (!chosen || words[2*place +: 2] == word);
    end
  end
`endif

  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      assert (in_ready == (count < 4'(Depth)));
      assert (out_valid == (count != 4'd0));
      assert (!held_q || (out_valid && out_data == held_data_q));
      cover (held_q && !in_ready && in_valid_i);
    end
  end
endmodule

`default_nettype wire
