// SPDX-License-Identifier: Apache-2.0
// The phases of a run, its error and its cycle counters.
//
// Handshake: start_i (a pulse, with stable arguments) begins a run; done_o pulses at its end, when every write has been answered. Each
//            unit is started by a pulse and answers with one; its error counts in that cycle. The first error of a run is kept.
// Latency:   one cycle from phase to phase.
// Parameters: none.
`default_nettype none

module phasic_control (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         start_i,
  output logic         done_o,
  input  logic [383:0] addresses_i,
  input  logic [31:0]  program_bytes_i,
  input  logic [31:0]  results_bytes_i,
  input  logic         writes_back_i,       // the program's flag; counts once the program was found good
  // Units
  output logic         clear_o,             // one cycle before anything else of a run
  output logic         program_start_o,
  input  logic         program_done_i,
  input  logic [31:0]  program_code_i,
  input  logic [31:0]  program_detail_i,
  output logic         loader_start_o,
  output logic         loader_table_o,
  input  logic         loader_done_i,
  input  logic         loader_error_i,
  input  logic         core_ready_i,
  output logic         sampler_start_o,
  output logic         sampler_stop_o,
  input  logic         sampler_done_i,
  input  logic [31:0]  sampler_code_i,
  input  logic [31:0]  sampler_detail_i,
  input  logic [31:0]  sampler_sample_i,
  input  logic         drained_i,           // every committed sample has been finished and its results written
  output logic         storer_start_o,
  input  logic         storer_done_i,
  output logic         header_start_o,
  input  logic         header_done_i,
  input  logic         writes_idle_i,       // every write has been answered
  input  logic         write_error_i,
  input  logic [2:0]   write_argument_i,
  input  logic         memory_failed_i,     // a word of a layer's memory cannot be used
  input  logic [31:0]  memory_detail_i,
  // Status
  output logic [31:0]  phase_o,
  output logic [31:0]  error_code_o,
  output logic [31:0]  error_detail_o,
  output logic [31:0]  error_sample_o,
  output logic [63:0]  cycles_o,
  output logic [47:0]  header_cycles_o,     // from start to the writing of the header
  output logic [47:0]  load_cycles_o,
  output logic [47:0]  run_cycles_o,
  output logic [47:0]  store_cycles_o
);
  localparam logic [3:0] StIdle    = 4'd0;
  localparam logic [3:0] StCheck   = 4'd1;
  localparam logic [3:0] StProgram = 4'd2;
  localparam logic [3:0] StTables  = 4'd3;
  localparam logic [3:0] StWeights = 4'd4;
  localparam logic [3:0] StReady   = 4'd5;
  localparam logic [3:0] StRun     = 4'd6;
  localparam logic [3:0] StFinish  = 4'd7;
  localparam logic [3:0] StStore   = 4'd8;
  localparam logic [3:0] StStored  = 4'd9;
  localparam logic [3:0] StHeader  = 4'd10;
  localparam logic [3:0] StEnd     = 4'd11;
  localparam logic [3:0] StDone    = 4'd12;

  localparam int Addresses = 6;
  localparam int ResultsMinimum = phasic_pkg::ResultsHeaderBytes + phasic_pkg::MaxLayers * phasic_pkg::LayerCountersBytes;
  localparam int ProgramMinimum = phasic_pkg::ProgramHeaderBytes + phasic_pkg::MaxLayers * phasic_pkg::LayerBytes;

  logic [3:0]  state_q;
  logic        first_q;          // first cycle in the state: the state's unit is started
  logic        header_q;         // the header is being written, and every memory has been read
  logic [31:0] code_q;
  logic [31:0] detail_q;
  logic [31:0] sample_q;
  logic [63:0] cycles_q;
  logic [47:0] header_cycles_q;
  logic [47:0] load_cycles_q;
  logic [47:0] run_cycles_q;
  logic [47:0] store_cycles_q;

  // ---- Arguments -------------------------------------------------------------------------------------------------------------
  logic [Addresses-1:0] misaligned;
  logic [31:0]          first_misaligned;
  for (genvar a = 0; a < Addresses; a++) begin : gen_aligned
    assign misaligned[a] = addresses_i[64*a +: 6] != '0;
  end
  always_comb begin
    first_misaligned = '0;
    for (int a = Addresses - 1; a >= 0; a--) begin
      if (misaligned[a]) first_misaligned = 32'(a);
    end
  end
  logic unused;
  assign unused = ^addresses_i;

  // ---- Errors: what the state's unit says, and what the write master says -----------------------------------------------------------
  logic [31:0] unit_code;
  logic [31:0] unit_detail;
  logic [31:0] unit_sample;

  always_comb begin
    unit_code   = 32'(phasic_pkg::ErrorNone);
    unit_detail = '0;
    unit_sample = '0;
    case (state_q)
      StCheck: begin
        if (misaligned != '0) begin
          unit_code   = 32'(phasic_pkg::ErrorAlignment);
          unit_detail = first_misaligned;
        end else if (results_bytes_i < 32'(ResultsMinimum)) begin
          unit_code   = 32'(phasic_pkg::ErrorBufferSize);
          unit_detail = 32'(phasic_pkg::ArgumentResults);
        end else if (program_bytes_i < 32'(ProgramMinimum)) begin
          unit_code   = 32'(phasic_pkg::ErrorBufferSize);
          unit_detail = 32'(phasic_pkg::ArgumentProgram);
        end
      end
      StProgram: begin
        if (program_done_i) begin
          unit_code   = program_code_i;
          unit_detail = program_detail_i;
        end
      end
      StTables, StWeights: begin
        if (loader_done_i && loader_error_i) begin
          unit_code   = 32'(phasic_pkg::ErrorBusRead);
          unit_detail = (state_q == StTables) ? 32'(phasic_pkg::ArgumentTables) : 32'(phasic_pkg::ArgumentWeights);
        end
      end
      StRun: begin
        if (sampler_done_i) begin
          unit_code   = sampler_code_i;
          unit_detail = sampler_detail_i;
          unit_sample = sampler_sample_i;
        end
      end
      default: ;
    endcase
  end

  // ---- Sequence --------------------------------------------------------------------------------------------------------------
  logic [3:0] state_d;

  always_comb begin
    state_d = state_q;
    case (state_q)
      StIdle: if (start_i) state_d = StCheck;
      StCheck: begin
        state_d = StProgram;
        if (unit_code != 32'(phasic_pkg::ErrorNone)) begin
          // Without a results buffer that is known to be good nothing may be written.
          state_d = ((misaligned == '0) && (results_bytes_i >= 32'(ResultsMinimum))) ? StHeader : StDone;
        end
      end
      StProgram: if (program_done_i) state_d = (program_code_i == 32'(phasic_pkg::ErrorNone)) ? StTables : StHeader;
      StTables:  if (loader_done_i) state_d = loader_error_i ? StHeader : StWeights;
      StWeights: if (loader_done_i) state_d = loader_error_i ? StHeader : StReady;
      StReady:   if (core_ready_i) state_d = StRun;
      StRun:     if (sampler_done_i) state_d = StFinish;
      StFinish:  if (drained_i && writes_idle_i) state_d = writes_back_i ? StStore : StHeader;
      StStore:   if (storer_done_i) state_d = StStored;
      StStored:  if (writes_idle_i) state_d = StHeader;
      StHeader:  if (header_done_i) state_d = StEnd;
      StEnd:     if (writes_idle_i) state_d = StDone;
      default:   state_d = StIdle;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q         <= StIdle;
      first_q         <= 1'b0;
      header_q        <= 1'b0;
      code_q          <= 32'(phasic_pkg::ErrorNone);
      detail_q        <= '0;
      sample_q        <= '0;
      cycles_q        <= '0;
      header_cycles_q <= '0;
      load_cycles_q   <= '0;
      run_cycles_q    <= '0;
      store_cycles_q  <= '0;
    end else begin
      state_q <= state_d;
      first_q <= state_d != state_q;
      header_q <= state_d == StHeader || state_d == StEnd || state_d == StDone;
      if ((state_q == StIdle) && start_i) begin
        code_q          <= 32'(phasic_pkg::ErrorNone);
        detail_q        <= '0;
        sample_q        <= '0;
        cycles_q        <= '0;
        header_cycles_q <= '0;
        load_cycles_q   <= '0;
        run_cycles_q    <= '0;
        store_cycles_q  <= '0;
      end else if (state_q != StIdle) begin
        cycles_q <= cycles_q + 64'd1;
        if (code_q == 32'(phasic_pkg::ErrorNone)) begin
          if (unit_code != 32'(phasic_pkg::ErrorNone)) begin
            code_q   <= unit_code;
            detail_q <= unit_detail;
            sample_q <= unit_sample;
          end else if (write_error_i) begin
            code_q   <= 32'(phasic_pkg::ErrorBusWrite);
            detail_q <= 32'(write_argument_i);
          end else if (memory_failed_i && !header_q) begin
            code_q   <= 32'(phasic_pkg::ErrorMemory);
            detail_q <= memory_detail_i;
          end
        end
        if (sampler_start_o) load_cycles_q <= cycles_q[47:0];
        if ((state_q == StRun) || (state_q == StFinish)) run_cycles_q <= run_cycles_q + 48'd1;
        if ((state_q == StStore) || (state_q == StStored)) store_cycles_q <= store_cycles_q + 48'd1;
        if (header_start_o) header_cycles_q <= cycles_q[47:0];
      end
    end
  end

  assign clear_o         = first_q && (state_q == StCheck);
  assign program_start_o = first_q && (state_q == StProgram);
  assign loader_start_o  = first_q && ((state_q == StTables) || (state_q == StWeights));
  assign loader_table_o  = state_q == StTables;
  assign sampler_start_o = first_q && (state_q == StRun);
  assign sampler_stop_o  = code_q != 32'(phasic_pkg::ErrorNone);
  assign storer_start_o  = first_q && (state_q == StStore);
  assign header_start_o  = first_q && (state_q == StHeader);
  assign done_o          = state_q == StDone;

  always_comb begin
    case (state_q)
      StCheck:           phase_o = 32'(phasic_pkg::PhaseCheck);
      StProgram:         phase_o = 32'(phasic_pkg::PhaseProgram);
      StTables:          phase_o = 32'(phasic_pkg::PhaseTables);
      StWeights:         phase_o = 32'(phasic_pkg::PhaseWeights);
      StReady, StRun, StFinish: phase_o = 32'(phasic_pkg::PhaseRun);
      StStore, StStored: phase_o = 32'(phasic_pkg::PhaseStore);
      StHeader, StEnd:   phase_o = 32'(phasic_pkg::PhaseHeader);
      default:           phase_o = 32'(phasic_pkg::PhaseIdle);
    endcase
  end

  assign error_code_o    = code_q;
  assign error_detail_o  = detail_q;
  assign error_sample_o  = sample_q;
  assign cycles_o        = cycles_q;
  assign header_cycles_o = header_cycles_q;
  assign load_cycles_o   = load_cycles_q;
  assign run_cycles_o    = run_cycles_q;
  assign store_cycles_o  = store_cycles_q;
endmodule

`default_nettype wire
