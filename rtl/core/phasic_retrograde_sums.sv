// SPDX-License-Identifier: Apache-2.0
// The retrograde signals that a layer sends to the one before: for each row of weights that it visits the sum of how far the row's changes
// reach, before they are rounded, divided and limited to a share.
//
// Handshake: none; words of rows come as they enter phasic_updates, and their changes four cycles later. end_i for one cycle, with the last word
//            of a sample's rows or later, says that there are no more. Messages, the contract's retrograde_message, must be taken when they come: one
//            for each row but that of a bias, then the end.
// Latency:   a message comes clog2(Lanes) + 7 cycles after the last word of its row, the end one cycle later than that after end_i.
// Parameters: Lanes; ChangeWidth, bits of a change in phasic_updates; RowBits, width of a row number.
`default_nettype none

module phasic_retrograde_sums #(
  parameter int Lanes       = 64,
  parameter int ChangeWidth = 30,
  parameter int RowBits     = 10
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         clear_i,
  // constants of the run
  input  logic                         sends_i,        // the layer before takes the signals
  input  logic [5:0]                   shift_i,        // by which it wants them divided
  // u0: a word of a row
  input  logic                         valid_i,
  input  logic                         last_i,         // the row's last
  input  logic                         bias_i,         // the row is that of the bias
  input  logic [RowBits-1:0]           row_i,
  input  logic                         end_i,
  // u4: its changes
  input  logic [Lanes*ChangeWidth-1:0] changes_i,
  // messages
  output logic                         message_valid_o,
  output logic [phasic_pkg::RetrogradeMessageWidth-1:0] message_o
);
  localparam int Levels    = $clog2(Lanes);
  localparam int Leaves    = 1 << Levels;
  localparam int SumWidth  = ChangeWidth + Levels;       // of a word
  localparam int Root      = 4 + Levels;                 // stage at which a word's sum is there; the first stage is u1
  localparam int Stages    = Root + 2;
  localparam int RowWidth  = phasic_pkg::RetrogradeWidth;

  function logic [SumWidth-1:0] magnitude_of(input logic signed [ChangeWidth-1:0] change);
    logic [ChangeWidth-1:0] magnitude;
    magnitude    = (change < 0) ? ChangeWidth'(0) - change : change;
    magnitude_of = SumWidth'(magnitude);
  endfunction

  function logic [phasic_pkg::RetrogradeMessageShareWidth-1:0] share_of(input logic [RowWidth-1:0] signal, input logic [5:0] shift);
    logic [RowWidth-1:0] quotient;
    quotient = signal >> shift;
    share_of = (quotient > RowWidth'(phasic_pkg::LayerRetrogradeLimitMaximum)) ? 8'(phasic_pkg::LayerRetrogradeLimitMaximum) : quotient[7:0];
  endfunction

  // ---- what a word is, from stage to stage ----
  logic [Stages-1:0]         valid_q, last_q, told_q;
  logic [Stages*RowBits-1:0] rows_q;
  logic [Stages:0]           ends_q;     // one stage more: a message may be right ahead of the end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
      ends_q  <= '0;
    end else if (clear_i) begin
      valid_q <= '0;
      ends_q  <= '0;
    end else begin
      valid_q <= {valid_q[Stages-2:0], valid_i && sends_i};
      ends_q  <= {ends_q[Stages-1:0], end_i && sends_i};
    end
  end

  always_ff @(posedge clk_i) begin
    last_q <= {last_q[Stages-2:0], last_i};
    told_q <= {told_q[Stages-2:0], last_i && !bias_i};
    rows_q <= {rows_q[(Stages-1)*RowBits-1:0], row_i};
  end

  // ---- the sum of a word: a tree whose node n is the sum of nodes 2 n and 2 n + 1, with a lane or 0 in each leaf ----
  logic [2*Leaves*SumWidth-1:0] nodes_q;
  logic [SumWidth-1:0]          word_sum;
  assign word_sum = nodes_q[SumWidth +: SumWidth];

  always_ff @(posedge clk_i) begin
    nodes_q[0 +: SumWidth] <= '0;
    for (int k = Lanes; k < Leaves; k++) nodes_q[SumWidth*(Leaves+k) +: SumWidth] <= '0;
    if (valid_q[3]) begin
      for (int k = 0; k < Lanes; k++)
        nodes_q[SumWidth*(Leaves+k) +: SumWidth] <= magnitude_of($signed(changes_i[ChangeWidth*k +: ChangeWidth]));
    end
    if (valid_q[Root-1:3] != '0) begin
      for (int n = 1; n < Leaves; n++)
        nodes_q[SumWidth*n +: SumWidth] <= nodes_q[2*SumWidth*n +: SumWidth] + nodes_q[2*SumWidth*n+SumWidth +: SumWidth];
    end
  end

  // ---- the sum of a row ----
  logic [RowWidth-1:0] before_q, row_sum, signal_q;   // of the words so far
  assign row_sum = before_q + RowWidth'(word_sum);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) before_q <= '0;
    else if (clear_i) before_q <= '0;
    else if (valid_q[Root]) before_q <= last_q[Root] ? '0 : row_sum;
  end

  logic row_told;
  assign row_told = valid_q[Root+1] && told_q[Root+1];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) message_valid_o <= 1'b0;
    else message_valid_o <= !clear_i && (row_told || ends_q[Stages]);
  end

  always_ff @(posedge clk_i) begin
    if (valid_q[Root]) signal_q <= row_sum;
    message_o <= '0;
    if (row_told) begin
      message_o[phasic_pkg::RetrogradeMessageIndexBit +: 16] <= 16'(rows_q[RowBits*(Root+1) +: RowBits]);
      message_o[phasic_pkg::RetrogradeMessageShareBit +: 8]  <= share_of(signal_q, shift_i);
    end else begin
      message_o[phasic_pkg::RetrogradeMessageEndBit] <= 1'b1;
    end
  end

  logic unused_bits;
  assign unused_bits = ^{last_q, told_q, valid_q};
endmodule

`default_nettype wire
