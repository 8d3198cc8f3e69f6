// SPDX-License-Identifier: Apache-2.0
// What a neuron of a grid tells of its cell's sum: the square root, scaled, divided by a power of two with halves upwards, and limited.
//
// Handshake: none; a sum is taken in each cycle with valid_i, last_i goes along with it. Constants hold from some cycles before the first sum on.
// Latency:   19 cycles: a bit of the root each, then product, division and limit. A sum a cycle.
// Parameters: none.
`default_nettype none

module phasic_root (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        clear_i,
  // constants of the layer
  input  logic [15:0] scale_i,
  input  logic [3:0]  shift_i,
  input  logic        valid_i,
  input  logic        last_i,
  input  logic [31:0] sum_i,
  output logic        valid_o,
  output logic        last_o,
  output logic [14:0] potential_o
);
  localparam int Bits   = 16;        // of the root
  localparam int Stages = Bits + 3;
  // A stage of the root keeps what is left of the sum, the root so far, and the sum's digits to come, a bit of the root for two of them.
  localparam int StageWidth = 18 + 16 + 32;

  // One more bit of the root: it is 1 if the square of twice the root and one is not above the digits so far.
  function logic [StageWidth-1:0] digit_of(input logic [StageWidth-1:0] stage);
    logic [17:0] left, trial;
    logic [15:0] root;
    logic [31:0] digits;
    {left, root, digits} = stage;
    left     = {left[15:0], digits[31:30]};
    trial    = {root, 2'b01};
    digit_of = (left >= trial) ? {left - trial, root[14:0], 1'b1, digits[29:0], 2'b00}
                               : {left, root[14:0], 1'b0, digits[29:0], 2'b00};
  endfunction

  function logic [32:0] half_of(input logic [3:0] shift);
    half_of = (shift == 4'd0) ? '0 : 33'd1 << (shift - 4'd1);
  endfunction

  logic [Stages-1:0]              valid_q, last_q;
  logic [Bits*StageWidth-1:0]     stages_q;
  logic [(Bits+1)*StageWidth-1:0] chain;
  logic [15:0]                    root;
  logic [31:0]                    product_q;
  logic [32:0]                    scaled_q;

  assign chain       = {stages_q, {34'd0, sum_i}};
  assign root        = chain[Bits*StageWidth + 32 +: 16];
  assign valid_o     = valid_q[Stages-1];
  assign last_o      = last_q[Stages-1];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= '0;
    else if (clear_i) valid_q <= '0;
    else valid_q <= {valid_q[Stages-2:0], valid_i};
  end

  always_ff @(posedge clk_i) begin
    last_q <= {last_q[Stages-2:0], last_i};
    if (valid_i) stages_q[0 +: StageWidth] <= digit_of(chain[0 +: StageWidth]);
    for (int s = 1; s < Bits; s++)
      if (valid_q[s-1]) stages_q[StageWidth*s +: StageWidth] <= digit_of(chain[StageWidth*s +: StageWidth]);
    if (valid_q[Bits-1]) product_q <= 32'(root) * 32'(scale_i);
    if (valid_q[Bits]) scaled_q <= ({1'b0, product_q} + half_of(shift_i)) >> shift_i;
    if (valid_q[Bits+1]) potential_o <= (scaled_q > 33'd32767) ? 15'h7fff : scaled_q[14:0];
  end

  logic unused_bits;
  assign unused_bits = ^chain;
endmodule

`default_nettype wire
