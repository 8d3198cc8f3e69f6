// SPDX-License-Identifier: Apache-2.0
// Holds samples and shows them to the network: a sample buffer and an encoder for each group of inputs, so that there are as many streams of
// events as groups. An input is in the group that its number modulo Groups gives, and so is a neuron of a sample's gate.
//
// Handshake: entries and the commit of a sample as in phasic_sample_buffer; those of the gate come first, and how many they are holds in sample_i
//            from the first entry to the commit. The dopamine message goes out when every encoder has come to the sample; then the streams go on by
//            themselves, each with its own marks. sample_o is what was committed, from the message on offer until it is taken; of the gate's size it has
//            the part of the first group.
// Latency:   that of phasic_encoder.
// Parameters: MaxEntries of a sample, which may all be in one group; Graded, there can be graded values; Groups, a power of two.
`default_nettype none

module phasic_encoders #(
  parameter int MaxEntries = 16384,
  parameter bit Graded     = 1'b0,
  parameter int Groups     = 1
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 clear_i,
  input  logic [63:0]          seed_i,
  input  logic [5:0]           steps_i,
  input  logic                 address_events_i,  // kind of the samples
  input  logic                 graded_i,
  input  logic                 gates_i,           // there can be gates
  // entries and their commit
  input  logic                 entry_valid_i,
  output logic                 entry_ready_o,
  input  logic [31:0]          entry_data_i,
  input  logic                 sample_valid_i,
  output logic                 sample_ready_o,
  input  logic [phasic_pkg::SampleWidth-1:0] sample_i,
  // dopamine message of the sample on offer
  output logic                 message_valid_o,
  input  logic                 message_ready_i,
  output logic [phasic_pkg::SampleWidth-1:0] sample_o,
  // events
  output logic [Groups-1:0]    event_valid_o,
  input  logic [Groups-1:0]    event_ready_i,
  output logic [2*Groups-1:0]  event_kind_o,
  output logic [16*Groups-1:0] event_index_o,
  output logic [8*Groups-1:0]  event_value_o,
  output logic                 busy_o,
  output logic [47:0]          events_o
);
  localparam int EntryBits = $clog2(MaxEntries);
  localparam int GroupBits = (Groups > 1) ? $clog2(Groups) : 1;

  logic [Groups-1:0]    entry_ready, sample_ready, sample_valid, message_valid, encoder_busy;
  logic [48*Groups-1:0] events;
  logic [15:0]          entries_q;    // of the sample so far, all groups
  logic                 entry, commit;
  logic [GroupBits-1:0] entry_group;

  assign entry_group     = entry_data_i[phasic_pkg::EntryInputBit +: GroupBits];
  assign entry_ready_o   = (Groups == 1) ? entry_ready[0] : entry_ready[entry_group];
  assign sample_ready_o  = sample_ready == '1;
  assign entry           = entry_valid_i && entry_ready_o;
  assign commit          = sample_valid_i && sample_ready_o;
  assign message_valid_o = message_valid == '1;
  assign busy_o          = sample_valid != '0 || encoder_busy != '0;

  always_comb begin
    events_o = '0;
    for (int g = 0; g < Groups; g++) events_o = events_o + events[48*g +: 48];
  end

  // Of the entries only those of the gate need a count here, and a gate has less than 2^16 neurons.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) entries_q <= '0;
    else if (clear_i || commit) entries_q <= '0;
    else if (entry && entries_q != '1) entries_q <= entries_q + 16'd1;
  end

  for (genvar g = 0; g < Groups; g++) begin : gen_group
    logic [phasic_pkg::SampleWidth-1:0] committed, sample;
    logic [EntryBits:0]   sample_entries;
    logic                 here, release_sample, read;
    logic [EntryBits-1:0] read_entry;
    logic [31:0]          read_data;
    assign here = Groups == 1 || entry_group == GroupBits'(g);

    // A group's part of the gate.
    if (Groups == 1) begin : gen_whole
      assign committed = sample_i;
    end else begin : gen_part
      logic [15:0] open_q;
      always_ff @(posedge clk_i or negedge rst_ni) begin
        if (!rst_ni) open_q <= '0;
        else if (clear_i || commit) open_q <= '0;
        else if (entry && here && entries_q < sample_i[phasic_pkg::SampleOpenBit +: 16]) open_q <= open_q + 16'd1;
      end
      always_comb begin
        committed = sample_i;
        committed[phasic_pkg::SampleOpenBit +: 16] = open_q;
      end
    end

    phasic_sample_buffer #(
      .MaxEntries(MaxEntries),
      .DataWidth (phasic_pkg::SampleWidth)
    ) u_samples (
      .clk_i,
      .rst_ni,
      .clear_i,
      .entry_valid_i   (entry_valid_i && here),
      .entry_ready_o   (entry_ready[g]),
      .entry_data_i,
      .commit_valid_i  (commit),
      .commit_ready_o  (sample_ready[g]),
      .commit_data_i   (committed),
      .sample_valid_o  (sample_valid[g]),
      .sample_data_o   (sample),
      .sample_entries_o(sample_entries),
      .release_i       (release_sample),
      .read_i          (read),
      .read_entry_i    (read_entry),
      .read_data_o     (read_data)
    );

    phasic_encoder #(
      .MaxEntries(MaxEntries),
      .Graded    (Graded)
    ) u_encoder (
      .clk_i,
      .rst_ni,
      .clear_i,
      .seed_i,
      .steps_i,
      .address_events_i,
      .graded_i,
      .sample_valid_i  (sample_valid[g]),
      .sample_number_i (sample[phasic_pkg::SampleNumberBit +: 32]),
      .sample_entries_i(sample_entries),
      .sample_open_i   (gates_i ? (EntryBits + 1)'(sample[phasic_pkg::SampleOpenBit +: 16]) : '0),
      .sample_release_o(release_sample),
      .read_o          (read),
      .read_entry_o    (read_entry),
      .read_data_i     (read_data),
      .message_valid_o (message_valid[g]),
      .message_ready_i (message_ready_i && message_valid_o),
      .event_valid_o   (event_valid_o[g]),
      .event_ready_i   (event_ready_i[g]),
      .event_kind_o    (event_kind_o[2*g +: 2]),
      .event_index_o   (event_index_o[16*g +: 16]),
      .event_value_o   (event_value_o[8*g +: 8]),
      .busy_o          (encoder_busy[g]),
      .events_o        (events[48*g +: 48])
    );

    if (g == 0) begin : gen_sample
      assign sample_o = sample;
    end else begin : gen_same
      logic unused_sample;
      assign unused_sample = ^sample;
    end
  end
endmodule

`default_nettype wire
