// SPDX-License-Identifier: Apache-2.0
// The counters of a layer, in the order of the contract's layer counter block.
//
// Handshake: none; every input is an event of its cycle.
// Latency:   a spike or a limited value is counted two cycles after it.
// Parameters: Lanes.
`default_nettype none

module phasic_layer_counters #(
  parameter int Lanes = 64,
  localparam int CountBits = $clog2(Lanes + 1)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 clear_i,
  input  logic [15:0]          neurons_i,
  input  logic [15:0]          learning_neurons_i,  // neurons that learn from a row
  input  logic                 row_issued_i,
  input  logic                 row_learned_i,
  input  logic                 spikes_valid_i,
  input  logic [Lanes-1:0]     spikes_i,
  input  logic [Lanes-1:0]     potentials_limited_i,
  input  logic                 weights_valid_i,
  input  logic [Lanes-1:0]     weights_limited_i,
  input  logic                 run_i,          // cycles are counted
  input  logic                 integrating_i,
  input  logic                 learning_i,
  input  logic                 waiting_i,
  output logic [16*48-1:0]     counters_o
);
  logic [47:0] events_q, operations_q, spikes_q, update_rows_q, update_operations_q, potentials_limited_q, weights_limited_q;
  logic [47:0] integrate_q, learn_q, wait_q, other_q;
  logic        spikes_summed_q, weights_summed_q;
  logic [CountBits-1:0] spike_sum_q, potential_sum_q, weight_sum_q;

  always_ff @(posedge clk_i) begin
    if (spikes_valid_i) begin
      spike_sum_q     <= CountBits'($countones(spikes_i));
      potential_sum_q <= CountBits'($countones(potentials_limited_i));
    end
    if (weights_valid_i) weight_sum_q <= CountBits'($countones(weights_limited_i));
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {events_q, operations_q, spikes_q, update_rows_q, update_operations_q, potentials_limited_q, weights_limited_q} <= '0;
      {integrate_q, learn_q, wait_q, other_q} <= '0;
      {spikes_summed_q, weights_summed_q} <= '0;
    end else if (clear_i) begin
      {events_q, operations_q, spikes_q, update_rows_q, update_operations_q, potentials_limited_q, weights_limited_q} <= '0;
      {integrate_q, learn_q, wait_q, other_q} <= '0;
      {spikes_summed_q, weights_summed_q} <= '0;
    end else begin
      spikes_summed_q  <= spikes_valid_i;
      weights_summed_q <= weights_valid_i;
      if (row_issued_i) begin
        events_q     <= events_q + 48'd1;
        operations_q <= operations_q + 48'(neurons_i);
      end
      if (row_learned_i) begin
        update_rows_q       <= update_rows_q + 48'd1;
        update_operations_q <= update_operations_q + 48'(learning_neurons_i);
      end
      if (spikes_summed_q) begin
        spikes_q             <= spikes_q + 48'(spike_sum_q);
        potentials_limited_q <= potentials_limited_q + 48'(potential_sum_q);
      end
      if (weights_summed_q) weights_limited_q <= weights_limited_q + 48'(weight_sum_q);
      if (run_i) begin
        if (integrating_i) integrate_q <= integrate_q + 48'd1;
        else if (learning_i) learn_q <= learn_q + 48'd1;
        else if (waiting_i) wait_q <= wait_q + 48'd1;
        else other_q <= other_q + 48'd1;
      end
    end
  end

  assign counters_o = {192'd0, other_q, wait_q, learn_q, integrate_q, 48'd0, weights_limited_q, potentials_limited_q,
                       update_operations_q, update_rows_q, spikes_q, operations_q, events_q};
endmodule

`default_nettype wire
