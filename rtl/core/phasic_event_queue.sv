// SPDX-License-Identifier: Apache-2.0
// Queue of events at the entry of a layer engine; on the way in, a spike's row becomes the address of the row's first word.
//
// Handshake: valid/ready on both sides.
// Latency:   two cycles.
// Parameters: RowBits and AddressBits, widths of a row number and of a word address; Graded, events have values other than 1.
`default_nettype none

module phasic_event_queue #(
  parameter int RowBits     = 10,
  parameter int AddressBits = 14,
  parameter bit Graded      = 1'b0
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   clear_i,
  input  logic [15:0]            row_words_i,
  input  logic                   event_valid_i,
  output logic                   event_ready_o,
  input  logic [1:0]             event_kind_i,
  input  logic [15:0]            event_index_i,
  input  logic [7:0]             event_value_i,
  output logic                   head_valid_o,
  input  logic                   head_ready_i,
  output logic [1:0]             head_kind_o,
  output logic [RowBits-1:0]     head_row_o,
  output logic [7:0]             head_value_o,
  output logic [AddressBits-1:0] head_address_o
);
  logic                   valid_q, queue_ready;
  logic [1:0]             kind_q;
  logic [15:0]            index_q;
  logic [RowBits-1:0]     row;
  logic [AddressBits-1:0] address;

  assign event_ready_o = !valid_q || queue_ready;
  assign row           = RowBits'(index_q);
  assign address       = AddressBits'(32'(index_q) * 32'(row_words_i));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= 1'b0;
    else if (clear_i) valid_q <= 1'b0;
    else if (event_ready_o) valid_q <= event_valid_i;
  end

  always_ff @(posedge clk_i) begin
    if (event_ready_o && event_valid_i) begin
      kind_q  <= event_kind_i;
      index_q <= event_index_i;
    end
  end

  // Without graded values every event is worth 1.
  localparam int ValueWidth = Graded ? 8 : 0;
  localparam int Width      = 2 + RowBits + AddressBits + ValueWidth;
  logic [Width-1:0] entry, head;
  if (Graded) begin : gen_values
    logic [7:0] value_q;
    always_ff @(posedge clk_i) if (event_ready_o && event_valid_i) value_q <= event_value_i;
    assign entry = {value_q, kind_q, row, address};
    assign head_value_o = head[Width-1 -: 8];
  end else begin : gen_spikes
    logic unused_value;
    assign unused_value = ^event_value_i;
    assign entry = {kind_q, row, address};
    assign head_value_o = 8'd1;
  end
  assign {head_kind_o, head_row_o, head_address_o} = head[2+RowBits+AddressBits-1:0];

  phasic_fifo #(
    .Width(Width),
    .Depth(16)
  ) u_queue (
    .clk_i,
    .rst_ni,
    .clear_i,
    .in_valid_i (valid_q),
    .in_ready_o (queue_ready),
    .in_data_i  (entry),
    .out_valid_o(head_valid_o),
    .out_ready_i(head_ready_i),
    .out_data_o (head)
  );
endmodule

`default_nettype wire
