// SPDX-License-Identifier: Apache-2.0
// A sample that a discriminant learns: the values of its sources, how far they are from the mean of their class, and the rows of the scatter
// that change, those whose difference is not 0.
//
// Handshake: ready_o tells, after clear_i, when values are taken: one source a cycle, in any order; a source without one has 0. start_i for
//            one cycle, with last_source_i and row_words_i, begins the search; then next_i takes one source after the other, whose sum is to be on
//            sum_i three cycles later. done_o is 1 when every difference is there; values_o and differences_o of a word come one cycle after
//            read_i. The rows that change are told in order: row_valid_o says that there is one, row_take_i goes on to the next.
// Latency:   a cycle a source and 17 more.
// Parameters: Lanes, MaxRows as in the limits of the contract; AddressBits, width of an address in the discriminant's memory.
`default_nettype none

module phasic_scatter_sample #(
  parameter int Lanes       = 64,
  parameter int MaxRows     = 1024,
  parameter int AddressBits = 15,
  localparam int Words      = (MaxRows + Lanes - 1) / Lanes,
  localparam int WordBits   = (Words > 1) ? $clog2(Words) : 1,
  localparam int RowBits    = (MaxRows > 1) ? $clog2(MaxRows) : 1,
  localparam int SamplesWidth = $clog2(phasic_pkg::MostSamples),
  localparam int Difference = phasic_pkg::DifferenceWidth
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  logic                        clear_i,
  output logic                        ready_o,
  // values as they come
  input  logic                        value_i,
  input  logic [RowBits-1:0]          value_source_i,
  input  logic [7:0]                  value_data_i,
  // search for differences
  input  logic                        start_i,
  input  logic [RowBits-1:0]          last_source_i,
  input  logic [AddressBits-1:0]      row_words_i,
  input  logic [SamplesWidth-1:0]     samples_i,     // of the class, before this one
  input  logic                        next_i,
  input  logic [31:0]                 sum_i,
  output logic                        done_o,
  // words of values and differences
  input  logic                        read_i,
  input  logic [WordBits-1:0]         word_i,
  output logic [Lanes*8-1:0]          values_o,
  output logic [Lanes*Difference-1:0] differences_o,
  // rows of the scatter that change
  output logic                        row_valid_o,
  input  logic                        row_take_i,
  output logic [AddressBits-1:0]      row_address_o, // of its first word
  output logic signed [Difference-1:0] row_difference_o
);
  localparam int LaneBits = (Lanes > 1) ? $clog2(Lanes) : 1;

  // ---- values, until they are looked at ----
  logic               clearing_q, next1_q;
  logic [2:0]         next_q;
  logic [RowBits-1:0] source_q, source1_q;
  logic [7:0]         value, value2_q, value3_q;

  assign ready_o = !clearing_q;

  phasic_ram #(
    .Width(8),
    .Depth(MaxRows)
  ) u_values (
    .clk_i,
    .write_i        (value_i || next1_q || clearing_q),
    .write_address_i(clearing_q ? source_q : next1_q ? source1_q : value_source_i),
    .write_data_i   ((clearing_q || next1_q) ? 8'd0 : value_data_i),
    .read_i         (next_i),
    .read_address_i (source_q),
    .read_data_o    (value)
  );
  assign next1_q = next_q[0];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      clearing_q <= 1'b1;
      source_q   <= '0;
      next_q     <= '0;
    end else if (clear_i) begin
      clearing_q <= 1'b1;
      source_q   <= '0;
      next_q     <= '0;
    end else begin
      next_q <= {next_q[1:0], next_i};
      if (clearing_q && source_q == RowBits'(MaxRows - 1)) clearing_q <= 1'b0;
      if (start_i) source_q <= '0;
      else if (clearing_q || next_i) source_q <= source_q + 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    source1_q <= source_q;
    value2_q  <= value;
    value3_q  <= value2_q;
  end

  // ---- differences ----
  logic                         found;
  logic [7:0]                   found_value;
  logic signed [Difference-1:0] found_difference;

  phasic_difference #(
    .SamplesWidth(SamplesWidth)
  ) u_difference (
    .clk_i,
    .rst_ni,
    .clear_i,
    .samples_i,
    .valid_i     (next_q[2]),
    .value_i     (value3_q),
    .sum_i,
    .valid_o     (found),
    .value_o     (found_value),
    .difference_o(found_difference)
  );

  // ---- words of them: lane after lane, then into their memory ----
  logic                        write_q, lane_last, found_last;
  logic [LaneBits-1:0]         lane_q;
  logic [WordBits-1:0]         word_q, write_word_q;
  logic [RowBits-1:0]          found_q;
  logic [Lanes*8-1:0]          values_q;
  logic [Lanes*Difference-1:0] differences_q;
  (* ram_style = "distributed" *) logic [Lanes*8-1:0]          value_words_q [1 << WordBits];
  (* ram_style = "distributed" *) logic [Lanes*Difference-1:0] difference_words_q [1 << WordBits];

  assign lane_last  = lane_q == LaneBits'(Lanes - 1);
  assign found_last = found_q == last_source_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_q <= 1'b0;
      done_o  <= 1'b0;
    end else if (clear_i || start_i) begin
      write_q <= 1'b0;
      done_o  <= 1'b0;
    end else begin
      write_q <= found && (lane_last || found_last);
      if (found && found_last) done_o <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      lane_q  <= '0;
      word_q  <= '0;
      found_q <= '0;
    end else if (found) begin
      lane_q  <= lane_last ? '0 : lane_q + 1'b1;
      found_q <= found_q + 1'b1;
      if (lane_last) word_q <= word_q + 1'b1;
    end
    if (found) begin
      values_q[8*lane_q +: 8]                        <= found_value;
      differences_q[Difference*lane_q +: Difference] <= found_difference;
    end
    write_word_q <= word_q;
    if (write_q) begin
      value_words_q[write_word_q]      <= values_q;
      difference_words_q[write_word_q] <= differences_q;
    end
    if (read_i) begin
      values_o      <= value_words_q[word_i];
      differences_o <= difference_words_q[word_i];
    end
  end

  // ---- rows that change ----
  logic                   changes, read_row;
  logic [AddressBits-1:0] address_q;
  logic [RowBits:0]       rows_q, row_q;

  assign changes  = found && found_difference != '0;
  assign read_row = (!row_valid_o || row_take_i) && row_q != rows_q;

  phasic_ram #(
    .Width(AddressBits + Difference),
    .Depth(MaxRows)
  ) u_rows (
    .clk_i,
    .write_i        (changes),
    .write_address_i(rows_q[RowBits-1:0]),
    .write_data_i   ({address_q, found_difference}),
    .read_i         (read_row),
    .read_address_i (row_q[RowBits-1:0]),
    .read_data_o    ({row_address_o, row_difference_o})
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) row_valid_o <= 1'b0;
    else if (clear_i || start_i) row_valid_o <= 1'b0;
    else if (read_row) row_valid_o <= 1'b1;
    else if (row_take_i) row_valid_o <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      address_q <= '0;
      rows_q    <= '0;
      row_q     <= '0;
    end else begin
      if (found) address_q <= address_q + row_words_i;
      if (changes) rows_q <= rows_q + 1'b1;
      if (read_row) row_q <= row_q + 1'b1;
    end
  end
endmodule

`default_nettype wire
