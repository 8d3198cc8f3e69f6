// SPDX-License-Identifier: Apache-2.0
// Which weight rows a sample changes, and with which random numbers: keeps the rows that the sample's events met and, after the sample, walks
// over them. A layer that competes learns from every row, and in a convolution the sources are kept and the rows are walked over. If its filters
// compete, a patch is drawn first, and every row is walked over when its targets are there.
//
// Handshake: start_i for one cycle when the sample begins, with learn_i if it is learned; log_i for one cycle a row and step. The walk runs while
//            enable_i is 1, which waits for key_busy_o = 0; done_o is 1 with the last word of the last row. A word comes with its row's random
//            numbers and history. A patch is as in phasic_patch; targets_ready_i lets its walk begin.
// Latency:   the key takes 36 cycles from the sample's start; about ten cycles to the first word, then a word a cycle.
// Parameters: Layer, position in the chain; RowBits, AddressBits and WordBits, widths of a row number, an address in the synapse memory and a
//            word number; MaxRows; Convolution, the layer can be one; Features, its filters can compete; SumWordBits, width of a word of sums; Groups
//            of rows, each of which can be logged in a cycle, as in phasic_group_log.
`default_nettype none

module phasic_learning_rows #(
  parameter int Layer       = 0,
  parameter int RowBits     = 10,
  parameter int AddressBits = 14,
  parameter int WordBits    = 4,
  parameter int MaxRows     = 1024,
  parameter bit Convolution = 1'b0,
  parameter bit Features    = 1'b0,
  parameter int SumWordBits = WordBits,
  parameter int Groups      = 1
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   clear_i,
  // constants of the run
  input  logic [63:0]            seed_i,
  input  logic                   compete_i,
  input  logic                   keep_steps_i,   // a row keeps the steps at which it spiked, or its value
  input  logic                   shaped_i,       // the layer is a convolution
  input  logic                   features_i,     // whose filters compete
  input  logic [8*phasic_pkg::LayerGrid-1:0] descriptor_i,
  input  logic [15:0]            sources_i,
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
  input  logic [Groups-1:0]      log_i,
  input  logic [Groups*RowBits-1:0] log_row_i,
  input  logic [Groups*32-1:0]   log_step_i,     // one-hot, or the row's value
  output logic                   empty_o,        // no row was kept
  // walk
  input  logic                   enable_i,
  output logic                   done_o,
  output logic                   word_valid_o,
  output logic                   add_o,          // in a convolution the word is a term of a sum,
  output logic                   first_o,        // the first one,
  output logic                   commit_o,       // or the end of the sum
  output logic [WordBits-1:0]    target_word_o,
  output logic [WordBits-1:0]    word_o,
  output logic [AddressBits-1:0] word_address_o,
  output logic [15:0]            random_x_o,
  output logic [15:0]            random_y_o,
  output logic [31:0]            history_o,
  output logic                   pair_done_o,    // a source and a position; in a dense layer each row
  output logic                   row_done_o,
  output logic [RowBits-1:0]     row_o,          // of a dense layer: that of the word
  // the patch that filters compete over
  output logic                   patch_o,
  output logic                   patch_blank_o,
  output logic [SumWordBits-1:0] patch_word_o,
  input  logic                   patch_read_i,
  input  logic [RowBits-1:0]     patch_row_i,
  output logic [11:0]            patch_value_o,
  input  logic                   targets_ready_i
);
  logic [63:0]        key;
  logic               list_read, history_read, forget, rounding_busy, all_rows;
  logic [RowBits-1:0] list_index, list_index_q, list_row, history_row, forget_row;
  logic [RowBits:0]   logged_rows, walk_rows;

  // Of the walk over the rows of a dense layer.
  logic                   shaped, rows_done, rows_list_read, rows_history_read, rows_forget, rows_valid, rows_row_done;
  logic [RowBits-1:0]     rows_list_index, rows_history_row, rows_forget_row;
  logic [WordBits-1:0]    rows_word;
  logic [AddressBits-1:0] rows_address;
  logic [15:0]            rows_x, rows_y;
  logic                   patch_walk;      // or over all rows, when filters have competed

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
    .busy_o  (rounding_busy),
    .key_o   (key)
  );

  phasic_group_log #(
    .RowBits(RowBits),
    .MaxRows(MaxRows),
    .Groups (Groups)
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

  // A winner learns from every row, so its walk needs no list.
  assign row_o     = rows_forget_row;
  assign all_rows  = compete_i || features_i;
  assign walk_rows = all_rows ? (RowBits + 1)'(rows_i) : logged_rows;
  assign empty_o   = logged_rows == '0;
  always_ff @(posedge clk_i) if (rows_list_read) list_index_q <= rows_list_index;

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
    .enable_i      (enable_i && (!shaped || patch_walk)),
    .done_o        (rows_done),
    .key_i         (key),
    .all_steps_i   (keep_steps_i),
    .row_words_i,
    .last_word_i   (all_rows ? WordBits'(0) : last_word_i),
    .rows_i        (walk_rows),
    .list_read_o   (rows_list_read),
    .list_index_o  (rows_list_index),
    .list_row_i    (all_rows ? list_index_q : list_row),
    .history_read_o(rows_history_read),
    .history_row_o (rows_history_row),
    .forget_o      (rows_forget),
    .forget_row_o  (rows_forget_row),
    .word_valid_o  (rows_valid),
    .word_o        (rows_word),
    .word_address_o(rows_address),
    .random_x_o    (rows_x),
    .random_y_o    (rows_y),
    .row_done_o    (rows_row_done)
  );

  // ---- filters that compete have a patch, and then the walk over the rows ----
  logic               patch_busy, patch_list_read, patch_history_read, patch_forget, patch_done;
  logic [RowBits-1:0] patch_list_index, patch_history_row, patch_forget_row;
  assign key_busy_o = rounding_busy || patch_busy;

  if (Features) begin : gen_features
    logic cleared, walked_q;

    phasic_patch #(
      .Layer   (Layer),
      .RowBits (RowBits),
      .WordBits(SumWordBits),
      .MaxRows (MaxRows)
    ) u_patch (
      .clk_i,
      .rst_ni,
      .clear_i,
      .seed_i,
      .descriptor_i,
      .row_words_i,
      .start_i         (start_i && learn_i && features_i),
      .number_i,
      .key_busy_o      (patch_busy),
      .enable_i        (enable_i && features_i),
      .cleared_o       (cleared),
      .logged_i        (logged_rows),
      .list_read_o     (patch_list_read),
      .list_index_o    (patch_list_index),
      .list_source_i   (list_row),
      .history_read_o  (patch_history_read),
      .history_source_o(patch_history_row),
      .history_i       (history_o[7:0]),
      .forget_o        (patch_forget),
      .forget_source_o (patch_forget_row),
      .found_o         (patch_o),
      .blank_o         (patch_blank_o),
      .word_o          (patch_word_o),
      .read_i          (patch_read_i),
      .row_i           (patch_row_i),
      .value_o         (patch_value_o)
    );

    assign patch_walk = features_i && targets_ready_i && !walked_q;
    assign patch_done = cleared && (!patch_o || walked_q);
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) walked_q <= 1'b0;
      else if (clear_i || !enable_i) walked_q <= 1'b0;
      else if (rows_done) walked_q <= 1'b1;
    end
  end else begin : gen_no_features
    logic unused_patch;
    assign unused_patch = ^{features_i, patch_read_i, patch_row_i, targets_ready_i};
    assign {patch_busy, patch_list_read, patch_history_read, patch_forget, patch_done, patch_walk} = '0;
    assign {patch_list_index, patch_history_row, patch_forget_row, patch_o, patch_blank_o, patch_word_o, patch_value_o} = '0;
  end

  // ---- a convolution has a walk of its own ----
  if (Convolution) begin : gen_convolution
    logic                   walk_done, walk_list_read, walk_history_read, walk_forget, pair_valid, commit, pair_counts, walk_row_done, walk_first;
    logic [RowBits-1:0]     walk_list_index, walk_history_row, walk_forget_row;
    logic [WordBits-1:0]    walk_word;
    logic [AddressBits-1:0] walk_address;
    logic [15:0]            walk_x, walk_y;
    logic [WordBits-1:0]    walk_target;
    logic                   by_rows;

    phasic_convolution_walk #(
      .RowBits    (RowBits),
      .AddressBits(AddressBits),
      .WordBits   (WordBits),
      .First      (Layer == 0)
    ) u_convolution (
      .clk_i,
      .rst_ni,
      .clear_i,
      .enable_i        (enable_i && shaped_i && !features_i),
      .done_o          (walk_done),
      .key_i           (key),
      .descriptor_i,
      .sources_i,
      .row_words_i,
      .last_word_i,
      .logged_i        (logged_rows),
      .list_read_o     (walk_list_read),
      .list_index_o    (walk_list_index),
      .list_source_i   (list_row),
      .history_read_o  (walk_history_read),
      .history_source_o(walk_history_row),
      .history_i       (history_o),
      .forget_o        (walk_forget),
      .forget_source_o (walk_forget_row),
      .pair_valid_o    (pair_valid),
      .first_o         (walk_first),
      .commit_o        (commit),
      .target_word_o   (walk_target),
      .word_o          (walk_word),
      .word_address_o  (walk_address),
      .random_x_o      (walk_x),
      .random_y_o      (walk_y),
      .pair_counts_o   (pair_counts),
      .row_done_o      (walk_row_done)
    );

    assign shaped         = shaped_i;
    assign list_read      = features_i ? patch_list_read : shaped_i ? walk_list_read : rows_list_read;
    assign list_index     = features_i ? patch_list_index : shaped_i ? walk_list_index : rows_list_index;
    assign history_read   = features_i ? patch_history_read : shaped_i ? walk_history_read : rows_history_read;
    assign history_row    = features_i ? patch_history_row : shaped_i ? walk_history_row : rows_history_row;
    assign forget         = features_i ? patch_forget : shaped_i ? walk_forget : rows_forget;
    assign forget_row     = features_i ? patch_forget_row : shaped_i ? walk_forget_row : rows_forget_row;
    assign done_o         = features_i ? patch_done : shaped_i ? walk_done : rows_done;
    assign by_rows        = !shaped_i || features_i;
    assign word_valid_o   = by_rows ? rows_valid : pair_valid || commit;
    assign add_o          = by_rows || pair_valid;
    assign first_o        = by_rows || walk_first;
    assign commit_o       = by_rows || commit;
    assign target_word_o  = by_rows ? rows_word : walk_target;
    assign word_o         = by_rows ? rows_word : walk_word;
    assign word_address_o = by_rows ? rows_address : walk_address;
    assign random_x_o     = by_rows ? rows_x : walk_x;
    assign random_y_o     = by_rows ? rows_y : walk_y;
    assign pair_done_o    = by_rows ? rows_row_done : pair_counts;
    assign row_done_o     = by_rows ? rows_row_done : walk_row_done;
  end else begin : gen_dense
    logic unused_shape;
    assign unused_shape   = ^{shaped_i, descriptor_i, sources_i, patch_list_read, patch_list_index, patch_history_read, patch_history_row,
                              patch_forget, patch_forget_row, patch_done};
    assign shaped         = 1'b0;
    assign list_read      = rows_list_read;
    assign list_index     = rows_list_index;
    assign history_read   = rows_history_read;
    assign history_row    = rows_history_row;
    assign forget         = rows_forget;
    assign forget_row     = rows_forget_row;
    assign done_o         = rows_done;
    assign word_valid_o   = rows_valid;
    assign {add_o, first_o, commit_o} = 3'b111;
    assign target_word_o  = rows_word;
    assign word_o         = rows_word;
    assign word_address_o = rows_address;
    assign random_x_o     = rows_x;
    assign random_y_o     = rows_y;
    assign pair_done_o    = rows_row_done;
    assign row_done_o     = rows_row_done;
  end
endmodule

`default_nettype wire
