// SPDX-License-Identifier: Apache-2.0
// What the neurons of a layer are driven by: the sums of weights of a step, or with a grid what phasic_pooling makes of them. With several groups of
// lanes a narrow layer's rows are summed by group, and a neuron is driven by the sum over all groups.
//
// Handshake: none but that of the modules inside. With grid_i the sweep's words are those of cells and sides, and it may read them from the second
//            cycle after start_i on while hold_o is 0; hold_o is 1 from the cycle after start_i on. A word of sums by itself is read by look_i, while
//            the sweep reads none; sums_o hold it.
//            With grouped_i, whose sums are one word, hold_o is 1 for three cycles.
// Latency:   sums_o and drives_o hold the word read one cycle after sweep_read_i; limited_o as phasic_pooling tells it.
// Parameters: Lanes, WeightWidth, SumWidth; Words, words of neurons, and SumWords of sums; Graded, Convolution as in phasic_lanes; Grid, there can
//            be a grid, and SumWidth is then at least 24; DescriptorBits, of a layer's descriptor; Groups of lanes, that divide Lanes, 1 with Convolution.
`default_nettype none

module phasic_sums #(
  parameter int Lanes       = 64,
  parameter int WeightWidth = 8,
  parameter int SumWidth    = 27,
  parameter int Words       = 16,
  parameter int SumWords    = 16,
  parameter bit Graded      = 1'b0,
  parameter bit Convolution = 1'b0,
  parameter bit Grid        = 1'b0,
  parameter int DescriptorBits = 8 * phasic_pkg::LayerGrid,
  parameter int Groups      = 1,
  localparam int WordBits    = (Words > 1) ? $clog2(Words) : 1,
  localparam int SumWordBits = (SumWords > 1) ? $clog2(SumWords) : 1
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         clear_i,
  // constants of the layer
  input  logic [DescriptorBits-1:0]    descriptor_i,
  input  logic                         sparse_i,         // a convolution
  input  logic                         grid_i,           // that answers over a grid
  input  logic [15:0]                  row_width_i,
  input  logic [15:0]                  row_words_i,
  input  logic [SumWordBits-1:0]       last_sum_word_i,
  input  logic [WordBits-1:0]          last_word_i,
  input  logic                         clearing_i,
  input  logic [SumWordBits-1:0]       clear_word_i,
  // weights of a word that is issued, by group; all groups alike unless the layer is grouped
  input  logic                         grouped_i,
  input  logic [Groups-1:0]            issue_i,
  input  logic                         issue_bank_i,
  input  logic [Groups-1:0]            issue_first_i,
  input  logic [SumWordBits-1:0]       issue_word_i,
  input  logic [8*Groups-1:0]          issue_value_i,
  input  logic [Lanes*WeightWidth-1:0] weights_i,
  // a finished step; bank and silence hold from the cycle after its start on
  input  logic                         start_i,
  output logic                         hold_o,
  input  logic                         sweep_read_i,
  input  logic                         sweep_bank_i,
  input  logic                         sweep_silent_i,
  input  logic [Groups-1:0]            group_silent_i,   // of a grouped layer: no row met the group
  input  logic [WordBits-1:0]          sweep_word_i,
  input  logic                         look_i,
  input  logic [SumWordBits-1:0]       look_word_i,
  output logic [Lanes*SumWidth-1:0]    sums_o,
  output logic [Lanes*SumWidth-1:0]    drives_o,
  output logic                         silent_o,         // what drives is 0
  output logic                         limited_valid_o,
  output logic [Lanes-1:0]             limited_o
);
  logic                   summed_read, pool_read, blank;
  logic [SumWordBits-1:0] word, pool_word;

  localparam int GroupLanes = Lanes / Groups;
  localparam int LaneBits   = (GroupLanes > 1) ? $clog2(GroupLanes) : 1;
  logic [Lanes*SumWidth-1:0] summed;
  logic [Groups-1:0]         blanks;
  logic                      group_read, group_hold;   // of a grouped layer's sums, to add them up
  assign blank = blanks[0];

  for (genvar g = 0; g < Groups; g++) begin : gen_group
    phasic_accumulators #(
      .Lanes      (GroupLanes),
      .WeightWidth(WeightWidth),
      .SumWidth   (SumWidth),
      .Words      (SumWords),
      .Graded     (Graded),
      .Sparse     (Convolution),
      .Deep       (Grid)
    ) u_accumulators (
      .clk_i,
      .rst_ni,
      .sparse_i,
      .clearing_i,
      .clear_word_i,
      .issue_i     (issue_i[g]),
      .issue_bank_i,
      .issue_first_i(issue_first_i[g]),
      .issue_word_i,
      .issue_value_i(issue_value_i[8*g +: 8]),
      .weights_i   (weights_i[WeightWidth*GroupLanes*g +: WeightWidth*GroupLanes]),
      .fill_i      (1'b0), .fill_word_i(SumWordBits'(0)), .fill_lane_i(LaneBits'(0)), .fill_value_i(SumWidth'(0)),  // of serial builds
      .sweep_read_i(summed_read),
      .sweep_bank_i,
      .sweep_word_i(word),
      .sums_o      (summed[SumWidth*GroupLanes*g +: SumWidth*GroupLanes]),
      .blank_o     (blanks[g])
    );
  end

  if (Groups > 1) begin : gen_groups
    // The sums of a step have been written three cycles after its start at the latest.
    logic [3:0]                     started_q;
    logic [GroupLanes*SumWidth-1:0] totals_q;
    logic                           unused_blanks;
    assign unused_blanks = ^blanks;
    assign group_read    = started_q[2];
    assign group_hold    = started_q[2:0] != '0;
    assign sums_o        = {summed[Lanes*SumWidth-1:GroupLanes*SumWidth], grouped_i ? totals_q : summed[GroupLanes*SumWidth-1:0]};

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) started_q <= '0;
      else started_q <= clear_i ? '0 : {started_q[2:0], start_i && grouped_i};
    end

    // A sum that no row has begun in this step still is that of an earlier one.
    always_ff @(posedge clk_i) begin : totals
      logic [SumWidth-1:0] total;
      if (started_q[3]) begin
        for (int k = 0; k < GroupLanes; k++) begin
          total = '0;
          for (int g = 0; g < Groups; g++) if (!group_silent_i[g]) total = total + summed[SumWidth*(GroupLanes*g+k) +: SumWidth];
          totals_q[SumWidth*k +: SumWidth] <= total;
        end
      end
    end
  end else begin : gen_one_group
    logic unused_groups;
    assign unused_groups            = ^{grouped_i, group_silent_i};
    assign {group_read, group_hold} = '0;
    assign sums_o                   = summed;
  end

  if (Grid) begin : gen_grid
    logic [Lanes*15-1:0] potentials;
    logic                unused_descriptor;
    assign unused_descriptor = ^{descriptor_i, group_read, group_hold};

    assign summed_read = pool_read || look_i || (sweep_read_i && !grid_i);
    assign word        = pool_read ? pool_word : look_i ? look_word_i : SumWordBits'(sweep_word_i);

    phasic_pooling #(
      .Lanes      (Lanes),
      .SumWidth   (SumWidth),
      .SumWordBits(SumWordBits),
      .WordBits   (WordBits),
      .MaxNeurons (Words)
    ) u_pooling (
      .clk_i,
      .rst_ni,
      .clear_i,
      .descriptor_i    (descriptor_i[8*phasic_pkg::LayerSynapticLeak-1:0]),
      .row_width_i,
      .row_words_i,
      .last_sum_word_i,
      .last_word_i,
      .clearing_i,
      .clear_word_i,
      .start_i         (start_i && grid_i),
      .busy_o          (hold_o),
      .sum_read_o      (pool_read),
      .sum_word_o      (pool_word),
      .sums_i          (sums_o),
      .blank_i         (sweep_silent_i || blank),
      .limited_valid_o,
      .limited_o,
      .potential_read_i(sweep_read_i && grid_i),
      .potential_word_i(sweep_word_i),
      .potentials_o    (potentials)
    );

    // A potential as a graded sum gives it.
    always_comb begin
      for (int k = 0; k < Lanes; k++)
        drives_o[SumWidth*k +: SumWidth] = grid_i ? SumWidth'({potentials[15*k +: 15], 8'd0}) : sums_o[SumWidth*k +: SumWidth];
    end
    assign silent_o = !grid_i && (sweep_silent_i || blank);
  end else begin : gen_no_grid
    logic unused_grid;
    assign unused_grid = ^{clear_i, descriptor_i, grid_i, row_width_i, row_words_i, last_sum_word_i, last_word_i, start_i, look_i,
                           look_word_i};
    assign {pool_read, pool_word, limited_valid_o, limited_o} = '0;
    assign hold_o      = group_hold;
    assign summed_read = sweep_read_i || group_read || pool_read;
    assign word        = group_read ? '0 : SumWordBits'(sweep_word_i) | pool_word;
    assign drives_o    = sums_o;
    assign silent_o    = sweep_silent_i || blank;
  end
endmodule

`default_nettype wire
