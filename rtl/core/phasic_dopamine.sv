// SPDX-License-Identifier: Apache-2.0
// Broadcasts the expectation of a sample, its class and whether it is learned, to every layer engine before the sample's first event.
// Each engine turns the class into the neuromodulator levels of its own neurons.
//
// Handshake: valid/ready towards the encoder; an engine takes a message with engine_valid_o and engine_ready_i. All engines in use take it
//            in the same cycle, so a message is never seen by some only.
// Latency:   none.
// Parameters: Engines.
`default_nettype none

module phasic_dopamine #(
  parameter int Engines = 4
) (
  input  logic [Engines-1:0] in_use_i,
  input  logic               message_valid_i,
  output logic               message_ready_o,
  output logic [Engines-1:0] engine_valid_o,
  input  logic [Engines-1:0] engine_ready_i
);
  logic all_ready;

  assign all_ready       = (engine_ready_i | ~in_use_i) == '1;
  assign message_ready_o = all_ready;
  assign engine_valid_o  = (message_valid_i && all_ready) ? in_use_i : '0;
endmodule

`default_nettype wire
