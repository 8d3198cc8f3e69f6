// SPDX-License-Identifier: Apache-2.0
// Walks over the logged rows of a sample: draws the random word of each row and sends its words to the update pipeline.
//
// Handshake: runs while enable_i is 1; done_o is 1 with the last word of the last row. A new walk starts when enable_i was 0.
// Latency:   about ten cycles to the first word, then a word a cycle.
// Parameters: RowBits, AddressBits and WordBits, widths of a row number, a word address and a word number.
`default_nettype none

module phasic_row_walk #(
  parameter int RowBits     = 10,
  parameter int AddressBits = 14,
  parameter int WordBits    = 4
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   clear_i,
  input  logic                   enable_i,
  output logic                   done_o,
  input  logic [63:0]            key_i,
  input  logic                   all_steps_i,
  input  logic [15:0]            row_words_i,
  input  logic [WordBits-1:0]    last_word_i,
  // row log
  input  logic [RowBits:0]       rows_i,
  output logic                   list_read_o,
  output logic [RowBits-1:0]     list_index_o,
  input  logic [RowBits-1:0]     list_row_i,
  output logic                   history_read_o,
  output logic [RowBits-1:0]     history_row_o,
  output logic                   forget_o,
  output logic [RowBits-1:0]     forget_row_o,
  // words; the row's history is on the row log's port meanwhile
  output logic                   word_valid_o,
  output logic [WordBits-1:0]    word_o,
  output logic [AddressBits-1:0] word_address_o,
  output logic [15:0]            random_x_o,
  output logic [15:0]            random_y_o,
  output logic                   row_done_o
);
  logic                   move, list_valid_q, hashed_valid, hash_empty, row_valid_q, word_last;
  logic [RowBits:0]       index_q;
  logic [RowBits-1:0]     hashed_row, row_q;
  logic [15:0]            hashed_x, hashed_y, x_q, y_q;
  logic [AddressBits-1:0] address_q;
  logic [WordBits-1:0]    word_q;

  assign word_last      = word_q == last_word_i;
  assign word_valid_o   = enable_i && row_valid_q;
  assign row_done_o     = word_valid_o && word_last;
  assign move           = enable_i && (!row_valid_q || word_last);
  assign done_o         = row_done_o && index_q == rows_i && hash_empty && !list_valid_q;
  assign list_read_o    = move && index_q != rows_i;
  assign list_index_o   = index_q[RowBits-1:0];
  assign history_read_o = move && hashed_valid && all_steps_i;
  assign history_row_o  = hashed_row;
  assign forget_o       = row_done_o && all_steps_i;
  assign forget_row_o   = row_q;
  assign word_o         = word_q;
  assign word_address_o = address_q + AddressBits'(word_q);
  assign random_x_o     = x_q;
  assign random_y_o     = y_q;

  phasic_permute #(
    .PayloadWidth(RowBits)
  ) u_permute (
    .clk_i,
    .rst_ni,
    .clear_i,
    .enable_i (move),
    .key_i,
    .valid_i  (list_valid_q),
    .x_i      (16'd0),
    .y_i      (16'(list_row_i)),
    .payload_i(list_row_i),
    .valid_o  (hashed_valid),
    .x_o      (hashed_x),
    .y_o      (hashed_y),
    .payload_o(hashed_row),
    .empty_o  (hash_empty)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      list_valid_q <= 1'b0;
      row_valid_q  <= 1'b0;
      index_q      <= '0;
      word_q       <= '0;
    end else if (!enable_i) begin
      list_valid_q <= 1'b0;
      row_valid_q  <= 1'b0;
      index_q      <= '0;
      word_q       <= '0;
    end else begin
      if (move) begin
        list_valid_q <= list_read_o;
        row_valid_q  <= hashed_valid;
      end
      if (list_read_o) index_q <= index_q + 1'b1;
      if (row_valid_q) word_q <= word_last ? '0 : word_q + 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (move && hashed_valid) begin
      x_q       <= hashed_x;
      y_q       <= hashed_y;
      row_q     <= hashed_row;
      address_q <= AddressBits'(32'(hashed_row) * 32'(row_words_i));
    end
  end
endmodule

`default_nettype wire
