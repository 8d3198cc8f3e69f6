// SPDX-License-Identifier: Apache-2.0
// AXI4-Lite slave with the kernel's registers: ap_ctrl_hs control, interrupts, arguments, limits and status.
//
// Handshake: address and data of a write may come in either order; every access is answered with OKAY, unused offsets read 0. start_o
//            pulses when a run begins, from the cycle in which addresses_o and scalars_o hold the arguments of that run; they
//            stay until the next start. done_i pulses at the end of the run; it must not pulse at other times.
// Latency:   a read answers one cycle after its address, a write one cycle after the later of address and data was taken.
// Parameters: those of the kernel; they only show in the limits registers.
`default_nettype none

module phasic_axi_lite #(
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
  parameter int SumDepth = 0,
  parameter int MemoryDepth = 0,
  parameter int DataWidth = 512,
  parameter int Rules = 0
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  // AXI4-Lite
  input  logic         awvalid_i,
  output logic         awready_o,
  input  logic [11:0]  awaddr_i,
  input  logic         wvalid_i,
  output logic         wready_o,
  input  logic [31:0]  wdata_i,
  input  logic [3:0]   wstrb_i,
  output logic         bvalid_o,
  input  logic         bready_i,
  input  logic         arvalid_i,
  output logic         arready_o,
  input  logic [11:0]  araddr_i,
  output logic         rvalid_o,
  input  logic         rready_i,
  output logic [31:0]  rdata_o,
  output logic         interrupt_o,
  // Run
  output logic         start_o,
  input  logic         done_i,
  output logic [383:0] addresses_o,       // six of 64 bits, in the order of argument ids
  output logic [255:0] scalars_o,         // eight of 32 bits, from argument id 6 on
  // Status
  input  logic [31:0]  error_i,
  input  logic [31:0]  error_detail_i,
  input  logic [31:0]  error_sample_i,
  input  logic [31:0]  phase_i,
  input  logic [31:0]  samples_fetched_i,
  input  logic [31:0]  samples_done_i,
  input  logic [63:0]  cycles_i,
  input  logic [32*phasic_pkg::MaxLayers-1:0] engine_state_i
);
  localparam int Addresses = 6;
  localparam int Scalars = 8;
  // Argument words: two for each address, then one for each scalar.
  localparam int Words = 2 * Addresses + Scalars;

  // Offsets in the order of argument words, the first at the low end.
  localparam logic [12*Words-1:0] WordOffsets = {
      12'(phasic_pkg::RegFirstSample), 12'(phasic_pkg::RegSampleCount), 12'(phasic_pkg::RegTraceBytes),
      12'(phasic_pkg::RegResultsBytes), 12'(phasic_pkg::RegSamplesBytes), 12'(phasic_pkg::RegTablesBytes),
      12'(phasic_pkg::RegWeightsBytes), 12'(phasic_pkg::RegProgramBytes),
      12'(phasic_pkg::RegTrace + 4), 12'(phasic_pkg::RegTrace), 12'(phasic_pkg::RegResults + 4), 12'(phasic_pkg::RegResults),
      12'(phasic_pkg::RegSamples + 4), 12'(phasic_pkg::RegSamples), 12'(phasic_pkg::RegTables + 4), 12'(phasic_pkg::RegTables),
      12'(phasic_pkg::RegWeights + 4), 12'(phasic_pkg::RegWeights), 12'(phasic_pkg::RegProgram + 4), 12'(phasic_pkg::RegProgram)};
  // Writes
  logic        aw_full_q;
  logic [11:0] awaddr_q;
  logic        w_full_q;
  logic [31:0] wdata_q;
  logic [3:0]  wstrb_q;
  logic        bvalid_q;
  logic        write;
  logic [31:0] write_mask;

  assign awready_o = !aw_full_q;
  assign wready_o  = !w_full_q;
  assign bvalid_o  = bvalid_q;
  assign write = aw_full_q && w_full_q && (!bvalid_q || bready_i);
  assign write_mask = {{8{wstrb_q[3]}}, {8{wstrb_q[2]}}, {8{wstrb_q[1]}}, {8{wstrb_q[0]}}};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      aw_full_q <= 1'b0;
      w_full_q  <= 1'b0;
      bvalid_q  <= 1'b0;
    end else begin
      if (write) begin
        aw_full_q <= 1'b0;
        w_full_q  <= 1'b0;
        bvalid_q  <= 1'b1;
      end else begin
        if (awvalid_i) aw_full_q <= 1'b1;
        if (wvalid_i) w_full_q <= 1'b1;
        if (bready_i) bvalid_q <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (awvalid_i && awready_o) awaddr_q <= awaddr_i;
    if (wvalid_i && wready_o) begin
      wdata_q <= wdata_i;
      wstrb_q <= wstrb_i;
    end
  end

  // Reads
  logic        rvalid_q;
  logic [31:0] rdata_q;
  logic        read;
  logic [31:0] read_data;

  assign arready_o = !rvalid_q || rready_i;
  assign rvalid_o  = rvalid_q;
  assign rdata_o   = rdata_q;
  assign read = arvalid_i && arready_o;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rvalid_q <= 1'b0;
      rdata_q  <= '0;
    end else if (read) begin
      rvalid_q <= 1'b1;
      rdata_q  <= read_data;
    end else if (rready_i) begin
      rvalid_q <= 1'b0;
    end
  end

  // Control and interrupts
  logic       running_q;
  logic       start_q;
  logic       done_q;
  logic       ready_q;
  logic       global_enable_q;
  logic [1:0] enable_q;
  logic [1:0] status_q;
  logic       start;
  logic       read_control;

  assign start = write && (awaddr_q == 12'(phasic_pkg::RegControl)) && wstrb_q[0] && wdata_q[0] && !running_q;
  assign read_control = read && (araddr_i == 12'(phasic_pkg::RegControl));
  assign start_o = start_q;
  assign interrupt_o = global_enable_q && (status_q != 2'd0);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      running_q       <= 1'b0;
      start_q         <= 1'b0;
      done_q          <= 1'b0;
      ready_q         <= 1'b0;
      global_enable_q <= 1'b0;
      enable_q        <= 2'd0;
      status_q        <= 2'd0;
    end else begin
      start_q <= start;
      if (start) begin
        running_q <= 1'b1;
      end else if (done_i) begin
        running_q <= 1'b0;
      end
      // A run that ends while the register is read must not lose its mark; a start forgets the run before.
      if (done_i) begin
        done_q  <= 1'b1;
        ready_q <= 1'b1;
      end else if (read_control || start) begin
        done_q  <= 1'b0;
        ready_q <= 1'b0;
      end
      if (write && wstrb_q[0]) begin
        if (awaddr_q == 12'(phasic_pkg::RegGlobalInterruptEnable)) global_enable_q <= wdata_q[0];
        if (awaddr_q == 12'(phasic_pkg::RegInterruptEnable)) enable_q <= wdata_q[1:0];
      end
      if (done_i && (enable_q != 2'd0)) begin
        status_q <= status_q | enable_q;
      end else if (write && wstrb_q[0] && (awaddr_q == 12'(phasic_pkg::RegInterruptStatus))) begin
        status_q <= status_q ^ wdata_q[1:0];
      end
    end
  end

  // Arguments: as written, and as they were at the start of the run
  logic [32*Words-1:0] words_q;
  logic [32*Words-1:0] run_words_q;

  for (genvar w = 0; w < Words; w++) begin : gen_words
    localparam logic [11:0] Offset = WordOffsets[12*w +: 12];
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        words_q[32*w +: 32] <= '0;
      end else if (write && (awaddr_q == Offset)) begin
        words_q[32*w +: 32] <= (wdata_q & write_mask) | (words_q[32*w +: 32] & ~write_mask);
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      run_words_q <= '0;
    end else if (start) begin
      run_words_q <= words_q;
    end
  end

  assign addresses_o = run_words_q[64*Addresses-1:0];
  assign scalars_o   = run_words_q[32*Words-1:64*Addresses];

  always_comb begin
    read_data = '0;
    if (arvalid_i) begin
      case (32'(araddr_i))
        phasic_pkg::RegControl:               read_data = {28'd0, ready_q, !running_q, done_q, running_q};
        phasic_pkg::RegGlobalInterruptEnable: read_data = {31'd0, global_enable_q};
        phasic_pkg::RegInterruptEnable:       read_data = {30'd0, enable_q};
        phasic_pkg::RegInterruptStatus:       read_data = {30'd0, status_q};
        phasic_pkg::RegIdentity:              read_data = 32'(phasic_pkg::Identity);
        phasic_pkg::RegContractVersion:       read_data = 32'(phasic_pkg::ContractVersion);
        phasic_pkg::RegLimitLanes:                 read_data = 32'(Lanes);
        phasic_pkg::RegLimitWeightWidth:           read_data = 32'(WeightWidth);
        phasic_pkg::RegLimitEngines:               read_data = 32'(Engines);
        phasic_pkg::RegLimitMaxRows:               read_data = 32'(MaxRows);
        phasic_pkg::RegLimitMaxNeurons:            read_data = 32'(MaxNeurons);
        phasic_pkg::RegLimitMaxSteps:              read_data = 32'(MaxSteps);
        phasic_pkg::RegLimitMaxClasses:            read_data = 32'(MaxClasses);
        phasic_pkg::RegLimitMaxOutputs:            read_data = 32'(MaxOutputs);
        phasic_pkg::RegLimitMaxEvents:             read_data = 32'(MaxEvents);
        phasic_pkg::RegLimitWeightDepth:           read_data = 32'(WeightDepth);
        phasic_pkg::RegLimitSumDepth:              read_data = 32'(SumDepth);
        phasic_pkg::RegLimitMemoryDepth:           read_data = 32'(MemoryDepth);
        phasic_pkg::RegLimitDataWidth:             read_data = 32'(DataWidth);
        phasic_pkg::RegLimitRules:                 read_data = 32'(Rules);
        phasic_pkg::RegError:                 read_data = error_i;
        phasic_pkg::RegErrorDetail:           read_data = error_detail_i;
        phasic_pkg::RegErrorSample:           read_data = error_sample_i;
        phasic_pkg::RegPhase:                 read_data = phase_i;
        phasic_pkg::RegSamplesFetched:        read_data = samples_fetched_i;
        phasic_pkg::RegSamplesDone:           read_data = samples_done_i;
        phasic_pkg::RegCyclesLow:             read_data = cycles_i[31:0];
        phasic_pkg::RegCyclesHigh:            read_data = cycles_i[63:32];
        default:                              read_data = '0;
      endcase
      for (int w = 0; w < Words; w++)
        if (araddr_i == WordOffsets[12*w +: 12]) read_data = words_q[32*w +: 32];
      for (int e = 0; e < phasic_pkg::MaxLayers; e++) begin
        if (araddr_i == 12'(phasic_pkg::RegEngineState + 4 * e)) read_data = engine_state_i[32*e +: 32];
      end
    end
  end
endmodule

`default_nettype wire
