// SPDX-License-Identifier: Apache-2.0
// Reads the program block, checks its fields in order of address, then the capacity of the synapse memories and the sizes of buffers.
//
// Handshake: start_i begins; the block is asked for with one read command (offset 0 of the program buffer) and all of its words are
//            taken. done_o pulses at the end with error_code_o (none if the program is good) and error_detail_o. The program and what
//            is computed from it hold until the next start.
// Latency:   400 words, then at most 33 cycles for each product (three a layer, then four); seven more for the shape of a convolution, two for
//            a grid and two for what a layer keeps beside its weights.
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
  parameter int SumDepth = 0,
  parameter int MemoryDepth = 0,
  localparam int DescriptorBits = ((Rules & phasic_pkg::RulesRetrograde) != 0) ? 8 * phasic_pkg::LayerReserved
                                  : ((Rules & phasic_pkg::RulesCurrent) != 0) ? 8 * phasic_pkg::LayerRetrogradeLimit
                                  : ((Rules & (phasic_pkg::RulesFeatures | phasic_pkg::RulesDiscriminant)) != 0) ? 8 * phasic_pkg::LayerSynapticLeak
                                                                                                          : 8 * phasic_pkg::LayerGrid,
  // The positions of a convolution have up to three rows of state each, with currents seven.
  localparam int StoredBits = ((Rules & phasic_pkg::RulesConvolution) == 0) ? 16 : ((Rules & phasic_pkg::RulesCurrent) != 0) ? 19 : 18
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
  // The program, of each descriptor what comes before the grid, or before the synaptic leak if there can be one or a memory. Descriptors of layers that are not used are 0
  output logic [511:0]           program_o,
  output logic [Engines*DescriptorBits-1:0] layers_o,
  output logic [Engines*16-1:0]  sources_o,          // sources of each layer, bias included
  output logic [Engines*16-1:0]  rows_o,             // rows of weights of each layer, bias included
  output logic [Engines*StoredBits-1:0] stored_rows_o,  // rows of each layer in memory: state follows
  output logic [Engines*16-1:0]  row_width_o,        // weights of a row of each layer: its neurons, or the channels of a position
  output logic [Engines*16-1:0]  row_words_o,        // ceil(width / Lanes) of each layer
  output logic [Engines*16-1:0]  neuron_words_o,     // words of each layer's neurons
  output logic [Engines*32-1:0]  sum_words_o,        // words of each layer's sums: the same but with a grid
  output logic [Engines*32-1:0]  layer_weights_o,    // bytes of each layer's rows in memory
  output logic [Engines*32-1:0]  layer_memory_o,     // bytes of what it keeps beside them, but for the last row (valid if it keeps something)
  output logic [Engines*32-1:0]  layer_tables_o,     // bytes of each layer's level table or recipe (valid if it has one)
  output logic [Engines*32-1:0]  layer_trace_o,      // bytes of each layer's trace of a sample (valid if traced)
  output logic [31:0]            sample_trace_o      // bytes of the trace of a sample (valid if traced)
);
  localparam int DescriptorWords = DescriptorBits / 32;   // that are kept
  localparam int LayerWords = phasic_pkg::LayerBytes / 4;
  // Only in descriptors that have it.
  localparam int MemoryOffsetBit = (DescriptorBits > 8 * phasic_pkg::LayerMemoryOffset) ? 8 * phasic_pkg::LayerMemoryOffset : 0;
  localparam int WordCount = (phasic_pkg::ProgramHeaderBytes + phasic_pkg::MaxLayers * phasic_pkg::LayerBytes) / 4;
  localparam int LayerBits = (Engines > 1) ? $clog2(Engines) : 1;
  localparam bit State       = (Rules & phasic_pkg::RulesState) != 0;
  localparam bit Drawn       = (Rules & phasic_pkg::RulesDrawn) != 0;
  localparam bit Convolution = (Rules & phasic_pkg::RulesConvolution) != 0;
  localparam bit Currents    = (Rules & phasic_pkg::RulesCurrent) != 0;
  localparam bit Memories    = (Rules & (phasic_pkg::RulesFeatures | phasic_pkg::RulesDiscriminant)) != 0;
  localparam int SynapticLeakBit = Currents ? 8 * phasic_pkg::LayerSynapticLeak : 0;
  // Rows of squares and wins, of wins alone, of offsets, those of potentials and spikes, and with currents of these, too.
  localparam int CompetitionRows = (phasic_pkg::SquaresWidth + phasic_pkg::WinsWidth) / WeightWidth;
  localparam int WinsRows        = phasic_pkg::WinsWidth / WeightWidth;
  localparam int OffsetRows      = phasic_pkg::MemoryWidth / WeightWidth;
  localparam int KeptRows        = phasic_pkg::PotentialWidth / WeightWidth + 1;
  localparam int LastingRows     = KeptRows + phasic_pkg::CurrentWidth / WeightWidth;

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
  localparam logic [3:0] StKept     = 4'd12;   // words of what a layer keeps beside its rows,
  localparam logic [3:0] StMemory   = 4'd13;   // and its bytes

  logic [3:0]             state_q;
  logic [8:0]             word_q;          // word of the block
  logic [2:0]             descriptor_q;    // of that word, if it is not in the header,
  logic [5:0]             layer_word_q;    // and its place in the descriptor
  logic [511:0]           program_q;
  logic [Engines*DescriptorBits-1:0] layers_q;
  logic                   bus_error_q;
  logic                   field_error_q;
  logic [10:0]            field_q;         // offset of the first illegal field
  logic [31:0]            code_q;
  logic [31:0]            detail_q;

  // ---- Fields, in order of address -------------------------------------------------------------------------------------------
  logic [15:0] inputs;
  logic [31:0] layers;
  logic [31:0] steps;
  logic [31:0] classes;
  logic [31:0] stride;
  logic        tracing;
  logic        keeping;
  assign inputs  = program_q[8*phasic_pkg::ProgramHeaderInputs +: 16];
  assign layers  = program_q[8*phasic_pkg::ProgramHeaderLayers +: 32];
  assign steps   = program_q[8*phasic_pkg::ProgramHeaderSteps +: 32];
  assign classes = program_q[8*phasic_pkg::ProgramHeaderClasses +: 32];
  assign stride  = program_q[8*phasic_pkg::ProgramHeaderSampleStride +: 32];
  assign tracing = program_q[8*phasic_pkg::ProgramHeaderFlags + phasic_pkg::ProgramHeaderFlagsTraceBit];
  assign keeping = State && program_q[8*phasic_pkg::ProgramHeaderFlags + phasic_pkg::ProgramHeaderFlagsKeepBit];

  logic        take;
  logic        in_header;
  logic        used;             // the word belongs to the header or to a layer of the network
  logic        legal;
  logic        before_legal;     // so is the word before, on which this one decides
  logic        late_fault;       // the last word taken turns out to be illegal
  logic        fields_busy;
  logic [Engines*16-1:0] kernel_rows, positions, shape_words;
  logic [Engines*32-1:0] shape_sums;

  assign take = word_valid_i && word_ready_o;
  assign in_header = word_q < 9'd16;
  assign used = in_header || (32'(descriptor_q) < layers);

  phasic_program_fields #(
    .Lanes(Lanes), .Engines(Engines), .MaxRows(MaxRows), .MaxNeurons(MaxNeurons), .MaxSteps(MaxSteps), .MaxClasses(MaxClasses),
    .MaxOutputs(MaxOutputs), .SumDepth(SumDepth), .Rules(Rules)
  ) u_fields (
    .clk_i,
    .rst_ni,
    .take_i        (take),
    .word_i,
    .in_header_i   (in_header),
    .used_i        (used),
    .header_word_i (word_q[3:0]),
    .layer_i       (descriptor_q),
    .layer_word_i  (layer_word_q),
    .last_i        (32'(descriptor_q) + 32'd1 == layers),
    .program_i     (program_q),
    .legal_o       (legal),
    .before_legal_o(before_legal),
    .busy_o        (fields_busy),
    .fault_o       (late_fault),
    .kernel_rows_o (kernel_rows),
    .positions_o   (positions),
    .sum_words_o   (shape_sums),
    .neuron_words_o(shape_words)
  );

  for (genvar w = 0; w < 16; w++) begin : gen_header
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        program_q[32*w +: 32] <= '0;
      end else if (take && (word_q == 9'(w))) begin
        program_q[32*w +: 32] <= word_i;
      end
    end
  end
  for (genvar w = 0; w < DescriptorWords * Engines; w++) begin : gen_layers
    // Fields that the build has no use for are 0.
    localparam int Word = w % DescriptorWords;
    localparam bit Kept = Word < phasic_pkg::LayerSourceRows / 4 || (Word < phasic_pkg::LayerGrid / 4 && Convolution)
                          || (Word >= phasic_pkg::LayerGrid / 4 && Word < phasic_pkg::LayerSynapticLeak / 4 && Memories)
                          || (Word == phasic_pkg::LayerSynapticLeak / 4 && Currents) || Word >= phasic_pkg::LayerRetrogradeLimit / 4;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        layers_q[32*w +: 32] <= '0;
      end else if (Kept && take && (word_q == 9'(16 + LayerWords * (w / DescriptorWords) + w % DescriptorWords))) begin
        layers_q[32*w +: 32] <= used ? word_i : '0;
      end
    end
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
  logic                   layer_drawn;           // it is a recipe
  logic                   layer_has_memory;
  logic                   layer_moves_filters;   // its memory is one of targets; else that of a discriminant
  logic [15:0]            layer_sources;         // rows of weights without a bias
  logic [31:0]            layer_memory_offset;
  logic [15:0]            last_neurons;
  logic [Engines*32-1:0]  layer_weights_q;
  logic [Engines*32-1:0]  layer_memory_q;
  logic [Engines*32-1:0]  layer_tables_q;
  logic [Engines*32-1:0]  layer_trace_q;
  logic [31:0]            sample_trace_q;

  for (genvar e = 0; e < Engines; e++) begin : gen_shape
    logic [15:0] rows_before;
    if (e == 0) begin : gen_first
      assign rows_before = inputs;
    end else begin : gen_next
      assign rows_before = layers_q[DescriptorBits*(e-1) + 8*phasic_pkg::LayerNeurons +: 16];
    end
    logic       shaped, bias, lasts;
    logic [2:0] factor;
    assign factor = layers_q[DescriptorBits*e + 8*phasic_pkg::LayerFactor +: 3];
    assign bias   = layers_q[DescriptorBits*e + 8*phasic_pkg::LayerFlags];
    assign shaped = Convolution && layers_q[DescriptorBits*e + 8*phasic_pkg::LayerConnection];
    assign lasts  = Currents && layers_q[DescriptorBits*e + SynapticLeakBit +: 16] != '0;
    assign sources_o[16*e +: 16]   = rows_before + 16'(bias);
    assign rows_o[16*e +: 16]      = shaped ? kernel_rows[16*e +: 16] + 16'(bias) : sources_o[16*e +: 16];
    assign row_width_o[16*e +: 16] = shaped ? layers_q[DescriptorBits*e + 8*phasic_pkg::LayerChannels +: 16]
                                            : layers_q[DescriptorBits*e + 8*phasic_pkg::LayerNeurons +: 16];
    assign stored_rows_o[StoredBits*e +: StoredBits] = StoredBits'(rows_o[16*e +: 16])
        + (1'(phasic_pkg::FactorCompetes >> factor) ? StoredBits'(CompetitionRows)
           : Memories && 1'(phasic_pkg::FactorMovesFilters >> factor) ? StoredBits'(WinsRows)
           : Memories && 1'(phasic_pkg::FactorChangesMemory >> factor) ? StoredBits'(OffsetRows)
           : !keeping ? StoredBits'(0)
           : StoredBits'((lasts ? LastingRows : KeptRows) * (shaped ? 32'(positions[16*e +: 16]) : 32'd1)));
    assign row_words_o[16*e +: 16]    = 16'((32'(row_width_o[16*e +: 16]) + 32'(Lanes - 1)) / 32'(Lanes));
    assign neuron_words_o[16*e +: 16] = shaped ? shape_words[16*e +: 16] : row_words_o[16*e +: 16];
    assign sum_words_o[32*e +: 32]    = shaped ? shape_sums[32*e +: 32] : 32'(row_words_o[16*e +: 16]);
  end

  always_comb begin
    layer_neurons        = '0;
    layer_width          = '0;
    layer_rows           = '0;
    layer_row_words      = '0;
    layer_weights_offset = '0;
    layer_levels_offset  = '0;
    layer_has_table      = 1'b0;
    layer_drawn          = 1'b0;
    layer_has_memory     = 1'b0;
    layer_moves_filters  = 1'b0;
    layer_sources        = '0;
    layer_memory_offset  = '0;
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
        layer_drawn          = Drawn && layers_q[DescriptorBits*e + 8*phasic_pkg::LayerFlags + phasic_pkg::LayerFlagsDrawnBit];
        if (Memories) begin
          layer_has_memory    = 1'(phasic_pkg::FactorHasMemory >> layers_q[DescriptorBits*e + 8*phasic_pkg::LayerFactor +: 3]);
          layer_moves_filters = 1'(phasic_pkg::FactorMovesFilters >> layers_q[DescriptorBits*e + 8*phasic_pkg::LayerFactor +: 3]);
          layer_sources       = rows_o[16*e +: 16];
          layer_memory_offset = layers_q[DescriptorBits*e + MemoryOffsetBit +: 32];
        end
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
  logic [32:0] addend;
  logic [31:0] limit;
  logic [31:0] weight_words_q;   // of the rows of a layer
  logic [31:0] last_row_bytes;   // of the last row of a layer's memory
  logic [31:0] memory_rows;      // of its other rows
  logic        exceeds;

  assign memory_rows    = layer_moves_filters ? 32'(layer_sources) : 32'(layer_sources) + 32'(layer_neurons);
  assign last_row_bytes = (((layer_moves_filters ? 32'(layer_sources) << 2 : 32'(layer_neurons) << 2) + 32'd63) >> 6) << 6;

  always_comb begin
    factor_a = 32'(layer_rows);
    factor_b = 32'(layer_row_words);
    addend   = '0;
    limit    = 32'(WeightDepth);
    case (state_q)
      StKept: begin
        factor_a = memory_rows;
        factor_b = (32'(layer_sources) + 32'(Lanes - 1)) / 32'(Lanes);
        addend   = layer_moves_filters ? 33'(weight_words_q) : '0;
        limit    = layer_moves_filters ? 32'(WeightDepth) : 32'(MemoryDepth);
      end
      StMemory: begin
        factor_a = memory_rows;
        factor_b = (((layer_moves_filters ? 32'(layer_sources) : 32'(layer_sources) << 2) + 32'd63) >> 6) << 6;
        addend   = 33'(layer_memory_offset) + 33'(last_row_bytes);
        limit    = weights_bytes_i;
      end
      StWeights: begin
        factor_b = ((32'(layer_width) * 32'(WeightWidth / 8) + 32'd63) >> 6) << 6;
        addend   = 33'(layer_weights_offset);
        limit    = weights_bytes_i;
      end
      StTables: begin
        factor_a = layer_drawn ? 32'd1 : classes;
        factor_b = (((layer_drawn ? 32'(phasic_pkg::RecipeBytes) + (classes << 2) : 32'(layer_neurons)) + 32'd63) >> 6) << 6;
        addend   = 33'(layer_levels_offset);
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
        addend   = 33'(phasic_pkg::ResultsHeaderBytes + phasic_pkg::MaxLayers * phasic_pkg::LayerCountersBytes);
        limit    = results_bytes_i;
      end
      StTraceRow: begin
        factor_a = steps;
        factor_b = (((32'(layer_neurons) << 1) + 32'd63) >> 6) << 6;
        addend   = 33'(sample_trace_q);
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
      descriptor_q    <= '0;
      layer_word_q    <= '0;
      bus_error_q     <= 1'b0;
      field_error_q   <= 1'b0;
      field_q         <= '0;
      code_q          <= '0;
      detail_q        <= '0;
      layer_q         <= '0;
      layer_weights_q <= '0;
      layer_memory_q  <= '0;
      layer_tables_q  <= '0;
      weight_words_q  <= '0;
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
            descriptor_q   <= '0;
            layer_word_q   <= '0;
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
          if (late_fault && !field_error_q) begin
            field_error_q <= 1'b1;
            field_q       <= {word_q - 9'd1, 2'b00};
          end
          if (take) begin
            word_q <= word_q + 1'b1;
            if (!in_header) layer_word_q <= (layer_word_q == 6'(LayerWords - 1)) ? '0 : layer_word_q + 1'b1;
            if (layer_word_q == 6'(LayerWords - 1)) descriptor_q <= descriptor_q + 1'b1;
            if (word_error_i) bus_error_q <= 1'b1;
            if (used && !field_error_q && !(legal && before_legal)) begin
              field_error_q <= 1'b1;
              field_q       <= {before_legal ? word_q : word_q - 9'd1, 2'b00};
            end
            if (word_q == 9'(WordCount - 1)) state_q <= StFields;
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
              StCapacity, StKept: begin
                weight_words_q <= product[31:0];
                if (exceeds) begin
                  code_q   <= 32'(phasic_pkg::ErrorCapacity);
                  detail_q <= 32'(layer_q);
                end else if (state_q == StCapacity && layer_has_memory) begin
                  state_q <= StKept;
                end else begin
                  state_q <= last_layer ? StWeights : StCapacity;
                  layer_q <= last_layer ? '0 : layer_q + 1'b1;
                end
              end
              StWeights, StMemory: begin
                for (int e = 0; e < Engines; e++) begin
                  if (layer_q == LayerBits'(e) && state_q == StWeights) layer_weights_q[32*e +: 32] <= product[31:0];
                  if (layer_q == LayerBits'(e) && state_q == StMemory) layer_memory_q[32*e +: 32] <= product[31:0];
                end
                detail_q <= 32'(phasic_pkg::ArgumentWeights);
                if (!exceeds) begin
                  if (state_q == StWeights && layer_has_memory) begin
                    state_q <= StMemory;
                  end else if (layer_has_table) begin
                    state_q <= StTables;
                  end else begin
                    state_q <= last_layer ? StSamples : StWeights;
                    layer_q <= last_layer ? '0 : layer_q + 1'b1;
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
  assign word_ready_o   = state_q == StRead && !fields_busy;
  assign done_o         = state_q == StDone;
  assign error_code_o   = code_q;
  assign error_detail_o = (code_q == 32'(phasic_pkg::ErrorNone)) ? '0 : detail_q;

  assign program_o       = program_q;
  assign layers_o        = layers_q;
  assign layer_weights_o = layer_weights_q;
  assign layer_memory_o  = layer_memory_q;
  assign layer_tables_o  = layer_tables_q;
  assign layer_trace_o   = layer_trace_q;
  assign sample_trace_o  = sample_trace_q;
endmodule

`default_nettype wire
