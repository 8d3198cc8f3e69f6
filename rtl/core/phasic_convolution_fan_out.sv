// SPDX-License-Identifier: Apache-2.0
// Fan-out of a convolution, in a build that has them: an event of a source becomes one target for each position that the source reaches, rows of
// positions in order and columns within them. In a dense layer a source has one target, as in phasic_fan_out. Marks pass in order, and so do
// neurons of a gate: they leave as the word and the lane that hold the neuron.
//
// Handshake: valid/ready on both sides. Sources should rise from mark to mark: then the place of a source is found by counting on from the one
//            before, a row of inputs, or a place of a layer's neurons, a cycle. The last target of an event is marked; an event
//            that reaches no position leaves as one target that says so. Constants hold from some cycles before the first event of a run on.
// Latency:   five cycles, and what counting takes; then a target a cycle.
// Parameters: RowBits, AddressBits and WordBits, widths of a source (or lane), an address in the synapse memory and a word of sums; Lanes; First,
//            sources are inputs, which lie channel after channel; Gate, there can be neurons of a gate; Graded, events have values other than 1.
`default_nettype none

module phasic_convolution_fan_out #(
  parameter int RowBits     = 10,
  parameter int AddressBits = 14,
  parameter int WordBits    = 4,
  parameter int Lanes       = 64,
  parameter bit First       = 1'b0,
  parameter bit Gate        = 1'b0,
  parameter bit Graded      = 1'b0
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   clear_i,
  input  logic [8*phasic_pkg::LayerGrid-1:0] descriptor_i,
  input  logic                   shaped_i,          // the layer is a convolution
  input  logic [15:0]            row_words_i,       // words of a weight row
  input  logic                   event_valid_i,
  output logic                   event_ready_o,
  input  logic [1:0]             event_kind_i,
  input  logic [15:0]            event_source_i,
  input  logic [7:0]             event_value_i,
  output logic                   target_valid_o,
  input  logic                   target_ready_i,
  output logic [1:0]             target_kind_o,
  output logic                   target_last_o,     // of its event
  output logic                   target_none_o,     // the event reaches no neuron
  output logic [RowBits-1:0]     target_source_o,
  output logic [AddressBits-1:0] weight_address_o,
  output logic [WordBits-1:0]    target_word_o,
  output logic [7:0]             target_value_o
);
  // ---- constants of the layer ----
  logic [8:0]  rows, columns, kernel_rows, kernel_columns;
  logic [15:0] source_channels, channels;
  logic [1:0]  pool, padding;
  logic        stride_two;
  assign rows            = descriptor_i[8*phasic_pkg::LayerSourceRows +: 9];
  assign columns         = descriptor_i[8*phasic_pkg::LayerSourceColumns +: 9];
  assign source_channels = descriptor_i[8*phasic_pkg::LayerSourceChannels +: 16];
  assign pool            = descriptor_i[8*phasic_pkg::LayerPool +: 2];
  assign padding         = descriptor_i[8*phasic_pkg::LayerPadding +: 2];
  assign stride_two      = descriptor_i[8*phasic_pkg::LayerStride + 1];
  assign kernel_rows     = descriptor_i[8*phasic_pkg::LayerKernelRows +: 9];
  assign kernel_columns  = descriptor_i[8*phasic_pkg::LayerKernelColumns +: 9];
  assign channels        = descriptor_i[8*phasic_pkg::LayerChannels +: 16];

  // Positions along a side, and the last of them.
  function logic [9:0] last_of(input logic [8:0] places, input logic [1:0] pool_shift, input logic [1:0] pad, input logic [8:0] kernel,
                               input logic two);
    logic [9:0] room;
    room    = ((10'(places) + (10'd1 << pool_shift) - 10'd1) >> pool_shift) + {7'd0, pad, 1'b0};
    last_of = (room - 10'(kernel)) >> two;
  endfunction

  logic [9:0]             last_row_q, last_column_q;
  logic [AddressBits-1:0] row_step_q, column_step_q;       // of addresses, from one row or column of the kernel to the next
  logic [WordBits-1:0]    position_step_q;                 // of words of sums, from one row of positions to the next
  logic [15:0]            row_words;
  assign row_words = row_words_i;

  always_ff @(posedge clk_i) begin
    last_row_q      <= last_of(rows, pool, padding, kernel_rows, stride_two);
    last_column_q   <= last_of(columns, pool, padding, kernel_columns, stride_two);
    column_step_q   <= AddressBits'(32'(source_channels) * 32'(row_words));
    row_step_q      <= AddressBits'(32'(kernel_columns) * 32'(column_step_q));
    position_step_q <= WordBits'((32'(last_column_q) + 32'd1) * 32'(row_words));
  end

  // ---- places: counters that follow the sources ----
  logic        spike, gate, mark, counting, behind, beyond, taken;
  logic [15:0] run, base_q, rest;
  logic [7:0]  y_q, x_q;                // row; column of a place of neurons
  logic [15:0] channel_q;               // of inputs
  logic        row_last, column_last;

  assign spike    = event_kind_i == 2'(phasic_pkg::EventKindSpike);
  assign gate     = event_kind_i == 2'(phasic_pkg::EventKindOpen);
  assign mark     = !spike && !gate;
  assign run      = First ? 16'(columns) : source_channels;
  assign rest     = event_source_i - base_q;
  assign counting = shaped_i && event_valid_i && spike;
  assign behind   = counting && event_source_i < base_q;
  assign beyond   = counting && !behind && rest >= run;
  assign row_last    = 9'(y_q) + 9'd1 == rows;
  assign column_last = 9'(x_q) + 9'd1 == columns;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      base_q    <= '0;
      y_q       <= '0;
      x_q       <= '0;
      channel_q <= '0;
    end else if (clear_i || behind || (taken && mark)) begin
      base_q    <= '0;
      y_q       <= '0;
      x_q       <= '0;
      channel_q <= '0;
    end else if (beyond) begin
      base_q <= base_q + run;
      if (First) begin
        y_q <= row_last ? '0 : y_q + 8'd1;
        if (row_last) channel_q <= channel_q + 16'd1;
      end else begin
        x_q <= column_last ? '0 : x_q + 8'd1;
        if (column_last) y_q <= y_q + 8'd1;
      end
    end
  end

  // Where a neuron of the gate lies.
  logic        gate_behind, gate_beyond;
  logic [15:0] gate_word, gate_lane;
  if (Gate) begin : gen_gate
    logic [15:0] gate_base_q, gate_word_q, gate_rest;
    assign gate_rest   = event_source_i - gate_base_q;
    assign gate_behind = shaped_i && event_valid_i && gate && event_source_i < gate_base_q;
    assign gate_beyond = shaped_i && event_valid_i && gate && !gate_behind && gate_rest >= channels;
    assign gate_word   = gate_word_q + gate_rest / 16'(Lanes);
    assign gate_lane   = gate_rest % 16'(Lanes);
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        gate_base_q <= '0;
        gate_word_q <= '0;
      end else if (clear_i || gate_behind || (taken && !gate)) begin
        gate_base_q <= '0;
        gate_word_q <= '0;
      end else if (gate_beyond) begin
        gate_base_q <= gate_base_q + channels;
        gate_word_q <= gate_word_q + row_words;
      end
    end
  end else begin : gen_no_gate
    assign {gate_behind, gate_beyond, gate_word, gate_lane} = '0;
  end

  // ---- stages: place, range of positions, products, sums; then the targets ----
  logic [4:0]  valid_q, ready;
  logic        step, free;
  logic [9:0]  kind_q;                       // two bits a stage, the first lowest
  logic [5*RowBits-1:0] source_q;
  logic [15:0] channel1_q, channel2_q;       // of a gate's neuron its word
  logic [7:0]  y1_q, x1_q;

  // A stage moves on if it, or one that follows it, is empty.
  assign free  = !valid_q[4] || (target_ready_i && target_last_o);
  assign ready = {free, free || !valid_q[3], free || valid_q[3:2] != '1, free || valid_q[3:1] != '1, free || valid_q[3:0] != '1};
  assign event_ready_o = ready[0] && !behind && !beyond && !gate_behind && !gate_beyond;
  assign taken         = event_valid_i && event_ready_o;
  assign step          = target_valid_o && target_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= '0;
    else if (clear_i) valid_q <= '0;
    else valid_q <= (valid_q & ~ready) | ({valid_q[3:0], taken} & ready);
  end

  always_ff @(posedge clk_i) begin
    if (ready[0]) begin
      kind_q[1:0]           <= event_kind_i;
      source_q[RowBits-1:0] <= (Gate && gate) ? RowBits'(gate_lane) : RowBits'(event_source_i);
      y1_q                  <= y_q;
      x1_q                  <= First ? rest[7:0] : x_q;
      channel1_q            <= (Gate && gate) ? gate_word : !shaped_i ? event_source_i : First ? channel_q : rest;
    end
    for (int s = 1; s < 5; s++) begin
      if (ready[s]) begin
        kind_q[2*s +: 2]             <= kind_q[2*s-2 +: 2];
        source_q[RowBits*s +: RowBits] <= source_q[RowBits*(s-1) +: RowBits];
      end
    end
  end

  // Positions whose kernel has the place: from the one in which it is furthest down, or right, in the kernel.
  function logic [9:0] first_of(input logic [9:0] place, input logic [8:0] kernel, input logic two);
    first_of = (place < 10'(kernel)) ? '0 : ((place - 10'(kernel)) >> two) + 10'd1;
  endfunction
  function logic [9:0] end_of(input logic [9:0] place, input logic [9:0] last, input logic two);
    end_of = ((place >> two) < last) ? (place >> two) + 10'd1 : last + 10'd1;
  endfunction

  logic [9:0] place_y, place_x, first_y, first_x, end_y, end_x;
  logic [9:0] first_y2_q, first_x2_q, count_y2_q, count_x2_q, count_y3_q, count_x3_q, count_y4_q, count_x4_q;
  logic [8:0] kernel_y2_q, kernel_x2_q;
  logic       none2_q, none3_q, none4_q;

  assign place_y = ({2'd0, y1_q} >> pool) + 10'(padding);
  assign place_x = ({2'd0, x1_q} >> pool) + 10'(padding);
  assign first_y = first_of(place_y, kernel_rows, stride_two);
  assign first_x = first_of(place_x, kernel_columns, stride_two);
  assign end_y   = end_of(place_y, last_row_q, stride_two);
  assign end_x   = end_of(place_x, last_column_q, stride_two);

  logic [AddressBits-1:0] row_part3_q, column_part3_q, channel_part3_q, row_address4_q;
  logic [WordBits-1:0]    row_words3_q, column_words3_q, row_target4_q;

  always_ff @(posedge clk_i) begin
    if (ready[1]) begin
      channel2_q  <= channel1_q;
      first_y2_q  <= first_y;
      first_x2_q  <= first_x;
      count_y2_q  <= end_y - first_y;
      count_x2_q  <= end_x - first_x;
      kernel_y2_q <= 9'(place_y - (first_y << stride_two));
      kernel_x2_q <= 9'(place_x - (first_x << stride_two));
      none2_q     <= end_y <= first_y || end_x <= first_x;
      if (!shaped_i || kind_q[1:0] != 2'(phasic_pkg::EventKindSpike)) begin
        first_y2_q  <= '0;
        first_x2_q  <= '0;
        count_y2_q  <= 10'd1;
        count_x2_q  <= 10'd1;
        kernel_y2_q <= '0;
        kernel_x2_q <= '0;
        none2_q     <= 1'b0;
      end
    end
    if (ready[2]) begin
      row_part3_q     <= AddressBits'(32'(kernel_y2_q) * 32'(row_step_q));
      column_part3_q  <= AddressBits'(32'(kernel_x2_q) * 32'(column_step_q));
      channel_part3_q <= AddressBits'(32'(channel2_q) * 32'(row_words));
      row_words3_q    <= (Gate && kind_q[3:2] == 2'(phasic_pkg::EventKindOpen)) ? WordBits'(channel2_q) : WordBits'(32'(first_y2_q) * 32'(position_step_q));
      column_words3_q <= WordBits'(32'(first_x2_q) * 32'(row_words));
      count_y3_q      <= count_y2_q;
      count_x3_q      <= count_x2_q;
      none3_q         <= none2_q;
    end
    if (ready[3]) begin
      row_address4_q <= row_part3_q + column_part3_q + channel_part3_q;
      row_target4_q  <= row_words3_q + column_words3_q;
      count_y4_q     <= count_y3_q;
      count_x4_q     <= count_x3_q;
      none4_q        <= none3_q;
    end
  end

  // ---- targets ----
  logic [9:0]             rows_left_q, columns_left_q, count_columns_q;
  logic [AddressBits-1:0] row_address_q, address_q, next_row_address;
  logic [WordBits-1:0]    row_target_q, target_q, next_row_target;
  logic                   none_q, columns_end;

  assign columns_end      = columns_left_q == 10'd1;
  assign next_row_address = row_address_q - (row_step_q << stride_two);
  assign next_row_target  = row_target_q + position_step_q;

  always_ff @(posedge clk_i) begin
    if (ready[4]) begin
      rows_left_q     <= count_y4_q;
      columns_left_q  <= count_x4_q;
      count_columns_q <= count_x4_q;
      row_address_q   <= row_address4_q;
      address_q       <= row_address4_q;
      row_target_q    <= row_target4_q;
      target_q        <= row_target4_q;
      none_q          <= none4_q;
    end else if (step) begin
      columns_left_q <= columns_end ? count_columns_q : columns_left_q - 10'd1;
      address_q      <= columns_end ? next_row_address : address_q - (column_step_q << stride_two);
      target_q       <= columns_end ? next_row_target : target_q + WordBits'(row_words);
      if (columns_end) begin
        rows_left_q   <= rows_left_q - 10'd1;
        row_address_q <= next_row_address;
        row_target_q  <= next_row_target;
      end
    end
  end

  assign target_valid_o   = valid_q[4];
  assign target_kind_o    = kind_q[9:8];
  assign target_last_o    = none_q || (columns_end && rows_left_q == 10'd1);
  assign target_none_o    = none_q;
  assign target_source_o  = source_q[RowBits*4 +: RowBits];
  assign weight_address_o = address_q;
  assign target_word_o    = target_q;

  // Without graded values every event is worth 1.
  if (Graded) begin : gen_values
    logic [39:0] value_q;
    always_ff @(posedge clk_i) begin
      if (ready[0]) value_q[7:0] <= event_value_i;
      for (int s = 1; s < 5; s++) if (ready[s]) value_q[8*s +: 8] <= value_q[8*s-8 +: 8];
    end
    assign target_value_o = value_q[39:32];
  end else begin : gen_spikes
    logic unused_value;
    assign unused_value   = ^event_value_i;
    assign target_value_o = 8'd1;
  end

  logic unused_bits;
  assign unused_bits = ^{descriptor_i, gate_word, gate_lane, channels, rest, channel_q, x_q};
endmodule

`default_nettype wire
