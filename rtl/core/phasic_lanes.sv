// SPDX-License-Identifier: Apache-2.0
// The lanes of a layer engine, one word of neurons at a time: sums, neurons, factors and weight updates, which of a word's lanes have a neuron
// that the sample's gate leaves open, in a layer that competes the contest and its winner in place of neurons and updates, and in one whose filters
// compete over a patch these in place of updates.
//
// Handshake: none of its own; the order of work, the sweep and the walk drive the stages of the modules inside, whose headers say when.
//            factors_ready_o: the last layer's errors are there, if the factors need them. Scores of a contest by valid/ready.
// Latency:   weights of a word that is issued are on weights_i two cycles later, those of a word to learn two cycles after weight_read_o, a word
//            of state on stored_state_o, with stored_state_valid_o, two cycles after store_valid_i.
// Parameters: Lanes, WeightWidth; SumWidth of a step's sums, TotalWidth of what is summed; Words, neurons of a lane, SumWords, its sums;
//            AddressBits, width of an address in the synapse memory; MaxClasses, MaxOutputs as in the limits of the contract; Posts, Feedback,
//            Competition, Discriminant, Graded, Gate, State, Convolution, Grid, Features and Currents, rules that there can be; Shares, neurons can learn
//            with shares of their factors; Protect, levels have check bits; MaxRows; SumBits of a change that is shared by positions; DescriptorBits, of a layer's
//            descriptor; Groups of lanes.
`default_nettype none

module phasic_lanes #(
  parameter int Lanes       = 64,
  parameter int WeightWidth = 8,
  parameter int SumWidth    = 19,
  parameter int TotalWidth  = 19,
  parameter int Words       = 16,
  parameter int SumWords    = 16,
  parameter int AddressBits = 14,
  parameter int MaxClasses  = 64,
  parameter int MaxOutputs  = 64,
  parameter bit Posts       = 1'b0,
  parameter bit Feedback    = 1'b0,
  parameter bit Competition = 1'b0,
  parameter bit Discriminant = 1'b0,
  parameter bit Graded      = 1'b0,
  parameter bit Gate        = 1'b0,
  parameter bit State       = 1'b0,
  parameter bit Convolution = 1'b0,
  parameter bit Grid        = 1'b0,
  parameter bit Features    = 1'b0,
  parameter bit Currents    = 1'b0,
  parameter bit Shares      = 1'b0,
  parameter bit Protect     = 1'b0,
  parameter int MaxRows     = 1024,
  parameter int SumBits     = 40,
  parameter int DescriptorBits = 8 * phasic_pkg::LayerGrid,
  parameter int Groups      = 1,
  localparam int PlaceBits  = Convolution ? 32 : 16,
  localparam int WordBits   = (Words > 1) ? $clog2(Words) : 1,
  localparam int SumWordBits = (SumWords > 1) ? $clog2(SumWords) : 1,
  localparam int LaneBits   = (Lanes > 1) ? $clog2(Lanes) : 1,
  localparam int RowBits    = (MaxRows > 1) ? $clog2(MaxRows) : 1,
  localparam int SharesBits = Shares ? Lanes * (phasic_pkg::ShareShift + 1) : 1,
  localparam int ChangeWidth = phasic_pkg::FactorWidth + (Posts ? 10 : Graded ? 9 : 7),
  localparam int OffsetsBits = Features ? phasic_pkg::MemoryWidth * Lanes : 1,
  localparam int CountWidth = Graded ? 8 : 6
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         clear_i,
  // constants of the run
  input  logic [DescriptorBits-1:0]    descriptor_i,
  input  logic [5:0]                   steps_i,
  input  logic [15:0]                  classes_i,
  input  logic                         graded_i,
  input  logic                         compete_i,
  input  logic                         keep_i,
  input  logic [15:0]                  rows_i,
  input  logic [15:0]                  row_words_i,
  input  logic                         shaped_i,         // the layer is a convolution
  input  logic                         grid_i,           // that answers over a grid
  input  logic [15:0]                  row_width_i,      // neurons of a position; in a dense layer all
  input  logic [WordBits-1:0]          row_last_word_i,  // the last word of a position
  input  logic [15:0]                  neuron_words_i,   // words of the layer's neurons
  input  logic [WordBits-1:0]          last_word_i,      // the last of them
  input  logic [SumWordBits-1:0]       last_sum_word_i,  // the last word of its sums
  // levels, and of weights those words that are state
  input  logic                         load_level_i,
  input  logic                         load_weight_i,
  input  logic [31:0]                  load_address_i,
  input  logic [Lanes*WeightWidth-1:0] load_data_i,
  input  logic                         load_offsets_i,   // of targets
  input  logic [OffsetsBits-1:0]       load_offsets_data_i,
  input  logic                         store_valid_i,
  input  logic [31:0]                  store_address_i,
  output logic                         stored_state_valid_o,
  output logic [Lanes*WeightWidth-1:0] stored_state_o,
  // the sample
  input  logic                         sample_started_i,
  input  logic                         sample_gated_i,
  input  logic                         sample_learn_i,
  input  logic [15:0]                  sample_class_i,
  input  logic [31:0]                  sample_number_i,
  output logic                         gate_busy_o,
  input  logic                         gate_open_i,
  input  logic [PlaceBits-1:0]         gate_neuron_i,    // its word times Lanes, and its lane
  // words of sums are cleared before a run
  input  logic                         clearing_i,
  input  logic [SumWordBits-1:0]       clear_word_i,
  // sums: weights of a word that is issued
  input  logic                         grouped_i,        // lanes of a group have rows of their own, as in phasic_sums
  input  logic [Groups-1:0]            issue_i,
  input  logic                         issue_bank_i,
  input  logic [Groups-1:0]            issue_first_i,
  input  logic [SumWordBits-1:0]       issue_word_i,
  input  logic [8*Groups-1:0]          issue_value_i,
  input  logic [Groups-1:0]            group_silent_i,
  input  logic [Lanes*WeightWidth-1:0] weights_i,
  // sweep
  input  logic                         step_done_i,
  output logic                         sweep_hold_o,
  input  logic                         sum_read_i,       // with Currents two cycles before the state is read
  input  logic [WordBits-1:0]          sum_word_i,
  input  logic                         sweep_read_i,
  input  logic [3:0]                   sweep_valid_i,
  input  logic                         sweep_bank_i,
  input  logic                         sweep_first_i,
  input  logic                         sweep_fresh_i,
  input  logic                         sweep_silent_i,
  input  logic [31:0]                  sweep_step_i,
  input  logic [WordBits-1:0]          word0_i,
  input  logic [WordBits-1:0]          word2_i,
  input  logic [WordBits-1:0]          word3_i,
  input  logic [WordBits-1:0]          word4_i,
  input  logic                         end2_i,           // the word is its position's last
  input  logic                         end3_i,
  input  logic [15:0]                  base0_i,          // in a build with convolutions the word's first neuron
  output logic [Lanes-1:0]             spikes_o,
  output logic [(Graded ? 8*Lanes : 1)-1:0] values_o,
  output logic                         potentials_valid_o,
  output logic [Lanes-1:0]             potentials_limited_o,
  input  logic                         read_out_i,
  input  logic [LaneBits-1:0]          read_out_lane_i,
  output logic [CountWidth+15:0]       read_out_o,
  // factors
  output logic                         factors_ready_o,
  input  logic                         factor0_i,
  input  logic [1:0]                   factor_valid_i,
  input  logic [15:0]                  factor_class_i,
  input  logic [SharesBits-1:0]        shares_i,         // of the word whose factors began three cycles ago
  // spike counts of the last layer
  input  logic                         count_valid_i,
  input  logic [7:0]                   count_i,
  input  logic                         count_last_i,
  input  logic [31:0]                  count_number_i,
  // contest
  input  logic                         contest_start_i,
  input  logic                         contest_silent_i,
  output logic                         competition_busy_o,
  output logic [2:0]                   competition_state_o,
  output logic                         score_valid_o,
  input  logic                         score_ready_i,
  output logic [31:0]                  score_o,
  output logic                         score_last_o,
  output logic [15:0]                  prediction_o,
  output logic                         winner_valid_o,
  // learning: the walk's words, and the synapse memory
  input  logic                         walk_i,
  input  logic                         walk_valid_i,
  input  logic                         walk_add_i,
  input  logic                         walk_first_i,
  input  logic                         walk_commit_i,
  input  logic [WordBits-1:0]          walk_target_word_i,
  input  logic [WordBits-1:0]          walk_word_i,
  input  logic [AddressBits-1:0]       walk_address_i,
  input  logic [15:0]                  row_x_i,
  input  logic [15:0]                  row_y_i,
  input  logic [31:0]                  history_i,
  output logic                         weight_read_o,
  output logic [AddressBits-1:0]       weight_read_address_o,
  output logic                         weight_write_o,
  output logic [AddressBits-1:0]       weight_write_address_o,
  output logic [Lanes*WeightWidth-1:0] weights_o,
  output logic                         update_write_o,   // weights of a word, other than by a winner
  output logic [Lanes-1:0]             weights_limited_o,
  output logic [Lanes*ChangeWidth-1:0] changes_o,        // of the word that came four cycles ago, before they are rounded
  output logic                         winner_learned_o, // a weight of the winner
  output logic                         winner_limited_o,
  // filters that compete over a patch
  input  logic                         features_i,       // those of the layer do
  input  logic                         patch_i,
  input  logic                         patch_blank_i,
  input  logic [SumWordBits-1:0]       patch_word_i,
  output logic                         patch_read_o,
  output logic [RowBits-1:0]           patch_row_o,
  input  logic [11:0]                  patch_value_i,
  output logic                         targets_ready_o,
  // a word of levels that was read had wrong bits
  output logic                         levels_failed_o,
  output logic [phasic_pkg::MemoryWordBits-1:0] failed_level_o
);
  localparam int LevelDepth  = MaxClasses * Words;
  localparam int LevelBits   = (LevelDepth > 1) ? $clog2(LevelDepth) : 1;
  // Signals: a level or an error, or with feedback the sum over all classes of products of a level and an error.
  localparam int SignalWidth = Feedback ? CountWidth + 8 + $clog2(MaxClasses) : 9;
  localparam int Outputs     = (Lanes < MaxOutputs) ? Lanes : MaxOutputs;
  localparam int TritWords   = Convolution ? MaxOutputs : (MaxOutputs + Lanes - 1) / Lanes;
  localparam int FactorWidth = phasic_pkg::FactorWidth + 1;

  // ---- constants of the layer ----
  logic                  all_steps;
  logic [CountWidth-1:0] full_count;

  assign all_steps  = descriptor_i[8*phasic_pkg::LayerSpan];
  assign full_count = graded_i ? CountWidth'(phasic_pkg::GradedFull) : CountWidth'(steps_i);

  logic unused_bits;
  assign unused_bits = ^{clear_i, descriptor_i, load_address_i, store_address_i, count_i, last_word_i, neuron_words_i};

  // ---- lanes in use in the last word of a position ----
  logic [15:0]      last_lanes;
  logic [Lanes-1:0] last_mask_q, enabled2, enabled3;

  assign last_lanes = row_width_i - 16'(32'(row_last_word_i) * Lanes);
  assign enabled2   = end2_i ? last_mask_q : '1;
  assign enabled3   = end3_i ? last_mask_q : '1;

  always_ff @(posedge clk_i) begin
    if (sample_started_i) begin
      for (int k = 0; k < Lanes; k++) last_mask_q[k] <= 16'(k) < last_lanes;
    end
  end

  // ---- neurons that the sample's gate leaves open ----
  logic [Lanes-1:0] open3;

  if (Gate) begin : gen_gate
    phasic_gate #(
      .Lanes    (Lanes),
      .Words    (Words),
      .PlaceBits(PlaceBits)
    ) u_gate (
      .clk_i, .rst_ni, .clear_i, .last_word_i,
      .start_i    (sample_started_i),
      .gated_i    (sample_gated_i),
      .busy_o     (gate_busy_o),
      .open_i     (gate_open_i),
      .neuron_i   (gate_neuron_i),
      .sweep_i    (step_done_i),
      .word_i     (word2_i),
      .open_o     (open3)
    );
  end else begin : gen_no_gate
    logic unused_gate;
    assign unused_gate = ^{gate_open_i, gate_neuron_i, sample_gated_i, step_done_i};
    assign gate_busy_o = 1'b0;
    assign open3       = '1;
  end

  // ---- rows of state ----
  localparam int StateRowBits = Currents ? 3 : 2;
  logic                currents_last;
  logic                load_state, store_state;
  logic [StateRowBits-1:0] load_row, store_row;
  logic [WordBits-1:0] load_word, store_word;

  if (State) begin : gen_state
    phasic_state_rows #(
      .WeightWidth(WeightWidth),
      .WordBits   (WordBits),
      .AddressBits(AddressBits),
      .Currents   (Currents)
    ) u_state_rows (
      .clk_i,
      .keep_i         (keep_i && !compete_i),
      .lasts_i        (currents_last),
      .rows_i,
      .row_words_i,
      .neuron_words_i,
      .load_i         (load_weight_i),
      .load_address_i (AddressBits'(load_address_i)),
      .load_o         (load_state),
      .load_row_o     (load_row),
      .load_word_o    (load_word),
      .store_i        (store_valid_i),
      .store_address_i(AddressBits'(store_address_i)),
      .store_o        (store_state),
      .store_row_o    (store_row),
      .store_word_o   (store_word),
      .stored_o       (stored_state_valid_o)
    );
  end else begin : gen_no_state
    logic unused_rows;
    assign unused_rows          = ^{keep_i, currents_last, rows_i, row_words_i, load_weight_i, store_valid_i, store_address_i};
    assign stored_state_valid_o = 1'b0;
    assign {load_state, load_row, load_word, store_state, store_row, store_word} = '0;
  end

  // ---- sums and neurons ----
  logic                         contest_read;
  logic [WordBits-1:0]          contest_word;
  logic                         look;              // at the sums of a patch's position
  logic [SumWordBits-1:0]       look_word;
  logic [Lanes*TotalWidth-1:0]  totals;
  logic [Lanes*SumWidth-1:0]    step_sums;
  logic [Lanes*CountWidth-1:0]  counts, values;
  logic [Lanes-1:0]             post_plus, post_minus;
  logic                         trit_read;
  logic [WordBits-1:0]          trit_word;
  logic [Outputs*64-1:0]        all_trits;

  // With a grid potentials are limited where they are pooled.
  logic [Lanes*TotalWidth-1:0]  drives;
  logic [Lanes-1:0]             neurons_limited, pooled_limited;
  logic                         silent, pooled_valid;
  assign potentials_valid_o   = pooled_valid || sweep_valid_i[3];
  assign potentials_limited_o = pooled_valid ? pooled_limited : neurons_limited;

  phasic_sums #(
    .Lanes(Lanes), .WeightWidth(WeightWidth), .SumWidth(TotalWidth), .Words(Words), .SumWords(SumWords), .Graded(Graded),
    .Convolution(Convolution), .Grid(Grid), .DescriptorBits(DescriptorBits), .Groups(Groups)
  ) u_sums (
    .clk_i, .rst_ni, .clear_i, .descriptor_i, .sparse_i(shaped_i), .grid_i, .row_width_i, .row_words_i,
    .last_sum_word_i, .last_word_i, .clearing_i, .clear_word_i, .grouped_i, .issue_i, .issue_bank_i, .issue_first_i, .issue_word_i,
    .issue_value_i, .group_silent_i, .weights_i, .start_i(step_done_i), .hold_o(sweep_hold_o), .sweep_read_i(sum_read_i || contest_read),
    .sweep_bank_i(compete_i ? !issue_bank_i : sweep_bank_i), .sweep_silent_i, .sweep_word_i(compete_i ? contest_word : sum_word_i),
    .look_i(look), .look_word_i(look_word), .sums_o(totals), .drives_o(drives), .silent_o(silent), .limited_valid_o(pooled_valid),
    .limited_o(pooled_limited)
  );

  // The sum of a single step needs no more than its lower bits.
  logic unused_drives;
  assign unused_drives = ^drives;
  for (genvar k = 0; k < Lanes; k++) begin : gen_sum
    assign step_sums[SumWidth*k +: SumWidth] = drives[TotalWidth*k +: SumWidth];
  end

  // ---- what drives the neurons ----
  localparam int DriveWidth = (Currents && SumWidth < phasic_pkg::CurrentWidth) ? phasic_pkg::CurrentWidth : SumWidth;
  logic [Lanes*DriveWidth-1:0]  driven;
  logic                         none_driven, load_current, store_current;
  logic [Lanes*WeightWidth-1:0] stored_neurons;

  if (Currents) begin : gen_currents
    // Their rows follow those of the neurons.
    localparam int NeuronRows = phasic_pkg::PotentialWidth / WeightWidth + 1;
    logic [Lanes*WeightWidth-1:0] stored_currents;
    logic [1:0]                   store_current_q;
    assign load_current  = load_state && 32'(load_row) >= NeuronRows;
    assign store_current = store_state && 32'(store_row) >= NeuronRows;

    phasic_currents #(
      .Lanes      (Lanes),
      .SumWidth   (SumWidth),
      .DriveWidth (DriveWidth),
      .Words      (Words),
      .WeightWidth(WeightWidth)
    ) u_currents (
      .clk_i, .rst_ni, .clear_i, .leak_i(descriptor_i[8*phasic_pkg::LayerSynapticLeak +: 16]), .fresh_i(sweep_fresh_i),
      .read_i(sum_read_i), .word_i(sum_word_i), .silent_i(silent), .sums_i(step_sums), .drives_o(driven), .load_i(load_current),
      .load_row_i(2'(32'(load_row) - NeuronRows)), .load_word_i(load_word), .load_data_i, .store_i(store_current),
      .store_row_i(2'(32'(store_row) - NeuronRows)), .store_word_i(store_word), .stored_o(stored_currents)
    );
    assign currents_last  = descriptor_i[8*phasic_pkg::LayerSynapticLeak +: 16] != '0;
    assign none_driven    = 1'b0;
    assign stored_state_o = store_current_q[1] ? stored_currents : stored_neurons;
    always_ff @(posedge clk_i) store_current_q <= {store_current_q[0], store_current};
  end else begin : gen_no_currents
    assign {load_current, store_current, currents_last} = '0;
    assign driven         = step_sums;
    assign none_driven    = silent;
    assign stored_state_o = stored_neurons;
  end

  phasic_neurons #(
    .Lanes    (Lanes),
    .SumWidth (DriveWidth),
    .Words    (Words),
    .Outputs  (Outputs),
    .TritWords(TritWords),
    .Posts    (Posts),
    .Graded   (Graded),
    .State    (State),
    .WeightWidth(WeightWidth)
  ) u_neurons (
    .clk_i, .graded_i, .threshold_i($signed(descriptor_i[8*phasic_pkg::LayerThreshold +: 16])),
    .window_i(grid_i ? 16'sd0 : $signed(descriptor_i[8*phasic_pkg::LayerWindow +: 16])),
    .leak_i(descriptor_i[8*phasic_pkg::LayerLeak +: 17]), .reset_i(descriptor_i[8*phasic_pkg::LayerReset +: 2]),
    .input_shift_i(grid_i ? 4'd0 : descriptor_i[8*phasic_pkg::LayerInputShift +: 4]), .post_i(descriptor_i[8*phasic_pkg::LayerPost +: 2]),
    .keep_trits_i(all_steps), .read_i(sweep_read_i), .valid_i(sweep_valid_i), .word0_i, .word3_i, .word4_i, .first_i(sweep_first_i),
    .fresh_i(sweep_fresh_i), .silent_i(none_driven), .step_i(sweep_step_i), .enabled3_i(enabled3), .open3_i(open3), .sums_i(driven),
    .spikes_o, .values_o(values), .limited_o(neurons_limited), .counts_o(counts), .plus_o(post_plus), .minus_o(post_minus), .read_out_i,
    .read_out_lane_i, .read_out_o, .trit_read_i(trit_read), .trit_word_i(trit_word), .trits_o(all_trits),
    .load_i(load_state && !load_current), .load_row_i(load_row[1:0]), .load_word_i(load_word), .load_data_i,
    .store_i(store_state && !store_current), .store_row_i(store_row[1:0]), .store_word_i(store_word), .stored_o(stored_neurons)
  );

  if (Graded) begin : gen_values
    assign values_o = values;
  end else begin : gen_no_values
    logic unused_values;
    assign unused_values = ^values;
    assign values_o      = 1'b1;
  end

  // ---- errors of the last layer ----
  logic                       feedback, add, add_first;
  logic [WordBits-1:0]        add_word;
  logic [LevelBits-1:0]       add_address;
  logic signed [CountWidth:0] add_error;

  if (Feedback) begin : gen_feedback
    assign feedback = descriptor_i[8*phasic_pkg::LayerFactor +: 3] == 3'(phasic_pkg::FactorFeedback);

    phasic_feedback #(
      .WordBits  (WordBits),
      .LevelBits (LevelBits),
      .MaxClasses(MaxClasses),
      .CountWidth(CountWidth)
    ) u_feedback (
      .clk_i, .rst_ni, .clear_i,
      .feedback_i    (feedback),
      .full_i        (full_count),
      .classes_i,
      .last_word_i,
      .start_i       (sample_started_i),
      .learn_i       (sample_learn_i),
      .class_i       (sample_class_i),
      .number_i      (sample_number_i),
      .count_valid_i,
      .count_i       (count_i[CountWidth-1:0]),
      .count_last_i,
      .count_number_i,
      .add_o         (add),
      .add_first_o   (add_first),
      .add_word_o    (add_word),
      .add_address_o (add_address),
      .add_error_o   (add_error),
      .ready_o       (factors_ready_o)
    );
  end else begin : gen_no_feedback
    logic unused_counts;
    assign unused_counts   = ^{classes_i, sample_learn_i, sample_number_i, count_valid_i, count_last_i, count_number_i};
    assign feedback        = 1'b0;
    assign factors_ready_o = 1'b1;
    assign add             = 1'b0;
    assign add_first       = 1'b0;
    assign add_word        = '0;
    assign add_address     = '0;
    assign add_error       = '0;
  end

  // ---- factors and updates ----
  logic [15:0]                  level_class;
  logic [LevelBits-1:0]         failed_level;
  assign failed_level_o = phasic_pkg::MemoryWordBits'(failed_level);
  logic                         factor_read, update_read, update_write;
  logic [WordBits-1:0]          factor_word;
  logic [Lanes*FactorWidth-1:0] factors;
  logic [Lanes-1:0]             positive;
  logic [AddressBits-1:0]       update_read_address, update_write_address;
  logic [Lanes*WeightWidth-1:0] updated_weights;

  assign level_class = compete_i ? sample_class_i : factor_class_i;

  logic                unused_written;
  logic [WordBits-1:0] unused_written_word;
  phasic_factors #(
    .Lanes      (Lanes),
    .Words      (Words),
    .LevelDepth (LevelDepth),
    .Feedback   (Feedback),
    .SignalWidth(SignalWidth),
    .CountWidth (CountWidth),
    .Convolution(Convolution),
    .Shares     (Shares),
    .Protect    (Protect)
  ) u_factors (
    .clk_i, .rst_ni, .error_i(descriptor_i[8*phasic_pkg::LayerFactor +: 2] == 2'(phasic_pkg::FactorError)), .feedback_i(feedback),
    .all_steps_i(all_steps), .rate_i(descriptor_i[8*phasic_pkg::LayerRate +: 16]), .shift_i(descriptor_i[8*phasic_pkg::LayerFactorShift +: 4]),
    .full_i(full_count), .load_i(load_level_i), .load_address_i(LevelBits'(load_address_i)), .load_data_i(load_data_i[Lanes*8-1:0]),
    .levels_used_i(1'(phasic_pkg::FactorHasLevels >> descriptor_i[8*phasic_pkg::LayerFactor +: 3]) &&(!compete_i || sample_learn_i)),
    .levels_failed_o, .failed_level_o(failed_level), .add_i(add), .add_first_i(add_first), .add_word_i(add_word), .add_address_i(add_address),
    .add_error_i(add_error), .valid0_i(factor0_i || contest_read), .valid_i(factor_valid_i), .word0_i(compete_i ? contest_word : word0_i), .word2_i,
    .class_i(level_class), .base0_i, .class_address_i(LevelBits'(32'(level_class) * 32'(neuron_words_i))), .counts_i(counts), .plus_i(post_plus),
    .minus_i(post_minus), .enabled2_i(enabled2), .shares_i, .update_read_i(factor_read), .update_word_i(factor_word), .factors_o(factors),
    .written_o(unused_written), .written_word_o(unused_written_word), .positive_o(positive)
  );

  phasic_updates #(
    .Lanes      (Lanes),
    .WeightWidth(WeightWidth),
    .WordBits   (WordBits),
    .AddressBits(AddressBits),
    .Outputs    (Outputs),
    .Traces     (Posts),
    .Graded     (Graded),
    .Shared     (Convolution),
    .SumBits    (SumBits)
  ) u_updates (
    .clk_i, .rst_ni,
    .all_steps_i    (all_steps),
    .graded_i,
    .nearest_i      (descriptor_i[8*phasic_pkg::LayerRounding]),
    .trace_shift_i  (descriptor_i[8*phasic_pkg::LayerTraceShift +: 2]),
    .valid_i        (walk_valid_i && !compete_i && !features_i),
    .add_i          (walk_add_i),
    .first_i        (walk_first_i),
    .commit_i       (walk_commit_i),
    .target_word_i  (walk_target_word_i),
    .word_i         (walk_word_i),
    .address_i      (walk_address_i),
    .row_x_i,
    .row_y_i,
    .history_i,
    .factor_read_o  (factor_read),
    .read_o         (update_read),
    .read_address_o (update_read_address),
    .trit_read_o    (trit_read),
    .trit_word_o    (trit_word),
    .word2_o        (factor_word),
    .trits_i        (all_trits),
    .factors_i      (factors),
    .weights_i,
    .write_o        (update_write),
    .write_address_o(update_write_address),
    .weights_o      (updated_weights),
    .limited_o      (weights_limited_o),
    .changes_o
  );

  // ---- competition ----
  logic                         winner_read, winner_write, contest_busy, contest_learned, contest_limited;
  logic [AddressBits-1:0]       winner_read_address, winner_write_address;
  logic [Lanes*WeightWidth-1:0] winner_weights;

  if (Competition || Discriminant) begin : gen_competition
    phasic_competition #(
      .Lanes      (Lanes),
      .WeightWidth(WeightWidth),
      .SumWidth   (TotalWidth),
      .WordBits   (WordBits),
      .AddressBits(AddressBits),
      .Graded     (Graded),
      .Wins       (Competition),
      .Offsets    (Discriminant)
    ) u_competition (
      .clk_i, .rst_ni, .clear_i, .descriptor_i(descriptor_i[8*phasic_pkg::LayerGrid-1:0]), .graded_i, .rows_i, .row_words_i,
      .start_i(contest_start_i), .start_silent_i(contest_silent_i), .start_learn_i(sample_learn_i), .busy_o(contest_busy),
      .state_o(competition_state_o), .word_read_o(contest_read), .word_o(contest_word), .sums_i(totals), .positive_i(positive), .score_valid_o,
      .score_ready_i, .score_o, .score_last_o, .prediction_o, .winner_valid_o, .learn_i(walk_i && compete_i),
      .row_valid_i(walk_valid_i && compete_i), .row_address_i(walk_address_i), .row_x_i, .row_y_i, .history_i, .learned_o(contest_learned),
      .limited_o(contest_limited), .read_o(winner_read), .read_address_o(winner_read_address), .weights_i, .write_o(winner_write),
      .write_address_o(winner_write_address), .weights_o(winner_weights)
    );
  end else begin : gen_no_competition
    logic unused_contest;
    assign unused_contest = ^{positive, totals, rows_i, row_words_i, contest_start_i, contest_silent_i, score_ready_i, walk_i};
    assign {contest_busy, competition_state_o, contest_read, contest_word} = '0;
    assign {score_valid_o, score_o, score_last_o, prediction_o, winner_valid_o, contest_learned, contest_limited} = '0;
    assign {winner_read, winner_read_address, winner_write, winner_write_address, winner_weights} = '0;
  end

  // ---- filters that compete over a patch ----
  logic                         filter_read, filter_write, filter_busy, filter_learned, filter_limited;
  logic [AddressBits-1:0]       filter_read_address, filter_write_address;
  logic [Lanes*WeightWidth-1:0] filter_weights;
  assign competition_busy_o = contest_busy || filter_busy;
  assign winner_learned_o   = contest_learned || filter_learned;
  assign winner_limited_o   = filter_learned ? filter_limited : contest_limited;

  if (Features) begin : gen_features
    phasic_features #(
      .Lanes(Lanes), .WeightWidth(WeightWidth), .SumWidth(TotalWidth), .WordBits(SumWordBits), .RowBits(RowBits), .AddressBits(AddressBits),
      .MaxRows(MaxRows)
    ) u_features (
      .clk_i, .rst_ni, .clear_i, .descriptor_i(descriptor_i[8*phasic_pkg::LayerSynapticLeak-1:0]), .rows_i, .row_width_i, .row_words_i,
      .load_i(load_offsets_i), .load_address_i,
      .load_data_i(load_offsets_data_i), .patch_i, .patch_blank_i, .patch_word_i, .value_read_o(patch_read_o), .value_row_o(patch_row_o),
      .value_i(patch_value_i), .ready_o(targets_ready_o), .busy_o(filter_busy), .sums_read_o(look), .sums_word_o(look_word), .sums_i(totals),
      .row_valid_i(walk_valid_i && features_i), .row_address_i(walk_address_i), .row_x_i, .row_y_i, .learned_o(filter_learned),
      .limited_o(filter_limited), .read_o(filter_read), .read_address_o(filter_read_address), .weights_i, .write_o(filter_write),
      .write_address_o(filter_write_address), .weights_o(filter_weights)
    );
  end else begin : gen_no_features
    logic unused_features;
    assign unused_features = ^{load_offsets_i, load_offsets_data_i, patch_i, patch_blank_i, patch_word_i, patch_value_i, rows_i, totals};
    assign {patch_read_o, patch_row_o, targets_ready_o, look, look_word, filter_busy, filter_learned, filter_limited} = '0;
    assign {filter_read, filter_read_address, filter_write, filter_write_address, filter_weights} = '0;
  end

  // ---- synapse memory: a contest and its winner, filters, or updates, never at the same time ----
  assign weight_read_o          = winner_read || filter_read || update_read;
  assign weight_read_address_o  = winner_read ? winner_read_address : filter_read ? filter_read_address : update_read_address;
  assign weight_write_o         = winner_write || filter_write || update_write;
  assign weight_write_address_o = winner_write ? winner_write_address : filter_write ? filter_write_address : update_write_address;
  assign weights_o              = winner_write ? winner_weights : filter_write ? filter_weights : updated_weights;
  assign update_write_o         = update_write;
endmodule

`default_nettype wire
