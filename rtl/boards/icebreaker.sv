// SPDX-License-Identifier: Apache-2.0
// iCEBreaker: the clock of 12 MHz makes 24 MHz in the PLL; SPI at the connector PMOD 1A; the green LED is lit while a job is going on.
//
// Handshake: see phasic_spi.
// Latency:   see phasic_ice40.
// Parameters: Lanes, 2, 4 or 8.
`default_nettype none

module icebreaker #(
  parameter int Lanes = 8
) (
  input  logic clk_12mhz_i,
  input  logic spi_clk_i,
  input  logic spi_select_ni,
  input  logic spi_data_i,
  output logic spi_data_o,
  output logic led_no
);
  logic clk, locked, busy;

  // 12 MHz * (63 + 1) / 2^5.
  SB_PLL40_PAD #(
    .FEEDBACK_PATH("SIMPLE"),
    .DIVR         (4'd0),
    .DIVF         (7'd63),
    .DIVQ         (3'd5),
    .FILTER_RANGE (3'd1)
  ) u_pll (
    .PACKAGEPIN  (clk_12mhz_i),
    .PLLOUTGLOBAL(clk),
    .LOCK        (locked),
    .RESETB      (1'b1),
    .BYPASS      (1'b0)
  );

  phasic_ice40 #(
    .Lanes(Lanes)
  ) u_phasic (
    .clk_i   (clk),
    .locked_i(locked),
    .spi_clk_i,
    .spi_select_ni,
    .spi_data_i,
    .spi_data_o,
    .busy_o  (busy)
  );

  assign led_no = !busy;
endmodule

`default_nettype wire
