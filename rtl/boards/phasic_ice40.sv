// SPDX-License-Identifier: Apache-2.0
// What the boards with an iCE40 UltraPlus share: the reset after configuration, and a serial build.
//
// Handshake: see phasic_spi. The device loads its flip-flops with 0 when it is configured, from which the reset starts; locked_i says that the clock
//            is stable.
// Latency:   the reset lasts 255 cycles; see phasic_serial otherwise.
// Parameters: Lanes, 2, 4 or 8.
`default_nettype none

module phasic_ice40 #(
  parameter int Lanes = 8
) (
  input  logic clk_i,
  input  logic locked_i,
  input  logic spi_clk_i,
  input  logic spi_select_ni,
  input  logic spi_data_i,
  output logic spi_data_o,
  output logic busy_o
);
  logic [7:0] reset_q = 8'd0;
  logic       rst_n_q = 1'b0;

  always_ff @(posedge clk_i) begin
    if (!locked_i) reset_q <= 8'd0;
    else if (reset_q != 8'hff) reset_q <= reset_q + 8'd1;
    rst_n_q <= reset_q == 8'hff;
  end

  phasic_serial #(
    .Lanes(Lanes)
  ) u_serial (
    .clk_i,
    .rst_ni(rst_n_q),
    .spi_clk_i,
    .spi_select_ni,
    .spi_data_i,
    .spi_data_o,
    .busy_o
  );
endmodule

`default_nettype wire
