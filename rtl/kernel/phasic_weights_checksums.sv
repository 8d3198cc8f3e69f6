// SPDX-License-Identifier: Apache-2.0
// The checksums of the weights of a run: of what was loaded, and of what was written back.
//
// Handshake: clear_i for one cycle before a run. load_start_i and store_start_i for one cycle before the first beat of either, which do not
//            overlap; loaded_i when all was loaded without an error, stored_i when all was written back. A checksum that was not finished is 0.
// Latency:   one cycle after loaded_i and stored_i.
// Parameters: DataWidth of a beat in bits, 32 to 512; Protect, there are checksums, otherwise both are 0.
`default_nettype none

module phasic_weights_checksums #(
  parameter int DataWidth = 512,
  parameter bit Protect   = 1'b0
) (
  input  logic                 clk_i,
  input  logic                 clear_i,
  input  logic                 load_start_i,
  input  logic                 load_beat_i,
  input  logic [DataWidth-1:0] load_data_i,
  input  logic                 loaded_i,
  input  logic                 store_start_i,
  input  logic                 store_beat_i,
  input  logic [DataWidth-1:0] store_data_i,
  input  logic                 stored_i,
  output logic [31:0]          loaded_checksum_o,
  output logic [31:0]          stored_checksum_o
);
  if (Protect) begin : gen_protect
    logic [31:0] sum, loaded_q, stored_q;

    // Loading is over when storing begins, so that one unit serves both.
    phasic_checksum #(
      .DataWidth(DataWidth)
    ) u_checksum (
      .clk_i,
      .start_i(load_start_i || store_start_i),
      .valid_i(load_beat_i || store_beat_i),
      .data_i (store_beat_i ? store_data_i : load_data_i),
      .value_o(sum)
    );

    always_ff @(posedge clk_i) begin
      if (clear_i) {loaded_q, stored_q} <= '0;
      else begin
        if (loaded_i) loaded_q <= sum;
        if (stored_i) stored_q <= sum;
      end
    end

    assign loaded_checksum_o = loaded_q;
    assign stored_checksum_o = stored_q;
  end else begin : gen_none
    logic unused_bits;
    assign unused_bits = ^{clk_i, clear_i, load_start_i, load_beat_i, load_data_i, loaded_i, store_start_i, store_beat_i, store_data_i, stored_i};
    assign {loaded_checksum_o, stored_checksum_o} = '0;
  end
endmodule

`default_nettype wire
