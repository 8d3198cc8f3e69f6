// SPDX-License-Identifier: Apache-2.0
// phasic_group_issue: every event of every stream is taken exactly once and stands for itself: a stream is popped only when its head is among those that are
// integrated, and what is integrated is popped. A mark is offered only when it is the head of every stream, and then all are popped at once, so that
// no event of a step is integrated in another one. In a layer that is not grouped the head is one event, and it stays until it is taken, whatever
// comes on other streams; in one that is, all spikes at the heads are taken in one cycle, each by the lanes of its own group with its own row.
// Whether a group is silent in a step is what its lanes have seen.
//
// Assumes: a head on offer stays until it is taken (phasic_fifo, which offers them, is proven to do so). All streams have the same marks in the same
//          order. The rest is what phasic_integrate does: it issues a word only of a spike at the head or, at a mark, of the bias, takes a spike only
//          with an issue, a spike of a grouped layer in the cycle of its issue, and hands a step over only at a mark; whether a layer is grouped
//          holds during a run.
// Sizes:   four groups, rows of four bits.
`default_nettype none

module proof_group_issue #(
  parameter int Groups = 4
) (
  input logic                clk_i,
  input logic                clear_i,
  input logic [Groups-1:0]   valid_i,
  input logic [2*Groups-1:0] kind_i,
  input logic [4*Groups-1:0] source_i,
  input logic                issue_i,
  input logic                ready_i,
  input logic                first_i
);
  localparam logic [1:0] Spike = 2'(phasic_pkg::EventKindSpike);
  localparam logic [1:0] Open  = 2'(phasic_pkg::EventKindOpen);

  logic              rst_n = 1'b0;
  logic              head_valid, spike, mark;
  logic [1:0]        head_kind;
  logic [2:0]        head_events;
  logic [3:0]        head_source;
  logic [4:0]        head_address;
  logic [7:0]        head_value;
  logic [Groups-1:0] ready, issue, first, silent, row, spikes, opens;
  logic [4*Groups-1:0] row_number;
  logic [5*Groups-1:0] issue_address, address;
  logic [8*Groups-1:0] issue_value, value;

  always_ff @(posedge clk_i) rst_n <= 1'b1;

  (* anyconst *) logic       grouped;
  (* anyconst *) logic [1:0] chosen;       // a stream, whichever
  (* anyconst *) logic [3:0] bias_source;

  // What belongs to a source follows from it.
  for (genvar g = 0; g < Groups; g++) begin : gen_stream
    assign address[5*g +: 5] = {1'b1, source_i[4*g +: 4]};
    assign value[8*g +: 8]   = {4'd5, source_i[4*g +: 4]};
    assign spikes[g]         = valid_i[g] && kind_i[2*g +: 2] == Spike;
    assign opens[g]          = valid_i[g] && kind_i[2*g +: 2] == Open;
  end
  assign spike = head_valid && head_kind == Spike;
  assign mark  = head_valid && head_kind != Spike && head_kind != Open;

  phasic_group_issue #(
    .Groups     (Groups),
    .RowBits    (4),
    .AddressBits(5)
  ) dut (
    .clk_i,
    .rst_ni         (rst_n),
    .clear_i,
    .grouped_i      (grouped),
    .group_valid_i  (valid_i),
    .group_ready_o  (ready),
    .group_kind_i   (kind_i),
    .group_source_i (source_i),
    .group_address_i(address),
    .group_value_i  (value),
    .head_valid_o   (head_valid),
    .head_ready_i   (ready_i),
    .head_kind_o    (head_kind),
    .head_events_o  (head_events),
    .head_source_o  (head_source),
    .head_address_o (head_address),
    .head_value_o   (head_value),
    .issue_i,
    .issue_first_i  (first_i),
    .issue_source_i (spike ? head_source : bias_source),
    .issue_address_i(spike ? head_address : {1'b1, bias_source}),
    .issue_value_i  (spike ? head_value : {4'd5, bias_source}),
    .step_done_i    (ready_i && mark),
    .issue_o        (issue),
    .issue_first_o  (first),
    .issue_address_o(issue_address),
    .issue_value_o  (issue_value),
    .silent_o       (silent),
    .row_o          (row),
    .row_number_o   (row_number)
  );

  // The head of the chosen stream.
  logic [1:0] kind;
  logic [3:0] source;
  assign kind   = kind_i[2*chosen +: 2];
  assign source = source_i[4*chosen +: 4];

  logic                held_q, waits_q, head_source_known;
  logic [Groups-1:0]   valid_q, ready_q, seen_q, silent_then_q;
  logic [2*Groups-1:0] kind_q;
  logic [4*Groups-1:0] source_q;
  logic [5:0]          head_q;
  logic                grouped_spike;
  assign grouped_spike     = grouped && spike;
  assign head_source_known = spike || (head_valid && head_kind == Open);

  always_ff @(posedge clk_i) begin
    held_q   <= rst_n && !clear_i;
    valid_q  <= valid_i;
    ready_q  <= ready;
    kind_q   <= kind_i;
    source_q <= source_i;
    for (int g = 0; g < Groups; g++) begin
      assume (!(held_q && valid_q[g] && !ready_q[g])
              || (valid_i[g] && kind_i[2*g +: 2] == kind_q[2*g +: 2] && source_i[4*g +: 4] == source_q[4*g +: 4]));
      assume (kind_i[2*g +: 2] == kind_i[1:0] || kind_i[2*g +: 2] == Spike || kind_i[2*g +: 2] == Open || kind_i[1:0] == Spike || kind_i[1:0] == Open);
    end
    assume (!issue_i || spike || mark);
    assume (!(ready_i && spike) || issue_i);
    assume (!(issue_i && mark) || !ready_i);
    assume (!(issue_i && grouped_spike) || ready_i);
    assume (!ready_i || head_valid);

    // What was on offer and not taken.
    waits_q <= rst_n && !clear_i && head_valid && !ready_i && !grouped;
    head_q  <= {head_kind, head_source};
    if (!rst_n || clear_i) begin
      seen_q        <= '0;
      silent_then_q <= '1;
    end else begin
      seen_q <= (ready_i && mark) ? '0 : seen_q | issue;
      if (ready_i && mark) silent_then_q <= ~seen_q;
    end

    if (rst_n) begin
      assert ((ready & ~valid_i) == '0);
      assert (!ready_i == (ready == '0));
      assert (!mark || (valid_i == '1 && spikes == '0 && opens == '0 && (!ready_i || ready == '1)));
      assert ((spikes | opens) == '0 || spike || (head_valid && head_kind == Open));
      assert (!(ready_i && grouped_spike) || ready == spikes);
      assert (!(ready_i && !mark && !grouped_spike) || (ready & (ready - 1'b1)) == '0);
      assert (!(ready_i && !mark && !grouped_spike && ready[chosen]) || (head_kind == kind && head_source == source));
      assert (head_events == (grouped_spike ? 3'(spikes[0]) + 3'(spikes[1]) + 3'(spikes[2]) + 3'(spikes[3]) : 3'd1));
      assert (!(waits_q && head_source_known) || head_q == {head_kind, head_source});
      // Lanes and rows of a group.
      assert (grouped || issue == (issue_i ? '1 : '0));
      assert (!(grouped && issue_i && spike) || issue == ready);
      assert (!(grouped && issue_i && mark) || issue == Groups'(1) << bias_source[1:0]);
      assert (!(issue[chosen] && spike) || issue_address[5*chosen +: 5] == {1'b1, grouped ? source : head_source});
      assert (!(issue[chosen] && spike) || issue_value[8*chosen +: 8] == {4'd5, grouped ? source : head_source});
      assert (!(issue[chosen] && mark) || issue_address[5*chosen +: 5] == {1'b1, bias_source});
      assert (!(spike && row[chosen] && ready_i) || (ready[chosen] && row_number[4*chosen +: 4] == source));
      assert (!(spike && ready_i && ready[chosen]) || row[chosen]);
      assert (!(mark && row[chosen]) || (row_number[4*chosen +: 4] == bias_source && chosen == bias_source[1:0]));
      assert (first[chosen] == (grouped ? !seen_q[chosen] : first_i));
      assert (silent[chosen] == silent_then_q[chosen]);
      cover (grouped && ready_i && mark && seen_q == 4'b0110);
      cover (!grouped && waits_q && ready_i && ready == 4'b0100 && spikes == 4'b0111);
    end
  end

`ifdef INVARIANTS
  (* hierconn *) logic [Groups-1:0] \dut.first_q , \dut.silent_q ;
  logic [Groups-1:0] events;
  assign events = spikes | opens;
  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      // One stream is held, and its head has not gone.
      assert ((dut.first_q & (dut.first_q - 1'b1)) == '0 && (dut.first_q & ~events) == '0);
      assert (!(waits_q && !mark) || dut.first_q != '0 || !head_source_known);
      assert (dut.silent_q == ~seen_q);
    end
  end
`endif
endmodule

`default_nettype wire
