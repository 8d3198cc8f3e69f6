// SPDX-License-Identifier: Apache-2.0
// Reads the samples of a run in order, checks them and hands them to the core as entries.
//
// Handshake: clear_i forgets the run before, start_i begins. Each sample takes one read command, or a second one for address events past
//            the first 64 bytes or what a gate moves back; exactly their words are taken. Entries go out over entry_*, and sample_valid_o commits those of a
//            sample that was found good. The next sample is asked for as soon as the core has taken the one before. stop_i: ask
//            for no further sample. done_o pulses at the end, with the first error (none if all samples were accepted).
// Latency:   a byte of intensity, four zero bytes, or an event a cycle; an idle command's round trip between samples.
// Parameters: MaxEvents as for the kernel; Gate, samples may have one; State, there are programs that keep state.
`default_nettype none

module phasic_sampler #(
  parameter int MaxEvents = 16384,
  parameter bit Gate      = 1'b0,
  parameter bit State     = 1'b0
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         clear_i,
  input  logic         start_i,
  input  logic         stop_i,
  output logic         done_o,
  output logic [31:0]  error_code_o,
  output logic [31:0]  error_detail_o,
  output logic [31:0]  error_sample_o,
  output logic [31:0]  fetched_o,           // samples committed since clear_i
  input  logic [511:0] program_i,
  input  logic [15:0]  neurons_i,           // of the first layer
  input  logic [31:0]  sample_count_i,
  input  logic [31:0]  first_sample_i,
  // Read command and words
  output logic         cmd_valid_o,
  input  logic         cmd_ready_i,
  output logic [31:0]  cmd_offset_o,
  output logic [31:0]  cmd_bytes_o,
  input  logic         word_valid_i,
  output logic         word_ready_o,
  input  logic [31:0]  word_i,
  input  logic         word_error_i,
  // To the core
  output logic         entry_valid_o,
  input  logic         entry_ready_i,
  output logic [31:0]  entry_data_o,        // {intensity or value, step, input}, or a neuron of the gate, which comes first
  output logic         sample_valid_o,
  input  logic         sample_ready_i,
  output logic [15:0]  sample_label_o,
  output logic         sample_learn_o,
  output logic         sample_gated_o,
  output logic         sample_restart_o,
  output logic [15:0]  sample_open_o,       // neurons in the gate
  output logic [31:0]  sample_number_o
);
  localparam logic [3:0] StIdle     = 4'd0;
  localparam logic [3:0] StCommand  = 4'd1;
  localparam logic [3:0] StHeader   = 4'd2;
  localparam logic [3:0] StCheck    = 4'd3;
  localparam logic [3:0] StMore     = 4'd4;
  localparam logic [3:0] StBytes    = 4'd5;
  localparam logic [3:0] StEvents   = 4'd6;
  localparam logic [3:0] StDrain    = 4'd7;
  localparam logic [3:0] StCommit   = 4'd8;
  localparam logic [3:0] StDone     = 4'd9;
  localparam logic [3:0] StGate     = 4'd10;

  logic [3:0]  state_q;
  logic [31:0] sample_q;          // position in the run
  logic [31:0] offset_q;          // of the sample in the samples buffer
  logic [22:0] words_left_q;      // of the commands given so far
  logic [31:0] label_q;
  logic [31:0] flags_q;
  logic [31:0] length_q;
  logic [31:0] open_q;
  logic [1:0]  header_q;          // word of the header
  logic [15:0] input_q;           // input of the byte at hand
  logic [31:0] event_q;           // number of the event, or of the gate's neuron, at hand
  logic [23:0] last_key_q;        // step and input of the event before, or the gate's neuron before
  logic        bus_error_q;
  logic [31:0] code_q;
  logic [31:0] detail_q;

  logic [31:0] inputs;
  logic [31:0] steps;
  logic [31:0] classes;
  logic [31:0] stride;
  logic        events;            // the payload has address events
  logic        learning;
  logic        keeping;
  assign inputs   = program_i[8*phasic_pkg::ProgramHeaderInputs +: 32];
  assign steps    = program_i[8*phasic_pkg::ProgramHeaderSteps +: 32];
  assign classes  = program_i[8*phasic_pkg::ProgramHeaderClasses +: 32];
  assign stride   = program_i[8*phasic_pkg::ProgramHeaderSampleStride +: 32];
  assign events   = program_i[8*phasic_pkg::ProgramHeaderSampleKind +: 32] == 32'(phasic_pkg::SampleKindEvent);
  assign learning = program_i[8*phasic_pkg::ProgramHeaderFlags];
  assign keeping  = State && program_i[8*phasic_pkg::ProgramHeaderFlags + phasic_pkg::ProgramHeaderFlagsKeepBit];

  logic        take;
  assign take = word_valid_i && word_ready_o;

  // ---- Header ----------------------------------------------------------------------------------------------------------------
  logic [31:0] legal_flags;
  logic        label_legal;
  logic        length_legal;
  logic        header_legal;
  logic [31:0] header_field;
  logic        gated;
  logic        open_legal;
  logic [24:0] event_bytes;       // header and events; MaxEvents keeps it this short once the length was found legal
  logic [31:0] first_bytes;       // that are asked for before the header is known
  logic [31:0] all_bytes;         // header, gate and payload
  logic [31:0] padded_bytes;
  logic        more;              // they go past the first ones
  logic [3:0]  payload_state;
  logic [3:0]  start_state;

  assign label_legal = (label_q < classes) || ((label_q == 32'(phasic_pkg::Unlabelled)) && !(learning && flags_q[phasic_pkg::SampleHeaderFlagsLearnBit]));
  assign legal_flags = (32'd1 << phasic_pkg::SampleHeaderFlagsLearnBit) | (32'(Gate) << phasic_pkg::SampleHeaderFlagsGateBit)
      | (32'(keeping) << phasic_pkg::SampleHeaderFlagsRestartBit);
  assign event_bytes = 25'(phasic_pkg::SampleHeaderBytes) + {length_q[22:0], 2'b00};
  assign length_legal = events ? ((length_q <= 32'(MaxEvents)) && (32'(event_bytes) <= stride)) : (length_q == inputs);
  assign gated = Gate && flags_q[phasic_pkg::SampleHeaderFlagsGateBit];
  assign all_bytes = (events ? 32'(event_bytes) : inputs + 32'(phasic_pkg::SampleHeaderBytes)) + {14'd0, open_q[15:0], 2'b00};
  assign open_legal = gated ? ((open_q <= 32'(neurons_i)) && (open_q + length_q <= 32'(MaxEvents)) && (all_bytes <= stride))
                            : (open_q == '0);
  assign first_bytes  = events ? 32'd64 : ((inputs + 32'(phasic_pkg::SampleHeaderBytes) + 32'd63) >> 6) << 6;
  assign padded_bytes = ((all_bytes + 32'd63) >> 6) << 6;
  assign more = padded_bytes > first_bytes;
  assign payload_state = !events ? StBytes : (length_q == '0) ? StDrain : StEvents;
  assign start_state   = (open_q != '0) ? StGate : payload_state;

  always_comb begin
    header_legal = 1'b0;
    header_field = '0;
    if (!label_legal) begin
      header_field = 32'(phasic_pkg::SampleHeaderLabel);
    end else if ((flags_q & ~legal_flags) != '0) begin
      header_field = 32'(phasic_pkg::SampleHeaderFlags);
    end else if (!length_legal) begin
      header_field = 32'(phasic_pkg::SampleHeaderLength);
    end else if (!open_legal) begin
      header_field = 32'(phasic_pkg::SampleHeaderOpen);
    end else begin
      header_legal = 1'b1;
    end
  end

  // ---- Intensities: the byte of input_q; a word is left when no later byte of it counts -----------------------------------------
  logic [31:0] rest;              // from the byte at hand on
  logic        last_input;
  logic        last_word;
  logic        word_done;

  always_comb begin
    case (input_q[1:0])
      2'd0:    rest = word_i;
      2'd1:    rest = {8'd0, word_i[31:8]};
      2'd2:    rest = {16'd0, word_i[31:16]};
      default: rest = {24'd0, word_i[31:24]};
    endcase
  end
  assign last_input = 32'(input_q) + 32'd1 == inputs;
  assign last_word  = {16'd0, input_q[15:2], 2'b11} >= inputs - 32'd1;
  assign word_done  = last_input || (rest[31:8] == '0);

  // ---- Events ----------------------------------------------------------------------------------------------------------------
  logic        event_legal;
  logic        last_event;
  assign event_legal = (32'(word_i[15:0]) < inputs) && (32'(word_i[23:16]) < steps) && (word_i[31:24] == '0)
      && ((event_q == '0) || (word_i[23:0] > last_key_q));
  assign last_event = event_q + 32'd1 == length_q;

  // ---- Gate ------------------------------------------------------------------------------------------------------------------
  logic        neuron_legal;
  logic        last_neuron;
  assign neuron_legal = (word_i < 32'(neurons_i)) && ((event_q == '0) || (word_i[15:0] > last_key_q[15:0]));
  assign last_neuron  = event_q + 32'd1 == open_q;

  // ---- Outputs ---------------------------------------------------------------------------------------------------------------
  logic        byte_entry;
  logic        event_entry;
  logic        gate_entry;
  assign byte_entry  = (state_q == StBytes) && word_valid_i && !word_error_i && (rest[7:0] != '0);
  assign event_entry = (state_q == StEvents) && word_valid_i && !word_error_i && event_legal;
  assign gate_entry  = (state_q == StGate) && word_valid_i && !word_error_i && neuron_legal;
  assign entry_valid_o = byte_entry || event_entry || gate_entry;
  assign entry_data_o  = (state_q == StGate) ? {16'd0, word_i[15:0]} : events ? {8'd0, word_i[23:0]} : {rest[7:0], 8'd0, input_q};

  always_comb begin
    case (state_q)
      StHeader: word_ready_o = 1'b1;
      StBytes:  word_ready_o = word_error_i || (word_done && (!byte_entry || entry_ready_i));
      StEvents: word_ready_o = !event_entry || entry_ready_i;
      StGate:   word_ready_o = !gate_entry || entry_ready_i;
      StDrain:  word_ready_o = words_left_q != '0;
      default:  word_ready_o = 1'b0;
    endcase
  end

  assign cmd_valid_o  = ((state_q == StCommand) && !stop_i) || (state_q == StMore);
  assign cmd_offset_o = (state_q == StMore) ? offset_q + first_bytes : offset_q;
  assign cmd_bytes_o  = (state_q == StMore) ? padded_bytes - first_bytes : first_bytes;

  assign sample_valid_o  = state_q == StCommit;
  assign sample_label_o  = label_q[15:0];
  assign sample_learn_o  = learning && flags_q[phasic_pkg::SampleHeaderFlagsLearnBit];
  assign sample_gated_o  = gated;
  assign sample_restart_o = keeping && flags_q[phasic_pkg::SampleHeaderFlagsRestartBit];
  assign sample_open_o   = open_q[15:0];
  assign sample_number_o = first_sample_i + sample_q;
  assign fetched_o       = sample_q;

  assign done_o         = state_q == StDone;
  assign error_code_o   = code_q;
  assign error_detail_o = detail_q;
  // A bus error belongs to a buffer, not to a sample.
  assign error_sample_o = ((code_q == 32'(phasic_pkg::ErrorSampleField)) || (code_q == 32'(phasic_pkg::ErrorEvent))
                           || (code_q == 32'(phasic_pkg::ErrorGate))) ? sample_q : '0;

  // ---- Sequence --------------------------------------------------------------------------------------------------------------
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q      <= StIdle;
      sample_q     <= '0;
      offset_q     <= '0;
      words_left_q <= '0;
      label_q      <= '0;
      flags_q      <= '0;
      length_q     <= '0;
      open_q       <= '0;
      header_q     <= '0;
      input_q      <= '0;
      event_q      <= '0;
      last_key_q   <= '0;
      bus_error_q  <= 1'b0;
      code_q       <= '0;
      detail_q     <= '0;
    end else begin
      if (take) begin
        words_left_q <= words_left_q - 1'b1;
        if (word_error_i) bus_error_q <= 1'b1;
      end
      if (clear_i) begin
        sample_q <= '0;
        code_q   <= 32'(phasic_pkg::ErrorNone);
        detail_q <= '0;
      end
      case (state_q)
        StIdle: begin
          if (start_i) begin
            state_q     <= (sample_count_i == '0) ? StDone : StCommand;
            offset_q    <= '0;
            bus_error_q <= 1'b0;
          end
        end
        StCommand: begin
          words_left_q <= cmd_bytes_o[24:2];
          header_q     <= '0;
          input_q      <= '0;
          event_q      <= '0;
          if (stop_i) begin
            state_q <= StDone;
          end else if (cmd_ready_i) begin
            state_q <= StHeader;
          end
        end
        StHeader: begin
          if (take) begin
            header_q <= header_q + 1'b1;
            case (header_q)
              2'd0: label_q <= word_i;
              2'd1: flags_q <= word_i;
              2'd2: length_q <= word_i;
              default: begin
                open_q  <= word_i;
                state_q <= StCheck;
              end
            endcase
          end
        end
        StCheck: begin
          if (bus_error_q) begin
            state_q <= StDrain;
          end else if (!header_legal) begin
            state_q  <= StDrain;
            code_q   <= 32'(phasic_pkg::ErrorSampleField);
            detail_q <= header_field;
          end else begin
            state_q <= more ? StMore : start_state;
          end
        end
        StMore: begin
          if (cmd_ready_i) begin
            words_left_q <= words_left_q + cmd_bytes_o[24:2];
            state_q      <= start_state;
          end
        end
        StGate: begin
          if (take) begin
            event_q    <= last_neuron ? '0 : event_q + 32'd1;
            last_key_q <= {8'd0, word_i[15:0]};
            if (word_error_i) begin
              state_q <= StDrain;
            end else if (!neuron_legal) begin
              state_q  <= StDrain;
              code_q   <= 32'(phasic_pkg::ErrorGate);
              detail_q <= event_q;
            end else if (last_neuron) begin
              state_q <= payload_state;
            end
          end
        end
        StBytes: begin
          if (take) begin
            input_q <= {input_q[15:2] + 14'd1, 2'b00};
            if (word_error_i || last_word) state_q <= StDrain;
          end else if (word_valid_i && (!byte_entry || entry_ready_i)) begin
            input_q <= input_q + 16'd1;
          end
        end
        StEvents: begin
          if (take) begin
            event_q    <= event_q + 32'd1;
            last_key_q <= word_i[23:0];
            if (word_error_i || last_event) state_q <= StDrain;
            if (!word_error_i && !event_legal) begin
              state_q  <= StDrain;
              code_q   <= 32'(phasic_pkg::ErrorEvent);
              detail_q <= event_q;
            end
          end
        end
        StDrain: begin
          if (words_left_q == '0) begin
            if (bus_error_q && (code_q != 32'(phasic_pkg::ErrorSampleField))) begin
              state_q  <= StDone;
              code_q   <= 32'(phasic_pkg::ErrorBusRead);
              detail_q <= 32'(phasic_pkg::ArgumentSamples);
            end else if (code_q != 32'(phasic_pkg::ErrorNone)) begin
              state_q <= StDone;
            end else begin
              state_q <= StCommit;
            end
          end
        end
        StCommit: begin
          if (sample_ready_i) begin
            sample_q <= sample_q + 32'd1;
            offset_q <= offset_q + stride;
            state_q  <= (sample_q + 32'd1 == sample_count_i) ? StDone : StCommand;
          end
        end
        default: state_q <= StIdle;
      endcase
    end
  end
endmodule

`default_nettype wire
