// SPDX-License-Identifier: Apache-2.0
// Compares the neurons of a layer that competes with a finished sample, one after the other: gives their scores and chooses the winner. Or, of a
// discriminant, adds their offsets to the sums: then there are scores alone.
//
// Handshake: start_i for one cycle while busy_o is 0; the other start inputs are taken then. Scores by valid/ready; the prediction
//            belongs to the last one. The winner and its state hold from the last score until the next start.
// Latency:   a cycle a neuron, and 48 / WeightWidth + 2 more for each word of neurons, with offsets 32 / WeightWidth + 2.
//            What is read at read_address_o must be on weights_i two cycles later, sums and levels of the word asked for with word_read_o one
//            cycle later.
// Parameters: Lanes, WeightWidth; SumWidth, bits of the sum of a whole sample; WordBits and AddressBits; Offsets, the layer can be a discriminant.
`default_nettype none

module phasic_contest #(
  parameter int Lanes       = 64,
  parameter int WeightWidth = 8,
  parameter int SumWidth    = 24,
  parameter int WordBits    = 4,
  parameter int AddressBits = 14,
  parameter bit Offsets     = 1'b0
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         clear_i,
  // constants of the layer
  input  logic [2:0]                   input_shift_i,
  input  logic [15:0]                  homeostasis_i,
  input  logic [15:0]                  neurons_i,
  input  logic [15:0]                  row_words_i,
  input  logic [AddressBits-1:0]       state_address_i,  // first word of the rows that hold squares and wins, or offsets
  input  logic                         offsets_i,        // there are offsets; no input shift, no wins and no winner
  // a finished sample
  input  logic                         start_i,
  input  logic                         start_silent_i,   // no event in the sample: all sums are 0
  input  logic                         start_learn_i,
  output logic                         busy_o,
  output logic [2:0]                   state_o,
  // synapse memory, sums and levels
  output logic                         read_o,
  output logic [AddressBits-1:0]       read_address_o,
  input  logic [Lanes*WeightWidth-1:0] weights_i,
  output logic                         word_read_o,
  output logic [WordBits-1:0]          word_o,
  input  logic [Lanes*SumWidth-1:0]    sums_i,
  input  logic [Lanes-1:0]             positive_i,       // neurons that may learn for the sample's class
  // scores
  output logic                         score_valid_o,
  input  logic                         score_ready_i,
  output logic [31:0]                  score_o,
  output logic                         score_last_o,
  output logic [15:0]                  prediction_o,
  // the winner, if there is one
  output logic                         winner_valid_o,
  output logic [15:0]                  winner_o,
  output logic [31:0]                  squares_o,
  output logic [15:0]                  wins_o
);
  localparam int StateWidth = phasic_pkg::SquaresWidth + phasic_pkg::WinsWidth;
  localparam int Planes     = StateWidth / WeightWidth;
  localparam int OffsetPlanes = phasic_pkg::SquaresWidth / WeightWidth;
  localparam int WordWidth  = Lanes * WeightWidth;
  // Bits of a match: the sum shifted, or squares below zero.
  localparam int ShiftedWidth = SumWidth + phasic_pkg::CompetitionInputShift;
  localparam int MatchWidth   = ((ShiftedWidth > phasic_pkg::SquaresWidth) ? ShiftedWidth : phasic_pkg::SquaresWidth + 1) + 1;
  localparam logic signed [MatchWidth-1:0] ScoreMaximum = MatchWidth'(64'sh7fff_ffff);
  localparam logic signed [MatchWidth-1:0] ScoreMinimum = -MatchWidth'(64'sh8000_0000);

  typedef enum logic [2:0] {ContestIdle, ContestRead, ContestCapture, ContestScan, ContestDrain} contest_e;
  contest_e state_q;

  logic [2:0]             read_count_q;
  logic                   read1_q, read2_q, word_read1_q, silent_q, learn_q;
  logic [AddressBits-1:0] address_q;
  logic [WordBits-1:0]    word_q;
  logic [15:0]            neuron_q, lane_q;
  logic                   offsets, read_last, move, scan, lane_last, neuron_last;
  logic [2:0]             valid_q;

  assign busy_o         = state_q != ContestIdle;
  assign state_o        = state_q;
  assign offsets        = Offsets && offsets_i;
  assign read_last      = read_count_q == (offsets ? 3'(OffsetPlanes - 1) : 3'(Planes - 1));
  assign read_o         = state_q == ContestRead;
  assign read_address_o = address_q;
  // The last sums of the sample have been written by then.
  assign word_read_o    = state_q == ContestCapture && read1_q;
  assign word_o         = word_q;
  assign move           = !valid_q[2] || score_ready_i;
  assign scan           = state_q == ContestScan && move;
  assign lane_last      = lane_q == 16'(Lanes - 1);
  assign neuron_last    = neuron_q == neurons_i - 16'd1;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q      <= ContestIdle;
      read_count_q <= '0;
      read1_q      <= 1'b0;
      read2_q      <= 1'b0;
      word_read1_q <= 1'b0;
      valid_q      <= '0;
    end else if (clear_i) begin
      state_q      <= ContestIdle;
      read1_q      <= 1'b0;
      read2_q      <= 1'b0;
      word_read1_q <= 1'b0;
      valid_q      <= '0;
    end else begin
      read1_q      <= read_o;
      read2_q      <= read1_q;
      word_read1_q <= word_read_o;
      if (move) valid_q <= {valid_q[1:0], scan};
      case (state_q)
        ContestIdle: begin
          read_count_q <= '0;
          if (start_i) state_q <= ContestRead;
        end
        ContestRead: begin
          read_count_q <= read_last ? '0 : read_count_q + 3'd1;
          if (read_last) state_q <= ContestCapture;
        end
        ContestCapture: if (!read1_q) state_q <= ContestScan;
        ContestScan: begin
          if (scan && neuron_last) state_q <= ContestDrain;
          else if (scan && lane_last) state_q <= ContestRead;
        end
        default: if (valid_q == '0) state_q <= ContestIdle;
      endcase
    end
  end

  // ---- a word of neurons: the lanes move past the lowest one ----
  logic [Planes*WordWidth-1:0] planes_q;
  logic [Lanes*SumWidth-1:0]   sums_q;
  logic [Lanes-1:0]            positive_q;
  logic [StateWidth-1:0]       lane_state;

  for (genvar p = 0; p < Planes; p++) begin : gen_plane
    assign lane_state[WeightWidth*p +: WeightWidth] = planes_q[WordWidth*p +: WeightWidth];
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      silent_q  <= start_silent_i;
      learn_q   <= start_learn_i;
      address_q <= state_address_i;
      word_q    <= '0;
      neuron_q  <= '0;
      lane_q    <= '0;
    end
    if (read_o) address_q <= AddressBits'(32'(address_q) + 32'(row_words_i));
    if (scan) begin
      neuron_q <= neuron_q + 16'd1;
      lane_q   <= lane_last ? '0 : lane_q + 16'd1;
      if (lane_last) begin
        word_q    <= word_q + 1'b1;
        address_q <= state_address_i + AddressBits'(word_q) + AddressBits'(1);
      end
    end
    if (read2_q) begin
      planes_q <= (Planes * WordWidth)'({weights_i, planes_q} >> WordWidth);
    end else if (scan) begin
      for (int p = 0; p < Planes; p++) planes_q[WordWidth*p +: WordWidth] <= planes_q[WordWidth*p +: WordWidth] >> WeightWidth;
    end
    if (word_read1_q) begin
      sums_q     <= silent_q ? '0 : sums_i;
      positive_q <= positive_i;
    end else if (scan) begin
      sums_q     <= sums_q >> SumWidth;
      positive_q <= positive_q >> 1;
    end
  end

  // ---- a neuron: shifted sum and handicap, match, score ----
  logic signed [MatchWidth-1:0] shifted1_q, match2_q;
  logic signed [MatchWidth:0]   contest3_q, best_contest_q;
  logic [31:0]                  squares1_q, squares2_q, squares3_q, handicap1_q, handicap2_q, score3_q, best_score_q;
  logic [15:0]                  wins1_q, wins2_q, wins3_q, neuron1_q, neuron2_q, neuron3_q, best_neuron_q;
  logic [2:0]                   candidate_q, last_q;
  logic                         score_better, wins_contest, fresh_q;

  always_ff @(posedge clk_i) begin
    if (move) begin
      shifted1_q  <= MatchWidth'($signed(sums_q[SumWidth-1:0])) <<< (offsets ? 3'd0 : input_shift_i);
      // Planes move in from above, so that offsets are in the upper ones. They are added, where squares are taken away.
      squares1_q  <= offsets ? lane_state[StateWidth-1 -: 32] : lane_state[31:0];
      wins1_q     <= lane_state[47:32];
      handicap1_q <= 32'(homeostasis_i) * 32'(lane_state[47:32]);
      neuron1_q   <= neuron_q;
      candidate_q <= {candidate_q[1:0], learn_q && positive_q[0] && !offsets};
      last_q      <= {last_q[1:0], neuron_last};

      match2_q    <= offsets ? shifted1_q + MatchWidth'($signed(squares1_q)) : shifted1_q - $signed(MatchWidth'(squares1_q));
      squares2_q  <= squares1_q;
      wins2_q     <= wins1_q;
      handicap2_q <= handicap1_q;
      neuron2_q   <= neuron1_q;

      score3_q   <= (match2_q > ScoreMaximum) ? 32'hffff_ffff : (match2_q < ScoreMinimum) ? 32'd0 : match2_q[31:0] ^ 32'h8000_0000;
      contest3_q <= (MatchWidth + 1)'(match2_q) - $signed((MatchWidth + 1)'(handicap2_q));
      squares3_q <= squares2_q;
      wins3_q    <= wins2_q;
      neuron3_q  <= neuron2_q;
    end
  end

  assign score_better  = neuron3_q == '0 || score3_q > best_score_q;
  assign score_valid_o = valid_q[2];
  assign score_o       = score3_q;
  assign score_last_o  = last_q[2];
  assign prediction_o  = score_better ? neuron3_q : best_neuron_q;

  // A neuron that never won comes before all others, the lowest first; then the best match counts, the lowest of equals.
  assign wins_contest = candidate_q[2] && (!winner_valid_o || (!fresh_q && (wins3_q == '0 || contest3_q > best_contest_q)));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) winner_valid_o <= 1'b0;
    else if (clear_i || start_i) winner_valid_o <= 1'b0;
    else if (valid_q[2] && move && wins_contest) winner_valid_o <= 1'b1;
  end

  always_ff @(posedge clk_i) begin
    if (valid_q[2] && move) begin
      if (score_better) begin
        best_score_q  <= score3_q;
        best_neuron_q <= neuron3_q;
      end
      if (wins_contest) begin
        best_contest_q <= contest3_q;
        fresh_q        <= wins3_q == '0;
        winner_o       <= neuron3_q;
        squares_o      <= squares3_q;
        wins_o         <= wins3_q;
      end
    end
  end
endmodule

`default_nettype wire
