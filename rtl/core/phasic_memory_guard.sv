// SPDX-License-Identifier: Apache-2.0
// Gathers what the memories of all layers tell of flipped bits: the first word that cannot be used, and how many were put right.
//
// Handshake: clear_i for one cycle before a run. failed_o stays 1 from the first failure until the next run, with the word in detail_o as
//            error memory has it.
// Latency:   one cycle.
// Parameters: Engines; Protect, memories have check bits.
`default_nettype none

module phasic_memory_guard #(
  parameter int Engines = 4,
  parameter bit Protect = 1'b0,
  localparam int WordBits = phasic_pkg::MemoryWordBits,
  localparam int KindBits = phasic_pkg::MemoryKindBits
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  logic                        clear_i,
  // of each engine: a word of the synapse memory that was put right; a word that cannot be used, and which
  input  logic [Engines-1:0]          corrected_i,
  input  logic [Engines-1:0]          failed_i,
  input  logic [Engines*(KindBits+WordBits)-1:0] failed_word_i,
  // of the memory of the last layer, a discriminant
  input  logic                        kept_corrected_i,
  input  logic                        kept_failed_i,
  input  logic [WordBits-1:0]         kept_word_i,
  input  logic [2:0]                  last_layer_i,
  output logic                        failed_o,
  output logic [31:0]                 detail_o,
  output logic [47:0]                 corrected_words_o
);
  if (Protect) begin : gen_protect
    localparam int CountBits = $clog2(Engines + 2);
    logic                 failed, failed_q;
    logic [31:0]          detail, detail_q;
    logic [CountBits-1:0] count, count_q;
    logic [47:0]          corrected_q;

    always_comb begin
      failed = kept_failed_i;
      detail = {(32-WordBits)'({last_layer_i, KindBits'(phasic_pkg::MemoryScatter)}), kept_word_i};
      count  = CountBits'(kept_corrected_i);
      for (int e = Engines - 1; e >= 0; e--) begin
        count = count + CountBits'(corrected_i[e]);
        if (failed_i[e]) begin
          failed = 1'b1;
          detail = {(32-WordBits-KindBits)'(e), failed_word_i[(KindBits+WordBits)*e +: KindBits+WordBits]};
        end
      end
    end

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) {failed_q, count_q, corrected_q} <= '0;
      else if (clear_i) {failed_q, count_q, corrected_q} <= '0;
      else begin
        if (failed) failed_q <= 1'b1;
        count_q     <= count;
        corrected_q <= corrected_q + 48'(count_q);
      end
    end
    always_ff @(posedge clk_i) begin
      if (!failed_q) detail_q <= detail;
    end

    assign failed_o          = failed_q;
    assign detail_o          = detail_q;
    assign corrected_words_o = corrected_q;
  end else begin : gen_none
    logic unused_bits;
    assign unused_bits = ^{clk_i, rst_ni, clear_i, corrected_i, failed_i, failed_word_i, kept_corrected_i, kept_failed_i, kept_word_i, last_layer_i};
    assign {failed_o, detail_o, corrected_words_o} = '0;
  end
endmodule

`default_nettype wire
