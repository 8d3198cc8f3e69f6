// SPDX-License-Identifier: Apache-2.0
// A layer of spiking neurons: integrates the events of a sample, fires, and learns from local signals and the dopamine broadcast.
//
// Handshake: valid/ready on the event streams, the broadcast, scores and trace. Load and store ports are used between samples only:
//            a load word is taken at once, a stored word is on store_data_o two cycles after store_valid_i. Constants hold during a run.
// Latency:   an event occupies the lanes for row_words_i cycles; the sweep of a step (row_words_i + 8 cycles) hides behind the next step.
//            Learning takes row_words_i cycles for each visited row and about 30 more.
// Parameters: Layer, position in the chain; Lanes, WeightWidth, MaxRows, MaxNeurons, MaxClasses, MaxOutputs, WeightDepth as in the
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
  parameter int WeightDepth = 16384
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         clear_i,
  output logic                         ready_o,
  // constants of the run
  input  logic [63:0]                  seed_i,
  input  logic [5:0]                   steps_i,
  input  logic                         trace_i,
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
  input  logic [31:0]                  dopamine_number_i,
  // events in and out; kind 0 spike, 1 end of step, 2 end of the sample's last step
  input  logic                         event_valid_i,
  output logic                         event_ready_o,
  input  logic [1:0]                   event_kind_i,
  input  logic [15:0]                  event_index_i,
  output logic                         event_valid_o,
  input  logic                         event_ready_i,
  output logic [1:0]                   event_kind_o,
  output logic [15:0]                  event_index_o,
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
  localparam int Words         = (MaxNeurons + Lanes - 1) / Lanes;
  localparam int WordBits      = (Words > 1) ? $clog2(Words) : 1;
  localparam int LaneBits      = (Lanes > 1) ? $clog2(Lanes) : 1;
  localparam int RowBits       = (MaxRows > 1) ? $clog2(MaxRows) : 1;
  localparam int WeightBits    = (WeightDepth > 1) ? $clog2(WeightDepth) : 1;
  localparam int LevelDepth    = MaxClasses * Words;
  localparam int LevelBits     = (LevelDepth > 1) ? $clog2(LevelDepth) : 1;
  localparam int RawSumWidth   = WeightWidth + $clog2(MaxRows) + 1;
  localparam int SumWidth      = (RawSumWidth < 18) ? 18 : RawSumWidth;
  localparam int TritWords     = (MaxOutputs + Lanes - 1) / Lanes;
  localparam int SpikeDepthRaw = 1 << $clog2(2 * Words + 8);
  localparam int SpikeDepth    = (SpikeDepthRaw < 16) ? 16 : SpikeDepthRaw;
  localparam int CountBits     = $clog2(Lanes + 1);

  // ---- constants of the layer, from its descriptor ----
  logic [15:0] neurons;
  logic        bias, error_factor, all_steps, learns, nearest;
  logic [15:0] last_lanes_q;   // lanes in use in the last word of a row
  logic [RowBits-1:0]    bias_row;
  logic [WeightBits-1:0] bias_base_q;
  logic [Lanes-1:0]      last_mask_q;
  logic [WordBits-1:0]   last_word;
  logic                  message_take;

  assign neurons      = descriptor_i[8*phasic_pkg::LayerNeurons +: 16];
  assign bias         = descriptor_i[8*phasic_pkg::LayerFlags];
  assign error_factor = descriptor_i[8*phasic_pkg::LayerFactor +: 2] == 2'(phasic_pkg::FactorError);
  assign learns       = descriptor_i[8*phasic_pkg::LayerFactor +: 2] != 2'(phasic_pkg::FactorFrozen);
  assign all_steps    = descriptor_i[8*phasic_pkg::LayerSpan];
  assign nearest      = descriptor_i[8*phasic_pkg::LayerRounding];
  assign bias_row     = RowBits'(rows_i - 16'd1);
  assign last_word    = WordBits'(row_words_i - 16'd1);

  logic unused_bits;
  assign unused_bits = ^{descriptor_i, load_address_i, store_address_i};

  always_ff @(posedge clk_i) begin
    last_lanes_q <= neurons - 16'(32'(last_word) * Lanes);
    bias_base_q  <= WeightBits'(32'(bias_row) * 32'(row_words_i));
    if (message_take) begin
      for (int k = 0; k < Lanes; k++) last_mask_q[k] <= 16'(k) < last_lanes_q;
    end
  end

  // ---- events in: the row's base address is computed on the way into the queue ----
  logic                  stage_valid_q;
  logic [1:0]            stage_kind_q;
  logic [15:0]           stage_index_q;
  logic                  queue_ready, head_valid, head_take;
  logic [RowBits-1:0]    stage_row;
  logic [WeightBits-1:0] stage_base;
  logic [1:0]            head_kind;
  logic [RowBits-1:0]    head_row;
  logic [WeightBits-1:0] head_base;

  assign event_ready_o = !stage_valid_q || queue_ready;
  assign stage_row     = RowBits'(stage_index_q);
  assign stage_base    = WeightBits'(32'(stage_index_q) * 32'(row_words_i));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) stage_valid_q <= 1'b0;
    else if (clear_i) stage_valid_q <= 1'b0;
    else if (event_ready_o) stage_valid_q <= event_valid_i;
  end
  always_ff @(posedge clk_i) begin
    if (event_ready_o && event_valid_i) begin
      stage_kind_q  <= event_kind_i;
      stage_index_q <= event_index_i;
    end
  end

  phasic_fifo #(
    .Width(2 + RowBits + WeightBits),
    .Depth(16)
  ) u_events (
    .clk_i,
    .rst_ni,
    .clear_i,
    .in_valid_i (stage_valid_q),
    .in_ready_o (queue_ready),
    .in_data_i  ({stage_kind_q, stage_row, stage_base}),
    .out_valid_o(head_valid),
    .out_ready_i(head_take),
    .out_data_o ({head_kind, head_row, head_base})
  );

  // ---- dopamine messages wait for their sample ----
  logic        message_valid, message_learn;
  logic [15:0] message_class;
  logic [31:0] message_number;

  phasic_fifo #(
    .Width(49),
    .Depth(4)
  ) u_messages (
    .clk_i,
    .rst_ni,
    .clear_i,
    .in_valid_i (dopamine_valid_i),
    .in_ready_o (dopamine_ready_o),
    .in_data_i  ({dopamine_learn_i, dopamine_class_i, dopamine_number_i}),
    .out_valid_o(message_valid),
    .out_ready_i(message_take),
    .out_data_o ({message_learn, message_class, message_number})
  );

  // ---- integration: one word of one row a cycle ----
  typedef enum logic [2:0] {
    StateClear, StateIdle, StateIntegrate, StateAwaitFactors, StateLearn, StateSettle
  } state_e;
  state_e state_q;

  logic                  learn_q;
  logic [15:0]           class_q;
  logic [31:0]           number_q;
  logic [5:0]            step_q;
  logic                  bank_q, silent_q, bias_done_q;
  logic [WordBits-1:0]   word_q;
  logic [15:0]           step_events_q;
  logic                  head_spike, head_mark, issue, issue_bias, issue_last, mark_take, last_step;
  logic [RowBits-1:0]    issue_row;
  logic [WeightBits-1:0] issue_base;
  logic                  row_issued;
  logic                  sweep_busy;
  logic                  key_start, key_busy;
  logic [63:0]           key;
  logic [RowBits:0]      clear_count_q;
  logic [3:0]            settle_q;

  assign head_spike = head_valid && head_kind == 2'd0;
  assign head_mark  = head_valid && head_kind != 2'd0;
  assign issue_bias = head_mark && bias && !bias_done_q;
  assign issue      = state_q == StateIntegrate && (head_spike || issue_bias);
  assign issue_last = word_q == last_word;
  assign issue_row  = head_spike ? head_row : bias_row;
  assign issue_base = head_spike ? head_base : bias_base_q;
  assign row_issued = issue && issue_last;
  assign mark_take  = state_q == StateIntegrate && head_mark && !issue_bias && !sweep_busy;
  assign head_take  = (row_issued && head_spike) || mark_take;
  assign last_step  = step_q == steps_i - 6'd1;

  assign message_take = state_q == StateIdle && message_valid && !key_busy;
  assign key_start    = message_take && message_learn && learns;
  assign ready_o      = state_q != StateClear;

  // ---- rows to learn from: a list, and with learning over all steps the spikes of each row ----
  logic                log_event;
  logic                log1_q;
  logic [RowBits-1:0]  log1_row_q;
  logic [31:0]         log1_step_q;
  logic [31:0]         history_read;
  logic                history_write, history_fetch;
  logic [RowBits-1:0]  history_write_row, history_fetch_row;
  logic [31:0]         history_write_data;
  logic                list_write;
  logic [RowBits-1:0]  list_write_row;
  logic [RowBits:0]    list_count_q, list_index_q;
  logic [31:0]         step_one_hot;
  logic                walk_taken, walk_clear, walk_alone;
  logic                walk_history_fetch;
  logic [RowBits-1:0]  walk_history_row;
  logic [RowBits-1:0]  walk_row_q;

  assign step_one_hot = 32'd1 << step_q[4:0];
  assign log_event    = row_issued && learn_q && (all_steps || last_step);
  assign list_write     = all_steps ? (log1_q && history_read == 32'd0) : log_event;
  assign list_write_row = all_steps ? log1_row_q : issue_row;
  assign history_fetch     = (log_event && all_steps) || walk_history_fetch;
  assign history_fetch_row = (state_q == StateLearn) ? walk_history_row : issue_row;
  assign walk_clear        = walk_taken && all_steps;
  assign history_write      = state_q == StateClear || log1_q || walk_clear;
  assign history_write_row  = (state_q == StateClear) ? clear_count_q[RowBits-1:0] : log1_q ? log1_row_q : walk_row_q;
  assign history_write_data = log1_q ? (history_read | log1_step_q) : 32'd0;

  phasic_ram #(
    .Width(32),
    .Depth(MaxRows)
  ) u_history (
    .clk_i,
    .write_i        (history_write),
    .write_address_i(history_write_row),
    .write_data_i   (history_write_data),
    .read_i         (history_fetch),
    .read_address_i (history_fetch_row),
    .read_data_o    (history_read)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q       <= StateClear;
      clear_count_q <= '0;
      learn_q       <= 1'b0;
      bank_q        <= 1'b0;
      silent_q      <= 1'b1;
      bias_done_q   <= 1'b0;
      word_q        <= '0;
      step_q        <= '0;
      log1_q        <= 1'b0;
      list_count_q  <= '0;
      step_events_q <= '0;
      settle_q      <= '0;
    end else if (clear_i) begin
      state_q       <= StateClear;
      clear_count_q <= '0;
      silent_q      <= 1'b1;
      bias_done_q   <= 1'b0;
      word_q        <= '0;
      step_q        <= '0;
      log1_q        <= 1'b0;
      list_count_q  <= '0;
      step_events_q <= '0;
    end else begin
      log1_q <= log_event && all_steps;
      if (list_write) list_count_q <= list_count_q + 1'b1;
      if (issue) word_q <= issue_last ? '0 : word_q + 1'b1;
      if (row_issued) begin
        silent_q      <= 1'b0;
        step_events_q <= step_events_q + 16'd1;
        if (issue_bias) bias_done_q <= 1'b1;
      end
      if (mark_take) begin
        silent_q      <= 1'b1;
        bias_done_q   <= 1'b0;
        bank_q        <= !bank_q;
        step_q        <= step_q + 6'd1;
        step_events_q <= '0;
      end
      case (state_q)
        StateClear: begin
          clear_count_q <= clear_count_q + 1'b1;
          if (clear_count_q == (RowBits + 1)'(MaxRows - 1)) state_q <= StateIdle;
        end
        StateIdle: begin
          if (message_take) begin
            state_q      <= StateIntegrate;
            learn_q      <= message_learn && learns;
            step_q       <= '0;
            list_count_q <= '0;
          end
        end
        StateIntegrate: begin
          if (mark_take && head_kind == 2'd2) state_q <= learn_q ? StateAwaitFactors : StateIdle;
        end
        StateAwaitFactors: begin
          if (!sweep_busy && !key_busy) state_q <= (list_count_q == '0) ? StateIdle : StateLearn;
        end
        StateLearn: begin
          settle_q <= '0;
          if (walk_taken && list_index_q == list_count_q && walk_alone) state_q <= StateSettle;
        end
        default: begin
          settle_q <= settle_q + 4'd1;
          if (settle_q == 4'd7) state_q <= StateIdle;
        end
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (message_take) begin
      class_q  <= message_class;
      number_q <= message_number;
    end
    if (log_event) begin
      log1_row_q  <= issue_row;
      log1_step_q <= step_one_hot;
    end
  end

  phasic_key #(
    .Purpose(phasic_pkg::PurposeRounding),
    .Layer  (Layer)
  ) u_key (
    .clk_i,
    .rst_ni,
    .clear_i,
    .start_i (key_start),
    .seed_i,
    .number_i(message_number),
    .busy_o  (key_busy),
    .key_o   (key)
  );

  // ---- walk over the listed rows: list, keyed permutation, history, then the words of the row ----
  logic                  walk_move, walk_read, list_valid_q, hashed_valid, walk_valid_q, hash_empty;
  logic [RowBits-1:0]    list_row, hashed_row;
  logic [15:0]           hashed_x, hashed_y, walk_x_q, walk_y_q;
  logic [WeightBits-1:0] walk_base_q;
  logic [WordBits-1:0]   walk_word_q;
  logic                  walk_last;

  assign walk_last          = walk_word_q == last_word;
  assign walk_taken         = state_q == StateLearn && walk_valid_q && walk_last;
  assign walk_move          = !walk_valid_q || walk_taken;
  assign walk_read          = state_q == StateLearn && walk_move && list_index_q != list_count_q;
  assign walk_alone         = hash_empty && !list_valid_q;
  assign walk_history_fetch = walk_move && hashed_valid && all_steps;
  assign walk_history_row   = hashed_row;

  phasic_ram #(
    .Width(RowBits),
    .Depth(MaxRows)
  ) u_list (
    .clk_i,
    .write_i        (list_write),
    .write_address_i(list_count_q[RowBits-1:0]),
    .write_data_i   (list_write_row),
    .read_i         (walk_read),
    .read_address_i (list_index_q[RowBits-1:0]),
    .read_data_o    (list_row)
  );

  phasic_permute #(
    .PayloadWidth(RowBits)
  ) u_permute (
    .clk_i,
    .rst_ni,
    .clear_i,
    .enable_i (walk_move && state_q == StateLearn),
    .key_i    (key),
    .valid_i  (list_valid_q),
    .x_i      (16'd0),
    .y_i      (16'(list_row)),
    .payload_i(list_row),
    .valid_o  (hashed_valid),
    .x_o      (hashed_x),
    .y_o      (hashed_y),
    .payload_o(hashed_row),
    .empty_o  (hash_empty)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      list_valid_q <= 1'b0;
      walk_valid_q <= 1'b0;
      list_index_q <= '0;
      walk_word_q  <= '0;
    end else if (clear_i || state_q != StateLearn) begin
      list_valid_q <= 1'b0;
      walk_valid_q <= 1'b0;
      list_index_q <= '0;
      walk_word_q  <= '0;
    end else begin
      if (walk_move) begin
        list_valid_q <= walk_read;
        walk_valid_q <= hashed_valid;
      end
      if (walk_read) list_index_q <= list_index_q + 1'b1;
      if (walk_valid_q) walk_word_q <= walk_last ? '0 : walk_word_q + 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (walk_move && hashed_valid) begin
      walk_x_q    <= hashed_x;
      walk_y_q    <= hashed_y;
      walk_row_q  <= hashed_row;
      walk_base_q <= WeightBits'(32'(hashed_row) * 32'(row_words_i));
    end
  end

  // ---- update pipeline: u0 issues a word, u5 writes it ----
  logic [4:0]            update_valid_q;  // u1 .. u5
  logic                  update0_valid;
  logic [WordBits-1:0]   update1_word_q, update2_word_q;
  logic [WeightBits-1:0] update0_address, update1_address_q, update2_address_q, update3_address_q, update4_address_q, update5_address_q;
  logic [15:0]           update1_x_q, update1_y_q, update1_base_q, update1_offset_q;
  logic [31:0]           update0_pair;
  logic [31:0]           update1_history_q, update2_history_q;

  assign update0_valid   = state_q == StateLearn && walk_valid_q;
  assign update0_pair    = (32'(walk_word_q) * Lanes) >> 1;
  assign update0_address = walk_base_q + WeightBits'(walk_word_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) update_valid_q <= '0;
    else update_valid_q <= {update_valid_q[3:0], update0_valid};
  end

  always_ff @(posedge clk_i) begin
    update1_word_q    <= walk_word_q;
    update2_word_q    <= update1_word_q;
    update1_address_q <= update0_address;
    update2_address_q <= update1_address_q;
    update3_address_q <= update2_address_q;
    update4_address_q <= update3_address_q;
    update5_address_q <= update4_address_q;
    if (update0_valid) begin
      update1_x_q       <= walk_x_q;
      update1_y_q       <= walk_y_q;
      update1_base_q    <= 16'(update0_pair * phasic_pkg::MixMultiplier);
      update1_offset_q  <= 16'(update0_pair * phasic_pkg::MixOffsetMultiplier);
      update1_history_q <= history_read;
    end
    update2_history_q <= update1_history_q;
  end

  // ---- sweep: the neurons of a finished step, then read-out and factors ----
  typedef enum logic [2:0] {
    SweepIdle, SweepDelay, SweepRun, SweepDrain, SweepMark, SweepReadOut, SweepFactors, SweepEnd
  } sweep_e;
  sweep_e sweep_q;

  logic                sweep_bank_q, sweep_first_q, sweep_silent_q, sweep_final_q, sweep_learn_q;
  logic [31:0]         sweep_step_q;
  logic [15:0]         sweep_class_q;
  logic [31:0]         sweep_number_q;
  logic [2:0]          sweep_wait_q;
  logic [WordBits-1:0] sweep_word_q, sweep1_word_q, sweep2_word_q, sweep3_word_q;
  logic [2:0]          sweep_valid_q;   // s1 .. s3
  logic                sweep0_valid, sweep0_run, factor0_valid, read_out_fetch, sweep_last_word;
  logic [1:0]          factor_valid_q;  // f1, f2
  logic                spikes_ready, spikes_room, spikes_write, mark_write;
  logic [Lanes-1:0]    enabled2, factor_enabled2;
  logic                read_out_wanted;

  assign sweep_busy      = sweep_q != SweepIdle;
  assign sweep_last_word = sweep_word_q == last_word;
  assign sweep0_run      = sweep_q == SweepRun && (output_layer_i || spikes_room);
  assign factor0_valid   = sweep_q == SweepFactors;
  assign sweep0_valid    = sweep0_run || factor0_valid || read_out_fetch;
  assign read_out_wanted = trace_i || (output_layer_i && sweep_final_q);
  assign enabled2        = (sweep2_word_q == last_word) ? last_mask_q : '1;
  assign factor_enabled2 = enabled2;

  // ---- read-out: one neuron a cycle, for scores and trace ----
  logic                read_started_q, read_data_q, read_last_q;
  logic [LaneBits-1:0] read_lane_q;
  logic [15:0]         read_neuron_q;
  logic                out_valid_q, out_last_q, score_open_q, trace_open_q, out_done, read_load, read_lane_last, read_neuron_last;
  logic [21:0]         out_state, best_q;
  logic [15:0]         best_neuron_q, out_neuron_q;
  logic [31:0]         spikes_sum_q;
  logic                out_better;

  assign out_done         = out_valid_q && (!score_open_q || score_ready_i) && (!trace_open_q || trace_ready_i);
  assign read_lane_last   = read_lane_q == LaneBits'(Lanes - 1) || Lanes == 1;
  assign read_neuron_last = read_neuron_q == neurons - 16'd1;
  assign read_load        = sweep_q == SweepReadOut && read_data_q && !read_last_q && (!out_valid_q || out_done);
  assign read_out_fetch   = sweep_q == SweepReadOut && !read_started_q;
  assign out_state        = gen_lane[Lanes-1].read_out ^ 22'h008000;
  assign out_better       = out_neuron_q == '0 || out_state > best_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sweep_q        <= SweepIdle;
      sweep_valid_q  <= '0;
      factor_valid_q <= '0;
      sweep_word_q   <= '0;
      sweep_wait_q   <= '0;
      read_started_q <= 1'b0;
      read_data_q    <= 1'b0;
      out_valid_q    <= 1'b0;
      score_open_q   <= 1'b0;
      trace_open_q   <= 1'b0;
    end else if (clear_i) begin
      sweep_q        <= SweepIdle;
      sweep_valid_q  <= '0;
      factor_valid_q <= '0;
      out_valid_q    <= 1'b0;
      score_open_q   <= 1'b0;
      trace_open_q   <= 1'b0;
    end else begin
      sweep_valid_q  <= {sweep_valid_q[1:0], sweep0_run};
      factor_valid_q <= {factor_valid_q[0], factor0_valid};
      case (sweep_q)
        SweepIdle: begin
          sweep_wait_q <= 3'd0;
          sweep_word_q <= '0;
          if (mark_take) sweep_q <= SweepDelay;
        end
        SweepDelay: begin
          // The last sum of the step must have been written.
          sweep_wait_q <= sweep_wait_q + 3'd1;
          if (sweep_wait_q == 3'd2) sweep_q <= SweepRun;
        end
        SweepRun: begin
          sweep_wait_q <= 3'd0;
          if (sweep0_run) begin
            sweep_word_q <= sweep_last_word ? '0 : sweep_word_q + 1'b1;
            if (sweep_last_word) sweep_q <= SweepDrain;
          end
        end
        SweepDrain: begin
          sweep_wait_q <= sweep_wait_q + 3'd1;
          if (sweep_wait_q == 3'd3) sweep_q <= SweepMark;
        end
        SweepMark: begin
          sweep_word_q   <= '0;
          read_started_q <= 1'b0;
          read_data_q    <= 1'b0;
          if (output_layer_i || spikes_ready)
            sweep_q <= read_out_wanted ? SweepReadOut : (sweep_final_q && sweep_learn_q) ? SweepFactors : SweepIdle;
        end
        SweepReadOut: begin
          if (!read_started_q) read_started_q <= 1'b1;
          else read_data_q <= 1'b1;
          if (read_load && read_lane_last && !read_neuron_last) begin
            read_started_q <= 1'b0;
            read_data_q    <= 1'b0;
            sweep_word_q   <= sweep_word_q + 1'b1;
          end
          if (read_last_q && out_done) begin
            sweep_word_q <= '0;
            sweep_q      <= (sweep_final_q && sweep_learn_q) ? SweepFactors : SweepIdle;
          end
        end
        SweepFactors: begin
          sweep_wait_q <= 3'd0;
          sweep_word_q <= sweep_last_word ? '0 : sweep_word_q + 1'b1;
          if (sweep_last_word) sweep_q <= SweepEnd;
        end
        default: begin
          sweep_wait_q <= sweep_wait_q + 3'd1;
          if (sweep_wait_q == 3'd2) sweep_q <= SweepIdle;
        end
      endcase
      if (read_load) begin
        out_valid_q  <= 1'b1;
        score_open_q <= output_layer_i && sweep_final_q;
        trace_open_q <= trace_i;
      end else begin
        if (out_done) out_valid_q <= 1'b0;
        if (score_ready_i) score_open_q <= 1'b0;
        if (trace_ready_i) trace_open_q <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (mark_take) begin
      sweep_bank_q   <= bank_q;
      sweep_first_q  <= step_q == '0;
      sweep_silent_q <= silent_q;
      sweep_final_q  <= head_kind == 2'd2;
      sweep_learn_q  <= learn_q;
      sweep_step_q   <= step_one_hot;
      sweep_class_q  <= class_q;
      sweep_number_q <= number_q;
    end
    sweep1_word_q <= sweep_word_q;
    sweep2_word_q <= sweep1_word_q;
    sweep3_word_q <= sweep2_word_q;
    if (sweep_q == SweepMark) begin
      read_lane_q   <= '0;
      read_neuron_q <= '0;
      read_last_q   <= 1'b0;
    end
    if (read_load) begin
      read_lane_q   <= read_lane_last ? '0 : read_lane_q + 1'b1;
      read_neuron_q <= read_neuron_q + 16'd1;
      read_last_q   <= read_neuron_last;
      out_neuron_q  <= read_neuron_q;
      out_last_q    <= read_neuron_last;
    end
    if (out_done) begin
      if (out_better) begin
        best_q        <= out_state;
        best_neuron_q <= out_neuron_q;
      end
      spikes_sum_q <= record_spikes_o;
    end
  end

  assign score_valid_o       = out_valid_q && score_open_q;
  assign score_o             = {10'd0, out_state};
  assign score_last_o        = out_last_q;
  assign record_number_o     = sweep_number_q;
  assign record_label_o      = sweep_class_q;
  assign record_prediction_o = out_better ? out_neuron_q : best_neuron_q;
  assign record_spikes_o     = ((out_neuron_q == '0) ? 32'd0 : spikes_sum_q) + 32'(out_state[21:16]);
  assign trace_valid_o       = out_valid_q && trace_open_q;
  assign trace_data_o        = {!out_state[15], out_state[14:0]};
  assign trace_last_o        = out_last_q;

  // ---- levels of the class: read with the factors ----
  logic [Lanes*8-1:0]   levels;
  logic [LevelBits-1:0] level_address;
  logic [LaneBits-1:0]  class_lane;
  logic                 class_word1_q;
  logic [Lanes-1:0]     class_lanes_q;

  assign level_address = LevelBits'(32'(sweep_class_q) * 32'(row_words_i) + 32'(sweep_word_q));
  assign class_lane    = (Lanes > 1) ? LaneBits'(sweep_class_q) : '0;

  phasic_ram #(
    .Width(Lanes * 8),
    .Depth(LevelDepth)
  ) u_levels (
    .clk_i,
    .write_i        (load_level_i),
    .write_address_i(LevelBits'(load_address_i)),
    .write_data_i   (load_data_i[Lanes*8-1:0]),
    .read_i         (factor0_valid),
    .read_address_i (level_address),
    .read_data_o    (levels)
  );

  always_ff @(posedge clk_i) begin
    if (factor0_valid) begin
      class_word1_q <= 32'(sweep_word_q) == 32'(sweep_class_q) / Lanes;
      for (int k = 0; k < Lanes; k++) class_lanes_q[k] <= class_lane == LaneBits'(k);
    end
  end

  // ---- synapse memory ----
  logic                         weight_read, weight_write, weight_read_q;
  logic [WeightBits-1:0]        weight_read_address, weight_write_address;
  logic [Lanes*WeightWidth-1:0] weight_write_data, weight_memory, weights_q, new_weights;

  assign weight_read          = issue || update_valid_q[1] || store_valid_i;
  assign weight_read_address  = issue ? issue_base + WeightBits'(word_q) :
                                update_valid_q[1] ? update2_address_q : WeightBits'(store_address_i);
  assign weight_write         = load_weight_i || update_valid_q[4];
  assign weight_write_address = load_weight_i ? WeightBits'(load_address_i) : update5_address_q;
  assign weight_write_data    = load_weight_i ? load_data_i : new_weights;
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

  // ---- add pipeline: a0 is the issue, a1 reads the sum, a2 adds ----
  logic                add1_valid_q, add2_valid_q, add1_bank_q, add2_bank_q, add1_first_q, add2_first_q, add2_forward_q;
  logic [WordBits-1:0] add1_word_q, add2_word_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      add1_valid_q <= 1'b0;
      add2_valid_q <= 1'b0;
    end else begin
      add1_valid_q <= issue;
      add2_valid_q <= add1_valid_q;
    end
  end
  always_ff @(posedge clk_i) begin
    add1_bank_q    <= bank_q;
    add1_word_q    <= word_q;
    add1_first_q   <= silent_q;
    add2_bank_q    <= add1_bank_q;
    add2_word_q    <= add1_word_q;
    add2_first_q   <= add1_first_q;
    add2_forward_q <= add2_valid_q && add2_word_q == add1_word_q && add2_bank_q == add1_bank_q;
  end

  // ---- lanes ----
  logic [Lanes-1:0] spikes3, limited3, weights_limited;

  for (genvar p = 0; p < (Lanes + 1) / 2; p++) begin : gen_pair
    logic [15:0] even, odd;
    phasic_mix #(
      .Pair(p)
    ) u_mix (
      .clk_i,
      .valid_i(update_valid_q[2:0]),
      .row_x_i(update1_x_q),
      .row_y_i(update1_y_q),
      .base_i (update1_base_q),
      .offset_i(update1_offset_q),
      .even_o (even),
      .odd_o  (odd)
    );
  end


  for (genvar k = 0; k < Lanes; k++) begin : gen_lane
    logic [15:0] random;
    // One lane at most puts a state that is not 0 on the read-out chain.
    logic [21:0] lane_read_out, read_out;
    if (k == 0) begin : gen_first
      assign read_out = lane_read_out;
    end else begin : gen_next
      assign read_out = gen_lane[k-1].read_out | lane_read_out;
    end

    if (Lanes == 1) begin : gen_single
      // With a single lane the parity of the neuron is that of the word.
      logic [2:0] word_parity_q;
      always_ff @(posedge clk_i) word_parity_q <= {word_parity_q[1:0], update1_word_q[0]};
      assign random = word_parity_q[2] ? gen_pair[0].odd : gen_pair[0].even;
    end else if (k % 2 == 0) begin : gen_even
      assign random = gen_pair[k/2].even;
    end else begin : gen_odd
      assign random = gen_pair[k/2].odd;
    end

    phasic_lane #(
      .WeightWidth(WeightWidth),
      .SumWidth   (SumWidth),
      .Words      (Words),
      .TritWords  ((k < MaxOutputs) ? TritWords : 0)
    ) u_lane (
      .clk_i,
      .threshold_i        ($signed(descriptor_i[8*phasic_pkg::LayerThreshold +: 16])),
      .window_i           ($signed(descriptor_i[8*phasic_pkg::LayerWindow +: 16])),
      .leak_i             (descriptor_i[8*phasic_pkg::LayerLeak +: 9]),
      .input_shift_i      (descriptor_i[8*phasic_pkg::LayerInputShift +: 4]),
      .error_factor_i     (error_factor),
      .all_steps_i        (all_steps),
      .nearest_i          (nearest),
      .rate_i             (descriptor_i[8*phasic_pkg::LayerRate +: 16]),
      .factor_shift_i     (descriptor_i[8*phasic_pkg::LayerFactorShift +: 4]),
      .steps_i,
      .add1_valid_i       (add1_valid_q),
      .add1_bank_i        (add1_bank_q),
      .add1_word_i        (add1_word_q),
      .add2_valid_i       (add2_valid_q),
      .add2_bank_i        (add2_bank_q),
      .add2_word_i        (add2_word_q),
      .add2_first_i       (add2_first_q),
      .add2_forward_i     (add2_forward_q),
      .weight_i           ($signed(weights_q[WeightWidth*k +: WeightWidth])),
      .sweep0_valid_i     (sweep0_valid),
      .sweep_bank_i       (sweep_bank_q),
      .sweep0_word_i      (sweep_word_q),
      .sweep1_valid_i     (sweep_valid_q[0]),
      .sweep2_valid_i     (sweep_valid_q[1]),
      .sweep3_valid_i     (sweep_valid_q[2]),
      .sweep3_word_i      (sweep3_word_q),
      .sweep_first_i      (sweep_first_q),
      .sweep_silent_i     (sweep_silent_q),
      .sweep_step_i       (sweep_step_q),
      .sweep2_enabled_i   (enabled2[k]),
      .spike_o            (spikes3[k]),
      .potential_limited_o(limited3[k]),
      .read_out_i         (read_load),
      .read_out_lane_i    (read_lane_q == LaneBits'(k)),
      .read_out_o         (lane_read_out),
      .factor1_valid_i    (factor_valid_q[0]),
      .factor1_label_i    (class_word1_q && class_lanes_q[k]),
      .factor1_level_i    ($signed(levels[8*k +: 8])),
      .factor2_valid_i    (factor_valid_q[1]),
      .factor2_word_i     (sweep2_word_q),
      .factor2_enabled_i  (factor_enabled2[k]),
      .update2_valid_i    (update_valid_q[1]),
      .update2_word_i     (update2_word_q),
      .update2_history_i  (update2_history_q),
      .update3_valid_i    (update_valid_q[2]),
      .update4_valid_i    (update_valid_q[3]),
      .update4_random_i   (random),
      .weight_o           (new_weights[WeightWidth*k +: WeightWidth]),
      .weight_limited_o   (weights_limited[k])
    );
  end

  // ---- events out ----
  logic             out_word_valid, out_word_ready, out_word_mark, out_word_final, sender_busy;
  logic [15:0]      out_word_index;
  logic [Lanes-1:0] out_word_spikes;
  logic [$clog2(SpikeDepth):0] spikes_held_q;

  assign spikes_write = sweep_valid_q[2] && !output_layer_i;
  assign mark_write   = sweep_q == SweepMark && !output_layer_i;
  // Up to three words are on their way when the sweep stops.
  assign spikes_room  = 32'(spikes_held_q) < SpikeDepth - 4;

  phasic_fifo #(
    .Width(2 + 16 + Lanes),
    .Depth(SpikeDepth)
  ) u_spikes (
    .clk_i,
    .rst_ni,
    .clear_i,
    .in_valid_i (spikes_write || mark_write),
    .in_ready_o (spikes_ready),
    .in_data_i  ({mark_write, sweep_final_q, 16'(sweep3_word_q), mark_write ? '0 : spikes3}),
    .out_valid_o(out_word_valid),
    .out_ready_i(out_word_ready),
    .out_data_o ({out_word_mark, out_word_final, out_word_index, out_word_spikes})
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) spikes_held_q <= '0;
    else if (clear_i) spikes_held_q <= '0;
    else
      spikes_held_q <= spikes_held_q + {{$clog2(SpikeDepth) {1'b0}}, (spikes_write || mark_write) && spikes_ready}
                     - {{$clog2(SpikeDepth) {1'b0}}, out_word_valid && out_word_ready};
  end

  phasic_event_sender #(
    .Lanes(Lanes)
  ) u_sender (
    .clk_i,
    .rst_ni,
    .clear_i,
    .word_valid_i (out_word_valid),
    .word_ready_o (out_word_ready),
    .word_mark_i  (out_word_mark),
    .word_final_i (out_word_final),
    .word_index_i (out_word_index),
    .word_spikes_i(out_word_spikes),
    .event_valid_o,
    .event_ready_i,
    .event_kind_o,
    .event_index_o,
    .busy_o       (sender_busy)
  );

  // ---- counters ----
  logic [47:0] events_q, operations_q, spikes_q, update_rows_q, update_operations_q, potentials_limited_q, weights_limited_q;
  logic [47:0] integrate_q, learn_cycles_q, wait_q, other_q;
  logic        waiting, counted3_q, counted5_q;
  logic [CountBits-1:0] spike_sum_q, limited_sum_q, weight_sum_q;

  assign waiting = (state_q == StateIntegrate && !head_valid) || (state_q == StateIdle && !message_valid);

  always_ff @(posedge clk_i) begin
    if (sweep_valid_q[2]) begin
      spike_sum_q   <= CountBits'($countones(spikes3));
      limited_sum_q <= CountBits'($countones(limited3));
    end
    if (update_valid_q[4]) weight_sum_q <= CountBits'($countones(weights_limited));
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {events_q, operations_q, spikes_q, update_rows_q, update_operations_q, potentials_limited_q, weights_limited_q} <= '0;
      {integrate_q, learn_cycles_q, wait_q, other_q} <= '0;
      {counted3_q, counted5_q} <= '0;
    end else if (clear_i) begin
      {events_q, operations_q, spikes_q, update_rows_q, update_operations_q, potentials_limited_q, weights_limited_q} <= '0;
      {integrate_q, learn_cycles_q, wait_q, other_q} <= '0;
      {counted3_q, counted5_q} <= '0;
    end else begin
      counted3_q <= sweep_valid_q[2];
      counted5_q <= update_valid_q[4];
      if (row_issued) begin
        events_q     <= events_q + 48'd1;
        operations_q <= operations_q + 48'(neurons);
      end
      if (walk_taken) begin
        update_rows_q       <= update_rows_q + 48'd1;
        update_operations_q <= update_operations_q + 48'(neurons);
      end
      if (counted3_q) begin
        spikes_q             <= spikes_q + 48'(spike_sum_q);
        potentials_limited_q <= potentials_limited_q + 48'(limited_sum_q);
      end
      if (counted5_q) weights_limited_q <= weights_limited_q + 48'(weight_sum_q);
      if (core_busy_i) begin
        if (issue) integrate_q <= integrate_q + 48'd1;
        else if (update0_valid) learn_cycles_q <= learn_cycles_q + 48'd1;
        else if (waiting) wait_q <= wait_q + 48'd1;
        else other_q <= other_q + 48'd1;
      end
    end
  end

  assign counters_o = {192'd0, other_q, wait_q, learn_cycles_q, integrate_q, 48'd0, weights_limited_q, potentials_limited_q,
                       update_operations_q, update_rows_q, spikes_q, operations_q, events_q};
  assign busy_o     = state_q != StateIdle || sweep_busy || message_valid || out_word_valid || sender_busy;
  assign state_o    = {step_events_q, 2'b0, step_q, 1'b0, sweep_q, 1'b0, state_q};
endmodule

`default_nettype wire
