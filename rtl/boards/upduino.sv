// SPDX-License-Identifier: Apache-2.0
// UPduino 3: the oscillator on the chip gives 24 MHz, to a tenth; SPI at four pins of the connector; the green LED is lit while a job is going on.
//
// Handshake: see phasic_spi.
// Latency:   see phasic_ice40.
// Parameters: Lanes, 2, 4 or 8.
`default_nettype none

module upduino #(
  parameter int Lanes = 8
) (
  input  logic spi_clk_i,
  input  logic spi_select_ni,
  input  logic spi_data_i,
  output logic spi_data_o,
  output logic led_no
);
  logic clk, busy;

  SB_HFOSC #(
    .CLKHF_DIV("0b01")
  ) u_oscillator (
    .CLKHFPU(1'b1),
    .CLKHFEN(1'b1),
    .CLKHF  (clk)
  );

  phasic_ice40 #(
    .Lanes(Lanes)
  ) u_phasic (
    .clk_i   (clk),
    .locked_i(1'b1),
    .spi_clk_i,
    .spi_select_ni,
    .spi_data_i,
    .spi_data_o,
    .busy_o  (busy)
  );

  assign led_no = !busy;
endmodule

`default_nettype wire
