// SPDX-License-Identifier: Apache-2.0
// Order of work in a layer engine: takes the dopamine message of a sample, sends the words of each spiking row to the lanes, hands every
// finished step to the sweep, and lets the walk learn after the last one. In a layer that competes, a sample is summed like a single step.
//
// Handshake: message and event heads by valid/ready. step_done_o for one cycle hands a step over, only while sweep_busy_i is 0; with
//            competition only the one with step_final_o counts. Then nothing is integrated until sweep_busy_i is 0 again.
//            learn_o stays 1 from the end of a learned sample's sweep until walk_done_i. walked_o for one cycle says that no word of the sample's rows
//            comes after this cycle.
// Latency:   a row occupies the lanes for row_words_i cycles, a mark or a neuron of a gate for one, an event that reaches no neuron for one.
// Parameters: RowBits, AddressBits and WordBits, widths of a row number, a word address and a word number; MaxRows; Convolution, events can have
//            several targets or none; then ClearWords, words of sums; Groups, of the layer's streams: so many events can be at the head at once.
`default_nettype none

module phasic_integrate #(
  parameter int RowBits     = 10,
  parameter int AddressBits = 14,
  parameter int WordBits    = 4,
  parameter int MaxRows     = 1024,
  parameter bit Convolution = 1'b0,
  parameter int ClearWords  = 0,
  parameter int Groups      = 1,
  localparam int EventsBits = $clog2(Groups + 1)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   clear_i,
  output logic                   clearing_o,        // history words from 0 to MaxRows - 1 are being cleared
  output logic [RowBits-1:0]     clear_row_o,
  output logic [WordBits-1:0]    clear_word_o,      // and words of sums from 0 to ClearWords - 1, if there are to be any
  // constants of the run
  input  logic [5:0]             steps_i,
  input  logic                   bias_i,
  input  logic                   learns_i,
  input  logic                   compete_i,         // sums run over all steps
  input  logic [7:0]             bias_value_i,
  input  logic [15:0]            sources_i,
  input  logic [15:0]            rows_i,
  input  logic [15:0]            row_words_i,
  input  logic [WordBits-1:0]    row_last_word_i,   // of a weight row
  input  logic [WordBits-1:0]    last_word_i,       // of the layer's sums
  // dopamine message
  input  logic                   message_valid_i,
  output logic                   message_ready_o,
  input  logic                   message_learn_i,
  input  logic [15:0]            message_class_i,
  input  logic [31:0]            message_number_i,
  // events
  input  logic                   head_valid_i,
  output logic                   head_ready_o,
  input  logic [1:0]             head_kind_i,
  input  logic [EventsBits-1:0]  head_events_i,     // spikes that it stands for
  input  logic                   head_last_i,       // of its event's targets
  input  logic                   head_none_i,       // the event reaches no neuron
  input  logic [RowBits-1:0]     head_source_i,
  input  logic [AddressBits-1:0] head_weight_address_i,  // of the row's first word
  input  logic [WordBits-1:0]    head_target_word_i,     // word of sums that takes the row's first word
  input  logic [7:0]             head_value_i,
  // gate
  input  logic                   gate_busy_i,
  output logic                   gate_open_o,       // the event at the head opens a neuron
  // words to the lanes: those of a weight row follow each other, and so do the words of sums that take them
  output logic                   issue_o,
  output logic                   issue_bank_o,
  output logic                   issue_first_o,     // no row came before this one in what is summed
  output logic [WordBits-1:0]    issue_target_word_o,    // of sums
  output logic [7:0]             issue_value_o,
  output logic [AddressBits-1:0] issue_weight_address_o,
  output logic                   row_issued_o,      // the word is the row's last
  output logic                   event_done_o,      // and the row the event's last
  output logic [EventsBits-1:0]  events_o,          // so many of both at once
  output logic [RowBits-1:0]     event_source_o,
  // the sample that is being integrated
  output logic                   sample_started_o,
  output logic                   sample_learn_o,
  output logic [15:0]            sample_class_o,
  output logic [31:0]            sample_number_o,
  output logic [5:0]             step_o,
  output logic                   last_step_o,
  output logic [15:0]            step_rows_o,       // events of the step so far
  // finished steps and learning
  output logic                   step_done_o,
  output logic                   step_final_o,
  output logic                   step_silent_o,
  input  logic                   sweep_busy_i,
  input  logic                   key_busy_i,
  input  logic                   walk_empty_i,
  input  logic                   walk_done_i,
  output logic                   learn_o,
  output logic                   walked_o,
  output logic                   idle_o,
  output logic                   waiting_o,         // for a message or an event
  output logic [2:0]             state_o
);
  typedef enum logic [2:0] {StateClear, StateIdle, StateIntegrate, StateAwaitFactors, StateLearn, StateSettle} state_e;
  state_e state_q;

  localparam int ClearRows = (Convolution && ClearWords > MaxRows) ? ClearWords : MaxRows;
  localparam int ClearBits = $clog2(ClearRows + 1);

  logic [ClearBits-1:0]   clear_count_q;
  logic                   learn_q, bank_q, silent_q, bias_done_q;
  logic [5:0]             step_q;
  logic [WordBits-1:0]    word_q;
  logic [15:0]            step_rows_q, class_q;
  logic [31:0]            number_q;
  logic [2:0]             settle_q;
  logic [AddressBits-1:0] bias_address_q;
  logic [WordBits-1:0]    bias_word;                // the first of a position
  logic                   head_spike, head_mark, head_final, issue_bias, issue_last, bias_last, nothing;

  assign head_spike = head_valid_i && head_kind_i == 2'(phasic_pkg::EventKindSpike);
  assign head_final = head_kind_i == 2'(phasic_pkg::EventKindSampleEnd);
  assign head_mark  = head_valid_i && (head_kind_i == 2'(phasic_pkg::EventKindStepEnd) || head_final);
  assign issue_bias = head_mark && bias_i && !bias_done_q;
  assign issue_last = word_q == row_last_word_i;

  assign clearing_o             = state_q == StateClear;
  assign clear_row_o            = RowBits'(clear_count_q);
  assign clear_word_o           = WordBits'(clear_count_q);
  assign message_ready_o        = state_q == StateIdle && !key_busy_i;
  assign head_ready_o           = (row_issued_o && head_spike) || nothing || step_done_o || gate_open_o;
  assign gate_open_o            = state_q == StateIntegrate && head_valid_i && head_kind_i == 2'(phasic_pkg::EventKindOpen) && !gate_busy_i;
  assign issue_o                = state_q == StateIntegrate && ((head_spike && !head_none_i) || issue_bias);
  assign issue_bank_o           = bank_q;
  assign issue_first_o          = silent_q;
  assign issue_target_word_o    = (head_spike ? head_target_word_i : bias_word) + word_q;
  assign issue_weight_address_o = (head_spike ? head_weight_address_i : bias_address_q) + AddressBits'(word_q);
  assign issue_value_o          = head_spike ? head_value_i : bias_value_i;
  assign event_source_o         = head_spike ? head_source_i : RowBits'(sources_i - 16'd1);
  assign row_issued_o           = issue_o && issue_last;
  assign events_o               = head_spike ? head_events_i : EventsBits'(1);
  assign nothing                = state_q == StateIntegrate && head_spike && head_none_i;
  assign event_done_o           = nothing || (row_issued_o && (head_spike ? head_last_i : bias_last));
  assign sample_started_o       = message_valid_i && message_ready_o;
  assign sample_learn_o         = learn_q;
  assign sample_class_o         = class_q;
  assign sample_number_o        = number_q;
  assign step_o                 = step_q;
  assign last_step_o            = step_q == steps_i - 6'd1;
  assign step_rows_o            = step_rows_q;
  assign step_done_o            = state_q == StateIntegrate && head_mark && !issue_bias && !sweep_busy_i && !gate_busy_i;
  assign step_final_o           = head_final;
  assign step_silent_o          = silent_q;
  assign learn_o                = state_q == StateLearn;
  assign walked_o               = (learn_o && walk_done_i) || (state_q == StateAwaitFactors && !sweep_busy_i && !key_busy_i && walk_empty_i);
  assign idle_o                 = state_q == StateIdle;
  assign waiting_o              = (state_q == StateIntegrate && !head_valid_i) || (idle_o && !message_valid_i);
  assign state_o                = state_q;

  // A bias meets every position, one after the other.
  if (Convolution) begin : gen_bias
    logic [WordBits-1:0] bias_word_q;
    assign bias_word = bias_word_q;
    assign bias_last = issue_target_word_o == last_word_i;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) bias_word_q <= '0;
      else if (clear_i || (row_issued_o && bias_last)) bias_word_q <= '0;
      else if (row_issued_o && issue_bias) bias_word_q <= bias_word_q + WordBits'(row_words_i);
    end
  end else begin : gen_no_bias
    logic unused_last;
    assign unused_last = ^last_word_i;
    assign bias_word   = '0;
    assign bias_last   = 1'b1;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q       <= StateClear;
      clear_count_q <= '0;
      learn_q       <= 1'b0;
      bank_q        <= 1'b0;
      silent_q      <= 1'b1;
      bias_done_q   <= 1'b0;
      step_q        <= '0;
      word_q        <= '0;
      step_rows_q   <= '0;
      settle_q      <= '0;
    end else if (clear_i) begin
      state_q       <= StateClear;
      clear_count_q <= '0;
      silent_q      <= 1'b1;
      bias_done_q   <= 1'b0;
      step_q        <= '0;
      word_q        <= '0;
      step_rows_q   <= '0;
    end else begin
      if (issue_o) word_q <= issue_last ? '0 : word_q + 1'b1;
      if (row_issued_o) silent_q <= 1'b0;
      if (event_done_o) begin
        step_rows_q <= step_rows_q + 16'(events_o);
        if (issue_bias) bias_done_q <= 1'b1;
      end
      if (step_done_o) begin
        bias_done_q <= 1'b0;
        step_q      <= step_q + 6'd1;
        step_rows_q <= '0;
        if (!compete_i || step_final_o) begin
          silent_q <= 1'b1;
          bank_q   <= !bank_q;
        end
      end
      case (state_q)
        StateClear: begin
          clear_count_q <= clear_count_q + 1'b1;
          if (clear_count_q == ClearBits'(ClearRows - 1)) state_q <= StateIdle;
        end
        StateIdle: begin
          if (sample_started_o) begin
            state_q <= StateIntegrate;
            learn_q <= message_learn_i && learns_i;
            step_q  <= '0;
          end
        end
        StateIntegrate: if (step_done_o && step_final_o) state_q <= (learn_q || compete_i) ? StateAwaitFactors : StateIdle;
        StateAwaitFactors: if (!sweep_busy_i && !key_busy_i) state_q <= walk_empty_i ? StateIdle : StateLearn;
        StateLearn: begin
          settle_q <= '0;
          if (walk_done_i) state_q <= StateSettle;
        end
        default: begin
          // The last words of the walk are still on their way to the synapse memory.
          if (settle_q != 3'd7) settle_q <= settle_q + 3'd1;
          else if (!sweep_busy_i) state_q <= StateIdle;
        end
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    bias_address_q <= AddressBits'((32'(rows_i) - 32'd1) * 32'(row_words_i));
    if (sample_started_o) begin
      class_q  <= message_class_i;
      number_q <= message_number_i;
    end
  end
endmodule

`default_nettype wire
