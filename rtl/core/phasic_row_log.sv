// SPDX-License-Identifier: Apache-2.0
// Remembers which rows a learned sample has to visit: a list of rows and, for learning over all steps, the steps at which each row spiked.
//
// Handshake: log_i for one cycle a row and step. A row is logged at most once a step, and not in the cycle after it was logged for another step.
//            list_read_i and history_read_i give their word one cycle later and hold it; forget_i clears a row's history.
// Latency:   an entry can be read three cycles after log_i.
// Parameters: RowBits, width of a row number; MaxRows.
`default_nettype none

module phasic_row_log #(
  parameter int RowBits = 10,
  parameter int MaxRows = 1024
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               clear_i,
  input  logic               clearing_i,
  input  logic [RowBits-1:0] clear_row_i,
  input  logic               all_steps_i,
  input  logic               sample_started_i,
  input  logic               log_i,
  input  logic [RowBits-1:0] log_row_i,
  input  logic [31:0]        log_step_i,    // one-hot
  output logic [RowBits:0]   rows_o,        // rows in the list
  input  logic               list_read_i,
  input  logic [RowBits-1:0] list_index_i,
  output logic [RowBits-1:0] list_row_o,
  input  logic               history_read_i,
  input  logic [RowBits-1:0] history_row_i,
  output logic [31:0]        history_o,
  input  logic               forget_i,
  input  logic [RowBits-1:0] forget_row_i
);
  logic               merge_q;
  logic [RowBits-1:0] merge_row_q;
  logic [31:0]        merge_step_q;
  logic [RowBits:0]   rows_q;
  logic               list_write;
  logic [RowBits-1:0] list_write_row;
  logic               history_write;
  logic [RowBits-1:0] history_write_row;
  logic [31:0]        history_write_data;

  // With all steps a row enters the list at its first spike: its history was empty.
  assign list_write         = all_steps_i ? (merge_q && history_o == 32'd0) : log_i;
  assign list_write_row     = all_steps_i ? merge_row_q : log_row_i;
  assign history_write      = clearing_i || merge_q || forget_i;
  assign history_write_row  = clearing_i ? clear_row_i : merge_q ? merge_row_q : forget_row_i;
  assign history_write_data = (merge_q && !clearing_i) ? (history_o | merge_step_q) : 32'd0;
  assign rows_o             = rows_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      merge_q <= 1'b0;
      rows_q  <= '0;
    end else if (clear_i) begin
      merge_q <= 1'b0;
      rows_q  <= '0;
    end else begin
      merge_q <= log_i && all_steps_i;
      if (sample_started_i) rows_q <= '0;
      else if (list_write) rows_q <= rows_q + 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (log_i) begin
      merge_row_q  <= log_row_i;
      merge_step_q <= log_step_i;
    end
  end

  phasic_ram #(
    .Width(32),
    .Depth(MaxRows)
  ) u_history (
    .clk_i,
    .write_i        (history_write),
    .write_address_i(history_write_row),
    .write_data_i   (history_write_data),
    .read_i         (history_read_i || (log_i && all_steps_i)),
    .read_address_i (history_read_i ? history_row_i : log_row_i),
    .read_data_o    (history_o)
  );

  phasic_ram #(
    .Width(RowBits),
    .Depth(MaxRows)
  ) u_list (
    .clk_i,
    .write_i        (list_write),
    .write_address_i(rows_q[RowBits-1:0]),
    .write_data_i   (list_write_row),
    .read_i         (list_read_i),
    .read_address_i (list_index_i),
    .read_data_o    (list_row_o)
  );
endmodule

`default_nettype wire
