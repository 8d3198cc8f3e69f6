// SPDX-License-Identifier: Apache-2.0
// Leaky integrate-and-fire neurons: a sweep takes a word of neurons one time step further. Or neurons that answer with graded values.
//
// Handshake: none; the sweep drives the stages. s0 reads the state (and the sums, elsewhere), s1 computes current and leak, s2 the potential, s3
//            what follows from it, s4 writes the state back. Words must differ while they are inside. A read for factors or read-out uses s0 alone.
//            Rows of potentials and spikes, as they stand in the weights buffer, are loaded and stored only while no word is inside.
// Latency:   counts and trits of the word read at s0 are on the outputs from the next cycle until the next read; spikes_o and limited_o at s4;
//            stored_o two cycles after store_i.
// Parameters: Lanes; SumWidth, at least 18, or 23 if Graded; Words, neurons of a lane; Outputs, lanes whose trits of every step are kept;
//            TritWords, words of them; Posts, postsynaptic parts other than the trit can be asked for; Graded, there can be graded values;
//            OnePort, the trits lie in a memory with one read port, so that none may be read while a sweep is going on; State, leaks may be
//            finer than 1/256, resets other than to zero, and potentials and spikes may go on from the sample before; WeightWidth, bits of a
//            lane in a row.
`default_nettype none

module phasic_neurons #(
  parameter int Lanes     = 64,
  parameter int SumWidth  = 19,
  parameter int Words     = 16,
  parameter int Outputs   = 64,
  parameter int TritWords = 1,
  parameter bit Posts     = 1'b0,
  parameter bit Graded    = 1'b0,
  parameter bit OnePort   = 1'b0,
  parameter bit State     = 1'b0,
  parameter int WeightWidth = 8,
  localparam int CountWidth = Graded ? 8 : 6,
  localparam int WordBits = (Words > 1) ? $clog2(Words) : 1,
  localparam int LaneBits = (Lanes > 1) ? $clog2(Lanes) : 1
) (
  input  logic                      clk_i,
  // constants of the layer
  input  logic                      graded_i,
  input  logic signed [15:0]        threshold_i,
  input  logic signed [15:0]        window_i,
  input  logic [16:0]               leak_i,         // without State a multiple of 256
  input  logic [1:0]                reset_i,        // what a spike does to the potential; without State zero
  input  logic [3:0]                input_shift_i,
  input  logic [1:0]                post_i,         // what plus and minus tell: trit, surrogate or one
  input  logic                      keep_trits_i,
  // stages
  input  logic                      read_i,
  input  logic [3:0]                valid_i,        // s1 to s4
  input  logic [WordBits-1:0]       word0_i,
  input  logic [WordBits-1:0]       word3_i,
  input  logic [WordBits-1:0]       word4_i,
  input  logic                      first_i,        // first step of the sample: counts and trits are 0
  input  logic                      fresh_i,        // and so are potentials and spikes; without State as first_i
  input  logic                      silent_i,       // no event in the step: all sums are 0
  input  logic [31:0]               step_i,         // one-hot
  input  logic [Lanes-1:0]          enabled3_i,     // lanes with a neuron in the word at s3
  input  logic [Lanes-1:0]          open3_i,        // neurons in the word at s3 that are not shut
  input  logic [Lanes*SumWidth-1:0] sums_i,         // at s1
  output logic [Lanes-1:0]          spikes_o,
  output logic [Lanes*CountWidth-1:0] values_o,     // what the spikes are worth
  output logic [Lanes-1:0]          limited_o,
  // the word read at s0
  output logic [Lanes*CountWidth-1:0] counts_o,
  output logic [Lanes-1:0]          plus_o,
  output logic [Lanes-1:0]          minus_o,
  // read-out: {count, potential} of one lane, one cycle later
  input  logic                      read_out_i,
  input  logic [LaneBits-1:0]       read_out_lane_i,
  output logic [CountWidth+15:0]    read_out_o,
  // trits of all steps of a word, {plus, minus} a lane, one cycle after the read
  input  logic                      trit_read_i,
  input  logic [WordBits-1:0]       trit_word_i,
  output logic [Outputs*64-1:0]     trits_o,
  // rows of the neurons' state, of which a word is that of a word of neurons
  input  logic                      load_i,
  input  logic [1:0]                load_row_i,
  input  logic [WordBits-1:0]       load_word_i,
  input  logic [Lanes*WeightWidth-1:0] load_data_i,
  input  logic                      store_i,
  input  logic [1:0]                store_row_i,
  input  logic [WordBits-1:0]       store_word_i,
  output logic [Lanes*WeightWidth-1:0] stored_o
);
  initial begin
    if (SumWidth < (Graded ? 23 : 18)) $fatal(1, "phasic_neurons: SumWidth does not hold half a unit of the largest shift");
  end

  // Sum of weights to current, in halves: division by a power of two. The half is rounded upwards where the current is added, but with State
  // here, since what leaks is in halves too.
  function logic signed [SumWidth:0] current_of(input logic signed [SumWidth-1:0] sum, input logic [4:0] shift);
    logic signed [SumWidth:0] halves;
    halves     = $signed({sum, 1'b0}) >>> shift;
    current_of = State ? $signed({halves[SumWidth:1] + SumWidth'(halves[0]), 1'b0}) : halves;
  endfunction

  // What leaks of a potential. With State in halves, and `fallen` is taken off first: the stage that sees to the reset leaves the rounding to
  // the next one.
  function logic signed [16:0] leak_of(input logic signed [15:0] potential, input logic [16:0] leak, input logic signed [31:0] fallen);
    leak_of = State ? 17'((32'(potential) * $signed({15'd0, leak}) - fallen) >>> 15)
                    : 17'((potential * $signed({1'b0, leak[16:8]}) + 26'sd128) >>> 8);
  endfunction

  // What a spike has taken off a potential leaks like the potential, so that the product does not wait for the difference: only if that is
  // beyond 16 bits do the limits count, which leak to the same at all neurons.
  function logic signed [16:0] leak_after_spike(input logic signed [15:0] potential, input logic spiked);
    /* verilator lint_off UNUSEDSIGNAL */ logic signed [16:0] lowered;  /* verilator lint_on UNUSEDSIGNAL */
    lowered          = 17'(potential) - 17'(threshold_i);
    leak_after_spike = leak_of(potential, leak_i, (State && spiked && subtracts) ? fallen_q : 32'sd0);
    if (spiked && (!State || 32'(reset_i) == phasic_pkg::ResetZero)) leak_after_spike = '0;
    else if (State && spiked && subtracts && lowered[16] != lowered[15]) leak_after_spike = lowered[16] ? -$signed(leak_i) : highest_q;
  endfunction

  // One of the two is in whole units, and its half is set here, so that the half of the other one is rounded upwards by the same sum.
  function logic signed [SumWidth+1:0] potential_of(input logic signed [16:0] leaked, input logic signed [SumWidth:0] current);
    /* verilator lint_off UNUSEDSIGNAL */ logic signed [SumWidth+2:0] halves;  /* verilator lint_on UNUSEDSIGNAL */
    halves = State ? (SumWidth + 3)'(leaked) + (SumWidth + 3)'($signed({current[SumWidth:1], 1'b1}))
                   : (SumWidth + 3)'($signed({leaked, 1'b1})) + (SumWidth + 3)'(current);
    potential_of = halves[SumWidth+2:1];
  endfunction

  // The limits are those of 16 bits, so that the bits above the sign tell.
  function logic outside(/* verilator lint_off UNUSEDSIGNAL */ input logic signed [SumWidth+1:0] potential);  /* verilator lint_on UNUSEDSIGNAL */
    outside = potential[SumWidth+1:15] != '0 && potential[SumWidth+1:15] != '1;
  endfunction

  function logic signed [15:0] limit(input logic signed [SumWidth+1:0] potential);
    limit = outside(potential) ? {potential[SumWidth+1], {15{!potential[SumWidth+1]}}} : potential[15:0];
  endfunction

  function logic open_of(input logic signed [15:0] potential, input logic signed [15:0] window);
    open_of = potential > window;
  endfunction

  function logic plus_of(input logic open, input logic below, input logic spiked, input logic trit_asked, input logic one_asked);
    plus_of = one_asked || (open && (trit_asked ? !spiked : below));
  endfunction

  // What a neuron answers to a graded sample.
  function logic [CountWidth-1:0] value_of(input logic signed [15:0] potential, input logic signed [15:0] window,
                                           input logic signed [16:0] full);
    value_of = !open_of(potential, window) ? '0 : (17'(potential) > full) ? CountWidth'(phasic_pkg::GradedFull)
                                                                          : CountWidth'(potential) - CountWidth'(window);
  endfunction

  // Neurons that are shut go on as ever, but nothing of it is seen.
  logic [Lanes*16-1:0]           read_potentials, potentials2_q, potentials3_q;
  logic [Lanes-1:0]              read_spikes_q, spikes1_q, spikes2_q, limited2_q, fired3_q, plus_q, minus_q;
  logic [Lanes*CountWidth-1:0]   counts1_q, counts2_q, counts3_q;
  logic [4:0]                    shift;
  logic signed [31:0]            fallen_q;   // what leaks of the threshold
  logic signed [16:0]            highest_q;  // of the largest potential
  logic                          subtracts;  // a spike takes the threshold off
  logic signed [15:0]            firing_q;
  logic [Lanes*(SumWidth+1)-1:0] currents_q;
  logic [Lanes*17-1:0]           leaked_q;
  logic                          fresh;

  assign shift     = 5'(input_shift_i) + ((Graded && graded_i) ? 5'(phasic_pkg::GradedShift) : 5'd0);
  assign subtracts = 32'(reset_i) != phasic_pkg::ResetZero && 32'(reset_i) != phasic_pkg::ResetNone;
  assign values_o  = (Graded && graded_i) ? counts3_q : {Lanes{CountWidth'(1)}};

  // ---- postsynaptic part of a coincidence ----
  logic signed [17:0] ceiling_q;  // as far above the threshold as the window is below it
  logic signed [16:0] full_q;     // where a graded value is as large as can be
  logic               trit, one;
  assign trit = !Posts || 32'(post_i) == phasic_pkg::PostTrit;
  assign one  = Posts && 32'(post_i) == phasic_pkg::PostOne;

  // Constants of the layer are there long before the first word is.
  always_ff @(posedge clk_i) begin
    firing_q  <= (Graded && graded_i) ? window_i : threshold_i;
    ceiling_q <= 18'(threshold_i) + 18'(threshold_i) - 18'(window_i);
    full_q    <= 17'(window_i) + 17'(phasic_pkg::GradedFull);
    if (State) begin
      fallen_q  <= 32'(threshold_i) * $signed({15'd0, leak_i});
      highest_q <= leak_of(16'sh7fff, leak_i, 32'sd0);
    end
  end

  // ---- lanes: loops under the enable of their stage, so that simulations do not evaluate lanes that are idle ----
  always_ff @(posedge clk_i) begin
    if (valid_i[0]) begin
      spikes1_q <= fresh ? '0 : read_spikes_q;
      counts1_q <= first_i ? '0 : counts_o;
      for (int k = 0; k < Lanes; k++) begin
        currents_q[(SumWidth+1)*k +: SumWidth+1] <= silent_i ? '0 : current_of($signed(sums_i[SumWidth*k +: SumWidth]), shift);
        leaked_q[17*k +: 17] <= fresh ? '0 : leak_after_spike($signed(read_potentials[16*k +: 16]), read_spikes_q[k]);
      end
    end
    if (valid_i[1]) begin
      spikes2_q <= spikes1_q;
      counts2_q <= counts1_q;
      for (int k = 0; k < Lanes; k++) begin
        potentials2_q[16*k +: 16] <= limit(potential_of($signed(leaked_q[17*k +: 17]), $signed(currents_q[(SumWidth+1)*k +: SumWidth+1])));
        limited2_q[k] <= outside(potential_of($signed(leaked_q[17*k +: 17]), $signed(currents_q[(SumWidth+1)*k +: SumWidth+1])));
      end
    end
    if (valid_i[2]) begin
      potentials3_q <= potentials2_q;
      limited_o     <= limited2_q & enabled3_i;
      for (int k = 0; k < Lanes; k++) begin
        plus_q[k]   <= open3_i[k] && plus_of(open_of($signed(potentials2_q[16*k +: 16]), window_i),
                                             18'($signed(potentials2_q[16*k +: 16])) < ceiling_q, spikes2_q[k], trit, one);
        minus_q[k]  <= open3_i[k] && trit && !open_of($signed(potentials2_q[16*k +: 16]), window_i) && spikes2_q[k];
        fired3_q[k] <= $signed(potentials2_q[16*k +: 16]) > firing_q;
        spikes_o[k] <= enabled3_i[k] && open3_i[k] && $signed(potentials2_q[16*k +: 16]) > firing_q;
        if (Graded && graded_i)
          counts3_q[CountWidth*k +: CountWidth] <= open3_i[k] ? value_of($signed(potentials2_q[16*k +: 16]), window_i, full_q) : '0;
        else
          counts3_q[CountWidth*k +: CountWidth] <=
              (open3_i[k] && $signed(potentials2_q[16*k +: 16]) > firing_q) ? counts2_q[CountWidth*k +: CountWidth] + 1'b1
                                                                            : counts2_q[CountWidth*k +: CountWidth];
      end
    end
    if (read_out_i) read_out_o <= {counts_o[CountWidth*read_out_lane_i +: CountWidth], read_potentials[16*read_out_lane_i +: 16]};
  end

  // ---- states: trits -1, trits +1, counts, spikes, potentials of all lanes ----
  if (State) begin : gen_rows
    // What is loaded row by row lies in memories of its own: spikes, and potentials in as many parts as they have rows.
    localparam int Parts    = phasic_pkg::PotentialWidth / WeightWidth;
    localparam int RowWidth = Lanes * WeightWidth;
    (* ram_style = "distributed" *) logic [Lanes*(2+CountWidth)-1:0] others_q [Words];
    (* ram_style = "distributed" *) logic [Lanes-1:0]                spikes_q [Words];
    logic [WordBits-1:0]       read_word, write_word;
    logic [Parts*RowWidth-1:0] read_parts_q;
    logic [1:0]                stored_row_q;
    logic                      stored_q;

    assign fresh      = fresh_i;
    assign read_word  = store_i ? store_word_i : word0_i;
    assign write_word = load_i ? load_word_i : word4_i;

    for (genvar p = 0; p < Parts; p++) begin : gen_potentials
      (* ram_style = "distributed" *) logic [RowWidth-1:0] potentials_q [Words];
      always_ff @(posedge clk_i) begin : part
        logic [RowWidth-1:0] written;
        if (read_i || store_i) read_parts_q[RowWidth*p +: RowWidth] <= potentials_q[read_word];
        if (valid_i[3] || (load_i && 32'(load_row_i) == p)) begin
          for (int k = 0; k < Lanes; k++)
            written[WeightWidth*k +: WeightWidth] =
                load_i ? load_data_i[WeightWidth*k +: WeightWidth] : potentials3_q[16*k + WeightWidth*p +: WeightWidth];
          potentials_q[write_word] <= written;
        end
      end
    end
    always_comb begin
      for (int k = 0; k < Lanes; k++)
        for (int p = 0; p < Parts; p++)
          read_potentials[16*k + WeightWidth*p +: WeightWidth] = read_parts_q[RowWidth*p + WeightWidth*k +: WeightWidth];
    end

    always_ff @(posedge clk_i) begin : spikes
      logic [Lanes-1:0] written;
      if (read_i) {minus_o, plus_o, counts_o} <= others_q[word0_i];
      if (valid_i[3]) others_q[word4_i] <= {minus_q, plus_q, counts3_q};
      if (read_i || store_i) read_spikes_q <= spikes_q[read_word];
      if (valid_i[3] || (load_i && 32'(load_row_i) == Parts)) begin
        for (int k = 0; k < Lanes; k++) written[k] = load_i ? load_data_i[WeightWidth*k] : fired3_q[k];
        spikes_q[write_word] <= written;
      end
      stored_q     <= store_i;
      stored_row_q <= store_row_i;
      if (stored_q) begin
        for (int k = 0; k < Lanes; k++) begin
          stored_o[WeightWidth*k +: WeightWidth] <= WeightWidth'(read_spikes_q[k]);
          for (int p = 0; p < Parts; p++)
            if (32'(stored_row_q) == p) stored_o[WeightWidth*k +: WeightWidth] <= read_parts_q[RowWidth*p + WeightWidth*k +: WeightWidth];
        end
      end
    end
  end else begin : gen_words
    (* ram_style = "distributed" *) logic [Lanes*(19+CountWidth)-1:0] states_q [Words];
    logic [Lanes*16-1:0] read_potentials_q;
    logic                unused_rows;
    assign unused_rows     = ^{leak_i[7:0], reset_i, fresh_i, load_i, load_row_i, load_word_i, load_data_i, store_i, store_row_i, store_word_i};
    assign fresh           = first_i;
    assign stored_o        = '0;
    assign read_potentials = read_potentials_q;
    always_ff @(posedge clk_i) begin
      if (read_i) {minus_o, plus_o, counts_o, read_spikes_q, read_potentials_q} <= states_q[word0_i];
      if (valid_i[3]) states_q[word4_i] <= {minus_q, plus_q, counts3_q, fired3_q, potentials3_q};
    end
  end

  // ---- trits of every step ----
  // The first step of a sample clears those of all others; each step writes its own two bits of a lane.
  localparam int TritBits = (TritWords > 1) ? $clog2(TritWords) : 1;
  function logic [Outputs*64-1:0] with_step(input logic [Outputs*64-1:0] trits, input logic [Lanes-1:0] plus, input logic [Lanes-1:0] minus,
                                            input logic [31:0] step, input logic first);
    for (int k = 0; k < Outputs; k++)
      with_step[64*k +: 64] = (first ? 64'd0 : trits[64*k +: 64]) | {plus[k] ? step : 32'd0, minus[k] ? step : 32'd0};
  endfunction

  logic unused_bits, trit_write;
  assign unused_bits = ^{word3_i, word4_i, trit_word_i};
  assign trit_write  = valid_i[3] && keep_trits_i && 32'(word4_i) < TritWords;

  if (OnePort) begin : gen_trits_one_port
    (* ram_style = "block" *) logic [Outputs*64-1:0] trits_q [TritWords];
    always_ff @(posedge clk_i) begin
      if (trit_write) trits_q[TritBits'(word4_i)] <= with_step(trits_o, plus_q, minus_q, step_i, first_i);
      if (valid_i[2] || trit_read_i) trits_o <= trits_q[trit_read_i ? TritBits'(trit_word_i) : TritBits'(word3_i)];
    end
  end else begin : gen_trits_ports
    (* ram_style = "distributed" *) logic [Outputs*64-1:0] trits_q [TritWords];
    always_ff @(posedge clk_i) begin
      if (trit_write) trits_q[TritBits'(word4_i)] <= with_step(trits_q[TritBits'(word4_i)], plus_q, minus_q, step_i, first_i);
      if (trit_read_i) trits_o <= trits_q[TritBits'(trit_word_i)];
    end
  end
endmodule

`default_nettype wire
