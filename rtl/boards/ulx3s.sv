// SPDX-License-Identifier: Apache-2.0
// ULX3S with an LFE5U-85F: the clock of 25 MHz makes 50 MHz in the PLL; SPI at four pins of the header J1; the first LED is lit while a job is going
// on; the button FIRE 1 resets.
//
// Handshake: see phasic_spi.
// Latency:   see phasic_ecp5.
// Parameters: Lanes, 2, 4, 8 or 16.
`default_nettype none

module ulx3s #(
  parameter int Lanes = 8
) (
  input  logic clk_25mhz_i,
  input  logic button_i,
  input  logic spi_clk_i,
  input  logic spi_select_ni,
  input  logic spi_data_i,
  output logic spi_data_o,
  output logic led_o
);
  logic clk, locked;

  // 25 MHz * 2, from an oscillator of 600 MHz.
  EHXPLLL #(
    .CLKI_DIV     (1),
    .CLKFB_DIV    (2),
    .CLKOP_ENABLE ("ENABLED"),
    .CLKOP_DIV    (12),
    .CLKOP_CPHASE (5),
    .FEEDBK_PATH  ("CLKOP")
  ) u_pll (
    .CLKI        (clk_25mhz_i),
    .CLKFB       (clk),
    .CLKOP       (clk),
    .LOCK        (locked),
    .RST         (1'b0),
    .STDBY       (1'b0),
    .PHASESEL0   (1'b0),
    .PHASESEL1   (1'b0),
    .PHASEDIR    (1'b0),
    .PHASESTEP   (1'b0),
    .PHASELOADREG(1'b0),
    .PLLWAKESYNC (1'b0),
    .ENCLKOP     (1'b0)
  );

  phasic_ecp5 #(
    .Lanes(Lanes)
  ) u_phasic (
    .clk_i   (clk),
    .locked_i(locked),
    .button_i,
    .spi_clk_i,
    .spi_select_ni,
    .spi_data_i,
    .spi_data_o,
    .busy_o  (led_o)
  );
endmodule

`default_nettype wire
