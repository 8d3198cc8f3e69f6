// SPDX-License-Identifier: Apache-2.0
// Writes the potentials of one layer as rows of blocks of 64 bytes, padded with zeros.
//
// Handshake: start_i before the first sample of a run takes offset_i, where the layer's first row goes. Potentials come over trace_*, in
//            order; trace_last_i ends the row of a step. A block goes out as beats over block_*, all for the 64 bytes at
//            block_offset_o of the trace buffer; block_valid_o holds until the last beat was taken. samples_o counts samples
//            whose rows went out completely.
// Latency:   a potential a cycle while a block is collected; a block is written before the next one is collected.
// Parameters: DataWidth in bits.
`default_nettype none

module phasic_trace_writer #(
  parameter int DataWidth = 512
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 start_i,
  input  logic [31:0]          offset_i,
  input  logic [31:0]          gap_i,          // bytes of a sample's trace that belong to the other layers
  input  logic [7:0]           steps_i,
  input  logic                 trace_valid_i,
  output logic                 trace_ready_o,
  input  logic [15:0]          trace_data_i,
  input  logic                 trace_last_i,
  output logic                 block_valid_o,
  input  logic                 block_ready_i,
  output logic [31:0]          block_offset_o,
  output logic [DataWidth-1:0] block_data_o,
  output logic [31:0]          samples_o
);
  localparam int Beats = 512 / DataWidth;
  localparam int BlockPotentials = 32;

  logic         write_q;           // the block is complete
  logic         last_q;            // the row's last potential was taken
  logic [4:0]   count_q;           // potentials or beats of the block so far
  logic [7:0]   step_q;
  logic [511:0] block_q;
  logic [31:0]  offset_q;
  logic [31:0]  samples_q;

  logic         push;
  logic         sent;
  logic         last_step;

  assign trace_ready_o = !write_q && !last_q;
  assign push = !write_q && (last_q || trace_valid_i);
  assign block_valid_o = write_q;
  assign sent = write_q && block_ready_i;
  assign last_step = step_q + 8'd1 == steps_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_q   <= 1'b0;
      last_q    <= 1'b0;
      count_q   <= '0;
      step_q    <= '0;
      offset_q  <= '0;
      samples_q <= '0;
    end else if (start_i) begin
      write_q   <= 1'b0;
      last_q    <= 1'b0;
      count_q   <= '0;
      step_q    <= '0;
      offset_q  <= offset_i;
      samples_q <= '0;
    end else begin
      if (trace_valid_i && trace_ready_o && trace_last_i) last_q <= 1'b1;
      if (push) begin
        count_q <= count_q + 1'b1;
        write_q <= count_q == 5'(BlockPotentials - 1);
      end
      if (sent) begin
        count_q <= count_q + 1'b1;
        if (count_q == 5'(Beats - 1)) begin
          count_q  <= '0;
          write_q  <= 1'b0;
          last_q   <= 1'b0;
          offset_q <= offset_q + 32'd64;
          if (last_q) begin
            step_q <= last_step ? '0 : step_q + 1'b1;
            if (last_step) begin
              offset_q  <= offset_q + 32'd64 + gap_i;
              samples_q <= samples_q + 32'd1;
            end
          end
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (push) begin
      block_q <= {last_q ? 16'd0 : trace_data_i, block_q[511:16]};
    end else if (sent) begin
      block_q <= block_q >> DataWidth;
    end
  end

  assign block_offset_o = offset_q;
  assign block_data_o   = block_q[DataWidth-1:0];
  assign samples_o      = samples_q;
endmodule

`default_nettype wire
