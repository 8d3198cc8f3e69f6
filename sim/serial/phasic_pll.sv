// SPDX-License-Identifier: Apache-2.0
// Stands for SB_PLL40_PAD in simulations of a netlist: the clock passes through as it is.
//
// Handshake: none.
// Latency:   none.
// Parameters: those of the PLL, which are ignored.
`default_nettype none

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
