// SPDX-License-Identifier: Apache-2.0
// A layer of spiking neurons: integrates the events of a sample, fires, and learns from local signals and the dopamine broadcast. Or, as the
// last layer, one of neurons that compete, or a discriminant, which has scores alone. With graded samples events carry values, and neurons
// answer with values.
//
// Handshake: valid/ready on the event streams, the broadcast, scores and trace. Load and store ports are used between samples only:
//            a load word is taken at once, a stored word is on store_data_o two cycles after store_valid_i. Constants hold during a run.
// Latency:   an event occupies the lanes for row_words_i cycles; the sweep of a step (row_words_i + 10 cycles) hides behind the next step.
//            Learning takes row_words_i cycles for each visited row and about 30 more. With feedback it begins row_words_i cycles a class
//            after the last layer's counts of the sample have come, with a retrograde signal when the engine behind has learned. Competition
//            takes a cycle a neuron and, to learn, one a row; filters that learn as phasic_patch and phasic_features say.
// Parameters: Layer, position in the chain; Lanes, WeightWidth, MaxRows, MaxNeurons, MaxClasses, MaxOutputs, WeightDepth, Rules as in the
//            limits of the contract; SumDepth, words of sums with rules_features; Last, there is no engine behind; Groups, streams of events on
//            either side, of which a layer that needs no more than Lanes / Groups lanes takes an event each a cycle.
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
  parameter int Rules       = 0,
  parameter int SumDepth    = 0,
  parameter bit Last        = 1'b0,
  parameter int Groups      = 1,
  localparam bit Memories   = (Rules & (phasic_pkg::RulesFeatures | phasic_pkg::RulesDiscriminant)) != 0,
  localparam int DescriptorBits = ((Rules & phasic_pkg::RulesRetrograde) != 0) ? 8 * phasic_pkg::LayerReserved
                                  : ((Rules & phasic_pkg::RulesCurrent) != 0) ? 8 * phasic_pkg::LayerRetrogradeLimit
                                  : Memories ? 8 * phasic_pkg::LayerSynapticLeak : 8 * phasic_pkg::LayerGrid,
  localparam int LoadBits   = Memories ? 32 * Lanes : 1
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
  input  logic                         keep_i,           // state goes on from sample to sample
  input  logic                         output_layer_i,
  input  logic [DescriptorBits-1:0]    descriptor_i,     // or of it what lies before the grid
  input  logic [15:0]                  sources_i,
  input  logic [15:0]                  rows_i,           // of weights
  input  logic [15:0]                  row_width_i,      // weights of a row
  input  logic [15:0]                  row_words_i,
  input  logic [15:0]                  neuron_words_i,   // words of its neurons
  input  logic [31:0]                  sum_words_i,      // words of its sums
  // load and store
  input  logic                         load_weight_i,
  input  logic                         load_level_i,
  input  logic [31:0]                  load_address_i,
  input  logic [Lanes*WeightWidth-1:0] load_data_i,
  input  logic                         load_offsets_i,   // a word of the offsets of targets
  input  logic [LoadBits-1:0]          load_memory_data_i,
  input  logic                         store_valid_i,
  input  logic [31:0]                  store_address_i,
  output logic [Lanes*WeightWidth-1:0] store_data_o,
  // dopamine broadcast: one message a sample, before its first event
  input  logic                         dopamine_valid_i,
  output logic                         dopamine_ready_o,
  input  logic [15:0]                  dopamine_class_i,
  input  logic                         dopamine_learn_i,
  input  logic                         dopamine_gated_i,
  input  logic                         dopamine_restart_i,
  input  logic [31:0]                  dopamine_number_i,
  // events in and out, their kinds of the contract's event_kind; a neuron that the sample's gate opens only comes in
  input  logic [Groups-1:0]            event_valid_i,
  output logic [Groups-1:0]            event_ready_o,
  input  logic [2*Groups-1:0]          event_kind_i,
  input  logic [16*Groups-1:0]         event_index_i,    // of its source, or of the neuron
  input  logic [8*Groups-1:0]          event_value_i,
  output logic [Groups-1:0]            event_valid_o,
  input  logic [Groups-1:0]            event_ready_i,
  output logic [2*Groups-1:0]          event_kind_o,
  output logic [16*Groups-1:0]         event_index_o,
  output logic [8*Groups-1:0]          event_value_o,
  // spike counts of the output layer's neurons, as their scores leave
  input  logic                         count_valid_i,
  input  logic [7:0]                   count_i,
  input  logic                         count_last_i,
  input  logic [31:0]                  count_number_i,
  // the retrograde signal: messages from the engine behind, and to the one before if that takes them; they are taken when they come
  input  logic                         retrograde_valid_i,
  input  logic [phasic_pkg::RetrogradeMessageWidth-1:0] retrograde_i,
  input  logic                         retrograde_sends_i,
  input  logic [5:0]                   retrograde_shift_i,   // as the layer before has it
  output logic                         retrograde_valid_o,
  output logic [phasic_pkg::RetrogradeMessageWidth-1:0] retrograde_o,
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
  input  logic                         scattering_i,     // what the layer learns as a discriminant is being changed
  output logic                         busy_o,
  output logic                         event_waits_o,    // to be integrated
  output logic [16*48-1:0]             counters_o,
  output logic [31:0]                  state_o,
  // flipped bits: a word of weights that was put right; a word that cannot be used, its memory and its number
  output logic                         memory_corrected_o,
  output logic                         memory_failed_o,
  output logic [phasic_pkg::MemoryKindBits+phasic_pkg::MemoryWordBits-1:0] memory_word_o
);
  localparam bit Convolution = (Rules & phasic_pkg::RulesConvolution) != 0;
  // A position of a convolution has words of its own, even for a single neuron.
  localparam int DenseWords  = (MaxNeurons + Lanes - 1) / Lanes;
  localparam int Words       = Convolution ? MaxNeurons : DenseWords;
  localparam int WordBits    = (Words > 1) ? $clog2(Words) : 1;
  // With a grid there are sums of positions behind the neurons.
  localparam bit Grid        = Convolution && (Rules & phasic_pkg::RulesGraded) != 0 && (Rules & phasic_pkg::RulesFeatures) != 0;
  localparam int SumWords    = (Grid && SumDepth > Words) ? SumDepth : Words;
  localparam int SumWordBits = (SumWords > 1) ? $clog2(SumWords) : 1;
  localparam int LaneBits    = (Lanes > 1) ? $clog2(Lanes) : 1;
  localparam int RowBits     = (MaxRows > 1) ? $clog2(MaxRows) : 1;
  localparam int AddressBits = (WeightDepth > 1) ? $clog2(WeightDepth) : 1;
  localparam bit Posts       = (Rules & phasic_pkg::RulesPost) != 0;
  localparam bit Feedback    = (Rules & phasic_pkg::RulesFeedback) != 0;
  localparam bit Competition = (Rules & phasic_pkg::RulesCompetition) != 0;
  localparam bit Discriminant = (Rules & phasic_pkg::RulesDiscriminant) != 0;
  localparam bit Graded      = (Rules & phasic_pkg::RulesGraded) != 0;
  localparam bit Gate        = (Rules & phasic_pkg::RulesGate) != 0;
  localparam bit State       = (Rules & phasic_pkg::RulesState) != 0;
  localparam bit Features    = Grid;
  localparam bit Currents    = (Rules & phasic_pkg::RulesCurrent) != 0;
  localparam bit Protect     = (Rules & phasic_pkg::RulesProtection) != 0;
  localparam bit Takes       = (Rules & phasic_pkg::RulesRetrograde) != 0 && !Last;
  localparam bit Sends       = (Rules & phasic_pkg::RulesRetrograde) != 0 && Layer != 0;
  localparam int SharesBits  = Takes ? Lanes * (phasic_pkg::ShareShift + 1) : 1;
  localparam int ChangeWidth = phasic_pkg::FactorWidth + (Posts ? 10 : Graded ? 9 : 7);
  localparam int OffsetsBits = Features ? LoadBits : 1;
  localparam int CountWidth  = Graded ? 8 : 6;
  // Every row at once with the largest weight and value, and room for a potential and for half a unit of the largest shift.
  localparam int RowSumWidth = WeightWidth + $clog2(MaxRows) + 1 + (Graded ? 8 : 0);
  localparam int LeastWidth  = Grid ? 24 : Graded ? 23 : 18;
  localparam int SumWidth    = (RowSumWidth < LeastWidth) ? LeastWidth : RowSumWidth;
  // A layer that competes adds up to 32 steps, unless there is one with values that take more.
  localparam int TotalWidth  = SumWidth + ((Competition && !Graded) ? 5 : 0);
  // A gate's neurons, or their lanes, travel where sources do.
  localparam int NeuronBits  = (MaxNeurons > 1) ? $clog2(MaxNeurons) : 1;
  localparam int GateBits    = Convolution ? LaneBits : NeuronBits;
  localparam int HeadBits    = (Gate && GateBits > RowBits) ? GateBits : RowBits;
  localparam int PlaceBits   = Convolution ? 32 : 16;
  // A shared weight's change: as many terms as sources or positions, each of up to 30 bits.
  localparam int SumBits     = 30 + $clog2(((MaxRows > MaxNeurons) ? MaxRows : MaxNeurons) + 1);

  localparam int EventsBits  = $clog2(Groups + 1);

  // ---- constants of the layer ----
  logic [8*phasic_pkg::LayerGrid-1:0] descriptor;   // without what follows the shape
  assign descriptor = descriptor_i[8*phasic_pkg::LayerGrid-1:0];
  logic                bias, learns, compete, discriminant, graded, keep_steps, log_all, shaped, grid, features;
  logic [WordBits-1:0] row_last_word, last_word;
  logic [SumWordBits-1:0] last_sum_word;

  assign bias       = descriptor_i[8*phasic_pkg::LayerFlags];
  // The weights of a discriminant do not change; its scores come as those of a contest do.
  assign discriminant = Discriminant && descriptor_i[8*phasic_pkg::LayerFactor +: 3] == 3'(phasic_pkg::FactorDiscriminant);
  assign learns     = descriptor_i[8*phasic_pkg::LayerFactor +: 3] != 3'(phasic_pkg::FactorFrozen) && !discriminant;
  assign compete    = (Competition && descriptor_i[8*phasic_pkg::LayerFactor +: 3] == 3'(phasic_pkg::FactorCompetition)) || discriminant;
  assign features   = Features && descriptor_i[8*phasic_pkg::LayerFactor +: 3] == 3'(phasic_pkg::FactorFeatures);
  assign shaped     = Convolution && descriptor_i[8*phasic_pkg::LayerConnection];
  assign graded     = Graded && graded_i;
  // The row log keeps the steps at which a row spiked, or its value; that of a convolution is asked for each source.
  assign log_all    = descriptor_i[8*phasic_pkg::LayerSpan] || compete || graded;
  assign keep_steps = log_all || shaped;
  assign row_last_word = WordBits'(row_words_i - 16'd1);
  assign last_word     = WordBits'(neuron_words_i - 16'd1);
  assign last_sum_word = SumWordBits'((Grid ? sum_words_i : 32'(neuron_words_i)) - 32'd1);
  if (Grid) begin : gen_grid
    assign grid = shaped && descriptor_i[8*phasic_pkg::LayerGrid +: 4] != 4'd0;
  end else begin : gen_no_grid
    assign grid = 1'b0;
  end

  logic unused_bits;
  assign unused_bits = ^{descriptor_i, sum_words_i, load_memory_data_i, 32'(SumDepth),
                         load_address_i, store_address_i, graded_i, keep_i, restart_q, sweep_base4, sweep_word4};

  // ---- events and messages in ----
  logic                   head_valid, head_ready, head_last, head_none;
  logic [1:0]             head_kind;
  logic [EventsBits-1:0]  head_events, events_done;
  logic [HeadBits-1:0]    head_source;
  logic [AddressBits-1:0] head_weight_address;
  logic [SumWordBits-1:0] head_target_word;
  logic [7:0]             head_value;
  // What is integrated, in all lanes or by group.
  logic                          grouped;
  logic [Groups-1:0]             group_issue, group_first, group_silent, group_row;
  logic [Groups*AddressBits-1:0] group_address;
  logic [8*Groups-1:0]           group_value;
  logic [Groups*RowBits-1:0]     group_row_number;

  // Sums of a contest run over all neurons of a row, and so do its other rows.
  assign grouped = Groups > 1 && !compete && 32'(row_width_i) * Groups <= Lanes;

  phasic_event_input #(
    .Groups     (Groups),
    .RowBits    (HeadBits),
    .AddressBits(AddressBits),
    .WordBits   (SumWordBits),
    .LogBits    (RowBits),
    .Graded     (Graded),
    .Convolution(Convolution),
    .Lanes      (Lanes),
    .First      (Layer == 0),
    .Gate       (Gate)
  ) u_input (
    .clk_i, .rst_ni, .clear_i, .grouped_i(grouped), .descriptor_i(descriptor), .shaped_i(shaped), .row_words_i, .event_valid_i, .event_ready_o,
    .event_kind_i, .event_source_i(event_index_i), .event_value_i, .head_valid_o(head_valid), .head_ready_i(head_ready), .head_kind_o(head_kind),
    .head_events_o(head_events), .head_last_o(head_last), .head_none_o(head_none), .head_source_o(head_source),
    .head_weight_address_o(head_weight_address), .head_target_word_o(head_target_word), .head_value_o(head_value), .issue_i(issue),
    .issue_first_i(issue_first), .issue_source_i(event_source), .issue_address_i(issue_weight_address), .issue_value_i(issue_value),
    .step_done_i(step_done), .issue_o(group_issue), .issue_first_o(group_first), .issue_address_o(group_address), .issue_value_o(group_value),
    .silent_o(group_silent), .row_o(group_row), .row_number_o(group_row_number)
  );

  assign event_waits_o = head_valid;

  logic        message_valid, message_ready, message_learn, message_gated, message_restart, restart_q;
  logic [15:0] message_class;
  logic [31:0] message_number;

  phasic_fifo #(
    .Width(phasic_pkg::DopamineWidth),
    .Depth(4)
  ) u_messages (
    .clk_i,
    .rst_ni,
    .clear_i,
    .in_valid_i (dopamine_valid_i),
    .in_ready_o (dopamine_ready_o),
    .in_data_i  ({dopamine_restart_i, dopamine_gated_i, dopamine_learn_i, dopamine_class_i, dopamine_number_i}),
    .out_valid_o(message_valid),
    .out_ready_i(message_ready),
    .out_data_o ({message_restart, message_gated, message_learn, message_class, message_number})
  );

  always_ff @(posedge clk_i) begin
    if (sample_started) restart_q <= message_restart;
  end

  // ---- order of work ----
  logic                   clearing, issue, issue_bank, issue_first, row_issued, event_done, sample_started, sample_learn, last_step;
  logic                   step_done, step_final, step_silent, sweep_busy, key_busy, walk_empty, walk_done, walk_enable, idle, waiting;
  logic [RowBits-1:0]     clear_row, event_source;
  logic [SumWordBits-1:0] clear_word, issue_target_word;
  logic [AddressBits-1:0] issue_weight_address;
  logic [15:0]            sample_class, step_rows;
  logic [31:0]            sample_number;
  logic [5:0]             step;
  logic [2:0]             integrate_state, sweep_state, competition_state;
  logic                   competition_busy, gate_busy, gate_open;
  logic [7:0]             issue_value;
  logic                   walked;

  phasic_integrate #(
    .RowBits    (RowBits),
    .AddressBits(AddressBits),
    .WordBits   (SumWordBits),
    .MaxRows    (MaxRows),
    .Convolution(Convolution),
    .ClearWords (SumWords),
    .Groups     (Groups)
  ) u_integrate (
    .clk_i, .rst_ni, .clear_i, .clearing_o(clearing), .clear_row_o(clear_row), .clear_word_o(clear_word), .steps_i, .bias_i(bias),
    .learns_i(learns), .compete_i(compete), .bias_value_i(graded ? 8'(phasic_pkg::GradedFull) : 8'd1), .sources_i, .rows_i, .row_words_i,
    .row_last_word_i(SumWordBits'(row_last_word)), .last_word_i(last_sum_word), .message_valid_i(message_valid),
    .message_ready_o(message_ready), .message_learn_i(message_learn), .message_class_i(message_class), .message_number_i(message_number),
    .head_valid_i(head_valid), .head_ready_o(head_ready), .head_kind_i(head_kind), .head_events_i(head_events),
    .head_last_i(head_last), .head_none_i(head_none),
    .head_source_i(head_source[RowBits-1:0]), .head_weight_address_i(head_weight_address), .head_target_word_i(head_target_word),
    .head_value_i(head_value), .gate_busy_i(gate_busy), .gate_open_o(gate_open), .issue_o(issue), .issue_bank_o(issue_bank),
    .issue_first_o(issue_first), .issue_target_word_o(issue_target_word), .issue_value_o(issue_value),
    .issue_weight_address_o(issue_weight_address), .row_issued_o(row_issued), .event_done_o(event_done), .events_o(events_done),
    .event_source_o(event_source),
    .sample_started_o(sample_started), .sample_learn_o(sample_learn), .sample_class_o(sample_class), .sample_number_o(sample_number),
    .step_o(step), .last_step_o(last_step), .step_rows_o(step_rows), .step_done_o(step_done), .step_final_o(step_final),
    .step_silent_o(step_silent), .sweep_busy_i(sweep_busy || competition_busy), .key_busy_i(key_busy),
    .walk_empty_i(compete ? !sample_learn : walk_empty && !features), .walk_done_i(walk_done), .learn_o(walk_enable), .walked_o(walked),
    .idle_o(idle), .waiting_o(waiting), .state_o(integrate_state)
  );

  // ---- rows from which the sample learns ----
  logic [31:0]            history;
  logic                   walk_valid, walk_add, walk_first, walk_commit, pair_learned, row_learned;
  logic [WordBits-1:0]    walk_target_word, walk_word;
  logic [AddressBits-1:0] walk_address;
  logic [15:0]            random_x, random_y;
  logic                   patch, patch_blank, patch_read, targets_ready;
  logic [SumWordBits-1:0] patch_word;
  logic [RowBits-1:0]     patch_row, walk_row;
  logic [11:0]            patch_value;

  logic                   event_logged;
  logic [32*Groups-1:0]   log_step;
  assign event_logged = event_done && sample_learn && (log_all || last_step);
  for (genvar g = 0; g < Groups; g++) begin : gen_log
    assign log_step[32*g +: 32] = graded ? 32'(group_value[8*g +: 8]) : 32'd1 << step[4:0];
  end

  phasic_learning_rows #(
    .Layer      (Layer),
    .RowBits    (RowBits),
    .AddressBits(AddressBits),
    .WordBits   (WordBits),
    .MaxRows    (MaxRows),
    .Convolution(Convolution),
    .Features   (Features),
    .SumWordBits(SumWordBits),
    .Groups     (Groups)
  ) u_rows (
    .clk_i, .rst_ni, .clear_i, .seed_i, .compete_i(compete), .keep_steps_i(keep_steps), .shaped_i(shaped), .descriptor_i(descriptor),
    .sources_i, .rows_i, .row_words_i, .last_word_i(row_last_word), .clearing_i(clearing), .clear_row_i(clear_row),
    .start_i(sample_started), .learn_i(message_learn && learns), .number_i(message_number), .key_busy_o(key_busy),
    .log_i(event_logged ? group_row : '0), .log_row_i(group_row_number), .log_step_i(log_step), .empty_o(walk_empty), .enable_i(walk_enable), .done_o(walk_done),
    .word_valid_o(walk_valid), .add_o(walk_add), .first_o(walk_first), .commit_o(walk_commit), .target_word_o(walk_target_word),
    .word_o(walk_word), .word_address_o(walk_address), .random_x_o(random_x), .random_y_o(random_y), .history_o(history),
    .pair_done_o(pair_learned), .row_done_o(row_learned), .row_o(walk_row), .features_i(features), .patch_o(patch),
    .patch_blank_o(patch_blank), .patch_word_o(patch_word), .patch_read_i(patch_read), .patch_row_i(patch_row), .patch_value_o(patch_value), .targets_ready_i(targets_ready)
  );

  // ---- sweep ----
  logic                sum_read, sweep_read, factor0, sweep_bank, sweep_first, sweep_fresh, sweep_silent;
  logic                room, spikes_ready, spikes_valid, spikes_mark, spikes_final;
  logic                read_out, factors_ready, sweep_end2, sweep_end3, sweep_hold;
  logic [3:0]          sweep_valid;
  logic [1:0]          factor_valid;
  logic [WordBits-1:0] sum_word, sweep_word0, sweep_word2, sweep_word3, sweep_word4;
  logic [31:0]         sweep_step;
  logic [15:0]         factor_class, sweep_class, sweep_prediction, sweep_base0, sweep_base4;
  logic                sweep_score_valid, sweep_score_last;
  logic [31:0]         sweep_score, sweep_number, sweep_spikes;
  logic [LaneBits-1:0] read_out_lane;
  logic [CountWidth+15:0] read_out_state;

  phasic_sweep #(
    .Lanes     (Lanes),
    .WordBits  (WordBits),
    .CountWidth(CountWidth),
    .Convolution(Convolution),
    .Currents  (Currents)
  ) u_sweep (
    .clk_i, .rst_ni, .clear_i, .trace_i, .output_layer_i, .neurons_i(descriptor_i[8*phasic_pkg::LayerNeurons +: 16]), .row_width_i,
    .row_last_word_i(row_last_word), .last_word_i(last_word), .start_i(step_done && !compete), .start_bank_i(issue_bank),
    .start_silent_i(step_silent), .start_final_i(step_final), .start_learn_i(sample_learn && !features), .start_resume_i(State && keep_i && !restart_q),
    .start_step_i(step), .start_class_i(sample_class), .start_number_i(sample_number), .hold_i(sweep_hold), .busy_o(sweep_busy),
    .state_o(sweep_state), .sum_read_o(sum_read), .sum_word_o(sum_word), .read_o(sweep_read), .sweep_valid_o(sweep_valid),
    .factors_ready_i(factors_ready && shares_ready), .factor0_o(factor0),
    .factor_valid_o(factor_valid), .word0_o(sweep_word0), .word2_o(sweep_word2), .word3_o(sweep_word3), .word4_o(sweep_word4),
    .end2_o(sweep_end2), .end3_o(sweep_end3),
    .base0_o(sweep_base0), .base4_o(sweep_base4), .bank_o(sweep_bank), .first_o(sweep_first), .fresh_o(sweep_fresh),
    .silent_o(sweep_silent), .step_o(sweep_step), .class_o(factor_class), .room_i(room), .spikes_ready_i(spikes_ready),
    .spikes_valid_o(spikes_valid), .spikes_mark_o(spikes_mark), .spikes_final_o(spikes_final), .read_out_o(read_out),
    .read_out_lane_o(read_out_lane), .read_out_i(read_out_state), .score_valid_o(sweep_score_valid), .score_ready_i, .score_o(sweep_score),
    .score_last_o(sweep_score_last), .record_number_o(sweep_number), .record_label_o(sweep_class), .record_prediction_o(sweep_prediction),
    .record_spikes_o(sweep_spikes), .trace_valid_o, .trace_ready_i, .trace_data_o, .trace_last_o
  );

  // ---- the retrograde signal ----
  logic                         shares_ready;
  logic [SharesBits-1:0]        shares;
  logic [Lanes*ChangeWidth-1:0] changes;

  if (Takes) begin : gen_takes
    phasic_retrograde_shares #(
      .Lanes      (Lanes),
      .MaxNeurons (MaxNeurons),
      .WordBits   (WordBits),
      .Convolution(Convolution)
    ) u_shares (
      .clk_i, .rst_ni, .clear_i, .limit_i(descriptor_i[8*phasic_pkg::LayerRetrogradeLimit +: 8]),
      .base_i(descriptor_i[8*phasic_pkg::LayerRetrogradeBase +: 8]), .last_word_i(last_word), .start_i(sample_started),
      .message_valid_i(retrograde_valid_i), .message_i(retrograde_i), .ready_o(shares_ready), .read_i(factor0), .word_i(sweep_word0),
      .first_i(sweep_base0), .shares_o(shares)
    );
  end else begin : gen_takes_none
    logic unused_messages;
    assign unused_messages = ^{retrograde_valid_i, retrograde_i};
    assign shares_ready    = 1'b1;
    assign shares          = '0;
  end

  if (Sends) begin : gen_sends
    phasic_retrograde_sums #(
      .Lanes      (Lanes),
      .ChangeWidth(ChangeWidth),
      .RowBits    (RowBits)
    ) u_retrograde_sums (
      .clk_i, .rst_ni, .clear_i, .sends_i(retrograde_sends_i), .shift_i(retrograde_shift_i), .valid_i(walk_valid), .last_i(row_learned),
      .bias_i(bias && 16'(walk_row) == sources_i - 16'd1), .row_i(walk_row), .end_i(walked), .changes_i(changes),
      .message_valid_o(retrograde_valid_o), .message_o(retrograde_o)
    );
  end else begin : gen_sends_none
    logic unused_changes;
    assign unused_changes = ^{retrograde_sends_i, retrograde_shift_i, walk_row, walked, changes};
    assign {retrograde_valid_o, retrograde_o} = '0;
  end

  // ---- lanes ----
  logic [PlaceBits-1:0]         gate_neuron;
  assign gate_neuron = Convolution ? PlaceBits'(32'(head_target_word) * Lanes) + PlaceBits'(head_source) : PlaceBits'(head_source);
  logic                         learn_read, learn_write, update_write, winner_valid, winner_learned, winner_limited;
  logic                         contest_score_valid, contest_score_last;
  logic [31:0]                  contest_score;
  logic [15:0]                  contest_prediction;
  logic [Lanes-1:0]             spikes, potentials_limited, weights_limited;
  logic [(Graded ? 8*Lanes : 1)-1:0] values;
  logic [AddressBits-1:0]       learn_read_address, learn_write_address;
  logic [Lanes*WeightWidth-1:0] weights, learned_weights, stored_state;
  logic                         stored_state_valid, potentials_valid;

  phasic_lanes #(
    .Lanes      (Lanes),
    .WeightWidth(WeightWidth),
    .SumWidth   (SumWidth),
    .TotalWidth (TotalWidth),
    .Words      (Words),
    .SumWords   (SumWords),
    .AddressBits(AddressBits),
    .MaxClasses (MaxClasses),
    .MaxOutputs (MaxOutputs),
    .Posts      (Posts),
    .Feedback   (Feedback),
    .Competition(Competition),
    .Discriminant(Discriminant),
    .Graded     (Graded),
    .Gate       (Gate),
    .State      (State),
    .Convolution(Convolution),
    .Grid       (Grid),
    .Features   (Features),
    .Currents   (Currents),
    .Shares     (Takes),
    .Protect    (Protect),
    .MaxRows    (MaxRows),
    .SumBits    (SumBits),
    .DescriptorBits(DescriptorBits),
    .Groups     (Groups)
  ) u_lanes (
    .clk_i, .rst_ni, .clear_i,
    .descriptor_i, .steps_i, .classes_i,
    .graded_i(graded), .compete_i(compete), .keep_i,
    .rows_i, .row_words_i, .shaped_i(shaped), .grid_i(grid),
    .row_width_i, .row_last_word_i(row_last_word), .neuron_words_i,
    .last_word_i(last_word), .last_sum_word_i(last_sum_word), .load_level_i, .load_weight_i,
    .load_address_i, .load_data_i, .store_valid_i,
    .store_address_i, .stored_state_valid_o(stored_state_valid), .stored_state_o(stored_state),
    .sample_started_i(sample_started), .sample_gated_i(message_gated), .sample_learn_i(sample_learn),
    .sample_class_i(sample_class), .sample_number_i(sample_number), .gate_busy_o(gate_busy),
    .gate_open_i(gate_open), .gate_neuron_i(gate_neuron), .clearing_i(clearing),
    .clear_word_i(clear_word), .grouped_i(grouped), .issue_i(group_issue), .issue_bank_i(issue_bank),
    .issue_first_i(group_first), .issue_word_i(issue_target_word), .issue_value_i(group_value), .group_silent_i(group_silent),
    .weights_i(weights), .step_done_i(step_done), .sweep_hold_o(sweep_hold), .sum_read_i(sum_read), .sum_word_i(sum_word),
    .sweep_read_i(sweep_read),
    .sweep_valid_i(sweep_valid), .sweep_bank_i(sweep_bank), .sweep_first_i(sweep_first),
    .sweep_fresh_i(sweep_fresh), .sweep_silent_i(sweep_silent), .sweep_step_i(sweep_step),
    .word0_i(sweep_word0), .word2_i(sweep_word2), .word3_i(sweep_word3),
    .word4_i(sweep_word4), .end2_i(sweep_end2), .end3_i(sweep_end3),
    .base0_i(sweep_base0), .spikes_o(spikes), .values_o(values),
    .potentials_valid_o(potentials_valid), .potentials_limited_o(potentials_limited), .read_out_i(read_out), .read_out_lane_i(read_out_lane),
    .read_out_o(read_out_state), .factors_ready_o(factors_ready), .factor0_i(factor0),
    .factor_valid_i(factor_valid), .factor_class_i(factor_class), .shares_i(shares), .count_valid_i,
    .count_i, .count_last_i, .count_number_i,
    .contest_start_i(step_done && step_final && compete), .contest_silent_i(step_silent), .competition_busy_o(competition_busy),
    .competition_state_o(competition_state), .score_valid_o(contest_score_valid), .score_ready_i,
    .score_o(contest_score), .score_last_o(contest_score_last), .prediction_o(contest_prediction),
    .winner_valid_o(winner_valid), .walk_i(walk_enable), .walk_valid_i(walk_valid),
    .walk_add_i(walk_add), .walk_first_i(walk_first), .walk_commit_i(walk_commit),
    .walk_target_word_i(walk_target_word), .walk_word_i(walk_word), .walk_address_i(walk_address),
    .row_x_i(random_x), .row_y_i(random_y), .history_i(history),
    .weight_read_o(learn_read), .weight_read_address_o(learn_read_address), .weight_write_o(learn_write),
    .weight_write_address_o(learn_write_address), .weights_o(learned_weights), .update_write_o(update_write),
    .weights_limited_o(weights_limited), .changes_o(changes), .winner_learned_o(winner_learned), .winner_limited_o(winner_limited),
    .load_offsets_i, .load_offsets_data_i(load_memory_data_i[OffsetsBits-1:0]), .features_i(features), .patch_i(patch), .patch_blank_i(patch_blank),
    .patch_word_i(patch_word), .patch_read_o(patch_read), .patch_row_o(patch_row), .patch_value_i(patch_value), .targets_ready_o(targets_ready),
    .levels_failed_o(levels_failed), .failed_level_o(failed_level)
  );

  // ---- scores: of the sweep, or of a contest ----
  assign score_valid_o       = compete ? contest_score_valid : sweep_score_valid;
  assign score_o             = compete ? contest_score : sweep_score;
  assign score_last_o        = compete ? contest_score_last : sweep_score_last;
  assign record_number_o     = compete ? sample_number : sweep_number;
  assign record_label_o      = compete ? sample_class : sweep_class;
  assign record_prediction_o = compete ? contest_prediction : sweep_prediction;
  assign record_spikes_o     = compete ? 32'd0 : sweep_spikes;

  // ---- synapse memory ----
  logic                   weights_failed, levels_failed;
  logic [AddressBits-1:0] failed_weights;
  logic [phasic_pkg::MemoryWordBits-1:0] failed_level;

  phasic_synapse_memory #(
    .Width  (Lanes * WeightWidth),
    .Depth  (WeightDepth),
    .Groups (Groups),
    .Protect(Protect)
  ) u_synapses (
    .clk_i, .rst_ni, .grouped_i(grouped), .corrected_o(memory_corrected_o), .failed_o(weights_failed), .failed_address_o(failed_weights),
    .issue_i(group_issue), .issue_address_i(group_address), .learn_read_i(learn_read), .learn_read_address_i(learn_read_address),
    .store_i(store_valid_i), .store_address_i(AddressBits'(store_address_i)), .weights_o(weights), .load_i(load_weight_i),
    .load_address_i(AddressBits'(load_address_i)), .load_data_i, .learn_write_i(learn_write), .learn_write_address_i(learn_write_address),
    .learn_data_i(learned_weights)
  );
  assign store_data_o = stored_state_valid ? stored_state : weights;

  assign memory_failed_o = weights_failed || levels_failed;
  assign memory_word_o   = weights_failed
    ? {phasic_pkg::MemoryKindBits'(phasic_pkg::MemorySynapses), phasic_pkg::MemoryWordBits'(failed_weights)}
    : {phasic_pkg::MemoryKindBits'(phasic_pkg::MemoryLevels), failed_level};

  // ---- events out ----
  localparam int OutputBits = Convolution ? 16 : WordBits;
  logic                  output_busy;
  logic [OutputBits-1:0] output_word;
  assign output_word = Convolution ? OutputBits'(sweep_base4) : OutputBits'(sweep_word4);

  phasic_event_output #(
    .Lanes (Lanes),
    .Words (DenseWords),
    .Graded(Graded),
    .Convolution(Convolution),
    .Room  (Currents ? 8 : 6),
    .Groups(Groups)
  ) u_output (
    .clk_i, .rst_ni, .clear_i, .room_o(room), .word_valid_i(spikes_valid), .word_ready_o(spikes_ready), .word_mark_i(spikes_mark),
    .word_final_i(spikes_final), .word_i(output_word), .word_spikes_i(spikes), .word_values_i(values), .event_valid_o, .event_ready_i,
    .event_kind_o, .event_index_o, .event_value_o, .busy_o(output_busy)
  );

  // ---- status ----
  phasic_layer_status #(
    .Lanes (Lanes),
    .Groups(Groups)
  ) u_status (
    .clk_i, .rst_ni, .clear_i, .row_width_i, .compete_i(compete || features), .winner_valid_i(winner_valid || features), .event_done_i(event_done),
    .row_issued_i(row_issued), .events_i(events_done), .row_learned_i(row_learned), .pair_learned_i(pair_learned), .spikes_valid_i(sweep_valid[3]),
    .spikes_i(spikes), .potentials_valid_i(potentials_valid), .potentials_limited_i(potentials_limited), .update_write_i(update_write),
    .weights_limited_i(weights_limited),
    .winner_learned_i(winner_learned), .winner_limited_i(winner_limited), .run_i(core_busy_i), .integrating_i(issue),
    .learning_i(walk_valid), .scattering_i, .waiting_i(waiting), .counters_o, .clearing_i(clearing), .idle_i(idle), .message_waits_i(message_valid),
    .sweep_busy_i(sweep_busy), .competition_busy_i(competition_busy), .output_busy_i(output_busy), .ready_o, .busy_o,
    .step_rows_i(step_rows), .step_i(step), .integrate_state_i(integrate_state), .sweep_state_i(sweep_state),
    .competition_state_i(features ? sweep_state : competition_state), .state_o
  );
endmodule

`default_nettype wire
