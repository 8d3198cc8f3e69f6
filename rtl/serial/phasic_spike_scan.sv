// SPDX-License-Identifier: Apache-2.0
// Goes through the spikes of a step, eight presynaptic neurons a word, and gives the rows that spiked in order, at the end the bias row.
//
// Handshake: start_i for one cycle while done_o is 1 or after reset; a word is asked for with read_o as soon as ready_i says that word_o is there,
//            and must be on spikes_i in the next cycle. Rows by valid/ready. done_o is 1 when all rows have been taken and no word is left.
// Latency:   two cycles a word and one a row.
// Parameters: RowBits, width of a row's number.
`default_nettype none

module phasic_spike_scan #(
  parameter int RowBits = 10
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               clear_i,
  input  logic               start_i,
  input  logic               bias_i,
  input  logic [RowBits-1:0] last_row_i,   // the bias row if there is one
  output logic               read_o,
  output logic [RowBits-4:0] word_o,
  input  logic               ready_i,
  input  logic [7:0]         spikes_i,
  output logic               row_valid_o,
  input  logic               row_ready_i,
  output logic [RowBits-1:0] row_o,
  output logic               done_o
);
  typedef enum logic [2:0] {ScanDone, ScanRead, ScanTake, ScanRows, ScanBias} state_e;
  state_e state_q;

  logic [RowBits-4:0] word_q, last_word;
  logic [7:0]         spikes_q, rest;
  logic [2:0]         position;

  // The bias row has no place among the spikes.
  assign last_word   = (RowBits - 3)'((last_row_i - RowBits'(bias_i)) >> 3);
  assign rest        = spikes_q & (spikes_q - 8'd1);
  assign position[0] = |(spikes_q & ~rest & 8'haa);
  assign position[1] = |(spikes_q & ~rest & 8'hcc);
  assign position[2] = |(spikes_q & ~rest & 8'hf0);
  assign read_o      = state_q == ScanRead && ready_i;
  assign word_o      = word_q;
  assign row_valid_o = (state_q == ScanRows && spikes_q != 8'd0) || state_q == ScanBias;
  assign row_o       = (state_q == ScanBias) ? last_row_i : {word_q, position};
  assign done_o      = state_q == ScanDone;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= ScanDone;
    end else if (clear_i) begin
      state_q <= ScanDone;
    end else begin
      case (state_q)
        ScanDone: if (start_i) state_q <= ScanRead;
        ScanRead: if (ready_i) state_q <= ScanTake;
        ScanTake: state_q <= ScanRows;
        ScanRows: begin
          if (spikes_q == 8'd0 || (row_ready_i && rest == 8'd0))
            state_q <= (word_q != last_word) ? ScanRead : bias_i ? ScanBias : ScanDone;
        end
        default: if (row_ready_i) state_q <= ScanDone;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) word_q <= '0;
    else if (state_q == ScanRows && (spikes_q == 8'd0 || (row_ready_i && rest == 8'd0))) word_q <= word_q + 1'b1;
    if (state_q == ScanTake) spikes_q <= spikes_i;
    else if (state_q == ScanRows && row_ready_i) spikes_q <= rest;
  end
endmodule

`default_nettype wire
