// SPDX-License-Identifier: Apache-2.0
// The kernel: core, AXI4-Lite control and AXI4 master. docs/specification.md is its contract.
//
// Handshake: AXI4-Lite slave s_axi_control with ap_ctrl_hs control; AXI4 master m_axi_gmem with one id, so every answer comes in order;
//            interrupt is level-sensitive.
// Latency:   of a run: the cycle counters in its results.
// Parameters: the limits table of the contract; Groups, as in phasic_core: of events a cycle in layers of few neurons, and of no result.
`default_nettype none

module phasic_kernel #(
  parameter int Lanes = 64,
  parameter int WeightWidth = 8,
  parameter int Engines = 4,
  parameter int MaxRows = 1024,
  parameter int MaxNeurons = 1024,
  parameter int MaxSteps = 32,
  parameter int MaxClasses = 64,
  parameter int MaxOutputs = 64,
  parameter int MaxEvents = 16384,
  parameter int WeightDepth = 16384,
  parameter int DataWidth = 512,
  parameter int Rules = 95,
  parameter int SumDepth = 4096,
  parameter int MemoryDepth = 32768,
  parameter int Groups = 1
) (
  input  logic                   ap_clk,
  input  logic                   ap_rst_n,
  // The name that packagers look for.
  /* verilator lint_off SYMRSVDWORD */
  output logic                   interrupt,
  /* verilator lint_on SYMRSVDWORD */

  input  logic                   s_axi_control_awvalid,
  output logic                   s_axi_control_awready,
  input  logic [11:0]            s_axi_control_awaddr,
  input  logic                   s_axi_control_wvalid,
  output logic                   s_axi_control_wready,
  input  logic [31:0]            s_axi_control_wdata,
  input  logic [3:0]             s_axi_control_wstrb,
  output logic                   s_axi_control_bvalid,
  input  logic                   s_axi_control_bready,
  output logic [1:0]             s_axi_control_bresp,
  input  logic                   s_axi_control_arvalid,
  output logic                   s_axi_control_arready,
  input  logic [11:0]            s_axi_control_araddr,
  output logic                   s_axi_control_rvalid,
  input  logic                   s_axi_control_rready,
  output logic [31:0]            s_axi_control_rdata,
  output logic [1:0]             s_axi_control_rresp,

  output logic                   m_axi_gmem_awvalid,
  input  logic                   m_axi_gmem_awready,
  output logic [0:0]             m_axi_gmem_awid,
  output logic [63:0]            m_axi_gmem_awaddr,
  output logic [7:0]             m_axi_gmem_awlen,
  output logic [2:0]             m_axi_gmem_awsize,
  output logic [1:0]             m_axi_gmem_awburst,
  output logic [0:0]             m_axi_gmem_awlock,
  output logic [3:0]             m_axi_gmem_awcache,
  output logic [2:0]             m_axi_gmem_awprot,
  output logic [3:0]             m_axi_gmem_awqos,
  output logic [3:0]             m_axi_gmem_awregion,
  output logic                   m_axi_gmem_wvalid,
  input  logic                   m_axi_gmem_wready,
  output logic [DataWidth-1:0]   m_axi_gmem_wdata,
  output logic [DataWidth/8-1:0] m_axi_gmem_wstrb,
  output logic                   m_axi_gmem_wlast,
  input  logic                   m_axi_gmem_bvalid,
  output logic                   m_axi_gmem_bready,
  input  logic [0:0]             m_axi_gmem_bid,
  input  logic [1:0]             m_axi_gmem_bresp,
  output logic                   m_axi_gmem_arvalid,
  input  logic                   m_axi_gmem_arready,
  output logic [0:0]             m_axi_gmem_arid,
  output logic [63:0]            m_axi_gmem_araddr,
  output logic [7:0]             m_axi_gmem_arlen,
  output logic [2:0]             m_axi_gmem_arsize,
  output logic [1:0]             m_axi_gmem_arburst,
  output logic [0:0]             m_axi_gmem_arlock,
  output logic [3:0]             m_axi_gmem_arcache,
  output logic [2:0]             m_axi_gmem_arprot,
  output logic [3:0]             m_axi_gmem_arqos,
  output logic [3:0]             m_axi_gmem_arregion,
  input  logic                   m_axi_gmem_rvalid,
  output logic                   m_axi_gmem_rready,
  input  logic [0:0]             m_axi_gmem_rid,
  input  logic [DataWidth-1:0]   m_axi_gmem_rdata,
  input  logic                   m_axi_gmem_rlast,
  input  logic [1:0]             m_axi_gmem_rresp
);
  initial begin
    if (Lanes < phasic_pkg::LimitLanesMinimum || Lanes > phasic_pkg::LimitLanesMaximum) $fatal(1, "Lanes is out of range");
    if (WeightWidth < phasic_pkg::LimitWeightWidthMinimum || WeightWidth > phasic_pkg::LimitWeightWidthMaximum
        || (1 << $clog2(WeightWidth)) != WeightWidth)
      $fatal(1, "WeightWidth is out of range");
    if (Engines < phasic_pkg::LimitEnginesMinimum || Engines > phasic_pkg::LimitEnginesMaximum) $fatal(1, "Engines is out of range");
    if (MaxRows < phasic_pkg::LimitMaxRowsMinimum || MaxRows > phasic_pkg::LimitMaxRowsMaximum) $fatal(1, "MaxRows is out of range");
    if (MaxNeurons < phasic_pkg::LimitMaxNeuronsMinimum || MaxNeurons > phasic_pkg::LimitMaxNeuronsMaximum)
      $fatal(1, "MaxNeurons is out of range");
    if (MaxSteps < phasic_pkg::LimitMaxStepsMinimum || MaxSteps > phasic_pkg::LimitMaxStepsMaximum) $fatal(1, "MaxSteps is out of range");
    if (MaxClasses < phasic_pkg::LimitMaxClassesMinimum || MaxClasses > phasic_pkg::LimitMaxClassesMaximum)
      $fatal(1, "MaxClasses is out of range");
    if (MaxOutputs < phasic_pkg::LimitMaxOutputsMinimum || MaxOutputs > phasic_pkg::LimitMaxOutputsMaximum)
      $fatal(1, "MaxOutputs is out of range");
    if (MaxEvents < 1 || MaxEvents > phasic_pkg::LimitMaxEventsMaximum) $fatal(1, "MaxEvents is out of range");
    if (WeightDepth < phasic_pkg::LimitWeightDepthMinimum || WeightDepth > phasic_pkg::LimitWeightDepthMaximum)
      $fatal(1, "WeightDepth is out of range");
    if (DataWidth < phasic_pkg::LimitDataWidthMinimum || DataWidth > phasic_pkg::LimitDataWidthMaximum
        || (1 << $clog2(DataWidth)) != DataWidth)
      $fatal(1, "DataWidth is out of range");
    // The rules of a serial build are another module's.
    if ((Rules & ~phasic_pkg::LimitRulesMaximum) != 0 || (Rules & phasic_pkg::RulesSerial) != 0
        || (Features && (Rules & phasic_pkg::RulesConvolution) == 0) || ((Features || Discriminant) && (Rules & phasic_pkg::RulesGraded) == 0))
      $fatal(1, "Rules is out of range");
    if (SumDepth > phasic_pkg::LimitSumDepthMaximum || (Features && SumDepth < 1)) $fatal(1, "SumDepth is out of range");
    if (MemoryDepth > phasic_pkg::LimitMemoryDepthMaximum || (Discriminant && MemoryDepth < 2)) $fatal(1, "MemoryDepth is out of range");
  end

  localparam bit Drawn = (Rules & phasic_pkg::RulesDrawn) != 0;
  localparam bit Convolution = (Rules & phasic_pkg::RulesConvolution) != 0;
  localparam bit Currents = (Rules & phasic_pkg::RulesCurrent) != 0;
  localparam bit Features = (Rules & phasic_pkg::RulesFeatures) != 0;
  localparam bit Discriminant = (Rules & phasic_pkg::RulesDiscriminant) != 0;
  localparam bit Retrograde = (Rules & phasic_pkg::RulesRetrograde) != 0;
  localparam int DescriptorBits = Retrograde ? 8 * phasic_pkg::LayerReserved : Currents ? 8 * phasic_pkg::LayerRetrogradeLimit
                                  : (Features || Discriminant) ? 8 * phasic_pkg::LayerSynapticLeak : 8 * phasic_pkg::LayerGrid;
  localparam int LoadBits = (Features || Discriminant) ? 32 * Lanes : 1;
  localparam int StoreBits = Discriminant ? 32 * Lanes : 1;
  localparam int StoredBits = !Convolution ? 16 : Currents ? 19 : 18;

  // ---- Control -----------------------------------------------------------------------------------------------------------------
  logic         start, done;
  logic [383:0] addresses;
  logic [255:0] scalars;
  logic [31:0]  program_bytes, weights_bytes, tables_bytes, samples_bytes, results_bytes, trace_bytes, sample_count, first_sample;
  assign {first_sample, sample_count, trace_bytes, results_bytes, samples_bytes, tables_bytes, weights_bytes, program_bytes} = scalars;

  logic [31:0]  phase, error_code, error_detail, error_sample, samples_fetched, samples_done;
  logic [63:0]  cycles;
  logic [47:0]  header_cycles, load_cycles, run_cycles, store_cycles;
  logic [Engines*32-1:0] engine_state;

  phasic_axi_lite #(
    .Lanes(Lanes), .WeightWidth(WeightWidth), .Engines(Engines), .MaxRows(MaxRows), .MaxNeurons(MaxNeurons), .MaxSteps(MaxSteps),
    .MaxClasses(MaxClasses), .MaxOutputs(MaxOutputs), .MaxEvents(MaxEvents), .WeightDepth(WeightDepth), .DataWidth(DataWidth),
    .Rules(Rules), .SumDepth(SumDepth), .MemoryDepth(MemoryDepth)
  ) u_registers (
    .clk_i            (ap_clk),
    .rst_ni           (ap_rst_n),
    .awvalid_i        (s_axi_control_awvalid),
    .awready_o        (s_axi_control_awready),
    .awaddr_i         (s_axi_control_awaddr),
    .wvalid_i         (s_axi_control_wvalid),
    .wready_o         (s_axi_control_wready),
    .wdata_i          (s_axi_control_wdata),
    .wstrb_i          (s_axi_control_wstrb),
    .bvalid_o         (s_axi_control_bvalid),
    .bready_i         (s_axi_control_bready),
    .arvalid_i        (s_axi_control_arvalid),
    .arready_o        (s_axi_control_arready),
    .araddr_i         (s_axi_control_araddr),
    .rvalid_o         (s_axi_control_rvalid),
    .rready_i         (s_axi_control_rready),
    .rdata_o          (s_axi_control_rdata),
    .interrupt_o      (interrupt),
    .start_o          (start),
    .done_i           (done),
    .addresses_o      (addresses),
    .scalars_o        (scalars),
    .error_i          (error_code),
    .error_detail_i   (error_detail),
    .error_sample_i   (error_sample),
    .phase_i          (phase),
    .samples_fetched_i(samples_fetched),
    .samples_done_i   (samples_done),
    .cycles_i         (cycles),
    .engine_state_i   ((32 * phasic_pkg::MaxLayers)'(engine_state))
  );
  assign s_axi_control_bresp = 2'b00;
  assign s_axi_control_rresp = 2'b00;

  logic         clear, writes_back;
  logic         program_start, program_done;
  logic [31:0]  program_code, program_detail;
  logic         loader_start, loader_table, loader_done, loader_error;
  logic         core_ready, core_busy;
  logic         sampler_start, sampler_stop, sampler_done;
  logic [31:0]  sampler_code, sampler_detail, sampler_sample;
  logic         drained, written;
  logic         storer_start, storer_done;
  logic         header_start, header_done;
  logic         writes_idle, write_error;
  logic [2:0]   write_argument;
  logic         memory_failed;
  logic [31:0]  memory_detail;
  logic [47:0]  corrected_words;
  logic [3:0]   layer_count;
  logic [511:0] program_block;
  assign writes_back = program_block[8*phasic_pkg::ProgramHeaderFlags]
                       || program_block[8*phasic_pkg::ProgramHeaderFlags + phasic_pkg::ProgramHeaderFlagsKeepBit];
  assign layer_count = program_block[8*phasic_pkg::ProgramHeaderLayers +: 4];

  phasic_control u_control (
    .clk_i           (ap_clk),
    .rst_ni          (ap_rst_n),
    .start_i         (start),
    .done_o          (done),
    .addresses_i     (addresses),
    .program_bytes_i (program_bytes),
    .results_bytes_i (results_bytes),
    .writes_back_i   (writes_back),
    .clear_o         (clear),
    .program_start_o (program_start),
    .program_done_i  (program_done),
    .program_code_i  (program_code),
    .program_detail_i(program_detail),
    .loader_start_o  (loader_start),
    .loader_table_o  (loader_table),
    .loader_done_i   (loader_done),
    .loader_error_i  (loader_error),
    .core_ready_i    (core_ready),
    .sampler_start_o (sampler_start),
    .sampler_stop_o  (sampler_stop),
    .sampler_done_i  (sampler_done),
    .sampler_code_i  (sampler_code),
    .sampler_detail_i(sampler_detail),
    .sampler_sample_i(sampler_sample),
    .drained_i       (drained),
    .storer_start_o  (storer_start),
    .storer_done_i   (storer_done),
    .header_start_o  (header_start),
    .header_done_i   (header_done),
    .writes_idle_i   (writes_idle),
    .write_error_i   (write_error),
    .write_argument_i(write_argument),
    .memory_failed_i (memory_failed),
    .memory_detail_i (memory_detail),
    .phase_o         (phase),
    .error_code_o    (error_code),
    .error_detail_o  (error_detail),
    .error_sample_o  (error_sample),
    .cycles_o        (cycles),
    .header_cycles_o (header_cycles),
    .load_cycles_o   (load_cycles),
    .run_cycles_o    (run_cycles),
    .store_cycles_o  (store_cycles)
  );

  // ---- Reading -----------------------------------------------------------------------------------------------------------------
  logic                 program_cmd, loader_cmd, sampler_cmd, read_ready;
  logic [31:0]          program_cmd_bytes;
  logic [31:0]          loader_cmd_offset, loader_cmd_bytes;
  logic [31:0]          sampler_cmd_offset, sampler_cmd_bytes;
  logic                 beat_valid, beat_ready, beat_error;
  logic [DataWidth-1:0] beat;
  logic                 word_valid, word_error, program_word_ready, sampler_word_ready;
  logic [31:0]          word;

  phasic_reader #(
    .DataWidth(DataWidth)
  ) u_reader (
    .clk_i           (ap_clk),
    .rst_ni          (ap_rst_n),
    .addresses_i     (addresses),
    .program_cmd_i   (program_cmd),
    .program_bytes_i (program_cmd_bytes),
    .loader_cmd_i    (loader_cmd),
    .loader_table_i  (loader_table),
    .loader_offset_i (loader_cmd_offset),
    .loader_bytes_i  (loader_cmd_bytes),
    .sampler_cmd_i   (sampler_cmd),
    .sampler_offset_i(sampler_cmd_offset),
    .sampler_bytes_i (sampler_cmd_bytes),
    .cmd_ready_o     (read_ready),
    .loading_i       (phase == 32'(phasic_pkg::PhaseTables) || phase == 32'(phasic_pkg::PhaseWeights)),
    .beat_valid_o    (beat_valid),
    .beat_ready_i    (beat_ready),
    .beat_o          (beat),
    .beat_error_o    (beat_error),
    .word_valid_o    (word_valid),
    .word_ready_i    (program_word_ready || sampler_word_ready),
    .word_o          (word),
    .word_error_o    (word_error),
    .arvalid_o       (m_axi_gmem_arvalid),
    .arready_i       (m_axi_gmem_arready),
    .araddr_o        (m_axi_gmem_araddr),
    .arlen_o         (m_axi_gmem_arlen),
    .rvalid_i        (m_axi_gmem_rvalid),
    .rready_o        (m_axi_gmem_rready),
    .rdata_i         (m_axi_gmem_rdata),
    .rresp_i         (m_axi_gmem_rresp)
  );

  // ---- Program -----------------------------------------------------------------------------------------------------------------
  logic [Engines*DescriptorBits-1:0] layers;
  logic [Engines*16-1:0]  sources, rows, row_width, row_words, neuron_words;
  logic [Engines*StoredBits-1:0] stored_rows;
  logic [Engines*32-1:0]  layer_weights, layer_memory, layer_tables, layer_trace, sum_words;
  logic [31:0]            sample_trace;

  phasic_program #(
    .Lanes(Lanes), .WeightWidth(WeightWidth), .Engines(Engines), .MaxRows(MaxRows), .MaxNeurons(MaxNeurons), .MaxSteps(MaxSteps),
    .MaxClasses(MaxClasses), .MaxOutputs(MaxOutputs), .WeightDepth(WeightDepth), .Rules(Rules), .SumDepth(SumDepth), .MemoryDepth(MemoryDepth)
  ) u_program (
    .clk_i          (ap_clk),
    .rst_ni         (ap_rst_n),
    .start_i        (program_start),
    .done_o         (program_done),
    .error_code_o   (program_code),
    .error_detail_o (program_detail),
    .weights_bytes_i(weights_bytes),
    .tables_bytes_i (tables_bytes),
    .samples_bytes_i(samples_bytes),
    .results_bytes_i(results_bytes),
    .trace_bytes_i  (trace_bytes),
    .sample_count_i (sample_count),
    .cmd_valid_o    (program_cmd),
    .cmd_ready_i    (read_ready),
    .cmd_bytes_o    (program_cmd_bytes),
    .word_valid_i   (word_valid),
    .word_ready_o   (program_word_ready),
    .word_i         (word),
    .word_error_i   (word_error),
    .program_o      (program_block),
    .layers_o       (layers),
    .sources_o      (sources),
    .rows_o         (rows),
    .stored_rows_o  (stored_rows),
    .row_width_o    (row_width),
    .row_words_o    (row_words),
    .neuron_words_o (neuron_words),
    .sum_words_o    (sum_words),
    .layer_weights_o(layer_weights),
    .layer_memory_o (layer_memory),
    .layer_tables_o (layer_tables),
    .layer_trace_o  (layer_trace),
    .sample_trace_o (sample_trace)
  );

  // ---- Tables, weights and what layers keep beside them ---------------------------------------------------------------------------
  logic                         load_valid, load_table, load_memory, load_memory_last;
  logic [2:0]                   load_engine;
  logic [31:0]                  load_address;
  logic [Lanes*WeightWidth-1:0] load_data;
  logic [LoadBits-1:0]          load_memory_data;
  logic                         store_valid, store_memory, store_memory_last;
  logic [2:0]                   store_engine;
  logic [31:0]                  store_address;
  logic [Lanes*WeightWidth-1:0] store_data;
  logic [StoreBits-1:0]         store_memory_data;
  logic                         storer_cmd, storer_cmd_ready, storer_valid, storer_ready;
  logic [31:0]                  storer_cmd_offset, storer_cmd_bytes;
  logic [DataWidth-1:0]         storer_data;

  phasic_loader #(
    .Lanes(Lanes), .WeightWidth(WeightWidth), .Engines(Engines), .DataWidth(DataWidth), .Convolution(Convolution),
    .Memories(Features || Discriminant), .Drawn(Drawn), .MaxClasses(MaxClasses), .DescriptorBits(DescriptorBits)
  ) u_loader (
    .clk_i(ap_clk), .rst_ni(ap_rst_n),
    .start_i(loader_start), .table_i(loader_table), .done_o(loader_done), .error_o(loader_error),
    .seed_i(program_block[8*phasic_pkg::ProgramHeaderSeedLow +: 64]), .classes_i(program_block[8*phasic_pkg::ProgramHeaderClasses +: 16]),
    .layer_count_i(layer_count), .layers_i(layers), .rows_i(rows), .row_width_i(row_width),
    .layer_weights_i(layer_weights), .layer_memory_i(layer_memory), .layer_tables_i(layer_tables),
    .cmd_valid_o(loader_cmd), .cmd_ready_i(read_ready), .cmd_offset_o(loader_cmd_offset), .cmd_bytes_o(loader_cmd_bytes),
    .data_valid_i(beat_valid), .data_ready_o(beat_ready), .data_i(beat), .data_error_i(beat_error),
    .load_valid_o(load_valid), .load_table_o(load_table), .load_engine_o(load_engine), .load_address_o(load_address),
    .load_data_o(load_data), .load_memory_o(load_memory), .load_memory_last_o(load_memory_last),
    .load_memory_data_o(load_memory_data)
  );

  phasic_write_back #(
    .Lanes(Lanes), .WeightWidth(WeightWidth), .Engines(Engines), .DataWidth(DataWidth), .RowsBits(StoredBits), .Memory(Discriminant),
    .DescriptorBits(DescriptorBits)
  ) u_write_back (
    .clk_i(ap_clk), .rst_ni(ap_rst_n),
    .start_i(storer_start), .done_o(storer_done), .layer_count_i(layer_count), .layers_i(layers), .stored_rows_i(stored_rows),
    .rows_i(rows), .row_width_i(row_width), .layer_weights_i(layer_weights), .layer_memory_i(layer_memory),
    .store_valid_o(store_valid), .store_engine_o(store_engine), .store_address_o(store_address), .store_data_i(store_data),
    .store_memory_o(store_memory), .store_memory_last_o(store_memory_last), .store_memory_data_i(store_memory_data),
    .cmd_valid_o(storer_cmd), .cmd_ready_i(storer_cmd_ready), .cmd_offset_o(storer_cmd_offset), .cmd_bytes_o(storer_cmd_bytes),
    .data_valid_o(storer_valid), .data_ready_i(storer_ready), .data_o(storer_data)
  );

  logic [31:0] loaded_checksum, stored_checksum;
  phasic_weights_checksums #(
    .DataWidth(DataWidth),
    .Protect  ((Rules & phasic_pkg::RulesProtection) != 0)
  ) u_checksums (
    .clk_i(ap_clk), .clear_i(clear), .load_start_i(loader_start && !loader_table), .load_beat_i(beat_valid && beat_ready), .load_data_i(beat),
    .loaded_i(loader_done && !loader_error && phase == 32'(phasic_pkg::PhaseWeights)), .store_start_i(storer_start),
    .store_beat_i(storer_valid && storer_ready), .store_data_i(storer_data), .stored_i(storer_done), .loaded_checksum_o(loaded_checksum),
    .stored_checksum_o(stored_checksum)
  );

  // ---- Samples -----------------------------------------------------------------------------------------------------------------
  logic        entry_valid, entry_ready;
  logic [31:0] entry_data;
  logic        sample_valid, sample_ready, sample_learn, sample_gated, sample_restart;
  logic [15:0] sample_label, sample_open;
  logic [31:0] sample_number;

  phasic_sampler #(
    .MaxEvents(MaxEvents),
    .Gate((Rules & phasic_pkg::RulesGate) != 0),
    .State((Rules & phasic_pkg::RulesState) != 0)
  ) u_sampler (
    .clk_i(ap_clk), .rst_ni(ap_rst_n), .clear_i(clear), .start_i(sampler_start), .stop_i(sampler_stop), .done_o(sampler_done),
    .error_code_o(sampler_code), .error_detail_o(sampler_detail), .error_sample_o(sampler_sample), .fetched_o(samples_fetched),
    .program_i(program_block), .neurons_i(layers[8*phasic_pkg::LayerNeurons +: 16]), .sample_count_i(sample_count), .first_sample_i(first_sample),
    .cmd_valid_o(sampler_cmd), .cmd_ready_i(read_ready), .cmd_offset_o(sampler_cmd_offset), .cmd_bytes_o(sampler_cmd_bytes),
    .word_valid_i(word_valid), .word_ready_o(sampler_word_ready), .word_i(word), .word_error_i(word_error), .entry_valid_o(entry_valid),
    .entry_ready_i(entry_ready), .entry_data_o(entry_data), .sample_valid_o(sample_valid), .sample_ready_i(sample_ready),
    .sample_label_o(sample_label), .sample_learn_o(sample_learn), .sample_gated_o(sample_gated), .sample_restart_o(sample_restart),
    .sample_open_o(sample_open), .sample_number_o(sample_number)
  );

  // ---- Core --------------------------------------------------------------------------------------------------------------------
  logic                     score_valid, score_ready, score_last;
  logic [31:0]              score, record_number, record_spikes;
  logic [15:0]              record_label, record_prediction;
  logic [Engines-1:0]       trace_valid, trace_ready, trace_last;
  logic [Engines*16-1:0]    trace_data;
  logic [47:0]              input_events, samples_learned;
  logic [Engines*16*48-1:0] counters;

  phasic_core #(
    .Lanes(Lanes), .WeightWidth(WeightWidth), .Engines(Engines), .MaxRows(MaxRows), .MaxNeurons(MaxNeurons), .MaxSteps(MaxSteps),
    .MaxClasses(MaxClasses), .MaxOutputs(MaxOutputs), .MaxEvents(MaxEvents), .WeightDepth(WeightDepth), .Rules(Rules),
    .SumDepth(SumDepth), .MemoryDepth(MemoryDepth), .Groups(Groups)
  ) u_core (
    .clk_i              (ap_clk),
    .rst_ni             (ap_rst_n),
    .clear_i            (clear),
    .ready_o            (core_ready),
    .program_i          (program_block),
    .layers_i           (layers),
    .sources_i          (sources),
    .rows_i             (rows),
    .row_width_i        (row_width),
    .row_words_i        (row_words),
    .neuron_words_i     (neuron_words),
    .sum_words_i        (sum_words),
    .load_valid_i       (load_valid),
    .load_table_i       (load_table),
    .load_engine_i      (load_engine),
    .load_address_i     (load_address),
    .load_data_i        (load_data),
    .load_memory_i      (load_memory),
    .load_memory_last_i (load_memory_last),
    .load_memory_data_i (load_memory_data),
    .store_valid_i      (store_valid),
    .store_engine_i     (store_engine),
    .store_address_i    (store_address),
    .store_data_o       (store_data),
    .store_memory_i     (store_memory),
    .store_memory_last_i(store_memory_last),
    .store_memory_data_o(store_memory_data),
    .entry_valid_i      (entry_valid),
    .entry_ready_o      (entry_ready),
    .entry_data_i       (entry_data),
    .sample_valid_i     (sample_valid),
    .sample_ready_o     (sample_ready),
    .sample_label_i     (sample_label),
    .sample_learn_i     (sample_learn),
    .sample_gated_i     (sample_gated),
    .sample_restart_i   (sample_restart),
    .sample_open_i      (sample_open),
    .sample_number_i    (sample_number),
    .score_valid_o      (score_valid),
    .score_ready_i      (score_ready),
    .score_o            (score),
    .score_last_o       (score_last),
    .record_number_o    (record_number),
    .record_label_o     (record_label),
    .record_prediction_o(record_prediction),
    .record_spikes_o    (record_spikes),
    .trace_valid_o      (trace_valid),
    .trace_ready_i      (trace_ready),
    .trace_data_o       (trace_data),
    .trace_last_o       (trace_last),
    .busy_o             (core_busy),
    .input_events_o     (input_events),
    .samples_learned_o  (samples_learned),
    .counters_o         (counters),
    .engine_state_o     (engine_state),
    .memory_failed_o    (memory_failed),
    .memory_detail_o    (memory_detail),
    .corrected_words_o  (corrected_words)
  );

  // ---- Writing -----------------------------------------------------------------------------------------------------------------
  phasic_writer #(
    .Engines(Engines),
    .DataWidth(DataWidth)
  ) u_writer (
    .clk_i              (ap_clk),
    .rst_ni             (ap_rst_n),
    .addresses_i        (addresses),
    .program_i          (program_block),
    .start_i            (clear),
    .score_valid_i      (score_valid),
    .score_ready_o      (score_ready),
    .score_i            (score),
    .score_last_i       (score_last),
    .record_number_i    (record_number),
    .record_label_i     (record_label),
    .record_prediction_i(record_prediction),
    .record_spikes_i    (record_spikes),
    .samples_o          (samples_done),
    .layer_trace_i      (layer_trace),
    .sample_trace_i     (sample_trace),
    .trace_start_i      (sampler_start),
    .trace_valid_i      (trace_valid),
    .trace_ready_o      (trace_ready),
    .trace_data_i       (trace_data),
    .trace_last_i       (trace_last),
    .samples_fetched_i  (samples_fetched),
    .drained_o          (written),
    .header_start_i     (header_start),
    .header_done_o      (header_done),
    .error_code_i       (error_code),
    .error_detail_i     (error_detail),
    .error_sample_i     (error_sample),
    .first_sample_i     (first_sample),
    .input_events_i     (input_events),
    .samples_learned_i  (samples_learned),
    .cycles_i           (header_cycles),
    .load_cycles_i      (load_cycles),
    .run_cycles_i       (run_cycles),
    .store_cycles_i     (store_cycles),
    .loaded_checksum_i  (loaded_checksum),
    .stored_checksum_i  (stored_checksum),
    .corrected_words_i  (corrected_words),
    .counters_i         (counters),
    .storing_i          (phase == 32'(phasic_pkg::PhaseStore)),
    .store_cmd_i        (storer_cmd),
    .store_cmd_ready_o  (storer_cmd_ready),
    .store_offset_i     (storer_cmd_offset),
    .store_bytes_i      (storer_cmd_bytes),
    .store_valid_i      (storer_valid),
    .store_ready_o      (storer_ready),
    .store_data_i       (storer_data),
    .idle_o             (writes_idle),
    .write_error_o      (write_error),
    .write_argument_o   (write_argument),
    .awvalid_o          (m_axi_gmem_awvalid),
    .awready_i          (m_axi_gmem_awready),
    .awaddr_o           (m_axi_gmem_awaddr),
    .awlen_o            (m_axi_gmem_awlen),
    .wvalid_o           (m_axi_gmem_wvalid),
    .wready_i           (m_axi_gmem_wready),
    .wdata_o            (m_axi_gmem_wdata),
    .wlast_o            (m_axi_gmem_wlast),
    .bvalid_i           (m_axi_gmem_bvalid),
    .bready_o           (m_axi_gmem_bready),
    .bresp_i            (m_axi_gmem_bresp)
  );
  assign drained = written && !core_busy;

  // ---- Constant parts of the bus ------------------------------------------------------------------------------------------------
  assign m_axi_gmem_awsize  = 3'($clog2(DataWidth / 8));
  assign m_axi_gmem_awburst = 2'b01;
  assign m_axi_gmem_awcache = 4'b0011;
  assign m_axi_gmem_wstrb   = '1;
  assign m_axi_gmem_arsize  = 3'($clog2(DataWidth / 8));
  assign m_axi_gmem_arburst = 2'b01;
  assign m_axi_gmem_arcache = 4'b0011;
  assign {m_axi_gmem_awid, m_axi_gmem_awlock, m_axi_gmem_awprot, m_axi_gmem_awqos, m_axi_gmem_awregion} = '0;
  assign {m_axi_gmem_arid, m_axi_gmem_arlock, m_axi_gmem_arprot, m_axi_gmem_arqos, m_axi_gmem_arregion} = '0;

  // Answers come in order of one id, and beats are counted.
  logic unused;
  assign unused = ^{m_axi_gmem_bid, m_axi_gmem_rid, m_axi_gmem_rlast};
endmodule

`default_nettype wire
