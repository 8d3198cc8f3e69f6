// SPDX-License-Identifier: Apache-2.0
// Splits the beats of the data bus into 32-bit words, lowest address first.
//
// Handshake: valid/ready on both sides; an error mark goes with every word of its beat.
// Latency:   one cycle (none if DataWidth is 32); a word a cycle.
// Parameters: DataWidth in bits, a power of two of at least 32.
`default_nettype none

module phasic_narrow #(
  parameter int DataWidth = 512
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 in_valid_i,
  output logic                 in_ready_o,
  input  logic [DataWidth-1:0] in_data_i,
  input  logic                 in_error_i,
  output logic                 out_valid_o,
  input  logic                 out_ready_i,
  output logic [31:0]          out_data_o,
  output logic                 out_error_o
);
  localparam int Words = DataWidth / 32;
  localparam int CountWidth = $clog2(Words + 1);

  if (Words == 1) begin : gen_wire
    assign out_valid_o = in_valid_i;
    assign in_ready_o  = out_ready_i;
    assign out_data_o  = in_data_i;
    assign out_error_o = in_error_i;

    logic unused;
    assign unused = ^{clk_i, rst_ni};
  end else begin : gen_split
    logic [DataWidth-1:0]  beat_q;
    logic                  error_q;
    logic [CountWidth-1:0] left_q;

    assign out_valid_o = left_q != '0;
    assign out_data_o  = beat_q[31:0];
    assign out_error_o = error_q;
    assign in_ready_o  = (left_q == '0) || ((left_q == CountWidth'(1)) && out_ready_i);

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        left_q <= '0;
      end else if (in_valid_i && in_ready_o) begin
        left_q <= CountWidth'(Words);
      end else if (out_valid_o && out_ready_i) begin
        left_q <= left_q - 1'b1;
      end
    end

    always_ff @(posedge clk_i) begin
      if (in_valid_i && in_ready_o) begin
        beat_q  <= in_data_i;
        error_q <= in_error_i;
      end else if (out_valid_o && out_ready_i) begin
        beat_q  <= {32'd0, beat_q[DataWidth-1:32]};
      end
    end
  end
endmodule

`default_nettype wire
