// SPDX-License-Identifier: Apache-2.0
// Order of work in a serial build: loads the constants of a sample's job, goes through its layers, in each through the steps, and after the last
// step of a learned sample through the rows that spiked. While the weights of a row are updated, the next one is looked for.
//
// Handshake: start_i for one cycle while busy_o is 0. A byte of constants is asked for with load_read_o and is there in the next cycle, in which
//            one of load_job_o, load_key_o and load_layer_o says what it belongs to. Rows by row_valid_i and row_ready_o: while scanning_o they
//            are issued, else they are walked; hand_over_o for one cycle says that the row that was walked is the one whose updates now begin,
//            an even number of cycles after those of the row before. Constants of a layer hold while it is worked on.
// Latency:   a row occupies the lanes for as many cycles as it has words; a sweep takes a cycle a neuron, and about twelve more. An update takes two
//            cycles a word, or with all steps one a neuron.
// Parameters: Lanes, neurons of a word; RowBits and NeuronBits, widths of a row and a neuron number.
`default_nettype none

module phasic_serial_order #(
  parameter int Lanes      = 8,
  parameter int RowBits    = 10,
  parameter int NeuronBits = 7,
  localparam int WordBits  = NeuronBits - $clog2(Lanes)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  start_i,
  input  logic                  half_i,           // of the memory of jobs
  output logic                  busy_o,
  output logic                  half_o,
  // constants of the job and of its layer
  input  logic                  last_layer_i,
  input  logic                  learns_i,
  input  logic                  all_steps_i,
  input  logic [4:0]            last_step_i,
  input  logic [RowBits-1:0]    last_row_i,
  input  logic [WordBits-1:0]   last_word_i,
  input  logic [NeuronBits-1:0] last_swept_i,
  input  logic [NeuronBits-1:0] last_updated_i,
  // loading
  output logic                  load_read_o,
  output logic [5:0]            load_offset_o,
  output logic                  load_job_o,
  output logic                  load_key_o,
  output logic                  load_layer_o,
  // where the work is
  output logic                  layer_o,
  output logic [4:0]            step_o,
  // encoder: groups of four steps, up to two ahead of the step that is scanned
  output logic                  encode_start_o,
  output logic [2:0]            encode_group_o,
  input  logic                  encode_busy_i,
  output logic                  encoded_o,        // the spikes of the step are complete
  // rows
  output logic                  scan_start_o,
  input  logic                  scan_done_i,
  input  logic                  row_valid_i,
  output logic                  row_ready_o,
  output logic                  scanning_o,
  output logic                  issue_o,
  output logic                  issue_first_o,    // no row came before this one in the step
  output logic [WordBits-1:0]   issue_word_o,
  // history of rows: cleared, merged while scanning, and with all steps the list of the walk
  output logic                  clear_o,
  output logic                  merge_o,
  output logic                  walk_read_o,      // of row history_row_o
  output logic                  walk_found_o,     // history_i is that of history_row_o, and not empty if the row is to be walked
  output logic [RowBits-1:0]    history_row_o,
  input  logic [31:0]           history_i,
  output logic                  permute_o,        // a row is walked: draw its random numbers
  input  logic                  permute_busy_i,
  // neurons: a sweep or factors
  output logic [NeuronBits-1:0] neuron_o,
  output logic                  sweep_o,
  output logic                  sweep0_o,
  output logic [3:0]            sweep_valid_o,
  output logic                  factor0_o,
  output logic [1:0]            factor_valid_o,
  // neurons whose weights are updated
  output logic                  hand_over_o,
  output logic                  update_o,
  output logic [NeuronBits-1:0] update_neuron_o
);
  localparam int JobStart = phasic_pkg::SerialJobFlags;  // what is held of a job begins here

  typedef enum logic [3:0] {
    CoreIdle, CoreLoad, CoreClear, CoreBegin, CoreScan, CoreSettle, CoreSweep, CoreSwept, CoreFactors, CoreFactored, CoreRow, CoreHistory, CoreHash,
    CoreLast, CoreDrain
  } state_e;
  typedef enum logic [1:0] {LoadJob, LoadKey, LoadLayer} load_e;
  state_e state_q;
  load_e  load_q;

  logic                  half_q, layer_number_q, learning_q, load_valid_q, issuing_q, silent_q, merge_q, sweep0_q, factor0_q;
  logic [4:0]            load_left_q, step_q;
  logic [5:0]            load_offset_q;
  logic [WordBits-1:0]   issue_word_q;
  logic [RowBits-1:0]    history_row_q;  // of clearing and of the walk
  logic [NeuronBits-1:0] neuron_q;
  logic [3:0]            sweep_valid_q, wait_q;
  logic [1:0]            factor_valid_q;
  logic                  load_done, keep_history, row_taken, issue_last, encoding, encode_more, encode_busy_q;
  logic [3:0]            encoded_q;      // groups that are complete
  logic                  updating_q, even_q, update_last;
  logic [NeuronBits-1:0] update_neuron_q, update_next;

  assign keep_history   = learns_i && all_steps_i;
  assign load_done      = state_q == CoreLoad && load_left_q == 5'd0 && !load_valid_q;
  assign row_taken      = row_valid_i && row_ready_o;
  assign issue_last     = issue_word_q == last_word_i;

  // The key and the memory of jobs are the encoder's while the first layer integrates.
  assign encoding       = !layer_number_q && (state_q == CoreClear || state_q == CoreBegin || state_q == CoreScan || state_q == CoreSettle ||
                                              state_q == CoreSweep || state_q == CoreSwept) && !learning_q;
  assign encode_more    = encoded_q <= 4'(step_q[4:2]) + 4'd1 && encoded_q <= 4'(last_step_i[4:2]);
  assign encode_start_o = encoding && !encode_busy_i && !encode_busy_q && encode_more;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      encode_busy_q <= 1'b0;
      encoded_q     <= '0;
    end else if (start_i) begin
      encode_busy_q <= 1'b0;
      encoded_q     <= '0;
    end else begin
      encode_busy_q <= encode_busy_i;
      if (encode_busy_q && !encode_busy_i) encoded_q <= encoded_q + 1'b1;
    end
  end

  assign busy_o         = state_q != CoreIdle;
  assign half_o         = half_q;
  assign load_read_o    = state_q == CoreLoad && load_left_q != 5'd0;
  assign load_offset_o  = load_offset_q;
  assign load_job_o     = load_valid_q && load_q == LoadJob;
  assign load_key_o     = load_valid_q && load_q == LoadKey;
  assign load_layer_o   = load_valid_q && load_q == LoadLayer;
  assign layer_o        = layer_number_q;
  assign step_o         = step_q;
  assign encode_group_o = encoded_q[2:0];
  assign encoded_o      = layer_number_q || encoded_q > 4'(step_q[4:2]);
  assign scan_start_o   = state_q == CoreBegin ||
                          (state_q == CoreFactored && wait_q == 4'd6 && !all_steps_i);
  assign scanning_o     = state_q == CoreScan;
  assign row_ready_o    = (state_q == CoreScan && (!issuing_q || issue_last)) || (state_q == CoreRow && !permute_busy_i);
  assign issue_o        = issuing_q;
  assign issue_first_o  = silent_q;
  assign issue_word_o   = issue_word_q;
  assign clear_o        = state_q == CoreClear;
  assign merge_o        = merge_q;
  assign walk_read_o    = state_q == CoreRow && all_steps_i;
  assign walk_found_o   = state_q == CoreHistory;
  assign history_row_o  = history_row_q;
  assign permute_o      = (state_q == CoreRow && row_taken) || (state_q == CoreHistory && history_i != 32'd0);
  assign neuron_o       = neuron_q;
  assign sweep_o        = state_q == CoreSweep;
  assign sweep0_o       = sweep0_q;
  assign sweep_valid_o  = sweep_valid_q;
  assign factor0_o      = factor0_q;
  assign factor_valid_o = factor_valid_q;
  assign update_o        = updating_q;
  assign update_neuron_o = update_neuron_q;

  // ---- updates of a row ----
  // Without all steps only the first neuron of each half of a word is told.
  assign update_next = update_neuron_q + (all_steps_i ? NeuronBits'(1) : NeuronBits'(Lanes / 2));
  assign update_last = update_neuron_q == (all_steps_i ? last_updated_i : last_updated_i - NeuronBits'(Lanes / 2 - 1));
  // The one before has an even number of updates, so that its end falls into the right cycle as well.
  assign hand_over_o = state_q == CoreHash && !permute_busy_i && !even_q && (!updating_q || update_last);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      updating_q      <= 1'b0;
      even_q          <= 1'b0;
      update_neuron_q <= '0;
    end else begin
      even_q <= !even_q;
      if (hand_over_o) begin
        updating_q      <= 1'b1;
        update_neuron_q <= '0;
      end else if (updating_q) begin
        updating_q      <= !update_last;
        update_neuron_q <= update_next;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q        <= CoreIdle;
      load_q         <= LoadJob;
      half_q         <= 1'b0;
      layer_number_q <= 1'b0;
      learning_q     <= 1'b0;
      load_valid_q   <= 1'b0;
      load_left_q    <= '0;
      load_offset_q  <= '0;
      step_q         <= '0;
      neuron_q       <= '0;
      issuing_q      <= 1'b0;
      issue_word_q   <= '0;
      silent_q       <= 1'b1;
      merge_q        <= 1'b0;
      history_row_q  <= '0;
      sweep0_q       <= 1'b0;
      factor0_q      <= 1'b0;
      sweep_valid_q  <= '0;
      factor_valid_q <= '0;
      wait_q         <= '0;
    end else begin
      load_valid_q   <= load_read_o;
      sweep0_q       <= sweep_o;
      factor0_q      <= state_q == CoreFactors;
      sweep_valid_q  <= {sweep_valid_q[2:0], sweep0_q};
      factor_valid_q <= {factor_valid_q[0], factor0_q};
      merge_q        <= state_q == CoreScan && row_taken && keep_history;
      if (load_read_o) begin
        load_left_q   <= load_left_q - 1'b1;
        load_offset_q <= load_offset_q + 1'b1;
      end
      if (state_q == CoreScan) begin
        if (row_taken) begin
          issuing_q    <= 1'b1;
          issue_word_q <= '0;
        end else if (issuing_q) begin
          issuing_q    <= !issue_last;
          issue_word_q <= issue_word_q + 1'b1;
        end
        if (issuing_q && issue_last) silent_q <= 1'b0;
      end
      case (state_q)
        CoreIdle: begin
          layer_number_q <= 1'b0;
          learning_q     <= 1'b0;
          step_q         <= '0;
          silent_q       <= 1'b1;
          load_q         <= LoadJob;
          load_offset_q  <= 6'(JobStart);
          load_left_q    <= 5'd8;
          if (start_i) begin
            state_q <= CoreLoad;
            half_q  <= half_i;
          end
        end
        CoreLoad: begin
          neuron_q      <= '0;
          wait_q        <= '0;
          history_row_q <= '0;
          if (load_done) begin
            case (load_q)
              LoadJob: begin
                load_q        <= LoadKey;
                load_offset_q <= 6'(phasic_pkg::SerialJobEncodingKey);
                load_left_q   <= 5'd8;
              end
              LoadKey: begin
                load_q        <= LoadLayer;
                load_offset_q <= 6'(phasic_pkg::SerialJobLayers);
                load_left_q   <= 5'd16;
                if (learning_q) state_q <= CoreFactors;
              end
              default: state_q <= keep_history ? CoreClear : CoreBegin;
            endcase
          end
        end
        CoreClear: begin
          history_row_q <= history_row_q + 1'b1;
          if (history_row_q == last_row_i) state_q <= CoreBegin;
        end
        CoreBegin: state_q <= CoreScan;
        CoreScan: begin
          wait_q <= '0;
          if (scan_done_i && !issuing_q) state_q <= CoreSettle;
        end
        CoreSettle: begin
          // The last sum of the step must have been written.
          wait_q   <= wait_q + 1'b1;
          neuron_q <= '0;
          if (wait_q == 4'd2) state_q <= CoreSweep;
        end
        CoreSweep: begin
          wait_q   <= '0;
          neuron_q <= neuron_q + 1'b1;
          if (neuron_q == last_swept_i) state_q <= CoreSwept;
        end
        CoreSwept: begin
          wait_q <= wait_q + 1'b1;
          if (wait_q == 4'd5) begin
            silent_q <= 1'b1;
            if (step_q != last_step_i) begin
              step_q  <= step_q + 1'b1;
              state_q <= CoreBegin;
            end else if (learns_i) begin
              learning_q    <= 1'b1;
              load_q        <= LoadKey;
              load_offset_q <= 6'(phasic_pkg::SerialJobRoundingKey) + {2'd0, layer_number_q, 3'd0};
              load_left_q   <= 5'd8;
              state_q       <= CoreLoad;
            end else begin
              wait_q  <= '0;
              state_q <= CoreDrain;
            end
          end
        end
        CoreFactors: begin
          wait_q   <= '0;
          neuron_q <= neuron_q + 1'b1;
          if (neuron_q == last_swept_i) state_q <= CoreFactored;
        end
        CoreFactored: begin
          wait_q        <= wait_q + 1'b1;
          history_row_q <= '0;
          if (wait_q == 4'd6) state_q <= CoreRow;
        end
        CoreRow: begin
          if (walk_read_o) state_q <= CoreHistory;
          else if (row_taken) state_q <= CoreHash;
          else if (scan_done_i) state_q <= CoreLast;
        end
        CoreHistory: begin
          history_row_q <= history_row_q + 1'b1;
          if (history_i != 32'd0) state_q <= CoreHash;
          else state_q <= (history_row_q == last_row_i) ? CoreLast : CoreRow;
        end
        CoreHash: begin
          if (hand_over_o) state_q <= (all_steps_i && history_row_q == last_row_i + 1'b1) ? CoreLast : CoreRow;
        end
        CoreLast: begin
          wait_q <= '0;
          if (!updating_q) state_q <= CoreDrain;
        end
        default: begin
          // CoreDrain: the last words are still on their way to the synapse memory.
          wait_q        <= wait_q + 1'b1;
          step_q        <= '0;
          learning_q    <= 1'b0;
          load_q        <= LoadLayer;
          load_offset_q <= 6'(phasic_pkg::SerialJobLayers + phasic_pkg::SerialLayerBytes);
          load_left_q   <= 5'd16;
          if (wait_q == 4'd10) begin
            layer_number_q <= 1'b1;
            state_q        <= last_layer_i ? CoreIdle : CoreLoad;
          end
        end
      endcase
    end
  end
endmodule

`default_nettype wire
