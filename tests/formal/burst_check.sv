// SPDX-License-Identifier: Apache-2.0
// Part of proofs about AXI4 masters: asserts that the bursts which a master asks for are those of its commands.
//
// - An address on offer stays as it is until it is taken.
// - Bursts of a command follow each other without gap or overlap from its first byte, and none goes beyond its last byte.
// - All bytes of a command have been asked for when the next command is taken.
// - No burst crosses a 4 KiB boundary, none has more than MaxBurst beats.
//
// A command is assumed to be a range of whole beats that does not go past the end of the address space.
// Outputs, for invariants: bytes of the command from next_o to end_o have not been on offer yet; fresh_o, an address is on offer for the first time.
// Parameters: DataWidth in bits; MaxBurst in beats.
`default_nettype none

module burst_check #(
  parameter int DataWidth = 512,
  parameter int MaxBurst  = 64
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        cmd_valid_i,
  input  logic        cmd_ready_i,
  input  logic [63:0] cmd_address_i,
  input  logic [31:0] cmd_bytes_i,
  input  logic        valid_i,
  input  logic        ready_i,
  input  logic [63:0] address_i,
  input  logic [7:0]  length_i,        // beats less one
  output logic [63:0] next_o,
  output logic [63:0] end_o,
  output logic        fresh_o
);
  localparam int Bytes = DataWidth / 8;

  logic [63:0] begin_q, end_q, held_address_q, burst_last, burst_end, cmd_end;
  logic [7:0]  held_length_q;
  logic        held_q;

  assign burst_last = address_i + 64'(length_i) * 64'(Bytes) + 64'(Bytes - 1);
  assign burst_end  = burst_last + 64'd1;
  assign cmd_end    = cmd_address_i + 64'(cmd_bytes_i);
  assign fresh_o    = valid_i && !held_q;
  assign next_o     = fresh_o ? burst_end : begin_q;
  assign end_o      = end_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      held_q  <= 1'b0;
      begin_q <= '0;
      end_q   <= '0;
    end else begin
      held_q         <= valid_i && !ready_i;
      held_address_q <= address_i;
      held_length_q  <= length_i;
      begin_q        <= next_o;
      if (cmd_valid_i && cmd_ready_i) begin
        begin_q <= cmd_address_i;
        end_q   <= cmd_end;
      end
      assume (cmd_address_i % 64'(Bytes) == 64'd0 && cmd_bytes_i % 32'(Bytes) == 32'd0 && cmd_end >= cmd_address_i);
      assert (!held_q || (valid_i && address_i == held_address_q && length_i == held_length_q));
      assert (!fresh_o || (address_i == begin_q && begin_q < end_q));
      assert (!fresh_o || (burst_last >= address_i && burst_end <= end_q));
      assert (!fresh_o || address_i[63:12] == burst_last[63:12]);
      assert (!valid_i || 32'(length_i) < 32'(MaxBurst));
      assert (!(cmd_valid_i && cmd_ready_i) || next_o == end_q);
      // A command that needs two bursts of different lengths, with an address that had to wait.
      cover (held_q && begin_q == end_q && 32'(length_i) + 32'd2 == 32'(MaxBurst) && address_i[12]);
    end
  end
endmodule

`default_nettype wire
