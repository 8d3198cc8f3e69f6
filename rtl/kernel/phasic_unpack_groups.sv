// SPDX-License-Identifier: Apache-2.0
// Turns the beats of rows of bytes, padded to 64, into words of Lanes bytes that begin anew with each group of a row: those of the levels of a
// convolution, whose groups are positions. Lanes past the end of a group are 0.
//
// Handshake: clear_i before the first row. Beats are taken by in_valid_i / in_ready_o; each word leaves in one cycle with word_valid_o and
//            cannot be held up. busy_o: a beat that was taken still has words to come.
// Latency:   a cycle a byte, and one more to a word.
// Parameters: DataWidth in bits; Lanes.
`default_nettype none

module phasic_unpack_groups #(
  parameter int DataWidth = 512,
  parameter int Lanes     = 64
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 clear_i,
  input  logic [15:0]          elements_i,   // of a row; stable from clear_i on
  input  logic [15:0]          group_i,      // of a group; a row has whole groups
  input  logic                 in_valid_i,
  output logic                 in_ready_o,
  input  logic [DataWidth-1:0] in_data_i,
  output logic                 word_valid_o,
  output logic [Lanes*8-1:0]   word_o,
  output logic                 busy_o
);
  localparam int BeatBytes = DataWidth / 8;
  localparam int ByteBits  = $clog2(BeatBytes + 1);
  localparam int BeatsPerBlock = 512 / DataWidth;
  localparam int LaneBits  = (Lanes > 1) ? $clog2(Lanes) : 1;

  logic [DataWidth-1:0] beat_q;
  logic [ByteBits-1:0]  bytes_q;           // of the beat that are left
  logic [15:0]          beats_left_q;      // of the row
  logic [15:0]          elements_left_q;   // of the row
  logic [15:0]          group_left_q;
  logic [LaneBits-1:0]  lane_q;
  logic                 row_end_q;         // the beat is the row's last
  logic [15:0]          row_beats;
  logic                 take, last_beat, useful, word_end, beat_end;

  assign row_beats  = 16'(((32'(elements_i) + 32'd63) >> 6) * 32'(BeatsPerBlock));
  assign last_beat  = beats_left_q == 16'd1;
  assign in_ready_o = bytes_q == '0;
  assign take       = in_valid_i && in_ready_o;
  assign useful     = bytes_q != '0 && elements_left_q != '0;
  assign word_end   = group_left_q == 16'd1 || Lanes == 1 || lane_q == LaneBits'(Lanes - 1);
  // What is left of a beat after the row's last element is dropped at once.
  assign beat_end   = bytes_q != '0 && (elements_left_q == '0 || bytes_q == ByteBits'(1));
  assign busy_o     = bytes_q != '0 || word_valid_o;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      bytes_q         <= '0;
      beats_left_q    <= '0;
      elements_left_q <= '0;
      group_left_q    <= '0;
      lane_q          <= '0;
      row_end_q       <= 1'b0;
      word_valid_o    <= 1'b0;
    end else if (clear_i) begin
      bytes_q         <= '0;
      beats_left_q    <= row_beats;
      elements_left_q <= elements_i;
      group_left_q    <= group_i;
      lane_q          <= '0;
      row_end_q       <= 1'b0;
      word_valid_o    <= 1'b0;
    end else begin
      word_valid_o <= useful && word_end;
      if (take) begin
        bytes_q      <= ByteBits'(BeatBytes);
        beats_left_q <= last_beat ? row_beats : beats_left_q - 16'd1;
        row_end_q    <= last_beat;
      end else if (bytes_q != '0) begin
        bytes_q <= beat_end ? '0 : bytes_q - 1'b1;
      end
      if (useful) begin
        elements_left_q <= elements_left_q - 16'd1;
        group_left_q    <= (group_left_q == 16'd1) ? group_i : group_left_q - 16'd1;
        lane_q          <= word_end ? '0 : lane_q + 1'b1;
      end
      if (beat_end && row_end_q) elements_left_q <= elements_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (take) beat_q <= in_data_i;
    else beat_q <= beat_q >> 8;
    if (useful) begin
      for (int k = 0; k < Lanes; k++) begin
        if (lane_q == LaneBits'(k)) word_o[8*k +: 8] <= beat_q[7:0];
        else if (lane_q == '0) word_o[8*k +: 8] <= '0;
      end
    end
  end
endmodule

`default_nettype wire
