// SPDX-License-Identifier: Apache-2.0
// The sums of weights of a layer: each lane adds one weight a cycle, times the value of its row, to the sum of its neuron.
//
// Handshake: none. A word is issued at a0; its weights must be on weights_i at a2. A word may follow itself in the next cycle. Two banks: one
//            collects the running step while the sweep reads the other. With OnePort there is a single read port, so that sweep_read_i must be
//            0 in the cycle after an issue, or if Graded in the second one.
// Latency:   a sum is written two cycles after its issue, three if Graded; sums_o holds the word read one cycle after sweep_read_i.
// Parameters: Lanes, WeightWidth; SumWidth, bits that hold every sum; Words, neurons of a lane; Graded, rows have values other than 1; OnePort, the sums
//            of all lanes lie in one memory, for devices whose memories are few and wide; FillWidth, with OnePort, if not 0: while nothing is issued,
//            values of so many bits, at least SumWidth, can take the place of sums of bank 0, a lane at a time; Sparse, not with OnePort, a word can
//            have no row at all in a step: blank_o then says that its sum is 0. Before a run each word is then cleared by clearing_i and clear_word_i;
//            Deep, not with OnePort, each bank lies in a large memory of its own: the running step and the sweep must not meet in one bank.
`default_nettype none

module phasic_accumulators #(
  parameter int Lanes       = 64,
  parameter int WeightWidth = 8,
  parameter int SumWidth    = 19,
  parameter int Words       = 16,
  parameter bit Graded      = 1'b0,
  parameter bit OnePort     = 1'b0,
  parameter int FillWidth   = 0,
  parameter bit Sparse      = 1'b0,
  parameter bit Deep        = 1'b0,
  localparam int WordBits   = (Words > 1) ? $clog2(Words) : 1,
  localparam int LaneBits   = (Lanes > 1) ? $clog2(Lanes) : 1,
  localparam int KeptWidth  = (FillWidth > SumWidth) ? FillWidth : SumWidth
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         sparse_i,       // rows go to some words only: each word has a first row of its own
  input  logic                         clearing_i,
  input  logic [WordBits-1:0]          clear_word_i,
  input  logic                         issue_i,
  input  logic                         issue_bank_i,
  input  logic                         issue_first_i,  // the first row of the step: sums start from 0
  input  logic [WordBits-1:0]          issue_word_i,
  input  logic [7:0]                   issue_value_i,
  input  logic [Lanes*WeightWidth-1:0] weights_i,
  input  logic                         fill_i,
  input  logic [WordBits-1:0]          fill_word_i,
  input  logic [LaneBits-1:0]          fill_lane_i,
  input  logic [KeptWidth-1:0]         fill_value_i,
  input  logic                         sweep_read_i,
  input  logic                         sweep_bank_i,
  input  logic [WordBits-1:0]          sweep_word_i,
  output logic [Lanes*KeptWidth-1:0]   sums_o,
  output logic                         blank_o
);
  localparam int AddendWidth = WeightWidth + (Graded ? 8 : 0);

  logic              valid1_q, valid2_q, first1_q, first2_q, again_q;
  logic [WordBits:0] place1_q, place2_q;  // bank and word

  // ---- what is added: weights, or in a further stage their products with the row's value ----
  logic                         add, add_bank, add_first;
  logic [WordBits-1:0]          add_word;
  logic [Lanes*AddendWidth-1:0] addends;

  if (Graded) begin : gen_products
    logic                         issued_q, bank_q, first_q;
    logic [WordBits-1:0]          word_q;
    logic [7:0]                   value1_q, value2_q;
    logic [Lanes*AddendWidth-1:0] products_q;

    function logic signed [AddendWidth-1:0] product_of(input logic signed [WeightWidth-1:0] weight, input logic [7:0] value);
      product_of = AddendWidth'(weight) * AddendWidth'($signed({1'b0, value}));
    endfunction

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) issued_q <= 1'b0;
      else issued_q <= issue_i;
    end

    always_ff @(posedge clk_i) begin
      bank_q   <= issue_bank_i;
      first_q  <= issue_first_i;
      word_q   <= issue_word_i;
      value1_q <= issue_value_i;
      value2_q <= value1_q;
      // A word's weights come when it is at a2.
      if (valid1_q) begin
        for (int k = 0; k < Lanes; k++)
          products_q[AddendWidth*k +: AddendWidth] <= product_of($signed(weights_i[WeightWidth*k +: WeightWidth]), value2_q);
      end
    end

    assign add       = issued_q;
    assign add_bank  = bank_q;
    assign add_first = first_q;
    assign add_word  = word_q;
    assign addends   = products_q;
  end else begin : gen_weights
    logic unused_value;
    assign unused_value = ^issue_value_i;
    assign add          = issue_i;
    assign add_bank     = issue_bank_i;
    assign add_first    = issue_first_i;
    assign add_word     = issue_word_i;
    assign addends      = weights_i;
  end

  // ---- sums ----
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid1_q <= 1'b0;
      valid2_q <= 1'b0;
    end else begin
      valid1_q <= add;
      valid2_q <= valid1_q;
    end
  end

  always_ff @(posedge clk_i) begin
    place1_q <= {add_bank, add_word};
    first1_q <= add_first;
    place2_q <= place1_q;
    first2_q <= first1_q;
    // The sum that was read at a1 is being written in the same cycle.
    again_q  <= valid2_q && place2_q == place1_q;
  end

  function logic [SumWidth-1:0] sum_of(input logic first, input logic again, input logic [SumWidth-1:0] last, input logic [SumWidth-1:0] read,
                                       input logic signed [AddendWidth-1:0] addend);
    sum_of = (first ? '0 : again ? last : read) + SumWidth'(addend);
  endfunction

  // ---- words that have had a row since they were swept, in each bank: the one that is summed and the one that is swept differ ----
  logic first;

  if (Sparse) begin : gen_sparse
    (* ram_style = "distributed" *) logic met0_q [1 << WordBits];
    (* ram_style = "distributed" *) logic met1_q [1 << WordBits];
    logic sweep0, sweep1, write0, write1, met2_q;
    assign sweep0 = sweep_read_i && !sweep_bank_i;
    assign sweep1 = sweep_read_i && sweep_bank_i;
    assign write0 = valid2_q && !place2_q[WordBits];
    assign write1 = valid2_q && place2_q[WordBits];
    assign first  = sparse_i ? !met2_q && !again_q : first2_q;
    always_ff @(posedge clk_i) begin
      met2_q <= place1_q[WordBits] ? met1_q[place1_q[WordBits-1:0]] : met0_q[place1_q[WordBits-1:0]];
      if (clearing_i || sweep0 || write0)
        met0_q[clearing_i ? clear_word_i : sweep0 ? sweep_word_i : place2_q[WordBits-1:0]] <= !clearing_i && !sweep0;
      if (clearing_i || sweep1 || write1)
        met1_q[clearing_i ? clear_word_i : sweep1 ? sweep_word_i : place2_q[WordBits-1:0]] <= !clearing_i && !sweep1;
      if (sweep_read_i) blank_o <= sparse_i && !(sweep_bank_i ? met1_q[sweep_word_i] : met0_q[sweep_word_i]);
    end
  end else begin : gen_all
    logic unused_sparse;
    assign unused_sparse = ^{sparse_i, clearing_i, clear_word_i};
    assign first         = first2_q;
    assign blank_o       = 1'b0;
  end

  if (FillWidth == 0) begin : gen_no_fills
    logic unused_fills;
    assign unused_fills = ^{fill_i, fill_word_i, fill_lane_i, fill_value_i};
  end

  // Lanes are loops under the enable of their stage, so that simulations do not evaluate lanes that are idle.
  logic [Lanes*KeptWidth-1:0] read_q;
  logic [Lanes*SumWidth-1:0]  last_q;

  if (OnePort) begin : gen_one_port
    // The bits above a sum's are those of a value that is filled in; in a sum they count for nothing.
    (* ram_style = "block" *) logic [Lanes*KeptWidth-1:0] sums_q [2 * (1 << WordBits)];
    logic filling;
    assign filling = FillWidth != 0 && fill_i;

    always_ff @(posedge clk_i) begin : lanes
      logic [Lanes*SumWidth-1:0] sums;
      logic [KeptWidth-1:0]      kept;
      if (valid1_q || sweep_read_i) read_q <= sums_q[sweep_read_i ? {sweep_bank_i, sweep_word_i} : place1_q];
      for (int k = 0; k < Lanes; k++)
        sums[SumWidth*k +: SumWidth] = sum_of(first, again_q, last_q[SumWidth*k +: SumWidth], read_q[KeptWidth*k +: SumWidth],
                                              $signed(addends[AddendWidth*k +: AddendWidth]));
      if (valid2_q) last_q <= sums;
      for (int k = 0; k < Lanes; k++) begin
        kept               = fill_value_i;
        kept[SumWidth-1:0] = filling ? fill_value_i[SumWidth-1:0] : sums[SumWidth*k +: SumWidth];
        if (valid2_q || (filling && 32'(fill_lane_i) == k))
          sums_q[filling ? {1'b0, fill_word_i} : place2_q][KeptWidth*k +: KeptWidth] <= kept;
      end
    end
    assign sums_o = read_q;
  end else if (Deep) begin : gen_banks
    (* ram_style = "huge" *) logic [Lanes*SumWidth-1:0] low_q [Words];
    (* ram_style = "huge" *) logic [Lanes*SumWidth-1:0] high_q [Words];
    logic [Lanes*SumWidth-1:0] read_high_q;
    logic                      low_adds, high_adds, swept_bank_q;
    assign low_adds  = valid1_q && !place1_q[WordBits];
    assign high_adds = valid1_q && place1_q[WordBits];
    assign sums_o    = swept_bank_q ? read_high_q : read_q;

    always_ff @(posedge clk_i) begin : lanes
      logic [Lanes*SumWidth-1:0] sums;
      if (low_adds || (sweep_read_i && !sweep_bank_i)) read_q <= low_q[low_adds ? place1_q[WordBits-1:0] : sweep_word_i];
      if (high_adds || (sweep_read_i && sweep_bank_i)) read_high_q <= high_q[high_adds ? place1_q[WordBits-1:0] : sweep_word_i];
      if (sweep_read_i) swept_bank_q <= sweep_bank_i;
      if (valid2_q) begin
        for (int k = 0; k < Lanes; k++)
          sums[SumWidth*k +: SumWidth] = sum_of(first, again_q, last_q[SumWidth*k +: SumWidth],
                                                place2_q[WordBits] ? read_high_q[SumWidth*k +: SumWidth] : read_q[SumWidth*k +: SumWidth],
                                                $signed(addends[AddendWidth*k +: AddendWidth]));
        last_q <= sums;
        if (!place2_q[WordBits]) low_q[place2_q[WordBits-1:0]] <= sums;
        if (place2_q[WordBits]) high_q[place2_q[WordBits-1:0]] <= sums;
      end
    end
  end else begin : gen_ports
    (* ram_style = "distributed" *) logic [Lanes*SumWidth-1:0] sums_q [2 * (1 << WordBits)];

    always_ff @(posedge clk_i) begin : lanes
      logic [Lanes*SumWidth-1:0] sums;
      if (valid1_q) read_q <= sums_q[place1_q];
      if (valid2_q) begin
        for (int k = 0; k < Lanes; k++)
          sums[SumWidth*k +: SumWidth] = sum_of(first, again_q, last_q[SumWidth*k +: SumWidth], read_q[SumWidth*k +: SumWidth],
                                                $signed(addends[AddendWidth*k +: AddendWidth]));
        last_q           <= sums;
        sums_q[place2_q] <= sums;
      end
      if (sweep_read_i) sums_o <= sums_q[{sweep_bank_i, sweep_word_i}];
    end
  end
endmodule

`default_nettype wire
