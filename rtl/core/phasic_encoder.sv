// SPDX-License-Identifier: Apache-2.0
// Shows a sample to the network step by step: opens the neurons of its gate, then rate-codes intensities, replays address events, or sends graded
// values as they are.
//
// Handshake: the sample is offered by a sample buffer and released when its last entry has been read; the dopamine message goes out before the
//            first event; events by valid/ready.
// Latency:   36 cycles from a sample's offer to its message (the random key), then one entry a cycle.
// Parameters: MaxEntries of a sample; Graded, there can be graded values.
`default_nettype none

module phasic_encoder #(
  parameter int MaxEntries = 16384,
  parameter bit Graded     = 1'b0,
  localparam int EntryBits = $clog2(MaxEntries)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 clear_i,
  input  logic [63:0]          seed_i,
  input  logic [5:0]           steps_i,
  input  logic                 address_events_i,  // kind of the samples
  input  logic                 graded_i,
  // sample buffer
  input  logic                 sample_valid_i,
  input  logic [31:0]          sample_number_i,
  input  logic [EntryBits:0]   sample_entries_i,
  input  logic [EntryBits:0]   sample_open_i,     // the first so many entries are the gate
  output logic                 sample_release_o,
  output logic                 read_o,
  output logic [EntryBits-1:0] read_entry_o,
  input  logic [31:0]          read_data_i,
  // dopamine message of the sample on offer
  output logic                 message_valid_o,
  input  logic                 message_ready_i,
  // events
  output logic                 event_valid_o,
  input  logic                 event_ready_i,
  output logic [1:0]           event_kind_o,
  output logic [15:0]          event_index_o,
  output logic [7:0]           event_value_o,
  output logic                 busy_o,
  output logic [47:0]          events_o
);
  typedef enum logic [2:0] {EncodeIdle, EncodeKey, EncodeMessage, EncodeSteps, EncodeDrain} state_e;
  state_e state_q;

  logic        key_start, key_busy;
  logic [63:0] key;

  assign key_start       = state_q == EncodeIdle && sample_valid_i;
  assign message_valid_o = state_q == EncodeMessage;

  phasic_key #(
    .Purpose(phasic_pkg::PurposeEncoding),
    .Layer  (0)
  ) u_key (
    .clk_i,
    .rst_ni,
    .clear_i,
    .start_i (key_start),
    .seed_i,
    .number_i(sample_number_i),
    .busy_o  (key_busy),
    .key_o   (key)
  );

  // Entries of the sample, one a cycle: read_entry_q is the next to read, data_valid_q says that read_data_i holds one.
  logic [EntryBits:0] read_entry_q;
  logic               data_valid_q, data_take, read_open;
  logic [EntryBits:0] gate_left_q;
  logic               gate_here;
  logic [5:0]         step_q;
  logic               last_step, step_ends, token, token_mark, token_final, move;
  logic               entry_here, pass_over;

  assign last_step = step_q == steps_i - 6'd1;
  // A rate-coded step shows every entry; a step of address events those that carry its number.
  assign gate_here  = gate_left_q != '0;
  assign entry_here = data_valid_q && (gate_here || !address_events_i || read_data_i[phasic_pkg::EntryStepBit +: 8] == {2'd0, step_q});
  assign pass_over  = !data_valid_q && read_entry_q == sample_entries_i;
  assign step_ends  = address_events_i ? (pass_over || (data_valid_q && !entry_here)) : pass_over;
  assign token      = state_q == EncodeSteps && (entry_here || step_ends);
  assign token_mark = !entry_here;
  assign token_final = last_step;
  assign data_take  = token && entry_here && move;
  assign read_open  = state_q == EncodeSteps && read_entry_q != sample_entries_i && (!data_valid_q || data_take);
  assign read_o       = read_open;
  assign read_entry_o = read_entry_q[EntryBits-1:0];

  // A spike is drawn in the keyed permutation; everything else passes through it to keep the order.
  logic        drawn_valid, drawn_mark, drawn_final, drawn_gate, drawn_sure, drain_empty;
  logic [1:0]  drawn_kind;
  logic [15:0] drawn_index, drawn_x, drawn_y, drawn_word;
  logic [7:0]  drawn_value, drawn_byte;
  logic [1:0]  drawn_phase;
  logic        drawn_spike, out_valid, out_ready;

  phasic_permute #(
    .PayloadWidth(30)
  ) u_permute (
    .clk_i,
    .rst_ni,
    .clear_i,
    .enable_i (move),
    .key_i    (key),
    .valid_i  (token),
    .x_i      (16'(step_q[5:2])),
    .y_i      (read_data_i[phasic_pkg::EntryInputBit +: 16]),
    .payload_i({token_mark, token_final, gate_here, address_events_i || gate_here, step_q[1:0],
                read_data_i[phasic_pkg::EntryValueBit +: 8], read_data_i[phasic_pkg::EntryInputBit +: 16]}),
    .valid_o  (drawn_valid),
    .x_o      (drawn_x),
    .y_o      (drawn_y),
    .payload_o({drawn_mark, drawn_final, drawn_gate, drawn_sure, drawn_phase, drawn_value, drawn_index}),
    .empty_o  (drain_empty)
  );

  assign drawn_word = drawn_phase[1] ? drawn_y : drawn_x;
  assign drawn_byte = drawn_phase[0] ? drawn_word[7:0] : drawn_word[15:8];
  assign drawn_spike = drawn_mark || drawn_sure || drawn_value > (graded_i ? 8'd0 : drawn_byte);
  assign drawn_kind  = drawn_mark ? (drawn_final ? 2'(phasic_pkg::EventKindSampleEnd) : 2'(phasic_pkg::EventKindStepEnd))
                                  : (drawn_gate ? 2'(phasic_pkg::EventKindOpen) : 2'(phasic_pkg::EventKindSpike));
  assign out_valid   = drawn_valid && drawn_spike;
  assign move        = !out_valid || out_ready;

  // Without graded values every spike is worth 1.
  localparam int Width = 18 + (Graded ? 8 : 0);
  logic [Width-1:0] in_data, out_data;
  if (Graded) begin : gen_values
    assign in_data       = {graded_i ? drawn_value : 8'd1, drawn_kind, drawn_mark ? 16'd0 : drawn_index};
    assign event_value_o = out_data[25:18];
  end else begin : gen_spikes
    assign in_data       = {drawn_kind, drawn_mark ? 16'd0 : drawn_index};
    assign event_value_o = 8'd1;
  end
  assign {event_kind_o, event_index_o} = out_data[17:0];

  phasic_fifo #(
    .Width(Width),
    .Depth(64)
  ) u_events (
    .clk_i,
    .rst_ni,
    .clear_i,
    .in_valid_i (out_valid),
    .in_ready_o (out_ready),
    .in_data_i  (in_data),
    .out_valid_o(event_valid_o),
    .out_ready_i(event_ready_i),
    .out_data_o (out_data)
  );

  assign sample_release_o = state_q == EncodeSteps && token && token_mark && token_final && move;
  assign busy_o           = state_q != EncodeIdle || event_valid_o;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q      <= EncodeIdle;
      step_q       <= '0;
      read_entry_q <= '0;
      data_valid_q <= 1'b0;
      gate_left_q  <= '0;
      events_o     <= '0;
    end else if (clear_i) begin
      state_q      <= EncodeIdle;
      step_q       <= '0;
      read_entry_q <= '0;
      data_valid_q <= 1'b0;
      gate_left_q  <= '0;
      events_o     <= '0;
    end else begin
      if (out_valid && out_ready && !drawn_mark && !drawn_gate) events_o <= events_o + 48'd1;
      case (state_q)
        EncodeIdle: begin
          step_q       <= '0;
          read_entry_q <= '0;
          data_valid_q <= 1'b0;
          gate_left_q  <= sample_open_i;
          if (sample_valid_i) state_q <= EncodeKey;
        end
        EncodeKey: if (!key_busy) state_q <= EncodeMessage;
        EncodeMessage: if (message_ready_i) state_q <= EncodeSteps;
        EncodeSteps: begin
          if (read_open) begin
            read_entry_q <= read_entry_q + 1'b1;
            data_valid_q <= 1'b1;
          end else if (data_take) begin
            data_valid_q <= 1'b0;
          end
          if (data_take && gate_here) gate_left_q <= gate_left_q - 1'b1;
          if (token && token_mark && move) begin
            step_q <= step_q + 6'd1;
            // The next step shows the same intensities again.
            if (!address_events_i) read_entry_q <= sample_open_i;
            if (last_step) state_q <= EncodeDrain;
          end
        end
        default: if (drain_empty) state_q <= EncodeIdle;
      endcase
    end
  end
endmodule

`default_nettype wire
