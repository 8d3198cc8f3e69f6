// SPDX-License-Identifier: Apache-2.0
// Which words of a layer, as they stand in the weights buffer, are rows of state that is kept: those after the rows of weights.
//
// Handshake: none. Addresses are those of the engine's load and store ports: a row after the other, of row_words_i words each, of
//            state neuron_words_i for each of its parts. Constants hold
//            from two cycles before the first load on.
// Latency:   row and word belong to the address of the same cycle; stored_o tells two cycles after store_i whether the word was one of state.
// Parameters: WeightWidth; WordBits and AddressBits, widths of a word number and of an address; Currents, rows of these may follow.
`default_nettype none

module phasic_state_rows #(
  parameter int WeightWidth = 8,
  parameter int WordBits    = 4,
  parameter int AddressBits = 14,
  parameter bit Currents    = 1'b0,
  localparam int RowBits    = Currents ? 3 : 2
) (
  input  logic                   clk_i,
  // constants of the run
  input  logic                   keep_i,          // the layer has such rows
  input  logic                   lasts_i,         // and with Currents rows of these among them
  input  logic [15:0]            rows_i,          // of weights
  input  logic [15:0]            row_words_i,
  input  logic [15:0]            neuron_words_i,  // words of the layer's neurons
  input  logic                   load_i,
  input  logic [AddressBits-1:0] load_address_i,
  output logic                   load_o,
  output logic [RowBits-1:0]     load_row_o,      // of state
  output logic [WordBits-1:0]    load_word_o,
  input  logic                   store_i,
  input  logic [AddressBits-1:0] store_address_i,
  output logic                   store_o,
  output logic [RowBits-1:0]     store_row_o,
  output logic [WordBits-1:0]    store_word_o,
  output logic                   stored_o
);
  // Potentials, then spikes, then currents. Addresses need not reach rows that a layer does not have.
  localparam int NeuronRows = phasic_pkg::PotentialWidth / WeightWidth + 1;
  localparam int Rows       = NeuronRows + (Currents ? phasic_pkg::CurrentWidth / WeightWidth : 0);

  logic [Rows*AddressBits-1:0] firsts_q;   // first word of each row
  logic                        stored_q;

  always_ff @(posedge clk_i) begin
    for (int r = 0; r < Rows; r++) firsts_q[AddressBits*r +: AddressBits] <= AddressBits'(32'(rows_i) * 32'(row_words_i) + 32'(r) * 32'(neuron_words_i));
    stored_q <= store_o;
    stored_o <= stored_q;
  end

  if (!Currents) begin : gen_none_last
    logic unused_lasts;
    assign unused_lasts = lasts_i;
  end

  assign load_o  = load_i && keep_i && load_address_i >= firsts_q[AddressBits-1:0];
  assign store_o = store_i && keep_i && store_address_i >= firsts_q[AddressBits-1:0];

  always_comb begin
    {load_row_o, load_word_o, store_row_o, store_word_o} = '0;
    for (int r = 0; r < Rows; r++) begin
      if ((r < NeuronRows || lasts_i) && load_address_i >= firsts_q[AddressBits*r +: AddressBits]) begin
        load_row_o  = RowBits'(r);
        load_word_o = WordBits'(load_address_i - firsts_q[AddressBits*r +: AddressBits]);
      end
      if ((r < NeuronRows || lasts_i) && store_address_i >= firsts_q[AddressBits*r +: AddressBits]) begin
        store_row_o  = RowBits'(r);
        store_word_o = WordBits'(store_address_i - firsts_q[AddressBits*r +: AddressBits]);
      end
    end
  end
endmodule

`default_nettype wire
