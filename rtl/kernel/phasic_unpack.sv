// SPDX-License-Identifier: Apache-2.0
// Turns the beats of rows of elements, padded to 64 bytes, into words of Lanes elements; lanes past the end of the row are 0.
//
// Handshake: clear_i before the first row. Beats are taken by in_valid_i / in_ready_o; each word leaves in one cycle with word_valid_o and
//            cannot be held up. busy_o: a beat that was taken still has words to come.
// Latency:   one cycle from the last beat of a word to the word. If Lanes is no power of two, one more, and a cycle for each part that words and
//            beats have in common: as many elements as the largest power of two that divides Lanes, a beat's at most.
// Parameters: DataWidth in bits; Lanes; ElementWidth in bits, 8, 16 or 32.
`default_nettype none

module phasic_unpack #(
  parameter int DataWidth = 512,
  parameter int Lanes = 64,
  parameter int ElementWidth = 8
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  logic                          clear_i,
  input  logic [15:0]                   elements_i,        // of a row; stable from clear_i on
  input  logic                          in_valid_i,
  output logic                          in_ready_o,
  input  logic [DataWidth-1:0]          in_data_i,
  output logic                          word_valid_o,
  output logic [Lanes*ElementWidth-1:0] word_o,
  output logic                          busy_o
);
  localparam int WordBits = Lanes * ElementWidth;
  localparam int BeatsPerBlock = 512 / DataWidth;
  localparam int BlockElements = 512 / ElementWidth;
  localparam int BeatElements = DataWidth / ElementWidth;

  // Elements of the row that the next word does not come after, and beats of the row still to come.
  logic [15:0] elements_left_q;
  logic [16:0] beats_left_q;
  logic [16:0] row_beats;
  logic        take;
  logic        last_beat;
  logic        next_word;        // the word at hand is done with, whether it had elements or not
  logic        next_row;         // and it was the last one of the row
  logic [15:0] next_elements;

  assign row_beats = 17'(((32'(elements_i) + 32'(BlockElements - 1)) / 32'(BlockElements)) * 32'(BeatsPerBlock));
  assign take = in_valid_i && in_ready_o;
  assign last_beat = beats_left_q == 17'd1;
  assign next_elements = (32'(elements_left_q) > 32'(Lanes)) ? 16'(32'(elements_left_q) - 32'(Lanes)) : '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      elements_left_q <= '0;
      beats_left_q    <= '0;
    end else if (clear_i) begin
      elements_left_q <= elements_i;
      beats_left_q    <= row_beats;
    end else begin
      if (next_word) elements_left_q <= next_row ? elements_i : next_elements;
      if (take) beats_left_q <= last_beat ? row_beats : beats_left_q - 1'b1;
    end
  end

  if ((1 << $clog2(Lanes)) != Lanes) begin : gen_parts
    // The lowest bit of Lanes that is 1.
    localparam int PartElements = ((Lanes & -Lanes) < BeatElements) ? Lanes & -Lanes : BeatElements;
    localparam int PartBits     = PartElements * ElementWidth;
    localparam int WordParts    = Lanes / PartElements;
    localparam int BeatParts    = BeatElements / PartElements;
    localparam int WordPartBits = $clog2(WordParts);
    localparam int BeatPartBits = $clog2(BeatParts + 1);
    logic [DataWidth-1:0]    beat_q;
    logic [BeatPartBits-1:0] parts_q;        // of the beat that are left
    logic [WordPartBits-1:0] part_q;         // of the word
    logic [WordBits-1:0]     word_q;
    logic                    row_end_q, full_q, full_end_q, useful, word_end, beat_end;
    logic [16:0]             gathered_q;     // elements of the row before the part
    logic [16:0]             gathered;       // and with it

    // What is left of the row's last beat after its last element is dropped at once.
    assign gathered   = gathered_q + 17'(PartElements);
    assign useful     = parts_q != '0 && gathered_q < 17'(elements_i);
    assign word_end   = part_q == WordPartBits'(WordParts - 1) || gathered >= 17'(elements_i);
    assign beat_end   = parts_q == BeatPartBits'(1) || (parts_q != '0 && gathered >= 17'(elements_i));
    assign in_ready_o = parts_q == '0 || beat_end;

    assign next_word    = full_q;
    assign next_row     = full_end_q;
    assign word_valid_o = full_q;
    assign busy_o       = full_q || parts_q != '0;
    always_comb begin
      word_o = '0;
      if (word_valid_o) begin
        for (int k = 0; k < Lanes; k++)
          word_o[ElementWidth*k +: ElementWidth] = word_q[ElementWidth*k +: ElementWidth] & {ElementWidth{32'(elements_left_q) > 32'(k)}};
      end
    end

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        parts_q    <= '0;
        part_q     <= '0;
        gathered_q <= '0;
        row_end_q  <= 1'b0;
        full_q     <= 1'b0;
        full_end_q <= 1'b0;
      end else if (clear_i) begin
        parts_q    <= '0;
        part_q     <= '0;
        gathered_q <= '0;
        row_end_q  <= 1'b0;
        full_q     <= 1'b0;
        full_end_q <= 1'b0;
      end else begin
        full_q     <= useful && word_end;
        full_end_q <= useful && gathered >= 17'(elements_i);
        if (useful) part_q <= word_end ? '0 : part_q + 1'b1;
        if (beat_end && row_end_q) gathered_q <= '0;
        else if (useful) gathered_q <= gathered;
        if (take) begin
          parts_q   <= BeatPartBits'(BeatParts);
          row_end_q <= last_beat;
        end else if (parts_q != '0) begin
          parts_q <= beat_end ? '0 : parts_q - 1'b1;
        end
      end
    end

    always_ff @(posedge clk_i) begin
      if (take) beat_q <= in_data_i;
      else beat_q <= beat_q >> PartBits;
      if (useful) begin
        for (int p = 0; p < WordParts; p++)
          if (part_q == WordPartBits'(p)) word_q[PartBits*p +: PartBits] <= beat_q[PartBits-1:0];
      end
    end
  end else if (WordBits <= DataWidth) begin : gen_narrow
    localparam int Slots = DataWidth / WordBits;
    localparam int SlotWidth = $clog2(Slots + 1);
    logic [DataWidth-1:0] beat_q;
    logic [SlotWidth-1:0] slots_q;
    logic                 row_end_q;

    assign in_ready_o   = (slots_q == '0) || (slots_q == SlotWidth'(1));
    assign next_word    = slots_q != '0;
    assign next_row     = row_end_q && (slots_q == SlotWidth'(1));
    assign word_valid_o = next_word && (elements_left_q != '0);
    assign busy_o       = next_word;
    always_comb begin
      word_o = '0;
      if (word_valid_o) begin
        for (int k = 0; k < Lanes; k++)
          word_o[ElementWidth*k +: ElementWidth] = beat_q[ElementWidth*k +: ElementWidth] & {ElementWidth{32'(elements_left_q) > 32'(k)}};
      end
    end

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        slots_q   <= '0;
        row_end_q <= 1'b0;
      end else if (clear_i) begin
        slots_q   <= '0;
        row_end_q <= 1'b0;
      end else if (take) begin
        slots_q   <= SlotWidth'(Slots);
        row_end_q <= last_beat;
      end else if (next_word) begin
        slots_q <= slots_q - 1'b1;
      end
    end

    always_ff @(posedge clk_i) begin
      if (take) begin
        beat_q <= in_data_i;
      end else if (next_word) begin
        beat_q <= beat_q >> WordBits;
      end
    end
  end else begin : gen_wide
    localparam int Parts = WordBits / DataWidth;
    localparam int PartWidth = $clog2(Parts);
    logic [WordBits-1:0]  parts_q;
    logic [PartWidth-1:0] part_q;
    logic                 full_q;
    logic                 row_end_q;

    assign in_ready_o   = 1'b1;
    assign next_word    = full_q;
    assign next_row     = row_end_q;
    assign word_valid_o = full_q && (elements_left_q != '0);
    assign busy_o       = full_q;
    always_comb begin
      word_o = '0;
      if (word_valid_o) begin
        for (int k = 0; k < Lanes; k++)
          word_o[ElementWidth*k +: ElementWidth] = parts_q[ElementWidth*k +: ElementWidth] & {ElementWidth{32'(elements_left_q) > 32'(k)}};
      end
    end

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        part_q    <= '0;
        full_q    <= 1'b0;
        row_end_q <= 1'b0;
      end else if (clear_i) begin
        part_q    <= '0;
        full_q    <= 1'b0;
        row_end_q <= 1'b0;
      end else begin
        full_q    <= take && (last_beat || (part_q == PartWidth'(Parts - 1)));
        row_end_q <= take && last_beat;
        if (take) part_q <= last_beat ? '0 : part_q + 1'b1;
      end
    end

    for (genvar p = 0; p < Parts; p++) begin : gen_part
      always_ff @(posedge clk_i) begin
        if (take && (part_q == PartWidth'(p))) parts_q[DataWidth*p +: DataWidth] <= in_data_i;
      end
    end
  end
endmodule

`default_nettype wire
