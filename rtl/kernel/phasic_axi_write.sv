// SPDX-License-Identifier: Apache-2.0
// AXI4 write master: writes a range of bytes as a sequence of INCR bursts.
//
// Handshake: a command (start and size, both multiples of 64 bytes, and a tag) is taken when cmd_valid_i and cmd_ready_o are 1; its
//            beats are taken in order over data_*. Addresses and data go out independently: neither waits for the other to be
//            accepted. Every burst's response is counted; error_o pulses with the tag of the command whose burst was answered with
//            an error. idle_o is 1 when every burst of every command has been answered.
// Latency:   one cycle from command to address, two from command to the first data beat.
// Parameters: DataWidth in bits; MaxBurst in beats (a power of two, at most 64; bursts stay within aligned blocks of that many beats
//            and so within 4 KiB); TagWidth in bits; Outstanding: bursts that may await their response (a power of two).
`default_nettype none

module phasic_axi_write #(
  parameter int DataWidth = 512,
  parameter int MaxBurst = 16,
  parameter int TagWidth = 3,
  parameter int Outstanding = 8
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   cmd_valid_i,
  output logic                   cmd_ready_o,
  input  logic [63:0]            cmd_address_i,
  input  logic [31:0]            cmd_bytes_i,
  input  logic [TagWidth-1:0]    cmd_tag_i,
  input  logic                   data_valid_i,
  output logic                   data_ready_o,
  input  logic [DataWidth-1:0]   data_i,
  output logic                   error_o,
  output logic [TagWidth-1:0]    error_tag_o,
  output logic                   idle_o,
  output logic                   awvalid_o,
  input  logic                   awready_i,
  output logic [63:0]            awaddr_o,
  output logic [7:0]             awlen_o,
  output logic                   wvalid_o,
  input  logic                   wready_i,
  output logic [DataWidth-1:0]   wdata_o,
  output logic                   wlast_o,
  input  logic                   bvalid_i,
  output logic                   bready_o,
  input  logic [1:0]             bresp_i
);
  localparam int BeatShift = $clog2(DataWidth / 8);
  localparam int BurstShift = $clog2(MaxBurst);
  localparam int CountWidth = 32 - BeatShift;

  initial begin
    if ((1 << BurstShift) != MaxBurst || MaxBurst > 64) $fatal(1, "phasic_axi_write: MaxBurst must be a power of two of at most 64");
  end

  logic [63-BeatShift:0] beat_address_q;
  logic [CountWidth-1:0] beats_left_q;
  logic [TagWidth-1:0]   tag_q;
  logic                  awvalid_q;
  logic [63-BeatShift:0] awaddr_q;
  logic [7:0]            awlen_q;

  logic [BurstShift:0]   burst_room;
  logic [BurstShift:0]   burst_beats;
  logic                  issue;

  logic                  length_in_ready;
  logic                  length_valid;
  logic                  length_ready;
  logic [7:0]            length;
  logic                  tag_in_ready;
  logic                  tag_valid;

  if (BurstShift > 0) begin : gen_room
    assign burst_room = (BurstShift + 1)'(MaxBurst) - {1'b0, beat_address_q[BurstShift-1:0]};
  end else begin : gen_single
    assign burst_room = 1'b1;
  end
  assign burst_beats = (beats_left_q < CountWidth'(burst_room)) ? (BurstShift + 1)'(beats_left_q) : burst_room;

  assign cmd_ready_o = beats_left_q == '0;
  assign issue = (beats_left_q != '0) && (!awvalid_q || awready_i) && length_in_ready && tag_in_ready;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      beats_left_q <= '0;
      awvalid_q    <= 1'b0;
    end else begin
      if (cmd_valid_i && cmd_ready_o) begin
        beats_left_q <= cmd_bytes_i[31:BeatShift];
      end else if (issue) begin
        beats_left_q <= beats_left_q - CountWidth'(burst_beats);
      end
      if (issue) begin
        awvalid_q <= 1'b1;
      end else if (awready_i) begin
        awvalid_q <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (cmd_valid_i && cmd_ready_o) begin
      beat_address_q <= cmd_address_i[63:BeatShift];
      tag_q          <= cmd_tag_i;
    end else if (issue) begin
      beat_address_q <= beat_address_q + (64 - BeatShift)'(burst_beats);
    end
    if (issue) begin
      awaddr_q <= beat_address_q;
      awlen_q  <= 8'(burst_beats) - 8'd1;
    end
  end

  assign awvalid_o = awvalid_q;
  assign awaddr_o  = {awaddr_q, {BeatShift{1'b0}}};
  assign awlen_o   = awlen_q;

  // Lengths of bursts whose data has not gone out yet, so that the data side knows where wlast belongs.
  phasic_fifo #(
    .Width(8),
    .Depth(Outstanding)
  ) u_lengths (
    .clk_i,
    .rst_ni,
    .clear_i    (1'b0),
    .in_valid_i (issue),
    .in_ready_o (length_in_ready),
    .in_data_i  (8'(burst_beats) - 8'd1),
    .out_valid_o(length_valid),
    .out_ready_i(length_ready),
    .out_data_o (length)
  );

  // Tags of bursts that have not been answered yet. All bursts have one id, so answers come in order.
  phasic_fifo #(
    .Width(TagWidth),
    .Depth(Outstanding)
  ) u_tags (
    .clk_i,
    .rst_ni,
    .clear_i    (1'b0),
    .in_valid_i (issue),
    .in_ready_o (tag_in_ready),
    .in_data_i  (tag_q),
    .out_valid_o(tag_valid),
    .out_ready_i(bvalid_i),
    .out_data_o (error_tag_o)
  );

  logic [7:0]           beat_q;
  logic                 wvalid_q;
  logic [DataWidth-1:0] wdata_q;
  logic                 wlast_q;
  logic                 take;

  assign data_ready_o = length_valid && (!wvalid_q || wready_i);
  assign take = data_valid_i && data_ready_o;
  assign length_ready = take && (beat_q == length);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      beat_q   <= '0;
      wvalid_q <= 1'b0;
    end else begin
      if (take) begin
        wvalid_q <= 1'b1;
        beat_q   <= (beat_q == length) ? '0 : beat_q + 1'b1;
      end else if (wready_i) begin
        wvalid_q <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (take) begin
      wdata_q <= data_i;
      wlast_q <= beat_q == length;
    end
  end

  assign wvalid_o = wvalid_q;
  assign wdata_o  = wdata_q;
  assign wlast_o  = wlast_q;

  assign bready_o = 1'b1;
  assign error_o  = bvalid_i && tag_valid && bresp_i[1];
  assign idle_o   = (beats_left_q == '0) && !tag_valid;

  // Commands are multiples of 64 bytes; the low bit of a response only tells exclusive accesses apart.
  logic unused;
  assign unused = ^{cmd_address_i[BeatShift-1:0], cmd_bytes_i[BeatShift-1:0], bresp_i[0]};
endmodule

`default_nettype wire
