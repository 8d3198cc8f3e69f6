// SPDX-License-Identifier: Apache-2.0
// Writes the weights of every layer back to memory, or other rows of elements: words of Lanes of them become rows that are padded with zeros to 64
// bytes.
//
// Handshake: start_i begins; for each layer one write command is given and then exactly its beats. done_o pulses when the last beat has
//            been taken. Words are read from the core: store_valid_o in one cycle, store_data_i two cycles later.
// Latency:   for a beat of several words, or a word of several beats: four cycles, and one for each further word or beat. If Lanes is no power of
//            two, three cycles for a word, one for a beat, and one for each part that both have in common, as in phasic_unpack.
// Parameters: those of the kernel; RowsBits, width of a number of rows.
`default_nettype none

module phasic_storer #(
  parameter int Lanes = 64,
  parameter int WeightWidth = 8,
  parameter int Engines = 4,
  parameter int DataWidth = 512,
  parameter int RowsBits = 16
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         start_i,
  output logic                         done_o,
  input  logic [3:0]                   layer_count_i,
  input  logic [Engines*32-1:0]        offsets_i,        // of each layer's first row
  input  logic [Engines*RowsBits-1:0]  rows_i,           // rows of each layer in memory
  input  logic [Engines*16-1:0]        row_width_i,      // weights of a row of each layer
  input  logic [Engines*32-1:0]        layer_weights_i,  // bytes of each layer's weights
  // From the core
  output logic                         store_valid_o,
  output logic [2:0]                   store_engine_o,
  output logic [31:0]                  store_address_o,
  input  logic [Lanes*WeightWidth-1:0] store_data_i,
  // Write command and beats
  output logic                         cmd_valid_o,
  input  logic                         cmd_ready_i,
  output logic [31:0]                  cmd_offset_o,
  output logic [31:0]                  cmd_bytes_o,
  output logic                         data_valid_o,
  input  logic                         data_ready_i,
  output logic [DataWidth-1:0]         data_o
);
  localparam int WordBits = Lanes * WeightWidth;
  // Words and beats of a group: as many as the smaller of the two needs to fill the larger.
  localparam bit Parted = (1 << $clog2(Lanes)) != Lanes;
  localparam int Slots = (!Parted && WordBits < DataWidth) ? DataWidth / WordBits : 1;
  localparam int Parts = (!Parted && WordBits > DataWidth) ? WordBits / DataWidth : 1;
  localparam int GroupBits = (WordBits > DataWidth) ? WordBits : DataWidth;
  // If it is not so, a word moves into beats part by part: as many elements as the lowest bit of Lanes that is 1 says, a beat's at most.
  localparam int BeatElements = DataWidth / WeightWidth;
  localparam int PartElements = ((Lanes & -Lanes) < BeatElements) ? Lanes & -Lanes : BeatElements;
  localparam int PartBits = PartElements * WeightWidth;
  localparam int BeatsPerBlock = 512 / DataWidth;
  localparam int BlockElements = 512 / WeightWidth;
  localparam int LayerBits = (Engines > 1) ? $clog2(Engines) : 1;

  localparam logic [2:0] StIdle    = 3'd0;
  localparam logic [2:0] StCommand = 3'd1;
  localparam logic [2:0] StRow     = 3'd2;
  localparam logic [2:0] StRead    = 3'd3;
  localparam logic [2:0] StCollect = 3'd4;
  localparam logic [2:0] StWrite   = 3'd5;
  localparam logic [2:0] StDone    = 3'd6;
  localparam logic [2:0] StParts   = 3'd7;

  logic [2:0]           state_q;
  logic [LayerBits-1:0] layer_q;
  logic [RowsBits-1:0]  rows_left_q;
  logic [16:0]          beats_left_q;      // of the row
  logic [15:0]          elements_left_q;   // of the row, from the next word on
  logic [15:0]          count_q;           // words or beats of the group so far
  logic [31:0]          address_q;
  logic [GroupBits-1:0] group_q;
  logic [15:0]          word_part_q;       // parts of the word that have moved
  logic [15:0]          beat_part_q;       // parts of the beat that are there
  logic                 word_end, beat_end;

  // The words on their way from the core: present, and the elements of the row from each one on.
  logic                 flight_1_q, flight_2_q;
  logic [15:0]          elements_1_q, elements_2_q;

  logic [15:0]          width;
  logic [RowsBits-1:0]  rows;
  logic [31:0]          offset;
  logic [31:0]          bytes;
  logic [16:0]          row_beats;
  logic                 last_layer;
  logic                 write;

  always_comb begin
    width   = '0;
    rows    = '0;
    offset  = '0;
    bytes   = '0;
    for (int e = 0; e < Engines; e++) begin
      if (layer_q == LayerBits'(e)) begin
        width   = row_width_i[16*e +: 16];
        rows    = rows_i[RowsBits*e +: RowsBits];
        offset  = offsets_i[32*e +: 32];
        bytes   = layer_weights_i[32*e +: 32];
      end
    end
  end
  assign row_beats = 17'(((32'(width) + 32'(BlockElements - 1)) / 32'(BlockElements)) * 32'(BeatsPerBlock));
  assign last_layer = 32'(layer_q) + 32'd1 == 32'(layer_count_i);

  assign write    = data_valid_o && data_ready_i;
  assign word_end = word_part_q == 16'(Lanes / PartElements - 1);
  assign beat_end = beat_part_q == 16'(BeatElements / PartElements - 1);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q         <= StIdle;
      layer_q         <= '0;
      rows_left_q     <= '0;
      beats_left_q    <= '0;
      elements_left_q <= '0;
      count_q         <= '0;
      address_q       <= '0;
      flight_1_q      <= 1'b0;
      flight_2_q      <= 1'b0;
    end else begin
      flight_1_q <= state_q == StRead;
      flight_2_q <= flight_1_q;
      case (state_q)
        StIdle: begin
          if (start_i) begin
            state_q <= StCommand;
            layer_q <= '0;
          end
        end
        StCommand: begin
          rows_left_q <= rows;
          address_q   <= '0;
          if (cmd_ready_i) state_q <= StRow;
        end
        StRow: begin
          state_q         <= StRead;
          rows_left_q     <= rows_left_q - 1'b1;
          beats_left_q    <= row_beats;
          elements_left_q <= width;
          count_q         <= '0;
        end
        StRead: begin
          if (store_valid_o) address_q <= address_q + 1'b1;
          elements_left_q <= (32'(elements_left_q) > 32'(Lanes)) ? 16'(32'(elements_left_q) - 32'(Lanes)) : '0;
          count_q         <= count_q + 1'b1;
          if (count_q == 16'(Slots - 1)) state_q <= StCollect;
        end
        StCollect: begin
          count_q <= '0;
          if (!flight_1_q && flight_2_q) state_q <= Parted ? StParts : StWrite;
        end
        StWrite: begin
          if (write) begin
            beats_left_q <= beats_left_q - 1'b1;
            count_q      <= count_q + 1'b1;
            if (beats_left_q == 17'd1) begin
              if (rows_left_q != '0) begin
                state_q <= StRow;
              end else begin
                state_q <= last_layer ? StDone : StCommand;
                layer_q <= last_layer ? '0 : layer_q + 1'b1;
              end
            end else if (Parted && word_part_q != '0) begin
              state_q <= StParts;
            end else if (Parted || count_q == 16'(Parts - 1)) begin
              state_q <= StRead;
              count_q <= '0;
            end
          end
        end
        StParts: begin
          count_q <= '0;
          if (beat_end) state_q <= StWrite;
          else if (word_end) state_q <= StRead;
        end
        default: state_q <= StIdle;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin : lanes
    logic [WordBits-1:0] word;
    elements_1_q <= elements_left_q;
    elements_2_q <= elements_1_q;
    if (flight_2_q) begin
      for (int k = 0; k < Lanes; k++)
        word[WeightWidth*k +: WeightWidth] = store_data_i[WeightWidth*k +: WeightWidth] & {WeightWidth{32'(elements_2_q) > 32'(k)}};
      group_q <= Parted ? GroupBits'(word) : GroupBits'({word, group_q} >> WordBits);
    end else if (Parted ? state_q == StParts : write) begin
      group_q <= group_q >> (Parted ? PartBits : DataWidth);
    end
  end

  if (Parted) begin : gen_parts
    logic [DataWidth-1:0] beat_q;
    always_ff @(posedge clk_i) begin
      if (state_q == StRow) begin
        word_part_q <= '0;
        beat_part_q <= '0;
      end else if (state_q == StParts) begin
        word_part_q <= word_end ? '0 : word_part_q + 16'd1;
        beat_part_q <= beat_end ? '0 : beat_part_q + 16'd1;
        beat_q      <= DataWidth'({group_q[PartBits-1:0], beat_q} >> PartBits);
      end
    end
    assign data_o = beat_q;
  end else begin : gen_group
    assign {word_part_q, beat_part_q} = '0;
    assign data_o                     = group_q[DataWidth-1:0];
  end

  // Words past the end of a row only pad its last beat: they are not in the memory.
  assign store_valid_o   = (state_q == StRead) && (elements_left_q != '0);
  assign store_engine_o  = 3'(layer_q);
  assign store_address_o = address_q;

  assign cmd_valid_o  = state_q == StCommand;
  assign cmd_offset_o = offset;
  assign cmd_bytes_o  = bytes;
  assign data_valid_o = state_q == StWrite;
  assign done_o       = state_q == StDone;
endmodule

`default_nettype wire
