// SPDX-License-Identifier: Apache-2.0
// phasic_spike_scan: the rows of a scan are exactly those that spiked, ascending and each once, and then the bias row if there is one; done_o is 1
// only when all of them have been taken; a row on offer stays until it is. Nothing of a scan is left for the next one, also after a clear.
//
// Assumes: a scan is started while done_o is 1; what it goes through does not change meanwhile; rows after the last one did not spike. A word is
//          there one cycle after it was asked for, and at any other time anything.
// Sizes:   rows of five bits, which are up to four words.
`default_nettype none

module proof_spike_scan (
  input logic        clk_i,
  input logic        clear_i,
  input logic        start_i,
  input logic        bias_i,
  input logic [4:0]  last_row_i,
  input logic [31:0] spikes_i,
  input logic [7:0]  other_word_i,
  input logic        row_ready_i
);
  localparam int RowBits = 5;

  logic        rst_n = 1'b0;
  logic        start, read, row_valid, done;
  logic [1:0]  word;
  logic [4:0]  row;

  always_ff @(posedge clk_i) rst_n <= 1'b1;

  // What the scan goes through.
  logic        bias_q, asked_q;
  logic [4:0]  last_row_q;
  logic [31:0] spikes_q;
  logic [1:0]  asked_word_q;
  assign start = start_i && done && !clear_i;
  always_ff @(posedge clk_i) begin
    if (start) begin
      bias_q     <= bias_i;
      last_row_q <= last_row_i;
      spikes_q   <= spikes_i;
    end
    asked_q      <= rst_n && read;
    asked_word_q <= word;
    // A row besides the bias, and none after the last one.
    assume (last_row_i >= 5'(bias_i));
    assume ((spikes_i >> (6'(last_row_i) + 6'd1 - 6'(bias_i))) == 32'd0);
  end

  phasic_spike_scan #(
    .RowBits(RowBits)
  ) dut (
    .clk_i,
    .rst_ni     (rst_n),
    .clear_i,
    .start_i    (start),
    .bias_i     (bias_q),
    .last_row_i (last_row_q),
    .read_o     (read),
    .word_o     (word),
    .spikes_i   (asked_q ? spikes_q[8*asked_word_q +: 8] : other_word_i),
    .row_valid_o(row_valid),
    .row_ready_i,
    .row_o      (row),
    .done_o     (done)
  );

  // A row, whichever: what is proven for it is proven for all.
  (* anyconst *) logic [4:0] chosen_row;

  // Rows that have not been taken.
  logic [31:0] left_q;
  logic        bias_left_q, held_q;
  logic [4:0]  held_row_q;
  always_ff @(posedge clk_i) begin
    held_q     <= rst_n && !clear_i && row_valid && !row_ready_i;
    held_row_q <= row;
    if (!rst_n || clear_i) begin
      left_q      <= '0;
      bias_left_q <= 1'b0;
    end else if (start) begin
      left_q      <= spikes_i;
      bias_left_q <= bias_i;
    end else if (row_valid && row_ready_i) begin
      if (left_q != '0) left_q <= left_q & ~(32'd1 << row);
      else bias_left_q <= 1'b0;
    end
    if (rst_n) begin
      assert (!(row_valid && left_q != '0) || left_q[row]);
      assert (!(row_valid && left_q[chosen_row]) || row <= chosen_row);
      assert (!(row_valid && left_q == '0) || (bias_left_q && row == last_row_q));
      assert (!done || (left_q == '0 && !bias_left_q && !row_valid && !read));
      assert (!held_q || (row_valid && row == held_row_q));
      cover (row_valid && row_ready_i && row == 5'd17 && left_q == 32'h20000 && bias_left_q && last_row_q == 5'd24);
      cover (held_q && row_valid && row_ready_i && row == 5'd3 && !bias_left_q && last_row_q == 5'd6);
    end
  end

`ifdef INVARIANTS
  (* hierconn *) logic [2:0] \dut.state_q ;
  (* hierconn *) logic [1:0] \dut.word_q ;
  (* hierconn *) logic [7:0] \dut.spikes_q ;
  localparam logic [2:0] Done = 3'd0, Read = 3'd1, Take = 3'd2, Rows = 3'd3, Bias = 3'd4;
  logic [31:0] from_word, after_word;
  logic [4:0]  last;
  assign from_word  = spikes_q >> {dut.word_q, 3'd0};
  assign after_word = from_word >> 8;
  assign last       = last_row_q - 5'(bias_q);
  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      assert (dut.state_q <= Bias);
      if (dut.state_q != Done) begin
        assert (last_row_q >= 5'(bias_q) && (spikes_q >> (6'(last) + 6'd1)) == 32'd0);
        assert (bias_left_q == bias_q);
      end
      if (dut.state_q == Read || dut.state_q == Take || dut.state_q == Rows) assert (dut.word_q <= last[4:3]);
      if (dut.state_q == Read || dut.state_q == Take) assert (left_q == from_word << {dut.word_q, 3'd0});
      if (dut.state_q == Take) assert (asked_q && asked_word_q == dut.word_q);
      if (dut.state_q == Rows) assert (left_q == {after_word[23:0], dut.spikes_q} << {dut.word_q, 3'd0});
      if (dut.state_q == Bias) assert (left_q == '0 && bias_q);
    end
  end
`endif
endmodule

`default_nettype wire
