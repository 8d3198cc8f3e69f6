// SPDX-License-Identifier: Apache-2.0
// What the winner's weights move towards: the product of a patch and the table of targets, less an offset, divided and limited, a target for each
// weight row. The table lies in the synapse memory, a byte a lane; the offsets have a memory here.
//
// Handshake: start_i for one cycle while busy_o is 0; then the patch's values are asked for with value_read_o, and must come one cycle later and hold.
//            What is read at read_address_o must be on weights_i two cycles later. A target comes one cycle after target_read_i and holds. Words of
//            offsets are loaded before a run.
// Latency:   for each word of targets a cycle a row, a cycle a target and 6 more.
// Parameters: Lanes, WeightWidth; RowBits, MaxRows; AddressBits.
`default_nettype none

module phasic_targets #(
  parameter int Lanes       = 64,
  parameter int WeightWidth = 8,
  parameter int RowBits     = 10,
  parameter int MaxRows     = 1024,
  parameter int AddressBits = 14,
  localparam int OffsetWidth = phasic_pkg::MemoryWidth
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         clear_i,
  // constants of the layer
  input  logic [15:0]                  rows_i,
  input  logic [15:0]                  target_words_i,   // words that hold a target for each row
  input  logic [AddressBits-1:0]       table_address_i,
  input  logic [4:0]                   shift_i,
  // words of offsets
  input  logic                         load_i,
  input  logic [31:0]                  load_address_i,
  input  logic [Lanes*OffsetWidth-1:0] load_data_i,
  // a patch
  input  logic                         start_i,
  output logic                         busy_o,
  output logic                         value_read_o,
  output logic [RowBits-1:0]           value_row_o,
  input  logic [11:0]                  value_i,
  output logic                         read_o,
  output logic [AddressBits-1:0]       read_address_o,
  input  logic [Lanes*WeightWidth-1:0] weights_i,
  // targets
  input  logic                         target_read_i,
  input  logic [RowBits-1:0]           target_row_i,
  output logic [15:0]                  target_o          // signed, in units of a weight
);
  localparam int TargetWidth  = phasic_pkg::TargetWidth;
  localparam int OffsetWords  = (MaxRows + Lanes - 1) / Lanes;
  localparam int OffsetBits   = (OffsetWords > 1) ? $clog2(OffsetWords) : 1;
  localparam int ProductWidth = 12 + TargetWidth;
  // The values of a patch are those of so many sources at most: a sum of products has less bits than an offset, and with it two more hold all.
  localparam int SumWidth     = OffsetWidth + 2;
  localparam logic signed [SumWidth-1:0] TargetMaximum = (1 << (TargetWidth - 1)) - 1;
  localparam logic signed [SumWidth-1:0] TargetMinimum = 0 - (1 << (TargetWidth - 1));

  typedef enum logic [2:0] {TargetsIdle, TargetsOffset, TargetsBegin, TargetsRun, TargetsDrain, TargetsScan, TargetsEnd} targets_e;
  targets_e state_q;

  logic [15:0]            word_q, row_q, lane_q, scan_row_q;
  logic [AddressBits-1:0] address_q;
  logic [3:1]             valid_q, scan_q;
  logic                   run, row_last, scan, scan_last, lane_last;

  assign busy_o         = state_q != TargetsIdle;
  assign run            = state_q == TargetsRun;
  assign scan           = state_q == TargetsScan;
  assign row_last       = row_q == rows_i - 16'd1;
  assign scan_last      = scan_row_q == rows_i - 16'd1;
  assign lane_last      = lane_q == 16'(Lanes - 1);
  assign read_o         = run;
  assign read_address_o = address_q;
  assign value_read_o   = run;
  assign value_row_o    = RowBits'(row_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= TargetsIdle;
      valid_q <= '0;
      scan_q  <= '0;
    end else if (clear_i) begin
      state_q <= TargetsIdle;
      valid_q <= '0;
      scan_q  <= '0;
    end else begin
      valid_q <= {valid_q[2:1], run};
      scan_q  <= {scan_q[2:1], scan};
      case (state_q)
        TargetsIdle: if (start_i) state_q <= TargetsOffset;
        TargetsOffset: state_q <= TargetsBegin;
        TargetsBegin: state_q <= TargetsRun;
        TargetsRun: if (row_last) state_q <= TargetsDrain;
        TargetsDrain: if (valid_q == '0) state_q <= TargetsScan;
        TargetsScan: begin
          if (scan_last) state_q <= TargetsEnd;
          else if (lane_last) state_q <= TargetsOffset;
        end
        default: if (scan_q == '0) state_q <= TargetsIdle;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == TargetsIdle) begin
      word_q     <= '0;
      scan_row_q <= '0;
    end else if (scan) begin
      scan_row_q <= scan_row_q + 16'd1;
      if (lane_last) word_q <= word_q + 16'd1;
    end
    if (state_q == TargetsBegin) begin
      row_q     <= '0;
      address_q <= AddressBits'(32'(table_address_i) + 32'(word_q));
    end else if (run) begin
      row_q     <= row_q + 16'd1;
      address_q <= AddressBits'(32'(address_q) + 32'(target_words_i));
    end
    lane_q <= scan ? lane_q + 16'd1 : '0;
  end

  // ---- offsets: few wide words, or many narrow ones ----
  logic [Lanes*OffsetWidth-1:0] offsets;

  if (OffsetWords <= 64) begin : gen_wide
    (* ram_style = "distributed" *) logic [Lanes*OffsetWidth-1:0] offsets_q [OffsetWords];
    logic [Lanes*OffsetWidth-1:0] read_q;
    assign offsets = read_q;
    always_ff @(posedge clk_i) begin
      if (load_i) offsets_q[OffsetBits'(load_address_i)] <= load_data_i;
      if (state_q == TargetsOffset) read_q <= offsets_q[OffsetBits'(word_q)];
    end
  end else begin : gen_narrow
    phasic_ram #(
      .Width(Lanes * OffsetWidth),
      .Depth(OffsetWords)
    ) u_offsets (
      .clk_i,
      .write_i        (load_i),
      .write_address_i(OffsetBits'(load_address_i)),
      .write_data_i   (load_data_i),
      .read_i         (state_q == TargetsOffset),
      .read_address_i (OffsetBits'(word_q)),
      .read_data_o    (offsets)
    );
  end

  logic unused_bits;
  assign unused_bits = ^{load_address_i, weights_i};

  // ---- lanes: a product, then its sum, which begins with the offset; then the lanes move past the lowest one ----
  logic [Lanes*ProductWidth-1:0] products_q;
  logic [Lanes*SumWidth-1:0]     sums_q;
  logic [11:0]                   value2_q;

  function logic signed [ProductWidth-1:0] product_of(input logic [11:0] value, input logic signed [TargetWidth-1:0] entry);
    product_of = ProductWidth'(entry) * ProductWidth'($signed({1'b0, value}));
  endfunction

  function logic signed [SumWidth-1:0] sum_of(input logic [SumWidth-1:0] sum, input logic signed [ProductWidth-1:0] product);
    sum_of = sum + SumWidth'(product);
  endfunction

  function logic signed [SumWidth-1:0] minus(input logic signed [OffsetWidth-1:0] offset);
    minus = SumWidth'(0) - SumWidth'(offset);
  endfunction

  always_ff @(posedge clk_i) begin
    value2_q <= value_i;
    if (valid_q[2]) begin
      for (int k = 0; k < Lanes; k++)
        products_q[ProductWidth*k +: ProductWidth] <= product_of(value2_q, $signed(weights_i[TargetWidth*k +: TargetWidth]));
    end
    if (state_q == TargetsBegin) begin
      for (int k = 0; k < Lanes; k++) sums_q[SumWidth*k +: SumWidth] <= minus($signed(offsets[OffsetWidth*k +: OffsetWidth]));
    end else if (valid_q[3]) begin
      for (int k = 0; k < Lanes; k++)
        sums_q[SumWidth*k +: SumWidth] <= sum_of(sums_q[SumWidth*k +: SumWidth], $signed(products_q[ProductWidth*k +: ProductWidth]));
    end else if (scan) begin
      sums_q <= sums_q >> SumWidth;
    end
  end

  // ---- a target: half a unit is added, what is divided is limited ----
  logic [SumWidth-1:0]        half_q;
  logic signed [SumWidth-1:0] rounded1_q, divided2_q;
  logic [TargetWidth-1:0]     target3_q, target;
  logic [RowBits-1:0]         write_row_q;

  always_ff @(posedge clk_i) begin
    half_q     <= (SumWidth'(1) << shift_i) >> 1;
    rounded1_q <= $signed(sums_q[SumWidth-1:0]) + $signed(half_q);
    divided2_q <= rounded1_q >>> shift_i;
    target3_q  <= (divided2_q > TargetMaximum) ? TargetMaximum[TargetWidth-1:0] :
                  (divided2_q < TargetMinimum) ? TargetMinimum[TargetWidth-1:0] : divided2_q[TargetWidth-1:0];
    if (state_q == TargetsIdle) write_row_q <= '0;
    else if (scan_q[3]) write_row_q <= write_row_q + 1'b1;
  end

  phasic_ram #(
    .Width(TargetWidth),
    .Depth(MaxRows)
  ) u_targets (
    .clk_i,
    .write_i        (scan_q[3]),
    .write_address_i(write_row_q),
    .write_data_i   (target3_q),
    .read_i         (target_read_i),
    .read_address_i (target_row_i),
    .read_data_o    (target)
  );

  assign target_o = 16'($signed(target)) << (WeightWidth - TargetWidth);
endmodule

`default_nettype wire
