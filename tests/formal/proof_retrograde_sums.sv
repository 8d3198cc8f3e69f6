// SPDX-License-Identifier: Apache-2.0
// phasic_retrograde_sums: each row whose last word came is told once, with its number and in order, but not that of a bias; the end comes once for each
// sample, after the messages of all its rows, and says nothing else; nothing comes after a clear, and nothing if nobody takes it.
//
// Assumes: no word comes in the cycle after the end of a sample's rows, from which the engine learns another one much later.
// Sizes:   two lanes with changes of four bits. What is told of a row is not looked at here: simulation compares it.
`default_nettype none

module proof_retrograde_sums (
  input logic       clk_i,
  input logic       clear_i,
  input logic       valid_i,
  input logic       last_i,
  input logic       bias_i,
  input logic [2:0] row_i,
  input logic       end_i,
  input logic [7:0] changes_i
);
  localparam int Latency = 8;

  (* anyconst *) logic       sends;
  (* anyconst *) logic [5:0] shift;
  logic rst_n = 1'b0;
  logic message_valid;
  logic [phasic_pkg::RetrogradeMessageWidth-1:0] message;

  always_ff @(posedge clk_i) rst_n <= 1'b1;

  phasic_retrograde_sums #(
    .Lanes      (2),
    .ChangeWidth(4),
    .RowBits    (3)
  ) dut (
    .clk_i,
    .rst_ni         (rst_n),
    .clear_i,
    .sends_i        (sends),
    .shift_i        (shift),
    .valid_i,
    .last_i,
    .bias_i,
    .row_i,
    .end_i,
    .changes_i,
    .message_valid_o(message_valid),
    .message_o      (message)
  );

  // What has to be told, from the oldest on: rows, and ends, which come a cycle later.
  logic [Latency-1:0]   rows_told_q;
  logic [3*Latency-1:0] rows_q;
  logic [Latency:0]     ends_q;
  logic                 row_due, end_due;
  assign row_due = rows_told_q[Latency-1];
  assign end_due = ends_q[Latency];

  always_ff @(posedge clk_i) begin
    rows_told_q <= (rst_n && !clear_i) ? {rows_told_q[Latency-2:0], sends && valid_i && last_i && !bias_i} : '0;
    rows_q      <= {rows_q[3*Latency-4:0], row_i};
    ends_q      <= (rst_n && !clear_i) ? {ends_q[Latency-1:0], sends && end_i} : '0;
    assume (!ends_q[0] || !valid_i);
  end

  logic told_before_q;
  always_ff @(posedge clk_i) begin
    told_before_q <= row_due;
    if (rst_n) begin
      assert (message_valid == (row_due || end_due));
      assert (!(row_due && end_due));
      assert (!message_valid || message[phasic_pkg::RetrogradeMessageEndBit] == end_due);
      assert (!message_valid || message[phasic_pkg::RetrogradeMessageIndexBit +: 16] == (end_due ? 16'd0 : 16'(rows_q[3*Latency-1 -: 3])));
      assert (!end_due || message[phasic_pkg::RetrogradeMessageShareBit +: 8] == 8'd0);
      cover (told_before_q && end_due);
    end
  end
endmodule

`default_nettype wire
