// SPDX-License-Identifier: Apache-2.0
// Counters of a serial build: the cycles of a job, and for each of its two layers events, spikes, updated rows, and limited potentials and
// weights, in the order of section 8 of docs/specification.md.
//
// Handshake: none; every input is an event of its cycle. start_i clears all.
// Latency:   none.
// Parameters: LimitedBits, width of the number of weights that are limited in a cycle.
`default_nettype none

module phasic_serial_counters #(
  parameter int LimitedBits = 3
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_i,
  input  logic         busy_i,
  input  logic         layer_i,
  input  logic         row_issued_i,
  input  logic         row_walked_i,
  input  logic         swept_i,              // a neuron, with the next two
  input  logic         spike_i,
  input  logic         potential_limited_i,
  input  logic [LimitedBits-1:0] weights_limited_i,
  output logic [23:0]  cycles_o,
  output logic [255:0] counters_o
);
  for (genvar n = 0; n < 2; n++) begin : gen_layer
    logic [15:0] events_q, spikes_sent_q, update_rows_q, potentials_limited_q;
    logic [23:0] weights_limited_q;
    logic        here;

    assign here = busy_i && layer_i == 1'(n);
    assign counters_o[128*n +: 128] = {32'd0, 8'd0, weights_limited_q, potentials_limited_q, update_rows_q, spikes_sent_q, events_q};

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        {events_q, spikes_sent_q, update_rows_q, potentials_limited_q, weights_limited_q} <= '0;
      end else if (start_i) begin
        {events_q, spikes_sent_q, update_rows_q, potentials_limited_q, weights_limited_q} <= '0;
      end else if (here) begin
        if (row_issued_i) events_q <= events_q + 1'b1;
        if (swept_i && spike_i) spikes_sent_q <= spikes_sent_q + 1'b1;
        if (swept_i && potential_limited_i) potentials_limited_q <= potentials_limited_q + 1'b1;
        if (row_walked_i) update_rows_q <= update_rows_q + 1'b1;
        weights_limited_q <= weights_limited_q + 24'(weights_limited_i);
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) cycles_o <= '0;
    else if (start_i) cycles_o <= '0;
    else if (busy_i) cycles_o <= cycles_o + 1'b1;
  end
endmodule

`default_nettype wire
