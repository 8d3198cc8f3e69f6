// SPDX-License-Identifier: Apache-2.0
// Gives the write master to one client at a time, for a block of 64 bytes. A client asks only when it holds the whole block, so no client
// waits for another one's data. The lowest client number comes first.
//
// Handshake: valid_i[c] holds, with stable offset, until the last beat of the block was taken by ready_o[c]. The command goes out before
//            the data. grant_o is the client of the command while cmd_valid_o is 1.
// Latency:   one cycle from request to command.
// Parameters: Clients; DataWidth in bits.
`default_nettype none

module phasic_write_arbiter #(
  parameter int Clients = 6,
  parameter int DataWidth = 512
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic [Clients-1:0]           valid_i,
  output logic [Clients-1:0]           ready_o,
  input  logic [Clients*32-1:0]        offset_i,
  input  logic [Clients*DataWidth-1:0] data_i,
  output logic                         cmd_valid_o,
  input  logic                         cmd_ready_i,
  output logic [Clients-1:0]           grant_o,       // one bit set
  output logic [31:0]                  cmd_offset_o,
  output logic                         data_valid_o,
  input  logic                         data_ready_i,
  output logic [DataWidth-1:0]         data_o,
  output logic                         idle_o
);
  localparam int Beats = 512 / DataWidth;

  localparam logic [1:0] StIdle    = 2'd0;
  localparam logic [1:0] StCommand = 2'd1;
  localparam logic [1:0] StData    = 2'd2;

  logic [1:0]         state_q;
  logic [Clients-1:0] grant_q;
  logic [3:0]         beat_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= StIdle;
      grant_q <= '0;
      beat_q  <= '0;
    end else begin
      case (state_q)
        StIdle: begin
          beat_q  <= '0;
          // The lowest bit that is set.
          grant_q <= valid_i & (~valid_i + 1'b1);
          if (valid_i != '0) state_q <= StCommand;
        end
        StCommand: if (cmd_ready_i) state_q <= StData;
        default: begin
          if (data_valid_o && data_ready_i) begin
            beat_q <= beat_q + 1'b1;
            if (beat_q == 4'(Beats - 1)) state_q <= StIdle;
          end
        end
      endcase
    end
  end

  always_comb begin
    cmd_offset_o = '0;
    data_o       = '0;
    if (state_q != StIdle) begin
      for (int c = 0; c < Clients; c++) begin
        if (grant_q[c]) begin
          cmd_offset_o = cmd_offset_o | offset_i[32*c +: 32];
          data_o       = data_o | data_i[DataWidth*c +: DataWidth];
        end
      end
    end
  end

  assign cmd_valid_o  = state_q == StCommand;
  assign grant_o      = grant_q;
  assign data_valid_o = (state_q == StData) && ((valid_i & grant_q) != '0);
  assign ready_o      = ((state_q == StData) && data_ready_i) ? grant_q : '0;
  assign idle_o       = state_q == StIdle;
endmodule

`default_nettype wire
