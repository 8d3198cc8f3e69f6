// SPDX-License-Identifier: Apache-2.0
// A serial build as a whole: SPI slave and core.
//
// Handshake: see phasic_spi; busy_o is 1 while a job is going on.
// Latency:   see phasic_serial_core.
// Parameters: Lanes, 2, 4, 8 or 16.
`default_nettype none

module phasic_serial #(
  parameter int Lanes = 8
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic spi_clk_i,
  input  logic spi_select_ni,
  input  logic spi_data_i,
  output logic spi_data_o,
  output logic busy_o
);
  logic        bus_write, bus_read;
  logic [23:0] bus_address;
  logic [7:0]  bus_write_data, bus_read_data;

  phasic_spi u_spi (
    .clk_i,
    .rst_ni,
    .spi_clk_i,
    .spi_select_ni,
    .spi_data_i,
    .spi_data_o,
    .bus_write_o     (bus_write),
    .bus_read_o      (bus_read),
    .bus_address_o   (bus_address),
    .bus_write_data_o(bus_write_data),
    .bus_read_data_i (bus_read_data)
  );

  phasic_serial_core #(
    .Lanes(Lanes)
  ) u_core (
    .clk_i,
    .rst_ni,
    .bus_write_i     (bus_write),
    .bus_read_i      (bus_read),
    .bus_address_i   (bus_address),
    .bus_write_data_i(bus_write_data),
    .bus_read_data_o (bus_read_data),
    .busy_o
  );
endmodule

`default_nettype wire
