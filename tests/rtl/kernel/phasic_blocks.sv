// SPDX-License-Identifier: Apache-2.0
// Every client of the write arbiter with the AXI4 write master: results, results header, and the traces of two layers.
//
// Handshake: as for the modules.
// Latency:   none of its own.
// Parameters: DataWidth as for the kernel.
`default_nettype none

module phasic_blocks #(
  parameter int DataWidth = 64,
  localparam int Engines = 2
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  input  logic                     start_i,
  input  logic                     score_valid_i,
  output logic                     score_ready_o,
  input  logic [31:0]              score_i,
  input  logic                     score_last_i,
  input  logic [31:0]              record_number_i,
  input  logic [15:0]              record_label_i,
  input  logic [15:0]              record_prediction_i,
  input  logic [31:0]              record_spikes_i,
  input  logic [1:0]               trace_valid_i,
  output logic [1:0]               trace_ready_o,
  input  logic [31:0]              trace_data_i,
  input  logic [1:0]               trace_last_i,
  input  logic [63:0]              trace_offset_i,
  input  logic [63:0]              trace_gap_i,
  input  logic [7:0]               steps_i,
  output logic [31:0]              samples_o,
  output logic [63:0]              trace_samples_o,
  input  logic                     header_start_i,
  output logic                     header_done_o,
  input  logic [31:0]              error_code_i,
  input  logic [31:0]              error_detail_i,
  input  logic [31:0]              error_sample_i,
  input  logic [31:0]              first_sample_i,
  input  logic [47:0]              input_events_i,
  input  logic [47:0]              samples_learned_i,
  input  logic [47:0]              cycles_i,
  input  logic [47:0]              load_cycles_i,
  input  logic [47:0]              run_cycles_i,
  input  logic [47:0]              store_cycles_i,
  input  logic [Engines*16*48-1:0] counters_i,
  input  logic [63:0]              results_base_i,
  input  logic [63:0]              trace_base_i,
  output logic                     idle_o,
  output logic                     write_error_o,
  output logic [2:0]               write_error_tag_o,
  output logic                     awvalid_o,
  input  logic                     awready_i,
  output logic [63:0]              awaddr_o,
  output logic [7:0]               awlen_o,
  output logic                     wvalid_o,
  input  logic                     wready_i,
  output logic [DataWidth-1:0]     wdata_o,
  output logic                     wlast_o,
  input  logic                     bvalid_i,
  output logic                     bready_o,
  input  logic [1:0]               bresp_i
);
  logic [3:0]             block_valid, block_ready, block_grant;
  logic [4*32-1:0]        block_offset;
  logic [4*DataWidth-1:0] block_data;
  logic                   results_idle, arbiter_idle, master_idle;
  logic                   write_cmd, write_ready, out_valid, out_ready;
  logic [31:0]            write_offset;
  logic [DataWidth-1:0]   out;
  logic                   results;

  phasic_result_writer #(
    .DataWidth(DataWidth)
  ) u_results (
    .clk_i,
    .rst_ni,
    .start_i,
    .score_valid_i,
    .score_ready_o,
    .score_i,
    .score_last_i,
    .record_number_i,
    .record_label_i,
    .record_prediction_i,
    .record_spikes_i,
    .block_valid_o (block_valid[0]),
    .block_ready_i (block_ready[0]),
    .block_offset_o(block_offset[31:0]),
    .block_data_o  (block_data[DataWidth-1:0]),
    .samples_o,
    .idle_o        (results_idle)
  );

  phasic_header_writer #(
    .Engines(Engines),
    .DataWidth(DataWidth)
  ) u_header (
    .clk_i,
    .rst_ni,
    .start_i       (header_start_i),
    .done_o        (header_done_o),
    .error_code_i,
    .error_detail_i,
    .error_sample_i,
    .samples_done_i(samples_o),
    .first_sample_i,
    .input_events_i,
    .samples_learned_i,
    .cycles_i,
    .load_cycles_i,
    .run_cycles_i,
    .store_cycles_i,
    .counters_i,
    .block_valid_o (block_valid[1]),
    .block_ready_i (block_ready[1]),
    .block_offset_o(block_offset[63:32]),
    .block_data_o  (block_data[2*DataWidth-1:DataWidth])
  );

  for (genvar e = 0; e < 2; e++) begin : gen_trace
    phasic_trace_writer #(
      .DataWidth(DataWidth)
    ) u_trace (
      .clk_i,
      .rst_ni,
      .start_i,
      .offset_i      (trace_offset_i[32*e +: 32]),
      .gap_i         (trace_gap_i[32*e +: 32]),
      .steps_i,
      .trace_valid_i (trace_valid_i[e]),
      .trace_ready_o (trace_ready_o[e]),
      .trace_data_i  (trace_data_i[16*e +: 16]),
      .trace_last_i  (trace_last_i[e]),
      .block_valid_o (block_valid[3-e]),
      .block_ready_i (block_ready[3-e]),
      .block_offset_o(block_offset[32*(3-e) +: 32]),
      .block_data_o  (block_data[DataWidth*(3-e) +: DataWidth]),
      .samples_o     (trace_samples_o[32*e +: 32])
    );
  end

  phasic_write_arbiter #(
    .Clients(4),
    .DataWidth(DataWidth)
  ) u_arbiter (
    .clk_i,
    .rst_ni,
    .valid_i     (block_valid),
    .ready_o     (block_ready),
    .offset_i    (block_offset),
    .data_i      (block_data),
    .cmd_valid_o (write_cmd),
    .cmd_ready_i (write_ready),
    .grant_o     (block_grant),
    .cmd_offset_o(write_offset),
    .data_valid_o(out_valid),
    .data_ready_i(out_ready),
    .data_o      (out),
    .idle_o      (arbiter_idle)
  );
  assign results = block_grant[1:0] != 2'b00;

  phasic_axi_write #(
    .DataWidth(DataWidth)
  ) u_write (
    .clk_i,
    .rst_ni,
    .cmd_valid_i  (write_cmd),
    .cmd_ready_o  (write_ready),
    .cmd_address_i((results ? results_base_i : trace_base_i) + 64'(write_offset)),
    .cmd_bytes_i  (32'd64),
    .cmd_tag_i    (results ? 3'd4 : 3'd5),
    .data_valid_i (out_valid),
    .data_ready_o (out_ready),
    .data_i       (out),
    .error_o      (write_error_o),
    .error_tag_o  (write_error_tag_o),
    .idle_o       (master_idle),
    .awvalid_o,
    .awready_i,
    .awaddr_o,
    .awlen_o,
    .wvalid_o,
    .wready_i,
    .wdata_o,
    .wlast_o,
    .bvalid_i,
    .bready_o,
    .bresp_i
  );

  assign idle_o = results_idle && arbiter_idle && master_idle && (block_valid == '0);

  logic unused;
  assign unused = ^block_grant[3:2];
endmodule

`default_nettype wire
