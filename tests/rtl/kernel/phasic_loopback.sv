// SPDX-License-Identifier: Apache-2.0
// Loader and storer with the kernel's reading and writing sides round a memory that stands for the core's: what is loaded can be stored elsewhere.
//
// Handshake: load_start_i with table_i, store_start_i; the arguments must be stable from there to the end of the pass.
// Latency:   none of its own.
// Parameters: as for the kernel; Depth: words of the memory of each engine.
`default_nettype none

module phasic_loopback #(
  parameter int Lanes = 8,
  parameter int WeightWidth = 8,
  parameter int DataWidth = 64,
  parameter int Depth = 8192,
  localparam int Engines = 2
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         load_start_i,
  input  logic                         table_i,
  output logic                         load_done_o,
  output logic                         load_error_o,
  input  logic                         store_start_i,
  output logic                         store_done_o,
  output logic                         writes_idle_o,
  output logic                         write_error_o,
  output logic [2:0]                   write_error_tag_o,
  input  logic [3:0]                   layer_count_i,
  input  logic [Engines*8*phasic_pkg::LayerGrid-1:0] layers_i,
  input  logic [Engines*16-1:0]        rows_i,
  input  logic [Engines*32-1:0]        layer_weights_i,
  input  logic [Engines*32-1:0]        layer_tables_i,
  input  logic [63:0]                  read_base_i,
  input  logic [63:0]                  write_base_i,
  output logic                         load_valid_o,
  output logic                         load_table_o,
  output logic [2:0]                   load_engine_o,
  output logic [31:0]                  load_address_o,
  output logic [Lanes*WeightWidth-1:0] load_data_o,
  output logic                         awvalid_o,
  input  logic                         awready_i,
  output logic [63:0]                  awaddr_o,
  output logic [7:0]                   awlen_o,
  output logic                         wvalid_o,
  input  logic                         wready_i,
  output logic [DataWidth-1:0]         wdata_o,
  output logic                         wlast_o,
  input  logic                         bvalid_i,
  output logic                         bready_o,
  input  logic [1:0]                   bresp_i,
  output logic                         arvalid_o,
  input  logic                         arready_i,
  output logic [63:0]                  araddr_o,
  output logic [7:0]                   arlen_o,
  input  logic                         rvalid_i,
  output logic                         rready_o,
  input  logic [DataWidth-1:0]         rdata_i,
  input  logic [1:0]                   rresp_i
);
  logic                         read_cmd, read_ready, write_cmd, write_ready;
  logic [31:0]                  read_offset, read_bytes, write_offset, write_bytes;
  logic                         beat_valid, beat_ready, beat_error, out_valid, out_ready;
  logic [DataWidth-1:0]         beat, out;
  logic                         store_valid;
  logic [2:0]                   store_engine;
  logic [31:0]                  store_address;
  logic [Lanes*WeightWidth-1:0] words_q [2 * Depth];
  logic [Lanes*WeightWidth-1:0] store_1_q, store_2_q;

  // Weights and tables lie in one buffer here.
  logic [383:0] read_addresses, write_addresses;
  always_comb begin
    read_addresses  = '0;
    write_addresses = '0;
    read_addresses[64*phasic_pkg::ArgumentTables +: 64]   = read_base_i;
    read_addresses[64*phasic_pkg::ArgumentWeights +: 64]  = read_base_i;
    write_addresses[64*phasic_pkg::ArgumentWeights +: 64] = write_base_i;
  end

  phasic_reader #(
    .DataWidth(DataWidth)
  ) u_reader (
    .clk_i,
    .rst_ni,
    .addresses_i     (read_addresses),
    .program_cmd_i   (1'b0),
    .program_bytes_i ('0),
    .loader_cmd_i    (read_cmd),
    .loader_table_i  (table_i),
    .loader_offset_i (read_offset),
    .loader_bytes_i  (read_bytes),
    .sampler_cmd_i   (1'b0),
    .sampler_offset_i('0),
    .sampler_bytes_i ('0),
    .cmd_ready_o     (read_ready),
    .loading_i       (1'b1),
    .beat_valid_o    (beat_valid),
    .beat_ready_i    (beat_ready),
    .beat_o          (beat),
    .beat_error_o    (beat_error),
    .word_valid_o    (),
    .word_ready_i    (1'b0),
    .word_o          (),
    .word_error_o    (),
    .arvalid_o,
    .arready_i,
    .araddr_o,
    .arlen_o,
    .rvalid_i,
    .rready_o,
    .rdata_i,
    .rresp_i
  );

  // Of dense layers.
  logic [Engines*16-1:0] row_width;
  for (genvar e = 0; e < Engines; e++) begin : gen_width
    assign row_width[16*e +: 16] = layers_i[8*phasic_pkg::LayerGrid*e + 8*phasic_pkg::LayerNeurons +: 16];
  end

  phasic_loader #(
    .Lanes(Lanes),
    .WeightWidth(WeightWidth),
    .Engines(Engines),
    .DataWidth(DataWidth)
  ) u_loader (
    .clk_i,
    .rst_ni,
    .start_i     (load_start_i),
    .table_i,
    .done_o      (load_done_o),
    .error_o     (load_error_o),
    .seed_i      ('0),
    .classes_i   ('0),
    .layer_count_i,
    .layers_i,
    .rows_i      ('0),
    .row_width_i (row_width),
    .layer_weights_i,
    .layer_memory_i('0),
    .layer_tables_i,
    .cmd_valid_o (read_cmd),
    .cmd_ready_i (read_ready),
    .cmd_offset_o(read_offset),
    .cmd_bytes_o (read_bytes),
    .data_valid_i(beat_valid),
    .data_ready_o(beat_ready),
    .data_i      (beat),
    .data_error_i(beat_error),
    .load_valid_o,
    .load_table_o,
    .load_engine_o,
    .load_address_o,
    .load_data_o,
    .load_memory_o(),
    .load_memory_last_o(),
    .load_memory_data_o()
  );

  phasic_write_back #(
    .Lanes(Lanes),
    .WeightWidth(WeightWidth),
    .Engines(Engines),
    .DataWidth(DataWidth)
  ) u_write_back (
    .clk_i,
    .rst_ni,
    .start_i        (store_start_i),
    .done_o         (store_done_o),
    .layer_count_i,
    .layers_i,
    .stored_rows_i  (rows_i),
    .rows_i         ('0),
    .row_width_i    (row_width),
    .layer_weights_i,
    .layer_memory_i ('0),
    .store_valid_o  (store_valid),
    .store_engine_o (store_engine),
    .store_address_o(store_address),
    .store_data_i   (store_2_q),
    .store_memory_o (),
    .store_memory_last_o(),
    .store_memory_data_i(1'b0),
    .cmd_valid_o    (write_cmd),
    .cmd_ready_i    (write_ready),
    .cmd_offset_o   (write_offset),
    .cmd_bytes_o    (write_bytes),
    .data_valid_o   (out_valid),
    .data_ready_i   (out_ready),
    .data_o         (out)
  );

  phasic_writer #(
    .Engines(Engines),
    .DataWidth(DataWidth)
  ) u_writer (
    .clk_i,
    .rst_ni,
    .addresses_i        (write_addresses),
    .program_i          ('0),
    .start_i            (1'b0),
    .score_valid_i      (1'b0),
    .score_ready_o      (),
    .score_i            ('0),
    .score_last_i       (1'b0),
    .record_number_i    ('0),
    .record_label_i     ('0),
    .record_prediction_i('0),
    .record_spikes_i    ('0),
    .samples_o          (),
    .layer_trace_i      ('0),
    .sample_trace_i     ('0),
    .trace_start_i      (1'b0),
    .trace_valid_i      ('0),
    .trace_ready_o      (),
    .trace_data_i       ('0),
    .trace_last_i       ('0),
    .samples_fetched_i  ('0),
    .drained_o          (),
    .header_start_i     (1'b0),
    .header_done_o      (),
    .error_code_i       ('0),
    .error_detail_i     ('0),
    .error_sample_i     ('0),
    .first_sample_i     ('0),
    .input_events_i     ('0),
    .samples_learned_i  ('0),
    .cycles_i           ('0),
    .load_cycles_i      ('0),
    .run_cycles_i       ('0),
    .store_cycles_i     ('0),
    .loaded_checksum_i  ('0),
    .stored_checksum_i  ('0),
    .corrected_words_i  ('0),
    .counters_i         ('0),
    .storing_i          (1'b1),
    .store_cmd_i        (write_cmd),
    .store_cmd_ready_o  (write_ready),
    .store_offset_i     (write_offset),
    .store_bytes_i      (write_bytes),
    .store_valid_i      (out_valid),
    .store_ready_o      (out_ready),
    .store_data_i       (out),
    .idle_o             (writes_idle_o),
    .write_error_o,
    .write_argument_o   (write_error_tag_o),
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

  // What no read asked for is not what the storer may use: it is random, as memory that was never written.
  always_ff @(posedge clk_i) begin
    if (load_valid_o && !load_table_o) words_q[(load_engine_o[0] ? Depth : 0) + load_address_o] <= load_data_o;
    store_1_q <= store_valid ? words_q[(store_engine[0] ? Depth : 0) + store_address] : ~store_2_q;
    store_2_q <= store_1_q;
  end
endmodule

`default_nettype wire
