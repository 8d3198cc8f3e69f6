// SPDX-License-Identifier: Apache-2.0
// OrangeCrab r0.2 with an LFE5U-85F: its clock of 48 MHz as it is; SPI at four pins of the connectors; the green LED is lit while a job is going
// on; the button resets.
//
// Handshake: see phasic_spi.
// Latency:   see phasic_ecp5.
// Parameters: Lanes, 2, 4, 8 or 16.
`default_nettype none

module orangecrab #(
  parameter int Lanes = 8
) (
  input  logic clk_48mhz_i,
  input  logic button_ni,
  input  logic spi_clk_i,
  input  logic spi_select_ni,
  input  logic spi_data_i,
  output logic spi_data_o,
  output logic led_no
);
  logic busy;

  phasic_ecp5 #(
    .Lanes(Lanes)
  ) u_phasic (
    .clk_i   (clk_48mhz_i),
    .locked_i(1'b1),
    .button_i(!button_ni),
    .spi_clk_i,
    .spi_select_ni,
    .spi_data_i,
    .spi_data_o,
    .busy_o  (busy)
  );

  assign led_no = !busy;
endmodule

`default_nettype wire
