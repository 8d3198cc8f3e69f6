// SPDX-License-Identifier: Apache-2.0
// Reads the program block, checks its fields in order of address, then the capacity of the synapse memories and the sizes of buffers.
//
// Handshake: start_i begins; the block is asked for with one read command (offset 0 of the program buffer) and all of its words are
//            taken. done_o pulses at the end with error_code_o (none if the program is good) and error_detail_o. The program and what
//            is computed from it hold until the next start.
// Latency:   144 words, then at most 33 cycles for each product (three a layer, then four); seven products more for the shape of a convolution.
// Parameters: those of the kernel.
`default_nettype none

module phasic_program #(
  parameter int Lanes = 64,
  parameter int WeightWidth = 8,
  parameter int Engines = 4,
  parameter int MaxRows = 1024,
  parameter int MaxNeurons = 1024,
  parameter int MaxSteps = 32,
  parameter int MaxClasses = 64,
  parameter int MaxOutputs = 64,
  parameter int WeightDepth = 16384,
  parameter int Rules = 0,
  localparam int DescriptorBits = 8 * phasic_pkg::LayerGrid,
  // The positions of a convolution have up to three rows of state each.
  localparam int StoredBits = ((Rules & phasic_pkg::RulesConvolution) != 0) ? 18 : 16
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   start_i,
  output logic                   done_o,
  output logic [31:0]            error_code_o,
  output logic [31:0]            error_detail_o,
  // Arguments of the run
  input  logic [31:0]            weights_bytes_i,
  input  logic [31:0]            tables_bytes_i,
  input  logic [31:0]            samples_bytes_i,
  input  logic [31:0]            results_bytes_i,
  input  logic [31:0]            trace_bytes_i,
  input  logic [31:0]            sample_count_i,
  // Read command and words
  output logic                   cmd_valid_o,
  input  logic                   cmd_ready_i,
  output logic [31:0]            cmd_bytes_o,
  input  logic                   word_valid_i,
  output logic                   word_ready_o,
  input  logic [31:0]            word_i,
  input  logic                   word_error_i,
  // The program, of each descriptor what comes before its reserved words. Descriptors of layers that are not used are 0
  output logic [511:0]           program_o,
  output logic [Engines*DescriptorBits-1:0] layers_o,
  output logic [Engines*16-1:0]  sources_o,          // sources of each layer, bias included
  output logic [Engines*16-1:0]  rows_o,             // rows of weights of each layer, bias included
  output logic [Engines*StoredBits-1:0] stored_rows_o,  // rows of each layer in memory: state follows
  output logic [Engines*16-1:0]  row_width_o,        // weights of a row of each layer: its neurons, or the channels of a position
  output logic [Engines*16-1:0]  row_words_o,        // ceil(width / Lanes) of each layer
  output logic [Engines*16-1:0]  neuron_words_o,     // words of each layer's neurons
  output logic [Engines*32-1:0]  layer_weights_o,    // bytes of each layer's rows in memory
  output logic [Engines*32-1:0]  layer_tables_o,     // bytes of each layer's level table (valid if it has one)
  output logic [Engines*32-1:0]  layer_trace_o,      // bytes of each layer's trace of a sample (valid if traced)
  output logic [31:0]            sample_trace_o      // bytes of the trace of a sample (valid if traced)
);
  localparam int LaneShift = $clog2(Lanes);
  localparam int DescriptorWords = DescriptorBits / 32;
  localparam int WordCount = (phasic_pkg::ProgramHeaderBytes + phasic_pkg::MaxLayers * phasic_pkg::LayerBytes) / 4;
  localparam int LayerBits = (Engines > 1) ? $clog2(Engines) : 1;
  localparam bit Posts       = (Rules & phasic_pkg::RulesPost) != 0;
  localparam bit Feedback    = (Rules & phasic_pkg::RulesFeedback) != 0;
  localparam bit Competition = (Rules & phasic_pkg::RulesCompetition) != 0;
  localparam bit Graded      = (Rules & phasic_pkg::RulesGraded) != 0;
  localparam bit State       = (Rules & phasic_pkg::RulesState) != 0;
  localparam bit Convolution = (Rules & phasic_pkg::RulesConvolution) != 0;
  // Values of enumerations that the build was made without.
  localparam int FactorsAbsent = (Feedback ? 0 : phasic_pkg::FactorNeedsFeedback)
                                 | (Competition ? 0 : phasic_pkg::FactorNeedsCompetition)
                                 | phasic_pkg::FactorNeedsFeatures | phasic_pkg::FactorNeedsDiscriminant;
  localparam int KindsAbsent   = Graded ? 0 : phasic_pkg::SampleKindNeedsGraded;
  localparam int ResetsAbsent  = State ? 0 : phasic_pkg::ResetNeedsState;
  localparam int ConnectionsAbsent = Convolution ? 0 : phasic_pkg::ConnectionNeedsConvolution;
  // Rows of squares and wins, and those of potentials and spikes.
  localparam int CompetitionRows = (phasic_pkg::SquaresWidth + phasic_pkg::WinsWidth) / WeightWidth;
  localparam int KeptRows        = phasic_pkg::PotentialWidth / WeightWidth + 1;
  localparam int FlagsAlways     = (1 << phasic_pkg::ProgramHeaderFlagsLearnBit) | (1 << phasic_pkg::ProgramHeaderFlagsTraceBit);

  localparam logic [3:0] StIdle     = 4'd0;
  localparam logic [3:0] StCommand  = 4'd1;
  localparam logic [3:0] StRead     = 4'd2;
  localparam logic [3:0] StFields   = 4'd3;
  localparam logic [3:0] StCapacity = 4'd4;
  localparam logic [3:0] StWeights  = 4'd5;
  localparam logic [3:0] StTables   = 4'd6;
  localparam logic [3:0] StSamples  = 4'd7;
  localparam logic [3:0] StResults  = 4'd8;
  localparam logic [3:0] StTraceRow = 4'd9;
  localparam logic [3:0] StTrace    = 4'd10;
  localparam logic [3:0] StDone     = 4'd11;

  logic [3:0]             state_q;
  logic [7:0]             word_q;          // word of the block
  logic [511:0]           program_q;
  logic [Engines*DescriptorBits-1:0] layers_q;
  logic [15:0]            previous_q;      // neurons of the layer before the one that is checked, or inputs
  logic [15:0]            neurons_q;       // neurons of the layer that is checked
  logic [2:0]             factor_q;        // its factor
  logic [3:0]             input_shift_q;   // its input shift
  logic                   all_steps_q;     // its span is all_steps
  logic                   bus_error_q;
  logic                   field_error_q;
  logic [9:0]             field_q;         // offset of the first illegal field
  logic [31:0]            code_q;
  logic [31:0]            detail_q;

  // ---- Fields, in order of address -------------------------------------------------------------------------------------------
  logic [31:0] inputs;
  logic [31:0] layers;
  logic [31:0] steps;
  logic [31:0] classes;
  logic [1:0]  sample_kind;
  logic [31:0] stride;
  logic        tracing;
  logic        keeping;
  logic [31:0] legal_flags;
  assign inputs      = program_q[8*phasic_pkg::ProgramHeaderInputs +: 32];
  assign layers      = program_q[8*phasic_pkg::ProgramHeaderLayers +: 32];
  assign steps       = program_q[8*phasic_pkg::ProgramHeaderSteps +: 32];
  assign classes     = program_q[8*phasic_pkg::ProgramHeaderClasses +: 32];
  assign sample_kind = program_q[8*phasic_pkg::ProgramHeaderSampleKind +: 2];
  assign stride      = program_q[8*phasic_pkg::ProgramHeaderSampleStride +: 32];
  assign tracing     = program_q[8*phasic_pkg::ProgramHeaderFlags + phasic_pkg::ProgramHeaderFlagsTraceBit];
  assign keeping     = State && program_q[8*phasic_pkg::ProgramHeaderFlags + phasic_pkg::ProgramHeaderFlagsKeepBit];
  assign legal_flags = 32'(FlagsAlways)
      | (32'(State && !(1'(phasic_pkg::SampleKindIsGraded >> sample_kind))) << phasic_pkg::ProgramHeaderFlagsKeepBit);

  logic        take;
  logic        in_header;
  logic [2:0]  descriptor;       // of the word that is checked, if it is not in the header
  logic [4:0]  layer_word;       // its place in the descriptor
  logic        last;             // it is that of the last layer
  logic        used;             // the word belongs to the header or to a layer of the network
  logic        header_legal;
  logic        layer_legal;
  logic        signed_16;        // the word is a sign-extended 16-bit number
  logic        competes;         // the layer that is checked has factor competition

  assign take = word_valid_i && word_ready_o;
  assign in_header = word_q < 8'd16;
  assign {descriptor, layer_word} = word_q - 8'd16;
  assign last = 32'(descriptor) + 32'd1 == layers;
  assign used = in_header || (32'(descriptor) < layers);
  assign signed_16 = word_i[31:15] == {17{word_i[15]}};
  assign competes = 1'(phasic_pkg::FactorCompetes >> factor_q);

  always_comb begin
    case (32'({word_q[3:0], 2'b00}))
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

  always_comb begin
    case (32'({layer_word, 2'b00}))
      phasic_pkg::LayerNeurons:    layer_legal = (word_i != '0) && (word_i <= 32'(MaxNeurons));
      phasic_pkg::LayerFlags:
        layer_legal = (word_i[31:phasic_pkg::LayerFlagsBiasBit+1] == '0) && (32'(previous_q) + 32'(word_i[0]) <= 32'(MaxRows));
      phasic_pkg::LayerThreshold:  layer_legal = signed_16;
      phasic_pkg::LayerWindow:     layer_legal = signed_16;
      phasic_pkg::LayerLeak:       layer_legal = (word_i <= 32'(phasic_pkg::LayerLeakMaximum)) && (State || (word_i[7:0] == '0));
      phasic_pkg::LayerInputShift: layer_legal = word_i <= 32'(phasic_pkg::LayerInputShiftMaximum);
      phasic_pkg::LayerFactor:
        layer_legal = (word_i <= 32'(phasic_pkg::LayerFactorMaximum)) && !(1'(FactorsAbsent >> word_i[2:0]))
            && (!(1'(phasic_pkg::FactorByClass >> word_i[2:0])) || (32'(neurons_q) >= classes))
            && !(1'((last ? phasic_pkg::FactorHiddenOnly : phasic_pkg::FactorLastOnly) >> word_i[2:0]))
            && (!(1'(phasic_pkg::FactorCompetes >> word_i[2:0]))
                || (!tracing && (32'(input_shift_q) <= 32'(phasic_pkg::CompetitionInputShift))));
      phasic_pkg::LayerSpan:
        layer_legal = (word_i <= 32'(phasic_pkg::LayerSpanMaximum))
            && ((word_i != 32'(phasic_pkg::SpanAllSteps))
                || (!(1'(phasic_pkg::SampleKindIsGraded >> sample_kind))
                    && (!(1'(phasic_pkg::FactorByCoincidence >> factor_q)) || (32'(neurons_q) <= 32'(MaxOutputs)))));
      phasic_pkg::LayerRounding:      layer_legal = word_i <= 32'(phasic_pkg::LayerRoundingMaximum);
      phasic_pkg::LayerRate:          layer_legal = word_i[31:16] == '0;
      phasic_pkg::LayerFactorShift:
        layer_legal = word_i <= 32'(competes ? phasic_pkg::CompetitionFactorShift : phasic_pkg::LayerFactorShiftMaximum);
      phasic_pkg::LayerWeightsOffset: layer_legal = word_i[5:0] == '0;
      phasic_pkg::LayerLevelsOffset:  layer_legal = word_i[5:0] == '0;
      phasic_pkg::LayerPost:          layer_legal = word_i <= (Posts ? 32'(phasic_pkg::LayerPostMaximum) : 32'd0);
      phasic_pkg::LayerTraceShift:    layer_legal = word_i <= ((Posts && all_steps_q) ? 32'(phasic_pkg::LayerTraceShiftMaximum) : 32'd0);
      phasic_pkg::LayerHomeostasis:   layer_legal = word_i <= (Competition ? 32'(phasic_pkg::LayerHomeostasisMaximum) : 32'd0);
      phasic_pkg::LayerReset:         layer_legal = (word_i <= 32'(phasic_pkg::LayerResetMaximum)) && !(1'(ResetsAbsent >> word_i[1:0]));
      phasic_pkg::LayerConnection:
        layer_legal = (word_i <= 32'(phasic_pkg::LayerConnectionMaximum)) && !(1'(ConnectionsAbsent >> word_i[0]))
            && !(1'(phasic_pkg::ConnectionHasShape >> word_i[0]) && competes);
      phasic_pkg::LayerSourceRows, phasic_pkg::LayerSourceColumns, phasic_pkg::LayerSourceChannels, phasic_pkg::LayerPool,
      phasic_pkg::LayerPadding, phasic_pkg::LayerStride, phasic_pkg::LayerKernelRows, phasic_pkg::LayerKernelColumns,
      phasic_pkg::LayerChannels:
        layer_legal = shape_legal;
      default:                        layer_legal = word_i == '0;
    endcase
  end

  for (genvar w = 0; w < 16; w++) begin : gen_header
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        program_q[32*w +: 32] <= '0;
      end else if (take && (word_q == 8'(w))) begin
        program_q[32*w +: 32] <= word_i;
      end
    end
  end
  for (genvar w = 0; w < DescriptorWords * Engines; w++) begin : gen_layers
    // Without convolutions the fields of their shapes are 0.
    localparam bit Kept = Convolution || w % DescriptorWords < phasic_pkg::LayerSourceRows / 4;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        layers_q[32*w +: 32] <= '0;
      end else if (Kept && take && (word_q == 8'(16 + 32 * (w / DescriptorWords) + w % DescriptorWords))) begin
        layers_q[32*w +: 32] <= used ? word_i : '0;
      end
    end
  end

  // ---- Shapes of convolutions ------------------------------------------------------------------------------------------------
  logic                   shape_legal, shape_busy, shape_fault;
  logic [Engines*16-1:0]  kernel_rows, positions, shape_words;

  if (Convolution) begin : gen_shapes
    logic bias_q, shaped_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        bias_q   <= 1'b0;
        shaped_q <= 1'b0;
      end else if (take) begin
        if (layer_word == 5'(phasic_pkg::LayerFlags / 4)) bias_q <= word_i[phasic_pkg::LayerFlagsBiasBit];
        if (in_header) shaped_q <= 1'b0;
        else if (layer_word == 5'(phasic_pkg::LayerConnection / 4)) shaped_q <= used && 1'(phasic_pkg::ConnectionHasShape >> word_i[0]);
      end
    end

    phasic_program_shape #(
      .Lanes  (Lanes),
      .Engines(Engines),
      .MaxRows(MaxRows)
    ) u_shape (
      .clk_i,
      .rst_ni,
      .take_i        (take && !in_header),
      .layer_i       (descriptor[1:0]),
      .layer_word_i  (layer_word),
      .word_i,
      .shaped_i      (shaped_q),
      .bias_i        (bias_q),
      .sources_i     (previous_q),
      .neurons_i     (neurons_q),
      .legal_o       (shape_legal),
      .busy_o        (shape_busy),
      .fault_o       (shape_fault),
      .kernel_rows_o (kernel_rows),
      .positions_o   (positions),
      .neuron_words_o(shape_words)
    );
  end else begin : gen_no_shapes
    assign shape_legal = word_i == '0;
    assign {shape_busy, shape_fault, kernel_rows, positions, shape_words} = '0;
  end

  // ---- Sizes -----------------------------------------------------------------------------------------------------------------
  logic [LayerBits-1:0]   layer_q;
  logic                   last_layer;
  logic [15:0]            layer_neurons;
  logic [15:0]            layer_width;
  logic [StoredBits-1:0]  layer_rows;
  logic [15:0]            layer_row_words;
  logic [31:0]            layer_weights_offset;
  logic [31:0]            layer_levels_offset;
  logic                   layer_has_table;
  logic [15:0]            last_neurons;
  logic [Engines*32-1:0]  layer_weights_q;
  logic [Engines*32-1:0]  layer_tables_q;
  logic [Engines*32-1:0]  layer_trace_q;
  logic [31:0]            sample_trace_q;

  for (genvar e = 0; e < Engines; e++) begin : gen_shape
    logic [15:0] rows_before;
    if (e == 0) begin : gen_first
      assign rows_before = inputs[15:0];
    end else begin : gen_next
      assign rows_before = layers_q[DescriptorBits*(e-1) + 8*phasic_pkg::LayerNeurons +: 16];
    end
    logic shaped, bias;
    assign bias   = layers_q[DescriptorBits*e + 8*phasic_pkg::LayerFlags];
    assign shaped = Convolution && layers_q[DescriptorBits*e + 8*phasic_pkg::LayerConnection];
    assign sources_o[16*e +: 16]   = rows_before + 16'(bias);
    assign rows_o[16*e +: 16]      = shaped ? kernel_rows[16*e +: 16] + 16'(bias) : sources_o[16*e +: 16];
    assign row_width_o[16*e +: 16] = shaped ? layers_q[DescriptorBits*e + 8*phasic_pkg::LayerChannels +: 16]
                                            : layers_q[DescriptorBits*e + 8*phasic_pkg::LayerNeurons +: 16];
    assign stored_rows_o[StoredBits*e +: StoredBits] = StoredBits'(rows_o[16*e +: 16])
        + (1'(phasic_pkg::FactorCompetes >> layers_q[DescriptorBits*e + 8*phasic_pkg::LayerFactor +: 3]) ? StoredBits'(CompetitionRows)
           : !keeping ? StoredBits'(0)
           : shaped ? StoredBits'(KeptRows * 32'(positions[16*e +: 16])) : StoredBits'(KeptRows));
    assign row_words_o[16*e +: 16]    = 16'((17'(row_width_o[16*e +: 16]) + 17'(Lanes - 1)) >> LaneShift);
    assign neuron_words_o[16*e +: 16] = shaped ? shape_words[16*e +: 16] : row_words_o[16*e +: 16];
  end

  always_comb begin
    layer_neurons        = '0;
    layer_width          = '0;
    layer_rows           = '0;
    layer_row_words      = '0;
    layer_weights_offset = '0;
    layer_levels_offset  = '0;
    layer_has_table      = 1'b0;
    last_neurons         = '0;
    for (int e = 0; e < Engines; e++) begin
      if (layer_q == LayerBits'(e)) begin
        layer_neurons        = layers_q[DescriptorBits*e + 8*phasic_pkg::LayerNeurons +: 16];
        layer_width          = row_width_o[16*e +: 16];
        layer_rows           = stored_rows_o[StoredBits*e +: StoredBits];
        layer_row_words      = row_words_o[16*e +: 16];
        layer_weights_offset = layers_q[DescriptorBits*e + 8*phasic_pkg::LayerWeightsOffset +: 32];
        layer_levels_offset  = layers_q[DescriptorBits*e + 8*phasic_pkg::LayerLevelsOffset +: 32];
        layer_has_table      = 1'(phasic_pkg::FactorHasLevels >> layers_q[DescriptorBits*e + 8*phasic_pkg::LayerFactor +: 3]);
      end
      if (layers == 32'(e + 1)) last_neurons = layers_q[DescriptorBits*e + 8*phasic_pkg::LayerNeurons +: 16];
    end
  end
  assign last_layer = 32'(layer_q) + 32'd1 == layers;

  logic        multiply_q;        // starts the product of the state
  logic        multiply_done;
  logic [31:0] factor_a;
  logic [31:0] factor_b;
  logic [63:0] product;
  logic [63:0] sum;
  logic [31:0] addend;
  logic [31:0] limit;
  logic        exceeds;

  always_comb begin
    factor_a = 32'(layer_rows);
    factor_b = 32'(layer_row_words);
    addend   = '0;
    limit    = 32'(WeightDepth);
    case (state_q)
      StWeights: begin
        factor_b = ((32'(layer_width) * 32'(WeightWidth / 8) + 32'd63) >> 6) << 6;
        addend   = layer_weights_offset;
        limit    = weights_bytes_i;
      end
      StTables: begin
        factor_a = classes;
        factor_b = ((32'(layer_neurons) + 32'd63) >> 6) << 6;
        addend   = layer_levels_offset;
        limit    = tables_bytes_i;
      end
      StSamples: begin
        factor_a = sample_count_i;
        factor_b = stride;
        limit    = samples_bytes_i;
      end
      StResults: begin
        factor_a = sample_count_i;
        factor_b = ((32'(phasic_pkg::ResultRecordBytes) + (32'(last_neurons) << 2) + 32'd63) >> 6) << 6;
        addend   = 32'(phasic_pkg::ResultsHeaderBytes + phasic_pkg::MaxLayers * phasic_pkg::LayerCountersBytes);
        limit    = results_bytes_i;
      end
      StTraceRow: begin
        factor_a = steps;
        factor_b = (((32'(layer_neurons) << 1) + 32'd63) >> 6) << 6;
        addend   = sample_trace_q;
        limit    = '1;
      end
      StTrace: begin
        factor_a = sample_count_i;
        factor_b = sample_trace_q;
        limit    = trace_bytes_i;
      end
      default: ;
    endcase
  end

  phasic_multiply u_multiply (
    .clk_i,
    .rst_ni,
    .start_i  (multiply_q),
    .a_i      (factor_a),
    .b_i      (factor_b),
    .done_o   (multiply_done),
    .product_o(product)
  );
  assign sum = product + 64'(addend);
  assign exceeds = sum > 64'(limit);

  // ---- Sequence --------------------------------------------------------------------------------------------------------------
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q         <= StIdle;
      word_q          <= '0;
      previous_q      <= '0;
      neurons_q       <= '0;
      input_shift_q   <= '0;
      factor_q        <= '0;
      all_steps_q     <= 1'b0;
      bus_error_q     <= 1'b0;
      field_error_q   <= 1'b0;
      field_q         <= '0;
      code_q          <= '0;
      detail_q        <= '0;
      layer_q         <= '0;
      layer_weights_q <= '0;
      layer_tables_q  <= '0;
      layer_trace_q   <= '0;
      sample_trace_q  <= '0;
      multiply_q      <= 1'b0;
    end else begin
      multiply_q <= 1'b0;
      case (state_q)
        StIdle: begin
          if (start_i) begin
            state_q        <= StCommand;
            word_q         <= '0;
            bus_error_q    <= 1'b0;
            field_error_q  <= 1'b0;
            code_q         <= 32'(phasic_pkg::ErrorNone);
            detail_q       <= '0;
            layer_q        <= '0;
            sample_trace_q <= '0;
          end
        end
        StCommand: if (cmd_ready_i) state_q <= StRead;
        StRead: begin
          if (shape_fault && !field_error_q) begin
            field_error_q <= 1'b1;
            field_q       <= {word_q - 8'd1, 2'b00};
          end
          if (take) begin
            word_q <= word_q + 1'b1;
            if (word_error_i) bus_error_q <= 1'b1;
            if (used && !field_error_q && !(in_header ? header_legal : layer_legal)) begin
              field_error_q <= 1'b1;
              field_q       <= {word_q, 2'b00};
            end
            if (in_header) begin
              previous_q <= inputs[15:0];
            end else begin
              if (layer_word == 5'(phasic_pkg::LayerNeurons / 4)) neurons_q <= word_i[15:0];
              if (layer_word == 5'(phasic_pkg::LayerFactor / 4)) factor_q <= word_i[2:0];
              if (layer_word == 5'(phasic_pkg::LayerInputShift / 4)) input_shift_q <= word_i[3:0];
              if (layer_word == 5'(phasic_pkg::LayerSpan / 4)) all_steps_q <= word_i[0];
              if (layer_word == '1) previous_q <= neurons_q;
            end
            if (word_q == 8'(WordCount - 1)) state_q <= StFields;
          end
        end
        StFields: begin
          if (bus_error_q) begin
            state_q  <= StDone;
            code_q   <= 32'(phasic_pkg::ErrorBusRead);
            detail_q <= 32'(phasic_pkg::ArgumentProgram);
          end else if (field_error_q) begin
            state_q  <= StDone;
            code_q   <= 32'(phasic_pkg::ErrorProgramField);
            detail_q <= 32'(field_q);
          end else begin
            state_q    <= StCapacity;
            multiply_q <= 1'b1;
          end
        end
        StDone: state_q <= StIdle;
        default: begin
          if (multiply_done) begin
            multiply_q <= 1'b1;
            if (exceeds) begin
              state_q    <= StDone;
              multiply_q <= 1'b0;
              code_q     <= 32'(phasic_pkg::ErrorBufferSize);
            end
            case (state_q)
              StCapacity: begin
                layer_q <= last_layer ? '0 : layer_q + 1'b1;
                if (exceeds) begin
                  code_q   <= 32'(phasic_pkg::ErrorCapacity);
                  detail_q <= 32'(layer_q);
                end else if (last_layer) begin
                  state_q <= StWeights;
                end
              end
              StWeights: begin
                for (int e = 0; e < Engines; e++) begin
                  if (layer_q == LayerBits'(e)) layer_weights_q[32*e +: 32] <= product[31:0];
                end
                detail_q <= 32'(phasic_pkg::ArgumentWeights);
                if (!exceeds) begin
                  if (layer_has_table) begin
                    state_q <= StTables;
                  end else begin
                    layer_q <= last_layer ? '0 : layer_q + 1'b1;
                    if (last_layer) state_q <= StSamples;
                  end
                end
              end
              StTables: begin
                for (int e = 0; e < Engines; e++) begin
                  if (layer_q == LayerBits'(e)) layer_tables_q[32*e +: 32] <= product[31:0];
                end
                detail_q <= 32'(phasic_pkg::ArgumentTables);
                layer_q  <= last_layer ? '0 : layer_q + 1'b1;
                if (!exceeds) state_q <= last_layer ? StSamples : StWeights;
              end
              StSamples: begin
                detail_q <= 32'(phasic_pkg::ArgumentSamples);
                if (!exceeds) state_q <= StResults;
              end
              StResults: begin
                detail_q <= 32'(phasic_pkg::ArgumentResults);
                if (!exceeds) begin
                  state_q    <= tracing ? StTraceRow : StDone;
                  multiply_q <= tracing;
                end
              end
              StTraceRow: begin
                for (int e = 0; e < Engines; e++) begin
                  if (layer_q == LayerBits'(e)) layer_trace_q[32*e +: 32] <= product[31:0];
                end
                sample_trace_q <= sum[31:0];
                layer_q        <= last_layer ? '0 : layer_q + 1'b1;
                if (last_layer) state_q <= StTrace;
              end
              default: begin
                detail_q <= 32'(phasic_pkg::ArgumentTrace);
                if (!exceeds) begin
                  state_q    <= StDone;
                  multiply_q <= 1'b0;
                end
              end
            endcase
          end
        end
      endcase
    end
  end

  assign cmd_valid_o    = state_q == StCommand;
  assign cmd_bytes_o    = 32'(4 * WordCount);
  assign word_ready_o   = state_q == StRead && !shape_busy;
  assign done_o         = state_q == StDone;
  assign error_code_o   = code_q;
  assign error_detail_o = (code_q == 32'(phasic_pkg::ErrorNone)) ? '0 : detail_q;

  assign program_o       = program_q;
  assign layers_o        = layers_q;
  assign layer_weights_o = layer_weights_q;
  assign layer_tables_o  = layer_tables_q;
  assign layer_trace_o   = layer_trace_q;
  assign sample_trace_o  = sample_trace_q;
endmodule

`default_nettype wire
