// SPDX-License-Identifier: Apache-2.0
// Turns words of spikes into a stream of events, one a cycle.
//
// Handshake: valid/ready on both sides. A word with word_mark_i = 1 carries no spikes and becomes one event, the end of a step; with word_final_i,
//            the end of a sample.
// Latency:   the first event leaves one cycle after its word came; a word without spikes takes one cycle for each ChunkWidth lanes.
// Parameters: Lanes, spikes of a word; Graded, spikes have values other than 1; Convolution, a word comes with the number of its first neuron; Groups
//            and Group: the spikes are those of each so manieth neuron, from that one on (phasic_event_output).
`default_nettype none

module phasic_event_sender #(
  parameter int Lanes  = 64,
  parameter bit Graded = 1'b0,
  parameter bit Convolution = 1'b0,
  parameter int Groups = 1,
  parameter int Group  = 0
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             clear_i,
  input  logic             word_valid_i,
  output logic             word_ready_o,
  input  logic             word_mark_i,
  input  logic             word_final_i,
  input  logic [15:0]      word_index_i,   // number of the word: its first neuron is word_index_i * Lanes * Groups; or that neuron
  input  logic [Lanes-1:0] word_spikes_i,
  input  logic [(Graded ? 8*Lanes : 1)-1:0] word_values_i,   // of the spikes
  output logic             event_valid_o,
  input  logic             event_ready_i,
  output logic [1:0]       event_kind_o,
  output logic [15:0]      event_index_o,
  output logic [7:0]       event_value_o,
  output logic             busy_o
);
  localparam int ChunkWidth = (Lanes < 32) ? Lanes : 32;
  localparam int Chunks     = (Lanes + ChunkWidth - 1) / ChunkWidth;
  localparam int ChunkBits  = (Chunks > 1) ? $clog2(Chunks) : 1;

  logic [ChunkBits-1:0]  chunk_number_q;
  logic                  chunk_last, chunk_empties, load, send;
  logic                  mark_q;
  logic [31:0]           chunk_q, lowest, rest, word_chunk;
  logic [15:0]           base_q;
  logic [4:0]            position;

  // The lowest spike of the chunk, as a one-hot word and as a number.
  assign lowest      = chunk_q & (~chunk_q + 32'd1);
  assign rest        = chunk_q & ~lowest;
  assign position[0] = |(lowest & 32'haaaa_aaaa);
  assign position[1] = |(lowest & 32'hcccc_cccc);
  assign position[2] = |(lowest & 32'hf0f0_f0f0);
  assign position[3] = |(lowest & 32'hff00_ff00);
  assign position[4] = |(lowest & 32'hffff_0000);

  assign event_valid_o = mark_q || chunk_q != 32'd0;
  assign event_kind_o  = !mark_q ? 2'(phasic_pkg::EventKindSpike) : base_q[0] ? 2'(phasic_pkg::EventKindSampleEnd) : 2'(phasic_pkg::EventKindStepEnd);
  assign event_index_o = mark_q ? 16'd0 : base_q + 16'(position * Groups + Group);
  assign send          = event_valid_o && event_ready_i;
  assign chunk_empties = mark_q ? send : (rest == 32'd0 && (send || chunk_q == 32'd0));
  assign chunk_last    = word_mark_i || chunk_number_q == ChunkBits'(Chunks - 1);
  assign load          = word_valid_i && chunk_empties;
  assign word_ready_o  = chunk_empties && chunk_last;
  assign busy_o        = event_valid_o;

  if (Chunks > 1) begin : gen_chunks
    logic [ChunkWidth*Chunks-1:0] spikes;
    assign spikes     = (ChunkWidth * Chunks)'(word_spikes_i);
    assign word_chunk = spikes[ChunkWidth*chunk_number_q +: ChunkWidth];
  end else begin : gen_chunk
    assign word_chunk = 32'(word_spikes_i);
  end

  if (Graded) begin : gen_values
    logic [8*ChunkWidth*Chunks-1:0] values;
    logic [8*ChunkWidth-1:0]        values_q;
    assign values = (8 * ChunkWidth * Chunks)'(word_values_i);
    always_ff @(posedge clk_i) begin
      if (load) begin
        if (Chunks > 1) values_q <= values[8*ChunkWidth*chunk_number_q +: 8*ChunkWidth];
        else values_q <= values[8*ChunkWidth-1:0];
      end
    end
    if (ChunkWidth > 1) begin : gen_chosen
      assign event_value_o = values_q[8*position[$clog2(ChunkWidth)-1:0] +: 8];
    end else begin : gen_only
      assign event_value_o = values_q;
    end
  end else begin : gen_spikes
    logic unused_values;
    assign unused_values = ^word_values_i;
    assign event_value_o = 8'd1;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      mark_q         <= 1'b0;
      chunk_q        <= '0;
      chunk_number_q <= '0;
      base_q         <= '0;
    end else if (clear_i) begin
      mark_q         <= 1'b0;
      chunk_q        <= '0;
      chunk_number_q <= '0;
    end else if (load) begin
      mark_q         <= word_mark_i;
      chunk_q        <= word_mark_i ? 32'd0 : word_chunk;
      base_q         <= word_mark_i ? {15'd0, word_final_i}
                                    : 16'(Convolution ? 32'(word_index_i) : word_index_i * (Lanes * Groups)) + 16'(chunk_number_q * (ChunkWidth * Groups));
      chunk_number_q <= chunk_last ? '0 : chunk_number_q + 1'b1;
    end else if (send) begin
      mark_q  <= 1'b0;
      chunk_q <= mark_q ? 32'd0 : rest;
    end
  end
endmodule

`default_nettype wire
