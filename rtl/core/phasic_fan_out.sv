// SPDX-License-Identifier: Apache-2.0
// Fan-out of a dense connection: which weights an event of a source meets, and which sums they are added to. A source has one weight row, of its
// own number, which is added to the sums of all neurons. Events that are no spikes of a source, marks and neurons of a gate, pass in order.
//
// Handshake: valid/ready on both sides. A weight row is given as its number and the address of its first word, its target as the word of sums
//            that takes the row's first word; the words of both follow in order. A neuron of a gate leaves in place of a weight row.
// Latency:   one cycle; an event has one target.
// Parameters: RowBits, AddressBits and WordBits, widths of a row number, an address in the synapse memory and a word of sums; Graded, events have
//            values other than 1.
`default_nettype none

module phasic_fan_out #(
  parameter int RowBits     = 10,
  parameter int AddressBits = 14,
  parameter int WordBits    = 4,
  parameter bit Graded      = 1'b0
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   clear_i,
  input  logic [15:0]            row_words_i,       // words of a weight row
  input  logic                   event_valid_i,
  output logic                   event_ready_o,
  input  logic [1:0]             event_kind_i,
  input  logic [15:0]            event_source_i,
  input  logic [7:0]             event_value_i,
  output logic                   target_valid_o,
  input  logic                   target_ready_i,
  output logic [1:0]             target_kind_o,
  output logic [RowBits-1:0]     weight_row_o,
  output logic [AddressBits-1:0] weight_address_o,
  output logic [WordBits-1:0]    target_word_o,
  output logic [7:0]             target_value_o
);
  logic        valid_q;
  logic [1:0]  kind_q;
  logic [15:0] source_q;

  assign event_ready_o    = !valid_q || target_ready_i;
  assign target_valid_o   = valid_q;
  assign target_kind_o    = kind_q;
  assign weight_row_o     = RowBits'(source_q);
  assign weight_address_o = AddressBits'(32'(source_q) * 32'(row_words_i));
  assign target_word_o    = '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= 1'b0;
    else if (clear_i) valid_q <= 1'b0;
    else if (event_ready_o) valid_q <= event_valid_i;
  end

  always_ff @(posedge clk_i) begin
    if (event_ready_o && event_valid_i) begin
      kind_q   <= event_kind_i;
      source_q <= event_source_i;
    end
  end

  // Without graded values every event is worth 1.
  if (Graded) begin : gen_values
    logic [7:0] value_q;
    always_ff @(posedge clk_i) if (event_ready_o && event_valid_i) value_q <= event_value_i;
    assign target_value_o = value_q;
  end else begin : gen_spikes
    logic unused_value;
    assign unused_value   = ^event_value_i;
    assign target_value_o = 8'd1;
  end
endmodule

`default_nettype wire
