// SPDX-License-Identifier: Apache-2.0
// What a layer engine tells of itself: its counters, in the order of the contract's layer counter block, whether it is ready or busy, and the
// word of state that the register file shows.
//
// Handshake: none; every input is an event or a state of its cycle.
// Latency:   a spike or a limited value is counted two cycles after it; everything else without delay.
// Parameters: Lanes; Groups, of the layer's streams: so many events can be integrated at once.
`default_nettype none

module phasic_layer_status #(
  parameter int Lanes = 64,
  parameter int Groups = 1,
  localparam int EventsBits = $clog2(Groups + 1),
  localparam int CountBits = $clog2(Lanes + 1)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 clear_i,
  input  logic [15:0]          row_width_i,         // neurons that a row is added to
  input  logic                 compete_i,           // of all neurons the winner alone learns
  input  logic                 winner_valid_i,
  input  logic                 event_done_i,
  input  logic                 row_issued_i,
  input  logic [EventsBits-1:0] events_i,           // rows, and events that are done
  input  logic                 row_learned_i,
  input  logic                 pair_learned_i,      // a source and a position that it reaches; in a dense layer each row
  input  logic                 spikes_valid_i,
  input  logic [Lanes-1:0]     spikes_i,
  input  logic                 potentials_valid_i,
  input  logic [Lanes-1:0]     potentials_limited_i,
  input  logic                 update_write_i,
  input  logic [Lanes-1:0]     weights_limited_i,
  input  logic                 winner_learned_i,    // a weight of the winner
  input  logic                 winner_limited_i,
  input  logic                 run_i,          // cycles are counted
  input  logic                 integrating_i,
  input  logic                 learning_i,
  input  logic                 scattering_i,   // or a discriminant does
  input  logic                 waiting_i,
  output logic [16*48-1:0]     counters_o,
  // ready and busy
  input  logic                 clearing_i,
  input  logic                 idle_i,
  input  logic                 message_waits_i,
  input  logic                 sweep_busy_i,
  input  logic                 competition_busy_i,
  input  logic                 output_busy_i,
  output logic                 ready_o,
  output logic                 busy_o,
  // word of state
  input  logic [15:0]          step_rows_i,
  input  logic [5:0]           step_i,
  input  logic [2:0]           integrate_state_i,
  input  logic [2:0]           sweep_state_i,
  input  logic [2:0]           competition_state_i,
  output logic [31:0]          state_o
);
  assign ready_o = !clearing_i;
  assign busy_o  = (!idle_i && !clearing_i) || sweep_busy_i || competition_busy_i || message_waits_i || output_busy_i;
  assign state_o = {step_rows_i, 2'd0, step_i, 1'b0, compete_i ? competition_state_i : sweep_state_i, 1'b0, integrate_state_i};

  // ---- counters ----
  logic [47:0] events_q, operations_q, spikes_q, update_rows_q, update_operations_q, potentials_limited_q, weights_limited_q;
  logic [47:0] integrate_q, learn_q, wait_q, other_q;
  logic        spikes_summed_q, potentials_summed_q, weights_summed_q;
  logic [CountBits-1:0] spike_sum_q, potential_sum_q, weight_sum_q;
  logic                 weights_valid, learns;

  // A contest without a winner teaches nobody, though its rows are walked over.
  assign learns        = !compete_i || winner_valid_i;
  assign weights_valid = update_write_i || winner_learned_i;

  always_ff @(posedge clk_i) begin
    if (spikes_valid_i) spike_sum_q <= CountBits'($countones(spikes_i));
    if (potentials_valid_i) potential_sum_q <= CountBits'($countones(potentials_limited_i));
    if (weights_valid) weight_sum_q <= compete_i ? CountBits'(winner_limited_i) : CountBits'($countones(weights_limited_i));
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {events_q, operations_q, spikes_q, update_rows_q, update_operations_q, potentials_limited_q, weights_limited_q} <= '0;
      {integrate_q, learn_q, wait_q, other_q} <= '0;
      {spikes_summed_q, potentials_summed_q, weights_summed_q} <= '0;
    end else if (clear_i) begin
      {events_q, operations_q, spikes_q, update_rows_q, update_operations_q, potentials_limited_q, weights_limited_q} <= '0;
      {integrate_q, learn_q, wait_q, other_q} <= '0;
      {spikes_summed_q, potentials_summed_q, weights_summed_q} <= '0;
    end else begin
      spikes_summed_q     <= spikes_valid_i;
      potentials_summed_q <= potentials_valid_i;
      weights_summed_q    <= weights_valid;
      if (event_done_i) events_q <= events_q + 48'(events_i);
      if (row_issued_i) operations_q <= operations_q + 48'(32'(events_i) * 32'(row_width_i));
      if (row_learned_i && learns) update_rows_q <= update_rows_q + 48'd1;
      if (pair_learned_i && learns) update_operations_q <= update_operations_q + (compete_i ? 48'd1 : 48'(row_width_i));
      if (spikes_summed_q) spikes_q <= spikes_q + 48'(spike_sum_q);
      if (potentials_summed_q) potentials_limited_q <= potentials_limited_q + 48'(potential_sum_q);
      if (weights_summed_q) weights_limited_q <= weights_limited_q + 48'(weight_sum_q);
      if (run_i) begin
        if (integrating_i) integrate_q <= integrate_q + 48'd1;
        else if ((learning_i && learns) || scattering_i) learn_q <= learn_q + 48'd1;
        else if (waiting_i) wait_q <= wait_q + 48'd1;
        else other_q <= other_q + 48'd1;
      end
    end
  end

  assign counters_o = {192'd0, other_q, wait_q, learn_q, integrate_q, 48'd0, weights_limited_q, potentials_limited_q,
                       update_operations_q, update_rows_q, spikes_q, operations_q, events_q};
endmodule

`default_nettype wire
