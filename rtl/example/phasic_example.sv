// SPDX-License-Identifier: Apache-2.0
// One layer engine on its own: 24 inputs, 16 neurons, 8 lanes, 8-bit weights, samples of 5 time steps and 4 classes, learning by the hidden
// rule of NACA. A starting point for a design that uses the engine without the kernel around it: copy it and change the constants.
//
// Handshake: valid/ready on the four streams: a word passes in a cycle in which both are 1. After reset or clear_i wait for ready_o; then
//            load weights and levels, a word of 8 a cycle, taken at once. For each sample send one dopamine message, then its spikes by
//            steps (a row's number, kind 0), with a mark after each step (kind 1; 2 after the last). Spikes of the neurons come out in the
//            same form. When busy_o is 0 the sample is finished and learned, and weights can be read: a word is on store_data_o two cycles
//            after store_valid_i. Samples may follow each other without waiting for that.
// Latency:   an event takes as many cycles as there are words of lanes in a row, here 2; see phasic_layer_engine.
// Parameters: none; the constants of the layer are below. All of docs/specification.md, section 4, "layer" may be set there, but for what
//            needs the rest of a network: factor feedback needs the counts of a last layer, and scores leave the engine by ports that
//            are open here.
`default_nettype none

module phasic_example (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        clear_i,
  output logic        ready_o,
  output logic        busy_o,
  // load and store, while busy_o is 0: word 0 has neurons 0 to 7 of a row, the lowest byte first, word 1 neurons 8 to 15
  input  logic        load_weight_i,
  input  logic        load_level_i,
  input  logic [4:0]  load_row_i,       // input, or for levels the class
  input  logic        load_word_i,
  input  logic [63:0] load_data_i,
  input  logic        store_valid_i,
  input  logic [4:0]  store_row_i,
  input  logic        store_word_i,
  output logic [63:0] store_data_o,
  // dopamine: what is expected of the sample that follows
  input  logic        dopamine_valid_i,
  output logic        dopamine_ready_o,
  input  logic [1:0]  dopamine_class_i,
  input  logic        dopamine_learn_i,
  input  logic [31:0] dopamine_number_i,  // of the sample; stochastic rounding depends on it
  // spikes of the inputs
  input  logic        event_valid_i,
  output logic        event_ready_o,
  input  logic [1:0]  event_kind_i,
  input  logic [4:0]  event_row_i,
  // spikes of the neurons
  output logic        event_valid_o,
  input  logic        event_ready_i,
  output logic [1:0]  event_kind_o,
  output logic [3:0]  event_neuron_o
);
  // ---- the layer ----
  localparam int Inputs   = 24;
  localparam int Neurons  = 16;
  localparam int Lanes    = 8;
  localparam int Steps    = 5;
  localparam int Classes  = 4;
  localparam int RowWords = Neurons / Lanes;

  // The descriptor that the kernel would read from the program block. Fields that are not set are 0: no bias, learning from the last step,
  // the trit as postsynaptic part, no presynaptic trace.
  localparam int DescriptorBits = 8 * phasic_pkg::LayerGrid;
  localparam logic [DescriptorBits-1:0] Descriptor =
      DescriptorBits'(Neurons) << 8 * phasic_pkg::LayerNeurons |
      DescriptorBits'(60) << 8 * phasic_pkg::LayerThreshold |
      DescriptorBits'(20) << 8 * phasic_pkg::LayerWindow |
      DescriptorBits'(32768) << 8 * phasic_pkg::LayerLeak |  // half of the potential stays: in 1/65536
      DescriptorBits'(phasic_pkg::FactorLevel) << 8 * phasic_pkg::LayerFactor |
      DescriptorBits'(phasic_pkg::RoundingNearest) << 8 * phasic_pkg::LayerRounding |
      DescriptorBits'(6000) << 8 * phasic_pkg::LayerRate |
      DescriptorBits'(1) << 8 * phasic_pkg::LayerFactorShift;

  // ---- the engine ----
  logic [15:0] event_index;
  assign event_neuron_o = event_index[3:0];

  // Ports of other layers' affairs: values of graded samples, scores, the trace of potentials, the retrograde signal, counters, flipped bits.
  logic            score_valid, score_last, trace_valid, trace_last, event_waits, retrograde_valid, memory_corrected, memory_failed;
  logic [7:0]      event_value;
  logic [15:0]     record_label, record_prediction, trace_data;
  logic [31:0]     score, record_number, record_spikes, state;
  logic [16*48-1:0] counters;
  logic [phasic_pkg::RetrogradeMessageWidth-1:0] retrograde;
  logic [phasic_pkg::MemoryKindBits+phasic_pkg::MemoryWordBits-1:0] memory_word;
  logic            unused_bits;
  assign unused_bits = ^{event_index, event_value, score_valid, score_last, score, record_number, record_label, record_prediction,
                         record_spikes, trace_valid, trace_last, trace_data, event_waits, counters, state, retrograde_valid, retrograde,
                         memory_corrected, memory_failed, memory_word};

  phasic_layer_engine #(
    .Layer      (0),
    .Lanes      (Lanes),
    .WeightWidth(8),
    .MaxRows    (Inputs),
    .MaxNeurons (Neurons),
    .MaxClasses (Classes),
    .MaxOutputs (Neurons),
    .WeightDepth(Inputs * RowWords),
    .Rules      (0)
  ) u_engine (
    .clk_i,
    .rst_ni,
    .clear_i,
    .ready_o,
    .seed_i             (64'd1),
    .steps_i            (6'(Steps)),
    .classes_i          (16'(Classes)),
    .trace_i            (1'b0),
    .graded_i           (1'b0),
    .keep_i             (1'b0),
    .output_layer_i     (1'b0),
    .descriptor_i       (Descriptor),
    .sources_i          (16'(Inputs)),
    .rows_i             (16'(Inputs)),
    .row_width_i        (16'(Neurons)),
    .row_words_i        (16'(RowWords)),
    .neuron_words_i     (16'(RowWords)),
    .sum_words_i        (32'(RowWords)),
    .load_weight_i,
    .load_level_i,
    .load_address_i     (32'({load_row_i, load_word_i})),
    .load_data_i,
    .load_offsets_i     (1'b0),
    .load_memory_data_i (1'b0),
    .store_valid_i,
    .store_address_i    (32'({store_row_i, store_word_i})),
    .store_data_o,
    .dopamine_valid_i,
    .dopamine_ready_o,
    .dopamine_class_i   (16'(dopamine_class_i)),
    .dopamine_learn_i,
    .dopamine_gated_i   (1'b0),
    .dopamine_restart_i (1'b0),
    .dopamine_number_i,
    .event_valid_i,
    .event_ready_o,
    .event_kind_i,
    .event_index_i      (16'(event_row_i)),
    .event_value_i      (8'd1),
    .event_valid_o,
    .event_ready_i,
    .event_kind_o,
    .event_index_o      (event_index),
    .event_value_o      (event_value),
    .count_valid_i      (1'b0),
    .count_i            (8'd0),
    .count_last_i       (1'b0),
    .count_number_i     (32'd0),
    .retrograde_valid_i (1'b0),
    .retrograde_i       ({phasic_pkg::RetrogradeMessageWidth{1'b0}}),
    .retrograde_sends_i (1'b0),
    .retrograde_shift_i (6'd0),
    .retrograde_valid_o (retrograde_valid),
    .retrograde_o       (retrograde),
    .score_valid_o      (score_valid),
    .score_ready_i      (1'b1),
    .score_o            (score),
    .score_last_o       (score_last),
    .record_number_o    (record_number),
    .record_label_o     (record_label),
    .record_prediction_o(record_prediction),
    .record_spikes_o    (record_spikes),
    .trace_valid_o      (trace_valid),
    .trace_ready_i      (1'b1),
    .trace_data_o       (trace_data),
    .trace_last_o       (trace_last),
    .core_busy_i        (busy_o),
    .scattering_i       (1'b0),
    .busy_o,
    .event_waits_o      (event_waits),
    .counters_o         (counters),
    .state_o            (state),
    .memory_corrected_o (memory_corrected),
    .memory_failed_o    (memory_failed),
    .memory_word_o      (memory_word)
  );
endmodule

`default_nettype wire
