// SPDX-License-Identifier: Apache-2.0
// Sweeps over the neurons of a finished step: drives the lanes' sweep stages, sends spikes and marks on, reads states out for scores and trace,
// and after a learned sample makes the factors.
//
// Handshake: start_i for one cycle while busy_o is 0. Spike words, scores and trace by valid/ready; the record belongs to the last score.
//            The factors wait for factors_ready_i, which then holds until the last of them.
//            While hold_i is 1 the neurons wait for their sums; it must be there two cycles after start_i.
// Latency:   row_words + 10 cycles, or with Currents + 12; the read-out adds a cycle a neuron, the factors row_words + 4 cycles and what they have to wait.
// Parameters: Lanes; WordBits, width of a word number; CountWidth, of a neuron's count; Convolution, words can belong to positions; Currents,
//            sums become what drives the neurons in two cycles, and are read as many before the state.
`default_nettype none

module phasic_sweep #(
  parameter int Lanes    = 64,
  parameter int WordBits = 4,
  parameter int CountWidth = 6,
  parameter bit Convolution = 1'b0,
  parameter bit Currents = 1'b0,
  localparam int LaneBits = (Lanes > 1) ? $clog2(Lanes) : 1
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                clear_i,
  // constants of the run
  input  logic                trace_i,
  input  logic                output_layer_i,
  input  logic [15:0]         neurons_i,
  input  logic [15:0]         row_width_i,      // neurons of a position; in a dense layer all
  input  logic [WordBits-1:0] row_last_word_i,  // the last word of a position
  input  logic [WordBits-1:0] last_word_i,
  // a finished step
  input  logic                start_i,
  input  logic                start_bank_i,
  input  logic                start_silent_i,
  input  logic                start_final_i,
  input  logic                start_learn_i,
  input  logic                start_resume_i,   // the sample goes on from the state of the one before
  input  logic [5:0]          start_step_i,
  input  logic [15:0]         start_class_i,
  input  logic [31:0]         start_number_i,
  input  logic                hold_i,
  output logic                busy_o,
  output logic [2:0]          state_o,
  // sums are read; without Currents as the state is
  output logic                sum_read_o,
  output logic [WordBits-1:0] sum_word_o,
  // stages: 0 reads; sweep 1 to 4; factor 1 and 2
  output logic                read_o,
  output logic [3:0]          sweep_valid_o,
  input  logic                factors_ready_i,
  output logic                factor0_o,
  output logic [1:0]          factor_valid_o,
  output logic [WordBits-1:0] word0_o,
  output logic [WordBits-1:0] word2_o,
  output logic [WordBits-1:0] word3_o,
  output logic [WordBits-1:0] word4_o,
  output logic                end2_o,           // the word is its position's last
  output logic                end3_o,
  output logic [15:0]         base0_o,          // with Convolution the number of its first neuron
  output logic [15:0]         base4_o,
  output logic                bank_o,
  output logic                first_o,          // of the sample
  output logic                fresh_o,          // and it does not go on from another
  output logic                silent_o,
  output logic [31:0]         step_o,           // one-hot
  output logic [15:0]         class_o,
  // spikes: room_i says that six more words fit, or with Currents eight
  input  logic                room_i,
  input  logic                spikes_ready_i,
  output logic                spikes_valid_o,
  output logic                spikes_mark_o,
  output logic                spikes_final_o,
  // read-out: the lane's state comes one cycle after read_out_o
  output logic                read_out_o,
  output logic [LaneBits-1:0] read_out_lane_o,
  input  logic [CountWidth+15:0] read_out_i,
  output logic                score_valid_o,
  input  logic                score_ready_i,
  output logic [31:0]         score_o,
  output logic                score_last_o,
  output logic [31:0]         record_number_o,
  output logic [15:0]         record_label_o,
  output logic [15:0]         record_prediction_o,
  output logic [31:0]         record_spikes_o,
  output logic                trace_valid_o,
  input  logic                trace_ready_i,
  output logic [15:0]         trace_data_o,
  output logic                trace_last_o
);
  typedef enum logic [2:0] {SweepIdle, SweepDelay, SweepRun, SweepDrain, SweepMark, SweepReadOut, SweepFactors, SweepEnd} sweep_e;
  sweep_e state_q;

  logic                final_q, learn_q;
  logic [31:0]         number_q;
  logic [2:0]          wait_q;
  logic [WordBits-1:0] word_q, word1_q, word2_q, word3_q, word4_q;
  logic                run, sweep0, word_last, read_out_wanted, factors_wanted;
  logic                read_started_q, read_data_q, read_last_q;

  assign busy_o          = state_q != SweepIdle;
  assign state_o         = state_q;
  assign word_last       = word_q == last_word_i;
  assign run             = state_q == SweepRun && (output_layer_i || room_i);
  assign factor0_o       = state_q == SweepFactors && factors_ready_i;
  assign read_o          = sweep0 || factor0_o || (state_q == SweepReadOut && !read_started_q);
  assign word2_o         = word2_q;
  assign word3_o         = word3_q;
  assign word4_o         = word4_q;
  assign read_out_wanted = trace_i || (output_layer_i && final_q);
  assign factors_wanted  = final_q && learn_q;
  assign spikes_mark_o   = state_q == SweepMark;
  assign spikes_final_o  = final_q;
  assign spikes_valid_o  = !output_layer_i && (sweep_valid_o[3] || spikes_mark_o);

  // ---- the first stage of a sweep, behind the sums ----
  logic end0, ahead_end;
  logic [15:0] ahead_base;
  logic [1:0]            ahead_q;        // words whose sums were read one and two cycles ago
  logic [2*WordBits-1:0] ahead_words_q;

  if (Currents) begin : gen_ahead
    assign sum_read_o = run;
    assign sum_word_o = word_q;
    assign sweep0     = ahead_q[1];
    assign word0_o    = sweep0 ? ahead_words_q[WordBits +: WordBits] : word_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) ahead_q <= '0;
      else ahead_q <= clear_i ? '0 : {ahead_q[0], run};
    end
    always_ff @(posedge clk_i) ahead_words_q <= {ahead_words_q[WordBits-1:0], word_q};
  end else begin : gen_not_ahead
    logic unused_ahead;
    assign unused_ahead  = ^{ahead_q, ahead_words_q};
    assign ahead_q       = '0;
    assign ahead_words_q = '0;
    assign sum_read_o = read_o;
    assign sum_word_o = word_q;
    assign sweep0     = run;
    assign word0_o    = word_q;
  end

  // ---- positions ----

  if (Convolution) begin : gen_positions
    logic [WordBits-1:0] part_q;           // word of the position
    logic [15:0]         position_q, base_q, base1_q, base2_q, base3_q, base4_q;
    logic                end1_q, end2_q, end3_q, step, restart;
    assign end0    = part_q == row_last_word_i;
    assign step    = run || factor0_o || word_done;
    assign restart = state_q == SweepIdle || (step && word_last) || (state_q == SweepReadOut && read_last_q && out_done);
    assign end2_o  = end2_q;
    assign end3_o  = end3_q;
    assign base0_o = base_q;
    assign base4_o = base4_q;
    if (Currents) begin : gen_ahead
      logic [1:0]  ends_q;
      logic [31:0] bases_q;
      assign ahead_end  = sweep0 ? ends_q[1] : end0;
      assign ahead_base = sweep0 ? bases_q[31:16] : base_q;
      always_ff @(posedge clk_i) begin
        ends_q  <= {ends_q[0], end0};
        bases_q <= {bases_q[15:0], base_q};
      end
    end else begin : gen_not_ahead
      assign ahead_end  = end0;
      assign ahead_base = base_q;
    end
    always_ff @(posedge clk_i) begin
      if (restart) begin
        part_q     <= '0;
        position_q <= '0;
        base_q     <= '0;
      end else if (step) begin
        part_q <= end0 ? '0 : part_q + 1'b1;
        if (end0) position_q <= position_q + row_width_i;
        base_q <= end0 ? position_q + row_width_i : base_q + 16'(Lanes);
      end
      end1_q  <= ahead_end;
      end2_q  <= end1_q;
      end3_q  <= end2_q;
      base1_q <= ahead_base;
      base2_q <= base1_q;
      base3_q <= base2_q;
      base4_q <= base3_q;
    end
  end else begin : gen_no_positions
    logic unused_positions;
    assign unused_positions = ^{row_width_i, row_last_word_i, end0, ahead_end, ahead_base};
    assign ahead_end  = 1'b0;
    assign ahead_base = '0;
    assign end0    = 1'b0;
    assign end2_o  = word2_q == last_word_i;
    assign end3_o  = word3_q == last_word_i;
    assign base0_o = '0;
    assign base4_o = '0;
  end

  // ---- read-out ----
  logic [LaneBits-1:0] lane_q;
  logic [15:0]         neuron_q, out_neuron_q, best_neuron_q;
  logic                out_valid_q, out_last_q, score_open_q, trace_open_q, out_done, out_better, lane_last, neuron_last, word_done;
  logic [CountWidth+15:0] out_state, best_q;
  logic [31:0]         spikes_q;

  assign out_done        = out_valid_q && (!score_open_q || score_ready_i) && (!trace_open_q || trace_ready_i);
  assign lane_last       = lane_q == LaneBits'(Lanes - 1) || Lanes == 1 || (Convolution && end0 && lane_q == LaneBits'((32'(row_width_i) - 32'd1) % 32'(Lanes)));
  assign neuron_last     = neuron_q == neurons_i - 16'd1;
  assign read_out_o      = state_q == SweepReadOut && read_data_q && !read_last_q && (!out_valid_q || out_done);
  assign read_out_lane_o = lane_q;
  assign word_done       = read_out_o && lane_last && !neuron_last;
  // With the offset of a score, potentials compare as unsigned numbers.
  assign out_state       = read_out_i ^ (CountWidth + 16)'(32'h8000);
  assign out_better      = out_neuron_q == '0 || out_state > best_q;

  assign score_valid_o       = out_valid_q && score_open_q;
  assign score_o             = 32'(out_state);
  assign score_last_o        = out_last_q;
  assign record_number_o     = number_q;
  assign record_label_o      = class_o;
  assign record_prediction_o = out_better ? out_neuron_q : best_neuron_q;
  assign record_spikes_o     = ((out_neuron_q == '0) ? 32'd0 : spikes_q) + 32'(out_state[CountWidth+15:16]);
  assign trace_valid_o       = out_valid_q && trace_open_q;
  assign trace_data_o        = read_out_i[15:0];
  assign trace_last_o        = out_last_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q        <= SweepIdle;
      sweep_valid_o  <= '0;
      factor_valid_o <= '0;
      word_q         <= '0;
      wait_q         <= '0;
      out_valid_q    <= 1'b0;
      score_open_q   <= 1'b0;
      trace_open_q   <= 1'b0;
    end else if (clear_i) begin
      state_q        <= SweepIdle;
      sweep_valid_o  <= '0;
      factor_valid_o <= '0;
      out_valid_q    <= 1'b0;
      score_open_q   <= 1'b0;
      trace_open_q   <= 1'b0;
    end else begin
      sweep_valid_o  <= {sweep_valid_o[2:0], sweep0};
      factor_valid_o <= {factor_valid_o[0], factor0_o};
      case (state_q)
        SweepIdle: begin
          wait_q <= 3'd0;
          word_q <= '0;
          if (start_i) state_q <= SweepDelay;
        end
        SweepDelay: begin
          // The last sum of the step must have been written.
          if (wait_q != 3'd2) wait_q <= wait_q + 3'd1;
          else if (!hold_i) state_q <= SweepRun;
        end
        SweepRun: begin
          wait_q <= 3'd0;
          if (run) begin
            word_q <= word_last ? '0 : word_q + 1'b1;
            if (word_last) state_q <= SweepDrain;
          end
        end
        SweepDrain: begin
          wait_q <= wait_q + 3'd1;
          if (wait_q == (Currents ? 3'd6 : 3'd4)) state_q <= SweepMark;
        end
        SweepMark: begin
          if (output_layer_i || spikes_ready_i)
            state_q <= read_out_wanted ? SweepReadOut : factors_wanted ? SweepFactors : SweepIdle;
        end
        SweepReadOut: begin
          if (word_done) word_q <= word_q + 1'b1;
          if (read_last_q && out_done) begin
            word_q  <= '0;
            state_q <= factors_wanted ? SweepFactors : SweepIdle;
          end
        end
        SweepFactors: begin
          wait_q <= 3'd0;
          if (factor0_o) begin
            word_q <= word_last ? '0 : word_q + 1'b1;
            if (word_last) state_q <= SweepEnd;
          end
        end
        default: begin
          wait_q <= wait_q + 3'd1;
          if (wait_q == 3'd3) state_q <= SweepIdle;
        end
      endcase
      if (read_out_o) begin
        out_valid_q  <= 1'b1;
        score_open_q <= output_layer_i && final_q;
        trace_open_q <= trace_i;
      end else begin
        if (out_done) out_valid_q <= 1'b0;
        if (score_ready_i) score_open_q <= 1'b0;
        if (trace_ready_i) trace_open_q <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      bank_o   <= start_bank_i;
      first_o  <= start_step_i == '0;
      fresh_o  <= start_step_i == '0 && !start_resume_i;
      silent_o <= start_silent_i;
      step_o   <= 32'd1 << start_step_i[4:0];
      final_q  <= start_final_i;
      learn_q  <= start_learn_i;
      class_o  <= start_class_i;
      number_q <= start_number_i;
    end
    word1_q <= word0_o;
    word2_q <= word1_q;
    word3_q <= word2_q;
    word4_q <= word3_q;
    // A word is read, is there, and is read out lane after lane; the mark comes before every read-out.
    if (state_q == SweepMark || word_done) begin
      read_started_q <= 1'b0;
      read_data_q    <= 1'b0;
    end else if (state_q == SweepReadOut) begin
      read_started_q <= 1'b1;
      read_data_q    <= read_started_q;
    end
    if (state_q == SweepMark) begin
      lane_q      <= '0;
      neuron_q    <= '0;
      read_last_q <= 1'b0;
    end
    if (read_out_o) begin
      lane_q       <= lane_last ? '0 : lane_q + 1'b1;
      neuron_q     <= neuron_q + 16'd1;
      read_last_q  <= neuron_last;
      out_neuron_q <= neuron_q;
      out_last_q   <= neuron_last;
    end
    if (out_done) begin
      if (out_better) begin
        best_q        <= out_state;
        best_neuron_q <= out_neuron_q;
      end
      spikes_q <= record_spikes_o;
    end
  end
endmodule

`default_nettype wire
