// SPDX-License-Identifier: Apache-2.0
// What leaves a layer engine: words of spikes and marks wait in a queue, so that a sweep need not wait for the layer that follows, and become
// events.
//
// Handshake: a word is taken if word_ready_o; whoever starts a word only while room_o is 1 finds it ready for as many words as Room says. A word
//            with word_mark_i carries no spikes. Events by valid/ready.
// Latency:   two cycles from a word to its first event.
// Parameters: Lanes, spikes of a word; Words, neurons of a lane: the queue holds the words of two steps; Graded, spikes have values other than 1;
//            Convolution, a word comes with the number of its first neuron instead of its own; Room, words.
`default_nettype none

module phasic_event_output #(
  parameter int Lanes  = 64,
  parameter int Words  = 16,
  parameter bit Graded = 1'b0,
  parameter bit Convolution = 1'b0,
  parameter int Room     = 6,
  localparam int WordBits = Convolution ? 16 : (Words > 1) ? $clog2(Words) : 1
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                clear_i,
  output logic                room_o,
  input  logic                word_valid_i,
  output logic                word_ready_o,
  input  logic                word_mark_i,
  input  logic                word_final_i,   // the mark of a sample's last step
  input  logic [WordBits-1:0] word_i,         // number of the word, or of its first neuron
  input  logic [Lanes-1:0]    word_spikes_i,
  input  logic [(Graded ? 8*Lanes : 1)-1:0] word_values_i,
  output logic                event_valid_o,
  input  logic                event_ready_i,
  output logic [1:0]          event_kind_o,
  output logic [15:0]         event_index_o,
  output logic [7:0]          event_value_o,
  output logic                busy_o
);
  localparam int SpikeWords  = 1 << $clog2(2 * Words + 8);
  localparam int Depth       = (SpikeWords < 16) ? 16 : SpikeWords;
  localparam int ValuesWidth = Graded ? 8 * Lanes : 0;
  localparam int Width       = 18 + Lanes + ValuesWidth;

  logic             head_valid, head_ready, head_mark, head_final, sender_busy;
  logic [15:0]      head_index;
  logic [Lanes-1:0] head_spikes;
  logic [Width-1:0] word_in, head;
  logic [(Graded ? ValuesWidth : 1)-1:0] head_values;
  logic [$clog2(Depth):0] held_q;

  assign room_o = 32'(held_q) < Depth - Room;
  assign busy_o = head_valid || sender_busy;

  if (Graded) begin : gen_values
    assign word_in = {word_values_i, word_mark_i, word_final_i, 16'(word_i), word_spikes_i};
    assign {head_values, head_mark, head_final, head_index, head_spikes} = head;
  end else begin : gen_spikes
    logic unused_values;
    assign unused_values = ^word_values_i;
    assign word_in       = {word_mark_i, word_final_i, 16'(word_i), word_spikes_i};
    assign head_values   = '0;
    assign {head_mark, head_final, head_index, head_spikes} = head;
  end

  phasic_fifo #(
    .Width(Width),
    .Depth(Depth)
  ) u_spikes (
    .clk_i,
    .rst_ni,
    .clear_i,
    .in_valid_i (word_valid_i),
    .in_ready_o (word_ready_o),
    .in_data_i  (word_in),
    .out_valid_o(head_valid),
    .out_ready_i(head_ready),
    .out_data_o (head)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) held_q <= '0;
    else if (clear_i) held_q <= '0;
    else begin
      case ({word_valid_i && word_ready_o, head_valid && head_ready})
        2'b10:   held_q <= held_q + 1'b1;
        2'b01:   held_q <= held_q - 1'b1;
        default: held_q <= held_q;
      endcase
    end
  end

  phasic_event_sender #(
    .Lanes (Lanes),
    .Graded(Graded),
    .Convolution(Convolution)
  ) u_sender (
    .clk_i,
    .rst_ni,
    .clear_i,
    .word_valid_i (head_valid),
    .word_ready_o (head_ready),
    .word_mark_i  (head_mark),
    .word_final_i (head_final),
    .word_index_i (head_index),
    .word_spikes_i(head_spikes),
    .word_values_i(head_values),
    .event_valid_o,
    .event_ready_i,
    .event_kind_o,
    .event_index_o,
    .event_value_o,
    .busy_o       (sender_busy)
  );
endmodule

`default_nettype wire
