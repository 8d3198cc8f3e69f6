// SPDX-License-Identifier: Apache-2.0
// What follows from the shape of a convolution for those who go from a position to its sources: how many positions there are along each side, how
// far apart sources are, and where those of the first position's kernel begin.
//
// Handshake: none. Outputs hold from two cycles after the descriptor on.
// Latency:   two cycles.
// Parameters: RowBits, width of the number of a source, modulo which it counts, since sources may begin before the first one; First, sources are
//            inputs, which lie channel after channel.
`default_nettype none

module phasic_convolution_shape #(
  parameter int RowBits = 10,
  parameter bit First   = 1'b0
) (
  input  logic               clk_i,
  input  logic [8*phasic_pkg::LayerGrid-1:0] descriptor_i,
  output logic [9:0]         last_row_o,         // of positions
  output logic [9:0]         last_column_o,
  output logic [RowBits-1:0] y_stride_o,         // from a source to that in the next row,
  output logic [RowBits-1:0] x_stride_o,         // in the next column,
  output logic [RowBits-1:0] channel_stride_o,   // of the next channel
  output logic [RowBits-1:0] y_start_o,          // rows that the padding adds in front, in sources
  output logic [RowBits-1:0] x_start_o,
  output logic signed [11:0] place_start_o       // the first place, in places of sources
);
  logic [8:0]  rows, columns;
  logic [15:0] source_channels;
  logic [1:0]  pool, padding;
  logic        stride_two;
  logic [4:0]  edge_places;
  assign rows            = descriptor_i[8*phasic_pkg::LayerSourceRows +: 9];
  assign columns         = descriptor_i[8*phasic_pkg::LayerSourceColumns +: 9];
  assign source_channels = descriptor_i[8*phasic_pkg::LayerSourceChannels +: 16];
  assign pool            = descriptor_i[8*phasic_pkg::LayerPool +: 2];
  assign padding         = descriptor_i[8*phasic_pkg::LayerPadding +: 2];
  assign stride_two      = descriptor_i[8*phasic_pkg::LayerStride + 1];
  assign edge_places     = 5'(padding) << pool;
  assign place_start_o   = 12'sd0 - $signed({7'd0, edge_places});

  logic unused_bits;
  assign unused_bits = ^descriptor_i;

  // Positions along a side, less one.
  function logic [9:0] last_of(input logic [8:0] places, input logic [1:0] pool_shift, input logic [1:0] pad, input logic [8:0] kernel,
                               input logic two);
    logic [9:0] room;
    room    = ((10'(places) + (10'd1 << pool_shift) - 10'd1) >> pool_shift) + {7'd0, pad, 1'b0};
    last_of = (room - 10'(kernel)) >> two;
  endfunction

  always_ff @(posedge clk_i) begin
    last_row_o       <= last_of(rows, pool, padding, descriptor_i[8*phasic_pkg::LayerKernelRows +: 9], stride_two);
    last_column_o    <= last_of(columns, pool, padding, descriptor_i[8*phasic_pkg::LayerKernelColumns +: 9], stride_two);
    y_stride_o       <= First ? RowBits'(columns) : RowBits'(32'(columns) * 32'(source_channels));
    x_stride_o       <= First ? RowBits'(1) : RowBits'(source_channels);
    channel_stride_o <= First ? RowBits'(32'(rows) * 32'(columns)) : RowBits'(1);
    y_start_o        <= RowBits'(0) - RowBits'(32'(edge_places) * 32'(y_stride_o));
    x_start_o        <= RowBits'(0) - RowBits'(32'(edge_places) * 32'(x_stride_o));
  end
endmodule

`default_nettype wire
