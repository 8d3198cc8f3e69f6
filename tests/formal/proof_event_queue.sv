// SPDX-License-Identifier: Apache-2.0
// phasic_event_queue with phasic_fan_out: events leave in the order in which they came, none lost, none twice, each with its own kind and value, the weight
// row of its source, the address of the row's first word and the first word of sums; it takes events until it holds seventeen; an event on offer
// stays until it is taken.
//
// Assumes: the number of words of a row does not change.
// Sizes:   two bits of row and of address; kinds, rows and values pass through, and the address is a product that the queue only carries. The depth of
//          sixteen is the module's own.
`default_nettype none

module proof_event_queue (
  input logic        clk_i,
  input logic        clear_i,
  input logic        choose_i,
  input logic        event_valid_i,
  input logic [1:0]  event_kind_i,
  input logic [15:0] event_index_i,
  input logic [7:0]  event_value_i,
  input logic        head_ready_i
);
  localparam int Depth = 16;
  localparam int Width = 14;

  logic       rst_n = 1'b0;
  logic       event_ready, head_valid, chosen;
  logic [1:0] head_kind, head_row, head_address;
  logic [7:0] head_value;
  logic [3:0] head_target;
  logic [5:0] count, before;
  logic [Width-1:0] in, head, word;

  logic head_last, head_none;
  (* anyconst *) logic [15:0] row_words;
  assign in   = {event_value_i, event_kind_i, event_index_i[1:0], 2'(event_index_i[1:0] * row_words[1:0])};
  assign head = {head_value, head_kind, head_row, head_address};

  always_ff @(posedge clk_i) rst_n <= 1'b1;

  phasic_event_queue #(
    .RowBits    (2),
    .AddressBits(2),
    .Graded     (1'b1)
  ) dut (
    .clk_i,
    .rst_ni               (rst_n),
    .clear_i,
    .descriptor_i         ('0),
    .shaped_i             (1'b0),
    .row_words_i          (row_words),
    .event_valid_i,
    .event_ready_o        (event_ready),
    .event_kind_i,
    .event_source_i       (event_index_i),
    .event_value_i,
    .head_valid_o         (head_valid),
    .head_ready_i,
    .head_kind_o          (head_kind),
    .head_last_o          (head_last),
    .head_none_o          (head_none),
    .head_source_o        (head_row),
    .head_weight_address_o(head_address),
    .head_target_word_o   (head_target),
    .head_value_o         (head_value)
  );

  order_check #(
    .Width(Width),
    .Most (Depth + 1),
    .Reach(3)
  ) u_order (
    .clk_i,
    .rst_ni      (rst_n),
    .clear_i,
    .choose_i,
    .enter_i     (event_valid_i && event_ready),
    .enter_word_i(in),
    .leave_i     (head_valid && head_ready_i),
    .leave_word_i(head),
    .count_o     (count),
    .chosen_o    (chosen),
    .before_o    (before),
    .word_o      (word)
  );

  logic             held_q;
  logic [Width-1:0] held_head_q;
  always_ff @(posedge clk_i) begin
    held_q      <= rst_n && !clear_i && head_valid && !head_ready_i;
    held_head_q <= head;
    if (rst_n) begin
      assert (event_ready || count == 6'(Depth + 1));
      assert (!held_q || (head_valid && head == held_head_q));
      assert (head_valid || count <= 6'd1);
      assert (head_target == 4'd0);
    end
  end

`ifdef INVARIANTS
  (* hierconn *) logic             \dut.gen_dense.u_fan_out.valid_q ;
  (* hierconn *) logic [Width-1:0] \dut.entry ;
  (* hierconn *) logic [4:0]       \dut.u_queue.write_q , \dut.u_queue.read_q ;
  (* hierconn *) logic [Width-1:0] \dut.u_queue.words_q[0] , \dut.u_queue.words_q[1] , \dut.u_queue.words_q[2] , \dut.u_queue.words_q[3] ,
      \dut.u_queue.words_q[4] , \dut.u_queue.words_q[5] , \dut.u_queue.words_q[6] , \dut.u_queue.words_q[7] , \dut.u_queue.words_q[8] ,
      \dut.u_queue.words_q[9] , \dut.u_queue.words_q[10] , \dut.u_queue.words_q[11] , \dut.u_queue.words_q[12] , \dut.u_queue.words_q[13] ,
      \dut.u_queue.words_q[14] , \dut.u_queue.words_q[15] ;
  logic [Width*Depth-1:0] words;
  logic [4:0]             inside;
  logic [3:0]             place;
  assign words = {\dut.u_queue.words_q[15] , \dut.u_queue.words_q[14] , \dut.u_queue.words_q[13] , \dut.u_queue.words_q[12] ,
      \dut.u_queue.words_q[11] , \dut.u_queue.words_q[10] , \dut.u_queue.words_q[9] , \dut.u_queue.words_q[8] , \dut.u_queue.words_q[7] ,
      \dut.u_queue.words_q[6] , \dut.u_queue.words_q[5] , \dut.u_queue.words_q[4] , \dut.u_queue.words_q[3] , \dut.u_queue.words_q[2] ,
      \dut.u_queue.words_q[1] , \dut.u_queue.words_q[0] };
  assign inside = dut.u_queue.write_q - dut.u_queue.read_q;
  assign place  = 4'(dut.u_queue.read_q) + 4'(before);
  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      assert (inside <= 5'(Depth) && count == 6'(inside) + 6'(dut.gen_dense.u_fan_out.valid_q));
      assert (!chosen || word == ((before == 6'(inside)) ? dut.entry : words[Width*place +: Width]));
    end
  end
`endif
endmodule

`default_nettype wire
