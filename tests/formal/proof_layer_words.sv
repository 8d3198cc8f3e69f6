// SPDX-License-Identifier: Apache-2.0
// phasic_layer_engine: what goes to the next layer. For every finished step its words of spikes, from the first to the last of a row, each once, and
// then exactly one mark enter the queue of the event sender; the mark is the sample's if and only if the step was the sample's last; no word
// comes while the queue is full, so that none is lost however long the next layer waits. The last layer sends nothing.
//
// Together with the proofs of phasic_fifo and phasic_event_sender: the spikes of a step leave in ascending order before its mark.
//
// Assumes: the constants of the run hold, and a row has between one word and the engine's largest number. Scores and trace may wait for ever, and
//          the run may be cleared at any time. Whatever is not the order of work is arbitrary (proofs.json lists these modules): events
//          in, neurons and what they say, learning, and when the event sender takes a word.
// Sizes:   two lanes, four words of neurons: the queue has sixteen places, fewer than the words that the sweeps of several steps want to fill.
`default_nettype none

module proof_layer_words #(
  parameter int Rules = 0
) (
  input logic         clk_i,
  input logic         clear_i,
  input logic         dopamine_valid_i,
  input logic         dopamine_learn_i,
  input logic [15:0]  dopamine_class_i,
  input logic [31:0]  dopamine_number_i,
  input logic         event_valid_i,
  input logic [1:0]   event_kind_i,
  input logic [15:0]  event_index_i,
  input logic         event_ready_i,
  input logic         score_ready_i,
  input logic         trace_ready_i
);
  localparam int Words = 4;
  localparam bit Currents = (Rules & phasic_pkg::RulesCurrent) != 0;

  logic rst_n = 1'b0;
  always_ff @(posedge clk_i) rst_n <= 1'b1;

  (* anyconst *) logic [(Currents ? 8*phasic_pkg::LayerRetrogradeLimit : 8*phasic_pkg::LayerGrid)-1:0] descriptor;
  (* anyconst *) logic [5:0]   steps;
  (* anyconst *) logic [15:0]  row_words;
  (* anyconst *) logic         trace, output_layer;

  phasic_layer_engine #(
    .Lanes      (2),
    .WeightWidth(8),
    .MaxRows    (2),
    .MaxNeurons (2 * Words),
    .MaxClasses (2),
    .MaxOutputs (2),
    .WeightDepth(16),
    .Rules      (Rules)
  ) dut (
    .clk_i,
    .rst_ni             (rst_n),
    .clear_i,
    .ready_o            (),
    .seed_i             (64'd0),
    .steps_i            (steps),
    .classes_i          (16'd2),
    .trace_i            (trace),
    .graded_i           (1'b0),
    .keep_i             (1'b0),
    .output_layer_i     (output_layer),
    .descriptor_i       (descriptor),
    .sources_i          (16'd2),
    .rows_i             (16'd2),
    .row_width_i        (descriptor[8*phasic_pkg::LayerNeurons +: 16]),
    .row_words_i        (row_words),
    .neuron_words_i     (row_words),
    .sum_words_i        (32'(row_words)),
    .load_weight_i      (1'b0),
    .load_level_i       (1'b0),
    .load_address_i     ('0),
    .load_data_i        ('0),
    .load_offsets_i     (1'b0),
    .load_memory_data_i (1'b0),
    .store_valid_i      (1'b0),
    .store_address_i    ('0),
    .store_data_o       (),
    .dopamine_valid_i,
    .dopamine_ready_o   (),
    .dopamine_class_i,
    .dopamine_learn_i,
    .dopamine_gated_i   (1'b0),
    .dopamine_restart_i (1'b0),
    .dopamine_number_i,
    .event_valid_i,
    .event_ready_o      (),
    .event_kind_i,
    .event_index_i,
    .event_value_i      (8'd1),
    .event_valid_o      (),
    .event_ready_i,
    .event_kind_o       (),
    .event_index_o      (),
    .event_value_o      (),
    .count_valid_i      (1'b0),
    .count_i            (8'd0),
    .count_last_i       (1'b0),
    .count_number_i     (32'd0),
    .retrograde_valid_i (1'b0),
    .retrograde_i       ('0),
    .retrograde_sends_i (1'b0),
    .retrograde_shift_i (6'd0),
    .retrograde_valid_o (),
    .retrograde_o       (),
    .score_valid_o      (),
    .score_ready_i,
    .score_o            (),
    .score_last_o       (),
    .record_number_o    (),
    .record_label_o     (),
    .record_prediction_o(),
    .record_spikes_o    (),
    .trace_valid_o      (),
    .trace_ready_i,
    .trace_data_o       (),
    .trace_last_o       (),
    .core_busy_i        (1'b1),
    .scattering_i       (1'b0),
    .busy_o             (),
    .event_waits_o      (),
    .counters_o         (),
    .state_o            ()
  );

  // Where steps come from, and where words go.
  (* hierconn *) logic        \dut.step_done , \dut.step_final ;
  (* hierconn *) logic        \dut.spikes_valid , \dut.spikes_ready ;
  (* hierconn *) logic [19:0] \dut.u_output.word_in ;
  logic [19:0] word;
  logic        mark, final_mark, enter;
  logic [15:0] number;
  assign word       = dut.u_output.word_in;
  assign mark       = word[19];
  assign final_mark = word[18];
  assign number     = word[17:2];
  assign enter      = dut.spikes_valid && dut.spikes_ready;

  // The step that is being sent on, and how many of its words have been.
  logic       open_q, final_q, mark_held_q;
  logic [2:0] sent_q;
  always_ff @(posedge clk_i) begin
    mark_held_q <= rst_n && !clear_i && dut.spikes_valid && mark && !dut.spikes_ready;
    if (!rst_n || clear_i) begin
      open_q <= 1'b0;
    end else if (dut.step_done && !output_layer) begin
      open_q  <= 1'b1;
      final_q <= dut.step_final;
      sent_q  <= '0;
    end else if (enter) begin
      open_q <= !mark;
      sent_q <= sent_q + 3'd1;
    end
    if (rst_n) begin
      assume (row_words != '0 && row_words <= 16'(Words));
      assert (!(dut.step_done && open_q));
      assert (!(dut.spikes_valid && output_layer));
      assert (!dut.spikes_valid || mark || dut.spikes_ready);
      assert (!enter || open_q);
      assert (!enter || mark || (number == 16'(sent_q) && number < row_words));
      assert (!(enter && mark) || (16'(sent_q) == row_words && final_mark == final_q));
      assert (!mark_held_q || (dut.spikes_valid && mark));
      cover (enter && mark && final_mark && row_words == 16'd2);
    end
  end

`ifdef INVARIANTS
  (* hierconn *) logic [2:0] \dut.u_sweep.state_q , \dut.u_sweep.wait_q ;
  (* hierconn *) logic [1:0] \dut.u_sweep.word_q , \dut.u_sweep.word1_q , \dut.u_sweep.word2_q , \dut.u_sweep.word3_q , \dut.u_sweep.word4_q ;
  (* hierconn *) logic [3:0] \dut.u_sweep.sweep_valid_o ;
  (* hierconn *) logic       \dut.u_sweep.final_q ;
  (* hierconn *) logic [4:0] \dut.u_output.held_q , \dut.u_output.u_spikes.write_q , \dut.u_output.u_spikes.read_q ;
  logic       idle, delay, run, drain, send_mark;
  logic [3:0] valid;
  (* hierconn *) logic [1:0] \dut.u_sweep.ahead_q ;
  (* hierconn *) logic [3:0] \dut.u_sweep.ahead_words_q ;
  logic [2:0] wait_count, flying;
  logic [1:0] ahead;           // words whose sums have been read, but not yet their state
  logic [5:0] stages;          // from the first on
  assign ahead      = dut.u_sweep.ahead_q;
  assign stages     = Currents ? {valid, ahead} : {2'b00, valid};
  assign idle       = dut.u_sweep.state_q == 3'd0;
  assign delay      = dut.u_sweep.state_q == 3'd1;
  assign run        = dut.u_sweep.state_q == 3'd2;
  assign drain      = dut.u_sweep.state_q == 3'd3;
  assign send_mark  = dut.u_sweep.state_q == 3'd4;
  assign valid      = dut.u_sweep.sweep_valid_o;
  assign wait_count = dut.u_sweep.wait_q;
  assign flying     = 3'(valid[0]) + 3'(valid[1]) + 3'(valid[2]) + 3'(valid[3]) + 3'(ahead[0]) + 3'(ahead[1]);
  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      assert (dut.u_output.held_q == 5'(dut.u_output.u_spikes.write_q - dut.u_output.u_spikes.read_q));
      // A sweep reads a word only while at most nine places are taken, and at most four words fly; with currents seven and six.
      assert (output_layer || 32'(dut.u_output.held_q) + 32'(flying) <= ((drain || send_mark) ? 32'd14 : 32'd15));
      assert (open_q == (!output_layer && (delay || run || drain || send_mark)));
      // Words that have been read from the neurons are in the stages or have been sent.
      assert (run || drain || stages == 6'd0);
      assert (!delay || (dut.u_sweep.word_q == 2'd0 && wait_count <= 3'd2));
      assert (!run || 16'(dut.u_sweep.word_q) < row_words);
      assert (!drain || (wait_count <= (Currents ? 3'd6 : 3'd4) && (8'(stages) & ((8'd1 << wait_count) - 8'd1)) == 8'd0));
      assert (!open_q || !delay || sent_q == 3'd0);
      assert (!open_q || !run || sent_q + flying == 3'(dut.u_sweep.word_q));
      assert (!open_q || !(drain || send_mark) || 16'(sent_q + flying) == row_words);
      assert (!open_q || !valid[3] || 3'(dut.u_sweep.word4_q) == sent_q);
      assert (!open_q || !valid[2] || 3'(dut.u_sweep.word3_q) == sent_q + 3'(valid[3]));
      assert (!open_q || !valid[1] || 3'(dut.u_sweep.word2_q) == sent_q + 3'(valid[3]) + 3'(valid[2]));
      assert (!open_q || !valid[0] || 3'(dut.u_sweep.word1_q) == sent_q + 3'(valid[3]) + 3'(valid[2]) + 3'(valid[1]));
      assert (!open_q || !ahead[1] || 3'(dut.u_sweep.ahead_words_q[3:2]) == sent_q + flying - 3'(ahead[1]) - 3'(ahead[0]));
      assert (!open_q || !ahead[0] || 3'(dut.u_sweep.ahead_words_q[1:0]) == sent_q + flying - 3'(ahead[0]));
      assert (!open_q || final_q == dut.u_sweep.final_q);
    end
  end
`endif
endmodule

`default_nettype wire
