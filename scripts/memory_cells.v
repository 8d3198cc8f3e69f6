// SPDX-License-Identifier: Apache-2.0
// The cells that scripts/memory_ports.v makes of a memory, as black boxes.

(* blackbox, keep *)
module memory_input (input clk, input d);
endmodule

(* blackbox *)
module memory_output (input clk, output q);
endmodule

(* blackbox *)
module memory_read (input [23:0] address, output data);
endmodule
