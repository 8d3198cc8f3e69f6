// SPDX-License-Identifier: Apache-2.0
// What comes into a layer engine: a queue for each stream of events, of which one head is integrated, or in a layer that is grouped those of
// several streams at once, as phasic_group_issue says.
//
// Handshake: valid/ready on the streams and on the head. A word that is issued, of the head's row or of the bias, comes as issue_i, and leaves by group
//            in the same cycle; with one group as it is. row_o and row_number_o are the rows of the head's events, or the bias.
// Latency:   two cycles from a stream to the head.
// Parameters: Groups, a power of two, 1 with Convolution; RowBits, AddressBits, WordBits, Graded, Convolution, Lanes, First and Gate as in
//            phasic_event_queue; LogBits, width of a row number without the neurons of a gate.
`default_nettype none

module phasic_event_input #(
  parameter int Groups      = 1,
  parameter int RowBits     = 10,
  parameter int AddressBits = 14,
  parameter int WordBits    = 4,
  parameter int LogBits     = 10,
  parameter bit Graded      = 1'b0,
  parameter bit Convolution = 1'b0,
  parameter int Lanes       = 64,
  parameter bit First       = 1'b0,
  parameter bit Gate        = 1'b0,
  localparam int EventsBits = $clog2(Groups + 1)
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  logic                          clear_i,
  input  logic                          grouped_i,
  input  logic [8*phasic_pkg::LayerGrid-1:0] descriptor_i,
  input  logic                          shaped_i,
  input  logic [15:0]                   row_words_i,
  // streams
  input  logic [Groups-1:0]             event_valid_i,
  output logic [Groups-1:0]             event_ready_o,
  input  logic [2*Groups-1:0]           event_kind_i,
  input  logic [16*Groups-1:0]          event_source_i,
  input  logic [8*Groups-1:0]           event_value_i,
  // head
  output logic                          head_valid_o,
  input  logic                          head_ready_i,
  output logic [1:0]                    head_kind_o,
  output logic [EventsBits-1:0]         head_events_o,
  output logic                          head_last_o,
  output logic                          head_none_o,
  output logic [RowBits-1:0]            head_source_o,
  output logic [AddressBits-1:0]        head_weight_address_o,
  output logic [WordBits-1:0]           head_target_word_o,
  output logic [7:0]                    head_value_o,
  // a word that is issued
  input  logic                          issue_i,
  input  logic                          issue_first_i,
  input  logic [LogBits-1:0]            issue_source_i,
  input  logic [AddressBits-1:0]        issue_address_i,
  input  logic [7:0]                    issue_value_i,
  input  logic                          step_done_i,
  output logic [Groups-1:0]             issue_o,
  output logic [Groups-1:0]             issue_first_o,
  output logic [Groups*AddressBits-1:0] issue_address_o,
  output logic [8*Groups-1:0]           issue_value_o,
  output logic [Groups-1:0]             silent_o,
  output logic [Groups-1:0]             row_o,
  output logic [Groups*LogBits-1:0]     row_number_o
);
  logic [Groups-1:0]             stream_valid, stream_ready, stream_last, stream_none;
  logic [2*Groups-1:0]           stream_kind;
  logic [Groups*RowBits-1:0]     stream_source;
  logic [Groups*AddressBits-1:0] stream_address;
  logic [Groups*WordBits-1:0]    stream_word;
  logic [8*Groups-1:0]           stream_value;

  initial begin
    if (Groups > 1 && Convolution) $fatal(1, "phasic_event_input: a convolution has one stream of events");
  end

  for (genvar g = 0; g < Groups; g++) begin : gen_stream
    phasic_event_queue #(
      .RowBits    (RowBits),
      .AddressBits(AddressBits),
      .WordBits   (WordBits),
      .Graded     (Graded),
      .Convolution(Convolution),
      .Lanes      (Lanes),
      .First      (First),
      .Gate       (Gate)
    ) u_events (
      .clk_i,
      .rst_ni,
      .clear_i,
      .descriptor_i,
      .shaped_i,
      .row_words_i,
      .event_valid_i        (event_valid_i[g]),
      .event_ready_o        (event_ready_o[g]),
      .event_kind_i         (event_kind_i[2*g +: 2]),
      .event_source_i       (event_source_i[16*g +: 16]),
      .event_value_i        (event_value_i[8*g +: 8]),
      .head_valid_o         (stream_valid[g]),
      .head_ready_i         (stream_ready[g]),
      .head_kind_o          (stream_kind[2*g +: 2]),
      .head_last_o          (stream_last[g]),
      .head_none_o          (stream_none[g]),
      .head_source_o        (stream_source[RowBits*g +: RowBits]),
      .head_weight_address_o(stream_address[AddressBits*g +: AddressBits]),
      .head_target_word_o   (stream_word[WordBits*g +: WordBits]),
      .head_value_o         (stream_value[8*g +: 8])
    );
  end

  // Several streams are those of dense layers, in which these are the same for all events.
  assign head_last_o        = stream_last[0];
  assign head_none_o        = stream_none[0];
  assign head_target_word_o = stream_word[WordBits-1:0];

  if (Groups > 1) begin : gen_groups
    logic [Groups*RowBits-1:0] row_number;
    logic                      unused_streams;
    assign unused_streams = ^{stream_last, stream_none, stream_word, row_number};

    phasic_group_issue #(
      .Groups     (Groups),
      .RowBits    (RowBits),
      .AddressBits(AddressBits)
    ) u_issue (
      .clk_i,
      .rst_ni,
      .clear_i,
      .grouped_i,
      .group_valid_i  (stream_valid),
      .group_ready_o  (stream_ready),
      .group_kind_i   (stream_kind),
      .group_source_i (stream_source),
      .group_address_i(stream_address),
      .group_value_i  (stream_value),
      .head_valid_o,
      .head_ready_i,
      .head_kind_o,
      .head_events_o,
      .head_source_o,
      .head_address_o (head_weight_address_o),
      .head_value_o,
      .issue_i,
      .issue_first_i,
      .issue_source_i (RowBits'(issue_source_i)),
      .issue_address_i,
      .issue_value_i,
      .step_done_i,
      .issue_o,
      .issue_first_o,
      .issue_address_o,
      .issue_value_o,
      .silent_o,
      .row_o,
      .row_number_o   (row_number)
    );
    for (genvar g = 0; g < Groups; g++) begin : gen_row
      assign row_number_o[LogBits*g +: LogBits] = row_number[RowBits*g +: LogBits];
    end
  end else begin : gen_one
    logic unused_groups;
    assign unused_groups         = ^{grouped_i, step_done_i};
    assign head_valid_o          = stream_valid;
    assign stream_ready          = head_ready_i;
    assign head_kind_o           = stream_kind;
    assign head_events_o         = 1'b1;
    assign head_source_o         = stream_source;
    assign head_weight_address_o = stream_address;
    assign head_value_o          = stream_value;
    assign issue_o               = issue_i;
    assign issue_first_o         = issue_first_i;
    assign issue_address_o       = issue_address_i;
    assign issue_value_o         = issue_value_i;
    assign silent_o              = 1'b0;
    assign row_o                 = 1'b1;
    assign row_number_o          = issue_source_i;
  end
endmodule

`default_nettype wire
