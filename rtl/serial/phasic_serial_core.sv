// SPDX-License-Identifier: Apache-2.0
// One layer engine that works through the layers of a network in turn: encodes, integrates, fires and learns a sample, which is a job in its own
// memory. Only the synapse memory, the sums and the updates have several lanes; neurons and factors take a neuron a cycle. For devices with few and
// wide memories, and without a shell: a byte bus reaches weights, jobs, levels, states and control (section 8 of docs/specification.md).
//
// Handshake: bus_write_i writes a byte at once; bus_read_i asks for a byte, which is on bus_read_data_o four cycles later and holds. Neither may
//            follow the other or itself within four cycles. While busy_o is 1 only jobs may be written and only control be read.
// Latency:   a row of events occupies the lanes for as many cycles as it has words. Its update takes two cycles a word, in a layer that learns from
//            all steps a cycle a neuron, and a few more; a step takes besides a cycle a neuron and about sixteen.
// Parameters: Lanes, 2, 4, 8 or 16.
`default_nettype none

module phasic_serial_core #(
  parameter int Lanes = 8
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        bus_write_i,
  input  logic        bus_read_i,
  input  logic [23:0] bus_address_i,
  input  logic [7:0]  bus_write_data_i,
  output logic [7:0]  bus_read_data_o,
  output logic        busy_o
);
  localparam int WeightWidth  = 8;
  localparam int MaxNeurons   = phasic_pkg::SerialNeurons;
  localparam int MaxOutputs   = phasic_pkg::SerialOutputs;
  localparam int RowBits      = 10;
  localparam int NeuronBits   = $clog2(MaxNeurons);
  localparam int LaneBits     = $clog2(Lanes);
  localparam int Words        = MaxNeurons / Lanes;
  localparam int WordBits     = $clog2(Words);
  localparam int WeightDepth  = phasic_pkg::SerialWeights / Lanes;
  localparam int AddressBits  = $clog2(WeightDepth);
  localparam int LevelBits    = $clog2(phasic_pkg::SerialLevels);
  localparam int HistoryBits  = $clog2(phasic_pkg::SerialHistoryRows);
  localparam int FactorWidth  = phasic_pkg::FactorWidth + 1;
  localparam int SumWidth     = 18;
  localparam int JobBits      = $clog2(phasic_pkg::SerialJobSpace);
  localparam int JobStart     = phasic_pkg::SerialJobFlags;  // what job_q holds of a job begins here
  localparam int CountWidth   = 6;

  initial begin
    if (Lanes != 2 && Lanes != 4 && Lanes != 8 && Lanes != 16) $fatal(1, "phasic_serial_core: Lanes must be 2, 4, 8 or 16");
    if ((phasic_pkg::SerialInputs + 1) * 128 > (1 << (SumWidth - 1))) $fatal(1, "phasic_serial_core: sums do not hold every row");
    if (phasic_pkg::SerialInputs + phasic_pkg::SerialJobBytes > phasic_pkg::SerialJobSpace) $fatal(1, "phasic_serial_core: a job is larger than its memory");
  end

  // ---- bus ----
  logic               start, weights_write, weights_read, jobs_write, jobs_read, levels_write, states_read;
  logic [8*Lanes-1:0] weights_q;
  logic [7:0]         job_byte;
  logic [21:0]        read_out;
  logic [23:0]        cycles;
  logic [255:0]       counters;

  phasic_serial_bus #(.Lanes(Lanes)) u_bus (
    .clk_i,
    .rst_ni,
    .bus_write_i,
    .bus_read_i,
    .bus_address_i,
    .bus_write_data_i,
    .bus_read_data_o,
    .busy_i         (busy_o),
    .start_o        (start),
    .weights_write_o(weights_write),
    .weights_read_o (weights_read),
    .jobs_write_o   (jobs_write),
    .jobs_read_o    (jobs_read),
    .levels_write_o (levels_write),
    .states_read_o  (states_read),
    .weights_i      (weights_q),
    .job_byte_i     (job_byte),
    .state_i        (32'(read_out)),
    .cycles_i       (cycles),
    .counters_i     (counters)
  );

  // ---- the job: its constants, shifted in byte by byte ----
  logic         half, layer_number, load_read, load_job, load_key, load_layer;
  logic [5:0]   load_offset;
  logic [63:0]  job_q, key_q;
  logic [127:0] layer_q;

  logic                  learn, two_layers, last_layer, all_steps, nearest, bias, learns, keep_history, scanning;
  logic [4:0]            last_step, step;
  logic [RowBits-1:0]    last_row, last_input;
  logic [15:0]           label;
  logic [AddressBits-1:0] weight_base;
  logic [LevelBits-1:0]  level_base;
  logic [NeuronBits-1:0] last_neuron;
  logic [WordBits-1:0]   last_word;
  logic [1:0]            factor;

  assign learn        = job_q[8*(phasic_pkg::SerialJobFlags - JobStart)];
  assign two_layers   = job_q[8*(phasic_pkg::SerialJobFlags - JobStart) + 1];
  assign last_step    = job_q[8*(phasic_pkg::SerialJobLastStep - JobStart) +: 5];
  assign label        = job_q[8*(phasic_pkg::SerialJobLabel - JobStart) +: 16];
  assign last_input   = job_q[8*(phasic_pkg::SerialJobInputs - JobStart) +: RowBits] - 1'b1;
  assign last_layer   = layer_number == two_layers;
  assign all_steps    = layer_q[8*phasic_pkg::SerialLayerModes + phasic_pkg::SerialLayerModesSpanBit];
  assign nearest      = layer_q[8*phasic_pkg::SerialLayerModes + phasic_pkg::SerialLayerModesRoundingBit];
  assign bias         = layer_q[8*phasic_pkg::SerialLayerModes + phasic_pkg::SerialLayerModesBiasBit];
  assign last_row     = layer_q[8*phasic_pkg::SerialLayerLastRow +: RowBits];
  assign weight_base  = AddressBits'(layer_q[8*phasic_pkg::SerialLayerWeightBase +: 16]);
  assign level_base   = layer_q[8*phasic_pkg::SerialLayerLevelBase +: LevelBits];
  assign last_neuron  = layer_q[8*phasic_pkg::SerialLayerLastNeuron +: NeuronBits];
  assign factor       = layer_q[8*phasic_pkg::SerialLayerLearning + phasic_pkg::SerialLayerLearningFactorBit +: 2];
  assign last_word    = last_neuron[NeuronBits-1:LaneBits];
  assign learns       = learn && factor != 2'(phasic_pkg::FactorFrozen);
  assign keep_history = learns && all_steps;

  // ---- permutation, shared by encoder and walk ----
  logic        permute_start, permute_busy, encode_permute, walk_permute;
  logic [15:0] permute_x, permute_y, encode_x, encode_y, random_x, random_y;
  logic [RowBits-1:0] walk_row;

  assign permute_start = encode_permute || walk_permute;
  assign permute_x     = encode_permute ? encode_x : 16'd0;
  assign permute_y     = encode_permute ? encode_y : 16'(walk_row);

  phasic_permute_serial u_permute (
    .clk_i,
    .rst_ni,
    .start_i(permute_start),
    .key_i  (key_q),
    .x_i    (permute_x),
    .y_i    (permute_y),
    .busy_o (permute_busy),
    .x_o    (random_x),
    .y_o    (random_y)
  );

  // ---- encoder ----
  logic               encode_start, encode_busy, encode_read, encode_write;
  logic [2:0]         encode_group;
  logic [RowBits-1:0] encode_input;
  logic [RowBits-4:0] encode_word, encoded_words;
  logic [31:0]        encode_spikes;

  phasic_serial_encoder #(.InputBits(RowBits)) u_encoder (
    .clk_i,
    .rst_ni,
    .clear_i       (start),
    .start_i       (encode_start),
    .group_i       (encode_group),
    .last_input_i  (last_input),
    .busy_o        (encode_busy),
    .words_o       (encoded_words),
    .read_o        (encode_read),
    .input_o       (encode_input),
    .value_i       (job_byte),
    .permute_o     (encode_permute),
    .permute_x_o   (encode_x),
    .permute_y_o   (encode_y),
    .permute_busy_i(permute_busy),
    .permute_x_i   (random_x),
    .permute_y_i   (random_y),
    .write_o       (encode_write),
    .write_word_o  (encode_word),
    .write_data_o  (encode_spikes)
  );

  // ---- memory of jobs ----
  logic               job_read;
  logic [JobBits-1:0] job_offset;

  assign job_read   = load_read || encode_read || jobs_read;
  assign job_offset = encode_read ? JobBits'(encode_input) + JobBits'(phasic_pkg::SerialJobBytes) :
                      load_read   ? JobBits'(load_offset) : bus_address_i[JobBits-1:0];

  phasic_ram #(
    .Width(8),
    .Depth(2 * phasic_pkg::SerialJobSpace)
  ) u_jobs (
    .clk_i,
    .write_i        (jobs_write),
    .write_address_i(bus_address_i[JobBits:0]),
    .write_data_i   (bus_write_data_i),
    .read_i         (job_read),
    .read_address_i ({busy_o ? half : bus_address_i[JobBits], job_offset}),
    .read_data_o    (job_byte)
  );

  // ---- spikes: of the encoder, and of the first layer for the second ----
  logic               scan_start, scan_read, scan_done, row_valid, row_ready, encoded;
  logic [RowBits-4:0] scan_word;
  logic [RowBits-1:0] scan_row;
  logic [31:0]        encoded_spikes;
  logic [7:0]         layer_spikes, scan_spikes, spikes_in;
  logic               spikes_write;
  logic [3:0]         spikes_word;

  phasic_ram #(
    .Width(32),
    .Depth(256)
  ) u_encoded (
    .clk_i,
    .write_i        (encode_write),
    .write_address_i({encode_group[0], encode_word}),
    .write_data_i   (encode_spikes),
    .read_i         (scan_read),
    .read_address_i ({step[2], scan_word}),
    .read_data_o    (encoded_spikes)
  );

  phasic_ram #(
    .Width(8),
    .Depth(512)
  ) u_spikes (
    .clk_i,
    .write_i        (spikes_write),
    .write_address_i({step, spikes_word}),
    .write_data_i   (spikes_in),
    .read_i         (scan_read),
    .read_address_i ({step, scan_word[3:0]}),
    .read_data_o    (layer_spikes)
  );

  assign scan_spikes = layer_number ? layer_spikes : encoded_spikes[8*step[1:0] +: 8];

  phasic_spike_scan #(
    .RowBits(RowBits)
  ) u_scan (
    .clk_i,
    .rst_ni,
    .clear_i    (start),
    .start_i    (scan_start),
    .bias_i     (bias),
    .last_row_i (last_row),
    .read_o     (scan_read),
    .word_o     (scan_word),
    .ready_i    (encoded || (encode_busy && encoded_words > scan_word)),
    .spikes_i   (scan_spikes),
    .row_valid_o(row_valid),
    .row_ready_i(row_ready),
    .row_o      (scan_row),
    .done_o     (scan_done)
  );

  // ---- rows: address, history ----
  logic                   issue, issue_first, row_taken, clear, merge, walk_read, walk_found;
  logic [WordBits-1:0]    issue_word;
  logic [AddressBits-1:0] row_address_q;
  logic [RowBits-1:0]     history_row;  // of clearing and of the walk
  logic [HistoryBits-1:0] merge_row_q;
  logic [31:0]            history, step_bit;

  assign walk_row  = walk_found ? history_row : scan_row;
  assign row_taken = row_valid && row_ready;
  assign step_bit  = 32'd1 << step;

  phasic_ram #(
    .Width(32),
    .Depth(phasic_pkg::SerialHistoryRows)
  ) u_history (
    .clk_i,
    .write_i        (clear || merge),
    .write_address_i(merge ? merge_row_q : history_row[HistoryBits-1:0]),
    .write_data_i   (merge ? history | step_bit : 32'd0),
    .read_i         ((row_taken && keep_history && scanning) || (walk_read && keep_history)),
    .read_address_i (walk_read ? history_row[HistoryBits-1:0] : scan_row[HistoryBits-1:0]),
    .read_data_o    (history)
  );

  // ---- sums ----
  logic [NeuronBits-1:0]     neuron, neuron1_q, neuron2_q, neuron3_q, neuron4_q, neuron5_q, last_swept, last_updated;
  logic                      sweep, sweep0, factor0;
  logic [3:0]                sweep_valid;
  logic [1:0]                factor_valid;
  logic [Lanes*FactorWidth-1:0] sums;  // or factors
  logic [FactorWidth-1:0]    sum_q;
  logic [Lanes*8-1:0]        weight_memory;

  assign last_swept   = last_neuron | NeuronBits'((Lanes > 8) ? Lanes - 1 : 7);
  assign last_updated = last_neuron | NeuronBits'(Lanes - 1);

  // Factors lie where the sums did, so that updates read as sweeps do.
  logic                           hand_over, hand_over_q, update, trit_read, factor_read, factors_read, factor_written;
  logic [NeuronBits-1:0]          update_neuron, factor_neuron, read_neuron;
  logic [NeuronBits-LaneBits-1:0] factors_word;
  logic [FactorWidth-1:0]         factor_new;
  logic [LaneBits-1:0]            read_lane_q, weights_limited;

  logic unused_blank;
  phasic_accumulators #(
    .Lanes      (Lanes),
    .WeightWidth(WeightWidth),
    .SumWidth   (SumWidth),
    .FillWidth  (FactorWidth),
    .Words      (Words),
    .OnePort    (1'b1)
  ) u_accumulators (
    .clk_i,
    .rst_ni,
    .sparse_i(1'b0), .clearing_i(1'b0), .clear_word_i((NeuronBits - LaneBits)'(0)),  // of convolutions
    .issue_i      (issue),
    .issue_bank_i (1'b0),
    .issue_first_i(issue_first),
    .issue_word_i (issue_word),
    .issue_value_i(8'd1),
    .weights_i    (weights_q),
    .fill_i       (factor_written),
    .fill_word_i  (factor_neuron[NeuronBits-1:LaneBits]),
    .fill_lane_i  (factor_neuron[LaneBits-1:0]),
    .fill_value_i (factor_new),
    .sweep_read_i (sweep || factor_read || factors_read),
    .sweep_bank_i (1'b0),
    .sweep_word_i (factor_read ? read_neuron[NeuronBits-1:LaneBits] : factors_read ? factors_word : neuron[NeuronBits-1:LaneBits]),
    .sums_o       (sums),
    .blank_o      (unused_blank)
  );

  // ---- neurons ----
  logic        spike, potential_limited, plus, minus, read_out_q;
  logic [5:0]  count;
  logic [63:0] trits;
  logic [CountWidth-1:0]  unused_value;
  logic [7:0]             unused_state;

  phasic_neurons #(
    .Lanes    (1),
    .SumWidth (SumWidth),
    .Words    (MaxNeurons),
    .Outputs  (1),
    .TritWords(MaxOutputs),
    .OnePort  (1'b1)
  ) u_neurons (
    .clk_i,
    .graded_i       (1'b0),
    .threshold_i    ($signed(layer_q[8*phasic_pkg::SerialLayerThreshold +: 16])),
    .window_i       ($signed(layer_q[8*phasic_pkg::SerialLayerWindow +: 16])),
    .leak_i         ({layer_q[8*phasic_pkg::SerialLayerModes +: 9], 8'd0}),
    .reset_i        (2'(phasic_pkg::ResetZero)),
    .input_shift_i  (layer_q[8*phasic_pkg::SerialLayerModes + phasic_pkg::SerialLayerModesInputShiftBit +: 4]),
    .post_i         (2'(phasic_pkg::PostTrit)),
    .keep_trits_i   (keep_history),
    .read_i         (sweep0 || factor0 || states_read),
    .valid_i        (sweep_valid),
    .word0_i        (busy_o ? neuron1_q : bus_address_i[2 +: NeuronBits]),
    .word3_i        (neuron4_q),
    .word4_i        (neuron5_q),
    .first_i        (step == 5'd0),
    .fresh_i        (step == 5'd0),
    .silent_i       (issue_first),
    .step_i         (step_bit),
    .enabled3_i     (neuron4_q <= last_neuron),
    .open3_i        (1'b1),
    .sums_i         (sum_q[SumWidth-1:0]),
    .spikes_o       (spike),
    .values_o       (unused_value),
    .limited_o      (potential_limited),
    .counts_o       (count),
    .plus_o         (plus),
    .minus_o        (minus),
    .read_out_i     (read_out_q),
    .read_out_lane_i(1'b0),
    .read_out_o     (read_out),
    .trit_read_i    (trit_read),
    .trit_word_i    (update_neuron),
    .trits_o        (trits),
    .load_i         (1'b0),
    .load_row_i     (2'd0),
    .load_word_i    (NeuronBits'(0)),
    .load_data_i    (8'd0),
    .store_i        (1'b0),
    .store_row_i    (2'd0),
    .store_word_i   (NeuronBits'(0)),
    .stored_o       (unused_state)
  );

  // Spikes of eight neurons make a word for the next layer.
  logic [6:0] spikes_q;
  assign spikes_in    = {spike, spikes_q};
  assign spikes_word  = neuron5_q[NeuronBits-1:3];
  assign spikes_write = sweep_valid[3] && neuron5_q[2:0] == 3'd7 && !layer_number;

  // ---- factors, which take the place of the sums ----
  logic                   unused_positive, unused_failed;
  logic [LevelBits-1:0]   unused_level;

  phasic_factors #(
    .Lanes      (1),
    .Words      (MaxNeurons),
    .LevelDepth (phasic_pkg::SerialLevels),
    .Relaxed    (1'b1),
    .Kept       (1'b0)
  ) u_factors (
    .clk_i, .rst_ni(1'b1), .error_i(factor == 2'(phasic_pkg::FactorError)), .feedback_i(1'b0), .all_steps_i(all_steps),
    .rate_i(layer_q[8*phasic_pkg::SerialLayerRate +: 16]), .shift_i(layer_q[8*phasic_pkg::SerialLayerLearning +: 4]),
    .full_i(CountWidth'(last_step) + 1'b1), .load_i(levels_write), .load_address_i(bus_address_i[LevelBits-1:0]), .load_data_i(bus_write_data_i),
    .levels_used_i(1'b0), .levels_failed_o(unused_failed), .failed_level_o(unused_level), .add_i(1'b0), .add_first_i(1'b0),
    .add_word_i(NeuronBits'(0)), .add_address_i(LevelBits'(0)), .add_error_i((CountWidth + 1)'(0)), .valid0_i(factor0), .valid_i(factor_valid),
    .word0_i(neuron1_q), .word2_i(neuron3_q), .class_i(label), .base0_i(16'd0), .class_address_i(level_base), .counts_i(count), .plus_i(plus),
    .minus_i(minus), .enabled2_i(neuron3_q <= last_neuron), .shares_i(1'b0), .update_read_i(1'b0), .update_word_i(NeuronBits'(0)),
    .factors_o(factor_new), .written_o(factor_written), .written_word_o(factor_neuron), .positive_o(unused_positive)
  );

  // ---- updates ----
  logic                   update_read, update_write, limited_valid;
  logic [Lanes/2-1:0]     limited;
  logic [AddressBits-1:0] update_read_address, update_write_address, update_address_q;
  logic [8*Lanes-1:0]     updated;
  logic [15:0]            update_x_q, update_y_q;
  logic [31:0]            update_history_q;

  phasic_serial_updates #(
    .Lanes      (Lanes),
    .WeightWidth(WeightWidth),
    .NeuronBits (NeuronBits),
    .AddressBits(AddressBits)
  ) u_updates (
    .clk_i,
    .rst_ni,
    .all_steps_i    (all_steps),
    .nearest_i      (nearest),
    .valid_i        (update),
    .neuron_i       (update_neuron),
    .row_address_i  (update_address_q),
    .row_x_i        (update_x_q),
    .row_y_i        (update_y_q),
    .trit_read_o    (trit_read),
    .history_i      (update_history_q),
    .trits_i        (trits),
    .factor_read_o  (factor_read),
    .factor_neuron_o(read_neuron),
    .factor_i       (sum_q),
    .factors_read_o (factors_read),
    .factors_word_o (factors_word),
    .factors_i      (sums),
    .read_o         (update_read),
    .read_address_o (update_read_address),
    .weights_i      (weights_q),
    .write_o        (update_write),
    .write_address_o(update_write_address),
    .weights_o      (updated),
    .limited_valid_o(limited_valid),
    .limited_o      (limited)
  );

  assign weights_limited = limited_valid ? LaneBits'($countones(limited)) : '0;

  // ---- synapse memory ----
  logic                   weight_read, weight_read_q;
  logic [AddressBits-1:0] weight_address;
  logic [Lanes-1:0]       bus_lane;

  assign weight_read      = issue || update_read || weights_read;
  assign weight_address   = update_write ? update_write_address : issue ? row_address_q + AddressBits'(issue_word) :
                            update_read ? update_read_address : bus_address_i[LaneBits +: AddressBits];
  assign bus_lane         = Lanes'(1) << bus_address_i[LaneBits-1:0];

  phasic_serial_weights #(
    .Bytes(Lanes),
    .Depth(WeightDepth)
  ) u_weights (
    .clk_i,
    .read_i       (weight_read),
    .write_i      (update_write || weights_write),
    .address_i    (weight_address),
    .write_bytes_i(update_write ? '1 : bus_lane),
    .write_data_i (update_write ? updated : {Lanes{bus_write_data_i}}),
    .read_data_o  (weight_memory)
  );

  always_ff @(posedge clk_i) begin
    weight_read_q <= weight_read;
    if (weight_read_q) weights_q <= weight_memory;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) read_out_q <= 1'b0;
    else read_out_q <= states_read;
  end

  // ---- order of work ----
  phasic_serial_order #(
    .Lanes     (Lanes),
    .RowBits   (RowBits),
    .NeuronBits(NeuronBits)
  ) u_order (
    .clk_i,
    .rst_ni,
    .start_i       (start),
    .half_i        (bus_write_data_i[1]),
    .busy_o,
    .half_o        (half),
    .last_layer_i  (last_layer),
    .learns_i      (learns),
    .all_steps_i   (all_steps),
    .last_step_i   (last_step),
    .last_row_i    (last_row),
    .last_word_i   (last_word),
    .last_swept_i  (last_swept),
    .last_updated_i(last_updated),
    .load_read_o   (load_read),
    .load_offset_o (load_offset),
    .load_job_o    (load_job),
    .load_key_o    (load_key),
    .load_layer_o  (load_layer),
    .layer_o       (layer_number),
    .step_o        (step),
    .encode_start_o(encode_start),
    .encode_group_o(encode_group),
    .encode_busy_i (encode_busy),
    .encoded_o     (encoded),
    .scan_start_o  (scan_start),
    .scan_done_i   (scan_done),
    .row_valid_i   (row_valid),
    .row_ready_o   (row_ready),
    .scanning_o    (scanning),
    .issue_o       (issue),
    .issue_first_o (issue_first),
    .issue_word_o  (issue_word),
    .clear_o       (clear),
    .merge_o       (merge),
    .walk_read_o   (walk_read),
    .walk_found_o  (walk_found),
    .history_row_o (history_row),
    .history_i     (history),
    .permute_o     (walk_permute),
    .permute_busy_i(permute_busy),
    .neuron_o      (neuron),
    .sweep_o       (sweep),
    .sweep0_o      (sweep0),
    .sweep_valid_o (sweep_valid),
    .factor0_o     (factor0),
    .factor_valid_o(factor_valid),
    .hand_over_o   (hand_over),
    .update_o      (update),
    .update_neuron_o(update_neuron)
  );

  always_ff @(posedge clk_i) begin
    if (load_job) job_q <= {job_byte, job_q[63:8]};
    if (load_key) key_q <= {job_byte, key_q[63:8]};
    if (load_layer) layer_q <= {job_byte, layer_q[127:8]};
    if (row_taken || walk_permute)
      row_address_q <= weight_base + AddressBits'(32'(walk_row) * (32'(last_word) + 32'd1));
    merge_row_q <= scan_row[HistoryBits-1:0];
    neuron1_q   <= neuron;
    neuron2_q   <= neuron1_q;
    neuron3_q   <= neuron2_q;
    neuron4_q   <= neuron3_q;
    neuron5_q   <= neuron4_q;
    hand_over_q <= hand_over;
    if (hand_over_q) begin
      update_address_q <= row_address_q;
      update_history_q <= history;
      update_x_q       <= random_x;
      update_y_q       <= random_y;
    end
    // The sums are read a cycle before the states, so that choosing a lane has a cycle of its own.
    read_lane_q <= factor_read ? read_neuron[LaneBits-1:0] : neuron[LaneBits-1:0];
    sum_q       <= sums[FactorWidth*read_lane_q +: FactorWidth];
    if (sweep_valid[3]) spikes_q <= spikes_in[7:1];
  end

  // ---- counters of each layer ----
  phasic_serial_counters #(.LimitedBits(LaneBits)) u_counters (
    .clk_i,
    .rst_ni,
    .start_i            (start),
    .busy_i             (busy_o),
    .layer_i            (layer_number),
    .row_issued_i       (scanning && row_taken),
    .row_walked_i       (walk_permute),
    .swept_i            (sweep_valid[3]),
    .spike_i            (spike),
    .potential_limited_i(potential_limited),
    .weights_limited_i  (weights_limited),
    .cycles_o           (cycles),
    .counters_o         (counters)
  );

  logic unused_bits;
  assign unused_bits = ^{unused_value, unused_positive, job_q, layer_q, bus_address_i};
endmodule

`default_nettype wire
