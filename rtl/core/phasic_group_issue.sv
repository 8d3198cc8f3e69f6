// SPDX-License-Identifier: Apache-2.0
// Which events of a layer's streams are integrated in a cycle. A source belongs to the group that its number modulo Groups gives, and each group
// has a stream and lanes of its own. In a layer whose neurons fit into the lanes of a group, each group takes an event of its stream at once;
// in a wider one all lanes take an event of one stream.
//
// Handshake: valid/ready on the streams; head_* is what phasic_integrate sees of them: a spike that stands for head_events_o of them, a neuron of a
//            gate, or a mark once it has come on every stream. Words by issue_i of the same cycle. Streams of a step may be taken in any order.
// Latency:   none; silent_o holds from the cycle after step_done_i on until the next one.
// Parameters: Groups, a power of two; RowBits, AddressBits, widths of a row number and an address in the synapse memory.
`default_nettype none

module phasic_group_issue #(
  parameter int Groups      = 4,
  parameter int RowBits     = 10,
  parameter int AddressBits = 14,
  localparam int EventsBits = $clog2(Groups + 1)
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  logic                          clear_i,
  input  logic                          grouped_i,        // the layer's neurons fit into a group's lanes
  // heads of the streams
  input  logic [Groups-1:0]             group_valid_i,
  output logic [Groups-1:0]             group_ready_o,
  input  logic [2*Groups-1:0]           group_kind_i,
  input  logic [Groups*RowBits-1:0]     group_source_i,
  input  logic [Groups*AddressBits-1:0] group_address_i,
  input  logic [8*Groups-1:0]           group_value_i,
  // the head of all of them
  output logic                          head_valid_o,
  input  logic                          head_ready_i,
  output logic [1:0]                    head_kind_o,
  output logic [EventsBits-1:0]         head_events_o,
  output logic [RowBits-1:0]            head_source_o,
  output logic [AddressBits-1:0]        head_address_o,
  output logic [7:0]                    head_value_o,
  // a word that is issued, of the head's row or of the bias
  input  logic                          issue_i,
  input  logic                          issue_first_i,
  input  logic [RowBits-1:0]            issue_source_i,
  input  logic [AddressBits-1:0]        issue_address_i,
  input  logic [7:0]                    issue_value_i,
  input  logic                          step_done_i,
  // to the lanes of each group
  output logic [Groups-1:0]             issue_o,
  output logic [Groups-1:0]             issue_first_o,
  output logic [Groups*AddressBits-1:0] issue_address_o,
  output logic [8*Groups-1:0]           issue_value_o,
  output logic [Groups-1:0]             silent_o,         // in the step that was handed over last no row met the group
  // rows of the head's events, or the row of the bias, each in its group
  output logic [Groups-1:0]             row_o,
  output logic [Groups*RowBits-1:0]     row_number_o
);
  localparam int GroupBits = (Groups > 1) ? $clog2(Groups) : 1;

  initial begin
    if (Groups < 2 || (1 << $clog2(Groups)) != Groups) $fatal(1, "phasic_group_issue: Groups must be a power of two, 2 at least");
  end

  logic [Groups-1:0]    spikes, opens, lowest, first, first_q, taken, bias_group, silent_q;
  logic [GroupBits-1:0] chosen;
  logic                 spike;

  for (genvar g = 0; g < Groups; g++) begin : gen_group
    assign spikes[g]     = group_valid_i[g] && group_kind_i[2*g +: 2] == 2'(phasic_pkg::EventKindSpike);
    assign opens[g]      = group_valid_i[g] && group_kind_i[2*g +: 2] == 2'(phasic_pkg::EventKindOpen);
    assign bias_group[g] = issue_source_i[GroupBits-1:0] == GroupBits'(g);

    assign issue_o[g]       = issue_i && (!grouped_i || (spike ? taken[g] : bias_group[g]));
    assign issue_first_o[g] = grouped_i ? silent_q[g] : issue_first_i;
    assign row_o[g]         = spike ? taken[g] : bias_group[g];
    assign issue_address_o[AddressBits*g +: AddressBits] =
        (grouped_i && spike) ? group_address_i[AddressBits*g +: AddressBits] : issue_address_i;
    assign issue_value_o[8*g +: 8]          = (grouped_i && spike) ? group_value_i[8*g +: 8] : issue_value_i;
    assign row_number_o[RowBits*g +: RowBits] = spike ? group_source_i[RowBits*g +: RowBits] : issue_source_i;
  end

  // Neurons of a gate come one by one, before the spikes that wait beside them: a gate is open when the first step ends.
  assign lowest = (opens != '0) ? opens & (~opens + 1'b1) : spikes & (~spikes + 1'b1);
  // A row of several words is not left for an event that comes meanwhile.
  assign first  = (first_q != '0) ? first_q : lowest;
  assign spike  = (first & spikes) != '0;
  assign taken  = (spike && grouped_i) ? spikes : (first != '0) ? first : '1;

  always_comb begin
    chosen = '0;
    for (int g = 0; g < Groups; g++) if (first[g]) chosen = chosen | GroupBits'(g);
  end

  assign group_ready_o  = head_ready_i ? taken : '0;
  assign head_valid_o   = first != '0 || group_valid_i == '1;
  assign head_kind_o    = group_kind_i[2*chosen +: 2];
  assign head_source_o  = group_source_i[RowBits*chosen +: RowBits];
  assign head_address_o = group_address_i[AddressBits*chosen +: AddressBits];
  assign head_value_o   = group_value_i[8*chosen +: 8];
  always_comb begin
    head_events_o = '0;
    for (int g = 0; g < Groups; g++) head_events_o = head_events_o + EventsBits'(taken[g]);
    if (!spike) head_events_o = EventsBits'(1);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      silent_q <= '1;
      silent_o <= '1;
      first_q  <= '0;
    end else if (clear_i) begin
      silent_q <= '1;
      silent_o <= '1;
      first_q  <= '0;
    end else begin
      first_q  <= head_ready_i ? '0 : first;
      silent_q <= step_done_i ? '1 : silent_q & ~issue_o;
      if (step_done_i) silent_o <= silent_q;
    end
  end
endmodule

`default_nettype wire
