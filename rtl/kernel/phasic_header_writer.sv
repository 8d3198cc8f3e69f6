// SPDX-License-Identifier: Apache-2.0
// Writes the results header and the counter blocks of the layers.
//
// Handshake: start_i begins; the fields must be stable until done_o pulses, when the last beat has been taken. Blocks of 64 bytes go out as
//            beats over block_*, all for the 64 bytes at block_offset_o of the results buffer; block_valid_o holds until the last beat
//            of the block was taken.
// Latency:   17 cycles or more a block.
// Parameters: Engines; DataWidth in bits.
`default_nettype none

module phasic_header_writer #(
  parameter int Engines = 4,
  parameter int DataWidth = 512
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  input  logic                     start_i,
  output logic                     done_o,
  input  logic [31:0]              error_code_i,
  input  logic [31:0]              error_detail_i,
  input  logic [31:0]              error_sample_i,
  input  logic [31:0]              samples_done_i,
  input  logic [31:0]              first_sample_i,
  input  logic [47:0]              input_events_i,
  input  logic [47:0]              samples_learned_i,
  input  logic [47:0]              cycles_i,
  input  logic [47:0]              load_cycles_i,
  input  logic [47:0]              run_cycles_i,
  input  logic [47:0]              store_cycles_i,
  input  logic [31:0]              loaded_checksum_i,
  input  logic [31:0]              stored_checksum_i,
  input  logic [47:0]              corrected_words_i,
  input  logic [Engines*16*48-1:0] counters_i,      // 16 a layer, in the order of the counter block
  output logic                     block_valid_o,
  input  logic                     block_ready_i,
  output logic [31:0]              block_offset_o,
  output logic [DataWidth-1:0]     block_data_o
);
  localparam int Beats = 512 / DataWidth;
  localparam int HeaderWords = phasic_pkg::ResultsHeaderBytes / 4;
  localparam int LayerWords = phasic_pkg::LayerCountersBytes / 4;
  localparam int Words = HeaderWords + phasic_pkg::MaxLayers * LayerWords;

  localparam logic [1:0] StIdle    = 2'd0;
  localparam logic [1:0] StCollect = 2'd1;
  localparam logic [1:0] StWrite   = 2'd2;
  localparam logic [1:0] StDone    = 2'd3;

  logic [1:0]   state_q;
  logic [8:0]   word_q;          // next word of the whole
  logic [3:0]   beat_q;
  logic [511:0] block_q;
  logic         sent;

  logic [31:0]  header_word;
  logic [47:0]  counter;
  logic [31:0]  word;
  logic [6:0]   counter_index;

  assign counter_index = 7'((word_q - 9'(HeaderWords)) >> 1);

  always_comb begin
    header_word = '0;
    if (state_q == StCollect) begin
      case (32'({word_q, 2'b00}))
        phasic_pkg::ResultsHeaderMagic:              header_word = 32'(phasic_pkg::ResultsMagic);
        phasic_pkg::ResultsHeaderVersion:            header_word = 32'(phasic_pkg::ContractVersion);
        phasic_pkg::ResultsHeaderError:              header_word = error_code_i;
        phasic_pkg::ResultsHeaderErrorDetail:        header_word = error_detail_i;
        phasic_pkg::ResultsHeaderErrorSample:        header_word = error_sample_i;
        phasic_pkg::ResultsHeaderSamplesDone:        header_word = samples_done_i;
        phasic_pkg::ResultsHeaderFirstSample:        header_word = first_sample_i;
        phasic_pkg::ResultsHeaderInputEvents:        header_word = input_events_i[31:0];
        phasic_pkg::ResultsHeaderInputEvents + 4:    header_word = 32'(input_events_i[47:32]);
        phasic_pkg::ResultsHeaderSamplesLearned:     header_word = samples_learned_i[31:0];
        phasic_pkg::ResultsHeaderSamplesLearned + 4: header_word = 32'(samples_learned_i[47:32]);
        phasic_pkg::ResultsHeaderCycles:             header_word = cycles_i[31:0];
        phasic_pkg::ResultsHeaderCycles + 4:         header_word = 32'(cycles_i[47:32]);
        phasic_pkg::ResultsHeaderLoadCycles:         header_word = load_cycles_i[31:0];
        phasic_pkg::ResultsHeaderLoadCycles + 4:     header_word = 32'(load_cycles_i[47:32]);
        phasic_pkg::ResultsHeaderRunCycles:          header_word = run_cycles_i[31:0];
        phasic_pkg::ResultsHeaderRunCycles + 4:      header_word = 32'(run_cycles_i[47:32]);
        phasic_pkg::ResultsHeaderStoreCycles:        header_word = store_cycles_i[31:0];
        phasic_pkg::ResultsHeaderStoreCycles + 4:    header_word = 32'(store_cycles_i[47:32]);
        phasic_pkg::ResultsHeaderLoadedChecksum:     header_word = loaded_checksum_i;
        phasic_pkg::ResultsHeaderStoredChecksum:     header_word = stored_checksum_i;
        phasic_pkg::ResultsHeaderCorrectedWords:     header_word = corrected_words_i[31:0];
        phasic_pkg::ResultsHeaderCorrectedWords + 4: header_word = 32'(corrected_words_i[47:32]);
        default:                                     header_word = '0;
      endcase
    end
  end

  always_comb begin
    counter = '0;
    if ((state_q == StCollect) && (word_q >= 9'(HeaderWords))) begin
      for (int c = 0; c < 16 * Engines; c++) begin
        counter = counter | (counters_i[48*c +: 48] & {48{counter_index == 7'(c)}});
      end
    end
  end
  assign word = (word_q < 9'(HeaderWords)) ? header_word : (word_q[0] ? 32'(counter[47:32]) : counter[31:0]);

  assign sent = block_valid_o && block_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= StIdle;
      word_q  <= '0;
      beat_q  <= '0;
    end else begin
      case (state_q)
        StIdle: begin
          word_q <= '0;
          beat_q <= '0;
          if (start_i) state_q <= StCollect;
        end
        StCollect: begin
          word_q <= word_q + 1'b1;
          if (word_q[3:0] == 4'd15) state_q <= StWrite;
        end
        StWrite: begin
          if (sent) begin
            beat_q <= beat_q + 1'b1;
            if (beat_q == 4'(Beats - 1)) begin
              beat_q  <= '0;
              state_q <= (word_q == 9'(Words)) ? StDone : StCollect;
            end
          end
        end
        default: state_q <= StIdle;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == StCollect) begin
      block_q <= {word, block_q[511:32]};
    end else if (sent) begin
      block_q <= block_q >> DataWidth;
    end
  end

  assign block_valid_o  = state_q == StWrite;
  // word_q is already at the block after the one that is written.
  assign block_offset_o = {21'd0, word_q, 2'b00} - 32'd64;
  assign block_data_o   = block_q[DataWidth-1:0];
  assign done_o         = state_q == StDone;
endmodule

`default_nettype wire
