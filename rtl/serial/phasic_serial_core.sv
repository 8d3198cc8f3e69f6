// SPDX-License-Identifier: Apache-2.0
// One layer engine that works through the layers of a network in turn: encodes, integrates, fires and learns a sample, which is a job in its own
// memory. Only the synapse memory and the sums have several lanes; neurons, factors and updates take a neuron a cycle. For devices with few and
// wide memories, and without a shell: a byte bus reaches weights, jobs, levels, states and control (section 8 of docs/specification.md).
//
// Handshake: bus_write_i writes a byte at once; bus_read_i asks for a byte, which is on bus_read_data_o four cycles later and holds. Neither may
//            follow the other or itself within four cycles. While busy_o is 1 only jobs may be written and only control be read.
// Latency:   a row of events occupies the lanes for as many cycles as it has words, its update takes a cycle a neuron and about twelve more; a
//            step takes besides a cycle a neuron and about sixteen.
// Parameters: Lanes, 2, 4 or 8.
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
    if (Lanes != 2 && Lanes != 4 && Lanes != 8) $fatal(1, "phasic_serial_core: Lanes must be 2, 4 or 8");
    if ((phasic_pkg::SerialInputs + 1) * 128 > (1 << (SumWidth - 1))) $fatal(1, "phasic_serial_core: sums do not hold every row");
    if (phasic_pkg::SerialInputs + phasic_pkg::SerialJobBytes > phasic_pkg::SerialJobSpace) $fatal(1, "phasic_serial_core: a job is larger than its memory");
  end

  typedef enum logic [3:0] {
    CoreIdle, CoreLoad, CoreClear, CoreEncode, CoreScan, CoreSettle, CoreSweep, CoreSwept, CoreFactors, CoreFactored, CoreRow, CoreHistory, CoreHash,
    CoreUpdate, CoreDrain
  } state_e;
  typedef enum logic [1:0] {LoadJob, LoadKey, LoadLayer} load_e;
  state_e state_q;
  load_e  load_q;

  // ---- bus ----
  logic       space_weights, space_jobs, space_levels, space_states, space_control, start;
  logic [3:0] bus_space_q;
  logic [5:0] bus_offset_q;
  logic [2:0] bus_read_q;

  assign space_weights = bus_address_i[23:20] == 4'(phasic_pkg::SerialSpaceWeights);
  assign space_jobs    = bus_address_i[23:20] == 4'(phasic_pkg::SerialSpaceJobs);
  assign space_levels  = bus_address_i[23:20] == 4'(phasic_pkg::SerialSpaceLevels);
  assign space_states  = bus_address_i[23:20] == 4'(phasic_pkg::SerialSpaceStates);
  assign space_control = bus_address_i[23:20] == 4'(phasic_pkg::SerialSpaceControl);
  assign busy_o        = state_q != CoreIdle;
  assign start         = bus_write_i && space_control && bus_address_i[5:0] == 6'(phasic_pkg::SerialControlCommand) && bus_write_data_i[0] && !busy_o;

  // ---- the job: its constants, shifted in byte by byte ----
  logic         half_q, layer_number_q, learning_q, load_valid_q;
  logic [4:0]   load_left_q;
  logic [5:0]   load_offset_q;
  logic [63:0]  job_q, key_q;
  logic [127:0] layer_q;
  logic [7:0]   job_byte;
  logic         load_read, load_done;

  assign load_read = state_q == CoreLoad && load_left_q != 5'd0;
  assign load_done = state_q == CoreLoad && load_left_q == 5'd0 && !load_valid_q;

  logic                  learn, two_layers, last_layer, all_steps, nearest, bias, learns, keep_history;
  logic [4:0]            last_step, step_q;
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
  assign last_layer   = layer_number_q == two_layers;
  assign all_steps    = layer_q[8*phasic_pkg::SerialLayerModes + phasic_pkg::SerialSpanBit];
  assign nearest      = layer_q[8*phasic_pkg::SerialLayerModes + phasic_pkg::SerialRoundingBit];
  assign bias         = layer_q[8*phasic_pkg::SerialLayerModes + phasic_pkg::SerialBiasBit];
  assign last_row     = layer_q[8*phasic_pkg::SerialLayerLastRow +: RowBits];
  assign weight_base  = AddressBits'(layer_q[8*phasic_pkg::SerialLayerWeightBase +: 16]);
  assign level_base   = layer_q[8*phasic_pkg::SerialLayerLevelBase +: LevelBits];
  assign last_neuron  = layer_q[8*phasic_pkg::SerialLayerLastNeuron +: NeuronBits];
  assign factor       = layer_q[8*phasic_pkg::SerialLayerLearning + phasic_pkg::SerialFactorBit +: 2];
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

  // ---- encoder: up to two groups of four steps ahead of the scan ----
  logic               encode_start, encode_busy, encode_read, encode_write;
  logic [3:0]         encoded_q;  // groups that are complete
  logic               encode_busy_q, encoding;
  logic [RowBits-1:0] encode_input;
  logic [RowBits-4:0] encode_word;
  logic [31:0]        encode_spikes;
  logic               encode_more;

  // The key and the memory of jobs are the encoder's while the first layer integrates.
  assign encoding     = !layer_number_q && (state_q == CoreClear || state_q == CoreEncode || state_q == CoreScan || state_q == CoreSettle ||
                                            state_q == CoreSweep || state_q == CoreSwept) && !learning_q;
  assign encode_more  = encoded_q <= 4'(step_q[4:2]) + 4'd1 && encoded_q <= 4'(last_step[4:2]);
  assign encode_start = encoding && !encode_busy && !encode_busy_q && encode_more;

  phasic_serial_encoder #(
    .InputBits(RowBits)
  ) u_encoder (
    .clk_i,
    .rst_ni,
    .clear_i       (start),
    .start_i       (encode_start),
    .group_i       (encoded_q[2:0]),
    .last_input_i  (last_input),
    .busy_o        (encode_busy),
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

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      encode_busy_q <= 1'b0;
      encoded_q     <= '0;
    end else if (start) begin
      encode_busy_q <= 1'b0;
      encoded_q     <= '0;
    end else begin
      encode_busy_q <= encode_busy;
      if (encode_busy_q && !encode_busy) encoded_q <= encoded_q + 1'b1;
    end
  end

  // ---- memory of jobs ----
  logic               job_read;
  logic [JobBits-1:0] job_offset;

  assign job_read   = load_read || encode_read || (bus_read_i && space_jobs && !busy_o);
  assign job_offset = encode_read ? JobBits'(encode_input) + JobBits'(phasic_pkg::SerialJobBytes) :
                      load_read   ? JobBits'(load_offset_q) : bus_address_i[JobBits-1:0];

  phasic_ram #(
    .Width(8),
    .Depth(2 * phasic_pkg::SerialJobSpace)
  ) u_jobs (
    .clk_i,
    .write_i        (bus_write_i && space_jobs),
    .write_address_i(bus_address_i[JobBits:0]),
    .write_data_i   (bus_write_data_i),
    .read_i         (job_read),
    .read_address_i ({busy_o ? half_q : bus_address_i[JobBits], job_offset}),
    .read_data_o    (job_byte)
  );

  // ---- spikes: of the encoder, and of the first layer for the second ----
  logic               scan_start, scan_read, scan_done, row_valid, row_ready;
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
    .write_address_i({encoded_q[0], encode_word}),
    .write_data_i   (encode_spikes),
    .read_i         (scan_read),
    .read_address_i ({step_q[2], scan_word}),
    .read_data_o    (encoded_spikes)
  );

  phasic_ram #(
    .Width(8),
    .Depth(512)
  ) u_spikes (
    .clk_i,
    .write_i        (spikes_write),
    .write_address_i({step_q, spikes_word}),
    .write_data_i   (spikes_in),
    .read_i         (scan_read),
    .read_address_i ({step_q, scan_word[3:0]}),
    .read_data_o    (layer_spikes)
  );

  assign scan_spikes = layer_number_q ? layer_spikes : encoded_spikes[8*step_q[1:0] +: 8];

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
    .spikes_i   (scan_spikes),
    .row_valid_o(row_valid),
    .row_ready_i(row_ready),
    .row_o      (scan_row),
    .done_o     (scan_done)
  );

  // ---- rows: address, history ----
  logic                   issuing_q, issue_last, silent_q, row_taken, history_write, merge_q;
  logic [WordBits-1:0]    issue_word_q;
  logic [AddressBits-1:0] row_address_q;
  logic [RowBits-1:0]     history_row_q;  // of clearing and of the walk
  logic [HistoryBits-1:0] merge_row_q;
  logic [31:0]            history, step_bit;

  assign walk_row   = (state_q == CoreHistory) ? history_row_q : scan_row;
  assign row_ready  = (state_q == CoreScan && (!issuing_q || issue_last)) || (state_q == CoreRow && !permute_busy);
  assign row_taken  = row_valid && row_ready;
  assign issue_last = issue_word_q == last_word;
  assign step_bit   = 32'd1 << step_q;

  assign history_write = state_q == CoreClear || merge_q;

  phasic_ram #(
    .Width(32),
    .Depth(phasic_pkg::SerialHistoryRows)
  ) u_history (
    .clk_i,
    .write_i        (history_write),
    .write_address_i(merge_q ? merge_row_q : history_row_q[HistoryBits-1:0]),
    .write_data_i   (merge_q ? history | step_bit : 32'd0),
    .read_i         ((row_taken && keep_history && state_q == CoreScan) || (state_q == CoreRow && keep_history)),
    .read_address_i ((state_q == CoreRow) ? history_row_q[HistoryBits-1:0] : scan_row[HistoryBits-1:0]),
    .read_data_o    (history)
  );

  // ---- sums ----
  logic [NeuronBits-1:0]     neuron_q, neuron1_q, neuron2_q, neuron3_q, neuron4_q, neuron5_q, last_swept, last_updated;
  logic                      sweep, update, sweep0_q, factor0_q;
  logic [3:0]                sweep_valid_q;
  logic [1:0]                factor_valid_q;
  logic [Lanes*SumWidth-1:0] sums;
  logic [SumWidth-1:0]       sum_q;
  logic [Lanes*8-1:0]        weights_q, weight_memory;

  assign sweep        = state_q == CoreSweep;
  assign update       = state_q == CoreUpdate;
  assign last_swept   = last_neuron | NeuronBits'(7);
  assign last_updated = last_neuron | NeuronBits'(Lanes - 1);

  phasic_accumulators #(
    .Lanes      (Lanes),
    .WeightWidth(WeightWidth),
    .SumWidth   (SumWidth),
    .Words      (Words),
    .OnePort    (1'b1)
  ) u_accumulators (
    .clk_i,
    .rst_ni,
    .issue_i      (issuing_q),
    .issue_bank_i (1'b0),
    .issue_first_i(silent_q),
    .issue_word_i (issue_word_q),
    .issue_value_i(8'd1),
    .weights_i    (weights_q),
    .sweep_read_i (sweep),
    .sweep_bank_i (1'b0),
    .sweep_word_i (neuron_q[NeuronBits-1:LaneBits]),
    .sums_o       (sums)
  );

  // ---- neurons ----
  logic        spike, potential_limited, plus, minus, trit_read, state_read, read_out_q;
  logic [5:0]  count;
  logic [63:0] trits;
  logic [CountWidth+15:0] read_out;
  logic [NeuronBits-1:0]  trit_neuron;
  logic [CountWidth-1:0]  unused_value;

  assign state_read = bus_read_i && space_states && !busy_o;

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
    .leak_i         (layer_q[8*phasic_pkg::SerialLayerModes +: 9]),
    .input_shift_i  (layer_q[8*phasic_pkg::SerialLayerModes + phasic_pkg::SerialInputShiftBit +: 4]),
    .post_i         (2'(phasic_pkg::PostTrit)),
    .keep_trits_i   (keep_history),
    .read_i         (sweep0_q || factor0_q || state_read),
    .valid_i        (sweep_valid_q),
    .word0_i        (busy_o ? neuron1_q : bus_address_i[2 +: NeuronBits]),
    .word3_i        (neuron4_q),
    .word4_i        (neuron5_q),
    .first_i        (step_q == 5'd0),
    .silent_i       (silent_q),
    .step_i         (step_bit),
    .enabled3_i     (neuron4_q <= last_neuron),
    .open3_i        (1'b1),
    .sums_i         (sum_q),
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
    .trit_word_i    (trit_neuron),
    .trits_o        (trits)
  );

  // Spikes of eight neurons make a word for the next layer.
  logic [6:0] spikes_q;
  assign spikes_in    = {spike, spikes_q};
  assign spikes_word  = neuron5_q[NeuronBits-1:3];
  assign spikes_write = sweep_valid_q[3] && neuron5_q[2:0] == 3'd7 && !layer_number_q;

  // ---- factors ----
  logic                   factor_read, update_read, unused_positive;
  logic [NeuronBits-1:0]  update_neuron;
  logic [FactorWidth-1:0] factors;

  phasic_factors #(
    .Lanes      (1),
    .Words      (MaxNeurons),
    .LevelDepth (phasic_pkg::SerialLevels),
    .Relaxed    (1'b1)
  ) u_factors (
    .clk_i,
    .error_i        (factor == 2'(phasic_pkg::FactorError)),
    .feedback_i     (1'b0),
    .all_steps_i    (all_steps),
    .rate_i         (layer_q[8*phasic_pkg::SerialLayerRate +: 16]),
    .shift_i        (layer_q[8*phasic_pkg::SerialLayerLearning +: 4]),
    .full_i         (CountWidth'(last_step) + 1'b1),
    .load_i         (bus_write_i && space_levels && !busy_o),
    .load_address_i (bus_address_i[LevelBits-1:0]),
    .load_data_i    (bus_write_data_i),
    .add_i          (1'b0),
    .add_first_i    (1'b0),
    .add_word_i     (NeuronBits'(0)),
    .add_address_i  (LevelBits'(0)),
    .add_error_i    ((CountWidth + 1)'(0)),
    .valid0_i       (factor0_q),
    .valid_i        (factor_valid_q),
    .word0_i        (neuron1_q),
    .word2_i        (neuron3_q),
    .class_i        (label),
    .class_address_i(level_base),
    .counts_i       (count),
    .plus_i         (plus),
    .minus_i        (minus),
    .enabled2_i     (neuron3_q <= last_neuron),
    .update_read_i  (factor_read),
    .update_word_i  (update_neuron),
    .factors_o      (factors),
    .positive_o     (unused_positive)
  );

  // ---- updates: a word is read for its first lane, and written when its last lane has been changed ----
  logic                   update_write, weight_limited, write_word_q;
  logic [AddressBits-1:0] update_read_address, update_write_address, write_address_q;
  logic [7:0]             weight, updated_weight;
  logic [LaneBits-1:0]    lane3_q, lane4_q, lane5_q, lane6_q;
  logic [Lanes*8-1:0]     updated_q;

  assign weight = weights_q[8*lane5_q +: 8];

  phasic_updates #(
    .Lanes      (1),
    .WeightWidth(WeightWidth),
    .WordBits   (NeuronBits),
    .AddressBits(AddressBits),
    .Outputs    (1),
    .Relaxed    (1'b1)
  ) u_updates (
    .clk_i,
    .rst_ni,
    .all_steps_i    (all_steps),
    .graded_i       (1'b0),
    .nearest_i      (nearest),
    .trace_shift_i  (2'd0),
    .valid_i        (update),
    .word_i         (neuron_q),
    .address_i      (row_address_q + AddressBits'(neuron_q[NeuronBits-1:LaneBits])),
    .row_x_i        (random_x),
    .row_y_i        (random_y),
    .history_i      (history),
    .trit_read_o    (trit_read),
    .word1_o        (trit_neuron),
    .factor_read_o  (factor_read),
    .read_o         (update_read),
    .read_address_o (update_read_address),
    .word2_o        (update_neuron),
    .trits_i        (trits),
    .factors_i      (factors),
    .weights_i      (weight),
    .write_o        (update_write),
    .write_address_o(update_write_address),
    .weights_o      (updated_weight),
    .limited_o      (weight_limited)
  );

  // ---- synapse memory ----
  logic                   word_read, weight_read, weight_read_q, bus_weight_write;
  logic [AddressBits-1:0] weight_address;
  logic [Lanes-1:0]       bus_lane;

  assign word_read        = update_read && lane3_q == '0;
  assign bus_weight_write = bus_write_i && space_weights && !busy_o;
  assign weight_read      = issuing_q || word_read || (bus_read_i && space_weights && !busy_o);
  assign weight_address   = write_word_q ? write_address_q : issuing_q ? row_address_q + AddressBits'(issue_word_q) :
                            word_read ? update_read_address : bus_address_i[LaneBits +: AddressBits];
  assign bus_lane         = Lanes'(1) << bus_address_i[LaneBits-1:0];

  phasic_serial_weights #(
    .Bytes(Lanes),
    .Depth(WeightDepth)
  ) u_weights (
    .clk_i,
    .read_i       (weight_read),
    .write_i      (write_word_q || bus_weight_write),
    .address_i    (weight_address),
    .write_bytes_i(write_word_q ? '1 : bus_lane),
    .write_data_i (write_word_q ? updated_q : {Lanes{bus_write_data_i}}),
    .read_data_o  (weight_memory)
  );

  always_ff @(posedge clk_i) begin
    weight_read_q <= weight_read;
    if (weight_read_q) weights_q <= weight_memory;
    lane3_q <= update_neuron[LaneBits-1:0];
    lane4_q <= lane3_q;
    lane5_q <= lane4_q;
    lane6_q <= lane5_q;
    if (update_write) begin
      updated_q       <= {updated_weight, updated_q[8*Lanes-1:8]};
      write_address_q <= update_write_address;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) write_word_q <= 1'b0;
    else write_word_q <= update_write && lane6_q == '1;
  end

  // ---- order of work ----
  logic [3:0] wait_q;

  assign scan_start   = (state_q == CoreEncode && (layer_number_q || encoded_q > 4'(step_q[4:2]))) ||
                        (state_q == CoreFactored && wait_q == 4'd6 && !all_steps);
  assign walk_permute = (state_q == CoreRow && row_taken) || (state_q == CoreHistory && history != 32'd0);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q        <= CoreIdle;
      load_q         <= LoadJob;
      half_q         <= 1'b0;
      layer_number_q <= 1'b0;
      learning_q     <= 1'b0;
      load_valid_q   <= 1'b0;
      load_left_q    <= '0;
      load_offset_q  <= '0;
      step_q         <= '0;
      neuron_q       <= '0;
      issuing_q      <= 1'b0;
      issue_word_q   <= '0;
      silent_q       <= 1'b1;
      merge_q        <= 1'b0;
      history_row_q  <= '0;
      sweep0_q       <= 1'b0;
      factor0_q      <= 1'b0;
      sweep_valid_q  <= '0;
      factor_valid_q <= '0;
      wait_q         <= '0;
    end else begin
      load_valid_q   <= load_read;
      sweep0_q       <= sweep;
      factor0_q      <= state_q == CoreFactors;
      sweep_valid_q  <= {sweep_valid_q[2:0], sweep0_q};
      factor_valid_q <= {factor_valid_q[0], factor0_q};
      merge_q        <= state_q == CoreScan && row_taken && keep_history;
      if (load_read) begin
        load_left_q   <= load_left_q - 1'b1;
        load_offset_q <= load_offset_q + 1'b1;
      end
      if (state_q == CoreScan) begin
        if (row_taken) begin
          issuing_q    <= 1'b1;
          issue_word_q <= '0;
        end else if (issuing_q) begin
          issuing_q    <= !issue_last;
          issue_word_q <= issue_word_q + 1'b1;
        end
        if (issuing_q && issue_last) silent_q <= 1'b0;
      end
      case (state_q)
        CoreIdle: begin
          layer_number_q <= 1'b0;
          learning_q     <= 1'b0;
          step_q         <= '0;
          silent_q       <= 1'b1;
          load_q         <= LoadJob;
          load_offset_q  <= 6'(JobStart);
          load_left_q    <= 5'd8;
          if (start) begin
            state_q <= CoreLoad;
            half_q  <= bus_write_data_i[1];
          end
        end
        CoreLoad: begin
          neuron_q      <= '0;
          wait_q        <= '0;
          history_row_q <= '0;
          if (load_done) begin
            case (load_q)
              LoadJob: begin
                load_q        <= LoadKey;
                load_offset_q <= 6'(phasic_pkg::SerialJobEncodingKey);
                load_left_q   <= 5'd8;
              end
              LoadKey: begin
                load_q        <= LoadLayer;
                load_offset_q <= 6'(phasic_pkg::SerialJobLayers);
                load_left_q   <= 5'd16;
                if (learning_q) state_q <= CoreFactors;
              end
              default: state_q <= keep_history ? CoreClear : CoreEncode;
            endcase
          end
        end
        CoreClear: begin
          history_row_q <= history_row_q + 1'b1;
          if (history_row_q == last_row) state_q <= CoreEncode;
        end
        CoreEncode: if (scan_start) state_q <= CoreScan;
        CoreScan: begin
          wait_q <= '0;
          if (scan_done && !issuing_q) state_q <= CoreSettle;
        end
        CoreSettle: begin
          // The last sum of the step must have been written.
          wait_q   <= wait_q + 1'b1;
          neuron_q <= '0;
          if (wait_q == 4'd2) state_q <= CoreSweep;
        end
        CoreSweep: begin
          wait_q   <= '0;
          neuron_q <= neuron_q + 1'b1;
          if (neuron_q == last_swept) state_q <= CoreSwept;
        end
        CoreSwept: begin
          wait_q <= wait_q + 1'b1;
          if (wait_q == 4'd5) begin
            silent_q <= 1'b1;
            if (step_q != last_step) begin
              step_q  <= step_q + 1'b1;
              state_q <= CoreEncode;
            end else if (learns) begin
              learning_q    <= 1'b1;
              load_q        <= LoadKey;
              load_offset_q <= 6'(phasic_pkg::SerialJobRoundingKey) + {2'd0, layer_number_q, 3'd0};
              load_left_q   <= 5'd8;
              state_q       <= CoreLoad;
            end else begin
              wait_q  <= '0;
              state_q <= CoreDrain;
            end
          end
        end
        CoreFactors: begin
          wait_q   <= '0;
          neuron_q <= neuron_q + 1'b1;
          if (neuron_q == last_swept) state_q <= CoreFactored;
        end
        CoreFactored: begin
          wait_q        <= wait_q + 1'b1;
          history_row_q <= '0;
          if (wait_q == 4'd6) state_q <= CoreRow;
        end
        CoreRow: begin
          wait_q   <= '0;
          neuron_q <= '0;
          if (all_steps) state_q <= CoreHistory;
          else if (row_taken) state_q <= CoreHash;
          else if (scan_done) state_q <= CoreDrain;
        end
        CoreHistory: begin
          history_row_q <= history_row_q + 1'b1;
          if (history != 32'd0) state_q <= CoreHash;
          else state_q <= (history_row_q == last_row) ? CoreDrain : CoreRow;
        end
        CoreHash: begin
          neuron_q <= '0;
          if (!permute_busy) state_q <= CoreUpdate;
        end
        CoreUpdate: begin
          wait_q   <= '0;
          neuron_q <= neuron_q + 1'b1;
          if (neuron_q == last_updated) state_q <= (all_steps && history_row_q == last_row + 1'b1) ? CoreDrain : CoreRow;
        end
        default: begin
          // CoreDrain: the last words are still on their way to the synapse memory.
          wait_q        <= wait_q + 1'b1;
          step_q        <= '0;
          learning_q    <= 1'b0;
          load_q        <= LoadLayer;
          load_offset_q <= 6'(phasic_pkg::SerialJobLayers + phasic_pkg::SerialLayerBytes);
          load_left_q   <= 5'd16;
          if (wait_q == 4'd10) begin
            layer_number_q <= 1'b1;
            state_q        <= last_layer ? CoreIdle : CoreLoad;
          end
        end
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (load_valid_q) begin
      case (load_q)
        LoadJob: job_q <= {job_byte, job_q[63:8]};
        LoadKey: key_q <= {job_byte, key_q[63:8]};
        default: layer_q <= {job_byte, layer_q[127:8]};
      endcase
    end
    if (row_taken || walk_permute)
      row_address_q <= weight_base + AddressBits'(32'(walk_row) * (32'(last_word) + 32'd1));
    merge_row_q <= scan_row[HistoryBits-1:0];
    neuron1_q   <= neuron_q;
    neuron2_q   <= neuron1_q;
    neuron3_q   <= neuron2_q;
    neuron4_q   <= neuron3_q;
    neuron5_q   <= neuron4_q;
    // The sums are read a cycle before the states, so that choosing a lane has a cycle of its own.
    sum_q       <= sums[SumWidth*neuron1_q[LaneBits-1:0] +: SumWidth];
    if (sweep_valid_q[3]) spikes_q <= spikes_in[7:1];
  end

  // ---- counters of each layer ----
  logic [23:0]  cycles_q;
  logic [255:0] counters;

  for (genvar n = 0; n < 2; n++) begin : gen_counters
    logic [15:0] events_q, spikes_sent_q, update_rows_q, potentials_limited_q;
    logic [23:0] weights_limited_q;
    logic        here;

    assign here = busy_o && layer_number_q == 1'(n);
    assign counters[128*n +: 128] = {32'd0, 8'd0, weights_limited_q, potentials_limited_q, update_rows_q, spikes_sent_q, events_q};

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        {events_q, spikes_sent_q, update_rows_q, potentials_limited_q, weights_limited_q} <= '0;
      end else if (start) begin
        {events_q, spikes_sent_q, update_rows_q, potentials_limited_q, weights_limited_q} <= '0;
      end else if (here) begin
        if (state_q == CoreScan && row_taken) events_q <= events_q + 1'b1;
        if (sweep_valid_q[3] && spike) spikes_sent_q <= spikes_sent_q + 1'b1;
        if (sweep_valid_q[3] && potential_limited) potentials_limited_q <= potentials_limited_q + 1'b1;
        if (walk_permute) update_rows_q <= update_rows_q + 1'b1;
        if (update_write && weight_limited) weights_limited_q <= weights_limited_q + 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) cycles_q <= '0;
    else if (start) cycles_q <= '0;
    else if (busy_o) cycles_q <= cycles_q + 1'b1;
  end

  // ---- bus reads ----
  logic [511:0] control;
  logic [31:0]  state_word;

  assign control    = {128'd0, counters, 8'd0, cycles_q, 31'd0, busy_o, 8'd0, 8'(Lanes), 16'(phasic_pkg::ContractVersion),
                       32'(phasic_pkg::SerialIdentity)};
  assign state_word = {10'd0, read_out};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      bus_read_q <= '0;
      read_out_q <= 1'b0;
    end else begin
      bus_read_q <= {bus_read_q[1:0], bus_read_i};
      read_out_q <= state_read;
    end
  end

  always_ff @(posedge clk_i) begin
    if (bus_read_i) begin
      bus_space_q  <= bus_address_i[23:20];
      bus_offset_q <= bus_address_i[5:0];
    end
    if (bus_read_q[2]) begin
      case (bus_space_q)
        4'(phasic_pkg::SerialSpaceWeights): bus_read_data_o <= weights_q[8*bus_offset_q[LaneBits-1:0] +: 8];
        4'(phasic_pkg::SerialSpaceJobs):    bus_read_data_o <= job_byte;
        4'(phasic_pkg::SerialSpaceStates):  bus_read_data_o <= state_word[8*bus_offset_q[1:0] +: 8];
        default:                            bus_read_data_o <= control[8*bus_offset_q +: 8];
      endcase
    end
  end

  logic unused_bits;
  assign unused_bits = ^{unused_value, unused_positive, job_q, layer_q, bus_address_i};
endmodule

`default_nettype wire
