// SPDX-License-Identifier: Apache-2.0
// The CRC-32 of a stream of beats, as zlib has it, the lowest byte of a beat first.
//
// Handshake: start_i for one cycle before the first beat; valid_i brings one. value_o is that of the beats so far.
// Latency:   one cycle.
// Parameters: DataWidth of a beat in bits, 32 to 512.
`default_nettype none

module phasic_checksum #(
  parameter int DataWidth = 512
) (
  input  logic                 clk_i,
  input  logic                 start_i,
  input  logic                 valid_i,
  input  logic [DataWidth-1:0] data_i,
  output logic [31:0]          value_o
);
  // Rows of the table are those of the widest beat, of which a narrower one is the end.
  localparam int Widest = phasic_pkg::LimitDataWidthMaximum;

  logic [31:0]          crc_q, crc;
  logic [DataWidth-1:0] mixed;
  assign mixed = data_i ^ DataWidth'(crc_q);
  for (genvar b = 0; b < 32; b++) begin : gen_bit
    localparam logic [DataWidth-1:0] Mask = phasic_pkg::ChecksumMasks[Widest*b + Widest-DataWidth +: DataWidth];
    assign crc[b] = ^(mixed & Mask);
  end

  always_ff @(posedge clk_i) begin
    if (start_i) crc_q <= '1;
    else if (valid_i) crc_q <= crc;
  end

  assign value_o = ~crc_q;
endmodule

`default_nettype wire
