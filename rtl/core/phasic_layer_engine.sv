// SPDX-License-Identifier: Apache-2.0
// A layer of spiking neurons: integrates the events of a sample, fires, and learns from local signals and the dopamine broadcast. Or, as the
// last layer, one of neurons that compete. With graded samples events carry values, and neurons answer with values.
//
// Handshake: valid/ready on the event streams, the broadcast, scores and trace. Load and store ports are used between samples only:
//            a load word is taken at once, a stored word is on store_data_o two cycles after store_valid_i. Constants hold during a run.
// Latency:   an event occupies the lanes for row_words_i cycles; the sweep of a step (row_words_i + 10 cycles) hides behind the next step.
//            Learning takes row_words_i cycles for each visited row and about 30 more. With feedback it begins row_words_i cycles a class
//            after the last layer's counts of the sample have come. Competition takes a cycle a neuron and, to learn, one a row.
// Parameters: Layer, position in the chain; Lanes, WeightWidth, MaxRows, MaxNeurons, MaxClasses, MaxOutputs, WeightDepth, Rules as in the
//            limits of the contract.
`default_nettype none

module phasic_layer_engine #(
  parameter int Layer       = 0,
  parameter int Lanes       = 64,
  parameter int WeightWidth = 8,
  parameter int MaxRows     = 1024,
  parameter int MaxNeurons  = 1024,
  parameter int MaxClasses  = 64,
  parameter int MaxOutputs  = 64,
  parameter int WeightDepth = 16384,
  parameter int Rules       = 0
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         clear_i,
  output logic                         ready_o,
  // constants of the run
  input  logic [63:0]                  seed_i,
  input  logic [5:0]                   steps_i,
  input  logic [15:0]                  classes_i,
  input  logic                         trace_i,
  input  logic                         graded_i,
  input  logic                         output_layer_i,
  input  logic [511:0]                 descriptor_i,
  input  logic [15:0]                  rows_i,
  input  logic [15:0]                  row_words_i,
  // load and store
  input  logic                         load_weight_i,
  input  logic                         load_level_i,
  input  logic [31:0]                  load_address_i,
  input  logic [Lanes*WeightWidth-1:0] load_data_i,
  input  logic                         store_valid_i,
  input  logic [31:0]                  store_address_i,
  output logic [Lanes*WeightWidth-1:0] store_data_o,
  // dopamine broadcast: one message a sample, before its first event
  input  logic                         dopamine_valid_i,
  output logic                         dopamine_ready_o,
  input  logic [15:0]                  dopamine_class_i,
  input  logic                         dopamine_learn_i,
  input  logic                         dopamine_gated_i,
  input  logic [31:0]                  dopamine_number_i,
  // events in and out; kind 0 spike or value, 1 end of step, 2 end of the sample's last step, 3 (in) a neuron that the sample's gate opens
  input  logic                         event_valid_i,
  output logic                         event_ready_o,
  input  logic [1:0]                   event_kind_i,
  input  logic [15:0]                  event_index_i,
  input  logic [7:0]                   event_value_i,
  output logic                         event_valid_o,
  input  logic                         event_ready_i,
  output logic [1:0]                   event_kind_o,
  output logic [15:0]                  event_index_o,
  output logic [7:0]                   event_value_o,
  // spike counts of the output layer's neurons, as their scores leave
  input  logic                         count_valid_i,
  input  logic [7:0]                   count_i,
  input  logic                         count_last_i,
  input  logic [31:0]                  count_number_i,
  // scores of the output layer, trace
  output logic                         score_valid_o,
  input  logic                         score_ready_i,
  output logic [31:0]                  score_o,
  output logic                         score_last_o,
  output logic [31:0]                  record_number_o,
  output logic [15:0]                  record_label_o,
  output logic [15:0]                  record_prediction_o,
  output logic [31:0]                  record_spikes_o,
  output logic                         trace_valid_o,
  input  logic                         trace_ready_i,
  output logic [15:0]                  trace_data_o,
  output logic                         trace_last_o,
  // status
  input  logic                         core_busy_i,
  output logic                         busy_o,
  output logic [16*48-1:0]             counters_o,
  output logic [31:0]                  state_o
);
  localparam int Words       = (MaxNeurons + Lanes - 1) / Lanes;
  localparam int WordBits    = (Words > 1) ? $clog2(Words) : 1;
  localparam int LaneBits    = (Lanes > 1) ? $clog2(Lanes) : 1;
  localparam int RowBits     = (MaxRows > 1) ? $clog2(MaxRows) : 1;
  localparam int AddressBits = (WeightDepth > 1) ? $clog2(WeightDepth) : 1;
  localparam int LevelDepth  = MaxClasses * Words;
  localparam int LevelBits   = (LevelDepth > 1) ? $clog2(LevelDepth) : 1;
  localparam bit Posts       = (Rules & phasic_pkg::RulesPost) != 0;
  localparam bit Feedback    = (Rules & phasic_pkg::RulesFeedback) != 0;
  localparam bit Competition = (Rules & phasic_pkg::RulesCompetition) != 0;
  localparam bit Graded      = (Rules & phasic_pkg::RulesGraded) != 0;
  localparam bit Gate        = (Rules & phasic_pkg::RulesGate) != 0;
  localparam int CountWidth  = Graded ? 8 : 6;
  // Every row at once with the largest weight and value, and room for a potential and for half a unit of the largest shift.
  localparam int RowSumWidth = WeightWidth + $clog2(MaxRows) + 1 + (Graded ? 8 : 0);
  localparam int LeastWidth  = Graded ? 23 : 18;
  localparam int SumWidth    = (RowSumWidth < LeastWidth) ? LeastWidth : RowSumWidth;
  // A layer that competes adds up to 32 steps, unless there is one with values that take more.
  localparam int TotalWidth  = SumWidth + ((Competition && !Graded) ? 5 : 0);
  // Two steps of spike words, so that a sweep need not wait for the layer that follows.
  localparam int SpikeWords  = 1 << $clog2(2 * Words + 8);
  localparam int SpikeDepth  = (SpikeWords < 16) ? 16 : SpikeWords;

  // Signals: a level or an error, or with feedback the sum over all classes of products of a level and an error.
  localparam int SignalWidth = Feedback ? CountWidth + 8 + $clog2(MaxClasses) : 9;
  // A gate's neurons travel where rows do.
  localparam int NeuronBits  = (MaxNeurons > 1) ? $clog2(MaxNeurons) : 1;
  localparam int HeadBits    = (Gate && NeuronBits > RowBits) ? NeuronBits : RowBits;

  // ---- constants of the layer ----
  logic [15:0]         neurons;
  logic                bias, learns, all_steps, compete, graded, keep_steps;
  logic [CountWidth-1:0] full;
  logic [WordBits-1:0] last_word;

  assign neurons   = descriptor_i[8*phasic_pkg::LayerNeurons +: 16];
  assign bias      = descriptor_i[8*phasic_pkg::LayerFlags];
  assign learns    = descriptor_i[8*phasic_pkg::LayerFactor +: 3] != 3'(phasic_pkg::FactorFrozen);
  assign all_steps = descriptor_i[8*phasic_pkg::LayerSpan];
  assign compete   = Competition && descriptor_i[8*phasic_pkg::LayerFactor +: 3] == 3'(phasic_pkg::FactorCompetition);
  assign graded     = Graded && graded_i;
  assign full       = graded ? CountWidth'(phasic_pkg::GradedFull) : CountWidth'(steps_i);
  // The row log keeps the steps at which a row spiked, or its value.
  assign keep_steps = all_steps || compete || graded;
  assign last_word = WordBits'(row_words_i - 16'd1);

  logic unused_bits;
  assign unused_bits = ^{load_address_i, store_address_i, graded_i, count_i};

  // ---- events and messages in ----
  logic                   head_valid, head_ready;
  logic [1:0]             head_kind;
  logic [HeadBits-1:0]    head_index;
  logic [7:0]             head_value;
  logic [AddressBits-1:0] head_address;

  phasic_event_queue #(
    .RowBits    (HeadBits),
    .AddressBits(AddressBits),
    .Graded     (Graded)
  ) u_events (
    .clk_i,
    .rst_ni,
    .clear_i,
    .row_words_i,
    .event_valid_i,
    .event_ready_o,
    .event_kind_i,
    .event_index_i,
    .event_value_i,
    .head_valid_o  (head_valid),
    .head_ready_i  (head_ready),
    .head_kind_o   (head_kind),
    .head_row_o    (head_index),
    .head_value_o  (head_value),
    .head_address_o(head_address)
  );

  logic        message_valid, message_ready, message_learn, message_gated;
  logic [15:0] message_class;
  logic [31:0] message_number;

  phasic_fifo #(
    .Width(50),
    .Depth(4)
  ) u_messages (
    .clk_i,
    .rst_ni,
    .clear_i,
    .in_valid_i (dopamine_valid_i),
    .in_ready_o (dopamine_ready_o),
    .in_data_i  ({dopamine_gated_i, dopamine_learn_i, dopamine_class_i, dopamine_number_i}),
    .out_valid_o(message_valid),
    .out_ready_i(message_ready),
    .out_data_o ({message_gated, message_learn, message_class, message_number})
  );

  // ---- order of work ----
  logic                   clearing, issue, issue_bank, issue_first, row_issued, sample_started, sample_learn, last_step;
  logic                   step_done, step_final, step_silent, sweep_busy, key_busy, walk_done, walk_enable, idle, waiting;
  logic [RowBits-1:0]     clear_row, issue_row;
  logic [WordBits-1:0]    issue_word;
  logic [AddressBits-1:0] issue_address;
  logic [15:0]            sample_class, step_rows;
  logic [31:0]            sample_number;
  logic [5:0]             step;
  logic [2:0]             integrate_state, sweep_state;
  logic [RowBits:0]       logged_rows;
  logic                   contest_busy, gate_busy, gate_open;
  logic [7:0]             issue_value;

  phasic_integrate #(
    .RowBits    (RowBits),
    .AddressBits(AddressBits),
    .WordBits   (WordBits),
    .MaxRows    (MaxRows)
  ) u_integrate (
    .clk_i,
    .rst_ni,
    .clear_i,
    .clearing_o      (clearing),
    .clear_row_o     (clear_row),
    .steps_i,
    .bias_i          (bias),
    .learns_i        (learns),
    .compete_i       (compete),
    .bias_value_i    (graded ? 8'(phasic_pkg::GradedFull) : 8'd1),
    .rows_i,
    .row_words_i,
    .last_word_i     (last_word),
    .message_valid_i (message_valid),
    .message_ready_o (message_ready),
    .message_learn_i (message_learn),
    .message_class_i (message_class),
    .message_number_i(message_number),
    .head_valid_i    (head_valid),
    .head_ready_o    (head_ready),
    .head_kind_i     (head_kind),
    .head_row_i      (head_index[RowBits-1:0]),
    .head_value_i    (head_value),
    .head_address_i  (head_address),
    .gate_busy_i     (gate_busy),
    .gate_open_o     (gate_open),
    .issue_o         (issue),
    .issue_bank_o    (issue_bank),
    .issue_first_o   (issue_first),
    .issue_word_o    (issue_word),
    .issue_value_o   (issue_value),
    .issue_address_o (issue_address),
    .row_issued_o    (row_issued),
    .issue_row_o     (issue_row),
    .sample_started_o(sample_started),
    .sample_learn_o  (sample_learn),
    .sample_class_o  (sample_class),
    .sample_number_o (sample_number),
    .step_o          (step),
    .last_step_o     (last_step),
    .step_rows_o     (step_rows),
    .step_done_o     (step_done),
    .step_final_o    (step_final),
    .step_silent_o   (step_silent),
    .sweep_busy_i    (sweep_busy || contest_busy),
    .key_busy_i      (key_busy),
    .walk_empty_i    (compete ? !sample_learn : logged_rows == '0),
    .walk_done_i     (walk_done),
    .learn_o         (walk_enable),
    .idle_o          (idle),
    .waiting_o       (waiting),
    .state_o         (integrate_state)
  );

  // ---- learning: random key, log of rows, walk ----
  logic [63:0]            key;
  logic                   list_read, history_read, forget, word_valid, row_learned;
  logic [RowBits-1:0]     list_index, list_row, history_row, forget_row;
  logic [31:0]            history;
  logic [WordBits-1:0]    walk_word;
  logic [AddressBits-1:0] walk_address;
  logic [15:0]            random_x, random_y;

  phasic_key #(
    .Purpose(phasic_pkg::PurposeRounding),
    .Layer  (Layer)
  ) u_key (
    .clk_i,
    .rst_ni,
    .clear_i,
    .start_i (sample_started && message_learn && learns),
    .seed_i,
    .number_i(message_number),
    .busy_o  (key_busy),
    .key_o   (key)
  );

  phasic_row_log #(
    .RowBits(RowBits),
    .MaxRows(MaxRows)
  ) u_log (
    .clk_i,
    .rst_ni,
    .clear_i,
    .clearing_i      (clearing),
    .clear_row_i     (clear_row),
    .all_steps_i     (keep_steps),
    .sample_started_i(sample_started),
    .log_i           (row_issued && sample_learn && (keep_steps || last_step)),
    .log_row_i       (issue_row),
    .log_step_i      (graded ? 32'(issue_value) : 32'd1 << step[4:0]),
    .rows_o          (logged_rows),
    .list_read_i     (list_read),
    .list_index_i    (list_index),
    .list_row_o      (list_row),
    .history_read_i  (history_read),
    .history_row_i   (history_row),
    .history_o       (history),
    .forget_i        (forget),
    .forget_row_i    (forget_row)
  );

  // The winner of a contest learns from every row, so its walk needs no list.
  logic [RowBits-1:0] list_index_q;
  logic [RowBits:0]   walk_rows;
  assign walk_rows = compete ? rows_i[RowBits:0] : logged_rows;
  always_ff @(posedge clk_i) if (list_read) list_index_q <= list_index;

  phasic_row_walk #(
    .RowBits    (RowBits),
    .AddressBits(AddressBits),
    .WordBits   (WordBits)
  ) u_walk (
    .clk_i,
    .rst_ni,
    .clear_i,
    .enable_i      (walk_enable),
    .done_o        (walk_done),
    .key_i         (key),
    .all_steps_i   (keep_steps),
    .row_words_i,
    .last_word_i   (compete ? WordBits'(0) : last_word),
    .rows_i        (walk_rows),
    .list_read_o   (list_read),
    .list_index_o  (list_index),
    .list_row_i    (compete ? list_index_q : list_row),
    .history_read_o(history_read),
    .history_row_o (history_row),
    .forget_o      (forget),
    .forget_row_o  (forget_row),
    .word_valid_o  (word_valid),
    .word_o        (walk_word),
    .word_address_o(walk_address),
    .random_x_o    (random_x),
    .random_y_o    (random_y),
    .row_done_o    (row_learned)
  );

  // ---- sweep ----
  logic                sweep_read, factor0, sweep_bank, sweep_first, sweep_silent, room, spikes_ready, spikes_valid, spikes_mark, spikes_final;
  logic                read_out;
  logic [3:0]          sweep_valid;
  logic [1:0]          factor_valid;
  logic [WordBits-1:0] sweep_word0, sweep_word2, sweep_word3, sweep_word4;
  logic [31:0]         sweep_step;
  logic [15:0]         factor_class, sweep_class, sweep_prediction;
  logic                sweep_score_valid, sweep_score_last;
  logic [31:0]         sweep_score, sweep_number, sweep_spikes;
  logic [LaneBits-1:0] read_out_lane;
  logic [CountWidth+15:0] read_out_state;
  logic                factors_ready;

  phasic_sweep #(
    .Lanes     (Lanes),
    .WordBits  (WordBits),
    .CountWidth(CountWidth)
  ) u_sweep (
    .clk_i,
    .rst_ni,
    .clear_i,
    .trace_i,
    .output_layer_i,
    .neurons_i      (neurons),
    .last_word_i    (last_word),
    .start_i        (step_done && !compete),
    .start_bank_i   (issue_bank),
    .start_silent_i (step_silent),
    .start_final_i  (step_final),
    .start_learn_i  (sample_learn),
    .start_step_i   (step),
    .start_class_i  (sample_class),
    .start_number_i (sample_number),
    .busy_o         (sweep_busy),
    .state_o        (sweep_state),
    .read_o         (sweep_read),
    .sweep_valid_o  (sweep_valid),
    .factors_ready_i(factors_ready),
    .factor0_o      (factor0),
    .factor_valid_o (factor_valid),
    .word0_o        (sweep_word0),
    .word2_o        (sweep_word2),
    .word3_o        (sweep_word3),
    .word4_o        (sweep_word4),
    .bank_o         (sweep_bank),
    .first_o        (sweep_first),
    .silent_o       (sweep_silent),
    .step_o         (sweep_step),
    .class_o        (factor_class),
    .room_i         (room),
    .spikes_ready_i (spikes_ready),
    .spikes_valid_o (spikes_valid),
    .spikes_mark_o  (spikes_mark),
    .spikes_final_o (spikes_final),
    .read_out_o     (read_out),
    .read_out_lane_o(read_out_lane),
    .read_out_i     (read_out_state),
    .score_valid_o      (sweep_score_valid),
    .score_ready_i,
    .score_o            (sweep_score),
    .score_last_o       (sweep_score_last),
    .record_number_o    (sweep_number),
    .record_label_o     (sweep_class),
    .record_prediction_o(sweep_prediction),
    .record_spikes_o    (sweep_spikes),
    .trace_valid_o,
    .trace_ready_i,
    .trace_data_o,
    .trace_last_o
  );

  // ---- lanes in use in the last word of a row ----
  logic [15:0]      last_lanes;
  logic [Lanes-1:0] last_mask_q, enabled2, enabled3;

  assign last_lanes = neurons - 16'(32'(last_word) * Lanes);
  assign enabled2   = (sweep_word2 == last_word) ? last_mask_q : '1;
  assign enabled3   = (sweep_word3 == last_word) ? last_mask_q : '1;

  always_ff @(posedge clk_i) begin
    if (sample_started) begin
      for (int k = 0; k < Lanes; k++) last_mask_q[k] <= 16'(k) < last_lanes;
    end
  end

  // ---- neurons that the sample's gate leaves open ----
  logic [Lanes-1:0] open3;

  if (Gate) begin : gen_gate
    phasic_gate #(
      .Lanes(Lanes),
      .Words(Words)
    ) u_gate (
      .clk_i,
      .rst_ni,
      .clear_i,
      .last_word_i(last_word),
      .start_i    (sample_started),
      .gated_i    (message_gated),
      .busy_o     (gate_busy),
      .open_i     (gate_open),
      .neuron_i   (16'(head_index)),
      .sweep_i    (step_done),
      .word_i     (sweep_word2),
      .open_o     (open3)
    );
  end else begin : gen_no_gate
    logic unused_gate;
    assign unused_gate = ^{gate_open, message_gated};
    assign gate_busy   = 1'b0;
    assign open3       = '1;
  end

  // ---- lanes: sums, neurons, factors, updates ----
  localparam int Outputs     = (Lanes < MaxOutputs) ? Lanes : MaxOutputs;
  localparam int TritWords   = (MaxOutputs + Lanes - 1) / Lanes;
  localparam int FactorWidth = phasic_pkg::FactorWidth + 1;
  logic [Lanes*TotalWidth-1:0]  totals;
  logic [Lanes*SumWidth-1:0]    sums;
  logic [Lanes-1:0]             spikes, potentials_limited, weights_limited, plus, minus;
  logic [Lanes*CountWidth-1:0]  counts, values;
  logic [Outputs*64-1:0]        trits;
  logic [Lanes*FactorWidth-1:0] factors;
  logic                         factor_read, update_read, update_write, trit_read, contest_word_read;
  logic [WordBits-1:0]          contest_word;
  logic [Lanes-1:0]             positive;
  logic [WordBits-1:0]          update_word, trit_word;
  logic [AddressBits-1:0]       update_read_address, update_write_address;
  logic [Lanes*WeightWidth-1:0] weights_q, updated_weights;

  phasic_accumulators #(
    .Lanes      (Lanes),
    .WeightWidth(WeightWidth),
    .SumWidth   (TotalWidth),
    .Words      (Words),
    .Graded     (Graded)
  ) u_accumulators (
    .clk_i,
    .rst_ni,
    .issue_i      (issue),
    .issue_bank_i (issue_bank),
    .issue_first_i(issue_first),
    .issue_word_i (issue_word),
    .issue_value_i(issue_value),
    .weights_i    (weights_q),
    .sweep_read_i (sweep_read || contest_word_read),
    .sweep_bank_i (compete ? !issue_bank : sweep_bank),
    .sweep_word_i (compete ? contest_word : sweep_word0),
    .sums_o       (totals)
  );

  // The sum of a single step needs no more than its lower bits.
  for (genvar k = 0; k < Lanes; k++) begin : gen_sum
    assign sums[SumWidth*k +: SumWidth] = totals[TotalWidth*k +: SumWidth];
  end

  phasic_neurons #(
    .Lanes    (Lanes),
    .SumWidth (SumWidth),
    .Words    (Words),
    .Outputs  (Outputs),
    .TritWords(TritWords),
    .Posts    (Posts),
    .Graded   (Graded)
  ) u_neurons (
    .clk_i,
    .graded_i       (graded),
    .threshold_i    ($signed(descriptor_i[8*phasic_pkg::LayerThreshold +: 16])),
    .window_i       ($signed(descriptor_i[8*phasic_pkg::LayerWindow +: 16])),
    .leak_i         (descriptor_i[8*phasic_pkg::LayerLeak +: 9]),
    .input_shift_i  (descriptor_i[8*phasic_pkg::LayerInputShift +: 4]),
    .post_i         (descriptor_i[8*phasic_pkg::LayerPost +: 2]),
    .keep_trits_i   (all_steps),
    .read_i         (sweep_read),
    .valid_i        (sweep_valid),
    .word0_i        (sweep_word0),
    .word3_i        (sweep_word3),
    .word4_i        (sweep_word4),
    .first_i        (sweep_first),
    .silent_i       (sweep_silent),
    .step_i         (sweep_step),
    .enabled3_i     (enabled3),
    .open3_i        (open3),
    .sums_i         (sums),
    .spikes_o       (spikes),
    .values_o       (values),
    .limited_o      (potentials_limited),
    .counts_o       (counts),
    .plus_o         (plus),
    .minus_o        (minus),
    .read_out_i     (read_out),
    .read_out_lane_i(read_out_lane),
    .read_out_o     (read_out_state),
    .trit_read_i    (trit_read),
    .trit_word_i    (trit_word),
    .trits_o        (trits)
  );

  // ---- errors of the last layer ----
  logic                 feedback, add, add_first;
  logic [WordBits-1:0]  add_word;
  logic [LevelBits-1:0] add_address;
  logic signed [CountWidth:0] add_error;

  if (Feedback) begin : gen_feedback
    assign feedback = descriptor_i[8*phasic_pkg::LayerFactor +: 3] == 3'(phasic_pkg::FactorFeedback);

    phasic_feedback #(
      .WordBits  (WordBits),
      .LevelBits (LevelBits),
      .MaxClasses(MaxClasses),
      .CountWidth(CountWidth)
    ) u_feedback (
      .clk_i,
      .rst_ni,
      .clear_i,
      .feedback_i    (feedback),
      .full_i        (full),
      .classes_i,
      .last_word_i   (last_word),
      .start_i       (sample_started),
      .learn_i       (sample_learn),
      .class_i       (sample_class),
      .number_i      (sample_number),
      .count_valid_i,
      .count_i       (count_i[CountWidth-1:0]),
      .count_last_i,
      .count_number_i,
      .add_o         (add),
      .add_first_o   (add_first),
      .add_word_o    (add_word),
      .add_address_o (add_address),
      .add_error_o   (add_error),
      .ready_o       (factors_ready)
    );
  end else begin : gen_no_feedback
    logic unused_counts;
    assign unused_counts = ^{classes_i, count_valid_i, count_last_i, count_number_i};
    assign feedback      = 1'b0;
    assign factors_ready = 1'b1;
    assign add           = 1'b0;
    assign add_first     = 1'b0;
    assign add_word      = '0;
    assign add_address   = '0;
    assign add_error     = '0;
  end

  logic [15:0] level_class;
  assign level_class = compete ? sample_class : factor_class;

  phasic_factors #(
    .Lanes      (Lanes),
    .Words      (Words),
    .LevelDepth (LevelDepth),
    .Feedback   (Feedback),
    .SignalWidth(SignalWidth),
    .CountWidth (CountWidth)
  ) u_factors (
    .clk_i,
    .error_i       (descriptor_i[8*phasic_pkg::LayerFactor +: 2] == 2'(phasic_pkg::FactorError)),
    .feedback_i    (feedback),
    .all_steps_i   (all_steps),
    .rate_i        (descriptor_i[8*phasic_pkg::LayerRate +: 16]),
    .shift_i       (descriptor_i[8*phasic_pkg::LayerFactorShift +: 4]),
    .full_i        (full),
    .load_i        (load_level_i),
    .load_address_i(LevelBits'(load_address_i)),
    .load_data_i   (load_data_i[Lanes*8-1:0]),
    .add_i         (add),
    .add_first_i   (add_first),
    .add_word_i    (add_word),
    .add_address_i (add_address),
    .add_error_i   (add_error),
    .valid0_i      (factor0 || contest_word_read),
    .valid_i       (factor_valid),
    .word0_i       (compete ? contest_word : sweep_word0),
    .word2_i       (sweep_word2),
    .class_i       (level_class),
    .class_address_i(LevelBits'(32'(level_class) * 32'(row_words_i))),
    .counts_i      (counts),
    .plus_i        (plus),
    .minus_i       (minus),
    .enabled2_i    (enabled2),
    .update_read_i (factor_read),
    .update_word_i (update_word),
    .factors_o     (factors),
    .positive_o    (positive)
  );

  phasic_updates #(
    .Lanes      (Lanes),
    .WeightWidth(WeightWidth),
    .WordBits   (WordBits),
    .AddressBits(AddressBits),
    .Outputs    (Outputs),
    .Traces     (Posts),
    .Graded     (Graded)
  ) u_updates (
    .clk_i,
    .rst_ni,
    .all_steps_i    (all_steps),
    .graded_i       (graded),
    .nearest_i      (descriptor_i[8*phasic_pkg::LayerRounding]),
    .trace_shift_i  (descriptor_i[8*phasic_pkg::LayerTraceShift +: 2]),
    .valid_i        (word_valid && !compete),
    .word_i         (walk_word),
    .address_i      (walk_address),
    .row_x_i        (random_x),
    .row_y_i        (random_y),
    .history_i      (history),
    .factor_read_o  (factor_read),
    .read_o         (update_read),
    .read_address_o (update_read_address),
    .trit_read_o    (trit_read),
    .word1_o        (trit_word),
    .word2_o        (update_word),
    .trits_i        (trits),
    .factors_i      (factors),
    .weights_i      (weights_q),
    .write_o        (update_write),
    .write_address_o(update_write_address),
    .weights_o      (updated_weights),
    .limited_o      (weights_limited)
  );

  // ---- competition ----
  logic                         contest_read, pull_read, pull_write, pull_learned, pull_limited, winner_valid;
  logic                         contest_score_valid, contest_score_last;
  logic [2:0]                   contest_state;
  logic [31:0]                  contest_score;
  logic [15:0]                  contest_prediction;
  logic [AddressBits-1:0]       contest_read_address, pull_read_address, pull_write_address;
  logic [Lanes*WeightWidth-1:0] pulled_weights;

  if (Competition) begin : gen_competition
    logic                   comparing, pulling;
    logic [15:0]            winner, wins;
    logic [31:0]            squares;
    logic [AddressBits-1:0] state_address_q;

    // The rows that hold squares and wins follow those of weights.
    always_ff @(posedge clk_i) state_address_q <= AddressBits'(32'(rows_i) * 32'(row_words_i));
    assign contest_busy = comparing || pulling;

    phasic_contest #(
      .Lanes      (Lanes),
      .WeightWidth(WeightWidth),
      .SumWidth   (TotalWidth),
      .WordBits   (WordBits),
      .AddressBits(AddressBits)
    ) u_contest (
      .clk_i,
      .rst_ni,
      .clear_i,
      .input_shift_i  (descriptor_i[8*phasic_pkg::LayerInputShift +: 3]),
      .homeostasis_i  (descriptor_i[8*phasic_pkg::LayerHomeostasis +: 16]),
      .neurons_i      (neurons),
      .row_words_i,
      .state_address_i(state_address_q),
      .start_i        (step_done && step_final && compete),
      .start_silent_i (step_silent),
      .start_learn_i  (sample_learn),
      .busy_o         (comparing),
      .state_o        (contest_state),
      .read_o         (contest_read),
      .read_address_o (contest_read_address),
      .weights_i      (weights_q),
      .word_read_o    (contest_word_read),
      .word_o         (contest_word),
      .sums_i         (totals),
      .positive_i     (positive),
      .score_valid_o  (contest_score_valid),
      .score_ready_i,
      .score_o        (contest_score),
      .score_last_o   (contest_score_last),
      .prediction_o   (contest_prediction),
      .winner_valid_o (winner_valid),
      .winner_o       (winner),
      .squares_o      (squares),
      .wins_o         (wins)
    );

    phasic_pull #(
      .Lanes      (Lanes),
      .WeightWidth(WeightWidth),
      .AddressBits(AddressBits),
      .Graded     (Graded)
    ) u_pull (
      .clk_i,
      .rst_ni,
      .clear_i,
      .graded_i       (graded),
      .input_shift_i  (descriptor_i[8*phasic_pkg::LayerInputShift +: 3]),
      .shift_i        (descriptor_i[8*phasic_pkg::LayerFactorShift +: 4]),
      .nearest_i      (descriptor_i[8*phasic_pkg::LayerRounding]),
      .row_words_i,
      .state_address_i(state_address_q),
      .winner_valid_i (winner_valid),
      .winner_i       (winner),
      .squares_i      (squares),
      .wins_i         (wins),
      .enable_i       (walk_enable && compete),
      .valid_i        (word_valid && compete),
      .address_i      (walk_address),
      .row_x_i        (random_x),
      .row_y_i        (random_y),
      .history_i      (history),
      .busy_o         (pulling),
      .read_o         (pull_read),
      .read_address_o (pull_read_address),
      .weights_i      (weights_q),
      .write_o        (pull_write),
      .write_address_o(pull_write_address),
      .weights_o      (pulled_weights),
      .learned_o      (pull_learned),
      .limited_o      (pull_limited)
    );
  end else begin : gen_no_competition
    assign {contest_busy, contest_read, contest_word_read, pull_read, pull_write, pull_learned, pull_limited, winner_valid} = '0;
    assign {contest_score_valid, contest_score_last} = '0;
    assign contest_state        = '0;
    assign contest_score        = '0;
    assign contest_prediction   = '0;
    assign contest_word         = '0;
    assign contest_read_address = '0;
    assign pull_read_address    = '0;
    assign pull_write_address   = '0;
    assign pulled_weights       = '0;
    logic unused_positive;
    assign unused_positive = ^positive;
  end

  assign score_valid_o       = compete ? contest_score_valid : sweep_score_valid;
  assign score_o             = compete ? contest_score : sweep_score;
  assign score_last_o        = compete ? contest_score_last : sweep_score_last;
  assign record_number_o     = compete ? sample_number : sweep_number;
  assign record_label_o      = compete ? sample_class : sweep_class;
  assign record_prediction_o = compete ? contest_prediction : sweep_prediction;
  assign record_spikes_o     = compete ? 32'd0 : sweep_spikes;

  // ---- synapse memory: read by events, contests, updates and stores, written by loads and updates, never at the same time ----
  logic                         weight_read, weight_read_q, weight_write;
  logic [AddressBits-1:0]       weight_read_address, weight_write_address;
  logic [Lanes*WeightWidth-1:0] weight_write_data, weight_memory;

  assign weight_read          = issue || contest_read || update_read || pull_read || store_valid_i;
  assign weight_read_address  = issue ? issue_address : contest_read ? contest_read_address : update_read ? update_read_address :
                                pull_read ? pull_read_address : AddressBits'(store_address_i);
  assign weight_write         = load_weight_i || update_write || pull_write;
  assign weight_write_address = load_weight_i ? AddressBits'(load_address_i) : pull_write ? pull_write_address : update_write_address;
  assign weight_write_data    = load_weight_i ? load_data_i : pull_write ? pulled_weights : updated_weights;
  assign store_data_o         = weights_q;

  phasic_ram #(
    .Width(Lanes * WeightWidth),
    .Depth(WeightDepth),
    .Huge (1'b1)
  ) u_weights (
    .clk_i,
    .write_i        (weight_write),
    .write_address_i(weight_write_address),
    .write_data_i   (weight_write_data),
    .read_i         (weight_read),
    .read_address_i (weight_read_address),
    .read_data_o    (weight_memory)
  );

  always_ff @(posedge clk_i) begin
    weight_read_q <= weight_read;
    if (weight_read_q) weights_q <= weight_memory;
  end

  // ---- events out ----
  logic                      word_out_valid, word_out_ready, word_out_mark, word_out_final, sender_busy;
  logic [15:0]               word_out_index;
  logic [Lanes-1:0]          word_out_spikes;
  localparam int ValuesWidth = Graded ? 8 * Lanes : 0;
  localparam int SpikeWidth  = 18 + Lanes + ValuesWidth;
  logic [SpikeWidth-1:0]                     word_in, word_out;
  logic [(Graded ? ValuesWidth : 1)-1:0]     word_out_values;
  logic [$clog2(SpikeDepth):0] held_q;

  assign room = 32'(held_q) < SpikeDepth - 6;

  if (Graded) begin : gen_values_out
    assign word_in = {values, spikes_mark, spikes_final, 16'(sweep_word4), spikes};
    assign {word_out_values, word_out_mark, word_out_final, word_out_index, word_out_spikes} = word_out;
  end else begin : gen_spikes_out
    logic unused_values;
    assign unused_values   = ^values;
    assign word_in         = {spikes_mark, spikes_final, 16'(sweep_word4), spikes};
    assign word_out_values = '0;
    assign {word_out_mark, word_out_final, word_out_index, word_out_spikes} = word_out;
  end

  phasic_fifo #(
    .Width(SpikeWidth),
    .Depth(SpikeDepth)
  ) u_spikes (
    .clk_i,
    .rst_ni,
    .clear_i,
    .in_valid_i (spikes_valid),
    .in_ready_o (spikes_ready),
    .in_data_i  (word_in),
    .out_valid_o(word_out_valid),
    .out_ready_i(word_out_ready),
    .out_data_o (word_out)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) held_q <= '0;
    else if (clear_i) held_q <= '0;
    else begin
      case ({spikes_valid && spikes_ready, word_out_valid && word_out_ready})
        2'b10:   held_q <= held_q + 1'b1;
        2'b01:   held_q <= held_q - 1'b1;
        default: held_q <= held_q;
      endcase
    end
  end

  phasic_event_sender #(
    .Lanes (Lanes),
    .Graded(Graded)
  ) u_sender (
    .clk_i,
    .rst_ni,
    .clear_i,
    .word_valid_i (word_out_valid),
    .word_ready_o (word_out_ready),
    .word_mark_i  (word_out_mark),
    .word_final_i (word_out_final),
    .word_index_i (word_out_index),
    .word_spikes_i(word_out_spikes),
    .word_values_i(word_out_values),
    .event_valid_o,
    .event_ready_i,
    .event_kind_o,
    .event_index_o,
    .event_value_o,
    .busy_o       (sender_busy)
  );

  // ---- status ----
  phasic_layer_counters #(
    .Lanes(Lanes)
  ) u_counters (
    .clk_i,
    .rst_ni,
    .clear_i,
    .neurons_i           (neurons),
    .row_issued_i        (row_issued),
    .learning_neurons_i  (compete ? 16'd1 : neurons),
    .row_learned_i       (row_learned && (!compete || winner_valid)),
    .spikes_valid_i      (sweep_valid[3]),
    .spikes_i            (spikes),
    .potentials_limited_i(potentials_limited),
    .weights_valid_i     (update_write || pull_learned),
    .weights_limited_i   (compete ? Lanes'(pull_limited) : weights_limited),
    .run_i               (core_busy_i),
    .integrating_i       (issue),
    .learning_i          (word_valid && (!compete || winner_valid)),
    .waiting_i           (waiting),
    .counters_o
  );

  assign ready_o = !clearing;
  assign busy_o  = (!idle && !clearing) || sweep_busy || contest_busy || message_valid || word_out_valid || sender_busy;
  assign state_o = {step_rows, 2'd0, step, 1'b0, compete ? contest_state : sweep_state, 1'b0, integrate_state};
endmodule

`default_nettype wire
