// SPDX-License-Identifier: Apache-2.0
// Postsynaptic factors of a learned sample: the neuromodulator level of the sample's class, or the rate error, or the sum of levels times
// rate errors of the last layer, times the learning rate; for learning from the last step also times the postsynaptic part.
//
// Handshake: none; the sweep drives the stages. f0 reads the levels (and the state, elsewhere), f1 chooses the signal, f2 multiplies, f3 scales and
//            writes the factor. With Shares f4 takes a share of it, which is then rounded, so that it is written two cycles later.
//            Before that, for feedback, words of levels are multiplied with an error and added up: a0 reads the levels, a1 chooses, a2 multiplies,
//            a3 adds.
// Latency:   as the stages say; factors_o holds the word read one cycle after update_read_i.
// Parameters: Lanes; Words, neurons of a lane; LevelDepth, words of the level memory; Feedback, there can be factors of feedback; SignalWidth, bits
//            of a signal: 9, or with feedback as many as every error at once needs; Relaxed, a factor is written one cycle later, for devices whose
//            logic is slow; Convolution, a word's neurons may begin at any number; Shares, a neuron learns with a share of its factor; Kept, factors
//            are kept here, else factors_o is the word that written_o tells of; Protect, words of levels have check bits (phasic_checked_ram).
`default_nettype none

module phasic_factors #(
  parameter int Lanes       = 64,
  parameter int Words       = 16,
  parameter int LevelDepth  = 1024,
  parameter bit Feedback    = 1'b0,
  parameter int SignalWidth = 9,
  parameter int CountWidth  = 6,
  parameter bit Relaxed     = 1'b0,
  parameter bit Convolution = 1'b0,
  parameter bit Shares      = 1'b0,
  parameter bit Kept        = 1'b1,
  parameter bit Protect     = 1'b0,
  localparam int ShareWidth  = phasic_pkg::ShareShift + 1,
  localparam int SharesBits  = Shares ? Lanes * ShareWidth : 1,
  localparam int WordBits    = (Words > 1) ? $clog2(Words) : 1,
  localparam int LevelBits   = (LevelDepth > 1) ? $clog2(LevelDepth) : 1,
  localparam int FactorWidth = phasic_pkg::FactorWidth + 1  // one more bit for the sign of the trit
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  // constants of the run
  input  logic                         error_i,        // own rate error rather than level
  input  logic                         feedback_i,     // sum of levels times errors rather than level
  input  logic                         all_steps_i,
  input  logic [15:0]                  rate_i,
  input  logic [3:0]                   shift_i,
  input  logic [CountWidth-1:0]        full_i,         // count that the class's own neuron should have
  // level memory
  input  logic                         load_i,
  input  logic [LevelBits-1:0]         load_address_i,
  input  logic [Lanes*8-1:0]           load_data_i,
  input  logic                         levels_used_i,  // what is read was loaded
  output logic                         levels_failed_o,  // two cycles after a word was read that has wrong bits
  output logic [LevelBits-1:0]         failed_level_o,
  // a0: a word of levels times an error, added to the word's signals
  input  logic                         add_i,
  input  logic                         add_first_i,    // the signals were 0
  input  logic [WordBits-1:0]          add_word_i,
  input  logic [LevelBits-1:0]         add_address_i,
  input  logic signed [CountWidth:0]   add_error_i,
  // stages
  input  logic                         valid0_i,
  input  logic [1:0]                   valid_i,        // f1, f2
  input  logic [WordBits-1:0]          word0_i,
  input  logic [WordBits-1:0]          word2_i,
  input  logic [15:0]                  class_i,
  input  logic [15:0]                  base0_i,        // with Convolution the first neuron of the word at f0
  input  logic [LevelBits-1:0]         class_address_i,  // word of the class's first levels
  input  logic [Lanes*CountWidth-1:0]  counts_i,       // at f1
  input  logic [Lanes-1:0]             plus_i,
  input  logic [Lanes-1:0]             minus_i,
  input  logic [Lanes-1:0]             enabled2_i,     // lanes with a neuron in the word at f2
  input  logic [SharesBits-1:0]        shares_i,       // with Shares, at f3: up to the whole of 2 to the power of share_shift
  // to the update pipeline
  input  logic                         update_read_i,
  input  logic [WordBits-1:0]          update_word_i,
  output logic [Lanes*FactorWidth-1:0] factors_o,
  output logic                         written_o,
  output logic [WordBits-1:0]          written_word_o,
  // levels of the word read at f0 that are above 0, at f1; 0 in other cycles
  output logic [Lanes-1:0]             positive_o
);
  localparam int ProductWidth = SignalWidth + 17;
  // An error's first term: a full count for the class's own neuron, 0 for the others.
  function logic signed [8:0] error_of(input logic own, input logic [CountWidth-1:0] full, input logic [CountWidth-1:0] count);
    error_of = $signed(own ? 9'(full) : 9'd0) - $signed(9'(count));
  endfunction

  function logic signed [8:0] signal_of(input logic error, input logic own, input logic [CountWidth-1:0] full,
                                        input logic [CountWidth-1:0] count, input logic [7:0] level);
    signal_of = error ? error_of(own, full, count) : 9'sd0 - 9'($signed(level));
  endfunction

  function logic signed [ProductWidth-1:0] product_of(input logic signed [SignalWidth-1:0] signal, input logic signed [16:0] scale);
    product_of = ProductWidth'(signal) * ProductWidth'(scale);
  endfunction

  // Division by a power of two, halves upwards: what is left of the product in halves, then the last of them is added.
  function logic signed [ProductWidth-1:0] scaled_of(input logic signed [ProductWidth-1:0] product, input logic [3:0] shift);
    logic signed [ProductWidth:0] halves;
    halves    = $signed({product, 1'b0}) >>> shift;
    scaled_of = $signed(halves[ProductWidth:1]) + $signed({{(ProductWidth - 1) {1'b0}}, halves[0]});
  endfunction

  // The limits of a factor: those of its bits, so that the bits above its sign tell whether it is outside.
  function logic signed [FactorWidth-1:0] factor_of(input logic signed [ProductWidth-1:0] scaled);
    factor_of = (scaled[ProductWidth-1:FactorWidth-2] == '0 || scaled[ProductWidth-1:FactorWidth-2] == '1)
                    ? scaled[FactorWidth-1:0] : {{2{scaled[ProductWidth-1]}}, {(FactorWidth-2) {!scaled[ProductWidth-1]}}};
  endfunction

  // ---- levels of the class, and the lane of the class's own neuron ----
  logic [Lanes*8-1:0]   levels;
  logic [LevelBits-1:0] level_address;
  logic                 levels_read_q, own_word_q;
  logic [Lanes-1:0]     own_lane_q;

  assign level_address = (Feedback && add_i) ? add_address_i : class_address_i + LevelBits'(word0_i);

  // What is made of a level takes the whole cycle after it is read, so that wrong bits are told of and not put right.
  logic unused_corrected;
  phasic_checked_ram #(
    .Width  (Lanes * 8),
    .Depth  (LevelDepth),
    .Protect(Protect),
    .Correct(1'b0)
  ) u_levels (
    .clk_i,
    .rst_ni,
    .write_i        (load_i),
    .write_address_i(load_address_i),
    .write_data_i   (load_data_i),
    .read_i         (valid0_i || (Feedback && add_i)),
    .check_i        (levels_used_i),
    .read_address_i (level_address),
    .read_data_o    (levels),
    .corrected_o    (unused_corrected),
    .failed_o       (levels_failed_o),
    .failed_address_o(failed_level_o)
  );

  always_comb begin
    positive_o = '0;
    if (levels_read_q) begin
      for (int k = 0; k < Lanes; k++) positive_o[k] = $signed(levels[8*k +: 8]) > 8'sd0;
    end
  end

  always_ff @(posedge clk_i) begin
    levels_read_q <= valid0_i;
    if (valid0_i) begin
      own_word_q <= Convolution || 32'(word0_i) == 32'(class_i) / 32'(Lanes);
      for (int k = 0; k < Lanes; k++) own_lane_q[k] <= Convolution ? 32'(class_i) == 32'(base0_i) + k : 32'(class_i) % 32'(Lanes) == k;
    end
  end

  // ---- signals, and what they are multiplied with ----
  // Chosen at f1 or a1, multiplied at f2 or a2. Lanes are loops under the enable of their stage, so that simulations do not evaluate lanes that
  // are idle.
  logic [Lanes*SignalWidth-1:0]  signals1_q;
  logic [Lanes*ProductWidth-1:0] products_q;

  if (Feedback) begin : gen_feedback
    (* ram_style = "distributed" *) logic [Lanes*SignalWidth-1:0] signals_q [Words];
    logic [Lanes*SignalWidth-1:0] read_q;
    logic [2:0]                   add_q, first_q;  // a1 to a3
    logic [WordBits-1:0]          word1_q, word2_q, word3_q;
    logic signed [CountWidth:0]   error_q;
    logic signed [16:0]           scale_q;

    function logic [Lanes*SignalWidth-1:0] with_products(input logic [Lanes*SignalWidth-1:0] sums,
                                                         input logic [Lanes*ProductWidth-1:0] products, input logic first);
      for (int k = 0; k < Lanes; k++)
        with_products[SignalWidth*k +: SignalWidth] =
            (first ? '0 : sums[SignalWidth*k +: SignalWidth]) + products[ProductWidth*k +: SignalWidth];
    endfunction

    function logic signed [SignalWidth-1:0] chosen_of(input logic adding, input logic signed [7:0] level, input logic summed,
                                                      input logic signed [SignalWidth-1:0] sum, input logic signed [8:0] own);
      chosen_of = adding ? SignalWidth'(level) : summed ? sum : SignalWidth'(own);
    endfunction

    always_ff @(posedge clk_i) begin
      if (valid_i[0] || add_q[0]) begin
        for (int k = 0; k < Lanes; k++)
          signals1_q[SignalWidth*k +: SignalWidth] <=
              chosen_of(add_q[0], $signed(levels[8*k +: 8]), feedback_i, $signed(read_q[SignalWidth*k +: SignalWidth]),
                        signal_of(error_i, own_word_q && own_lane_q[k], full_i, counts_i[CountWidth*k +: CountWidth], levels[8*k +: 8]));
        scale_q <= add_q[0] ? 17'(error_q) : $signed({1'b0, rate_i});
      end
      if (valid_i[1] || add_q[1]) begin
        for (int k = 0; k < Lanes; k++)
          products_q[ProductWidth*k +: ProductWidth] <= product_of($signed(signals1_q[SignalWidth*k +: SignalWidth]), scale_q);
      end
      add_q   <= {add_q[1:0], add_i};
      first_q <= {first_q[1:0], add_first_i};
      word1_q <= add_word_i;
      word2_q <= word1_q;
      word3_q <= word2_q;
      if (add_i) error_q <= add_error_i;
      if (add_q[2]) signals_q[word3_q] <= with_products(signals_q[word3_q], products_q, first_q[2]);
      if (valid0_i) read_q <= signals_q[word0_i];
    end
  end else begin : gen_no_feedback
    logic unused_feedback;
    assign unused_feedback = ^{feedback_i, add_first_i, add_word_i, add_error_i};
    always_ff @(posedge clk_i) begin
      if (valid_i[0]) begin
        for (int k = 0; k < Lanes; k++)
          signals1_q[SignalWidth*k +: SignalWidth] <=
              SignalWidth'(signal_of(error_i, own_word_q && own_lane_q[k], full_i, counts_i[CountWidth*k +: CountWidth], levels[8*k +: 8]));
      end
      if (valid_i[1]) begin
        for (int k = 0; k < Lanes; k++)
          products_q[ProductWidth*k +: ProductWidth] <=
              product_of($signed(signals1_q[SignalWidth*k +: SignalWidth]), $signed({1'b0, rate_i}));
      end
    end
  end

  // ---- factors ----
  logic [Lanes-1:0]             plus_q, minus_q, taken3_q, negated3_q;
  logic [Lanes*FactorWidth-1:0] factors_new_q;
  logic                         valid, valid3_q, valid_new_q;
  logic [WordBits-1:0]          word, word3_q, word_new_q;

  always_ff @(posedge clk_i) begin
    taken3_q   <= enabled2_i & ({Lanes{all_steps_i}} | plus_q);
    negated3_q <= enabled2_i & minus_q;
    valid3_q   <= valid_i[1];
    word3_q    <= word2_i;
  end

  function logic signed [FactorWidth-1:0] signed_of(input logic signed [ProductWidth-1:0] scaled, input logic taken, input logic negated);
    signed_of = taken ? factor_of(scaled) : negated ? FactorWidth'(0) - factor_of(scaled) : '0;
  endfunction

  if (Shares) begin : gen_shares
    localparam int PartWidth = FactorWidth + ShareWidth;
    logic [Lanes*FactorWidth-1:0] whole_q;
    logic [Lanes*PartWidth-1:0]   parts_q;
    logic [SharesBits-1:0]        shares_q;
    logic [2*Lanes-1:0]           taken_q, negated_q;   // f4 lowest
    logic [1:0]                   valid_q;
    logic [2*WordBits-1:0]        words_q;

    function logic signed [PartWidth-1:0] part_of(input logic signed [FactorWidth-1:0] factor, input logic [ShareWidth-1:0] share);
      part_of = PartWidth'(factor) * PartWidth'($signed({1'b0, share}));
    endfunction

    // Halves upwards, before the sign of the trit.
    function logic signed [FactorWidth-1:0] rounded_of(input logic signed [PartWidth-1:0] part);
      rounded_of = FactorWidth'((part + PartWidth'(1 << (phasic_pkg::ShareShift - 1))) >>> phasic_pkg::ShareShift);
    endfunction

    always_ff @(posedge clk_i) begin
      if (valid3_q) begin
        for (int k = 0; k < Lanes; k++)
          whole_q[FactorWidth*k +: FactorWidth] <= factor_of(scaled_of($signed(products_q[ProductWidth*k +: ProductWidth]), shift_i));
      end
      if (valid_q[0]) begin
        for (int k = 0; k < Lanes; k++)
          parts_q[PartWidth*k +: PartWidth] <= part_of($signed(whole_q[FactorWidth*k +: FactorWidth]), shares_q[ShareWidth*k +: ShareWidth]);
      end
      if (valid_q[1]) begin
        for (int k = 0; k < Lanes; k++)
          factors_new_q[FactorWidth*k +: FactorWidth] <=
              signed_of(ProductWidth'(rounded_of($signed(parts_q[PartWidth*k +: PartWidth]))), taken_q[Lanes+k], negated_q[Lanes+k]);
      end
      shares_q  <= shares_i;
      valid_q   <= {valid_q[0], valid3_q};
      words_q   <= {words_q[WordBits-1:0], word3_q};
      taken_q   <= {taken_q[Lanes-1:0], taken3_q};
      negated_q <= {negated_q[Lanes-1:0], negated3_q};
    end
    assign {valid, word} = {valid_q[1], words_q[WordBits +: WordBits]};
  end else if (Relaxed) begin : gen_relaxed
    logic [Lanes*ProductWidth-1:0] scaled_q;
    logic [Lanes-1:0]              taken4_q, negated4_q;
    logic                          valid4_q;
    logic [WordBits-1:0]           word4_q;
    always_ff @(posedge clk_i) begin
      if (valid3_q) begin
        for (int k = 0; k < Lanes; k++)
          scaled_q[ProductWidth*k +: ProductWidth] <= scaled_of($signed(products_q[ProductWidth*k +: ProductWidth]), shift_i);
      end
      taken4_q   <= taken3_q;
      negated4_q <= negated3_q;
      valid4_q   <= valid3_q;
      word4_q    <= word3_q;
      if (valid4_q) begin
        for (int k = 0; k < Lanes; k++)
          factors_new_q[FactorWidth*k +: FactorWidth] <=
              signed_of($signed(scaled_q[ProductWidth*k +: ProductWidth]), taken4_q[k], negated4_q[k]);
      end
    end
    assign {valid, word} = {valid4_q, word4_q};
  end else begin : gen_direct
    always_ff @(posedge clk_i) begin
      if (valid3_q) begin
        for (int k = 0; k < Lanes; k++)
          factors_new_q[FactorWidth*k +: FactorWidth] <=
              signed_of(scaled_of($signed(products_q[ProductWidth*k +: ProductWidth]), shift_i), taken3_q[k], negated3_q[k]);
      end
    end
    assign {valid, word} = {valid3_q, word3_q};
  end

  if (!Shares) begin : gen_no_shares
    logic unused_shares;
    assign unused_shares = ^shares_i;
  end

  always_ff @(posedge clk_i) begin
    if (valid_i[0]) begin
      plus_q  <= plus_i;
      minus_q <= minus_i;
    end
    word_new_q  <= word;
    valid_new_q <= valid;
  end

  assign written_o      = valid_new_q;
  assign written_word_o = word_new_q;

  if (Kept) begin : gen_kept
    (* ram_style = "distributed" *) logic [Lanes*FactorWidth-1:0] factors_q [Words];
    always_ff @(posedge clk_i) begin
      if (valid_new_q) factors_q[word_new_q] <= factors_new_q;
      if (update_read_i) factors_o <= factors_q[update_word_i];
    end
  end else begin : gen_sent
    logic unused_update;
    assign unused_update = ^{update_read_i, update_word_i};
    assign factors_o     = factors_new_q;
  end
endmodule

`default_nettype wire
