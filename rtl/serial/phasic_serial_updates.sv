// SPDX-License-Identifier: Apache-2.0
// Changes the weights of a row in a synapse memory with one port. Each word is read in one cycle and written in another, so that half of its lanes
// change in a cycle. In a layer that learns from the last step the change of a weight is its neuron's factor. From all steps it is the factor times
// the coincidences of the neuron's trits with the row's spikes: the changes of half a word are then made one after the other.
//
// Handshake: none. Neurons come in at u0 in order: all_steps_i, each of them; else the first one of each half of a word. A row begins an even
//            number of cycles after the one before, so that reading and writing never meet. The row's constants must be there at u1. The trits
//            asked for at u0 must be on trits_i at u1, the factor asked for at u1 on factor_i at u3. Without all_steps_i the word of factors asked
//            for at u3 must be on factors_i at u4. The word of weights asked for at u4 must be on weights_i from u6 on, until the next one is.
// Latency:   a word leaves eight cycles after its last neuron came in.
// Parameters: Lanes, neurons of a word, at least 2; WeightWidth; NeuronBits, width of a neuron's number; AddressBits.
`default_nettype none

module phasic_serial_updates #(
  parameter int Lanes       = 8,
  parameter int WeightWidth = 8,
  parameter int NeuronBits  = 7,
  parameter int AddressBits = 14,
  localparam int Half        = Lanes / 2,
  localparam int LaneBits    = $clog2(Lanes),
  localparam int FactorWidth = phasic_pkg::FactorWidth + 1
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  logic                          all_steps_i,
  input  logic                          nearest_i,
  // u0
  input  logic                          valid_i,
  input  logic [NeuronBits-1:0]         neuron_i,
  output logic                          trit_read_o,
  // u1
  input  logic [AddressBits-1:0]        row_address_i,
  input  logic [15:0]                   row_x_i,          // random word of the row
  input  logic [15:0]                   row_y_i,
  input  logic [31:0]                   history_i,        // steps at which the row spiked
  input  logic [63:0]                   trits_i,
  // u1, u3: with all steps
  output logic                          factor_read_o,
  output logic [NeuronBits-1:0]         factor_neuron_o,
  input  logic [FactorWidth-1:0]        factor_i,
  // u3, u4: without
  output logic                          factors_read_o,
  output logic [NeuronBits-LaneBits-1:0] factors_word_o,
  input  logic [Lanes*FactorWidth-1:0]  factors_i,
  // synapse memory
  output logic                          read_o,
  output logic [AddressBits-1:0]        read_address_o,
  input  logic [Lanes*WeightWidth-1:0]  weights_i,
  output logic                          write_o,
  output logic [AddressBits-1:0]        write_address_o,
  output logic [Lanes*WeightWidth-1:0]  weights_o,
  // half a word of weights that were at a limit
  output logic                          limited_valid_o,
  output logic [Half-1:0]               limited_o
);
  localparam int HalfBits    = NeuronBits - LaneBits + 1;
  localparam int HalfWeights = Half * WeightWidth;
  localparam int HalfFactors = Half * FactorWidth;
  localparam int CountWidth  = 7;  // up to 32 coincidences
  localparam int ChangeWidth = FactorWidth + CountWidth - 1;

  logic                        valid_q;   // u1
  logic [NeuronBits-1:0]       neuron_q;
  logic [HalfBits-1:0]         half, half3;
  logic                        first, last, read, write;
  logic [2:0]                  firsts_q;  // u2 to u4
  logic [5:0]                  lasts_q;   // u2 to u7: the half's last neuron
  logic [3:0]                  uppers_q;  // u4 to u7
  logic [AddressBits-1:0]      write_address;
  logic [HalfWeights-1:0]      updated;
  logic [HalfFactors-1:0]      factors;
  logic [Half*ChangeWidth-1:0] given, changes;

  assign half = neuron_q[NeuronBits-1:LaneBits-1];
  if (Half == 1) begin : gen_single
    assign {first, last} = 2'b11;
  end else begin : gen_several
    assign first = neuron_q[LaneBits-2:0] == '0;
    assign last  = !all_steps_i || neuron_q[LaneBits-2:0] == '1;
  end

  // ---- changes ----
  logic [5:0]                    plus_q, minus_q;
  logic signed [CountWidth-1:0]  coincidences_q;
  logic signed [ChangeWidth-1:0] product_q;

  assign trit_read_o     = valid_i && all_steps_i;
  assign factor_read_o   = valid_q && all_steps_i;
  assign factor_neuron_o = neuron_q;
  assign factors_word_o  = half3[HalfBits-1:1];
  assign factors         = uppers_q[0] ? factors_i[HalfFactors +: HalfFactors] : factors_i[0 +: HalfFactors];

  // Changes that are made one after the other move down through the lanes.
  for (genvar k = 0; k < Half; k++) begin : gen_changes
    logic [ChangeWidth-1:0] above;
    if (k == Half - 1) begin : gen_top
      assign above = product_q;
    end else begin : gen_below
      assign above = changes[ChangeWidth*(k+1) +: ChangeWidth];
    end
    assign given[ChangeWidth*k +: ChangeWidth] = all_steps_i ? above : ChangeWidth'($signed(factors[FactorWidth*k +: FactorWidth]));
  end

  always_ff @(posedge clk_i) begin
    plus_q         <= 6'($countones(trits_i[63:32] & history_i));
    minus_q        <= 6'($countones(trits_i[31:0] & history_i));
    coincidences_q <= $signed(CountWidth'(plus_q) - CountWidth'(minus_q));
    product_q      <= ChangeWidth'(coincidences_q) * ChangeWidth'($signed(factor_i));
  end

  // ---- rounding and weights ----
  logic                unused_trit_read;
  logic [HalfBits-1:0] unused_half;

  phasic_updates #(
    .Lanes      (Half),
    .WeightWidth(WeightWidth),
    .WordBits   (HalfBits),
    .AddressBits(AddressBits),
    .Outputs    (1),
    .Counted    (1'b0),
    .FactorWidth(ChangeWidth),
    .Relaxed    (1'b1)
  ) u_updates (
    .clk_i,
    .rst_ni,
    .all_steps_i    (1'b0),
    .graded_i       (1'b0),
    .nearest_i,
    .trace_shift_i  (2'd0),
    .valid_i        (valid_q),
    .add_i(1'b1), .first_i(1'b1), .commit_i(1'b1),  // a row is one event's
    .target_word_i  (half),
    .word_i         (half),
    .address_i      (row_address_i + AddressBits'(half[HalfBits-1:1])),
    .row_x_i,
    .row_y_i,
    .history_i      (32'd0),
    .trit_read_o    (unused_trit_read),
    .trit_word_o    (unused_half),
    .factor_read_o  (factors_read_o),
    .read_o         (read),
    .read_address_o,
    .word2_o        (half3),
    .trits_i        (64'd0),
    .factors_i      (given),
    .weights_i      (uppers_q[2] ? weights_i[HalfWeights +: HalfWeights] : weights_i[0 +: HalfWeights]),
    .write_o        (write),
    .write_address_o(write_address),
    .weights_o      (updated),
    .limited_o,
    .changes_o      (changes)
  );

  assign read_o          = read && firsts_q[2] && !uppers_q[0];
  assign limited_valid_o = write && lasts_q[5];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
      write_o <= 1'b0;
    end else begin
      valid_q <= valid_i;
      write_o <= limited_valid_o && uppers_q[3];
    end
  end

  always_ff @(posedge clk_i) begin
    neuron_q <= neuron_i;
    firsts_q <= {firsts_q[1:0], first};
    lasts_q  <= {lasts_q[4:0], last};
    uppers_q <= {uppers_q[2:0], half3[0]};
    if (limited_valid_o) begin
      write_address_o <= write_address;
      weights_o       <= {updated, weights_o[HalfWeights +: HalfWeights]};
    end
  end

  logic unused_bits;
  assign unused_bits = ^{unused_trit_read, unused_half, changes};
endmodule

`default_nettype wire
