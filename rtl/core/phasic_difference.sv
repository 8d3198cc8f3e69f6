// SPDX-License-Identifier: Apache-2.0
// How far a value is from the mean of its class, rounded and limited, for a discriminant: a pipelined division of the few bits that the limit
// lets through.
//
// Handshake: none; a value a cycle. samples_i holds while values are on their way.
// Latency:   12 cycles.
// Parameters: SamplesWidth, bits of a number of samples; SumWidth of a sum.
`default_nettype none

module phasic_difference #(
  parameter int SamplesWidth = 23,
  parameter int SumWidth     = 32
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    clear_i,
  input  logic [SamplesWidth-1:0] samples_i,    // of the class; with 0 there is no mean, and no difference
  input  logic                    valid_i,
  input  logic [7:0]              value_i,
  input  logic [SumWidth-1:0]     sum_i,        // signed, of the class's values
  output logic                    valid_o,
  output logic [7:0]              value_o,
  output logic signed [phasic_pkg::DifferenceWidth-1:0] difference_o
);
  // Of means below -256 and above 767 only the side is told: the limit of the difference hides the rest. With 256 more the mean is the quotient
  // of sum + 256 samples + floor(samples / 2) and the samples; what it has twice, numerator and denominator, is left out.
  localparam int Bits      = 10;
  localparam int Lowest    = 256;
  localparam int LeftWidth = ((SumWidth > SamplesWidth + 9) ? SumWidth : SamplesWidth + 9) + 2;
  localparam int FullWidth = Bits + 1;
  localparam logic signed [FullWidth-1:0] Maximum = FullWidth'(2 ** (phasic_pkg::DifferenceWidth - 1) - 1);
  localparam logic signed [FullWidth-1:0] Minimum = -Maximum - FullWidth'(1);

  // Stage s has what is left before quotient bit Bits - 1 - s.
  logic [Bits:0]                   valid_q;
  logic [(Bits+1)*LeftWidth-1:0]   left_q;
  logic [(Bits+1)*Bits-1:0]        quotient_q;
  logic [(Bits+1)*8-1:0]           value_q;
  logic signed [FullWidth-1:0]     full;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
      valid_o <= 1'b0;
    end else if (clear_i) begin
      valid_q <= '0;
      valid_o <= 1'b0;
    end else begin
      valid_q <= {valid_q[Bits-1:0], valid_i};
      valid_o <= valid_q[Bits];
    end
  end

  always_ff @(posedge clk_i) begin : stages
    logic [LeftWidth-1:0] rest;
    if (valid_i) begin
      left_q[LeftWidth-1:0] <= LeftWidth'($signed(sum_i)) + LeftWidth'({samples_i, 8'd0}) + LeftWidth'(samples_i[SamplesWidth-1:1]);
      quotient_q[Bits-1:0]  <= '0;
      value_q[7:0]          <= value_i;
    end
    for (int s = 0; s < Bits; s++) begin
      if (valid_q[s]) begin
        rest = left_q[LeftWidth*s +: LeftWidth] - (LeftWidth'(samples_i) << (Bits - 1 - s));
        left_q[LeftWidth*(s+1) +: LeftWidth] <= rest[LeftWidth-1] ? left_q[LeftWidth*s +: LeftWidth] : rest;
        quotient_q[Bits*(s+1) +: Bits]       <= {quotient_q[Bits*s +: Bits-1], !rest[LeftWidth-1]};
        value_q[8*(s+1) +: 8]                <= value_q[8*s +: 8];
      end
    end
    if (valid_q[Bits]) begin
      value_o      <= value_q[8*Bits +: 8];
      difference_o <= (samples_i == '0) ? '0 : (full > Maximum) ? phasic_pkg::DifferenceWidth'(Maximum)
                      : (full < Minimum) ? phasic_pkg::DifferenceWidth'(Minimum) : phasic_pkg::DifferenceWidth'(full);
    end
  end

  assign full = $signed(FullWidth'(value_q[8*Bits +: 8])) - $signed(FullWidth'(quotient_q[Bits*Bits +: Bits])) + FullWidth'(Lowest);
endmodule

`default_nettype wire
