// SPDX-License-Identifier: Apache-2.0
// phasic_difference: what comes out is the value less the mean of its class, rounded as the contract says and limited, for every value, sum and
// number of samples; in order, twelve cycles later, and nothing that came before a clear.
//
// Assumes: the number of samples holds.
// Sizes:   numbers of samples of SamplesWidth bits and sums of SumWidth, which may be any, also such as no values can have.
`default_nettype none

module proof_difference #(
  parameter int SamplesWidth = 2,
  parameter int SumWidth     = 12
) (
  input logic                clk_i,
  input logic                clear_i,
  input logic                valid_i,
  input logic [7:0]          value_i,
  input logic [SumWidth-1:0] sum_i
);
  localparam int Latency = 12;
  localparam int Wide    = SumWidth + SamplesWidth + 12;

  (* anyconst *) logic [SamplesWidth-1:0] samples;
  logic                                   rst_n = 1'b0;
  logic                                   valid;
  logic [7:0]                             value;
  logic signed [8:0]                      difference;

  always_ff @(posedge clk_i) rst_n <= 1'b1;

  phasic_difference #(
    .SamplesWidth(SamplesWidth),
    .SumWidth    (SumWidth)
  ) dut (
    .clk_i,
    .rst_ni      (rst_n),
    .clear_i,
    .samples_i   (samples),
    .valid_i     (valid_i),
    .value_i,
    .sum_i,
    .valid_o     (valid),
    .value_o     (value),
    .difference_o(difference)
  );

  // What came twelve cycles ago.
  logic [Latency-1:0]          valid_q = '0;
  logic [Latency*8-1:0]        values_q;
  logic [Latency*SumWidth-1:0] sums_q;
  always_ff @(posedge clk_i) begin
    valid_q  <= (!rst_n || clear_i) ? '0 : {valid_q[Latency-2:0], valid_i};
    values_q <= {values_q[(Latency-1)*8-1:0], value_i};
    sums_q   <= {sums_q[(Latency-1)*SumWidth-1:0], sum_i};
  end

  // The mean m is that with 2 n m <= 2 S + n < 2 n (m + 1).
  logic signed [Wide-1:0] sum, twice, mean;
  logic [7:0]             shown;
  assign shown = values_q[(Latency-1)*8 +: 8];
  assign sum   = Wide'($signed(sums_q[(Latency-1)*SumWidth +: SumWidth])) * 2 + $signed(Wide'(samples));
  assign twice = $signed(Wide'(samples)) * 2;
  assign mean  = $signed(Wide'(shown)) - Wide'(difference);

  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      assert (valid == valid_q[Latency-1]);
      if (valid) begin
        assert (value == shown);
        if (samples == '0) assert (difference == 9'sd0);
        else begin
          if (difference != -9'sd256) assert (sum < twice * (mean + 1));
          if (difference != 9'sd255) assert (sum >= twice * mean);
        end
      end
      cover (valid && samples > 1 && difference == 9'sd7);
      cover (valid && samples > 1 && difference == -9'sd256);
    end
  end
endmodule

`default_nettype wire
