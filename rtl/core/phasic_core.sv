// SPDX-License-Identifier: Apache-2.0
// The streaming core: sample buffer, encoder, dopamine broadcast and a feed-forward chain of layer engines, pipelined over samples.
//
// Handshake: clear_i for one cycle before a run; samples are accepted when ready_o is 1 again. Load and store only while busy_o is 0; load words are
//            taken at once, a stored word is on store_data_o two cycles after store_valid_i. Everything else is valid/ready.
// Latency:   see the layer engine; the chain works on up to Engines samples at once.
// Parameters: the limits of the contract; Groups, streams of events between the layers, and groups of lanes of narrow ones.
`default_nettype none

module phasic_core #(
  parameter int Lanes       = 64,
  parameter int WeightWidth = 8,
  parameter int Engines     = 4,
  parameter int MaxRows     = 1024,
  parameter int MaxNeurons  = 1024,
  parameter int MaxSteps    = 32,
  parameter int MaxClasses  = 64,
  parameter int MaxOutputs  = 64,
  parameter int MaxEvents   = 16384,
  parameter int WeightDepth = 16384,
  parameter int Rules       = 0,
  parameter int SumDepth    = 0,
  parameter int MemoryDepth = 0,
  parameter int Groups      = 1,
  localparam bit Memories   = (Rules & (phasic_pkg::RulesFeatures | phasic_pkg::RulesDiscriminant)) != 0,
  localparam int DescriptorBits = ((Rules & phasic_pkg::RulesRetrograde) != 0) ? 8 * phasic_pkg::LayerReserved
                                  : ((Rules & phasic_pkg::RulesCurrent) != 0) ? 8 * phasic_pkg::LayerRetrogradeLimit
                                  : Memories ? 8 * phasic_pkg::LayerSynapticLeak : 8 * phasic_pkg::LayerGrid,
  localparam bit Discriminant = (Rules & phasic_pkg::RulesDiscriminant) != 0,
  localparam int LoadBits   = Memories ? 32 * Lanes : 1,
  localparam int StoreBits  = Discriminant ? 32 * Lanes : 1
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         clear_i,
  output logic                         ready_o,
  input  logic [511:0]                 program_i,
  input  logic [Engines*DescriptorBits-1:0] layers_i,
  input  logic [Engines*16-1:0]        sources_i,
  input  logic [Engines*16-1:0]        rows_i,
  input  logic [Engines*16-1:0]        row_width_i,
  input  logic [Engines*16-1:0]        row_words_i,
  input  logic [Engines*16-1:0]        neuron_words_i,
  input  logic [Engines*32-1:0]        sum_words_i,
  input  logic                         load_valid_i,
  input  logic                         load_table_i,
  input  logic [2:0]                   load_engine_i,
  input  logic [31:0]                  load_address_i,
  input  logic [Lanes*WeightWidth-1:0] load_data_i,
  input  logic                         load_memory_i,      // a word of values of 32 bits that a layer keeps,
  input  logic                         load_memory_last_i, // and it is of their last row
  input  logic [LoadBits-1:0]          load_memory_data_i,
  input  logic                         store_valid_i,
  input  logic [2:0]                   store_engine_i,
  input  logic [31:0]                  store_address_i,
  output logic [Lanes*WeightWidth-1:0] store_data_o,
  input  logic                         store_memory_i,     // of the last layer
  input  logic                         store_memory_last_i,
  output logic [StoreBits-1:0]         store_memory_data_o,
  input  logic                         entry_valid_i,
  output logic                         entry_ready_o,
  input  logic [31:0]                  entry_data_i,
  input  logic                         sample_valid_i,
  output logic                         sample_ready_o,
  input  logic [15:0]                  sample_label_i,
  input  logic                         sample_learn_i,
  input  logic                         sample_gated_i,
  input  logic                         sample_restart_i,
  input  logic [15:0]                  sample_open_i,    // the first so many of its entries are the gate
  input  logic [31:0]                  sample_number_i,
  output logic                         score_valid_o,
  input  logic                         score_ready_i,
  output logic [31:0]                  score_o,
  output logic                         score_last_o,
  output logic [31:0]                  record_number_o,
  output logic [15:0]                  record_label_o,
  output logic [15:0]                  record_prediction_o,
  output logic [31:0]                  record_spikes_o,
  output logic [Engines-1:0]           trace_valid_o,
  input  logic [Engines-1:0]           trace_ready_i,
  output logic [Engines*16-1:0]        trace_data_o,
  output logic [Engines-1:0]           trace_last_o,
  output logic                         busy_o,
  output logic [47:0]                  input_events_o,
  output logic [47:0]                  samples_learned_o,
  output logic [Engines*16*48-1:0]     counters_o,
  output logic [Engines*32-1:0]        engine_state_o,
  output logic                         memory_failed_o,   // from the first word that cannot be used on
  output logic [31:0]                  memory_detail_o,
  output logic [47:0]                  corrected_words_o
);
  initial begin
    if (Lanes < phasic_pkg::LimitLanesMinimum || Lanes > phasic_pkg::LimitLanesMaximum)
      $fatal(1, "phasic_core: Lanes is out of range");
    if (WeightWidth < phasic_pkg::LimitWeightWidthMinimum || WeightWidth > phasic_pkg::LimitWeightWidthMaximum
        || (1 << $clog2(WeightWidth)) != WeightWidth)
      $fatal(1, "phasic_core: WeightWidth is out of range");
    if (Engines < phasic_pkg::LimitEnginesMinimum || Engines > phasic_pkg::LimitEnginesMaximum)
      $fatal(1, "phasic_core: Engines is out of range");
    if (MaxRows < phasic_pkg::LimitMaxRowsMinimum || MaxRows > phasic_pkg::LimitMaxRowsMaximum)
      $fatal(1, "phasic_core: MaxRows is out of range");
    if (MaxNeurons < phasic_pkg::LimitMaxNeuronsMinimum || MaxNeurons > phasic_pkg::LimitMaxNeuronsMaximum)
      $fatal(1, "phasic_core: MaxNeurons is out of range");
    if (MaxSteps < phasic_pkg::LimitMaxStepsMinimum || MaxSteps > phasic_pkg::LimitMaxStepsMaximum)
      $fatal(1, "phasic_core: MaxSteps is out of range");
    if (MaxClasses < phasic_pkg::LimitMaxClassesMinimum || MaxClasses > phasic_pkg::LimitMaxClassesMaximum)
      $fatal(1, "phasic_core: MaxClasses is out of range");
    if (MaxEvents < MaxRows || (1 << $clog2(MaxEvents)) != MaxEvents)
      $fatal(1, "phasic_core: MaxEvents must be a power of two and at least MaxRows");
    if (WeightDepth < phasic_pkg::LimitWeightDepthMinimum || WeightDepth > phasic_pkg::LimitWeightDepthMaximum)
      $fatal(1, "phasic_core: WeightDepth is out of range");
    if (Groups < 1 || (1 << $clog2(Groups)) != Groups || Lanes % Groups != 0)
      $fatal(1, "phasic_core: Groups must be a power of two that divides Lanes");
    if (Groups > 1 && MaxRows < 2 * Groups) $fatal(1, "phasic_core: MaxRows must be at least twice Groups");
    if (Groups > 1 && (Rules & (phasic_pkg::RulesConvolution | phasic_pkg::RulesFeatures | phasic_pkg::RulesDiscriminant
                                | phasic_pkg::RulesProtection)) != 0)
      $fatal(1, "phasic_core: with several groups there are no convolutions, features, discriminants or protected memories");
  end

  logic [63:0] seed;
  logic [5:0]  steps;
  logic [3:0]  layers;
  logic        trace, keep, address_events, graded;

  assign seed           = program_i[8*phasic_pkg::ProgramHeaderSeedLow +: 64];
  assign layers         = program_i[8*phasic_pkg::ProgramHeaderLayers +: 4];
  assign steps          = program_i[8*phasic_pkg::ProgramHeaderSteps +: 6];
  assign address_events = program_i[8*phasic_pkg::ProgramHeaderSampleKind +: 2] == 2'(phasic_pkg::SampleKindEvent);
  assign graded         = (Rules & phasic_pkg::RulesGraded) != 0
                          && program_i[8*phasic_pkg::ProgramHeaderSampleKind +: 2] == 2'(phasic_pkg::SampleKindGraded);
  assign trace          = program_i[8*phasic_pkg::ProgramHeaderFlags + phasic_pkg::ProgramHeaderFlagsTraceBit];
  assign keep           = (Rules & phasic_pkg::RulesState) != 0
                          && program_i[8*phasic_pkg::ProgramHeaderFlags + phasic_pkg::ProgramHeaderFlagsKeepBit];

  // ---- samples, encoder, dopamine ----
  localparam int Links = Engines + 1;   // from the encoders to the end, each of Groups streams
  logic [phasic_pkg::SampleWidth-1:0] sample_data;
  logic                 message_valid, message_ready, encoder_busy;
  // The unit that learns a discriminant is told of samples as the engines are.
  localparam int Listeners = Engines + (Discriminant ? 1 : 0);
  logic [Listeners-1:0] in_use, dopamine_valid, dopamine_ready;
  logic [Engines-1:0]   engine_busy, engine_ready;
  logic [Groups*Links-1:0]    event_valid, event_ready;
  logic [2*Groups*Links-1:0]  event_kind;
  logic [16*Groups*Links-1:0] event_index;
  logic [8*Groups*Links-1:0]  event_value;

  phasic_encoders #(
    .MaxEntries(MaxEvents),
    .Graded    ((Rules & phasic_pkg::RulesGraded) != 0),
    .Groups    (Groups)
  ) u_encoders (
    .clk_i,
    .rst_ni,
    .clear_i,
    .seed_i          (seed),
    .steps_i         (steps),
    .address_events_i(address_events),
    .graded_i        (graded),
    .gates_i         ((Rules & phasic_pkg::RulesGate) != 0),
    .entry_valid_i,
    .entry_ready_o,
    .entry_data_i,
    .sample_valid_i,
    .sample_ready_o,
    .sample_i        ({sample_open_i, sample_restart_i, sample_gated_i, sample_learn_i, sample_label_i, sample_number_i}),
    .message_valid_o (message_valid),
    .message_ready_i (message_ready),
    .sample_o        (sample_data),
    .event_valid_o   (event_valid[Groups-1:0]),
    .event_ready_i   (event_ready[Groups-1:0]),
    .event_kind_o    (event_kind[2*Groups-1:0]),
    .event_index_o   (event_index[16*Groups-1:0]),
    .event_value_o   (event_value[8*Groups-1:0]),
    .busy_o          (encoder_busy),
    .events_o        (input_events_o)
  );

  phasic_dopamine #(
    .Engines(Listeners)
  ) u_dopamine (
    .in_use_i       (in_use),
    .message_valid_i(message_valid),
    .message_ready_o(message_ready),
    .engine_valid_o (dopamine_valid),
    .engine_ready_i (dopamine_ready)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) samples_learned_o <= '0;
    else if (clear_i) samples_learned_o <= '0;
    else if (message_valid && message_ready && sample_data[phasic_pkg::SampleLearnBit]) samples_learned_o <= samples_learned_o + 48'd1;
  end

  // ---- layer engines ----
  logic [Engines*Lanes*WeightWidth-1:0] stored;
  logic [Engines-1:0]    score_valid, score_last;
  logic [Engines*32-1:0] score, record_number, record_spikes;
  logic [Engines*16-1:0] record_label, record_prediction;
  logic [2:0]            output_engine;
  localparam int EngineBits = (Engines > 1) ? $clog2(Engines) : 1;
  logic [EngineBits-1:0] output_index, store_engine1_q, store_engine2_q;

  // Before the first program, and after one that has more layers, there is no such engine: the first one, which is idle, stands for it.
  assign output_engine        = 3'(layers - 4'd1);
  assign output_index         = (32'(output_engine) < 32'(Engines)) ? EngineBits'(output_engine) : '0;
  assign event_ready[Groups*Engines +: Groups] = '1;

  // Spike counts of the last layer for layers that learn from its errors, as they are in the scores. Neurons that compete do not spike, nor do
  // those of a discriminant.
  logic [15:0] classes;
  logic        count_valid, competes, discriminant;
  logic [7:0]  count;
  assign classes     = program_i[8*phasic_pkg::ProgramHeaderClasses +: 16];
  assign competes    = (Rules & phasic_pkg::RulesCompetition) != 0
                       && layers_i[DescriptorBits*output_index + 8*phasic_pkg::LayerFactor +: 3] == 3'(phasic_pkg::FactorCompetition);
  assign count_valid = score_valid_o && score_ready_i;
  assign count       = (competes || discriminant) ? 8'd0 : score_o[23:16];
  assign discriminant = Discriminant
                       && layers_i[DescriptorBits*output_index + 8*phasic_pkg::LayerFactor +: 3] == 3'(phasic_pkg::FactorDiscriminant);

  // ---- what a discriminant learns ----
  logic               scatter_ready, scatter_busy, scattering;
  logic [47:0]        scatter_rows, scatter_operations, scatter_limited;
  logic [Engines-1:0] held, event_waits;
  logic [Groups*Engines-1:0] engine_event_ready;

  localparam bit Protect = (Rules & phasic_pkg::RulesProtection) != 0;
  localparam int MemoryWordBits = phasic_pkg::MemoryKindBits + phasic_pkg::MemoryWordBits;
  logic               kept_corrected, kept_failed;
  logic [phasic_pkg::MemoryWordBits-1:0] kept_word;
  logic [Engines-1:0] memory_corrected, memory_failed;
  logic [Engines*MemoryWordBits-1:0] memory_word;

  if (Discriminant) begin : gen_scatter
    logic [Engines-1:0] taken;
    assign taken           = event_valid[Engines-1:0] & event_ready[Engines-1:0];
    assign in_use[Engines] = discriminant;

    phasic_scatter #(
      .Lanes      (Lanes),
      .MaxRows    (MaxRows),
      .MaxNeurons (MaxNeurons),
      .MemoryDepth(MemoryDepth),
      .Protect    (Protect)
    ) u_scatter (
      .clk_i, .rst_ni, .clear_i,
      .ready_o            (scatter_ready),
      .enable_i           (discriminant),
      .sources_i          (sources_i[16*output_index +: 16]),
      .load_i             (load_memory_i && discriminant && load_engine_i == output_engine),
      .load_last_i        (load_memory_last_i),
      .load_address_i,
      .load_data_i        (load_memory_data_i),
      .store_i            (store_memory_i),
      .store_last_i       (store_memory_last_i),
      .store_address_i,
      .store_data_o       (store_memory_data_o),
      .message_valid_i    (dopamine_valid[Engines]),
      .message_ready_o    (dopamine_ready[Engines]),
      .message_class_i    (sample_data[phasic_pkg::SampleLabelBit +: 16]),
      .message_learn_i    (sample_data[phasic_pkg::SampleLearnBit]),
      .event_i            (taken[output_index]),
      .event_kind_i       (event_kind[2*output_index +: 2]),
      .event_source_i     (event_index[16*output_index +: 16]),
      .event_value_i      (event_value[8*output_index +: 8]),
      .waits_i            (event_waits[output_index]),
      .busy_o             (scatter_busy),
      .learning_o         (scattering),
      .update_rows_o      (scatter_rows),
      .update_operations_o(scatter_operations),
      .weights_limited_o  (scatter_limited),
      .memory_corrected_o (kept_corrected),
      .memory_failed_o    (kept_failed),
      .memory_word_o      (kept_word)
    );
  end else begin : gen_no_scatter
    logic unused_memory;
    assign unused_memory = ^{event_waits, store_memory_i, store_memory_last_i, 32'(MemoryDepth)};
    assign scatter_ready = 1'b1;
    assign {kept_corrected, kept_failed, kept_word} = '0;
    assign {scatter_busy, scattering, scatter_rows, scatter_operations, scatter_limited, store_memory_data_o} = '0;
  end

  // ---- the retrograde signal: messages of an engine go to the one before ----
  localparam bit Retrograde = (Rules & phasic_pkg::RulesRetrograde) != 0;
  localparam int TellWidth  = phasic_pkg::RetrogradeMessageWidth;
  logic [Engines:0]             told_valid;    // by each engine
  logic [(Engines+1)*TellWidth-1:0] told;
  logic [Engines-1:0]           sends;
  logic [Engines*6-1:0]         send_shifts;
  assign told_valid[Engines]                  = 1'b0;
  assign told[TellWidth*Engines +: TellWidth] = '0;

  for (genvar e = 0; e < Engines; e++) begin : gen_retrograde
    if (Retrograde && e != 0) begin : gen_sends
      assign sends[e] = layers_i[DescriptorBits*(e-1) + 8*phasic_pkg::LayerRetrogradeLimit +: 8] != '0;
      assign send_shifts[6*e +: 6] = layers_i[DescriptorBits*(e-1) + 8*phasic_pkg::LayerRetrogradeShift +: 6];
    end else begin : gen_sends_none
      assign sends[e]              = 1'b0;
      assign send_shifts[6*e +: 6] = '0;
    end
  end

  logic [Engines*16*48-1:0] counters;

  for (genvar e = 0; e < Engines; e++) begin : gen_engine
    assign in_use[e] = 4'(e) < layers;
    // Only the layer that it learns from waits until the last sample has been learned.
    assign held[e]        = scatter_busy && output_engine == 3'(e);
    assign event_ready[Groups*e +: Groups] = held[e] ? '0 : engine_event_ready[Groups*e +: Groups];
    // A discriminant's engine changes no weights, so that these counters of it are 0.
    assign counters_o[768*e +: 768] = counters[768*e +: 768]
      | ((output_engine == 3'(e)) ? {432'd0, scatter_limited, 48'd0, scatter_operations, scatter_rows, 144'd0} : 768'd0);

    phasic_layer_engine #(
      .Layer      (e),
      .Lanes      (Lanes),
      .WeightWidth(WeightWidth),
      .MaxRows    (MaxRows),
      .MaxNeurons (MaxNeurons),
      .MaxClasses (MaxClasses),
      .MaxOutputs (MaxOutputs),
      .WeightDepth(WeightDepth),
      .SumDepth   (SumDepth),
      .Last       (e + 1 == Engines),
      .Groups     (Groups),
      // There is no layer after the last engine's whose errors it could use, and only the first has a gate.
      .Rules      (Rules & ~((e + 1 < Engines) ? 0 : phasic_pkg::RulesFeedback) & ~((e == 0) ? 0 : phasic_pkg::RulesGate))
    ) u_engine (
      .clk_i,
      .rst_ni,
      .clear_i,
      .ready_o            (engine_ready[e]),
      .seed_i             (seed),
      .steps_i            (steps),
      .classes_i          (classes),
      .trace_i            (trace),
      .graded_i           (graded),
      .keep_i             (keep),
      .output_layer_i     (output_engine == 3'(e)),
      .descriptor_i       (layers_i[DescriptorBits*e +: DescriptorBits]),
      .sources_i          (sources_i[16*e +: 16]),
      .rows_i             (rows_i[16*e +: 16]),
      .row_width_i        (row_width_i[16*e +: 16]),
      .row_words_i        (row_words_i[16*e +: 16]),
      .neuron_words_i     (neuron_words_i[16*e +: 16]),
      .sum_words_i        (sum_words_i[32*e +: 32]),
      .load_weight_i      (load_valid_i && !load_table_i && load_engine_i == 3'(e)),
      .load_level_i       (load_valid_i && load_table_i && load_engine_i == 3'(e)),
      .load_address_i,
      .load_data_i,
      .load_offsets_i     (load_memory_i && load_memory_last_i && load_engine_i == 3'(e)),
      .load_memory_data_i,
      .store_valid_i      (store_valid_i && store_engine_i == 3'(e)),
      .store_address_i,
      .store_data_o       (stored[Lanes*WeightWidth*e +: Lanes*WeightWidth]),
      .dopamine_valid_i   (dopamine_valid[e]),
      .dopamine_ready_o   (dopamine_ready[e]),
      .dopamine_class_i   (sample_data[phasic_pkg::SampleLabelBit +: 16]),
      .dopamine_learn_i   (sample_data[phasic_pkg::SampleLearnBit]),
      .dopamine_gated_i   (sample_data[phasic_pkg::SampleGateBit]),
      .dopamine_restart_i (sample_data[phasic_pkg::SampleRestartBit]),
      .dopamine_number_i  (sample_data[phasic_pkg::SampleNumberBit +: 32]),
      .event_valid_i      (held[e] ? '0 : event_valid[Groups*e +: Groups]),
      .event_ready_o      (engine_event_ready[Groups*e +: Groups]),
      .event_kind_i       (event_kind[2*Groups*e +: 2*Groups]),
      .event_index_i      (event_index[16*Groups*e +: 16*Groups]),
      .event_value_i      (event_value[8*Groups*e +: 8*Groups]),
      .event_valid_o      (event_valid[Groups*(e+1) +: Groups]),
      .event_ready_i      (event_ready[Groups*(e+1) +: Groups]),
      .event_kind_o       (event_kind[2*Groups*(e+1) +: 2*Groups]),
      .event_index_o      (event_index[16*Groups*(e+1) +: 16*Groups]),
      .event_value_o      (event_value[8*Groups*(e+1) +: 8*Groups]),
      .count_valid_i      (count_valid),
      .count_i            (count),
      .count_last_i       (score_last_o),
      .count_number_i     (record_number_o),
      .retrograde_valid_i (told_valid[e+1]),
      .retrograde_i       (told[TellWidth*(e+1) +: TellWidth]),
      .retrograde_sends_i (sends[e]),
      .retrograde_shift_i (send_shifts[6*e +: 6]),
      .retrograde_valid_o (told_valid[e]),
      .retrograde_o       (told[TellWidth*e +: TellWidth]),
      .score_valid_o      (score_valid[e]),
      .score_ready_i      (score_ready_i && output_engine == 3'(e)),
      .score_o            (score[32*e +: 32]),
      .score_last_o       (score_last[e]),
      .record_number_o    (record_number[32*e +: 32]),
      .record_label_o     (record_label[16*e +: 16]),
      .record_prediction_o(record_prediction[16*e +: 16]),
      .record_spikes_o    (record_spikes[32*e +: 32]),
      .trace_valid_o      (trace_valid_o[e]),
      .trace_ready_i      (trace_ready_i[e]),
      .trace_data_o       (trace_data_o[16*e +: 16]),
      .trace_last_o       (trace_last_o[e]),
      .core_busy_i        (busy_o),
      .scattering_i       (scattering && output_engine == 3'(e)),
      .busy_o             (engine_busy[e]),
      .event_waits_o      (event_waits[e]),
      .counters_o         (counters[768*e +: 768]),
      .state_o            (engine_state_o[32*e +: 32]),
      .memory_corrected_o (memory_corrected[e]),
      .memory_failed_o    (memory_failed[e]),
      .memory_word_o      (memory_word[MemoryWordBits*e +: MemoryWordBits])
    );
  end

  phasic_memory_guard #(
    .Engines(Engines),
    .Protect(Protect)
  ) u_guard (
    .clk_i,
    .rst_ni,
    .clear_i,
    .corrected_i      (memory_corrected),
    .failed_i         (memory_failed),
    .failed_word_i    (memory_word),
    .kept_corrected_i (kept_corrected),
    .kept_failed_i    (kept_failed),
    .kept_word_i      (kept_word),
    .last_layer_i     (output_engine),
    .failed_o         (memory_failed_o),
    .detail_o         (memory_detail_o),
    .corrected_words_o
  );

  assign score_valid_o       = score_valid[output_index];
  assign score_last_o        = score_last[output_index];
  assign score_o             = score[32*output_index +: 32];
  assign record_number_o     = record_number[32*output_index +: 32];
  assign record_label_o      = record_label[16*output_index +: 16];
  assign record_prediction_o = record_prediction[16*output_index +: 16];
  assign record_spikes_o     = record_spikes[32*output_index +: 32];

  always_ff @(posedge clk_i) begin
    store_engine1_q <= EngineBits'(store_engine_i);
    store_engine2_q <= store_engine1_q;
  end
  always_comb begin
    store_data_o = '0;
    for (int e = 0; e < Engines; e++)
      if (store_engine2_q == EngineBits'(e)) store_data_o = stored[Lanes*WeightWidth*e +: Lanes*WeightWidth];
  end

  // The last engine of the chain never has a successor.
  logic unused_bits;
  assign unused_bits = ^{program_i, layers_i, event_valid[Groups*Engines +: Groups], event_kind[2*Groups*Engines +: 2*Groups],
                         event_index[16*Groups*Engines +: 16*Groups], event_value[8*Groups*Engines +: 8*Groups], sample_data, told_valid[0],
                         told[TellWidth-1:0]};

  assign ready_o = engine_ready == '1 && scatter_ready;
  assign busy_o  = encoder_busy || engine_busy != '0 || scatter_busy;
endmodule

`default_nettype wire
