// SPDX-License-Identifier: Apache-2.0
// phasic_encoder: the events of a sample. After its message, and never without one, a sample shows its steps: in each step of intensities every entry
// once, by number, then exactly one mark; of address events the entries follow each other over the steps. The gate's entries come first and once.
// There are as many marks as steps, the last one is the sample's mark and no other, and with it alone the sample is released. What is
// shown goes through the draw in order: marks, address events and gates always come out, with their kind and index, intensities only when they
// spike; an event for the queue stays until the queue has room.
//
// Together with the proof of phasic_fifo, which is the queue: events leave the encoder in this order, and none is lost under back-pressure. Indices
// ascend in a step because the entries of a sample do, which phasic_sampler checks.
//
// Assumes: a sample on offer stays until it is released; its gate is not longer than the sample; there are 1 to 32 steps, the same for the run. What the
//          sample memory reads, the random key and when it is ready, and the room in the queue are arbitrary (the modules in proofs.json).
// Sizes:   samples of up to eight entries; step and entry counters and the eight stages of the draw are the module's own.
`default_nettype none

module proof_encoder (
  input logic        clk_i,
  input logic        clear_i,
  input logic        choose_i,
  input logic        sample_valid_i,
  input logic [31:0] sample_number_i,
  input logic [3:0]  sample_entries_i,
  input logic [3:0]  sample_open_i,
  input logic [31:0] read_data_i,
  input logic        message_ready_i,
  input logic        event_ready_i
);
  localparam int Payload = 30;
  localparam int Stages  = phasic_pkg::PermuteRounds;

  logic       rst_n = 1'b0;
  logic       sample_release, read, message_valid;
  logic [2:0] read_entry;
  always_ff @(posedge clk_i) rst_n <= 1'b1;

  (* anyconst *) logic [5:0] steps;
  (* anyconst *) logic       address_events;

  phasic_encoder #(
    .MaxEntries(8),
    .Graded    (1'b0)
  ) dut (
    .clk_i,
    .rst_ni          (rst_n),
    .clear_i,
    .seed_i          (64'd0),
    .steps_i         (steps),
    .address_events_i(address_events),
    .graded_i        (1'b0),
    .sample_valid_i,
    .sample_number_i,
    .sample_entries_i,
    .sample_open_i,
    .sample_release_o(sample_release),
    .read_o          (read),
    .read_entry_o    (read_entry),
    .read_data_i,
    .message_valid_o (message_valid),
    .message_ready_i,
    .event_valid_o   (),
    .event_ready_i,
    .event_kind_o    (),
    .event_index_o   (),
    .event_value_o   (),
    .busy_o          (),
    .events_o        ()
  );

  // What is shown, one a cycle in which move is 1, and what comes out of the draw for the queue.
  (* hierconn *) logic               \dut.token , \dut.token_mark , \dut.token_final , \dut.gate_here , \dut.move ;
  (* hierconn *) logic [Payload-1:0] \dut.u_permute.payload_i , \dut.u_permute.payload_o ;
  (* hierconn *) logic               \dut.drawn_valid , \dut.out_valid , \dut.out_ready ;
  (* hierconn *) logic [17:0]        \dut.in_data ;
  logic [Payload-1:0] shown, drawn;
  logic               show, chosen;
  logic [4:0]         count, before;
  logic [Payload-1:0] word;
  assign show  = dut.token && dut.move;
  assign shown = dut.u_permute.payload_i;
  assign drawn = dut.u_permute.payload_o;

  order_check #(
    .Width(Payload),
    .Most (Stages),
    .Reach(2)
  ) u_order (
    .clk_i,
    .rst_ni      (rst_n),
    .clear_i,
    .choose_i,
    .enter_i     (show),
    .enter_word_i(shown),
    .leave_i     (dut.drawn_valid && dut.move),
    .leave_word_i(drawn),
    .count_o     (count),
    .chosen_o    (chosen),
    .before_o    (before),
    .word_o      (word)
  );

  // The sample: whether its message has gone out, its marks so far, and the entry that comes next.
  logic        open_q, offered_q, event_held_q;
  logic [5:0]  marks_q;
  logic [3:0]  next_q, entry_q, held_entries_q, held_open_q;
  logic [17:0] held_event_q;
  always_ff @(posedge clk_i) begin
    offered_q      <= rst_n && !clear_i && sample_valid_i && !sample_release;
    held_entries_q <= sample_entries_i;
    held_open_q    <= sample_open_i;
    event_held_q   <= rst_n && !clear_i && dut.out_valid && !dut.out_ready;
    held_event_q   <= dut.in_data;
    if (read) entry_q <= {1'b0, read_entry};
    if (!rst_n || clear_i) begin
      open_q  <= 1'b0;
      marks_q <= '0;
      next_q  <= '0;
    end else begin
      if (message_valid && message_ready_i) begin
        open_q  <= 1'b1;
        marks_q <= '0;
        next_q  <= '0;
      end else if (show && dut.token_mark) begin
        open_q  <= !dut.token_final;
        marks_q <= marks_q + 6'd1;
        if (!address_events) next_q <= sample_open_i;
      end else if (show) begin
        next_q <= next_q + 4'd1;
      end
    end
    if (rst_n) begin
      assume (steps != '0 && steps <= 6'd32);
      assume (sample_entries_i <= 4'd8 && sample_open_i <= sample_entries_i);
      assume (!offered_q || (sample_valid_i && sample_entries_i == held_entries_q && sample_open_i == held_open_q));
      assert (!(message_valid && open_q));
      assert (!dut.token || open_q);
      assert (!(show && !dut.token_mark) || (entry_q == next_q && next_q < sample_entries_i));
      assert (!(show && !dut.token_mark) || dut.gate_here == (marks_q == '0 && next_q < sample_open_i));
      assert (!(show && dut.token_mark) || address_events || next_q == sample_entries_i);
      assert (!(show && dut.token_mark) || (marks_q < steps && dut.token_final == (marks_q == steps - 6'd1)));
      assert (sample_release == (show && dut.token_mark && marks_q == steps - 6'd1));
      // drawn: mark, final, gate, sure (no intensity), phase, value, index.
      assert (!dut.out_valid || dut.drawn_valid);
      assert (!(dut.drawn_valid && (drawn[29] || drawn[26])) || dut.out_valid);
      assert (dut.in_data[17:16] == 2'(drawn[29] ? (drawn[28] ? phasic_pkg::EventKindSampleEnd : phasic_pkg::EventKindStepEnd)
                                                 : (drawn[27] ? phasic_pkg::EventKindOpen : phasic_pkg::EventKindSpike)));
      assert (dut.in_data[15:0] == (drawn[29] ? 16'd0 : drawn[15:0]));
      assert (!event_held_q || (dut.out_valid && dut.in_data == held_event_q));
      // The second step of a sample with a gate ends, and an event waits for room.
      cover (show && dut.token_mark && dut.token_final && marks_q == 6'd1 && sample_open_i == 4'd1 && !address_events && next_q == 4'd2);
      cover (event_held_q && drawn[29]);
    end
  end

`ifdef INVARIANTS
  // Where the chosen word is in the draw.
  logic [2:0] stage_q;
  always_ff @(posedge clk_i) begin
    if (!chosen) stage_q <= 3'd0;
    else if (dut.move) stage_q <= stage_q + 3'd1;
  end
  (* hierconn *) logic [2:0]         \dut.state_q ;
  (* hierconn *) logic [5:0]         \dut.step_q ;
  (* hierconn *) logic [3:0]         \dut.read_entry_q , \dut.gate_left_q ;
  (* hierconn *) logic               \dut.data_valid_q ;
  (* hierconn *) logic [Stages-1:0]  \dut.u_permute.valid_q ;
  (* hierconn *) logic [Payload-1:0] \dut.u_permute.payload_q[0] , \dut.u_permute.payload_q[1] , \dut.u_permute.payload_q[2] ,
      \dut.u_permute.payload_q[3] , \dut.u_permute.payload_q[4] , \dut.u_permute.payload_q[5] , \dut.u_permute.payload_q[6] ,
      \dut.u_permute.payload_q[7] ;
  logic [Stages-1:0]         valid, ahead;
  logic [Payload*Stages-1:0] stages;
  logic [4:0]                tokens, tokens_ahead;
  assign valid  = dut.u_permute.valid_q;
  assign ahead  = valid & ~((Stages'(2) << stage_q) - Stages'(1));
  assign stages = {\dut.u_permute.payload_q[7] , \dut.u_permute.payload_q[6] , \dut.u_permute.payload_q[5] , \dut.u_permute.payload_q[4] ,
      \dut.u_permute.payload_q[3] , \dut.u_permute.payload_q[2] , \dut.u_permute.payload_q[1] , \dut.u_permute.payload_q[0] };
  always_comb begin
    tokens       = '0;
    tokens_ahead = '0;
    for (int s = 0; s < Stages; s++) begin
      tokens       = tokens + 5'(valid[s]);
      tokens_ahead = tokens_ahead + 5'(ahead[s]);
    end
  end
  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      assert (count == tokens);
      assert (!chosen || (valid[stage_q] && before == tokens_ahead && stages[Payload*stage_q +: Payload] == word));
      assert (open_q == (dut.state_q == 3'd3));
      assert (!(open_q || message_valid || dut.state_q == 3'd1) || offered_q);
      assert (!(dut.state_q == 3'd1 || message_valid) || (dut.step_q == '0 && dut.read_entry_q == '0 && !dut.data_valid_q));
      assert (!(dut.state_q == 3'd1 || message_valid) || dut.gate_left_q == sample_open_i);
      assert (!open_q || (dut.step_q == marks_q && marks_q < steps));
      assert (!open_q || (dut.read_entry_q == next_q + 4'(dut.data_valid_q) && dut.read_entry_q <= sample_entries_i &&
                         next_q <= sample_entries_i));
      assert (!(open_q && dut.data_valid_q) || entry_q == next_q);
      assert (!open_q || dut.gate_left_q == ((next_q < sample_open_i) ? sample_open_i - next_q : 4'd0));
      assert (!open_q || marks_q == '0 || next_q >= sample_open_i);
    end
  end
`endif
endmodule

`default_nettype wire
