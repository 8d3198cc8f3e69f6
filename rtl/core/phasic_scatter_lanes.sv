// SPDX-License-Identifier: Apache-2.0
// The lanes of a discriminant's memory: what a sample adds to a word of counts, of sums or of the scatter.
//
// Handshake: none; a word a cycle.
// Latency:   the word of memory is on word_i one cycle after its values and differences, and what becomes of it on word_o one cycle later;
//            limited_o, how many of the word's values the limit changed, one cycle later still, and 0 if no word was there.
// Parameters: Lanes.
`default_nettype none

module phasic_scatter_lanes #(
  parameter int Lanes = 64,
  localparam int CountBits = $clog2(Lanes + 1)
) (
  input  logic                                         clk_i,
  input  logic                                         rst_ni,
  input  logic                                         clear_i,
  input  logic                                         valid_i,
  input  logic                                         sums_i,         // values are added as they are, and there is no limit
  input  logic [Lanes-1:0]                             lanes_i,        // those that change
  input  logic signed [phasic_pkg::DifferenceWidth-1:0] own_i,         // difference of the row's source
  input  logic [Lanes*8-1:0]                           values_i,
  input  logic [Lanes*phasic_pkg::DifferenceWidth-1:0] differences_i,
  input  logic [Lanes*phasic_pkg::MemoryWidth-1:0]     word_i,
  output logic                                         valid_o,
  output logic [Lanes*phasic_pkg::MemoryWidth-1:0]     word_o,
  output logic [CountBits-1:0]                         limited_o
);
  localparam int Width        = phasic_pkg::MemoryWidth;
  localparam int Difference   = phasic_pkg::DifferenceWidth;
  localparam int ProductWidth = 2 * Difference;

  logic                          valid1_q, sums1_q;
  logic [Lanes*ProductWidth-1:0] products_q;
  logic [Lanes-1:0]              limited_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {valid1_q, valid_o} <= '0;
    else if (clear_i) {valid1_q, valid_o} <= '0;
    else {valid1_q, valid_o} <= {valid_i, valid1_q};
  end

  function logic [ProductWidth-1:0] product_of(input logic signed [Difference-1:0] own, input logic signed [Difference-1:0] other);
    product_of = own * other;
  endfunction

  // Lanes are loops under the enable of their stage, so that simulations do not evaluate lanes that are idle.
  always_ff @(posedge clk_i) begin : lanes
    logic [Width:0] total;
    logic           over;
    sums1_q <= sums_i;
    if (valid_i) begin
      for (int k = 0; k < Lanes; k++)
        products_q[ProductWidth*k +: ProductWidth] <= !lanes_i[k] ? '0 : sums_i ? ProductWidth'(values_i[8*k +: 8])
                                                      : product_of(own_i, $signed(differences_i[Difference*k +: Difference]));
    end
    if (valid1_q) begin
      for (int k = 0; k < Lanes; k++) begin
        total = (Width + 1)'($signed(word_i[Width*k +: Width])) + (Width + 1)'($signed(products_q[ProductWidth*k +: ProductWidth]));
        over  = total[Width] != total[Width-1] && !sums1_q;
        word_o[Width*k +: Width] <= over ? {total[Width], {(Width - 1){!total[Width]}}} : total[Width-1:0];
        limited_q[k]             <= over;
      end
    end
    limited_o <= (valid_o && !clear_i) ? CountBits'($countones(limited_q)) : '0;
  end
endmodule

`default_nettype wire
