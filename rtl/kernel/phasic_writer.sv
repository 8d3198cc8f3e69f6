// SPDX-License-Identifier: Apache-2.0
// The writing side of the kernel: makes records, traces and the results header of what the core gives, and writes them, or the weights that the
// storer brings, through one write master.
//
// Handshake: scores, trace and the storer's commands and data by valid/ready. start_i for one cycle before a run, trace_start_i before its
//            samples, header_start_i for one cycle, header_done_o in one. storing_i holds from when nothing but weights is left to write.
//            write_error_o in one cycle for each answer that is an error, with the buffer's argument. drained_o: of every sample that was fetched
//            all has been made.
// Latency:   see the modules inside.
// Parameters: Engines; DataWidth of the bus in bits, 32 to 512.
`default_nettype none

module phasic_writer #(
  parameter int Engines   = 4,
  parameter int DataWidth = 512
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  input  logic [383:0]             addresses_i,        // of the buffers, by argument
  input  logic [511:0]             program_i,          // header of the program block
  // records
  input  logic                     start_i,
  input  logic                     score_valid_i,
  output logic                     score_ready_o,
  input  logic [31:0]              score_i,
  input  logic                     score_last_i,
  input  logic [31:0]              record_number_i,
  input  logic [15:0]              record_label_i,
  input  logic [15:0]              record_prediction_i,
  input  logic [31:0]              record_spikes_i,
  output logic [31:0]              samples_o,          // records that have been made
  // traces
  input  logic [Engines*32-1:0]    layer_trace_i,      // bytes a sample of each layer
  input  logic [31:0]              sample_trace_i,     // and of all layers
  input  logic                     trace_start_i,
  input  logic [Engines-1:0]       trace_valid_i,
  output logic [Engines-1:0]       trace_ready_o,
  input  logic [Engines*16-1:0]    trace_data_i,
  input  logic [Engines-1:0]       trace_last_i,
  input  logic [31:0]              samples_fetched_i,
  output logic                     drained_o,
  // results header
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
  input  logic [31:0]              loaded_checksum_i,
  input  logic [31:0]              stored_checksum_i,
  input  logic [47:0]              corrected_words_i,
  input  logic [Engines*16*48-1:0] counters_i,
  // weights
  input  logic                     storing_i,
  input  logic                     store_cmd_i,
  output logic                     store_cmd_ready_o,
  input  logic [31:0]              store_offset_i,
  input  logic [31:0]              store_bytes_i,
  input  logic                     store_valid_i,
  output logic                     store_ready_o,
  input  logic [DataWidth-1:0]     store_data_i,
  // state
  output logic                     idle_o,
  output logic                     write_error_o,
  output logic [2:0]               write_argument_o,
  // AXI4
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
  // Clients of the write master: records, results header, and the trace of each layer, the last layer first. A later layer must not
  // wait for an earlier one's trace.
  localparam int Clients = 2 + Engines;

  logic [Clients-1:0]           block_valid, block_ready, block_grant;
  logic [Clients*32-1:0]        block_offset;
  logic [Clients*DataWidth-1:0] block_data;
  logic                         blocks_cmd, blocks_valid, blocks_idle, records_idle, master_idle, write_ready, data_ready;
  logic [31:0]                  blocks_offset;
  logic [DataWidth-1:0]         blocks;
  logic [Engines-1:0]           trace_drained;
  logic                         tracing;
  logic [3:0]                   layer_count;

  assign tracing     = program_i[8*phasic_pkg::ProgramHeaderFlags + 1];
  assign layer_count = program_i[8*phasic_pkg::ProgramHeaderLayers +: 4];

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
    .idle_o        (records_idle)
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
    .loaded_checksum_i,
    .stored_checksum_i,
    .corrected_words_i,
    .counters_i,
    .block_valid_o (block_valid[1]),
    .block_ready_i (block_ready[1]),
    .block_offset_o(block_offset[63:32]),
    .block_data_o  (block_data[2*DataWidth-1:DataWidth])
  );

  for (genvar e = 0; e < Engines; e++) begin : gen_trace
    localparam int Client = 1 + Engines - e;
    logic [31:0] first_offset;
    logic [31:0] trace_samples;
    if (e == 0) begin : gen_first
      assign first_offset = '0;
    end else begin : gen_next
      assign first_offset = gen_trace[e-1].first_offset + layer_trace_i[32*(e-1) +: 32];
    end

    phasic_trace_writer #(
      .DataWidth(DataWidth)
    ) u_trace (
      .clk_i,
      .rst_ni,
      .start_i       (trace_start_i),
      .offset_i      (first_offset),
      .gap_i         (sample_trace_i - layer_trace_i[32*e +: 32]),
      .steps_i       (program_i[8*phasic_pkg::ProgramHeaderSteps +: 8]),
      .trace_valid_i (trace_valid_i[e]),
      .trace_ready_o (trace_ready_o[e]),
      .trace_data_i  (trace_data_i[16*e +: 16]),
      .trace_last_i  (trace_last_i[e]),
      .block_valid_o (block_valid[Client]),
      .block_ready_i (block_ready[Client]),
      .block_offset_o(block_offset[32*Client +: 32]),
      .block_data_o  (block_data[DataWidth*Client +: DataWidth]),
      .samples_o     (trace_samples)
    );
    assign trace_drained[e] = !tracing || (4'(e) >= layer_count) || (trace_samples == samples_fetched_i);
  end
  assign drained_o = records_idle && (samples_o == samples_fetched_i) && (trace_drained == '1);

  phasic_write_arbiter #(
    .Clients(Clients),
    .DataWidth(DataWidth)
  ) u_arbiter (
    .clk_i,
    .rst_ni,
    .valid_i     (block_valid),
    .ready_o     (block_ready),
    .offset_i    (block_offset),
    .data_i      (block_data),
    .cmd_valid_o (blocks_cmd),
    .cmd_ready_i (write_ready),
    .grant_o     (block_grant),
    .cmd_offset_o(blocks_offset),
    .data_valid_o(blocks_valid),
    .data_ready_i(data_ready && !storing_i),
    .data_o      (blocks),
    .idle_o      (blocks_idle)
  );

  logic [2:0]  tag;
  logic [63:0] base;
  logic [31:0] offset, bytes;
  always_comb begin
    tag    = 3'(phasic_pkg::ArgumentTrace);
    base   = addresses_i[64*phasic_pkg::ArgumentTrace +: 64];
    offset = blocks_offset;
    bytes  = 32'd64;
    if (storing_i) begin
      tag    = 3'(phasic_pkg::ArgumentWeights);
      base   = addresses_i[64*phasic_pkg::ArgumentWeights +: 64];
      offset = store_offset_i;
      bytes  = store_bytes_i;
    end else if (block_grant[1:0] != 2'b00) begin
      tag    = 3'(phasic_pkg::ArgumentResults);
      base   = addresses_i[64*phasic_pkg::ArgumentResults +: 64];
    end
  end
  assign store_cmd_ready_o = write_ready;
  assign store_ready_o     = data_ready && storing_i;

  phasic_axi_write #(
    .DataWidth(DataWidth)
  ) u_write (
    .clk_i,
    .rst_ni,
    .cmd_valid_i  (storing_i ? store_cmd_i : blocks_cmd),
    .cmd_ready_o  (write_ready),
    .cmd_address_i(base + 64'(offset)),
    .cmd_bytes_i  (bytes),
    .cmd_tag_i    (tag),
    .data_valid_i (storing_i ? store_valid_i : blocks_valid),
    .data_ready_o (data_ready),
    .data_i       (storing_i ? store_data_i : blocks),
    .error_o      (write_error_o),
    .error_tag_o  (write_argument_o),
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
  assign idle_o = blocks_idle && (block_valid == '0) && master_idle;

  // What is not of the results is of the trace.
  logic unused;
  assign unused = ^{block_grant[Clients-1:2], addresses_i, program_i};
endmodule

`default_nettype wire
