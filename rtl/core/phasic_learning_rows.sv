// SPDX-License-Identifier: Apache-2.0
// Which weight rows a sample changes, and with which random numbers: keeps the rows that the sample's events met and, after the sample, walks
// over them. A layer that competes learns from every row.
//
// Handshake: start_i for one cycle when the sample begins, with learn_i if it is learned; log_i for one cycle a row and step. The walk runs while
//            enable_i is 1, which waits for key_busy_o = 0; done_o is 1 with the last word of the last row. A word comes with its row's random
//            numbers and history.
// Latency:   the key takes 36 cycles from the sample's start; about ten cycles to the first word, then a word a cycle.
// Parameters: Layer, position in the chain; RowBits, AddressBits and WordBits, widths of a row number, an address in the synapse memory and a
//            word number; MaxRows.
`default_nettype none

module phasic_learning_rows #(
  parameter int Layer       = 0,
  parameter int RowBits     = 10,
  parameter int AddressBits = 14,
  parameter int WordBits    = 4,
  parameter int MaxRows     = 1024
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   clear_i,
  // constants of the run
  input  logic [63:0]            seed_i,
  input  logic                   compete_i,
  input  logic                   keep_steps_i,   // a row keeps the steps at which it spiked, or its value
  input  logic [15:0]            rows_i,
  input  logic [15:0]            row_words_i,
  input  logic [WordBits-1:0]    last_word_i,
  // the history of each row is cleared before a run
  input  logic                   clearing_i,
  input  logic [RowBits-1:0]     clear_row_i,
  // the sample and its rows
  input  logic                   start_i,
  input  logic                   learn_i,
  input  logic [31:0]            number_i,
  output logic                   key_busy_o,
  input  logic                   log_i,
  input  logic [RowBits-1:0]     log_row_i,
  input  logic [31:0]            log_step_i,     // one-hot, or the row's value
  output logic                   empty_o,        // no row was kept
  // walk
  input  logic                   enable_i,
  output logic                   done_o,
  output logic                   word_valid_o,
  output logic [WordBits-1:0]    word_o,
  output logic [AddressBits-1:0] word_address_o,
  output logic [15:0]            random_x_o,
  output logic [15:0]            random_y_o,
  output logic [31:0]            history_o,
  output logic                   row_done_o
);
  logic [63:0]        key;
  logic               list_read, history_read, forget;
  logic [RowBits-1:0] list_index, list_index_q, list_row, history_row, forget_row;
  logic [RowBits:0]   logged_rows, walk_rows;

  phasic_key #(
    .Purpose(phasic_pkg::PurposeRounding),
    .Layer  (Layer)
  ) u_key (
    .clk_i,
    .rst_ni,
    .clear_i,
    .start_i (start_i && learn_i),
    .seed_i,
    .number_i,
    .busy_o  (key_busy_o),
    .key_o   (key)
  );

  phasic_row_log #(
    .RowBits(RowBits),
    .MaxRows(MaxRows)
  ) u_log (
    .clk_i,
    .rst_ni,
    .clear_i,
    .clearing_i,
    .clear_row_i,
    .all_steps_i     (keep_steps_i),
    .sample_started_i(start_i),
    .log_i,
    .log_row_i,
    .log_step_i,
    .rows_o          (logged_rows),
    .list_read_i     (list_read),
    .list_index_i    (list_index),
    .list_row_o      (list_row),
    .history_read_i  (history_read),
    .history_row_i   (history_row),
    .history_o,
    .forget_i        (forget),
    .forget_row_i    (forget_row)
  );

  // The winner of a contest learns from every row, so its walk needs no list.
  assign walk_rows = compete_i ? (RowBits + 1)'(rows_i) : logged_rows;
  assign empty_o   = logged_rows == '0;
  always_ff @(posedge clk_i) if (list_read) list_index_q <= list_index;

  logic unused_bits;
  assign unused_bits = ^rows_i;

  phasic_row_walk #(
    .RowBits    (RowBits),
    .AddressBits(AddressBits),
    .WordBits   (WordBits)
  ) u_walk (
    .clk_i,
    .rst_ni,
    .clear_i,
    .enable_i,
    .done_o,
    .key_i         (key),
    .all_steps_i   (keep_steps_i),
    .row_words_i,
    .last_word_i   (compete_i ? WordBits'(0) : last_word_i),
    .rows_i        (walk_rows),
    .list_read_o   (list_read),
    .list_index_o  (list_index),
    .list_row_i    (compete_i ? list_index_q : list_row),
    .history_read_o(history_read),
    .history_row_o (history_row),
    .forget_o      (forget),
    .forget_row_o  (forget_row),
    .word_valid_o,
    .word_o,
    .word_address_o,
    .random_x_o,
    .random_y_o,
    .row_done_o
  );
endmodule

`default_nettype wire
