// SPDX-License-Identifier: Apache-2.0
// Weight updates: presynaptic times postsynaptic activity times factor, rounded once and added to the weight. With a presynaptic trace a
// spike counts 2 to the trace shift at its own step and 1 at the next; with graded samples a row's value takes the place of its spikes.
//
// Handshake: none. A word comes in at u0; its weights are asked for at u2 (read_o) and must be on weights_i at u4; the new ones leave at u5
//            (write_o). The word's trits, asked for at u0, must be on trits_i at u1; its factors, asked for at u2, on factors_i at u3.
// Latency:   five cycles; a word a cycle. If Relaxed, six: weights are asked for at u3, must be on weights_i at u5, and leave at u6.
// Parameters: Lanes, WeightWidth; WordBits and AddressBits; Outputs, lanes that have trits; Counted, coincidences are counted here, else factors, of
//            FactorWidth bits, are the changes; Traces, there can be presynaptic traces; Graded, there can be graded values; Relaxed, one stage more,
//            for slow devices; Shared, weights can be shared by positions: as if Relaxed, and changes are summed from a word with first_i on, up to
//            one with commit_i, with which alone the weights change; that one comes with add_i, or without by itself. Then SumBits of such a sum.
`default_nettype none

module phasic_updates #(
  parameter int Lanes       = 64,
  parameter int WeightWidth = 8,
  parameter int WordBits    = 4,
  parameter int AddressBits = 14,
  parameter int Outputs     = 64,
  parameter bit Counted     = 1'b1,
  parameter int FactorWidth = phasic_pkg::FactorWidth + 1,
  parameter bit Traces      = 1'b0,
  parameter bit Graded      = 1'b0,
  parameter bit Relaxed     = 1'b0,
  parameter bit Shared      = 1'b0,
  parameter int SumBits     = 40,
  // Up to 32 coincidences; with a trace each counts up to 8, and there are up to 32 more. Or a value of 8 bits.
  localparam int CountWidth  = Traces ? 10 : Graded ? 9 : 7,
  localparam int ChangeWidth = Counted ? FactorWidth + CountWidth - 1 : FactorWidth
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         all_steps_i,
  input  logic                         graded_i,
  input  logic                         nearest_i,
  input  logic [1:0]                   trace_shift_i,  // 0: no trace
  // u0
  input  logic                         valid_i,
  input  logic                         add_i,          // these four count with Shared
  input  logic                         first_i,
  input  logic                         commit_i,
  input  logic [WordBits-1:0]          target_word_i,  // of the neurons; without Shared word_i
  input  logic [WordBits-1:0]          word_i,         // of the weight row
  input  logic [AddressBits-1:0]       address_i,
  input  logic [15:0]                  row_x_i,        // random word of the row
  input  logic [15:0]                  row_y_i,
  input  logic [31:0]                  history_i,      // steps at which the row spiked, or its value
  output logic                         trit_read_o,
  output logic [WordBits-1:0]          trit_word_o,
  // u1, u2, u3
  output logic                         factor_read_o,  // at u2
  output logic                         read_o,
  output logic [AddressBits-1:0]       read_address_o,
  output logic [WordBits-1:0]          word2_o,
  input  logic [Outputs*64-1:0]        trits_i,        // at u1
  input  logic [Lanes*FactorWidth-1:0] factors_i,      // at u3
  // u4, u5
  input  logic [Lanes*WeightWidth-1:0] weights_i,
  output logic                         write_o,
  output logic [AddressBits-1:0]       write_address_o,
  output logic [Lanes*WeightWidth-1:0] weights_o,
  output logic [Lanes-1:0]             limited_o,
  output logic [Lanes*ChangeWidth-1:0] changes_o       // of the word, at u4
);
  localparam int Pairs       = (Lanes + 1) / 2;
  localparam int Fraction    = phasic_pkg::ExtendedWidth - WeightWidth;
  // A change without its fraction, and the weight after it.
  localparam int SummedWidth  = Shared ? SumBits : ChangeWidth;
  localparam int RoundedWidth = SummedWidth + 1 - Fraction;
  localparam int MovedWidth   = ((RoundedWidth > WeightWidth) ? RoundedWidth : WeightWidth) + 1;
  localparam int Stages       = (Relaxed || Shared) ? 6 : 5;
  localparam int Late         = Shared ? 1 : 0;  // stages by which random numbers come later

  // One round of the permutation without its key.
  function logic [15:0] round_x(input logic [15:0] x, input logic [15:0] y);
    round_x = {x[6:0], x[15:7]} + y;
  endfunction

  function logic [15:0] round_y(input logic [15:0] x, input logic [15:0] y);
    round_y = {y[13:0], y[15:14]} ^ ({x[6:0], x[15:7]} + y);
  endfunction

  function logic signed [6:0] coincidences_of(input logic [63:0] trits, input logic [31:0] history);
    coincidences_of = $signed(7'($countones(trits[63:32] & history)) - 7'($countones(trits[31:0] & history)));
  endfunction

  // With a trace the coincidences of a step, and those with the spikes of the step before.
  function logic signed [CountWidth-1:0] counted_of(input logic signed [6:0] coincidences, input logic signed [6:0] earlier,
                                                    input logic [1:0] trace_shift);
    counted_of = CountWidth'(coincidences);
    if (Traces) counted_of = (counted_of <<< trace_shift) + CountWidth'(earlier);
  endfunction

  function logic signed [RoundedWidth-1:0] rounded_of(input logic signed [SummedWidth-1:0] change, input logic [15:0] fraction);
    logic signed [SummedWidth:0] sum;
    sum        = (SummedWidth + 1)'(change) + $signed({{(SummedWidth - 15) {1'b0}}, fraction});
    rounded_of = RoundedWidth'(sum >>> Fraction);
  endfunction

  // The weight after a change, not limited.
  function logic signed [MovedWidth-1:0] moved_of(input logic signed [WeightWidth-1:0] weight, input logic signed [RoundedWidth-1:0] rounded);
    moved_of = MovedWidth'(weight) + MovedWidth'(rounded);
  endfunction

  // The limits are those of a weight's bits, so that the bits above its sign tell.
  function logic outside(/* verilator lint_off UNUSEDSIGNAL */ input logic signed [MovedWidth-1:0] moved);  /* verilator lint_on UNUSEDSIGNAL */
    outside = moved[MovedWidth-1:WeightWidth-1] != '0 && moved[MovedWidth-1:WeightWidth-1] != '1;
  endfunction

  function logic signed [WeightWidth-1:0] limit(input logic signed [MovedWidth-1:0] moved);
    limit = outside(moved) ? {moved[MovedWidth-1], {(WeightWidth - 1) {!moved[MovedWidth-1]}}} : moved[WeightWidth-1:0];
  endfunction

  // The number of a lane, from those of the word's pair with half its number and, of the pair behind it, the first.
  function logic [15:0] random_of(input int lane, input logic starts_odd_pair, input logic [15:0] even, input logic [15:0] odd,
                                  input logic [15:0] next_even);
    random_of = (lane % 2 == 0) ? (starts_odd_pair ? odd : even) : (starts_odd_pair ? next_even : odd);
  endfunction

  function logic [15:0] fraction_of(input logic nearest, input logic [15:0] random);
    fraction_of = nearest ? 16'(1 << (Fraction - 1)) : random >> (16 - Fraction);
  endfunction

  // ---- what all lanes share ----
  logic [Stages-1:0]      valid_q;  // u1 and on
  logic [WordBits-1:0]    word1_q, word2_q;
  logic [Stages*AddressBits-1:0] addresses_q;  // u1 lowest
  logic [15:0]            first_x_q, first_y_q, pair_x_q, pair_y_q, row_x_q, row_y_q, base_q, offset_q;
  logic [Stages-1:0]      commits;      // as valid_q: the weights change
  logic [31:0]            pair0, history1_q;

  // Number of the pair of the word's first neuron.
  assign pair0           = (32'(word_i) * Lanes) >> 1;
  assign factor_read_o   = valid_q[1];
  assign read_o          = valid_q[Stages-4] && commits[Stages-4];
  assign read_address_o  = addresses_q[AddressBits*(Stages-4) +: AddressBits];
  assign trit_read_o     = valid_i && all_steps_i;
  assign trit_word_o     = Shared ? target_word_i : word_i;
  assign word2_o         = word2_q;
  assign write_o         = valid_q[Stages-1] && commits[Stages-1];
  assign write_address_o = addresses_q[AddressBits*(Stages-1) +: AddressBits];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= '0;
    else valid_q <= {valid_q[Stages-2:0], valid_i};
  end

  always_ff @(posedge clk_i) begin
    word1_q    <= trit_word_o;
    word2_q    <= word1_q;
    addresses_q <= {addresses_q[AddressBits*(Stages-1)-1:0], address_i};
    if (valid_i) begin
      first_x_q  <= row_x_i;
      first_y_q  <= row_y_i;
      pair_x_q   <= 16'(pair0 * phasic_pkg::MixMultiplier);
      pair_y_q   <= 16'(pair0 * phasic_pkg::MixOffsetMultiplier);
      history1_q <= history_i;
    end
  end

  if (Shared) begin : gen_shared
    logic [Stages-1:0] commits_q;
    always_ff @(posedge clk_i) begin
      commits_q <= {commits_q[Stages-2:0], commit_i};
      if (valid_q[0]) begin
        row_x_q  <= first_x_q;
        row_y_q  <= first_y_q;
        base_q   <= pair_x_q;
        offset_q <= pair_y_q;
      end
    end
    assign commits = commits_q;
  end else begin : gen_own
    logic unused_shared;
    assign unused_shared = ^{add_i, first_i, commit_i, target_word_i};
    assign commits       = '1;
    assign row_x_q       = first_x_q;
    assign row_y_q       = first_y_q;
    assign base_q        = pair_x_q;
    assign offset_q      = pair_y_q;
  end

  // ---- rounding randomness: three rounds from the row's word and the number of the pair ----
  logic [Pairs*16-1:0] x1_q, y1_q, x2_q, y2_q, even_q, odd_q;

  always_ff @(posedge clk_i) begin
    if (valid_q[Late] && commits[Late]) begin
      for (int p = 0; p < Pairs; p++) begin
        x1_q[16*p +: 16] <= round_x(row_x_q ^ (base_q + 16'(p * phasic_pkg::MixMultiplier)),
                                    row_y_q + (offset_q + 16'(p * phasic_pkg::MixOffsetMultiplier)));
        y1_q[16*p +: 16] <= round_y(row_x_q ^ (base_q + 16'(p * phasic_pkg::MixMultiplier)),
                                    row_y_q + (offset_q + 16'(p * phasic_pkg::MixOffsetMultiplier)));
      end
    end
    if (valid_q[1+Late] && commits[1+Late]) begin
      for (int p = 0; p < Pairs; p++) begin
        x2_q[16*p +: 16] <= round_x(x1_q[16*p +: 16], y1_q[16*p +: 16]);
        y2_q[16*p +: 16] <= round_y(x1_q[16*p +: 16], y1_q[16*p +: 16]);
      end
    end
    if (valid_q[2+Late] && commits[2+Late]) begin
      for (int p = 0; p < Pairs; p++) begin
        even_q[16*p +: 16] <= round_x(x2_q[16*p +: 16], y2_q[16*p +: 16]);
        odd_q[16*p +: 16]  <= round_y(x2_q[16*p +: 16], y2_q[16*p +: 16]);
      end
    end
  end

  // With an odd number of lanes every other word begins with the second neuron of a pair.
  logic starts_odd;
  if (Lanes % 2 != 0) begin : gen_odd
    logic [3+Late:0] starts_odd_q;
    always_ff @(posedge clk_i) starts_odd_q <= {starts_odd_q[2+Late:0], word_i[0]};
    assign starts_odd = starts_odd_q[3+Late];
  end else begin : gen_even
    assign starts_odd = 1'b0;
  end

  // ---- change and weight ----
  // Lanes are loops under the enable of their stage, so that simulations do not evaluate lanes that are idle.
  logic [31:0]                  before1;  // spikes of the step before; a spike of the sample's last step meets no trit
  logic [Outputs*7-1:0]         now_q, earlier_q;
  logic [CountWidth-1:0]        value2_q;  // what a row counts for in the last step
  logic [Lanes*CountWidth-1:0]  coincidences_q;
  logic [Lanes*ChangeWidth-1:0] changes_q;

  assign changes_o = changes_q;
  assign before1 = (Traces && trace_shift_i != 2'd0) ? {history1_q[30:0], 1'b0} : 32'd0;

  if (Counted) begin : gen_counted
    always_ff @(posedge clk_i) begin
      value2_q <= (Graded && graded_i) ? CountWidth'(history1_q[7:0]) : CountWidth'(1);
      if (valid_q[0] && all_steps_i) begin
        for (int k = 0; k < Outputs; k++) begin
          now_q[7*k +: 7]     <= coincidences_of(trits_i[64*k +: 64], history1_q);
          earlier_q[7*k +: 7] <= coincidences_of(trits_i[64*k +: 64], before1);
        end
      end
      if (valid_q[1]) begin
        for (int k = 0; k < Lanes; k++)
          coincidences_q[CountWidth*k +: CountWidth] <= value2_q;
        if (all_steps_i) begin
          for (int k = 0; k < Outputs; k++)
            coincidences_q[CountWidth*k +: CountWidth] <= counted_of($signed(now_q[7*k +: 7]), $signed(earlier_q[7*k +: 7]), trace_shift_i);
        end
      end
      if (valid_q[2]) begin
        for (int k = 0; k < Lanes; k++)
          changes_q[ChangeWidth*k +: ChangeWidth] <=
              ChangeWidth'($signed(coincidences_q[CountWidth*k +: CountWidth])) * ChangeWidth'($signed(factors_i[FactorWidth*k +: FactorWidth]));
      end
    end
  end else begin : gen_given
    logic unused_counts;
    assign coincidences_q = '0;
    assign now_q          = '0;
    assign earlier_q      = '0;
    assign value2_q       = '0;
    assign unused_counts  = ^{all_steps_i, graded_i, before1, history1_q, value2_q, trits_i, coincidences_q, now_q, earlier_q};
    always_ff @(posedge clk_i) if (valid_q[2]) changes_q <= factors_i;
  end

  if (Shared) begin : gen_sums
    logic [Lanes*SumBits-1:0] sums_q;
    logic [3:0]               adds_q, firsts_q;  // u1 to u4
    always_ff @(posedge clk_i) begin : lanes
      logic signed [RoundedWidth-1:0] rounded;
      adds_q   <= {adds_q[2:0], add_i};
      firsts_q <= {firsts_q[2:0], first_i};
      if (valid_q[3] && adds_q[3]) begin
        for (int k = 0; k < Lanes; k++)
          sums_q[SumBits*k +: SumBits] <=
              (firsts_q[3] ? SumBits'(0) : sums_q[SumBits*k +: SumBits]) + SumBits'($signed(changes_q[ChangeWidth*k +: ChangeWidth]));
      end
      if (valid_q[4] && commits[4]) begin
        for (int k = 0; k < Lanes; k++) begin
          rounded = rounded_of($signed(sums_q[SumBits*k +: SumBits]),
                               fraction_of(nearest_i, random_of(k, starts_odd, even_q[16*(k/2) +: 16], odd_q[16*(k/2) +: 16],
                                                                even_q[16*((k+1)/2%Pairs) +: 16])));
          weights_o[WeightWidth*k +: WeightWidth] <= limit(moved_of($signed(weights_i[WeightWidth*k +: WeightWidth]), rounded));
          limited_o[k] <= outside(moved_of($signed(weights_i[WeightWidth*k +: WeightWidth]), rounded));
        end
      end
    end
  end else if (Relaxed) begin : gen_relaxed
    logic [Lanes*RoundedWidth-1:0] rounded_q;
    always_ff @(posedge clk_i) begin
      if (valid_q[3]) begin
        for (int k = 0; k < Lanes; k++)
          rounded_q[RoundedWidth*k +: RoundedWidth] <=
              rounded_of($signed(changes_q[ChangeWidth*k +: ChangeWidth]),
                         fraction_of(nearest_i, random_of(k, starts_odd, even_q[16*(k/2) +: 16], odd_q[16*(k/2) +: 16],
                                                          even_q[16*((k+1)/2%Pairs) +: 16])));
      end
      if (valid_q[4]) begin
        for (int k = 0; k < Lanes; k++) begin
          weights_o[WeightWidth*k +: WeightWidth] <=
              limit(moved_of($signed(weights_i[WeightWidth*k +: WeightWidth]), $signed(rounded_q[RoundedWidth*k +: RoundedWidth])));
          limited_o[k] <= outside(moved_of($signed(weights_i[WeightWidth*k +: WeightWidth]), $signed(rounded_q[RoundedWidth*k +: RoundedWidth])));
        end
      end
    end
  end else begin : gen_direct
    always_ff @(posedge clk_i) begin : lanes
      logic signed [RoundedWidth-1:0] rounded;
      if (valid_q[3]) begin
        for (int k = 0; k < Lanes; k++) begin
          rounded = rounded_of($signed(changes_q[ChangeWidth*k +: ChangeWidth]),
                               fraction_of(nearest_i, random_of(k, starts_odd, even_q[16*(k/2) +: 16], odd_q[16*(k/2) +: 16],
                                                                even_q[16*((k+1)/2%Pairs) +: 16])));
          weights_o[WeightWidth*k +: WeightWidth] <= limit(moved_of($signed(weights_i[WeightWidth*k +: WeightWidth]), rounded));
          limited_o[k] <= outside(moved_of($signed(weights_i[WeightWidth*k +: WeightWidth]), rounded));
        end
      end
    end
  end
endmodule

`default_nettype wire
