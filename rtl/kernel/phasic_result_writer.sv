// SPDX-License-Identifier: Apache-2.0
// Writes the record and the scores of each sample as blocks of 64 bytes, padded with zeros.
//
// Handshake: start_i before the first sample of a run. Scores come over score_*; the record's fields count in the cycle that takes the last
//            score. The first block of a record is written last, since it needs them. A block goes out as beats over block_*, all for
//            the 64 bytes at block_offset_o of the results buffer; block_valid_o holds until the last beat was taken. samples_o
//            counts records that went out completely. idle_o: no score of an unfinished record is held.
// Latency:   a score a cycle while a block is collected; a block is written before the next one is collected.
// Parameters: DataWidth in bits.
`default_nettype none

module phasic_result_writer #(
  parameter int DataWidth = 512
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 start_i,
  input  logic                 score_valid_i,
  output logic                 score_ready_o,
  input  logic [31:0]          score_i,
  input  logic                 score_last_i,
  input  logic [31:0]          record_number_i,
  input  logic [15:0]          record_label_i,
  input  logic [15:0]          record_prediction_i,
  input  logic [31:0]          record_spikes_i,
  output logic                 block_valid_o,
  input  logic                 block_ready_i,
  output logic [31:0]          block_offset_o,
  output logic [DataWidth-1:0] block_data_o,
  output logic [31:0]          samples_o,
  output logic                 idle_o
);
  localparam int Beats = 512 / DataWidth;
  localparam int FirstScores = 12;     // that fit beside the 16 bytes of the record
  localparam int BlockScores = 16;
  localparam int Start = phasic_pkg::ResultsHeaderBytes + phasic_pkg::MaxLayers * phasic_pkg::LayerCountersBytes;

  localparam logic [2:0] StFirst     = 3'd0;
  localparam logic [2:0] StRest      = 3'd1;
  localparam logic [2:0] StWriteRest = 3'd2;
  localparam logic [2:0] StRecord    = 3'd3;
  localparam logic [2:0] StWrite     = 3'd4;

  logic [2:0]                state_q;
  logic [3:0]                count_q;      // scores or beats of the block so far
  logic                      last_q;       // the record's last score was taken
  logic [32*FirstScores-1:0] first_q;
  logic [511:0]              block_q;
  logic [127:0]              record_q;
  logic [31:0]               record_offset_q;
  logic [31:0]               next_offset_q;
  logic [31:0]               samples_q;

  logic                      collect;
  logic                      push;
  logic [31:0]               push_data;
  logic                      sent;

  assign collect = (state_q == StFirst) || (state_q == StRest);
  assign score_ready_o = collect && !last_q;
  assign push = collect && (last_q || score_valid_i);
  assign push_data = last_q ? '0 : score_i;
  assign block_valid_o = (state_q == StWriteRest) || (state_q == StWrite);
  assign sent = block_valid_o && block_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q         <= StFirst;
      count_q         <= '0;
      last_q          <= 1'b0;
      record_offset_q <= '0;
      next_offset_q   <= '0;
      samples_q       <= '0;
    end else if (start_i) begin
      state_q         <= StFirst;
      count_q         <= '0;
      last_q          <= 1'b0;
      record_offset_q <= 32'(Start);
      next_offset_q   <= 32'(Start + 64);
      samples_q       <= '0;
    end else begin
      if (score_valid_i && score_ready_o && score_last_i) last_q <= 1'b1;
      if (push || sent) count_q <= count_q + 1'b1;
      case (state_q)
        StFirst: begin
          if (push && (count_q == 4'(FirstScores - 1))) begin
            count_q <= '0;
            state_q <= (last_q || score_last_i) ? StRecord : StRest;
          end
        end
        StRest: begin
          if (push && (count_q == 4'(BlockScores - 1))) begin
            count_q <= '0;
            state_q <= StWriteRest;
          end
        end
        StWriteRest: begin
          if (sent && (count_q == 4'(Beats - 1))) begin
            count_q       <= '0;
            next_offset_q <= next_offset_q + 32'd64;
            state_q       <= last_q ? StRecord : StRest;
          end
        end
        StRecord: state_q <= StWrite;
        default: begin
          if (sent && (count_q == 4'(Beats - 1))) begin
            count_q         <= '0;
            last_q          <= 1'b0;
            record_offset_q <= next_offset_q;
            next_offset_q   <= next_offset_q + 32'd64;
            samples_q       <= samples_q + 32'd1;
            state_q         <= StFirst;
          end
        end
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (score_valid_i && score_ready_o) record_q <= {32'd0, record_spikes_i, record_prediction_i, record_label_i, record_number_i};
    if (push && (state_q == StFirst)) first_q <= {push_data, first_q[32*FirstScores-1:32]};
    if (push && (state_q == StRest)) begin
      block_q <= {push_data, block_q[511:32]};
    end else if (state_q == StRecord) begin
      block_q <= {first_q, record_q};
    end else if (sent) begin
      block_q <= block_q >> DataWidth;
    end
  end

  assign block_offset_o = (state_q == StWrite) ? record_offset_q : next_offset_q;
  assign block_data_o   = block_q[DataWidth-1:0];
  assign samples_o      = samples_q;
  assign idle_o         = (state_q == StFirst) && (count_q == '0) && !last_q;
endmodule

`default_nettype wire
