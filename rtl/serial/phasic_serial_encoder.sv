// SPDX-License-Identifier: Apache-2.0
// Rate-codes the intensities of a sample for four steps at once: one keyed permutation gives an input its four random bytes.
//
// Handshake: start_i for one cycle while busy_o is 0. An intensity that is asked for with read_o must be on value_i in the next cycle; the
//            permutation runs elsewhere. write_o gives a word: the spikes of eight inputs, a byte a step, that of the first step lowest.
// Latency:   two cycles an input of intensity 0, seven for others, and one more for every eight.
// Parameters: InputBits, width of an input's number.
`default_nettype none

module phasic_serial_encoder #(
  parameter int InputBits = 10
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 clear_i,
  input  logic                 start_i,
  input  logic [2:0]           group_i,        // of four steps
  input  logic [InputBits-1:0] last_input_i,
  output logic                 busy_o,
  output logic [InputBits-4:0] words_o,        // so many words of the group are written
  // intensities
  output logic                 read_o,
  output logic [InputBits-1:0] input_o,
  input  logic [7:0]           value_i,
  // permutation
  output logic                 permute_o,
  output logic [15:0]          permute_x_o,
  output logic [15:0]          permute_y_o,
  input  logic                 permute_busy_i,
  input  logic [15:0]          permute_x_i,
  input  logic [15:0]          permute_y_i,
  // spikes
  output logic                 write_o,
  output logic [InputBits-4:0] write_word_o,
  output logic [31:0]          write_data_o
);
  typedef enum logic [2:0] {EncodeIdle, EncodeRead, EncodeTest, EncodeDraw, EncodeWrite} state_e;
  state_e state_q;

  logic [2:0]           group_q;
  logic [InputBits-1:0] input_q;
  logic [7:0]           value_q;
  logic                 past_end_q, take;
  logic [3:0]           spikes;
  logic [31:0]          bytes;

  assign busy_o      = state_q != EncodeIdle;
  assign read_o      = state_q == EncodeRead;
  assign input_o     = input_q;
  assign words_o     = input_q[InputBits-1:3];
  assign permute_o   = state_q == EncodeTest && value_i != 8'd0 && !past_end_q;
  assign permute_x_o = 16'(group_q);
  assign permute_y_o = 16'(input_q);
  assign take        = (state_q == EncodeTest && !permute_o) || (state_q == EncodeDraw && !permute_busy_i);
  // Byte t belongs to step t of the group.
  assign bytes       = {permute_y_i[7:0], permute_y_i[15:8], permute_x_i[7:0], permute_x_i[15:8]};
  for (genvar t = 0; t < 4; t++) begin : gen_step
    assign spikes[t] = state_q == EncodeDraw && value_q > bytes[8*t +: 8];
  end

  assign write_o      = state_q == EncodeWrite;
  assign write_word_o = input_q[InputBits-1:3];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= EncodeIdle;
    end else if (clear_i) begin
      state_q <= EncodeIdle;
    end else begin
      case (state_q)
        EncodeIdle: if (start_i) state_q <= EncodeRead;
        EncodeRead: state_q <= EncodeTest;
        EncodeTest, EncodeDraw: begin
          if (take) state_q <= (input_q[2:0] == 3'd7) ? EncodeWrite : EncodeRead;
          else state_q <= EncodeDraw;
        end
        default: state_q <= (past_end_q || input_q == last_input_i) ? EncodeIdle : EncodeRead;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      group_q    <= group_i;
      input_q    <= '0;
      past_end_q <= 1'b0;
    end else if ((take && input_q[2:0] != 3'd7) || state_q == EncodeWrite) begin
      input_q <= input_q + 1'b1;
      // The last word is filled up with inputs that do not spike.
      if (input_q == last_input_i) past_end_q <= 1'b1;
    end
    if (state_q == EncodeTest) value_q <= value_i;
    if (take) begin
      for (int t = 0; t < 4; t++) write_data_o[8*t +: 8] <= {spikes[t], write_data_o[8*t+1 +: 7]};
    end
  end
endmodule

`default_nettype wire
