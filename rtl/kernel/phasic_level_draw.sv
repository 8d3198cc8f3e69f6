// SPDX-License-Identifier: Apache-2.0
// Draws the levels of a layer from its recipe, in place of a table of them: for each class and neuron two numbers of the layer's key, through the
// table of quantiles, and their sum through the curve.
//
// Handshake: start_i begins, and may last; what belongs to the layer holds from then until busy_o is 0. The recipe then comes as the beats of
//            phasic_loader, padding included, valid/ready; they are always taken. Words of levels leave as those of phasic_unpack_groups do: a group
//            of neurons begins a word, lanes past its end are 0.
// Latency:   two cycles a level and one a class once the recipe is there, and about 14.
// Parameters: DataWidth in bits; Lanes; MaxClasses as that of the kernel.
`default_nettype none

module phasic_level_draw #(
  parameter int DataWidth  = 512,
  parameter int Lanes      = 64,
  parameter int MaxClasses = 64
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 start_i,
  input  logic [63:0]          seed_i,
  input  logic [2:0]           layer_i,
  input  logic [15:0]          classes_i,
  input  logic [15:0]          neurons_i,
  input  logic [15:0]          group_i,        // neurons of a position; all of them in a dense layer
  input  logic                 by_channel_i,   // numbers belong to the place in the group
  input  logic                 in_valid_i,
  output logic                 in_ready_o,
  input  logic [DataWidth-1:0] in_data_i,
  output logic                 word_valid_o,
  output logic [Lanes*8-1:0]   word_o,
  output logic                 busy_o
);
  localparam int QuantileWords = phasic_pkg::RecipeCurve / 4;
  localparam int CurveWords    = (phasic_pkg::RecipeBytes - phasic_pkg::RecipeCurve) / 4;
  localparam int ClassBits     = (MaxClasses > 1) ? $clog2(MaxClasses) : 1;
  localparam int LaneBits      = (Lanes > 1) ? $clog2(Lanes) : 1;

  localparam logic [1:0] DrawIdle  = 2'd0;
  localparam logic [1:0] DrawTake  = 2'd1;   // recipe and key
  localparam logic [1:0] DrawClass = 2'd2;   // reads the places of a class
  localparam logic [1:0] DrawGo    = 2'd3;   // one number a cycle

  logic [1:0]           state_q;
  logic [16:0]          words_q;             // of the recipe that are there
  logic [16:0]          words;               // of the recipe, without padding
  logic                 narrow_valid, recipe_error, take;
  logic [31:0]          recipe_word;

  logic [1:0]           key_asked_q, key_made_q;
  logic [63:0]          key_q;
  logic [31:0]          key_low_q;

  logic [ClassBits-1:0] class_q;
  logic                 last_class, second_q, last_of_word, last_of_group, last_of_class;
  logic [15:0]          neurons_left_q, group_left_q, number_q;
  logic [LaneBits-1:0]  lane_q, word_lane_q;
  logic [31:0]          places_q;

  logic                 in_valid, out_valid, out_empty, out_second, out_last;
  logic [15:0]          in_x, in_y, out_x, out_y;

  // ---- The recipe --------------------------------------------------------------------------------------------------------------
  (* ram_style = "distributed" *) logic [31:0] quantiles_q [QuantileWords];
  (* ram_style = "distributed" *) logic [31:0] curve_q [CurveWords];
  (* ram_style = "distributed" *) logic [31:0] codes_q [1 << ClassBits];

  phasic_narrow #(
    .DataWidth(DataWidth)
  ) u_words (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o,
    .in_data_i,
    .in_error_i (1'b0),
    .out_valid_o(narrow_valid),
    .out_ready_i(1'b1),
    .out_data_o (recipe_word),
    .out_error_o(recipe_error)
  );

  assign words = 17'(QuantileWords + CurveWords) + {1'b0, classes_i};
  assign take  = narrow_valid && state_q == DrawTake && words_q != words;

  always_ff @(posedge clk_i) begin
    if (take && words_q < 17'(QuantileWords)) quantiles_q[words_q[$clog2(QuantileWords)-1:0]] <= recipe_word;
    if (take && words_q >= 17'(QuantileWords) && words_q < 17'(QuantileWords + CurveWords))
      curve_q[$clog2(CurveWords)'(words_q - 17'(QuantileWords))] <= recipe_word;
    if (take && words_q >= 17'(QuantileWords + CurveWords)) codes_q[ClassBits'(words_q - 17'(QuantileWords + CurveWords))] <= recipe_word;
  end

  // ---- Sequence ----------------------------------------------------------------------------------------------------------------
  assign last_class    = 16'(class_q) + 16'd1 == classes_i;
  assign last_of_class = neurons_left_q == 16'd1;
  assign last_of_group = last_of_class || group_left_q == 16'd1;
  assign last_of_word  = last_of_group || lane_q == LaneBits'(Lanes - 1);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q     <= DrawIdle;
      words_q     <= '0;
      key_asked_q <= 2'd2;
      key_made_q  <= '0;
    end else if (start_i) begin
      state_q     <= DrawTake;
      words_q     <= '0;
      key_asked_q <= '0;
      key_made_q  <= '0;
    end else begin
      if (take) words_q <= words_q + 1'b1;
      if (key_asked_q != 2'd2) key_asked_q <= key_asked_q + 1'b1;
      if (state_q == DrawTake && out_valid) key_made_q <= key_made_q + 1'b1;
      case (state_q)
        DrawTake:  if (words_q == words && key_made_q == 2'd2) state_q <= DrawClass;
        DrawClass: state_q <= DrawGo;
        DrawGo:    if (second_q && last_of_class) state_q <= last_class ? DrawIdle : DrawClass;
        default: ;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    // The key of the layer: two numbers of the key that is the seed.
    if (start_i) begin
      key_q <= seed_i;
    end else if (state_q == DrawTake && out_valid) begin
      if (key_made_q == 2'd0) key_low_q <= {out_y, out_x};
      else key_q <= {out_y, out_x, key_low_q};
    end
    if (state_q == DrawTake) class_q <= '0;
    if (state_q == DrawClass) begin
      places_q       <= codes_q[class_q];
      neurons_left_q <= neurons_i;
      group_left_q   <= group_i;
      number_q       <= '0;
      lane_q         <= '0;
      second_q       <= 1'b0;
    end
    if (state_q == DrawGo) begin
      second_q <= !second_q;
      if (second_q) begin
        neurons_left_q <= neurons_left_q - 1'b1;
        group_left_q   <= last_of_group ? group_i : group_left_q - 1'b1;
        number_q       <= (last_of_group && by_channel_i) ? '0 : number_q + 1'b1;
        lane_q         <= last_of_word ? '0 : lane_q + 1'b1;
        if (last_of_class) class_q <= class_q + 1'b1;
      end
    end
  end

  // ---- Numbers -----------------------------------------------------------------------------------------------------------------
  assign in_valid = state_q == DrawGo || (state_q == DrawTake && key_asked_q != 2'd2);
  assign in_x     = (state_q == DrawTake) ? 16'(phasic_pkg::PurposeLevel * 256) + 16'(layer_i) : second_q ? places_q[31:16] : places_q[15:0];
  assign in_y     = (state_q == DrawTake) ? 16'(key_asked_q) : number_q;

  phasic_permute #(
    .PayloadWidth(2)
  ) u_numbers (
    .clk_i,
    .rst_ni,
    .clear_i  (start_i),
    .enable_i (1'b1),
    .key_i    (key_q),
    .valid_i  (in_valid),
    .x_i      (in_x),
    .y_i      (in_y),
    .payload_i({second_q, last_of_word}),
    .valid_o  (out_valid),
    .x_o      (out_x),
    .y_o      (out_y),
    .payload_o({out_second, out_last}),
    .empty_o  (out_empty)
  );

  // ---- Levels ------------------------------------------------------------------------------------------------------------------
  logic        number_valid_q, number_second_q, number_last_q, level_valid_q, level_last_q;
  logic [1:0]  number_byte_q, level_byte_q;
  logic [31:0] quantile_word_q, level_word_q;
  logic [7:0]  quantile, first_q, level;
  logic [8:0]  sum;

  assign quantile = quantile_word_q[8*number_byte_q +: 8];
  assign sum      = {1'b0, first_q} + {1'b0, quantile};
  assign level    = level_word_q[8*level_byte_q +: 8];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {number_valid_q, level_valid_q, word_valid_o} <= '0;
    end else begin
      number_valid_q <= out_valid && state_q != DrawTake && !start_i;
      level_valid_q  <= number_valid_q && number_second_q;
      word_valid_o   <= level_valid_q && level_last_q;
    end
  end

  always_ff @(posedge clk_i) begin
    number_second_q <= out_second;
    number_last_q   <= out_last;
    number_byte_q   <= out_x[9:8];
    quantile_word_q <= quantiles_q[out_x[15:10]];
    if (number_valid_q && !number_second_q) first_q <= quantile;
    level_last_q    <= number_last_q;
    level_byte_q    <= sum[1:0];
    level_word_q    <= curve_q[sum[8:2]];
    if (start_i) begin
      word_lane_q <= '0;
    end else if (level_valid_q) begin
      word_lane_q <= level_last_q ? '0 : word_lane_q + 1'b1;
      for (int k = 0; k < Lanes; k++) begin
        if (32'(word_lane_q) == k) word_o[8*k +: 8] <= level;
        else if (word_lane_q == '0) word_o[8*k +: 8] <= '0;
      end
    end
  end

  assign busy_o = state_q != DrawIdle || !out_empty || number_valid_q || level_valid_q || word_valid_o || narrow_valid;

  logic unused_bits;
  assign unused_bits = ^{out_x[7:0], recipe_error};
endmodule

`default_nettype wire
