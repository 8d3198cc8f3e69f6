// SPDX-License-Identifier: Apache-2.0
// The lanes of a layer engine with the stages that they share: add pipeline, update pipeline, rounding randomness and level memory.
//
// Handshake: none; see phasic_lane for the stages. An issued word's weights are on weights_i two cycles later (add), an updated word is read with
//            read_valid_o and written with write_valid_o three cycles later.
// Latency:   two cycles from issue to sum, five from update word to write.
// Parameters: Lanes, WeightWidth, SumWidth, Words, TritWords as in phasic_lane; MaxOutputs; AddressBits; LevelDepth in words.
`default_nettype none

module phasic_lane_array #(
  parameter int Lanes       = 64,
  parameter int WeightWidth = 8,
  parameter int SumWidth    = 19,
  parameter int Words       = 16,
  parameter int MaxOutputs  = 64,
  parameter int AddressBits = 14,
  parameter int LevelDepth  = 1024,
  localparam int WordBits   = (Words > 1) ? $clog2(Words) : 1,
  localparam int LaneBits   = (Lanes > 1) ? $clog2(Lanes) : 1,
  localparam int LevelBits  = (LevelDepth > 1) ? $clog2(LevelDepth) : 1
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  // constants of the run
  input  logic [511:0]                 descriptor_i,
  input  logic [5:0]                   steps_i,
  input  logic [15:0]                  row_words_i,
  input  logic [WordBits-1:0]          last_word_i,
  input  logic                         sample_started_i,
  // level memory
  input  logic                         load_level_i,
  input  logic [LevelBits-1:0]         load_address_i,
  input  logic [Lanes*8-1:0]           load_data_i,
  // add
  input  logic                         issue_i,
  input  logic                         issue_bank_i,
  input  logic                         issue_first_i,
  input  logic [WordBits-1:0]          issue_word_i,
  input  logic [Lanes*WeightWidth-1:0] weights_i,
  // sweep and factors
  input  logic                         sweep_read_i,
  input  logic [2:0]                   sweep_valid_i,
  input  logic                         factor0_i,
  input  logic [1:0]                   factor_valid_i,
  input  logic [WordBits-1:0]          sweep_word0_i,
  input  logic [WordBits-1:0]          sweep_word2_i,
  input  logic [WordBits-1:0]          sweep_word3_i,
  input  logic                         sweep_bank_i,
  input  logic                         sweep_first_i,
  input  logic                         sweep_silent_i,
  input  logic [31:0]                  sweep_step_i,
  input  logic [15:0]                  sweep_class_i,
  output logic [Lanes-1:0]             spikes_o,
  output logic [Lanes-1:0]             potentials_limited_o,
  input  logic                         read_out_i,
  input  logic [LaneBits-1:0]          read_out_lane_i,
  output logic [21:0]                  read_out_o,
  // update
  input  logic                         update_valid_i,
  input  logic [WordBits-1:0]          update_word_i,
  input  logic [AddressBits-1:0]       update_address_i,
  input  logic [15:0]                  update_x_i,
  input  logic [15:0]                  update_y_i,
  input  logic [31:0]                  update_history_i,
  output logic                         read_valid_o,
  output logic [AddressBits-1:0]       read_address_o,
  output logic                         write_valid_o,
  output logic [AddressBits-1:0]       write_address_o,
  output logic [Lanes*WeightWidth-1:0] write_data_o,
  output logic [Lanes-1:0]             weights_limited_o
);
  localparam int TritWords = (MaxOutputs + Lanes - 1) / Lanes;

  // ---- lanes in use in the last word of a row ----
  logic [15:0]      neurons, last_lanes;
  logic [Lanes-1:0] last_mask_q, enabled2;

  assign neurons    = descriptor_i[8*phasic_pkg::LayerNeurons +: 16];
  assign last_lanes = neurons - 16'(32'(last_word_i) * Lanes);
  assign enabled2   = (sweep_word2_i == last_word_i) ? last_mask_q : '1;

  always_ff @(posedge clk_i) begin
    if (sample_started_i) begin
      for (int k = 0; k < Lanes; k++) last_mask_q[k] <= 16'(k) < last_lanes;
    end
  end

  logic unused_bits;
  assign unused_bits = ^descriptor_i;

  // ---- add pipeline: the issue is a0 ----
  logic                add1_valid_q, add2_valid_q, add1_bank_q, add2_bank_q, add1_first_q, add2_first_q, add2_forward_q;
  logic [WordBits-1:0] add1_word_q, add2_word_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      add1_valid_q <= 1'b0;
      add2_valid_q <= 1'b0;
    end else begin
      add1_valid_q <= issue_i;
      add2_valid_q <= add1_valid_q;
    end
  end

  always_ff @(posedge clk_i) begin
    add1_bank_q    <= issue_bank_i;
    add1_word_q    <= issue_word_i;
    add1_first_q   <= issue_first_i;
    add2_bank_q    <= add1_bank_q;
    add2_word_q    <= add1_word_q;
    add2_first_q   <= add1_first_q;
    add2_forward_q <= add2_valid_q && add2_word_q == add1_word_q && add2_bank_q == add1_bank_q;
  end

  // ---- levels of the class, and the lane of the class's own neuron ----
  logic [Lanes*8-1:0]   levels;
  logic [LevelBits-1:0] level_address;
  logic                 class_word_q;
  logic [Lanes-1:0]     class_lane_q;

  assign level_address = LevelBits'(32'(sweep_class_i) * 32'(row_words_i) + 32'(sweep_word0_i));

  phasic_ram #(
    .Width(Lanes * 8),
    .Depth(LevelDepth)
  ) u_levels (
    .clk_i,
    .write_i        (load_level_i),
    .write_address_i(load_address_i),
    .write_data_i   (load_data_i),
    .read_i         (factor0_i),
    .read_address_i (level_address),
    .read_data_o    (levels)
  );

  always_ff @(posedge clk_i) begin
    if (factor0_i) begin
      class_word_q <= 32'(sweep_word0_i) == 32'(sweep_class_i) / Lanes;
      for (int k = 0; k < Lanes; k++) class_lane_q[k] <= 32'(sweep_class_i) % Lanes == k;
    end
  end

  // ---- update pipeline: the word comes in at u0 and is written at u5 ----
  logic [4:0]             update_valid_q;  // u1 .. u5
  logic [WordBits-1:0]    update1_word_q, update2_word_q;
  logic [AddressBits-1:0] update1_address_q, update2_address_q, update3_address_q, update4_address_q, update5_address_q;
  logic [15:0]            update1_x_q, update1_y_q, update1_base_q, update1_offset_q;
  logic [31:0]            update0_pair, update1_history_q, update2_history_q;

  assign update0_pair    = (32'(update_word_i) * Lanes) >> 1;
  assign read_valid_o    = update_valid_q[1];
  assign read_address_o  = update2_address_q;
  assign write_valid_o   = update_valid_q[4];
  assign write_address_o = update5_address_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) update_valid_q <= '0;
    else update_valid_q <= {update_valid_q[3:0], update_valid_i};
  end

  always_ff @(posedge clk_i) begin
    update1_word_q    <= update_word_i;
    update2_word_q    <= update1_word_q;
    update1_address_q <= update_address_i;
    update2_address_q <= update1_address_q;
    update3_address_q <= update2_address_q;
    update4_address_q <= update3_address_q;
    update5_address_q <= update4_address_q;
    update2_history_q <= update1_history_q;
    if (update_valid_i) begin
      update1_x_q       <= update_x_i;
      update1_y_q       <= update_y_i;
      update1_base_q    <= 16'(update0_pair * phasic_pkg::MixMultiplier);
      update1_offset_q  <= 16'(update0_pair * phasic_pkg::MixOffsetMultiplier);
      update1_history_q <= update_history_i;
    end
  end

  for (genvar p = 0; p < (Lanes + 1) / 2; p++) begin : gen_pair
    logic [15:0] even, odd;
    phasic_mix #(
      .Pair(p)
    ) u_mix (
      .clk_i,
      .valid_i (update_valid_q[2:0]),
      .row_x_i (update1_x_q),
      .row_y_i (update1_y_q),
      .base_i  (update1_base_q),
      .offset_i(update1_offset_q),
      .even_o  (even),
      .odd_o   (odd)
    );
  end

  // ---- lanes ----
  for (genvar k = 0; k < Lanes; k++) begin : gen_lane
    logic [15:0] random;
    // One lane at most puts a state that is not 0 on the read-out chain.
    logic [21:0] lane_read_out, read_out;

    if (k == 0) begin : gen_first
      assign read_out = lane_read_out;
    end else begin : gen_next
      assign read_out = gen_lane[k-1].read_out | lane_read_out;
    end

    if (Lanes == 1) begin : gen_single
      // With a single lane the parity of the neuron is that of the word.
      logic [2:0] word_parity_q;
      always_ff @(posedge clk_i) word_parity_q <= {word_parity_q[1:0], update1_word_q[0]};
      assign random = word_parity_q[2] ? gen_pair[0].odd : gen_pair[0].even;
    end else if (k % 2 == 0) begin : gen_even
      assign random = gen_pair[k/2].even;
    end else begin : gen_odd
      assign random = gen_pair[k/2].odd;
    end

    phasic_lane #(
      .WeightWidth(WeightWidth),
      .SumWidth   (SumWidth),
      .Words      (Words),
      .TritWords  ((k < MaxOutputs) ? TritWords : 0)
    ) u_lane (
      .clk_i,
      .threshold_i        ($signed(descriptor_i[8*phasic_pkg::LayerThreshold +: 16])),
      .window_i           ($signed(descriptor_i[8*phasic_pkg::LayerWindow +: 16])),
      .leak_i             (descriptor_i[8*phasic_pkg::LayerLeak +: 9]),
      .input_shift_i      (descriptor_i[8*phasic_pkg::LayerInputShift +: 4]),
      .error_factor_i     (descriptor_i[8*phasic_pkg::LayerFactor +: 2] == 2'(phasic_pkg::FactorError)),
      .all_steps_i        (descriptor_i[8*phasic_pkg::LayerSpan]),
      .nearest_i          (descriptor_i[8*phasic_pkg::LayerRounding]),
      .rate_i             (descriptor_i[8*phasic_pkg::LayerRate +: 16]),
      .factor_shift_i     (descriptor_i[8*phasic_pkg::LayerFactorShift +: 4]),
      .steps_i,
      .add1_valid_i       (add1_valid_q),
      .add1_bank_i        (add1_bank_q),
      .add1_word_i        (add1_word_q),
      .add2_valid_i       (add2_valid_q),
      .add2_bank_i        (add2_bank_q),
      .add2_word_i        (add2_word_q),
      .add2_first_i       (add2_first_q),
      .add2_forward_i     (add2_forward_q),
      .weight_i           ($signed(weights_i[WeightWidth*k +: WeightWidth])),
      .sweep0_valid_i     (sweep_read_i),
      .sweep_bank_i,
      .sweep0_word_i      (sweep_word0_i),
      .sweep1_valid_i     (sweep_valid_i[0]),
      .sweep2_valid_i     (sweep_valid_i[1]),
      .sweep3_valid_i     (sweep_valid_i[2]),
      .sweep3_word_i      (sweep_word3_i),
      .sweep_first_i,
      .sweep_silent_i,
      .sweep_step_i,
      .sweep2_enabled_i   (enabled2[k]),
      .spike_o            (spikes_o[k]),
      .potential_limited_o(potentials_limited_o[k]),
      .read_out_i,
      .read_out_lane_i    (read_out_lane_i == LaneBits'(k)),
      .read_out_o         (lane_read_out),
      .factor1_valid_i    (factor_valid_i[0]),
      .factor1_label_i    (class_word_q && class_lane_q[k]),
      .factor1_level_i    ($signed(levels[8*k +: 8])),
      .factor2_valid_i    (factor_valid_i[1]),
      .factor2_word_i     (sweep_word2_i),
      .factor2_enabled_i  (enabled2[k]),
      .update2_valid_i    (update_valid_q[1]),
      .update2_word_i     (update2_word_q),
      .update2_history_i  (update2_history_q),
      .update3_valid_i    (update_valid_q[2]),
      .update4_valid_i    (update_valid_q[3]),
      .update4_random_i   (random),
      .weight_o           (write_data_o[WeightWidth*k +: WeightWidth]),
      .weight_limited_o   (weights_limited_o[k])
    );
  end

  assign read_out_o = gen_lane[Lanes-1].read_out;
endmodule

`default_nettype wire
