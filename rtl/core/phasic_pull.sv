// SPDX-License-Identifier: Apache-2.0
// Moves the weights of a contest's winner towards the counts of its rows, then writes the winner's squares and wins back. Or those of a filter
// towards targets, and writes its wins back.
//
// Handshake: enable_i is 1 during the walk over all rows; valid_i brings a row. When enable_i falls, what is inside is finished and the state
//            written; busy_o is 1 until then. Without a winner nothing is read or written. Other inputs hold while enable_i or busy_o is 1.
// Latency:   a row comes in at u0; its word is asked for at u2 (read_o), must be on weights_i at u4 and leaves at u8 (write_o); a row a cycle.
//            The state takes 48 / WeightWidth + 20 cycles, of a filter 16 / WeightWidth + 20.
// Parameters: Lanes, WeightWidth; AddressBits; Graded, there can be graded values; Filters, history_i is a row's target, and there are no squares.
`default_nettype none

module phasic_pull #(
  parameter int Lanes       = 64,
  parameter int WeightWidth = 8,
  parameter int AddressBits = 14,
  parameter bit Graded      = 1'b0,
  parameter bit Filters     = 1'b0
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         clear_i,
  // constants of the layer
  input  logic                         graded_i,
  input  logic [2:0]                   input_shift_i,
  input  logic [3:0]                   shift_i,          // slowest rate of learning: 2^-shift_i
  input  logic                         nearest_i,
  input  logic [15:0]                  row_words_i,
  input  logic [AddressBits-1:0]       state_address_i,  // first word of the rows that hold squares and wins
  // the winner and its state before the sample
  input  logic                         winner_valid_i,
  input  logic [15:0]                  winner_i,
  input  logic [31:0]                  squares_i,
  input  logic [15:0]                  wins_i,
  // u0: rows
  input  logic                         enable_i,
  input  logic                         valid_i,
  input  logic [AddressBits-1:0]       address_i,        // of the row's first word
  input  logic [15:0]                  row_x_i,          // random word of the row
  input  logic [15:0]                  row_y_i,
  input  logic [31:0]                  history_i,        // steps at which the row spiked, or its value, or its target
  output logic                         busy_o,
  // u2, u4, u8: synapse memory
  output logic                         read_o,
  output logic [AddressBits-1:0]       read_address_o,
  input  logic [Lanes*WeightWidth-1:0] weights_i,
  output logic                         write_o,
  output logic [AddressBits-1:0]       write_address_o,
  output logic [Lanes*WeightWidth-1:0] weights_o,
  output logic                         learned_o,        // what is written is a weight
  output logic                         limited_o         // and it was limited
);
  localparam int StateWidth = phasic_pkg::WinsWidth + (Filters ? 0 : phasic_pkg::SquaresWidth);
  localparam int Planes    = StateWidth / WeightWidth;
  localparam int LaneBits  = (Lanes > 1) ? $clog2(Lanes) : 1;
  localparam int Fraction  = phasic_pkg::ExtendedWidth - WeightWidth;
  // A target is at most 2^10, or 2^13 with graded values; that of a filter is like a weight.
  localparam int TargetWidth = Filters ? WeightWidth : Graded ? 14 : 11;
  localparam int ChangeWidth = ((WeightWidth > TargetWidth) ? WeightWidth : TargetWidth) + 2 + Fraction;
  localparam logic signed [ChangeWidth:0] WeightMaximum = (1 << (WeightWidth - 1)) - 1;
  localparam logic signed [ChangeWidth:0] WeightMinimum = 0 - (1 << (WeightWidth - 1));

  typedef enum logic [2:0] {PullIdle, PullWalk, PullDrain, PullState, PullEnd} pull_e;
  pull_e state_q;

  // One round of the permutation without its key.
  function logic [15:0] round_x(input logic [15:0] x, input logic [15:0] y);
    round_x = {x[6:0], x[15:7]} + y;
  endfunction

  function logic [15:0] round_y(input logic [15:0] x, input logic [15:0] y);
    round_y = {y[13:0], y[15:14]} ^ ({x[6:0], x[15:7]} + y);
  endfunction

  // The lesser of the slowest rate's shift and the logarithm of the winner's age.
  function logic [3:0] slowness_of(input logic [15:0] won, input logic [3:0] slowest);
    slowness_of = 4'd0;
    for (int s = 1; s <= phasic_pkg::CompetitionFactorShift; s++)
      if (17'(won) + 17'd1 >= (17'd1 << s) && 4'(s) <= slowest) slowness_of = 4'(s);
  endfunction

  function logic signed [ChangeWidth-1:0] change_of(input logic signed [15:0] target, input logic signed [WeightWidth-1:0] weight,
                                                    input logic [3:0] slowness);
    change_of = (ChangeWidth'(target) - ChangeWidth'(weight)) <<< (5'(Fraction) - 5'(slowness));
  endfunction

  // The weight after a change, rounded but not limited.
  function logic signed [ChangeWidth:0] moved_of(input logic signed [WeightWidth-1:0] weight, input logic signed [ChangeWidth-1:0] change,
                                                 input logic [15:0] fraction);
    logic signed [ChangeWidth:0] rounded;
    rounded  = (ChangeWidth + 1)'(change) + $signed({{(ChangeWidth - 15) {1'b0}}, fraction});
    moved_of = (ChangeWidth + 1)'(weight) + (rounded >>> Fraction);
  endfunction

  function logic [15:0] fraction_of(input logic nearest, input logic [15:0] random);
    fraction_of = nearest ? 16'(1 << (Fraction - 1)) : random >> (16 - Fraction);
  endfunction

  // ---- the winner ----
  logic [15:0]            pair;
  logic [LaneBits-1:0]    lane;
  logic [AddressBits-1:0] word;
  logic [15:0]            base_q, offset_q, more_wins;
  logic [3:0]             slowness_q;
  logic [31:0]            squares_q;

  assign pair      = winner_i >> 1;
  assign lane      = LaneBits'(32'(winner_i) % 32'(Lanes));
  assign word      = AddressBits'(32'(winner_i) / 32'(Lanes));
  assign more_wins = (wins_i == 16'hffff) ? wins_i : wins_i + 16'd1;

  // ---- u0: a row, or a part of the state ----
  logic                     part_valid, part_last;
  logic [2:0]               part_q;
  logic [AddressBits-1:0]   part_address_q;
  logic [StateWidth-1:0]    parts_q;
  logic [9:1]               valid_q, part_of_state_q;

  assign part_valid = state_q == PullState;
  assign part_last  = part_q == 3'(Planes - 1);
  assign busy_o     = state_q != PullIdle;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= PullIdle;
      valid_q <= '0;
      part_q  <= '0;
    end else if (clear_i) begin
      state_q <= PullIdle;
      valid_q <= '0;
      part_q  <= '0;
    end else begin
      valid_q <= {valid_q[8:1], (valid_i && winner_valid_i) || part_valid};
      case (state_q)
        PullIdle: if (enable_i) state_q <= PullWalk;
        PullWalk: if (!enable_i) state_q <= PullDrain;
        PullDrain: if (valid_q == '0) state_q <= winner_valid_i ? PullState : PullIdle;
        PullState: begin
          part_q <= part_last ? '0 : part_q + 3'd1;
          if (part_last) state_q <= PullEnd;
        end
        default: if (valid_q == '0) state_q <= PullIdle;
      endcase
    end
  end

  // ---- u1 to u8 ----
  logic [AddressBits-1:0]       address1_q, address2_q, address3_q, address4_q, address5_q, address6_q, address7_q;
  logic signed [15:0]           goal1_q, goal2_q, goal3_q, goal4_q, goal5_q, goal6_q;  // target, or part of the state
  logic [15:0]                  x1_q, y1_q, x2_q, y2_q, x3_q, y3_q, random4_q, random5_q, random6_q;
  logic [Lanes*WeightWidth-1:0] word5_q, word6_q, word7_q;
  logic signed [WeightWidth-1:0] weight5_q, weight6_q, weight7_q, weight7;
  logic signed [ChangeWidth-1:0] change6_q;
  logic signed [ChangeWidth:0]  moved7_q;
  logic signed [WeightWidth:0]  sum8_q, difference8_q;
  logic [31:0]                  squares9_q;
  logic                         outside7;

  assign read_o         = valid_q[2];
  assign read_address_o = address2_q;
  assign write_o        = valid_q[8];
  assign learned_o      = valid_q[8] && !part_of_state_q[8];
  assign outside7       = moved7_q > WeightMaximum || moved7_q < WeightMinimum;
  assign weight7        = (moved7_q > WeightMaximum) ? WeightMaximum[WeightWidth-1:0] :
                          (moved7_q < WeightMinimum) ? WeightMinimum[WeightWidth-1:0] : moved7_q[WeightWidth-1:0];

  always_ff @(posedge clk_i) begin
    // The winner stands still for long before its first row.
    base_q     <= 16'(32'(pair) * phasic_pkg::MixMultiplier);
    offset_q   <= 16'(32'(pair) * phasic_pkg::MixOffsetMultiplier);
    slowness_q <= slowness_of(wins_i, shift_i);
    if (state_q == PullIdle) squares_q <= squares_i;
    else if (valid_q[9] && !part_of_state_q[9]) squares_q <= squares_q + squares9_q;

    if (part_valid) begin
      part_address_q <= AddressBits'(32'(part_address_q) + 32'(row_words_i));
      parts_q        <= parts_q >> WeightWidth;
    end else begin
      part_address_q <= state_address_i + word;
      parts_q        <= StateWidth'({more_wins, squares_q} >> (Filters ? phasic_pkg::SquaresWidth : 0));
    end

    part_of_state_q <= {part_of_state_q[8:1], part_valid};
    address1_q      <= part_valid ? part_address_q : address_i + word;
    goal1_q         <= part_valid ? 16'($signed(parts_q[WeightWidth-1:0])) :
                       Filters ? $signed(history_i[15:0]) : (Graded && graded_i) ? 16'(history_i[7:0]) : 16'($countones(history_i));
    x1_q            <= row_x_i ^ base_q;
    y1_q            <= row_y_i + offset_q;

    address2_q      <= address1_q;
    goal2_q         <= (Filters || part_of_state_q[1]) ? goal1_q : (goal1_q <<< input_shift_i) >>> 1;
    x2_q            <= round_x(x1_q, y1_q);
    y2_q            <= round_y(x1_q, y1_q);

    address3_q      <= address2_q;
    goal3_q         <= goal2_q;
    x3_q            <= round_x(x2_q, y2_q);
    y3_q            <= round_y(x2_q, y2_q);

    address4_q      <= address3_q;
    goal4_q         <= goal3_q;
    random4_q       <= winner_i[0] ? round_y(x3_q, y3_q) : round_x(x3_q, y3_q);

    address5_q      <= address4_q;
    goal5_q         <= goal4_q;
    random5_q       <= fraction_of(nearest_i, random4_q);
    weight5_q       <= weights_i[WeightWidth*lane +: WeightWidth];

    address6_q      <= address5_q;
    goal6_q         <= goal5_q;
    random6_q       <= random5_q;
    weight6_q       <= weight5_q;
    change6_q       <= change_of(goal5_q, weight5_q, slowness_q);

    address7_q      <= address6_q;
    weight7_q       <= weight6_q;
    moved7_q        <= part_of_state_q[6] ? (ChangeWidth + 1)'(goal6_q) : moved_of(weight6_q, change6_q, random6_q);

    write_address_o <= address7_q;
    limited_o       <= outside7;
    sum8_q          <= (WeightWidth + 1)'(weight7) + (WeightWidth + 1)'(weight7_q);
    difference8_q   <= (WeightWidth + 1)'(weight7) - (WeightWidth + 1)'(weight7_q);

    // What the square grows by is the product of the weights' sum and difference.
    squares9_q      <= 32'(sum8_q) * 32'(difference8_q);
  end

  // The other lanes of a word go with the winner's, under the enable of their stage, so that simulations do not evaluate them when idle.
  always_ff @(posedge clk_i) begin
    if (valid_q[4]) word5_q <= weights_i;
    if (valid_q[5]) word6_q <= word5_q;
    if (valid_q[6]) word7_q <= word6_q;
    if (valid_q[7]) begin
      for (int k = 0; k < Lanes; k++)
        weights_o[WeightWidth*k +: WeightWidth] <= (lane == LaneBits'(k)) ? weight7 : word7_q[WeightWidth*k +: WeightWidth];
    end
  end
endmodule

`default_nettype wire
