// SPDX-License-Identifier: Apache-2.0
// Synaptic currents of a layer's neurons: in each step what is left of a current, and the sum of weights, are what drives the neuron.
//
// Handshake: none; read_i belongs to a word whose sums are on sums_i in the next cycle, and the word's drive is on drives_o two cycles after
//            these, when the current is written. Words must differ while they are inside, and there must be no reads between samples, when rows of currents are
//            loaded and stored as they stand in the weights buffer.
// Latency:   three cycles from read_i to drives_o; stored_o two cycles after store_i.
// Parameters: Lanes; SumWidth; DriveWidth, the larger of SumWidth and CurrentWidth; Words, neurons of a lane; WeightWidth, bits of a lane in a row.
`default_nettype none

module phasic_currents #(
  parameter int Lanes       = 64,
  parameter int SumWidth    = 19,
  parameter int DriveWidth  = 32,
  parameter int Words       = 16,
  parameter int WeightWidth = 8,
  localparam int WordBits   = (Words > 1) ? $clog2(Words) : 1
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         clear_i,
  input  logic [15:0]                  leak_i,        // a constant of the layer; 0: sums are what drives
  // a sweep
  input  logic                         fresh_i,       // there is no current from before
  input  logic                         read_i,
  input  logic [WordBits-1:0]          word_i,
  input  logic                         silent_i,      // with the sums: all are 0
  input  logic [Lanes*SumWidth-1:0]    sums_i,
  output logic [Lanes*DriveWidth-1:0]  drives_o,
  // rows of the neurons' currents, of which a word is that of a word of neurons
  input  logic                         load_i,
  input  logic [1:0]                   load_row_i,
  input  logic [WordBits-1:0]          load_word_i,
  input  logic [Lanes*WeightWidth-1:0] load_data_i,
  input  logic                         store_i,
  input  logic [1:0]                   store_row_i,
  input  logic [WordBits-1:0]          store_word_i,
  output logic [Lanes*WeightWidth-1:0] stored_o
);
  localparam int Width      = phasic_pkg::CurrentWidth;
  localparam int Parts      = Width / WeightWidth;
  localparam int RowWidth   = Lanes * WeightWidth;
  localparam int TotalWidth = DriveWidth + 2;
  localparam logic signed [TotalWidth-1:0] Maximum = (TotalWidth'(1) << (Width - 1)) - 1;
  localparam logic signed [TotalWidth-1:0] Minimum = -Maximum - 1;

  initial begin
    if (DriveWidth < SumWidth || DriveWidth < Width) $fatal(1, "phasic_currents: DriveWidth does not hold sums and currents");
  end

  // What is left of a current, in two products: that of its upper half, and that of its lower half in halves, so that it is rounded when all is
  // added up.
  function logic signed [32:0] high_of(input logic signed [15:0] high, input logic [15:0] leak);
    high_of = 33'(high) * 33'($signed({1'b0, leak}));
  endfunction

  function logic [16:0] low_of(input logic [15:0] low, input logic [15:0] leak);
    low_of = 17'((32'(low) * 32'(leak)) >> 15);
  endfunction

  function logic signed [TotalWidth-1:0] total_of(input logic signed [32:0] high, input logic [16:0] low,
                                                  input logic signed [SumWidth-1:0] sum);
    total_of = TotalWidth'(high) + TotalWidth'($signed({1'b0, low[16:1]})) + TotalWidth'(sum) + TotalWidth'($signed({1'b0, low[0]}));
  endfunction

  // A graded sum may be wider than a current, and none is left of it.
  function logic signed [DriveWidth-1:0] limit(input logic signed [TotalWidth-1:0] total, input logic lasts);
    if (DriveWidth > Width && !lasts) limit = DriveWidth'(total);
    else limit = (total > Maximum) ? DriveWidth'(Maximum) : (total < Minimum) ? DriveWidth'(Minimum) : DriveWidth'(total);
  endfunction

  // ---- stages: a word is read, multiplied, added up, and written ----
  logic [2:0]                valid_q;
  logic [WordBits-1:0]       word1_q, word2_q, word3_q;
  logic [Lanes*Width-1:0]    earlier;
  logic [Lanes*33-1:0]       highs_q;
  logic [Lanes*17-1:0]       lows_q;
  logic [Lanes*SumWidth-1:0] sums_q;
  logic                      lasts;
  assign lasts = leak_i != '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= '0;
    else valid_q <= clear_i ? '0 : {valid_q[1:0], read_i};
  end

  always_ff @(posedge clk_i) begin
    word1_q <= word_i;
    word2_q <= word1_q;
    word3_q <= word2_q;
    if (valid_q[0]) begin
      sums_q <= silent_i ? '0 : sums_i;
      for (int k = 0; k < Lanes; k++) begin
        highs_q[33*k +: 33] <= fresh_i ? '0 : high_of($signed(earlier[Width*k+16 +: 16]), leak_i);
        lows_q[17*k +: 17]  <= fresh_i ? '0 : low_of(earlier[Width*k +: 16], leak_i);
      end
    end
    if (valid_q[1]) begin
      for (int k = 0; k < Lanes; k++)
        drives_o[DriveWidth*k +: DriveWidth] <=
            limit(total_of($signed(highs_q[33*k +: 33]), lows_q[17*k +: 17], $signed(sums_q[SumWidth*k +: SumWidth])), lasts);
    end
  end

  // ---- currents, in as many parts as they have rows ----
  logic [Parts*RowWidth-1:0] parts_q;
  logic [WordBits-1:0]       read_word, write_word;
  logic [1:0]                stored_row_q;
  logic                      stored_q;

  assign read_word  = store_i ? store_word_i : word_i;
  assign write_word = load_i ? load_word_i : word3_q;

  for (genvar p = 0; p < Parts; p++) begin : gen_parts
    (* ram_style = "distributed" *) logic [RowWidth-1:0] currents_q [Words];
    always_ff @(posedge clk_i) begin : part
      logic [RowWidth-1:0] written;
      if (read_i || store_i) parts_q[RowWidth*p +: RowWidth] <= currents_q[read_word];
      if (valid_q[2] || (load_i && 32'(load_row_i) == p)) begin
        for (int k = 0; k < Lanes; k++)
          written[WeightWidth*k +: WeightWidth] =
              load_i ? load_data_i[WeightWidth*k +: WeightWidth] : drives_o[DriveWidth*k + WeightWidth*p +: WeightWidth];
        currents_q[write_word] <= written;
      end
    end
  end
  always_comb begin
    for (int k = 0; k < Lanes; k++)
      for (int p = 0; p < Parts; p++) earlier[Width*k + WeightWidth*p +: WeightWidth] = parts_q[RowWidth*p + WeightWidth*k +: WeightWidth];
  end

  always_ff @(posedge clk_i) begin
    stored_q     <= store_i;
    stored_row_q <= store_row_i;
    if (stored_q) begin
      for (int p = 0; p < Parts; p++)
        if (32'(stored_row_q) == p) stored_o <= parts_q[RowWidth*p +: RowWidth];
    end
  end
endmodule

`default_nettype wire
