// SPDX-License-Identifier: Apache-2.0
// Queue at the entry of a layer engine: events of sources come in, and what the fan-out makes of them waits to be integrated.
//
// Handshake: valid/ready on both sides.
// Latency:   two cycles.
// Parameters: RowBits, AddressBits and WordBits, widths of a row number, an address in the synapse memory and a word of sums; Graded, events have
//            values other than 1; Convolution, the layer can be one; then Lanes, First and Gate as in phasic_convolution_fan_out.
`default_nettype none

module phasic_event_queue #(
  parameter int RowBits     = 10,
  parameter int AddressBits = 14,
  parameter int WordBits    = 4,
  parameter bit Graded      = 1'b0,
  parameter bit Convolution = 1'b0,
  parameter int Lanes       = 64,
  parameter bit First       = 1'b0,
  parameter bit Gate        = 1'b0
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   clear_i,
  input  logic [8*phasic_pkg::LayerGrid-1:0] descriptor_i,
  input  logic                   shaped_i,            // the layer is a convolution
  input  logic [15:0]            row_words_i,
  input  logic                   event_valid_i,
  output logic                   event_ready_o,
  input  logic [1:0]             event_kind_i,
  input  logic [15:0]            event_source_i,
  input  logic [7:0]             event_value_i,
  output logic                   head_valid_o,
  input  logic                   head_ready_i,
  output logic [1:0]             head_kind_o,
  output logic                   head_last_o,         // of the event
  output logic                   head_none_o,         // the event reaches no neuron
  output logic [RowBits-1:0]     head_source_o,       // or the neuron that a gate opens; in a build with convolutions its lane, the word as target
  output logic [AddressBits-1:0] head_weight_address_o,
  output logic [WordBits-1:0]    head_target_word_o,
  output logic [7:0]             head_value_o
);
  logic                   target_valid, target_ready, target_last, target_none;
  logic [1:0]             target_kind;
  logic [RowBits-1:0]     target_source;
  logic [AddressBits-1:0] weight_address;
  logic [WordBits-1:0]    target_word;
  logic [7:0]             target_value;

  localparam int ValueWidth = Graded ? 8 : 0;
  localparam int PlaceWidth = Convolution ? 2 + WordBits : 0;
  localparam int Width      = 2 + RowBits + AddressBits + PlaceWidth + ValueWidth;
  logic [Width-1:0] entry, head;

  if (Convolution) begin : gen_convolution
    phasic_convolution_fan_out #(
      .RowBits    (RowBits),
      .AddressBits(AddressBits),
      .WordBits   (WordBits),
      .Lanes      (Lanes),
      .First      (First),
      .Gate       (Gate),
      .Graded     (Graded)
    ) u_fan_out (
      .clk_i,
      .rst_ni,
      .clear_i,
      .descriptor_i,
      .shaped_i,
      .row_words_i,
      .event_valid_i,
      .event_ready_o,
      .event_kind_i,
      .event_source_i,
      .event_value_i,
      .target_valid_o  (target_valid),
      .target_ready_i  (target_ready),
      .target_kind_o   (target_kind),
      .target_last_o   (target_last),
      .target_none_o   (target_none),
      .target_source_o (target_source),
      .weight_address_o(weight_address),
      .target_word_o   (target_word),
      .target_value_o  (target_value)
    );
    assign entry[2+RowBits+AddressBits +: PlaceWidth] = {target_last, target_none, target_word};
    assign {head_last_o, head_none_o, head_target_word_o} = head[2+RowBits+AddressBits +: PlaceWidth];
  end else begin : gen_dense
    // What is the same for all events is not kept: they have one target, the first word.
    logic unused_shape;
    assign unused_shape = ^{descriptor_i, shaped_i, target_last, target_none};
    phasic_fan_out #(
      .RowBits    (RowBits),
      .AddressBits(AddressBits),
      .WordBits   (WordBits),
      .Graded     (Graded)
    ) u_fan_out (
      .clk_i,
      .rst_ni,
      .clear_i,
      .row_words_i,
      .event_valid_i,
      .event_ready_o,
      .event_kind_i,
      .event_source_i,
      .event_value_i,
      .target_valid_o  (target_valid),
      .target_ready_i  (target_ready),
      .target_kind_o   (target_kind),
      .weight_row_o    (target_source),
      .weight_address_o(weight_address),
      .target_word_o   (target_word),
      .target_value_o  (target_value)
    );
    assign {target_last, target_none} = 2'b10;
    assign {head_last_o, head_none_o} = 2'b10;
    assign head_target_word_o         = target_word;
  end

  assign entry[2+RowBits+AddressBits-1:0]                   = {target_kind, target_source, weight_address};
  assign {head_kind_o, head_source_o, head_weight_address_o} = head[2+RowBits+AddressBits-1:0];

  // Without graded values every event is worth 1.
  if (Graded) begin : gen_values
    assign entry[Width-1 -: 8] = target_value;
    assign head_value_o        = head[Width-1 -: 8];
  end else begin : gen_spikes
    assign head_value_o = target_value;
  end

  phasic_fifo #(
    .Width(Width),
    .Depth(16)
  ) u_queue (
    .clk_i,
    .rst_ni,
    .clear_i,
    .in_valid_i (target_valid),
    .in_ready_o (target_ready),
    .in_data_i  (entry),
    .out_valid_o(head_valid_o),
    .out_ready_i(head_ready_i),
    .out_data_o (head)
  );
endmodule

`default_nettype wire
