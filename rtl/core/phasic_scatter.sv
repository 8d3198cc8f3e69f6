// SPDX-License-Identifier: Apache-2.0
// What a discriminant, the last layer, learns: keeps the values of a sample as its events come, and after a learned one changes the number of
// samples and the sums of its class and the scatter of all classes, which are in a memory of their own.
//
// Handshake: clear_i for one cycle before a run; ready_o tells when the unit can be used again. Messages by valid/ready, one a sample, before its
//            first event. Events are those that the layer takes; while busy_o is 1 it must not take any. Load and store ports only between
//            samples: a load word is taken at once, a stored word is on store_data_o two cycles after store_i. There the rows of the scatter,
//            then those of sums, are one after the other, each of ceil(sources / Lanes) words; the numbers of samples, with load_last_i or
//            store_last_i, begin at address 0 again. Constants hold during a run.
// Latency:   after a learned sample a cycle a source, then one for each word of sums and of each row of the scatter whose difference is not 0,
//            and about 30 more. A sample that is not learned takes none.
// Parameters: Lanes, MaxRows, MaxNeurons and MemoryDepth as in the limits of the contract; Protect, words of the scatter and of sums have check
//            bits (phasic_checked_ram).
`default_nettype none

module phasic_scatter #(
  parameter int Lanes       = 64,
  parameter int MaxRows     = 1024,
  parameter int MaxNeurons  = 1024,
  parameter int MemoryDepth = 32768,
  parameter bit Protect     = 1'b0,
  localparam int WordWidth  = Lanes * phasic_pkg::MemoryWidth
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 clear_i,
  output logic                 ready_o,
  // constants of the run
  input  logic                 enable_i,        // the last layer is a discriminant
  input  logic [15:0]          sources_i,       // of that layer
  // load and store
  input  logic                 load_i,
  input  logic                 load_last_i,
  input  logic [31:0]          load_address_i,
  input  logic [WordWidth-1:0] load_data_i,
  input  logic                 store_i,
  input  logic                 store_last_i,
  input  logic [31:0]          store_address_i,
  output logic [WordWidth-1:0] store_data_o,
  // dopamine broadcast
  input  logic                 message_valid_i,
  output logic                 message_ready_o,
  input  logic [15:0]          message_class_i,
  input  logic                 message_learn_i,
  // events of the layer
  input  logic                 event_i,
  input  logic [1:0]           event_kind_i,
  input  logic [15:0]          event_source_i,
  input  logic [7:0]           event_value_i,
  input  logic                 waits_i,         // the layer has taken an event that it has not integrated yet
  // status
  output logic                 busy_o,
  output logic                 learning_o,      // a word is to be changed
  output logic [47:0]          update_rows_o,
  output logic [47:0]          update_operations_o,
  output logic [47:0]          weights_limited_o,
  // bits that have flipped
  output logic                 memory_corrected_o,
  output logic                 memory_failed_o,
  output logic [phasic_pkg::MemoryWordBits-1:0] memory_word_o
);
  localparam int LaneBits    = (Lanes > 1) ? $clog2(Lanes) : 1;
  localparam int Words       = (MaxRows + Lanes - 1) / Lanes;
  localparam int WordBits    = (Words > 1) ? $clog2(Words) : 1;
  localparam int CountWords  = (MaxNeurons + Lanes - 1) / Lanes;
  localparam int CountBits   = (CountWords > 1) ? $clog2(CountWords) : 1;
  localparam int RowBits     = (MaxRows > 1) ? $clog2(MaxRows) : 1;
  localparam int AddressBits = (MemoryDepth > 1) ? $clog2(MemoryDepth) : 1;
  localparam int Width       = phasic_pkg::MemoryWidth;
  localparam int SamplesWidth = $clog2(phasic_pkg::MostSamples);
  localparam int Difference  = phasic_pkg::DifferenceWidth;
  localparam int LimitedBits = $clog2(Lanes + 1);

  typedef enum logic [2:0] {StateTake, StateCount, StateSearch, StateFind, StateRows, StateSettle} state_e;
  typedef enum logic [1:0] {RowCounts, RowSums, RowScatter} row_e;
  state_e state_q;
  row_e   row_q, row1_q, row2_q, row3_q;

  // ---- messages and events ----
  logic        message_valid, message_learn, sample_end, sample_ready;
  logic [15:0] message_class, class_q;

  // Of all samples on their way through the layers, so that these wait for nothing else.
  phasic_fifo #(
    .Width(17),
    .Depth(8)
  ) u_messages (
    .clk_i,
    .rst_ni,
    .clear_i,
    .in_valid_i (message_valid_i),
    .in_ready_o (message_ready_o),
    .in_data_i  ({message_learn_i, message_class_i}),
    .out_valid_o(message_valid),
    .out_ready_i(sample_end),
    .out_data_o ({message_learn, message_class})
  );

  assign sample_end = event_i && enable_i && event_kind_i == 2'(phasic_pkg::EventKindSampleEnd);

  // ---- constants of the layer and of the class ----
  logic [15:0]            words;
  logic [WordBits-1:0]    last_word_q;
  logic [Lanes-1:0]       last_lanes_q, class_lanes;
  logic [LaneBits-1:0]    class_lane;
  logic [CountBits-1:0]   class_word;
  logic [AddressBits-1:0] sums_address_q;

  assign words       = 16'((32'(sources_i) + 32'(Lanes - 1)) / 32'(Lanes));
  assign class_lane  = LaneBits'(32'(class_q) % 32'(Lanes));
  assign class_word  = CountBits'(32'(class_q) / 32'(Lanes));
  assign class_lanes = Lanes'(1) << class_lane;

  always_ff @(posedge clk_i) begin
    last_word_q    <= WordBits'(words - 16'd1);
    sums_address_q <= AddressBits'((32'(sources_i) + 32'(class_q)) * 32'(words));
    for (int k = 0; k < Lanes; k++) last_lanes_q[k] <= 32'(k) < 32'(sources_i) - (32'(words) - 32'd1) * 32'(Lanes);
    if (sample_end) class_q <= message_class;
  end

  // ---- order of work ----
  logic [1:0]                   count_q;
  logic [2:0]                   settle_q;
  logic [SamplesWidth-1:0]      samples_q;
  logic                         learned_q, learns, counted, searched, lane_last, source_last, row_last, row_valid, row_take;
  logic [WordBits-1:0]          word_q;
  logic [LaneBits-1:0]          lane_q;
  logic [15:0]                  source_q;
  logic [AddressBits-1:0]       row_address_q, next_address;
  logic signed [Difference-1:0] row_difference_q, row_difference1_q, next_difference;
  logic [Width-1:0]             value_q;

  assign ready_o     = sample_ready;
  assign busy_o      = state_q != StateTake;
  assign learning_o  = state_q == StateRows;
  assign counted     = state_q == StateCount && count_q == 2'd3;
  assign learns      = value_q < Width'(phasic_pkg::MostSamples);
  assign lane_last   = lane_q == LaneBits'(Lanes - 1);
  assign source_last = source_q == sources_i - 16'd1;
  assign row_last    = row_q == RowCounts || word_q == last_word_q;
  assign row_take    = learning_o && row_last && row_q != RowCounts;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) state_q <= StateTake;
    else if (clear_i) state_q <= StateTake;
    else begin
      case (state_q)
        StateTake: if (sample_end && message_learn) state_q <= StateCount;
        StateCount: if (counted) state_q <= StateSearch;
        StateSearch: if (source_last) state_q <= StateFind;
        // A class that learns no more has been searched to forget the sample's values. Cycles in which the layer integrates are not those in which
        // it learns, so that either can be counted.
        StateFind: if (searched && !waits_i) state_q <= learned_q ? StateRows : StateSettle;
        StateRows: if (row_take && !row_valid) state_q <= StateSettle;
        // The last words are still on their way to the memory.
        default: if (settle_q == 3'd4) state_q <= StateTake;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    count_q  <= (state_q == StateCount) ? count_q + 2'd1 : 2'd0;
    settle_q <= (state_q == StateSettle) ? settle_q + 3'd1 : 3'd0;
    if (counted) begin
      samples_q <= value_q[SamplesWidth-1:0];
      learned_q <= learns;
    end
    case (state_q)
      StateSearch: begin
        source_q <= source_q + 16'd1;
        lane_q   <= lane_last ? '0 : lane_q + 1'b1;
        if (lane_last) word_q <= word_q + 1'b1;
      end
      StateRows: begin
        word_q <= row_last ? '0 : word_q + 1'b1;
        if (row_last) row_q <= (row_q == RowCounts) ? RowSums : RowScatter;
        if (row_take) begin
          row_address_q    <= next_address;
          row_difference_q <= next_difference;
        end
      end
      default: begin
        source_q      <= '0;
        lane_q        <= '0;
        word_q        <= '0;
        row_q         <= RowCounts;
        row_address_q <= sums_address_q;
      end
    endcase
  end

  // ---- the sample ----
  logic [Lanes*8-1:0]          values;
  logic [Lanes*Difference-1:0] differences;

  phasic_scatter_sample #(
    .Lanes      (Lanes),
    .MaxRows    (MaxRows),
    .AddressBits(AddressBits)
  ) u_sample (
    .clk_i,
    .rst_ni,
    .clear_i,
    .ready_o         (sample_ready),
    .value_i         (event_i && enable_i && event_kind_i == 2'(phasic_pkg::EventKindSpike) && message_valid && message_learn),
    .value_source_i  (RowBits'(event_source_i)),
    .value_data_i    (event_value_i),
    .start_i         (counted),
    .last_source_i   (RowBits'(sources_i - 16'd1)),
    .row_words_i     (AddressBits'(words)),
    .samples_i       (samples_q),
    .next_i          (state_q == StateSearch),
    .sum_i           (value_q),
    .done_o          (searched),
    .read_i          (learning_o),
    .word_i          (word_q),
    .values_o        (values),
    .differences_o   (differences),
    .row_valid_o     (row_valid),
    .row_take_i      (row_take),
    .row_address_o   (next_address),
    .row_difference_o(next_difference)
  );

  // ---- memory ----
  logic                   read, read_counts, read1_q, read1_counts_q, write;
  logic [AddressBits-1:0] read_address, write_address, address1_q, address2_q, address3_q;
  logic [WordWidth-1:0]   memory_word, counts_word, word2_q, changed, write_data;

  assign read          = (learning_o && row_q != RowCounts) || (state_q == StateSearch && lane_q == '0) || (store_i && !store_last_i);
  assign read_address  = store_i ? AddressBits'(store_address_i) : row_address_q + AddressBits'(word_q);
  assign read_counts   = (learning_o && row_q == RowCounts) || (state_q == StateCount && count_q == 2'd0) || (store_i && store_last_i);
  assign write_address = load_i ? AddressBits'(load_address_i) : address3_q;
  assign write_data    = load_i ? load_data_i : changed;
  assign store_data_o  = word2_q;

  logic [AddressBits-1:0] failed_address;
  assign memory_word_o = phasic_pkg::MemoryWordBits'(failed_address);
  phasic_checked_ram #(
    .Width  (WordWidth),
    .Depth  (MemoryDepth),
    .Huge   (1'b1),
    .Protect(Protect)
  ) u_memory (
    .clk_i,
    .rst_ni,
    .write_i        (load_i ? !load_last_i : write && row3_q != RowCounts),
    .write_address_i(write_address),
    .write_data_i   (write_data),
    .read_i         (read),
    .check_i        (1'b1),
    .read_address_i (read_address),
    .read_data_o    (memory_word),
    .corrected_o    (memory_corrected_o),
    .failed_o       (memory_failed_o),
    .failed_address_o(failed_address)
  );

  (* ram_style = "distributed" *) logic [WordWidth-1:0] counts_q [1 << CountBits];
  always_ff @(posedge clk_i) begin
    if (load_i ? load_last_i : write && row3_q == RowCounts) counts_q[load_i ? CountBits'(load_address_i) : class_word] <= write_data;
    if (read_counts) counts_word <= counts_q[store_i ? CountBits'(store_address_i) : class_word];
  end

  // One value of the word: the number of samples of the class, or the sum of a source.
  logic [LaneBits-1:0] lane1_q, lane2_q;
  always_ff @(posedge clk_i) begin
    read1_q        <= read;
    read1_counts_q <= read_counts;
    if (read1_q || read1_counts_q) word2_q <= read1_counts_q ? counts_word : memory_word;
    lane1_q <= (state_q == StateCount) ? class_lane : lane_q;
    lane2_q <= lane1_q;
    value_q <= word2_q[Width*lane2_q +: Width];
  end

  // ---- a word of a row: read, change, write ----
  logic                   rows1_q;
  logic                   word_last1_q;
  logic [LimitedBits-1:0] limited;
  logic [Lanes-1:0]       lanes1;

  assign lanes1 = (row1_q == RowCounts) ? class_lanes : word_last1_q ? last_lanes_q : '1;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) rows1_q <= 1'b0;
    else if (clear_i) rows1_q <= 1'b0;
    else rows1_q <= learning_o;
  end

  always_ff @(posedge clk_i) begin
    word_last1_q      <= word_q == last_word_q;
    row_difference1_q <= row_difference_q;
    row1_q            <= row_q;
    row2_q            <= row1_q;
    row3_q            <= row2_q;
    address1_q        <= read_address;
    address2_q        <= address1_q;
    address3_q        <= address2_q;
  end

  phasic_scatter_lanes #(
    .Lanes(Lanes)
  ) u_lanes (
    .clk_i,
    .rst_ni,
    .clear_i,
    .valid_i      (rows1_q),
    .sums_i       (row1_q != RowScatter),
    .lanes_i      (lanes1),
    .own_i        (row_difference1_q),
    .values_i     ((row1_q == RowCounts) ? {Lanes{8'd1}} : values),
    .differences_i(differences),
    .word_i       (word2_q),
    .valid_o      (write),
    .word_o       (changed),
    .limited_o    (limited)
  );

  // ---- counters ----
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {update_rows_o, update_operations_o, weights_limited_o} <= '0;
    else if (clear_i) {update_rows_o, update_operations_o, weights_limited_o} <= '0;
    else begin
      if (row_take && row_q == RowScatter) begin
        update_rows_o       <= update_rows_o + 48'd1;
        update_operations_o <= update_operations_o + 48'(sources_i);
      end
      weights_limited_o <= weights_limited_o + 48'(limited);
    end
  end

  logic unused_bits;
  assign unused_bits = ^{load_address_i, store_address_i, event_source_i};
endmodule

`default_nettype wire
