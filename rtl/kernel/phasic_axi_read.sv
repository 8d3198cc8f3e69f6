// SPDX-License-Identifier: Apache-2.0
// AXI4 read master: reads a range of bytes as a sequence of INCR bursts and gives the beats in order.
//
// Handshake: a command (start and size, both multiples of 64 bytes; a size of 0 does nothing) is taken when cmd_valid_i and cmd_ready_o are
//            1; its beats leave in order over data_*. data_error_o marks a beat that the memory answered with an error; beats
//            that follow still come, so the reader counts beats and never waits for more than it asked for. Bursts are only
//            asked for when the queue has room for all of their beats, so the bus is never held up.
// Latency:   one cycle from command to address, one from bus beat to data_*.
// Parameters: DataWidth in bits; MaxBurst in beats (a power of two, at most 64; bursts stay within aligned blocks of that many beats
//            and so within 4 KiB); Depth of the queue in beats (a power of two, at least MaxBurst).
`default_nettype none

module phasic_axi_read #(
  parameter int DataWidth = 512,
  parameter int MaxBurst = 16,
  parameter int Depth = 64
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 cmd_valid_i,
  output logic                 cmd_ready_o,
  input  logic [63:0]          cmd_address_i,
  input  logic [31:0]          cmd_bytes_i,
  output logic                 data_valid_o,
  input  logic                 data_ready_i,
  output logic [DataWidth-1:0] data_o,
  output logic                 data_error_o,
  output logic                 arvalid_o,
  input  logic                 arready_i,
  output logic [63:0]          araddr_o,
  output logic [7:0]           arlen_o,
  input  logic                 rvalid_i,
  output logic                 rready_o,
  input  logic [DataWidth-1:0] rdata_i,
  input  logic [1:0]           rresp_i
);
  localparam int BeatShift = $clog2(DataWidth / 8);
  localparam int BurstShift = $clog2(MaxBurst);
  localparam int CountWidth = 32 - BeatShift;
  localparam int CreditWidth = $clog2(Depth) + 1;

  initial begin
    if ((1 << BurstShift) != MaxBurst || MaxBurst > 64) $fatal(1, "phasic_axi_read: MaxBurst must be a power of two of at most 64");
    if (Depth < MaxBurst || (1 << $clog2(Depth)) != Depth) $fatal(1, "phasic_axi_read: Depth must be a power of two, at least MaxBurst");
  end

  // Beats are counted from here on; addresses are kept as numbers of beats.
  logic [63-BeatShift:0] beat_address_q;
  logic [CountWidth-1:0] beats_left_q;
  logic [CreditWidth-1:0] credit_q;
  logic                   arvalid_q;
  logic [63-BeatShift:0]  araddr_q;
  logic [7:0]             arlen_q;

  logic [BurstShift:0]    burst_room;
  logic [BurstShift:0]    burst_beats;
  logic                   issue;
  logic                   pop;

  if (BurstShift > 0) begin : gen_room
    assign burst_room = (BurstShift + 1)'(MaxBurst) - {1'b0, beat_address_q[BurstShift-1:0]};
  end else begin : gen_single
    assign burst_room = 1'b1;
  end
  assign burst_beats = (beats_left_q < CountWidth'(burst_room)) ? (BurstShift + 1)'(beats_left_q) : burst_room;

  assign cmd_ready_o = beats_left_q == '0;
  assign issue = (beats_left_q != '0) && (!arvalid_q || arready_i) && (credit_q >= CreditWidth'(MaxBurst));
  assign pop = data_valid_o && data_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      beats_left_q <= '0;
      credit_q     <= CreditWidth'(Depth);
      arvalid_q    <= 1'b0;
    end else begin
      if (cmd_valid_i && cmd_ready_o) begin
        beats_left_q <= cmd_bytes_i[31:BeatShift];
      end else if (issue) begin
        beats_left_q <= beats_left_q - CountWidth'(burst_beats);
      end
      credit_q <= credit_q - (issue ? CreditWidth'(burst_beats) : '0) + CreditWidth'(pop);
      if (issue) begin
        arvalid_q <= 1'b1;
      end else if (arready_i) begin
        arvalid_q <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (cmd_valid_i && cmd_ready_o) begin
      beat_address_q <= cmd_address_i[63:BeatShift];
    end else if (issue) begin
      beat_address_q <= beat_address_q + (64 - BeatShift)'(burst_beats);
    end
    if (issue) begin
      araddr_q <= beat_address_q;
      arlen_q  <= 8'(burst_beats) - 8'd1;
    end
  end

  assign arvalid_o = arvalid_q;
  assign araddr_o  = {araddr_q, {BeatShift{1'b0}}};
  assign arlen_o   = arlen_q;

  phasic_fifo #(
    .Width(DataWidth + 1),
    .Depth(Depth)
  ) u_beats (
    .clk_i,
    .rst_ni,
    .clear_i    (1'b0),
    .in_valid_i (rvalid_i),
    .in_ready_o (rready_o),
    .in_data_i  ({rresp_i[1], rdata_i}),
    .out_valid_o(data_valid_o),
    .out_ready_i(data_ready_i),
    .out_data_o ({data_error_o, data_o})
  );

  // Commands are multiples of 64 bytes; the low bit of a response only tells exclusive accesses apart.
  logic unused;
  assign unused = ^{cmd_address_i[BeatShift-1:0], cmd_bytes_i[BeatShift-1:0], rresp_i[0]};
endmodule

`default_nettype wire
