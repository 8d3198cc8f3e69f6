// SPDX-License-Identifier: Apache-2.0
// What the boards with an ECP5 share: the reset after configuration or by a button, and a serial build.
//
// Handshake: see phasic_spi. The device loads its flip-flops with 0 when it is configured, from which the reset starts; locked_i says that the clock
//            is stable, and button_i, which may change at any time, that the button is pressed.
// Latency:   the reset lasts 255 cycles; see phasic_serial otherwise.
// Parameters: Lanes, 2, 4, 8 or 16.
`default_nettype none

module phasic_ecp5 #(
  parameter int Lanes = 8
) (
  input  logic clk_i,
  input  logic locked_i,
  input  logic button_i,
  input  logic spi_clk_i,
  input  logic spi_select_ni,
  input  logic spi_data_i,
  output logic spi_data_o,
  output logic busy_o
);
  logic [7:0] reset_q = 8'd0;
  logic       rst_n_q = 1'b0;
  logic [1:0] hold_q;

  always_ff @(posedge clk_i) begin
    hold_q <= {hold_q[0], !locked_i || button_i};
    if (hold_q[1]) reset_q <= 8'd0;
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
