// SPDX-License-Identifier: Apache-2.0
// Takes the rate errors of the last layer to a layer that learns from them: collects the last layer's spike counts of a learned sample and
// drives the sum of levels times errors, class after class.
//
// Handshake: start_i for one cycle before a sample; number_i, class_i and learn_i then hold until the next. Counts are taken whenever they come;
//            those of samples with another number are dropped. ready_o is 1 from the end of the sum until the next sample, and always if the
//            layer does not learn from feedback.
// Latency:   a class takes as many cycles as a row has words; ready_o rises four cycles after the last word.
// Parameters: WordBits and LevelBits, widths of a word number and of an address of levels; MaxClasses; CountWidth, of a count.
`default_nettype none

module phasic_feedback #(
  parameter int WordBits   = 4,
  parameter int LevelBits  = 10,
  parameter int MaxClasses = 64,
  parameter int CountWidth = 6
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 clear_i,
  // constants of the run
  input  logic                 feedback_i,
  input  logic [CountWidth-1:0] full_i,          // count that the class's own neuron should have
  input  logic [15:0]          classes_i,
  input  logic [WordBits-1:0]  last_word_i,
  // the sample that is learned
  input  logic                 start_i,
  input  logic                 learn_i,
  input  logic [15:0]          class_i,
  input  logic [31:0]          number_i,
  // spike counts of the last layer, the first neuron first
  input  logic                 count_valid_i,
  input  logic [CountWidth-1:0] count_i,
  input  logic                 count_last_i,
  input  logic [31:0]          count_number_i,
  // words of levels to be multiplied and added
  output logic                 add_o,
  output logic                 add_first_o,
  output logic [WordBits-1:0]  add_word_o,
  output logic [LevelBits-1:0] add_address_o,
  output logic signed [CountWidth:0] add_error_o,
  output logic                 ready_o
);
  localparam int QueueDepth = (MaxClasses > 2) ? 1 << $clog2(MaxClasses) : 2;

  logic                 closed_q;     // every count that matters has come
  logic [3:0]           finished_q;   // every word has been sent; the last one is on its way
  logic [15:0]          collected_q, class_q;
  logic [WordBits-1:0]  word_q;
  logic [LevelBits-1:0] address_q;
  logic                 take, take_last, head_valid, head_ready, head_last, queue_ready;
  logic [CountWidth-1:0] head_count;

  assign take          = feedback_i && learn_i && !closed_q && count_valid_i && count_number_i == number_i;
  assign take_last     = count_last_i || collected_q == classes_i - 16'd1;
  assign head_ready    = head_valid && word_q == last_word_i;
  assign add_o         = head_valid;
  assign add_first_o   = class_q == '0;
  assign add_word_o    = word_q;
  assign add_address_o = address_q;
  assign add_error_o   = $signed({1'b0, (class_q == class_i) ? full_i : CountWidth'(0)}) - $signed({1'b0, head_count});
  assign ready_o       = !feedback_i || finished_q[3];

  // A sample has at most MaxClasses counts, so there is always room.
  phasic_fifo #(
    .Width(CountWidth + 1),
    .Depth(QueueDepth)
  ) u_counts (
    .clk_i,
    .rst_ni,
    .clear_i,
    .in_valid_i (take),
    .in_ready_o (queue_ready),
    .in_data_i  ({take_last, count_i}),
    .out_valid_o(head_valid),
    .out_ready_i(head_ready),
    .out_data_o ({head_last, head_count})
  );

  logic unused_ready;
  assign unused_ready = queue_ready;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      closed_q    <= 1'b1;
      finished_q  <= '0;
      collected_q <= '0;
      class_q     <= '0;
      word_q      <= '0;
      address_q   <= '0;
    end else if (clear_i || start_i) begin
      closed_q    <= clear_i;
      finished_q  <= '0;
      collected_q <= '0;
      class_q     <= '0;
      word_q      <= '0;
      address_q   <= '0;
    end else begin
      finished_q[3:1] <= finished_q[2:0];
      if (take) begin
        collected_q <= collected_q + 16'd1;
        closed_q    <= take_last;
      end
      if (head_valid) begin
        word_q    <= head_ready ? '0 : word_q + 1'b1;
        address_q <= address_q + 1'b1;
      end
      if (head_ready) begin
        class_q       <= class_q + 16'd1;
        finished_q[0] <= head_last;
      end
    end
  end
endmodule

`default_nettype wire
