// SPDX-License-Identifier: Apache-2.0
// phasic_event_sender: the events are exactly the spikes of the words and their marks. The spikes of a word leave in ascending order, each once, with its
// own number and value, before anything of the word that follows; a mark becomes one event of its kind; nothing is lost under back-pressure,
// and an event on offer stays until it is taken. While no event is on offer, a word is used up in one cycle a chunk, so words without
// spikes do not block.
//
// Assumes: a word on offer stays until it is taken, unless the run is cleared (phasic_fifo, which offers them, is proven to do so).
// Sizes:   64 lanes, where a word is taken in two chunks, and 4 lanes, where one chunk is the whole word, by itself and as the third of four groups; all
//          with values.
`default_nettype none

module proof_event_sender #(
  parameter int Lanes  = 64,
  parameter int Groups = 1,
  parameter int Group  = 0
) (
  input logic               clk_i,
  input logic               clear_i,
  input logic               word_valid_i,
  input logic               word_mark_i,
  input logic               word_final_i,
  input logic [15:0]        word_index_i,
  input logic [Lanes-1:0]   word_spikes_i,
  input logic [8*Lanes-1:0] word_values_i,
  input logic               event_ready_i
);
  localparam int Chunk    = (Lanes < 32) ? Lanes : 32;
  localparam int Chunks   = Lanes / Chunk;
  localparam int LaneBits = $clog2(Lanes);
  localparam logic [1:0] Spike = 2'(phasic_pkg::EventKindSpike);

  logic        rst_n = 1'b0;
  logic        word_ready, event_valid, busy;
  logic [1:0]  event_kind;
  logic [15:0] event_index;
  logic [7:0]  event_value;

  always_ff @(posedge clk_i) rst_n <= 1'b1;

  phasic_event_sender #(
    .Lanes (Lanes),
    .Graded(1'b1),
    .Groups(Groups),
    .Group (Group)
  ) dut (
    .clk_i,
    .rst_ni       (rst_n),
    .clear_i,
    .word_valid_i,
    .word_ready_o (word_ready),
    .word_mark_i,
    .word_final_i,
    .word_index_i,
    .word_spikes_i,
    .word_values_i,
    .event_valid_o(event_valid),
    .event_ready_i,
    .event_kind_o (event_kind),
    .event_index_o(event_index),
    .event_value_o(event_value),
    .busy_o       (busy)
  );

  // A lane, whichever: what is proven for it is proven for all.
  (* anyconst *) logic [LaneBits-1:0] chosen_lane;
  logic [7:0] word_value;
  assign word_value = word_values_i[8*chosen_lane +: 8];

  // The word on offer holds.
  logic              word_held_q;
  logic [Lanes+17:0] held_word_q;
  logic [7:0]        held_value_q;
  always_ff @(posedge clk_i) begin
    word_held_q   <= rst_n && !clear_i && word_valid_i && !word_ready;
    held_word_q   <= {word_mark_i, word_final_i, word_index_i, word_spikes_i};
    held_value_q  <= word_value;
    assume (!word_held_q || (word_valid_i && held_word_q == {word_mark_i, word_final_i, word_index_i, word_spikes_i}));
    assume (!word_held_q || held_value_q == word_value);
  end

  // What has to leave: the rest of the word that was taken last (rest_q, or mark_q), then what the word on offer has not sent yet.
  logic               mark_q, final_q, old, take, send;
  logic [Lanes-1:0]   rest_q, sent_q, left, one, sent_now;
  logic [15:0]        index_q, place, lane;

  assign old    = rest_q != '0;
  assign left   = old ? rest_q : (word_valid_i && !word_mark_i && !mark_q) ? word_spikes_i & ~sent_q : '0;
  // The event's number within the word that it has to be from.
  assign place  = event_index - 16'((old ? index_q : word_index_i) * Lanes * Groups + Group);
  assign lane   = place >> $clog2(Groups);
  assign one    = Lanes'(1) << lane[LaneBits-1:0];
  assign take   = word_valid_i && word_ready;
  assign send   = event_valid && event_ready_i;
  assign sent_now = (send && !old && !mark_q) ? sent_q | one : sent_q;

  logic [7:0]  value_q;
  logic [1:0]  waited_q;
  logic        held_q;
  logic [25:0] held_event_q;
  always_ff @(posedge clk_i) begin
    held_q       <= rst_n && !clear_i && event_valid && !event_ready_i;
    held_event_q <= {event_kind, event_index, event_value};
    if (!rst_n || clear_i) begin
      mark_q   <= 1'b0;
      rest_q   <= '0;
      sent_q   <= '0;
      waited_q <= '0;
    end else begin
      sent_q <= sent_now;
      if (send) begin
        mark_q <= 1'b0;
        if (old) rest_q <= rest_q & ~one;
      end
      if (take) begin
        mark_q  <= word_mark_i;
        final_q <= word_final_i;
        rest_q  <= word_mark_i ? '0 : word_spikes_i & ~sent_now;
        sent_q  <= '0;
        index_q <= word_index_i;
        value_q <= word_value;
      end
      waited_q <= (word_valid_i && !word_ready && !event_valid) ? waited_q + 2'd1 : '0;
    end
    if (rst_n) begin
      // A mark comes when nothing else is left; a spike is one that is left, and none before it is.
      assert (!(event_valid && mark_q) || (event_kind == 2'(final_q ? phasic_pkg::EventKindSampleEnd : phasic_pkg::EventKindStepEnd) && event_index == '0));
      assert (!(event_valid && !mark_q) || (event_kind == Spike && place % 16'(Groups) == '0 && 32'(lane) < 32'(Lanes) && (left & one) != '0));
      assert (!(event_valid && !mark_q && left[chosen_lane]) || lane <= 16'(chosen_lane));
      assert (!(event_valid && event_kind == Spike && lane == 16'(chosen_lane)) || event_value == (old ? value_q : word_value));
      // What was taken is on offer until it has left, and the next word is taken no sooner.
      assert (!(mark_q || old) || event_valid);
      assert (!take || (mark_q || old ? send && (mark_q || rest_q == one) : 1'b1));
      assert (!(mark_q && old));
      assert (!held_q || (event_valid && held_event_q == {event_kind, event_index, event_value}));
      assert (32'(waited_q) < 32'(Chunks));
      assert (busy == event_valid);
      cover (take && word_mark_i && send && event_kind == Spike && event_index == 16'((3 * Lanes - 1) * Groups + Group));
      cover (mark_q && word_valid_i && held_q && word_spikes_i[1:0] == 2'b11);
    end
  end

`ifdef INVARIANTS
  (* hierconn *) logic                          \dut.mark_q ;
  (* hierconn *) logic [31:0]                   \dut.chunk_q ;
  (* hierconn *) logic                          \dut.chunk_number_q ;
  (* hierconn *) logic [15:0]                   \dut.base_q ;
  (* hierconn *) logic [8*Chunk-1:0]            \dut.gen_values.values_q ;
  logic [8*Chunk-1:0] values;
  logic [Lanes-1:0]   chunk_rest;
  assign values = \dut.gen_values.values_q ;
  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      assert (Chunks > 1 || !dut.chunk_number_q);
      assert (Lanes >= 32 || (dut.chunk_q >> Chunk) == '0);
      if (Chunks > 1 && dut.chunk_number_q) begin
        // The first chunk of the word on offer.
        assert (word_held_q);
        assert (!word_mark_i && !dut.mark_q && !mark_q && !old);
        assert (Lanes'(dut.chunk_q) == left[Chunk-1:0] && sent_q[Lanes-1:Lanes-Chunk] == '0);
        assert (dut.base_q == 16'(word_index_i * Lanes * Groups));
        assert (32'(chosen_lane) >= 32'(Chunk) || values[8*(chosen_lane % Chunk) +: 8] == word_value);
      end else begin
        // The last chunk of the word that was taken, or nothing.
        assert (dut.mark_q == mark_q && sent_q == '0 && waited_q == '0);
        assert (rest_q == Lanes'(dut.chunk_q) << (Lanes - Chunk));
        assert (!(dut.mark_q && dut.chunk_q != '0));
        assert (!mark_q || dut.base_q == {15'd0, final_q});
        assert (!old || dut.base_q == 16'(index_q * Lanes * Groups) + 16'((Lanes - Chunk) * Groups));
        assert (!old || 32'(chosen_lane) < 32'(Lanes - Chunk) || values[8*(chosen_lane % Chunk) +: 8] == value_q);
      end
    end
  end
`endif
endmodule

`default_nettype wire
