// SPDX-License-Identifier: Apache-2.0
// Part of proofs about queues: asserts that words leave in the order in which they came, none lost, none twice, none made up.
//
// One word is chosen as it comes in (choose_i, which the proof leaves free), remembered, and expected as soon as all words before it have left.
// Since any word may be the chosen one, what is proven for it is proven for all, at any length of the stream.
//
// The outputs are for invariants of the proof: words inside, and whether the chosen one is among them, how many are before it, and what it is.
// Parameters: Width of a word; Most, words that may be inside at once; Reach, words inside in the situation that must be reached.
`default_nettype none

module order_check #(
  parameter int Width = 2,
  parameter int Most  = 4,
  parameter int Reach = Most,
  localparam int CountWidth = $clog2(Most + 1) + 1
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  clear_i,
  input  logic                  choose_i,
  input  logic                  enter_i,
  input  logic [Width-1:0]      enter_word_i,
  input  logic                  leave_i,
  input  logic [Width-1:0]      leave_word_i,
  output logic [CountWidth-1:0] count_o,
  output logic                  chosen_o,
  output logic [CountWidth-1:0] before_o,
  output logic [Width-1:0]      word_o
);
  logic leaves_chosen;

  assign leaves_chosen = leave_i && chosen_o && before_o == '0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      count_o  <= '0;
      chosen_o <= 1'b0;
      before_o <= '0;
    end else begin
      count_o <= count_o + CountWidth'(enter_i) - CountWidth'(leave_i);
      if (leaves_chosen) begin
        chosen_o <= 1'b0;
      end else if (chosen_o) begin
        before_o <= before_o - CountWidth'(leave_i);
      end else if (enter_i && choose_i) begin
        chosen_o <= 1'b1;
        before_o <= count_o - CountWidth'(leave_i);
        word_o   <= enter_word_i;
      end
    end
    if (rst_ni) begin
      assert (!leave_i || count_o != '0);
      assert (!leaves_chosen || leave_word_i == word_o);
      assert (count_o <= CountWidth'(Most));
      assert (!chosen_o || before_o < count_o);
      cover (leaves_chosen && count_o == CountWidth'(Reach));
    end
  end
endmodule

`default_nettype wire
