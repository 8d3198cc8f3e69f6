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
  // read-out, of the word read at s0: {count, potential} of the selected lane, 0 of the others
  input  logic                          read_out_i,
  input  logic                          read_out_lane_i,
  output logic [21:0]                   read_out_o,
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
  // Two banks: one collects the running step while the sweep reads the one before.
  (* ram_style = "distributed" *) logic signed [SumWidth-1:0] sums_q [2 * (1 << WordBits)];
  logic signed [SumWidth-1:0] add_read_q, add_last_q, add_old, add_new;
  logic signed [SumWidth-1:0] sweep_sum_q;

  assign add_old = add2_first_i ? '0 : add2_forward_i ? add_last_q : add_read_q;
  assign add_new = add_old + SumWidth'(weight_i);

  always_ff @(posedge clk_i) begin
    if (add1_valid_i) add_read_q <= sums_q[{add1_bank_i, add1_word_i}];
    if (add2_valid_i) begin
      add_last_q                          <= add_new;
      sums_q[{add2_bank_i, add2_word_i}] <= add_new;
    end
    if (sweep0_valid_i) sweep_sum_q <= sums_q[{sweep_bank_i, sweep0_word_i}];
  end

  // ---- sweep ----
  // State: {fired less open (trit -1), open less fired (trit +1), count, spike, potential}.
  (* ram_style = "distributed" *) logic [StateWidth-1:0] state_q [Words];
  logic [StateWidth-1:0] state_read_q;
  logic                       old_spike_q, spike_q, limited_q, plus_q, minus_q;
  logic [5:0]                 old_count_q, count_q;
  logic signed [SumWidth:0]   current_q;
  logic signed [16:0]         leaked_q;
  logic signed [15:0]         potential_q;

  // Sum of weights to current: division by a power of two, halves upwards.
  function logic signed [SumWidth:0] current_of(input logic signed [SumWidth-1:0] sum, input logic [3:0] shift);
    logic signed [SumWidth:0] half;
    half       = (shift == 4'd0) ? '0 : (SumWidth + 1)'(1) << (shift - 4'd1);
    current_of = ((SumWidth + 1)'(sum) + half) >>> shift;
  endfunction

  function logic signed [16:0] leak_of(input logic signed [15:0] potential, input logic [8:0] leak);
    leak_of = 17'((potential * $signed({1'b0, leak}) + 26'sd128) >>> 8);
  endfunction

  function logic signed [SumWidth+1:0] potential_of(input logic signed [16:0] leaked, input logic signed [SumWidth:0] current);
    potential_of = (SumWidth + 2)'(leaked) + (SumWidth + 2)'(current);
  endfunction

  function logic outside(input logic signed [SumWidth+1:0] potential);
    outside = potential > PotentialMaximum || potential < PotentialMinimum;
  endfunction

  function logic signed [15:0] limit(input logic signed [SumWidth+1:0] potential);
    limit = (potential > PotentialMaximum) ? 16'sh7fff : (potential < PotentialMinimum) ? 16'sh8000 : potential[15:0];
  endfunction

  always_ff @(posedge clk_i) begin
    if (sweep0_valid_i) state_read_q <= state_q[sweep0_word_i];
    if (sweep1_valid_i) begin
      current_q   <= sweep_silent_i ? '0 : current_of(sweep_sum_q, input_shift_i);
      leaked_q    <= (sweep_first_i || state_read_q[16]) ? 17'sd0 : leak_of($signed(state_read_q[15:0]), leak_i);
      old_spike_q <= state_read_q[16] && !sweep_first_i;
      old_count_q <= sweep_first_i ? 6'd0 : state_read_q[22:17];
    end
    if (sweep2_valid_i) begin
      potential_q <= limit(potential_of(leaked_q, current_q));
      limited_q   <= sweep2_enabled_i && outside(potential_of(leaked_q, current_q));
      spike_q     <= sweep2_enabled_i && limit(potential_of(leaked_q, current_q)) > threshold_i;
      plus_q      <= limit(potential_of(leaked_q, current_q)) > window_i && !old_spike_q;
      minus_q     <= !(limit(potential_of(leaked_q, current_q)) > window_i) && old_spike_q;
      count_q     <= old_count_q;
    end
    if (sweep3_valid_i) state_q[sweep3_word_i] <= {minus_q, plus_q, count_q + {5'd0, spike_q}, spike_q, potential_q};
    if (read_out_i) read_out_o <= read_out_lane_i ? {state_read_q[22:17], state_read_q[15:0]} : '0;
  end

  assign spike_o             = spike_q;
  assign potential_limited_o = limited_q;

  // ---- factor ----
  logic signed [25:0]            product_q;
  logic                          factor_plus_q, factor_minus_q;
  (* ram_style = "distributed" *) logic signed [FactorWidth-1:0] factors_q [Words];
  logic signed [FactorWidth-1:0] factor_q;

  function logic signed [25:0] product_of(input logic signed [8:0] signal, input logic [15:0] rate);
    product_of = 26'(signal) * $signed({10'b0, rate});
  endfunction

  // Division by a power of two, halves upwards, then the limits of a factor.
  function logic signed [FactorWidth-1:0] factor_of(input logic signed [25:0] product, input logic [3:0] shift);
    logic signed [25:0] scaled;
    scaled    = (product + ((shift == 4'd0) ? 26'sd0 : 26'sd1 <<< (shift - 4'd1))) >>> shift;
    factor_of = (scaled > 26'sd524287) ? 21'sd524287 : (scaled < -26'sd524288) ? -21'sd524288 : scaled[FactorWidth-1:0];
  endfunction

  always_ff @(posedge clk_i) begin
    if (factor1_valid_i) begin
      if (error_factor_i)
        product_q <= product_of((factor1_label_i ? $signed({3'b0, steps_i}) : 9'sd0) - $signed({3'b0, state_read_q[22:17]}), rate_i);
      else product_q <= product_of(9'sd0 - 9'(factor1_level_i), rate_i);
      factor_plus_q  <= state_read_q[23];
      factor_minus_q <= state_read_q[24];
    end
    if (factor2_valid_i) begin
      if (factor2_enabled_i && (all_steps_i || factor_plus_q)) factors_q[factor2_word_i] <= factor_of(product_q, factor_shift_i);
      else if (factor2_enabled_i && factor_minus_q) factors_q[factor2_word_i] <= 21'sd0 - factor_of(product_q, factor_shift_i);
      else factors_q[factor2_word_i] <= '0;
    end
    if (update2_valid_i) factor_q <= factors_q[update2_word_i];
  end

  // ---- coincidences of presynaptic spikes with postsynaptic trits, over all steps ----
  logic signed [6:0] coincidences_q;

  if (TritWords > 0) begin : gen_trits
    localparam int TritBits = (TritWords > 1) ? $clog2(TritWords) : 1;
    // {steps with trit +1, steps with trit -1}
    (* ram_style = "distributed" *) logic [63:0] trits_q [TritWords];
    logic [TritBits-1:0] write_word, read_word;

    assign write_word = TritBits'(sweep3_word_i);
    assign read_word  = TritBits'(update2_word_i);

    function logic signed [6:0] coincidences_of(input logic [63:0] trits, input logic [31:0] history);
      coincidences_of = $signed(7'($countones(trits[63:32] & history)) - 7'($countones(trits[31:0] & history)));
    endfunction

    always_ff @(posedge clk_i) begin
      if (sweep3_valid_i && all_steps_i && 32'(sweep3_word_i) < TritWords) begin
        trits_q[write_word] <= (sweep_first_i ? 64'd0 : trits_q[write_word])
                               | {plus_q ? sweep_step_i : 32'd0, minus_q ? sweep_step_i : 32'd0};
      end
      if (update2_valid_i) begin
        if (all_steps_i)
          coincidences_q <= coincidences_of(trits_q[read_word], update2_history_i);
        else coincidences_q <= 7'sd1;
      end
    end
  end else begin : gen_no_trits
    assign coincidences_q = 7'sd1;
    logic unused_trits;
    assign unused_trits = ^{sweep_step_i, update2_history_i};
  end

  // ---- update ----
  localparam logic signed [ChangeWidth:0] WeightMaximum = (1 << (WeightWidth - 1)) - 1;
  localparam logic signed [ChangeWidth:0] WeightMinimum = 0 - (1 << (WeightWidth - 1));
  logic signed [ChangeWidth-1:0] change_q;

  // The weight after a change, rounded but not limited.
  function logic signed [ChangeWidth:0] moved_of(input logic signed [WeightWidth-1:0] weight, input logic signed [ChangeWidth-1:0] change,
                                                 input logic [15:0] fraction);
    logic signed [ChangeWidth:0] rounded;
    rounded  = (ChangeWidth + 1)'(change) + $signed({{(ChangeWidth - 15) {1'b0}}, fraction});
    moved_of = (ChangeWidth + 1)'(weight) + (rounded >>> Fraction);
  endfunction

  function logic signed [WeightWidth-1:0] limit_weight(input logic signed [ChangeWidth:0] moved);
    limit_weight = (moved > WeightMaximum) ? WeightMaximum[WeightWidth-1:0] :
                   (moved < WeightMinimum) ? WeightMinimum[WeightWidth-1:0] : moved[WeightWidth-1:0];
  endfunction

  function logic weight_outside(input logic signed [ChangeWidth:0] moved);
    weight_outside = moved > WeightMaximum || moved < WeightMinimum;
  endfunction

  function logic [15:0] fraction_of(input logic nearest, input logic [15:0] random);
    fraction_of = nearest ? 16'(1 << (Fraction - 1)) : random >> (16 - Fraction);
  endfunction

  always_ff @(posedge clk_i) begin
    if (update3_valid_i) change_q <= ChangeWidth'(coincidences_q) * ChangeWidth'(factor_q);
    if (update4_valid_i) begin
      weight_o         <= limit_weight(moved_of(weight_i, change_q, fraction_of(nearest_i, update4_random_i)));
      weight_limited_o <= weight_outside(moved_of(weight_i, change_q, fraction_of(nearest_i, update4_random_i)));
    end
  end
endmodule

`default_nettype wire
