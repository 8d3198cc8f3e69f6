// SPDX-License-Identifier: Apache-2.0
// The reading side of the kernel: gives the read master to the program reader, the loader or the sampler, each with the buffers that are its own,
// and hands out what comes: to the loader beats as they are, to the others words of 32 bits.
//
// Handshake: commands by valid/ready, of one unit at a time, so commands and data need no arbiter. loading_i holds from the loader's command to
//            its last beat. Beats and words by valid/ready.
// Latency:   none of its own.
// Parameters: DataWidth of the bus in bits, 32 to 512.
`default_nettype none

module phasic_reader #(
  parameter int DataWidth = 512
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic [383:0]         addresses_i,        // of the buffers, by argument
  // commands
  input  logic                 program_cmd_i,      // from the beginning of the program block
  input  logic [31:0]          program_bytes_i,
  input  logic                 loader_cmd_i,
  input  logic                 loader_table_i,     // of the level tables rather than of the weights
  input  logic [31:0]          loader_offset_i,
  input  logic [31:0]          loader_bytes_i,
  input  logic                 sampler_cmd_i,
  input  logic [31:0]          sampler_offset_i,
  input  logic [31:0]          sampler_bytes_i,
  output logic                 cmd_ready_o,
  // data
  input  logic                 loading_i,          // beats go to the loader, not to the units that take words
  output logic                 beat_valid_o,
  input  logic                 beat_ready_i,
  output logic [DataWidth-1:0] beat_o,
  output logic                 beat_error_o,
  output logic                 word_valid_o,
  input  logic                 word_ready_i,
  output logic [31:0]          word_o,
  output logic                 word_error_o,
  // AXI4
  output logic                 arvalid_o,
  input  logic                 arready_i,
  output logic [63:0]          araddr_o,
  output logic [7:0]           arlen_o,
  input  logic                 rvalid_i,
  output logic                 rready_o,
  input  logic [DataWidth-1:0] rdata_i,
  input  logic [1:0]           rresp_i
);
  logic [63:0] base;
  logic [31:0] offset, bytes;
  logic        beat_valid, narrow_ready;

  always_comb begin
    base   = addresses_i[64*phasic_pkg::ArgumentProgram +: 64];
    offset = '0;
    bytes  = program_bytes_i;
    if (loader_cmd_i) begin
      base   = loader_table_i ? addresses_i[64*phasic_pkg::ArgumentTables +: 64] : addresses_i[64*phasic_pkg::ArgumentWeights +: 64];
      offset = loader_offset_i;
      bytes  = loader_bytes_i;
    end else if (sampler_cmd_i) begin
      base   = addresses_i[64*phasic_pkg::ArgumentSamples +: 64];
      offset = sampler_offset_i;
      bytes  = sampler_bytes_i;
    end
  end

  phasic_axi_read #(
    .DataWidth(DataWidth)
  ) u_read (
    .clk_i,
    .rst_ni,
    .cmd_valid_i  (program_cmd_i || loader_cmd_i || sampler_cmd_i),
    .cmd_ready_o,
    .cmd_address_i(base + 64'(offset)),
    .cmd_bytes_i  (bytes),
    .data_valid_o (beat_valid),
    .data_ready_i (loading_i ? beat_ready_i : narrow_ready),
    .data_o       (beat_o),
    .data_error_o (beat_error_o),
    .arvalid_o,
    .arready_i,
    .araddr_o,
    .arlen_o,
    .rvalid_i,
    .rready_o,
    .rdata_i,
    .rresp_i
  );
  assign beat_valid_o = beat_valid && loading_i;

  phasic_narrow #(
    .DataWidth(DataWidth)
  ) u_narrow (
    .clk_i,
    .rst_ni,
    .in_valid_i (beat_valid && !loading_i),
    .in_ready_o (narrow_ready),
    .in_data_i  (beat_o),
    .in_error_i (beat_error_o),
    .out_valid_o(word_valid_o),
    .out_ready_i(word_ready_i),
    .out_data_o (word_o),
    .out_error_o(word_error_o)
  );

  logic unused_bits;
  assign unused_bits = ^addresses_i;
endmodule

`default_nettype wire
