// SPDX-License-Identifier: Apache-2.0
// Writes back after a run what it has changed: the weights of every layer, then what a discriminant in the last one keeps.
//
// Handshake: start_i begins; commands and beats as those of phasic_storer, of one storer after the other. done_o pulses when the last beat has been
//            taken. Words are read from the core two cycles after they are asked for: weights with store_valid_o, values of 32 bits with
//            store_memory_o, those of the last row, of which each neuron has one, with store_memory_last_o, from address 0 on.
// Latency:   that of phasic_storer.
// Parameters: those of the kernel; RowsBits, width of a number of rows; Memory, there can be a discriminant; DescriptorBits of a descriptor.
`default_nettype none

module phasic_write_back #(
  parameter int Lanes = 64,
  parameter int WeightWidth = 8,
  parameter int Engines = 4,
  parameter int DataWidth = 512,
  parameter int RowsBits = 16,
  parameter bit Memory = 1'b0,
  parameter int DescriptorBits = 8 * phasic_pkg::LayerGrid,
  localparam int MemoryBits = Memory ? 32 * Lanes : 1
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         start_i,
  output logic                         done_o,
  input  logic [3:0]                   layer_count_i,
  input  logic [Engines*DescriptorBits-1:0] layers_i,
  input  logic [Engines*RowsBits-1:0]  stored_rows_i,    // rows of each layer in memory
  input  logic [Engines*16-1:0]        rows_i,           // rows of weights of each layer
  input  logic [Engines*16-1:0]        row_width_i,      // weights of a row of each layer
  input  logic [Engines*32-1:0]        layer_weights_i,  // bytes of each layer's weights
  input  logic [Engines*32-1:0]        layer_memory_i,   // bytes of what each layer keeps, but for the last row
  // From the core
  output logic                         store_valid_o,
  output logic [2:0]                   store_engine_o,
  output logic [31:0]                  store_address_o,
  input  logic [Lanes*WeightWidth-1:0] store_data_i,
  output logic                         store_memory_o,
  output logic                         store_memory_last_o,
  input  logic [MemoryBits-1:0]        store_memory_data_i,
  // Write command and beats
  output logic                         cmd_valid_o,
  input  logic                         cmd_ready_i,
  output logic [31:0]                  cmd_offset_o,
  output logic [31:0]                  cmd_bytes_o,
  output logic                         data_valid_o,
  input  logic                         data_ready_i,
  output logic [DataWidth-1:0]         data_o
);
  logic                  weights_done, weights_cmd, weights_valid;
  logic [31:0]           weights_address, weights_offset, weights_bytes;
  logic [DataWidth-1:0]  weights_beat;
  logic [Engines*32-1:0] offsets;

  for (genvar e = 0; e < Engines; e++) begin : gen_offset
    assign offsets[32*e +: 32] = layers_i[DescriptorBits*e + 8*phasic_pkg::LayerWeightsOffset +: 32];
  end

  phasic_storer #(
    .Lanes      (Lanes),
    .WeightWidth(WeightWidth),
    .Engines    (Engines),
    .DataWidth  (DataWidth),
    .RowsBits   (RowsBits)
  ) u_weights (
    .clk_i,
    .rst_ni,
    .start_i,
    .done_o         (weights_done),
    .layer_count_i,
    .offsets_i      (offsets),
    .rows_i         (stored_rows_i),
    .row_width_i,
    .layer_weights_i,
    .store_valid_o,
    .store_engine_o,
    .store_address_o(weights_address),
    .store_data_i,
    .cmd_valid_o    (weights_cmd),
    .cmd_ready_i,
    .cmd_offset_o   (weights_offset),
    .cmd_bytes_o    (weights_bytes),
    .data_valid_o   (weights_valid),
    .data_ready_i,
    .data_o         (weights_beat)
  );

  if (Memory) begin : gen_memory
    // Rows of the scatter and of sums, and the last row, as if they were two layers.
    logic                 keeps, memory_cmd, memory_valid, memory_done;
    logic [15:0]          sources, neurons;
    logic [31:0]          memory_offset, memory_bytes, address, offset, bytes;
    logic [2:0]           part;
    logic [DataWidth-1:0] memory_beat;
    always_comb begin
      keeps         = 1'b0;
      sources       = '0;
      neurons       = '0;
      memory_offset = '0;
      memory_bytes  = '0;
      for (int e = 0; e < Engines; e++) begin
        if (4'(e + 1) == layer_count_i) begin
          keeps         = 1'(phasic_pkg::FactorChangesMemory >> layers_i[DescriptorBits*e + 8*phasic_pkg::LayerFactor +: 3]);
          sources       = rows_i[16*e +: 16];
          neurons       = layers_i[DescriptorBits*e + 8*phasic_pkg::LayerNeurons +: 16];
          memory_offset = layers_i[DescriptorBits*e + 8*phasic_pkg::LayerMemoryOffset +: 32];
          memory_bytes  = layer_memory_i[32*e +: 32];
        end
      end
    end

    phasic_storer #(
      .Lanes      (Lanes),
      .WeightWidth(phasic_pkg::MemoryWidth),
      .Engines    (2),
      .DataWidth  (DataWidth),
      .RowsBits   (17)
    ) u_memory (
      .clk_i,
      .rst_ni,
      .start_i        (weights_done && keeps),
      .done_o         (memory_done),
      .layer_count_i  (4'd2),
      .offsets_i      ({memory_offset + memory_bytes, memory_offset}),
      .rows_i         ({17'd1, 17'(sources) + 17'(neurons)}),
      .row_width_i    ({neurons, sources}),
      .layer_weights_i({(((32'(neurons) << 2) + 32'd63) >> 6) << 6, memory_bytes}),
      .store_valid_o  (store_memory_o),
      .store_engine_o (part),
      .store_address_o(address),
      .store_data_i   (store_memory_data_i),
      .cmd_valid_o    (memory_cmd),
      .cmd_ready_i,
      .cmd_offset_o   (offset),
      .cmd_bytes_o    (bytes),
      .data_valid_o   (memory_valid),
      .data_ready_i,
      .data_o         (memory_beat)
    );

    // A storer that is idle asks for nothing.
    assign store_memory_last_o = part[0];
    assign store_address_o     = store_memory_o ? address : weights_address;
    assign cmd_valid_o         = weights_cmd || memory_cmd;
    assign cmd_offset_o        = memory_cmd ? offset : weights_offset;
    assign cmd_bytes_o         = memory_cmd ? bytes : weights_bytes;
    assign data_valid_o        = weights_valid || memory_valid;
    assign data_o              = memory_valid ? memory_beat : weights_beat;
    assign done_o              = keeps ? memory_done : weights_done;
    logic unused_bits;
    assign unused_bits = ^{layers_i, layer_memory_i, part};
  end else begin : gen_no_memory
    assign {store_memory_o, store_memory_last_o} = '0;
    assign store_address_o = weights_address;
    assign cmd_valid_o     = weights_cmd;
    assign cmd_offset_o    = weights_offset;
    assign cmd_bytes_o     = weights_bytes;
    assign data_valid_o    = weights_valid;
    assign data_o          = weights_beat;
    assign done_o          = weights_done;
    logic unused_bits;
    assign unused_bits = ^{layers_i, rows_i, layer_memory_i, store_memory_data_i};
  end
endmodule

`default_nettype wire
