// SPDX-License-Identifier: Apache-2.0
// A phasic_row_log for each group of rows: several rows can be logged at once, each in the group that its number modulo Groups gives. Whoever reads
// sees one list, of one group's rows after the other's, and one history.
//
// Handshake: that of phasic_row_log; log_i has a bit for each group, with the row that it belongs to.
// Latency:   that of phasic_row_log.
// Parameters: RowBits, width of a row number; MaxRows, with several groups at least twice as many; Groups, a power of two.
`default_nettype none

module phasic_group_log #(
  parameter int RowBits = 10,
  parameter int MaxRows = 1024,
  parameter int Groups  = 1
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               clear_i,
  input  logic               clearing_i,
  input  logic [RowBits-1:0] clear_row_i,
  input  logic               all_steps_i,
  input  logic               sample_started_i,
  input  logic [Groups-1:0]         log_i,
  input  logic [Groups*RowBits-1:0] log_row_i,
  input  logic [Groups*32-1:0]      log_step_i,   // one-hot
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
  if (Groups == 1) begin : gen_one
    phasic_row_log #(
      .RowBits(RowBits),
      .MaxRows(MaxRows)
    ) u_log (
      .clk_i,
      .rst_ni,
      .clear_i,
      .clearing_i,
      .clear_row_i,
      .all_steps_i,
      .sample_started_i,
      .log_i,
      .log_row_i,
      .log_step_i,
      .rows_o,
      .list_read_i,
      .list_index_i,
      .list_row_o,
      .history_read_i,
      .history_row_i,
      .history_o,
      .forget_i,
      .forget_row_i
    );
  end else begin : gen_groups
    localparam int GroupBits = $clog2(Groups);
    localparam int PlaceBits = RowBits - GroupBits;
    localparam int Places    = (MaxRows + Groups - 1) / Groups;

    initial begin
      if (RowBits <= GroupBits) $fatal(1, "phasic_group_log: MaxRows must be at least twice Groups");
    end

    logic [Groups*(PlaceBits+1)-1:0] rows;
    logic [Groups*PlaceBits-1:0]     list_place;
    logic [Groups*32-1:0]            history;
    logic [Groups*(RowBits+1)-1:0]   begins;      // rows of the groups before each
    logic [Groups-1:0]               listed;      // the group whose list has the row
    logic [GroupBits-1:0]            list_group_q, history_group_q, list_group;

    for (genvar g = 0; g < Groups; g++) begin : gen_group
      assign listed[g] = (RowBits+1)'(list_index_i) >= begins[(RowBits+1)*g +: RowBits+1];

      phasic_row_log #(
        .RowBits(PlaceBits),
        .MaxRows(Places)
      ) u_log (
        .clk_i,
        .rst_ni,
        .clear_i,
        .clearing_i      (clearing_i && clear_row_i[GroupBits-1:0] == GroupBits'(g)),
        .clear_row_i     (PlaceBits'(clear_row_i >> GroupBits)),
        .all_steps_i,
        .sample_started_i,
        .log_i           (log_i[g]),
        .log_row_i       (PlaceBits'(log_row_i[RowBits*g +: RowBits] >> GroupBits)),
        .log_step_i      (log_step_i[32*g +: 32]),
        .rows_o          (rows[(PlaceBits+1)*g +: PlaceBits+1]),
        .list_read_i     (list_read_i && list_group == GroupBits'(g)),
        .list_index_i    (PlaceBits'((RowBits+1)'(list_index_i) - begins[(RowBits+1)*g +: RowBits+1])),
        .list_row_o      (list_place[PlaceBits*g +: PlaceBits]),
        .history_read_i  (history_read_i && history_row_i[GroupBits-1:0] == GroupBits'(g)),
        .history_row_i   (PlaceBits'(history_row_i >> GroupBits)),
        .history_o       (history[32*g +: 32]),
        .forget_i        (forget_i && forget_row_i[GroupBits-1:0] == GroupBits'(g)),
        .forget_row_i    (PlaceBits'(forget_row_i >> GroupBits))
      );
    end

    always_comb begin : places
      logic [RowBits:0] rows_before;
      rows_before = '0;
      for (int g = 0; g < Groups; g++) begin
        begins[(RowBits+1)*g +: RowBits+1] = rows_before;
        rows_before = rows_before + (RowBits+1)'(rows[(PlaceBits+1)*g +: PlaceBits+1]);
      end
      rows_o = rows_before;
    end

    // The last group whose list begins at the row or before it; one without rows begins where the next one does.
    always_comb begin
      list_group = '0;
      for (int g = 1; g < Groups; g++) if (listed[g]) list_group = GroupBits'(g);
    end
    always_ff @(posedge clk_i) begin
      if (list_read_i) list_group_q <= list_group;
      if (history_read_i) history_group_q <= history_row_i[GroupBits-1:0];
    end

    assign list_row_o = RowBits'({list_place[PlaceBits*list_group_q +: PlaceBits], list_group_q});
    assign history_o  = history[32*history_group_q +: 32];
  end
endmodule

`default_nettype wire
