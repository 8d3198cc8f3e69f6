// SPDX-License-Identifier: Apache-2.0
// Checks the fields of a layer descriptor that give the shape of a connection, source_rows to channels, and the size of its grid, and computes what
// follows from them.
//
// Handshake: words of descriptors come with take_i, in order of address; legal_o belongs to the word that is taken. Fields that products decide
//            are checked afterwards: busy_o is 1 meanwhile, and no word may be taken; fault_o for one cycle says that such a field, the last word
//            taken, is illegal. With Grids only the grid decides whether channels are legal: before_legal_o, which belongs to its word. What
//            belongs to the layer (its connection, flags, neurons and sources) holds while its words come. The results of a layer hold until its
//            words come again.
// Latency:   none, or at most 33 cycles for each product: two for source_channels, kernel_columns and grid, three for channels.
// Parameters: Lanes, Engines, MaxRows, SumDepth as those of the kernel; Grids, there can be some.
`default_nettype none

module phasic_program_shape #(
  parameter int Lanes   = 64,
  parameter int Engines = 4,
  parameter int MaxRows = 1024,
  parameter int SumDepth = 0,
  parameter bit Grids   = 1'b0
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  // words of descriptors
  input  logic                  take_i,
  input  logic [2:0]            layer_i,
  input  logic [5:0]            layer_word_i,
  input  logic [31:0]           word_i,
  input  logic                  shaped_i,         // the layer's connection has a shape
  input  logic                  bias_i,
  input  logic                  two_sided_i,
  input  logic [15:0]           sources_i,        // inputs, or neurons of the layer before
  input  logic [15:0]           neurons_i,
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

  typedef enum logic [3:0] {ShapeIdle, ShapePlaces, ShapeSources, ShapeKernel, ShapeRows, ShapePositions, ShapeNeurons, ShapeWords, ShapeAnswers,
                            ShapeAnswerWords} shape_e;
  shape_e state_q;

  logic [2:0]  layer_q;
  logic [31:0] word_q;                         // whose product is computed
  logic [8:0]  rows_q, columns_q;              // of the sources
  logic [15:0] channels_q;                     // of the sources
  logic [1:0]  pool_q, padding_q;
  logic        stride_two_q;
  logic [9:0]  position_rows_q, position_columns_q;
  logic [8:0]  kernel_rows_q;
  logic        multiply_q, multiply_done;
  logic [31:0] factor_a, factor_b;
  logic [63:0] product;
  logic [15:0] row_words;
  logic [16:0] positions_q;
  logic [31:0] filters_q;                      // channels,
  logic [15:0] filter_words_q;                 // and their words
  logic [7:0]  answers_q;                      // cells times sides
  logic        differ_q, deep_q;               // neurons are not those of the positions; their sums do not fit

  // Places of sources after pooling, with their padding.
  function logic [9:0] room_of(input logic [8:0] places, input logic [1:0] pool, input logic [1:0] padding);
    logic [9:0] pooled;
    pooled  = (10'(places) + (10'd1 << pool) - 10'd1) >> pool;
    room_of = pooled + {7'd0, padding, 1'b0};
  endfunction

  // Positions of a kernel that fits.
  function logic [9:0] positions_of(input logic [9:0] room, input logic [8:0] kernel, input logic two);
    positions_of = ((room - 10'(kernel)) >> two) + 10'd1;
  endfunction

  logic [9:0] room, positions;
  logic       fits;
  assign room      = room_of((layer_word_i == 6'(phasic_pkg::LayerKernelRows / 4)) ? rows_q : columns_q, pool_q, padding_q);
  assign positions = positions_of(room, word_i[8:0], stride_two_q);
  assign fits      = word_i != '0 && word_i <= 32'(phasic_pkg::LayerKernelRowsMaximum) && word_i <= 32'(room);

  always_comb begin
    case (32'({layer_word_i, 2'b00}))
      phasic_pkg::LayerSourceRows:     legal_o = word_i != '0 && word_i <= 32'(phasic_pkg::LayerSourceRowsMaximum);
      phasic_pkg::LayerSourceColumns:  legal_o = word_i != '0 && word_i <= 32'(phasic_pkg::LayerSourceColumnsMaximum);
      phasic_pkg::LayerPool:           legal_o = word_i <= 32'(phasic_pkg::LayerPoolMaximum);
      phasic_pkg::LayerPadding:        legal_o = word_i <= 32'(phasic_pkg::LayerPaddingMaximum);
      phasic_pkg::LayerStride:         legal_o = word_i != '0 && word_i <= 32'(phasic_pkg::LayerStrideMaximum);
      phasic_pkg::LayerKernelRows,
      phasic_pkg::LayerKernelColumns:  legal_o = fits;
      phasic_pkg::LayerGrid:
        legal_o = word_i <= 32'(phasic_pkg::LayerGridMaximum) && word_i <= 32'(position_rows_q) && word_i <= 32'(position_columns_q);
      default:                         legal_o = 1'b1;
    endcase
    if (!shaped_i) legal_o = word_i == '0;
  end

  assign before_legal_o = !(Grids && shaped_i && differ_q && layer_word_i == 6'(phasic_pkg::LayerGrid / 4) && word_i == '0);
  assign busy_o    = state_q != ShapeIdle;
  assign row_words = 16'((32'(word_q[15:0]) + 32'(Lanes - 1)) / 32'(Lanes));

  always_comb begin
    factor_a = product[31:0];
    factor_b = word_q;
    case (state_q)
      ShapePlaces: begin
        factor_a = 32'(rows_q);
        factor_b = 32'(columns_q);
      end
      ShapeKernel: factor_a = 32'(kernel_rows_q);
      ShapeRows:   factor_b = 32'(channels_q);
      ShapePositions: begin
        factor_a = 32'(position_rows_q);
        factor_b = 32'(position_columns_q);
      end
      ShapeWords: begin
        factor_a = 32'(positions_q);
        factor_b = 32'(row_words);
      end
      ShapeAnswers: begin
        factor_a = 32'(answers_q);
        factor_b = filters_q;
      end
      ShapeAnswerWords: begin
        factor_a = 32'(answers_q);
        factor_b = 32'(filter_words_q);
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

  always_comb begin
    fault_o = 1'b0;
    if (multiply_done) begin
      case (state_q)
        ShapeSources: fault_o = product != 64'(sources_i);
        ShapeRows:    fault_o = product + 64'(bias_i) > 64'(MaxRows);
        ShapeNeurons: fault_o = !Grids && product != 64'(neurons_i);
        ShapeAnswers: fault_o = product != 64'(neurons_i) || deep_q;
        default: ;
      endcase
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q    <= ShapeIdle;
      multiply_q <= 1'b0;
    end else begin
      multiply_q <= 1'b0;
      case (state_q)
        ShapeIdle: begin
          if (take_i && shaped_i) begin
            case (32'({layer_word_i, 2'b00}))
              phasic_pkg::LayerSourceChannels: state_q <= ShapePlaces;
              phasic_pkg::LayerKernelColumns:  state_q <= ShapeKernel;
              phasic_pkg::LayerChannels:       state_q <= ShapePositions;
              phasic_pkg::LayerGrid: if (Grids && word_i != '0) state_q <= ShapeAnswers;
              default: ;
            endcase
            multiply_q <= layer_word_i == 6'(phasic_pkg::LayerSourceChannels / 4) || layer_word_i == 6'(phasic_pkg::LayerKernelColumns / 4)
                          || layer_word_i == 6'(phasic_pkg::LayerChannels / 4)
                          || (Grids && layer_word_i == 6'(phasic_pkg::LayerGrid / 4) && word_i != '0);
          end
        end
        default: begin
          if (multiply_done) begin
            multiply_q <= 1'b1;
            case (state_q)
              ShapePlaces:    state_q <= ShapeSources;
              ShapeKernel:    state_q <= ShapeRows;
              ShapePositions: state_q <= ShapeNeurons;
              ShapeNeurons:   state_q <= ShapeWords;
              ShapeAnswers:   state_q <= ShapeAnswerWords;
              default: begin
                state_q    <= ShapeIdle;
                multiply_q <= 1'b0;
              end
            endcase
          end
        end
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (take_i) begin
      layer_q <= layer_i;
      word_q  <= word_i;
      case (32'({layer_word_i, 2'b00}))
        phasic_pkg::LayerSourceRows:     rows_q     <= word_i[8:0];
        phasic_pkg::LayerSourceColumns:  columns_q  <= word_i[8:0];
        phasic_pkg::LayerSourceChannels: channels_q <= word_i[15:0];
        phasic_pkg::LayerPool:           pool_q     <= word_i[1:0];
        phasic_pkg::LayerPadding:        padding_q  <= word_i[1:0];
        phasic_pkg::LayerStride:         stride_two_q <= word_i[1];
        phasic_pkg::LayerKernelRows: begin
          kernel_rows_q   <= word_i[8:0];
          position_rows_q <= positions;
        end
        phasic_pkg::LayerKernelColumns: position_columns_q <= positions;
        phasic_pkg::LayerChannels: filters_q <= word_i;
        phasic_pkg::LayerGrid: answers_q <= 8'((8'(word_i[3:0]) * 8'(word_i[3:0])) << two_sided_i);
        default: ;
      endcase
    end
    if (state_q == ShapeWords) filter_words_q <= row_words;
    if (multiply_done) begin
      if (state_q == ShapeNeurons) differ_q <= product != 64'(neurons_i);
      if (state_q == ShapeWords) deep_q <= product > 64'(SumDepth);
      if (state_q == ShapePositions) positions_q <= product[16:0];
      for (int e = 0; e < Engines; e++) begin
        if (layer_q == 3'(e)) begin
          if (state_q == ShapeRows) kernel_rows_o[16*e +: 16] <= product[15:0];
          if (state_q == ShapeNeurons) positions_o[16*e +: 16] <= positions_q[15:0];
          if (state_q == ShapeWords) sum_words_o[32*e +: 32] <= product[31:0];
          if (state_q == ShapeWords || state_q == ShapeAnswerWords) neuron_words_o[16*e +: 16] <= product[15:0];
        end
      end
    end
  end
endmodule

`default_nettype wire
