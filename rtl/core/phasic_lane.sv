// SPDX-License-Identifier: Apache-2.0
// One lane of a layer engine: accumulators, neuron unit, postsynaptic factor and weight update of every Lanes-th neuron.
//
// Handshake: none; the layer engine drives every stage. Stages are named for the pipeline that they belong to:
//   add     a1 reads the sum of a word, a2 adds the weight. A word may follow itself in the next cycle (add2_forward_i).
//   sweep   s0 reads, s1 computes current and leak, s2 the potential, s3 writes the state back. Words must differ while inside.
//   factor  f0 reads (as s0), f1 multiplies signal and rate, f2 scales and stores the factor.
//   update  u2 reads the factor and counts coincidences, u3 multiplies, u4 adds, rounds and limits.
// Latency:   as the stages say.
// Parameters: WeightWidth; SumWidth, bits that hold every sum of weights; Words, neurons of this lane; TritWords, neurons of this lane
//            whose trits are kept for learning over all steps (0: none).
`default_nettype none

module phasic_lane #(
  parameter int WeightWidth = 8,
  parameter int SumWidth    = 19,
  parameter int Words       = 16,
  parameter int TritWords   = 1,
  localparam int WordBits   = (Words > 1) ? $clog2(Words) : 1
) (
  input  logic                          clk_i,
  // constants of the layer
  input  logic signed [15:0]            threshold_i,
  input  logic signed [15:0]            window_i,
  input  logic [8:0]                    leak_i,
  input  logic [3:0]                    input_shift_i,
  input  logic                          error_factor_i,
  input  logic                          all_steps_i,
  input  logic                          nearest_i,
  input  logic [15:0]                   rate_i,
  input  logic [3:0]                    factor_shift_i,
  input  logic [5:0]                    steps_i,
  // add
  input  logic                          add1_valid_i,
  input  logic                          add1_bank_i,
  input  logic [WordBits-1:0]           add1_word_i,
  input  logic                          add2_valid_i,
  input  logic                          add2_bank_i,
  input  logic [WordBits-1:0]           add2_word_i,
  input  logic                          add2_first_i,    // the word's first event of the step
  input  logic                          add2_forward_i,  // the word was written in the cycle before
  input  logic signed [WeightWidth-1:0] weight_i,
  // sweep
  input  logic                          sweep0_valid_i,
  input  logic                          sweep_bank_i,
  input  logic [WordBits-1:0]           sweep0_word_i,
  input  logic                          sweep1_valid_i,
  input  logic                          sweep2_valid_i,
  input  logic                          sweep3_valid_i,
  input  logic [WordBits-1:0]           sweep3_word_i,
  input  logic                          sweep_first_i,   // first step of the sample
  input  logic                          sweep_silent_i,  // no event in this step
  input  logic [31:0]                   sweep_step_i,    // one-hot
  input  logic                          sweep2_enabled_i,  // the lane has a neuron in the word at stage s2
  output logic                          spike_o,           // valid at s3
  output logic                          potential_limited_o,
  output logic [21:0]                   state_o,           // {count, potential} read at s0, valid from s1 until the next read
  // factor
  input  logic                          factor1_valid_i,
  input  logic                          factor1_label_i,   // the word at f1 has the label's neuron in this lane
  input  logic signed [7:0]             factor1_level_i,
  input  logic                          factor2_valid_i,
  input  logic [WordBits-1:0]           factor2_word_i,
  input  logic                          factor2_enabled_i,
  // update
  input  logic                          update2_valid_i,
  input  logic [WordBits-1:0]           update2_word_i,
  input  logic [31:0]                   update2_history_i,
  input  logic                          update3_valid_i,
  input  logic                          update4_valid_i,
  input  logic [15:0]                   update4_random_i,
  output logic [WeightWidth-1:0]        weight_o,          // valid at u5
  output logic                          weight_limited_o
);
  localparam int FactorWidth = phasic_pkg::FactorWidth + 1;  // one more bit for the sign of the trit
  localparam int Fraction    = phasic_pkg::ExtendedWidth - WeightWidth;
  localparam int StateWidth  = 25;
  localparam int ChangeWidth = FactorWidth + 6;

  localparam logic signed [SumWidth+1:0] PotentialMaximum = 32767;
  localparam logic signed [SumWidth+1:0] PotentialMinimum = -32768;

  // ---- add ----
  (* ram_style = "distributed" *) logic signed [SumWidth-1:0] sums0_q [Words];
  (* ram_style = "distributed" *) logic signed [SumWidth-1:0] sums1_q [Words];
  logic signed [SumWidth-1:0] add_read_q, add_last_q, add_old, add_new;
  logic signed [SumWidth-1:0] sweep_sum_q;

  assign add_old = add2_first_i ? '0 : add2_forward_i ? add_last_q : add_read_q;
  assign add_new = add_old + SumWidth'(weight_i);

  always_ff @(posedge clk_i) begin
    if (add1_valid_i) add_read_q <= add1_bank_i ? sums1_q[add1_word_i] : sums0_q[add1_word_i];
    if (add2_valid_i) begin
      add_last_q <= add_new;
      if (add2_bank_i) sums1_q[add2_word_i] <= add_new;
      else sums0_q[add2_word_i] <= add_new;
    end
    if (sweep0_valid_i) sweep_sum_q <= sweep_bank_i ? sums1_q[sweep0_word_i] : sums0_q[sweep0_word_i];
  end

  // ---- sweep ----
  // State: {fired less open (trit -1), open less fired (trit +1), count, spike, potential}.
  (* ram_style = "distributed" *) logic [StateWidth-1:0] state_q [Words];
  logic [StateWidth-1:0] state_read_q;
  logic                  old_spike;
  logic [5:0]            old_count;
  logic signed [15:0]    old_potential;
  logic signed [25:0]    leaked;
  logic signed [SumWidth:0] sum, current_q, shift_half;
  logic signed [16:0]    leaked_q;
  logic                  old_spike_q;
  logic [5:0]            old_count_q;
  logic signed [SumWidth+1:0] potential_wide;
  logic                  limit_high, limit_low;
  logic signed [15:0]    potential, potential_q;
  logic                  spike_q, limited_q, plus_q, minus_q;
  logic [5:0]            count_q;

  assign old_spike     = state_read_q[16] && !sweep_first_i;
  assign old_count     = sweep_first_i ? 6'd0 : state_read_q[22:17];
  assign old_potential = (sweep_first_i || state_read_q[16]) ? 16'sd0 : $signed(state_read_q[15:0]);
  assign leaked        = old_potential * $signed({1'b0, leak_i}) + 26'sd128;
  assign shift_half    = (input_shift_i == 4'd0) ? '0 : (SumWidth + 1)'(1) << (input_shift_i - 4'd1);
  assign sum           = sweep_silent_i ? '0 : (SumWidth + 1)'(sweep_sum_q);

  assign potential_wide = (SumWidth + 2)'(current_q) + (SumWidth + 2)'(leaked_q);
  assign limit_high     = potential_wide > PotentialMaximum;
  assign limit_low      = potential_wide < PotentialMinimum;
  assign potential      = limit_high ? 16'sh7fff : limit_low ? 16'sh8000 : potential_wide[15:0];

  always_ff @(posedge clk_i) begin
    if (sweep0_valid_i) state_read_q <= state_q[sweep0_word_i];
    if (sweep1_valid_i) begin
      current_q   <= (sum + shift_half) >>> input_shift_i;
      leaked_q    <= leaked[24:8];
      old_spike_q <= old_spike;
      old_count_q <= old_count;
    end
    if (sweep2_valid_i) begin
      potential_q <= potential;
      limited_q   <= sweep2_enabled_i && (limit_high || limit_low);
      spike_q     <= sweep2_enabled_i && potential > threshold_i;
      plus_q      <= potential > window_i && !old_spike_q;
      minus_q     <= !(potential > window_i) && old_spike_q;
      count_q     <= old_count_q + {5'd0, potential > threshold_i};
    end
    if (sweep3_valid_i) state_q[sweep3_word_i] <= {minus_q, plus_q, count_q, spike_q, potential_q};
  end

  logic unused_bits;
  assign unused_bits = ^{leaked[25], leaked[7:0]};

  assign spike_o             = spike_q;
  assign potential_limited_o = limited_q;
  assign state_o             = {state_read_q[22:17], state_read_q[15:0]};

  // ---- factor ----
  logic signed [8:0]  signal;
  logic signed [25:0] product_q, product_rounded;
  logic signed [25:0] scaled;
  logic signed [FactorWidth-1:0] factor, factor_signed;
  logic               factor_plus_q, factor_minus_q;
  (* ram_style = "distributed" *) logic signed [FactorWidth-1:0] factors_q [Words];
  logic signed [FactorWidth-1:0] factor_q;

  assign signal = error_factor_i ? (factor1_label_i ? $signed({3'b0, steps_i}) : 9'sd0) - $signed({3'b0, state_read_q[22:17]})
                                 : 9'sd0 - 9'(factor1_level_i);
  assign product_rounded = product_q + ((factor_shift_i == 4'd0) ? 26'sd0 : 26'sd1 <<< (factor_shift_i - 4'd1));
  assign scaled          = product_rounded >>> factor_shift_i;
  assign factor          = (scaled > 26'sd524287) ? 21'sd524287 : (scaled < -26'sd524288) ? -21'sd524288 : scaled[FactorWidth-1:0];
  assign factor_signed   = all_steps_i ? factor : factor_plus_q ? factor : factor_minus_q ? -factor : '0;

  always_ff @(posedge clk_i) begin
    if (factor1_valid_i) begin
      product_q      <= 26'(signal) * $signed({10'b0, rate_i});
      factor_plus_q  <= state_read_q[23];
      factor_minus_q <= state_read_q[24];
    end
    if (factor2_valid_i) factors_q[factor2_word_i] <= factor2_enabled_i ? factor_signed : '0;
    if (update2_valid_i) factor_q <= factors_q[update2_word_i];
  end

  // ---- coincidences of presynaptic spikes with postsynaptic trits, over all steps ----
  logic signed [6:0] coincidences_q;

  if (TritWords > 0) begin : gen_trits
    localparam int TritBits = (TritWords > 1) ? $clog2(TritWords) : 1;
    (* ram_style = "distributed" *) logic [31:0] plus_steps_q [TritWords];
    (* ram_style = "distributed" *) logic [31:0] minus_steps_q [TritWords];
    logic [TritBits-1:0] write_word, read_word;
    logic                write_inside;
    logic [31:0]         old_plus, old_minus;
    logic [6:0]          plus_count, minus_count;

    assign write_word   = TritBits'(sweep3_word_i);
    assign read_word    = TritBits'(update2_word_i);
    assign write_inside = 32'(sweep3_word_i) < TritWords;
    assign old_plus     = sweep_first_i ? 32'd0 : plus_steps_q[write_word];
    assign old_minus    = sweep_first_i ? 32'd0 : minus_steps_q[write_word];
    assign plus_count   = 7'($countones(plus_steps_q[read_word] & update2_history_i));
    assign minus_count  = 7'($countones(minus_steps_q[read_word] & update2_history_i));

    always_ff @(posedge clk_i) begin
      if (sweep3_valid_i && all_steps_i && write_inside) begin
        plus_steps_q[write_word]  <= old_plus | (plus_q ? sweep_step_i : 32'd0);
        minus_steps_q[write_word] <= old_minus | (minus_q ? sweep_step_i : 32'd0);
      end
      if (update2_valid_i) coincidences_q <= all_steps_i ? $signed(plus_count - minus_count) : 7'sd1;
    end
  end else begin : gen_no_trits
    assign coincidences_q = 7'sd1;
    logic unused_trits;
    assign unused_trits = ^{sweep_step_i, update2_history_i};
  end

  // ---- update ----
  logic signed [ChangeWidth-1:0]   change_q;
  logic signed [ChangeWidth:0]     change_rounded;
  logic signed [ChangeWidth:0]     moved;
  logic [15:0]                     fraction_random;
  logic                            weight_high, weight_low;
  localparam logic signed [ChangeWidth:0] WeightMaximum = (1 << (WeightWidth - 1)) - 1;
  localparam logic signed [ChangeWidth:0] WeightMinimum = 0 - (1 << (WeightWidth - 1));

  assign fraction_random = nearest_i ? 16'(1 << (Fraction - 1)) : update4_random_i >> (16 - Fraction);
  assign change_rounded  = (ChangeWidth + 1)'(change_q) + $signed({{(ChangeWidth - 15) {1'b0}}, fraction_random});
  assign moved           = (ChangeWidth + 1)'(weight_i) + (change_rounded >>> Fraction);
  assign weight_high     = moved > WeightMaximum;
  assign weight_low      = moved < WeightMinimum;

  always_ff @(posedge clk_i) begin
    if (update3_valid_i) change_q <= ChangeWidth'(coincidences_q) * ChangeWidth'(factor_q);
    if (update4_valid_i) begin
      weight_o <= weight_high ? WeightMaximum[WeightWidth-1:0] : weight_low ? WeightMinimum[WeightWidth-1:0] : moved[WeightWidth-1:0];
      weight_limited_o <= weight_high || weight_low;
    end
  end
endmodule

`default_nettype wire
