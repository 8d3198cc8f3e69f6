// SPDX-License-Identifier: Apache-2.0
// The share of its factor that each neuron of a layer learns with, in 1/256, as the layer behind says: keeps what its messages tell of a sample and
// gives the shares of a word of neurons. A neuron without a message has the least share, and in a layer that takes no messages all have the whole.
//
// Handshake: start_i for one cycle before a sample. Messages, the contract's retrograde_message, are taken whenever they come, but those of a sample
//            not before as many cycles as the layer has words have gone by. ready_o is 1 from their end until the next sample, and always if the
//            layer takes none.
// Latency:   shares are there in the third cycle after read_i.
// Parameters: Lanes; MaxNeurons; WordBits, width of a word number; Convolution, a word's neurons may begin at any number.
`default_nettype none

module phasic_retrograde_shares #(
  parameter int Lanes       = 64,
  parameter int MaxNeurons  = 1024,
  parameter int WordBits    = 4,
  parameter bit Convolution = 1'b0,
  localparam int ShareWidth = phasic_pkg::ShareShift + 1
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  logic                        clear_i,
  // constants of the run
  input  logic [7:0]                  limit_i,        // 0: the layer takes no messages
  input  logic [7:0]                  base_i,
  input  logic [WordBits-1:0]         last_word_i,
  // a sample
  input  logic                        start_i,
  input  logic                        message_valid_i,
  input  logic [phasic_pkg::RetrogradeMessageWidth-1:0] message_i,
  output logic                        ready_o,
  // shares of a word
  input  logic                        read_i,
  input  logic [WordBits-1:0]         word_i,
  input  logic [15:0]                 first_i,        // with Convolution its first neuron
  output logic [Lanes*ShareWidth-1:0] shares_o
);
  // Neurons lie by number, Lanes in a word. With Convolution even and odd words have memories of their own, so that two neighbours can be read.
  localparam int Words       = (MaxNeurons + Lanes - 1) / Lanes;
  localparam int Depth       = Convolution ? (Words + 1) / 2 : Words;
  localparam int AddressBits = (Depth > 1) ? $clog2(Depth) : 1;

  logic takes, ended_q, clearing_q;
  logic [WordBits-1:0] clear_word_q;
  assign takes   = limit_i != '0;
  assign ready_o = !takes || ended_q;

  // ---- a sample: all shares are 0 until its messages come ----
  logic message_end, put;
  logic [15:0] neuron, neuron_word;
  logic [7:0]  told;
  assign message_end = message_i[phasic_pkg::RetrogradeMessageEndBit];
  assign put         = message_valid_i && takes && !message_end;
  assign neuron      = message_i[phasic_pkg::RetrogradeMessageIndexBit +: 16];
  assign told        = clearing_q ? '0 : message_i[phasic_pkg::RetrogradeMessageShareBit +: 8];
  assign neuron_word = 16'(32'(neuron) / 32'(Lanes));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ended_q      <= 1'b0;
      clearing_q   <= 1'b0;
      clear_word_q <= '0;
    end else if (clear_i || start_i) begin
      ended_q      <= 1'b0;
      clearing_q   <= start_i && takes && !clear_i;
      clear_word_q <= '0;
    end else begin
      if (message_valid_i && message_end) ended_q <= 1'b1;
      if (clearing_q) begin
        clear_word_q <= clear_word_q + 1'b1;
        if (clear_word_q == last_word_i) clearing_q <= 1'b0;
      end
    end
  end

  // ---- a word ----
  logic [1:0]                  read_q;
  logic [Lanes*8-1:0]          moved_q;
  logic [Lanes*ShareWidth-1:0] shares_q;

  // base + told, at most limit.
  function logic [ShareWidth-1:0] share_of(input logic [7:0] said, input logic [7:0] base, input logic [7:0] limit);
    logic [8:0] sum;
    sum      = 9'(said) + 9'(base);
    share_of = (sum > 9'(limit)) ? ShareWidth'(limit) : ShareWidth'(sum);
  endfunction

  if (Convolution) begin : gen_any
    (* ram_style = "distributed" *) logic [Lanes*8-1:0] even_q [Depth];
    (* ram_style = "distributed" *) logic [Lanes*8-1:0] odd_q [Depth];
    logic [Lanes*8-1:0]     even_read_q, odd_read_q;
    logic [AddressBits-1:0] address;
    logic [15:0]            first_word, first_q;
    logic                   first_odd_q;   // its word is
    logic                   unused_word;
    assign unused_word = ^word_i;
    assign first_word  = 16'(32'(first_i) / 32'(Lanes));
    assign address     = clearing_q ? AddressBits'(clear_word_q) : AddressBits'(neuron_word >> 1);

    // Of two words that follow each other, the Lanes bytes from one on.
    function logic [Lanes*8-1:0] part_of(input logic [Lanes*8-1:0] earlier, input logic [Lanes*8-1:0] later, input logic [15:0] from);
      part_of = (Lanes * 8)'({later, earlier} >> (8 * (32'(from) % Lanes)));
    endfunction

    always_ff @(posedge clk_i) begin
      for (int k = 0; k < Lanes; k++) begin
        if (clearing_q || (put && !neuron_word[0] && 32'(neuron) % Lanes == k)) even_q[address][8*k +: 8] <= told;
        if (clearing_q || (put && neuron_word[0] && 32'(neuron) % Lanes == k)) odd_q[address][8*k +: 8] <= told;
      end
      if (read_i) begin
        even_read_q <= even_q[AddressBits'((first_word + 16'd1) >> 1)];
        odd_read_q  <= odd_q[AddressBits'(first_word >> 1)];
        first_q     <= first_i;
        first_odd_q <= first_word[0];
      end
      if (read_q[0])
        moved_q <= first_odd_q ? part_of(odd_read_q, even_read_q, first_q) : part_of(even_read_q, odd_read_q, first_q);
    end
  end else begin : gen_whole
    (* ram_style = "distributed" *) logic [Lanes*8-1:0] words_q [Depth];
    logic [Lanes*8-1:0]     word_read_q;
    logic [AddressBits-1:0] address;
    logic                   unused_first;
    assign unused_first = ^{first_i, neuron_word};
    assign address      = clearing_q ? AddressBits'(clear_word_q) : AddressBits'(neuron_word);

    always_ff @(posedge clk_i) begin
      for (int k = 0; k < Lanes; k++) begin
        if (clearing_q || (put && 32'(neuron) % Lanes == k)) words_q[address][8*k +: 8] <= told;
      end
      if (read_i) word_read_q <= words_q[AddressBits'(word_i)];
      if (read_q[0]) moved_q <= word_read_q;
    end
  end

  assign shares_o = shares_q;
  always_ff @(posedge clk_i) begin
    read_q <= {read_q[0], read_i};
    if (read_q[1]) begin
      for (int k = 0; k < Lanes; k++)
        shares_q[ShareWidth*k +: ShareWidth] <=
            takes ? share_of(moved_q[8*k +: 8], base_i, limit_i) : ShareWidth'(1 << phasic_pkg::ShareShift);
    end
  end
endmodule

`default_nettype wire
