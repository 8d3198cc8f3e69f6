// SPDX-License-Identifier: Apache-2.0
// The netlist of the iCEBreaker's bitstream, with the pins of phasic_serial. The PLL is left out: clk_i is its clock.
//
// Handshake: see phasic_serial; the netlist resets itself after configuration, and rst_ni is not used.
// Latency:   see phasic_ice40.
// Parameters: none; those of the PLL are ignored.
`default_nettype none

module phasic_serial (
  input  wire clk_i,
  input  wire rst_ni,
  input  wire spi_clk_i,
  input  wire spi_select_ni,
  input  wire spi_data_i,
  output wire spi_data_o,
  output wire busy_o
);
  wire led_n;
  assign busy_o = !led_n;

  icebreaker u_board (
    .clk_12mhz_i(clk_i),
    .spi_clk_i,
    .spi_select_ni,
    .spi_data_i,
    .spi_data_o,
    .led_no(led_n)
  );
endmodule

module phasic_pll #(
  parameter FEEDBACK_PATH = "",
  parameter DIVR = 0,
  parameter DIVF = 0,
  parameter DIVQ = 0,
  parameter FILTER_RANGE = 0
) (
  input  wire PACKAGEPIN,
  input  wire RESETB,
  input  wire BYPASS,
  output wire PLLOUTGLOBAL,
  output wire LOCK
);
  assign PLLOUTGLOBAL = PACKAGEPIN;
  assign LOCK         = RESETB;
endmodule

`default_nettype wire
