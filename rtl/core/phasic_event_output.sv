// SPDX-License-Identifier: Apache-2.0
// What leaves a layer engine: words of spikes and marks wait in a queue, so that a sweep need not wait for the layer that follows, and become
// events. With several groups there are as many streams: a neuron's spikes go to that of its number modulo Groups, marks to all.
//
// Handshake: a word is taken if word_ready_o; whoever starts a word only while room_o is 1 finds it ready for as many words as Room says. A word
//            with word_mark_i carries no spikes. Events by valid/ready, each stream by itself.
// Latency:   two cycles from a word to its first event.
// Parameters: Lanes, spikes of a word; Words, neurons of a lane: the queue holds the words of two steps; Graded, spikes have values other than 1;
//            Convolution, a word comes with the number of its first neuron instead of its own; Room, words; Groups, a power of two that divides
//            Lanes, 1 with Convolution.
`default_nettype none

module phasic_event_output #(
  parameter int Lanes  = 64,
  parameter int Words  = 16,
  parameter bit Graded = 1'b0,
  parameter bit Convolution = 1'b0,
  parameter int Room     = 6,
  parameter int Groups   = 1,
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
  output logic [Groups-1:0]    event_valid_o,
  input  logic [Groups-1:0]    event_ready_i,
  output logic [2*Groups-1:0]  event_kind_o,
  output logic [16*Groups-1:0] event_index_o,
  output logic [8*Groups-1:0]  event_value_o,
  output logic                busy_o
);
  localparam int SpikeWords  = 1 << $clog2(2 * Words + 8);
  localparam int Depth       = (SpikeWords < 16) ? 16 : SpikeWords;
  localparam int ValuesWidth = Graded ? 8 * Lanes : 0;
  localparam int Width       = 18 + Lanes + ValuesWidth;

  localparam int GroupLanes  = Lanes / Groups;

  logic             head_valid, head_ready, head_mark, head_final;
  logic [Groups-1:0] sender_busy, sender_ready, sent, sent_q;
  logic [15:0]      head_index;
  logic [Lanes-1:0] head_spikes;
  logic [Width-1:0] word_in, head;
  logic [(Graded ? ValuesWidth : 1)-1:0] head_values;
  logic [$clog2(Depth):0] held_q;

  assign room_o = 32'(held_q) < Depth - Room;
  assign busy_o = head_valid || sender_busy != '0;

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

  // A word leaves the queue when every sender has taken its part of it.
  assign sent       = sent_q | sender_ready;
  assign head_ready = sent == '1;
  if (Groups > 1) begin : gen_sent
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) sent_q <= '0;
      else if (clear_i) sent_q <= '0;
      else if (head_valid) sent_q <= head_ready ? '0 : sent;
    end
  end else begin : gen_at_once
    assign sent_q = '0;
  end

  for (genvar g = 0; g < Groups; g++) begin : gen_group
    logic [GroupLanes-1:0] part_spikes;
    logic [(Graded ? 8*GroupLanes : 1)-1:0] part_values;
    for (genvar k = 0; k < GroupLanes; k++) begin : gen_lane
      assign part_spikes[k] = head_spikes[k*Groups+g];
      if (Graded) assign part_values[8*k +: 8] = head_values[8*(k*Groups+g) +: 8];
    end
    if (!Graded) assign part_values = head_values;

    phasic_event_sender #(
      .Lanes (GroupLanes),
      .Graded(Graded),
      .Convolution(Convolution),
      .Groups(Groups),
      .Group (g)
    ) u_sender (
      .clk_i,
      .rst_ni,
      .clear_i,
      .word_valid_i (head_valid && !sent_q[g]),
      .word_ready_o (sender_ready[g]),
      .word_mark_i  (head_mark),
      .word_final_i (head_final),
      .word_index_i (head_index),
      .word_spikes_i(part_spikes),
      .word_values_i(part_values),
      .event_valid_o(event_valid_o[g]),
      .event_ready_i(event_ready_i[g]),
      .event_kind_o (event_kind_o[2*g +: 2]),
      .event_index_o(event_index_o[16*g +: 16]),
      .event_value_o(event_value_o[8*g +: 8]),
      .busy_o       (sender_busy[g])
    );
  end
endmodule

`default_nettype wire
