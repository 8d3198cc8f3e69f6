// SPDX-License-Identifier: Apache-2.0
// The gate of a sample: remembers which neurons of the layer are open. Without a gate all are.
//
// Handshake: start_i for one cycle with a sample's message; then open_i with one neuron a cycle, only while busy_o is 0. sweep_i for one cycle when
//            the sample's next step is handed to the sweep, only while busy_o is 0; the sweep's reads then answer for that sample. A sample
//            may start while the sweep still reads for the one before.
// Latency:   busy_o for a cycle a word after the start of a gated sample; open_o one cycle after word_i.
// Parameters: Lanes; Words, neurons of a lane; PlaceBits, width of a neuron's place.
`default_nettype none

module phasic_gate #(
  parameter int Lanes = 64,
  parameter int Words = 16,
  parameter int PlaceBits = 16,
  localparam int WordBits = (Words > 1) ? $clog2(Words) : 1
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                clear_i,
  input  logic [WordBits-1:0] last_word_i,
  // the sample
  input  logic                start_i,
  input  logic                gated_i,
  output logic                busy_o,
  input  logic                open_i,
  input  logic [PlaceBits-1:0] neuron_i,    // its word times Lanes, and its lane
  // the sweep
  input  logic                sweep_i,
  input  logic [WordBits-1:0] word_i,
  output logic [Lanes-1:0]    open_o
);
  // Two banks: that of the running sample, and that of the one before.
  (* ram_style = "distributed" *) logic [Lanes-1:0] open_q [2 * (1 << WordBits)];
  logic                shutting_q, bank_q, sweep_bank_q;
  logic [1:0]          gated_q;
  logic [WordBits-1:0] shut_word_q, open_word;
  logic [WordBits:0]   write_place;
  logic [Lanes-1:0]    opened;

  assign busy_o      = shutting_q;
  assign open_word   = WordBits'(32'(neuron_i) / 32'(Lanes));
  assign write_place = {bank_q, shutting_q ? shut_word_q : open_word};

  assign opened      = Lanes'(1) << (32'(neuron_i) % 32'(Lanes));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      shutting_q   <= 1'b0;
      shut_word_q  <= '0;
      bank_q       <= 1'b0;
      sweep_bank_q <= 1'b0;
      gated_q      <= '0;
    end else if (clear_i) begin
      shutting_q  <= 1'b0;
      shut_word_q <= '0;
      gated_q     <= '0;
    end else begin
      if (start_i) begin
        bank_q           <= !bank_q;
        gated_q[!bank_q] <= gated_i;
        shutting_q       <= gated_i;
      end
      if (shutting_q) begin
        shut_word_q <= (shut_word_q == last_word_i) ? '0 : shut_word_q + 1'b1;
        if (shut_word_q == last_word_i) shutting_q <= 1'b0;
      end
      if (sweep_i) sweep_bank_q <= bank_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (shutting_q || open_i) open_q[write_place] <= shutting_q ? '0 : open_q[write_place] | opened;
    open_o <= gated_q[sweep_bank_q] ? open_q[{sweep_bank_q, word_i}] : '1;
  end
endmodule

`default_nettype wire
