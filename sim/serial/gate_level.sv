// SPDX-License-Identifier: Apache-2.0
// The netlist of the iCEBreaker's bitstream, with the pins of phasic_serial. clk_i is the clock that the PLL would make.
//
// Handshake: see phasic_serial; the netlist resets itself after configuration, and rst_ni is not used.
// Latency:   see phasic_ice40.
// Parameters: none.
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

`default_nettype wire
