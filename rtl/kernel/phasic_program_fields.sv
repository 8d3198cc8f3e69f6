// SPDX-License-Identifier: Apache-2.0
// Checks the words of a program block one by one, in order of address: header, then descriptors.
//
// Handshake: a word comes with take_i, and where it stands; legal_o belongs to it, and before_legal_o to the word before, if only this one decides
//            on it. Fields that products decide are checked afterwards: busy_o is 1 meanwhile, and no word may be taken; fault_o for one cycle
//            says that such a field, the last word taken, is illegal. program_i has the header's words as they come. What is computed of a layer
//            with a shape holds until its words come again.
// Latency:   none, or at most 33 cycles for each product: two for source_channels, kernel_columns and grid, three for channels.
// Parameters: Lanes, Engines, MaxRows, MaxNeurons, MaxSteps, MaxClasses, MaxOutputs, SumDepth and Rules as those of the kernel.
`default_nettype none

module phasic_program_fields #(
  parameter int Lanes = 64,
  parameter int Engines = 4,
  parameter int MaxRows = 1024,
  parameter int MaxNeurons = 1024,
  parameter int MaxSteps = 32,
  parameter int MaxClasses = 64,
  parameter int MaxOutputs = 64,
  parameter int SumDepth = 0,
  parameter int Rules = 0
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  take_i,
  input  logic [31:0]           word_i,
  input  logic                  in_header_i,
  input  logic                  used_i,           // the word belongs to the header or to a layer of the network
  input  logic [3:0]            header_word_i,    // its place in the header,
  input  logic [2:0]            layer_i,          // or its layer
  input  logic [5:0]            layer_word_i,     // and its place in the descriptor
  input  logic                  last_i,           // the layer is the last
  input  logic [511:0]          program_i,
  output logic                  legal_o,
  output logic                  before_legal_o,
  output logic                  busy_o,
  output logic                  fault_o,
  // of each layer with a shape
  output logic [Engines*16-1:0] kernel_rows_o,    // rows of weights without that of the bias
  output logic [Engines*16-1:0] positions_o,
  output logic [Engines*32-1:0] sum_words_o,      // words of its sums: positions times words of channels
  output logic [Engines*16-1:0] neuron_words_o    // words of its neurons: the same, or with a grid cells times sides times words of channels
);
  localparam bit Posts       = (Rules & phasic_pkg::RulesPost) != 0;
  localparam bit Graded      = (Rules & phasic_pkg::RulesGraded) != 0;
  localparam bit State       = (Rules & phasic_pkg::RulesState) != 0;
  localparam bit Convolution = (Rules & phasic_pkg::RulesConvolution) != 0;
  localparam bit Currents    = (Rules & phasic_pkg::RulesCurrent) != 0;
  localparam bit Features    = (Rules & phasic_pkg::RulesFeatures) != 0;
  localparam bit Drawn       = (Rules & phasic_pkg::RulesDrawn) != 0;
  localparam bit Retrograde  = (Rules & phasic_pkg::RulesRetrograde) != 0;
  localparam bit Handicaps   = (Rules & (phasic_pkg::RulesCompetition | phasic_pkg::RulesFeatures)) != 0;
  // Values of enumerations that the build was made without.
  localparam int FactorsAbsent = (((Rules & phasic_pkg::RulesFeedback) != 0) ? 0 : phasic_pkg::FactorNeedsFeedback)
                                 | (((Rules & phasic_pkg::RulesCompetition) != 0) ? 0 : phasic_pkg::FactorNeedsCompetition)
                                 | (Features ? 0 : phasic_pkg::FactorNeedsFeatures)
                                 | (((Rules & phasic_pkg::RulesDiscriminant) != 0) ? 0 : phasic_pkg::FactorNeedsDiscriminant);
  localparam int KindsAbsent   = Graded ? 0 : phasic_pkg::SampleKindNeedsGraded;
  localparam int ResetsAbsent  = State ? 0 : phasic_pkg::ResetNeedsState;
  localparam int ConnectionsAbsent = Convolution ? 0 : phasic_pkg::ConnectionNeedsConvolution;
  localparam int FlagsAlways     = (1 << phasic_pkg::ProgramHeaderFlagsLearnBit) | (1 << phasic_pkg::ProgramHeaderFlagsTraceBit);
  localparam int LayerFlagsAlways = (1 << phasic_pkg::LayerFlagsBiasBit) | (Features ? 1 << phasic_pkg::LayerFlagsTwoSidedBit : 0)
                                    | (Drawn ? 1 << phasic_pkg::LayerFlagsDrawnBit : 0);

  // ---- The header --------------------------------------------------------------------------------------------------------------
  logic [31:0] inputs, steps, classes, legal_flags;
  logic [1:0]  sample_kind;
  logic        tracing, graded, header_legal;
  assign inputs      = program_i[8*phasic_pkg::ProgramHeaderInputs +: 32];
  assign steps       = program_i[8*phasic_pkg::ProgramHeaderSteps +: 32];
  assign classes     = program_i[8*phasic_pkg::ProgramHeaderClasses +: 32];
  assign sample_kind = program_i[8*phasic_pkg::ProgramHeaderSampleKind +: 2];
  assign tracing     = program_i[8*phasic_pkg::ProgramHeaderFlags + phasic_pkg::ProgramHeaderFlagsTraceBit];
  assign graded      = 1'(phasic_pkg::SampleKindIsGraded >> sample_kind);
  assign legal_flags = 32'(FlagsAlways) | (32'(State && !graded) << phasic_pkg::ProgramHeaderFlagsKeepBit);

  always_comb begin
    case (32'({header_word_i, 2'b00}))
      phasic_pkg::ProgramHeaderMagic:   header_legal = word_i == 32'(phasic_pkg::ProgramMagic);
      phasic_pkg::ProgramHeaderVersion: header_legal = word_i == 32'(phasic_pkg::ContractVersion);
      phasic_pkg::ProgramHeaderSeedLow: header_legal = 1'b1;
      phasic_pkg::ProgramHeaderSeedHigh: header_legal = 1'b1;
      phasic_pkg::ProgramHeaderInputs:  header_legal = (word_i != '0) && (word_i <= 32'(MaxRows));
      phasic_pkg::ProgramHeaderLayers:  header_legal = (word_i != '0) && (word_i <= 32'(Engines));
      phasic_pkg::ProgramHeaderSteps:   header_legal = (word_i != '0) && (word_i <= 32'(MaxSteps));
      phasic_pkg::ProgramHeaderClasses: header_legal = (word_i != '0) && (word_i <= 32'(MaxClasses));
      phasic_pkg::ProgramHeaderSampleKind:
        header_legal = (word_i <= 32'(phasic_pkg::ProgramHeaderSampleKindMaximum)) && !(1'(KindsAbsent >> word_i[1:0]))
            && (!(1'(phasic_pkg::SampleKindIsGraded >> word_i[1:0])) || (steps == 32'd1));
      phasic_pkg::ProgramHeaderSampleStride:
        header_legal = (word_i[5:0] == '0) && (word_i >= 32'(phasic_pkg::ProgramHeaderSampleStrideMinimum))
            && (word_i <= 32'(phasic_pkg::ProgramHeaderSampleStrideMaximum))
            && (!(1'(phasic_pkg::SampleKindByInput >> sample_kind))
                || (word_i >= inputs + 32'(phasic_pkg::SampleHeaderBytes)));
      phasic_pkg::ProgramHeaderFlags:   header_legal = (word_i & ~legal_flags) == '0;
      default:                          header_legal = word_i == '0;
    endcase
  end

  // ---- A descriptor: fields that others depend on ------------------------------------------------------------------------------
  logic [15:0] previous_q;      // neurons of the layer before, or inputs
  logic [15:0] neurons_q;
  logic [2:0]  factor_q;
  logic [3:0]  input_shift_q;
  logic [7:0]  limit_q;         // of the retrograde signal
  logic        scaled_q;        // the layer before takes that of this one
  logic        bias_q, two_sided_q, drawn_q, by_channel_q, all_steps_q, shaped_q, negative_q, pooled_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      previous_q    <= '0;
      neurons_q     <= '0;
      factor_q      <= '0;
      input_shift_q <= '0;
      limit_q       <= '0;
      scaled_q      <= 1'b0;
      {bias_q, two_sided_q, drawn_q, by_channel_q, all_steps_q, shaped_q, negative_q, pooled_q} <= '0;
    end else if (take_i) begin
      if (in_header_i) begin
        previous_q <= inputs[15:0];
        shaped_q   <= 1'b0;
        scaled_q   <= 1'b0;
      end else begin
        case (32'({layer_word_i, 2'b00}))
          phasic_pkg::LayerNeurons:    neurons_q <= word_i[15:0];
          phasic_pkg::LayerFlags: begin
            bias_q      <= word_i[phasic_pkg::LayerFlagsBiasBit];
            two_sided_q <= word_i[phasic_pkg::LayerFlagsTwoSidedBit];
            drawn_q      <= Drawn && word_i[phasic_pkg::LayerFlagsDrawnBit];
            by_channel_q <= Drawn && word_i[phasic_pkg::LayerFlagsByChannelBit];
          end
          phasic_pkg::LayerThreshold:  negative_q    <= word_i[31];
          phasic_pkg::LayerFactor:     factor_q      <= word_i[2:0];
          phasic_pkg::LayerInputShift: input_shift_q <= word_i[3:0];
          phasic_pkg::LayerSpan:       all_steps_q   <= word_i[0];
          phasic_pkg::LayerConnection: shaped_q      <= Convolution && used_i && 1'(phasic_pkg::ConnectionHasShape >> word_i[0]);
          phasic_pkg::LayerGrid:       pooled_q      <= Features && word_i != '0;
          phasic_pkg::LayerRetrogradeLimit: limit_q  <= Retrograde ? word_i[7:0] : '0;
          phasic_pkg::LayerBytes - 4: begin
            previous_q <= neurons_q;
            scaled_q   <= limit_q != '0;
          end
          default: ;
        endcase
      end
    end
  end

  // ---- Its fields --------------------------------------------------------------------------------------------------------------
  logic layer_legal, shape_legal;
  logic [31:0] layer_flags;     // that a layer may have
  logic signed_16;              // the word is a sign-extended 16-bit number
  logic competes, slows;        // factor competition; or one whose rate falls with each win
  assign layer_flags = 32'(LayerFlagsAlways)
                       | (32'(Drawn && word_i[phasic_pkg::LayerFlagsDrawnBit]) << phasic_pkg::LayerFlagsByChannelBit);
  assign signed_16 = word_i[31:15] == {17{word_i[15]}};
  assign competes  = 1'(phasic_pkg::FactorCompetes >> factor_q);
  assign slows     = 1'((phasic_pkg::FactorCompetes | phasic_pkg::FactorMovesFilters) >> factor_q);

  always_comb begin
    case (32'({layer_word_i, 2'b00}))
      phasic_pkg::LayerNeurons:    layer_legal = (word_i != '0) && (word_i <= 32'(MaxNeurons));
      phasic_pkg::LayerFlags:
        layer_legal = ((word_i & ~layer_flags) == '0) && (32'(previous_q) + 32'(word_i[0]) <= 32'(MaxRows));
      phasic_pkg::LayerThreshold:  layer_legal = signed_16;
      phasic_pkg::LayerWindow:     layer_legal = signed_16;
      phasic_pkg::LayerLeak:       layer_legal = (word_i <= 32'(phasic_pkg::LayerLeakMaximum)) && (State || (word_i[7:0] == '0));
      phasic_pkg::LayerInputShift: layer_legal = word_i <= 32'(phasic_pkg::LayerInputShiftMaximum);
      phasic_pkg::LayerFactor:
        layer_legal = (word_i <= 32'(phasic_pkg::LayerFactorMaximum)) && !(1'(FactorsAbsent >> word_i[2:0]))
            && (!(1'(phasic_pkg::FactorByClass >> word_i[2:0])) || (32'(neurons_q) >= classes))
            && !(1'((last_i ? phasic_pkg::FactorHiddenOnly : phasic_pkg::FactorLastOnly) >> word_i[2:0]))
            && (!(1'(phasic_pkg::FactorGradedOnly >> word_i[2:0])) || graded)
            && !(1'(phasic_pkg::FactorWithoutBias >> word_i[2:0]) && bias_q)
            && (1'(phasic_pkg::FactorMayDraw >> word_i[2:0]) || !drawn_q)
            && !(1'(phasic_pkg::FactorWithoutPotentials >> word_i[2:0]) && tracing)
            && (1'(phasic_pkg::FactorByCoincidence >> word_i[2:0]) || !scaled_q)
            && (!(1'(phasic_pkg::FactorCompetes >> word_i[2:0])) || (32'(input_shift_q) <= 32'(phasic_pkg::CompetitionInputShift)));
      phasic_pkg::LayerSpan:
        layer_legal = (word_i <= 32'(phasic_pkg::LayerSpanMaximum))
            && ((word_i != 32'(phasic_pkg::SpanAllSteps))
                || (!graded && (!(1'(phasic_pkg::FactorByCoincidence >> factor_q)) || (32'(neurons_q) <= 32'(MaxOutputs)))));
      phasic_pkg::LayerRounding:      layer_legal = word_i <= 32'(phasic_pkg::LayerRoundingMaximum);
      phasic_pkg::LayerRate:          layer_legal = word_i[31:16] == '0;
      phasic_pkg::LayerFactorShift:
        layer_legal = word_i <= 32'(slows ? phasic_pkg::CompetitionFactorShift : phasic_pkg::LayerFactorShiftMaximum);
      phasic_pkg::LayerWeightsOffset: layer_legal = word_i[5:0] == '0;
      phasic_pkg::LayerLevelsOffset:  layer_legal = word_i[5:0] == '0;
      phasic_pkg::LayerPost:          layer_legal = word_i <= (Posts ? 32'(phasic_pkg::LayerPostMaximum) : 32'd0);
      phasic_pkg::LayerTraceShift:    layer_legal = word_i <= ((Posts && all_steps_q) ? 32'(phasic_pkg::LayerTraceShiftMaximum) : 32'd0);
      phasic_pkg::LayerHomeostasis:   layer_legal = word_i <= (Handicaps ? 32'(phasic_pkg::LayerHomeostasisMaximum) : 32'd0);
      phasic_pkg::LayerReset:         layer_legal = (word_i <= 32'(phasic_pkg::LayerResetMaximum)) && !(1'(ResetsAbsent >> word_i[1:0]));
      phasic_pkg::LayerConnection:
        layer_legal = (word_i <= 32'(phasic_pkg::LayerConnectionMaximum)) && !(1'(ConnectionsAbsent >> word_i[0]))
            && !(1'((1'(phasic_pkg::ConnectionHasShape >> word_i[0]) ? phasic_pkg::FactorDenseOnly : phasic_pkg::FactorShapeOnly) >> factor_q))
            && (1'(phasic_pkg::ConnectionHasShape >> word_i[0]) ? !scaled_q : !by_channel_q);
      phasic_pkg::LayerSourceRows, phasic_pkg::LayerSourceColumns, phasic_pkg::LayerSourceChannels, phasic_pkg::LayerPool,
      phasic_pkg::LayerPadding, phasic_pkg::LayerStride, phasic_pkg::LayerKernelRows, phasic_pkg::LayerKernelColumns,
      phasic_pkg::LayerChannels:
        layer_legal = shape_legal;
      phasic_pkg::LayerGrid:
        layer_legal = (word_i == '0) ? !two_sided_q
                      : Features && graded && shaped_q && 1'(phasic_pkg::FactorHasGrid >> factor_q) && !negative_q && shape_legal;
      phasic_pkg::LayerAnswerScale:  layer_legal = word_i <= (pooled_q ? 32'(phasic_pkg::LayerAnswerScaleMaximum) : 32'd0);
      phasic_pkg::LayerAnswerShift:  layer_legal = word_i <= (pooled_q ? 32'(phasic_pkg::LayerAnswerShiftMaximum) : 32'd0);
      phasic_pkg::LayerMemoryOffset: layer_legal = 1'(phasic_pkg::FactorHasMemory >> factor_q) ? word_i[5:0] == '0 : word_i == '0;
      phasic_pkg::LayerTargetShift:
        layer_legal = word_i <= (1'(phasic_pkg::FactorMovesFilters >> factor_q) ? 32'(phasic_pkg::LayerTargetShiftMaximum) : 32'd0);
      phasic_pkg::LayerSynapticLeak: layer_legal = word_i <= ((Currents && !graded) ? 32'(phasic_pkg::LayerSynapticLeakMaximum) : 32'd0);
      phasic_pkg::LayerRetrogradeLimit:
        layer_legal = word_i <= ((Retrograde && !last_i && 1'(phasic_pkg::FactorMayScale >> factor_q))
                                 ? 32'(phasic_pkg::LayerRetrogradeLimitMaximum) : 32'd0);
      phasic_pkg::LayerRetrogradeBase:  layer_legal = word_i <= 32'(limit_q);
      phasic_pkg::LayerRetrogradeShift: layer_legal = word_i <= ((limit_q != '0) ? 32'(phasic_pkg::LayerRetrogradeShiftMaximum) : 32'd0);
      default:                       layer_legal = word_i == '0;
    endcase
  end

  assign legal_o = in_header_i ? header_legal : layer_legal;

  // ---- Shapes ------------------------------------------------------------------------------------------------------------------
  if (Convolution) begin : gen_shapes
    phasic_program_shape #(
      .Lanes   (Lanes),
      .Engines (Engines),
      .MaxRows (MaxRows),
      .SumDepth(SumDepth),
      .Grids   (Features)
    ) u_shape (
      .clk_i,
      .rst_ni,
      .take_i        (take_i && !in_header_i),
      .layer_i,
      .layer_word_i,
      .word_i,
      .shaped_i      (shaped_q),
      .bias_i        (bias_q),
      .two_sided_i   (two_sided_q),
      .sources_i     (previous_q),
      .neurons_i     (neurons_q),
      .legal_o       (shape_legal),
      .before_legal_o,
      .busy_o,
      .fault_o,
      .kernel_rows_o,
      .positions_o,
      .sum_words_o,
      .neuron_words_o
    );
  end else begin : gen_no_shapes
    assign shape_legal = word_i == '0;
    assign before_legal_o = 1'b1;
    assign {busy_o, fault_o, kernel_rows_o, positions_o, sum_words_o, neuron_words_o} = '0;
  end

  logic unused_bits;
  assign unused_bits = ^{program_i, competes, shaped_q, negative_q, two_sided_q, layer_i};
endmodule

`default_nettype wire
