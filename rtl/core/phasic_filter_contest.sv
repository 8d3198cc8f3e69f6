// SPDX-License-Identifier: Apache-2.0
// Finds the filter that wins a patch: goes through the filters one after the other, and takes the lowest that never won, or else the one whose sum at
// the patch's position less its handicap is largest.
//
// Handshake: start_i for one cycle while busy_o is 0; word_i and blank_i hold meanwhile. The winner and its wins hold from the end of busy_o on.
// Latency:   a cycle a filter, and 16 / WeightWidth + 2 more for each word of filters. What is read at read_address_o must be on weights_i two
//            cycles later, the sums of the word asked for with sums_read_o one cycle later.
// Parameters: Lanes, WeightWidth; SumWidth of a position's sums; WordBits, width of a word of sums; AddressBits.
`default_nettype none

module phasic_filter_contest #(
  parameter int Lanes       = 64,
  parameter int WeightWidth = 8,
  parameter int SumWidth    = 27,
  parameter int WordBits    = 10,
  parameter int AddressBits = 14
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         clear_i,
  // constants of the layer
  input  logic [15:0]                  homeostasis_i,
  input  logic [15:0]                  filters_i,
  input  logic [15:0]                  row_words_i,
  input  logic [AddressBits-1:0]       state_address_i,  // first word of the rows that hold wins
  // a patch
  input  logic                         start_i,
  input  logic [WordBits-1:0]          word_i,           // first word of its position's sums
  input  logic                         blank_i,          // these are 0, whatever the words hold
  output logic                         busy_o,
  output logic [15:0]                  winner_o,
  output logic [15:0]                  wins_o,
  // synapse memory and sums
  output logic                         read_o,
  output logic [AddressBits-1:0]       read_address_o,
  input  logic [Lanes*WeightWidth-1:0] weights_i,
  output logic                         sums_read_o,
  output logic [WordBits-1:0]          sums_word_o,
  input  logic [Lanes*SumWidth-1:0]    sums_i
);
  localparam int Planes    = phasic_pkg::WinsWidth / WeightWidth;
  localparam int WordWidth = Lanes * WeightWidth;
  // Bits of a sum less a handicap of 32 bits.
  localparam int ContestWidth = ((SumWidth > 33) ? SumWidth : 33) + 1;

  typedef enum logic [2:0] {ContestIdle, ContestRead, ContestCapture, ContestScan, ContestDrain} contest_e;
  contest_e state_q;

  logic [1:0]             plane_q;
  logic                   read1_q, read2_q, sums_read1_q, read_last, scan, lane_last, filter_last;
  logic [AddressBits-1:0] address_q;
  logic [15:0]            word_q, filter_q, lane_q;
  logic [2:1]             valid_q;

  assign busy_o         = state_q != ContestIdle;
  assign read_o         = state_q == ContestRead;
  assign read_address_o = address_q;
  assign read_last      = plane_q == 2'(Planes - 1);
  assign sums_read_o    = read_o && read_last;
  assign sums_word_o    = word_i + WordBits'(word_q);
  assign scan           = state_q == ContestScan;
  assign lane_last      = lane_q == 16'(Lanes - 1);
  assign filter_last    = filter_q == filters_i - 16'd1;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q      <= ContestIdle;
      plane_q      <= '0;
      read1_q      <= 1'b0;
      read2_q      <= 1'b0;
      sums_read1_q <= 1'b0;
      valid_q      <= '0;
    end else if (clear_i) begin
      state_q      <= ContestIdle;
      plane_q      <= '0;
      read1_q      <= 1'b0;
      read2_q      <= 1'b0;
      sums_read1_q <= 1'b0;
      valid_q      <= '0;
    end else begin
      read1_q      <= read_o;
      read2_q      <= read1_q;
      sums_read1_q <= sums_read_o;
      valid_q      <= {valid_q[1], scan};
      if (read_o) plane_q <= read_last ? '0 : plane_q + 2'd1;
      case (state_q)
        ContestIdle: if (start_i) state_q <= ContestRead;
        ContestRead: if (read_last) state_q <= ContestCapture;
        ContestCapture: if (!read1_q) state_q <= ContestScan;
        ContestScan: begin
          if (filter_last) state_q <= ContestDrain;
          else if (lane_last) state_q <= ContestRead;
        end
        default: if (valid_q == '0) state_q <= ContestIdle;
      endcase
    end
  end

  // ---- a word of filters: the lanes move past the lowest one ----
  logic [Planes*WordWidth-1:0]        planes_q;
  logic [Lanes*SumWidth-1:0]          sums_q;
  logic [phasic_pkg::WinsWidth-1:0]   lane_wins;

  for (genvar p = 0; p < Planes; p++) begin : gen_plane
    assign lane_wins[WeightWidth*p +: WeightWidth] = planes_q[WordWidth*p +: WeightWidth];
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      address_q <= state_address_i;
      word_q    <= '0;
      filter_q  <= '0;
      lane_q    <= '0;
    end else begin
      if (read_o) address_q <= AddressBits'(32'(address_q) + 32'(row_words_i));
      if (scan) begin
        filter_q <= filter_q + 16'd1;
        lane_q   <= lane_last ? '0 : lane_q + 16'd1;
        if (lane_last) begin
          word_q    <= word_q + 16'd1;
          address_q <= state_address_i + AddressBits'(word_q) + AddressBits'(1);
        end
      end
    end
    if (read2_q) begin
      planes_q <= (Planes * WordWidth)'({weights_i, planes_q} >> WordWidth);
    end else if (scan) begin
      for (int p = 0; p < Planes; p++) planes_q[WordWidth*p +: WordWidth] <= planes_q[WordWidth*p +: WordWidth] >> WeightWidth;
    end
    if (sums_read1_q) sums_q <= sums_i;
    else if (scan) sums_q <= sums_q >> SumWidth;
  end

  // ---- a filter: sum and handicap, then their difference, then the best ----
  logic signed [ContestWidth-1:0] sum1_q, contest2_q, best_q;
  logic [31:0]                    handicap1_q;
  logic [15:0]                    wins1_q, wins2_q, filter1_q, filter2_q;
  logic                           better;

  assign better = filter2_q == '0 || (wins_o != '0 && (wins2_q == '0 || contest2_q > best_q));

  always_ff @(posedge clk_i) begin
    sum1_q      <= blank_i ? '0 : ContestWidth'($signed(sums_q[SumWidth-1:0]));
    handicap1_q <= 32'(homeostasis_i) * 32'(lane_wins);
    wins1_q     <= lane_wins;
    filter1_q   <= filter_q;
    contest2_q  <= sum1_q - $signed(ContestWidth'(handicap1_q));
    wins2_q     <= wins1_q;
    filter2_q   <= filter1_q;
    if (valid_q[2] && better) begin
      best_q   <= contest2_q;
      winner_o <= filter2_q;
      wins_o   <= wins2_q;
    end
  end
endmodule

`default_nettype wire
