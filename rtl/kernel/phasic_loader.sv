// SPDX-License-Identifier: Apache-2.0
// Loads the level tables or the weights of every layer from memory into the core, and with the weights what a layer keeps beside them. Levels that
// are drawn come from phasic_level_draw in place of a table.
//
// Handshake: start_i with table_i begins a pass over the layers; for each part of one a read command is given and exactly its beats are taken.
//            done_o pulses at the end; error_o then tells whether the memory answered a read with an error, after which nothing further is asked
//            for. The layers' shapes must be stable from start to end. Words of weights, then those of a table of targets, leave with load_valid_o;
//            words of values of 32 bits with load_memory_o, those of the last row of a layer's memory with load_memory_last_o, from address 0 on.
// Latency:   a beat a cycle, or a word a cycle where a beat has several words; of levels that are drawn see phasic_level_draw.
// Parameters: those of the kernel; Convolution, there can be layers whose words belong to positions; Memories, layers that keep something beside
//            their weights; Drawn, levels that are drawn; DescriptorBits of a descriptor.
`default_nettype none

module phasic_loader #(
  parameter int Lanes = 64,
  parameter int WeightWidth = 8,
  parameter int Engines = 4,
  parameter int DataWidth = 512,
  parameter bit Convolution = 1'b0,
  parameter bit Memories = 1'b0,
  parameter bit Drawn = 1'b0,
  parameter int MaxClasses = 64,
  parameter int DescriptorBits = 8 * phasic_pkg::LayerGrid,
  localparam int MemoryBits = Memories ? 32 * Lanes : 1
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         start_i,
  input  logic                         table_i,          // 1: level tables; 0: weights; taken with start_i
  output logic                         done_o,
  output logic                         error_o,
  input  logic [63:0]                  seed_i,
  input  logic [15:0]                  classes_i,
  input  logic [3:0]                   layer_count_i,
  input  logic [Engines*DescriptorBits-1:0] layers_i,
  input  logic [Engines*16-1:0]        rows_i,           // rows of weights of each layer
  input  logic [Engines*16-1:0]        row_width_i,      // weights of a row of each layer
  input  logic [Engines*32-1:0]        layer_weights_i,  // bytes of each layer's weights
  input  logic [Engines*32-1:0]        layer_memory_i,   // bytes of what each layer keeps, but for the last row
  input  logic [Engines*32-1:0]        layer_tables_i,   // bytes of each layer's level table or recipe
  // Read command and beats
  output logic                         cmd_valid_o,
  input  logic                         cmd_ready_i,
  output logic [31:0]                  cmd_offset_o,
  output logic [31:0]                  cmd_bytes_o,
  input  logic                         data_valid_i,
  output logic                         data_ready_o,
  input  logic [DataWidth-1:0]         data_i,
  input  logic                         data_error_i,
  // To the core
  output logic                         load_valid_o,
  output logic                         load_table_o,
  output logic [2:0]                   load_engine_o,
  output logic [31:0]                  load_address_o,
  output logic [Lanes*WeightWidth-1:0] load_data_o,
  output logic                         load_memory_o,
  output logic                         load_memory_last_o,
  output logic [MemoryBits-1:0]        load_memory_data_o
);
  localparam int BeatShift = $clog2(DataWidth / 8);
  localparam int LayerBits = (Engines > 1) ? $clog2(Engines) : 1;

  localparam logic [2:0] StIdle    = 3'd0;
  localparam logic [2:0] StLayer   = 3'd1;
  localparam logic [2:0] StCommand = 3'd2;
  localparam logic [2:0] StData    = 3'd3;
  localparam logic [2:0] StFlush   = 3'd4;
  localparam logic [2:0] StDone    = 3'd5;

  // Parts of a layer: its rows, or its levels; of what it keeps all rows but the last, and the last.
  localparam logic [1:0] PartRows     = 2'd0;
  localparam logic [1:0] PartMemory   = 2'd1;
  localparam logic [1:0] PartLast     = 2'd2;
  // Only in descriptors that have it.
  localparam int MemoryOffsetBit = (DescriptorBits > 8 * phasic_pkg::LayerMemoryOffset) ? 8 * phasic_pkg::LayerMemoryOffset : 0;

  logic [2:0]           state_q;
  logic [1:0]           part_q;
  logic                 table_q;
  logic                 error_q;
  logic [LayerBits-1:0] layer_q;
  logic [31:0]          beats_left_q;
  logic [31:0]          address_q;

  logic [15:0]          neurons;
  logic [15:0]          width;
  logic                 shaped;
  logic                 has_table;
  logic                 drawn;           // it is a recipe,
  logic                 by_channel;      // for the neurons of a channel together
  logic                 has_memory;
  logic                 targets;         // its memory is a table of bytes, and words of these; else values of 32 bits
  logic [15:0]          sources;
  logic [15:0]          last_values;     // of the last row
  logic [31:0]          memory_bytes;
  logic [31:0]          memory_offset;
  logic [31:0]          offset;
  logic [31:0]          bytes;
  logic                 last_layer;
  logic                 take;
  logic                 unpack_valid;
  logic                 unpack_ready;
  logic                 unpack_busy;
  logic                 word_valid;

  always_comb begin
    neurons   = '0;
    width     = '0;
    shaped    = 1'b0;
    has_table = 1'b0;
    drawn     = 1'b0;
    by_channel = 1'b0;
    has_memory    = 1'b0;
    targets       = 1'b0;
    sources       = '0;
    memory_bytes  = '0;
    memory_offset = '0;
    offset    = '0;
    bytes     = '0;
    for (int e = 0; e < Engines; e++) begin
      if (layer_q == LayerBits'(e)) begin
        neurons   = layers_i[DescriptorBits*e + 8*phasic_pkg::LayerNeurons +: 16];
        width     = row_width_i[16*e +: 16];
        shaped    = Convolution && layers_i[DescriptorBits*e + 8*phasic_pkg::LayerConnection];
        has_table = 1'(phasic_pkg::FactorHasLevels >> layers_i[DescriptorBits*e + 8*phasic_pkg::LayerFactor +: 3]);
        drawn      = Drawn && layers_i[DescriptorBits*e + 8*phasic_pkg::LayerFlags + phasic_pkg::LayerFlagsDrawnBit];
        by_channel = Drawn && layers_i[DescriptorBits*e + 8*phasic_pkg::LayerFlags + phasic_pkg::LayerFlagsByChannelBit];
        offset    = table_q ? layers_i[DescriptorBits*e + 8*phasic_pkg::LayerLevelsOffset +: 32]
                            : layers_i[DescriptorBits*e + 8*phasic_pkg::LayerWeightsOffset +: 32];
        bytes     = table_q ? layer_tables_i[32*e +: 32] : layer_weights_i[32*e +: 32];
        if (Memories) begin
          has_memory    = 1'(phasic_pkg::FactorHasMemory >> layers_i[DescriptorBits*e + 8*phasic_pkg::LayerFactor +: 3]);
          targets       = 1'(phasic_pkg::FactorMovesFilters >> layers_i[DescriptorBits*e + 8*phasic_pkg::LayerFactor +: 3]);
          sources       = rows_i[16*e +: 16];
          memory_bytes  = layer_memory_i[32*e +: 32];
          memory_offset = layers_i[DescriptorBits*e + MemoryOffsetBit +: 32];
        end
      end
    end
    if (part_q == PartMemory) begin
      offset = memory_offset;
      bytes  = memory_bytes;
    end else if (part_q == PartLast) begin
      offset = memory_offset + memory_bytes;
      bytes  = (((32'(last_values) << 2) + 32'd63) >> 6) << 6;
    end
  end
  assign last_values = targets ? sources : neurons;
  assign last_layer = 32'(layer_q) + 32'd1 == 32'(layer_count_i);

  assign unpack_valid = data_valid_i && (state_q == StData);
  assign data_ready_o = unpack_ready && (state_q == StData);
  assign take = data_valid_i && data_ready_o;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q      <= StIdle;
      table_q      <= 1'b0;
      error_q      <= 1'b0;
      layer_q      <= '0;
      part_q       <= PartRows;
      beats_left_q <= '0;
      address_q    <= '0;
    end else begin
      if (word_valid || memory_valid) address_q <= address_q + 1'b1;
      case (state_q)
        StIdle: begin
          if (start_i) begin
            state_q <= StLayer;
            table_q <= table_i;
            error_q <= 1'b0;
            layer_q <= '0;
            part_q  <= PartRows;
          end
        end
        StLayer: begin
          // A table of targets follows the rows.
          if (!(part_q == PartMemory && targets)) address_q <= '0;
          beats_left_q <= bytes >> BeatShift;
          if (error_q) begin
            state_q <= StDone;
          end else if (!table_q || has_table) begin
            state_q <= StCommand;
          end else if (last_layer) begin
            state_q <= StDone;
          end else begin
            layer_q <= layer_q + 1'b1;
          end
        end
        StCommand: if (cmd_ready_i) state_q <= StData;
        StData: begin
          if (take) begin
            beats_left_q <= beats_left_q - 1'b1;
            if (data_error_i) error_q <= 1'b1;
            if (beats_left_q == 32'd1) state_q <= StFlush;
          end
        end
        StFlush: begin
          if (!unpack_busy) begin
            if (!table_q && has_memory && part_q != PartLast) begin
              state_q <= StLayer;
              part_q  <= (part_q == PartRows) ? PartMemory : PartLast;
            end else begin
              state_q <= last_layer ? StDone : StLayer;
              layer_q <= last_layer ? '0 : layer_q + 1'b1;
              part_q  <= PartRows;
            end
          end
        end
        default: state_q <= StIdle;
      endcase
    end
  end

  logic                         grouped;  // levels of a convolution
  logic                         drawing;  // levels that are drawn
  logic                         rows_ready, rows_valid, rows_busy, groups_ready, groups_valid, groups_busy;
  logic [Lanes*WeightWidth-1:0] rows_word;
  logic [Lanes*8-1:0]           groups_word;

  if (Convolution) begin : gen_groups
    phasic_unpack_groups #(
      .DataWidth(DataWidth),
      .Lanes(Lanes)
    ) u_groups (
      .clk_i,
      .rst_ni,
      .clear_i     (state_q == StCommand),
      .elements_i  (neurons),
      .group_i     (width),
      .in_valid_i  (unpack_valid && table_q && shaped && !drawn),
      .in_ready_o  (groups_ready),
      .in_data_i   (data_i),
      .word_valid_o(groups_valid),
      .word_o      (groups_word),
      .busy_o      (groups_busy)
    );
  end else begin : gen_no_groups
    assign {groups_ready, groups_valid, groups_busy, groups_word} = '0;
  end

  if (WeightWidth == 8) begin : gen_shared
    phasic_unpack #(
      .DataWidth(DataWidth),
      .Lanes(Lanes),
      .ElementWidth(8)
    ) u_unpack (
      .clk_i,
      .rst_ni,
      .clear_i     (state_q == StCommand),
      .elements_i  (table_q ? neurons : (part_q == PartRows) ? width : sources),
      .in_valid_i  (unpack_valid && !grouped && !wide && !drawing),
      .in_ready_o  (rows_ready),
      .in_data_i   (data_i),
      .word_valid_o(rows_valid),
      .word_o      (rows_word),
      .busy_o      (rows_busy)
    );
  end else begin : gen_separate
    logic                         bytewise;        // levels or targets
    logic                         weights_ready, weights_valid, weights_busy;
    logic                         levels_ready, levels_valid, levels_busy;
    logic [Lanes*WeightWidth-1:0] weights_word;
    logic [Lanes*8-1:0]           levels_word;

    phasic_unpack #(
      .DataWidth(DataWidth),
      .Lanes(Lanes),
      .ElementWidth(WeightWidth)
    ) u_weights (
      .clk_i,
      .rst_ni,
      .clear_i     (state_q == StCommand),
      .elements_i  (width),
      .in_valid_i  (unpack_valid && !bytewise && !wide),
      .in_ready_o  (weights_ready),
      .in_data_i   (data_i),
      .word_valid_o(weights_valid),
      .word_o      (weights_word),
      .busy_o      (weights_busy)
    );
    phasic_unpack #(
      .DataWidth(DataWidth),
      .Lanes(Lanes),
      .ElementWidth(8)
    ) u_levels (
      .clk_i,
      .rst_ni,
      .clear_i     (state_q == StCommand),
      .elements_i  (table_q ? neurons : sources),
      .in_valid_i  (unpack_valid && bytewise && !grouped && !wide && !drawing),
      .in_ready_o  (levels_ready),
      .in_data_i   (data_i),
      .word_valid_o(levels_valid),
      .word_o      (levels_word),
      .busy_o      (levels_busy)
    );
    assign bytewise    = table_q || (part_q == PartMemory && targets);
    assign rows_ready  = bytewise ? levels_ready : weights_ready;
    assign rows_busy   = weights_busy || levels_busy;
    assign rows_valid  = weights_valid || levels_valid;
    assign rows_word   = bytewise ? (Lanes * WeightWidth)'(levels_word) : weights_word;
  end

  // ---- levels that are drawn ----
  logic                draw_ready, draw_valid, draw_busy;
  logic [Lanes*8-1:0]  draw_word;
  assign drawing = table_q && drawn;

  if (Drawn) begin : gen_draw
    phasic_level_draw #(
      .DataWidth (DataWidth),
      .Lanes     (Lanes),
      .MaxClasses(MaxClasses)
    ) u_draw (
      .clk_i,
      .rst_ni,
      .start_i     (state_q == StCommand && drawing),
      .seed_i,
      .layer_i     (3'(layer_q)),
      .classes_i,
      .neurons_i   (neurons),
      .group_i     (width),
      .by_channel_i(by_channel),
      .in_valid_i  (unpack_valid && drawing),
      .in_ready_o  (draw_ready),
      .in_data_i   (data_i),
      .word_valid_o(draw_valid),
      .word_o      (draw_word),
      .busy_o      (draw_busy)
    );
  end else begin : gen_no_draw
    logic unused_draw;
    assign unused_draw = ^{seed_i, classes_i, by_channel, 32'(MaxClasses)};
    assign {draw_ready, draw_valid, draw_busy, draw_word} = '0;
  end

  // ---- values of 32 bits ----
  logic wide, memory_ready, memory_valid, memory_busy;
  assign wide = part_q == PartLast || (part_q == PartMemory && !targets);

  if (Memories) begin : gen_memory
    phasic_unpack #(
      .DataWidth(DataWidth),
      .Lanes(Lanes),
      .ElementWidth(phasic_pkg::MemoryWidth)
    ) u_values (
      .clk_i,
      .rst_ni,
      .clear_i     (state_q == StCommand),
      .elements_i  ((part_q == PartLast) ? last_values : sources),
      .in_valid_i  (unpack_valid && wide),
      .in_ready_o  (memory_ready),
      .in_data_i   (data_i),
      .word_valid_o(memory_valid),
      .word_o      (load_memory_data_o),
      .busy_o      (memory_busy)
    );
  end else begin : gen_no_memory
    logic unused_memory;
    assign unused_memory = ^{rows_i, layer_memory_i};
    assign {memory_ready, memory_valid, memory_busy, load_memory_data_o} = '0;
  end

  assign grouped      = table_q && shaped;
  assign unpack_ready = wide ? memory_ready : drawing ? draw_ready : grouped ? groups_ready : rows_ready;
  assign unpack_busy  = rows_busy || groups_busy || memory_busy || draw_busy;
  assign word_valid   = rows_valid || groups_valid || draw_valid;
  assign load_data_o  = draw_valid ? (Lanes * WeightWidth)'(draw_word) : groups_valid ? (Lanes * WeightWidth)'(groups_word) : rows_word;

  assign load_memory_o      = memory_valid;
  assign load_memory_last_o = part_q == PartLast;

  assign load_valid_o   = word_valid;
  assign load_table_o   = table_q;
  assign load_engine_o  = 3'(layer_q);
  assign load_address_o = address_q;

  assign cmd_valid_o  = state_q == StCommand;
  assign cmd_offset_o = offset;
  assign cmd_bytes_o  = bytes;
  assign done_o       = state_q == StDone;
  assign error_o      = error_q;
endmodule

`default_nettype wire
