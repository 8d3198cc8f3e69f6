// SPDX-License-Identifier: Apache-2.0
/// Steps 3 and 4 of section 6 of docs/specification.md: a program block is checked and taken apart.
#pragma once

#include "hls/arithmetic.hpp"
#include "hls/connection.hpp"

namespace phasic::hls {

/// Whether the build draws levels.
template <class Build>
constexpr bool has_drawn_levels() {
  return (Build::kRules & kRulesDrawn) != 0;
}

/// Whether the build takes factor discriminant.
template <class Build>
constexpr bool has_discriminant() {
  return (Build::kRules & kRulesDiscriminant) != 0;
}

/// Whether the build takes synaptic currents.
template <class Build>
constexpr bool has_currents() {
  return (Build::kRules & kRulesCurrent) != 0;
}

/// Whether the build takes retrograde signals.
template <class Build>
constexpr bool has_retrograde() {
  return (Build::kRules & kRulesRetrograde) != 0;
}

/// One layer; formulas that use these values: specification, sections 1 and 2.
struct LayerSettings {
  Word rows, neurons;  ///< rows of weights
  bool bias;
  std::int32_t threshold, window;
  Word leak, reset, input_shift, factor, span, rounding, rate, factor_shift, weights_offset, levels_offset, post, trace_shift,
      homeostasis, connection, memory_offset, target_shift, grid, answer_scale, answer_shift, synaptic_leak, retrograde_limit,
      retrograde_base, retrograde_shift;
  bool two_sided;
  bool drawn, by_channel;  ///< levels are drawn, and the neurons of a channel have one
  Shape shape;             ///< of a connection that has one
  Word sources;            ///< what events name, and the bias
  Word width;              ///< weights in a row, one for each neuron that it is added to at a time
  Word positions;          ///< groups of so many neurons, or of filters
  Word state_rows;         ///< rows of the weights buffer that follow those of weights: the state of its neurons
  Word words;              ///< words of lanes that hold its neurons
  Word sum_words;          ///< words of lanes that hold its sums: with a grid each position begins a word
  Word row_words;          ///< words of lanes in a row of weights
  Word row_lines;          ///< lines of memory in a row of weights
  Word level_lines;        ///< lines of memory in a row of the level table
  Word value_words;        ///< words of lanes that hold a value for each row of weights
  Word value_lines;        ///< lines of memory in a row of so many values of 32 bits
};

/// Whether synaptic currents of the layer last.
template <class Build>
bool lasts(const LayerSettings& layer) {
#pragma HLS INLINE
  return has_currents<Build>() && layer.synaptic_leak != 0;
}

/// Whether the retrograde signal of the layer behind it scales what the layer learns.
template <class Build>
bool takes_retrograde(const LayerSettings& layer) {
#pragma HLS INLINE
  return has_retrograde<Build>() && layer.retrograde_limit != 0;
}

struct ProgramSettings {
  std::uint64_t seed;
  Word inputs, layers, steps, classes, kind, stride;
  bool learn, trace, keep;
  LayerSettings layer[kMaxLayers];  ///< a build uses as many as it has engines
};

inline bool competes(const LayerSettings& layer) { return is_in(kFactorCompetes, layer.factor); }
/// Sides of a filter that answer.
inline Word sides_of(const LayerSettings& layer) { return layer.two_sided ? 2 : 1; }
inline bool has_levels(const LayerSettings& layer) { return is_in(kFactorHasLevels, layer.factor); }
inline bool is_graded(const ProgramSettings& program) { return is_in(kSampleKindIsGraded, program.kind); }
inline bool learns(const ProgramSettings& program, unsigned number) {
  return number < program.layers && is_in(kFactorLearns, program.layer[number].factor);
}
/// What a bias row sends at a step.
inline Word bias_value(const ProgramSettings& program) { return is_graded(program) ? kGradedFull : 1; }
/// The count that an output neuron of the sample's class should have.
inline Word full_count(const ProgramSettings& program) { return is_graded(program) ? kGradedFull : program.steps; }

/// Whether the layer's potentials and spikes go on from sample to sample.
inline bool keeps_state(const ProgramSettings& program, const LayerSettings& layer) { return program.keep && !competes(layer); }
/// Whether its neurons have scores alone.
inline bool without_potentials(const LayerSettings& layer) { return is_in(kFactorWithoutPotentials, layer.factor); }
/// Whether the layer keeps a scatter, and learns that instead of its weights.
template <class Build>
bool keeps_scatter(const LayerSettings& layer) {
#pragma HLS INLINE
  return has_discriminant<Build>() && is_in(kFactorChangesMemory, layer.factor);
}
/// Whether filters of the layer compete over a patch.
template <class Build>
bool moves_filters(const LayerSettings& layer) {
#pragma HLS INLINE
  return has_grids<Build>() && is_in(kFactorMovesFilters, layer.factor);
}
/// Words of lanes that a value of a patch is worked on for: those of filters and those of targets side by side.
inline Word patch_words(const LayerSettings& layer) {
  return layer.row_words > layer.value_words ? layer.row_words : layer.value_words;
}
/// Whether learning changes the weights of layer `number`.
template <class Build>
bool learns_weights(const ProgramSettings& program, unsigned number) {
#pragma HLS INLINE
  return learns(program, number) && !keeps_scatter<Build>(program.layer[number]);
}
/// Rows in the weights buffer: those of weights, and those that hold state.
inline Word stored_rows(const LayerSettings& layer) { return layer.rows + layer.state_rows; }

/// The factors that the build was made without.
template <class Build>
constexpr Word absent_factors() {
  return ((Build::kRules & kRulesFeedback) != 0 ? 0U : kFactorNeedsFeedback) |
         ((Build::kRules & kRulesCompetition) != 0 ? 0U : kFactorNeedsCompetition) |
         (has_discriminant<Build>() ? 0U : kFactorNeedsDiscriminant) | (has_grids<Build>() ? 0U : kFactorNeedsFeatures);
}

/// The connections that the build was made without.
template <class Build>
constexpr Word absent_connections() {
  return has_convolutions<Build>() ? 0U : kConnectionNeedsConvolution;
}

/// Whether sources and neurons lie in rows and columns.
template <class Build>
bool has_shape(const LayerSettings& layer) {
#pragma HLS INLINE
  return has_convolutions<Build>() && is_in(kConnectionHasShape, layer.connection);
}

/// Whether the answers of positions are pooled.
template <class Build>
bool is_pooled(const LayerSettings& layer) {
#pragma HLS INLINE
  return has_grids<Build>() && layer.grid != 0;
}

/// The resets that the build was made without.
template <class Build>
constexpr Word absent_resets() {
  return (Build::kRules & kRulesState) != 0 ? 0U : kResetNeedsState;
}

constexpr Word kLegal = 0xffffffff;

/// Words of the program block up to the last descriptor that the build can use.
template <class Build>
constexpr Word program_words() {
  return (kProgramHeaderBytes + Build::kEngines * kLayerBytes) / 4;
}

/// Remembers the first field that is not as it should be.
struct FirstFault {
  Word offset = kLegal;
  void require(bool legal, Word at) {
#pragma HLS INLINE
    if (!legal && offset == kLegal) offset = at;
  }
};

/// The word at a byte offset.
inline Word word_at(const Word* words, Word offset) {
#pragma HLS INLINE
  return words[offset / 4];
}

/// Takes the shape of a layer apart, whose descriptor begins at `base` and has `before` sources but for the bias. What follows
/// from its fields is only set if none before kernel_rows is at fault.
template <class Build>
void parse_shape(const Word words[program_words<Build>()], Word base, Word before, FirstFault& fault, Shape& shape) {
  shape.source_rows = word_at(words, base + kLayerSourceRows);
  shape.source_columns = word_at(words, base + kLayerSourceColumns);
  shape.source_channels = word_at(words, base + kLayerSourceChannels);
  shape.pool = word_at(words, base + kLayerPool);
  shape.padding = word_at(words, base + kLayerPadding);
  shape.stride = word_at(words, base + kLayerStride);
  shape.kernel_rows = word_at(words, base + kLayerKernelRows);
  shape.kernel_columns = word_at(words, base + kLayerKernelColumns);
  shape.channels = word_at(words, base + kLayerChannels);
  const std::uint64_t places = static_cast<std::uint64_t>(shape.source_rows) * shape.source_columns;
  fault.require(shape.source_rows >= 1 && shape.source_rows <= kLayerSourceRowsMaximum, base + kLayerSourceRows);
  fault.require(shape.source_columns >= 1 && shape.source_columns <= kLayerSourceColumnsMaximum, base + kLayerSourceColumns);
  fault.require(places * shape.source_channels == before, base + kLayerSourceChannels);
  fault.require(shape.pool <= kLayerPoolMaximum, base + kLayerPool);
  fault.require(shape.padding <= kLayerPaddingMaximum, base + kLayerPadding);
  fault.require(shape.stride >= 1 && shape.stride <= kLayerStrideMaximum, base + kLayerStride);
  if (fault.offset != kLegal) return;
  shape.rows = positions_along(shape, shape.source_rows, shape.kernel_rows);
  shape.columns = positions_along(shape, shape.source_columns, shape.kernel_columns);
  const Word bias = (word_at(words, base + kLayerFlags) & kLayerHasBias) != 0 ? 1 : 0;
  const std::uint64_t rows =
      static_cast<std::uint64_t>(shape.kernel_rows) * shape.kernel_columns * shape.source_channels + bias;
  const std::uint64_t positions = static_cast<std::uint64_t>(shape.rows) * shape.columns;
  fault.require(shape.kernel_rows <= kLayerKernelRowsMaximum && shape.rows != 0, base + kLayerKernelRows);
  fault.require(shape.kernel_columns <= kLayerKernelColumnsMaximum && shape.columns != 0 && rows <= Build::kMaxRows,
                base + kLayerKernelColumns);
  shape.column_step = shape.stride * shape.source_channels;
  shape.row_step = shape.column_step * shape.kernel_columns;
  // With a grid, what the neurons are is its own affair.
  const bool pooled = has_grids<Build>() && word_at(words, base + kLayerGrid) != 0;
  shape.place_sums = pooled ? (shape.channels + Build::kLanes - 1) / Build::kLanes * Build::kLanes : shape.channels;
  shape.row_sums = shape.columns * shape.place_sums;
  fault.require(pooled || positions * shape.channels == word_at(words, base + kLayerNeurons), base + kLayerChannels);
}

/// Whether the layer may have the grid that it asks for. `shaped` is a connection with a shape, whose fields are legal.
template <class Build>
bool legal_grid(const LayerSettings& layer, bool graded, bool shaped) {
  if (layer.grid == 0) return !layer.two_sided;
  if (!has_grids<Build>() || !graded || !shaped || layer.grid > kLayerGridMaximum) return false;
  const Shape& shape = layer.shape;
  const std::uint64_t neurons = static_cast<std::uint64_t>(layer.grid * layer.grid * sides_of(layer)) * shape.channels;
  const std::uint64_t sums = static_cast<std::uint64_t>(shape.rows * shape.columns) * shape.place_sums;
  return is_in(kFactorHasGrid, layer.factor) && layer.threshold >= 0 && layer.grid <= shape.rows &&
         layer.grid <= shape.columns && neurons == layer.neurons &&
         sums <= static_cast<std::uint64_t>(Build::kLanes) * Build::kSumDepth;
}

/// Words of lanes for the values that a discriminant keeps.
template <class Build>
constexpr Word memory_depth() {
  if constexpr (has_discriminant<Build>()) {
    return Build::kMemoryDepth;
  } else {
    return 1;
  }
}

/// Words of lanes for the table of targets of a layer: those of the synapse memory bound it.
template <class Build>
constexpr Word table_depth() {
  return has_grids<Build>() ? Build::kWeightDepth : 1;
}

/// The fields of the retrograde signal of the layer whose descriptor begins at `base` and whose factor is legal.
template <class Build>
void parse_retrograde(const Word words[program_words<Build>()], Word base, bool last, FirstFault& fault, LayerSettings& layer) {
  layer.retrograde_limit = word_at(words, base + kLayerRetrogradeLimit);
  layer.retrograde_base = word_at(words, base + kLayerRetrogradeBase);
  layer.retrograde_shift = word_at(words, base + kLayerRetrogradeShift);
  const bool may_take = has_retrograde<Build>() && !last && is_in(kFactorMayScale, layer.factor);
  fault.require(layer.retrograde_limit <= (may_take ? kLayerRetrogradeLimitMaximum : 0U), base + kLayerRetrogradeLimit);
  fault.require(layer.retrograde_base <= layer.retrograde_limit, base + kLayerRetrogradeBase);
  fault.require(layer.retrograde_shift <= (takes_retrograde<Build>(layer) ? kLayerRetrogradeShiftMaximum : 0U),
                base + kLayerRetrogradeShift);
}

/// The fields from grid to the end of the layer whose descriptor begins at `base`. Those before are legal.
template <class Build>
void parse_answers(const Word words[program_words<Build>()], Word base, bool graded, bool shaped, bool last, FirstFault& fault,
                   LayerSettings& layer) {
  layer.grid = word_at(words, base + kLayerGrid);
  layer.answer_scale = word_at(words, base + kLayerAnswerScale);
  layer.answer_shift = word_at(words, base + kLayerAnswerShift);
  const bool pooled = layer.grid != 0;
  fault.require(legal_grid<Build>(layer, graded, shaped), base + kLayerGrid);
  fault.require(layer.answer_scale <= (pooled ? kLayerAnswerScaleMaximum : 0U), base + kLayerAnswerScale);
  fault.require(layer.answer_shift <= (pooled ? kLayerAnswerShiftMaximum : 0U), base + kLayerAnswerShift);
  layer.memory_offset = word_at(words, base + kLayerMemoryOffset);
  layer.target_shift = word_at(words, base + kLayerTargetShift);
  fault.require(is_in(kFactorHasMemory, layer.factor) ? layer.memory_offset % kLineBytes == 0 : layer.memory_offset == 0,
                base + kLayerMemoryOffset);
  fault.require(layer.target_shift <= (moves_filters<Build>(layer) ? kLayerTargetShiftMaximum : 0U), base + kLayerTargetShift);
  layer.synaptic_leak = word_at(words, base + kLayerSynapticLeak);
  fault.require(layer.synaptic_leak <= (has_currents<Build>() && !graded ? kLayerSynapticLeakMaximum : 0U),
                base + kLayerSynapticLeak);
  parse_retrograde<Build>(words, base, last, fault, layer);
  for (Word at = kLayerReserved; at < kLayerBytes; at += 4) fault.require(word_at(words, base + at) == 0, base + at);
}

/// Takes `words` apart into `program`. Returns the byte offset of the first field that is out of its range, or kLegal.
template <class Build>
Word parse_program(const Word words[program_words<Build>()], ProgramSettings& program) {
  FirstFault fault;
  program.seed =
      static_cast<std::uint64_t>(word_at(words, kProgramHeaderSeedHigh)) << 32 | word_at(words, kProgramHeaderSeedLow);
  program.inputs = word_at(words, kProgramHeaderInputs);
  program.layers = word_at(words, kProgramHeaderLayers);
  program.steps = word_at(words, kProgramHeaderSteps);
  program.classes = word_at(words, kProgramHeaderClasses);
  program.kind = word_at(words, kProgramHeaderSampleKind);
  program.stride = word_at(words, kProgramHeaderSampleStride);
  program.learn = (word_at(words, kProgramHeaderFlags) & kProgramLearns) != 0;
  program.trace = (word_at(words, kProgramHeaderFlags) & kProgramTraces) != 0;
  program.keep = (word_at(words, kProgramHeaderFlags) & kProgramKeeps) != 0;
  constexpr bool kStates = (Build::kRules & kRulesState) != 0;
  const bool kind_known = program.kind <= kProgramHeaderSampleKindMaximum;
  const bool graded = kind_known && is_graded(program);
  const std::uint64_t least_stride = kind_known && is_in(kSampleKindByInput, program.kind)
                                         ? static_cast<std::uint64_t>(kSampleHeaderBytes) + program.inputs
                                         : 0;

  fault.require(word_at(words, kProgramHeaderMagic) == kProgramMagic, kProgramHeaderMagic);
  fault.require(word_at(words, kProgramHeaderVersion) == kContractVersion, kProgramHeaderVersion);
  fault.require(program.inputs >= 1 && program.inputs <= Build::kMaxRows, kProgramHeaderInputs);
  fault.require(program.layers >= 1 && program.layers <= Build::kEngines, kProgramHeaderLayers);
  fault.require(program.steps >= 1 && program.steps <= Build::kMaxSteps, kProgramHeaderSteps);
  fault.require(program.classes >= 1 && program.classes <= Build::kMaxClasses, kProgramHeaderClasses);
  fault.require(kind_known && (!graded || (program.steps == 1 && (Build::kRules & kRulesGraded) != 0)),
                kProgramHeaderSampleKind);
  fault.require(program.stride % kLineBytes == 0 && program.stride >= kProgramHeaderSampleStrideMinimum &&
                    program.stride <= kProgramHeaderSampleStrideMaximum && program.stride >= least_stride,
                kProgramHeaderSampleStride);
  fault.require(word_at(words, kProgramHeaderFlags) <= kProgramHeaderFlagsMaximum && (!program.keep || (kStates && !graded)),
                kProgramHeaderFlags);
  for (Word at = kProgramHeaderReserved; at < kProgramHeaderBytes; at += 4) fault.require(word_at(words, at) == 0, at);
  if (fault.offset != kLegal) return fault.offset;

  Word before = program.inputs;
  for (unsigned number = 0; number < Build::kEngines; ++number) {
    if (number >= program.layers) break;
    const Word base = kProgramHeaderBytes + number * kLayerBytes;
    const bool last = number + 1 == program.layers;
    const bool tells = number > 0 && takes_retrograde<Build>(program.layer[number - 1]);  // the layer before is told
    const bool posts = (Build::kRules & kRulesPost) != 0;
    LayerSettings& layer = program.layer[number];
    layer.neurons = word_at(words, base + kLayerNeurons);
    const Word flags = word_at(words, base + kLayerFlags);
    layer.bias = (flags & kLayerHasBias) != 0;
    layer.two_sided = (flags & kLayerIsTwoSided) != 0;
    layer.drawn = has_drawn_levels<Build>() && (flags & kLayerIsDrawn) != 0;
    layer.by_channel = has_drawn_levels<Build>() && (flags & kLayerIsByChannel) != 0;
    const Word legal_flags = kLayerHasBias | (has_grids<Build>() ? kLayerIsTwoSided : 0U) |
                             (has_drawn_levels<Build>() ? kLayerIsDrawn : 0U) | (layer.drawn ? kLayerIsByChannel : 0U);
    layer.rows = before + (layer.bias ? 1 : 0);
    layer.threshold = static_cast<std::int32_t>(word_at(words, base + kLayerThreshold));
    layer.window = static_cast<std::int32_t>(word_at(words, base + kLayerWindow));
    layer.leak = word_at(words, base + kLayerLeak);
    layer.reset = word_at(words, base + kLayerReset);
    layer.input_shift = word_at(words, base + kLayerInputShift);
    layer.factor = word_at(words, base + kLayerFactor);
    layer.span = word_at(words, base + kLayerSpan);
    layer.rounding = word_at(words, base + kLayerRounding);
    layer.rate = word_at(words, base + kLayerRate);
    layer.factor_shift = word_at(words, base + kLayerFactorShift);
    layer.weights_offset = word_at(words, base + kLayerWeightsOffset);
    layer.levels_offset = word_at(words, base + kLayerLevelsOffset);
    layer.post = word_at(words, base + kLayerPost);
    layer.trace_shift = word_at(words, base + kLayerTraceShift);
    layer.homeostasis = word_at(words, base + kLayerHomeostasis);
    layer.connection = word_at(words, base + kLayerConnection);

    const bool all_steps = layer.span == kSpanAllSteps;
    const bool factor_known = layer.factor <= kLayerFactorMaximum;
    const Word factor = factor_known ? layer.factor : kFactorFrozen;
    const bool competing = is_in(kFactorCompetes, factor);
    const bool by_step = is_in(kFactorByCoincidence, factor);
    const bool factor_legal =
        factor_known && !is_in(absent_factors<Build>(), factor) && (is_in(kFactorMayDraw, factor) || !layer.drawn) &&
        (by_step || !tells) && (!is_in(kFactorByClass, factor) || layer.neurons >= program.classes) &&
        !is_in(last ? kFactorHiddenOnly : kFactorLastOnly, factor) && (!is_in(kFactorGradedOnly, factor) || graded) &&
        (!is_in(kFactorWithoutBias, factor) || !layer.bias) && (!is_in(kFactorWithoutPotentials, factor) || !program.trace) &&
        (!competing || layer.input_shift <= kCompetitionInputShift);
    fault.require(layer.neurons >= 1 && layer.neurons <= Build::kMaxNeurons, base + kLayerNeurons);
    fault.require((flags & ~legal_flags) == 0 && layer.rows <= Build::kMaxRows, base + kLayerFlags);
    fault.require(
        layer.threshold >= kLayerThresholdMinimum && layer.threshold <= static_cast<std::int32_t>(kLayerThresholdMaximum),
        base + kLayerThreshold);
    fault.require(layer.window >= kLayerWindowMinimum && layer.window <= static_cast<std::int32_t>(kLayerWindowMaximum),
                  base + kLayerWindow);
    fault.require(layer.leak <= kLayerLeakMaximum && (kStates || layer.leak % kCoarseLeak == 0), base + kLayerLeak);
    fault.require(layer.input_shift <= kLayerInputShiftMaximum, base + kLayerInputShift);
    fault.require(factor_legal, base + kLayerFactor);
    fault.require(
        layer.span <= kLayerSpanMaximum && !(all_steps && (graded || (by_step && layer.neurons > Build::kMaxOutputs))),
        base + kLayerSpan);
    fault.require(layer.rounding <= kLayerRoundingMaximum, base + kLayerRounding);
    fault.require(layer.rate <= kLayerRateMaximum, base + kLayerRate);
    const bool slowing = competing || is_in(kFactorMovesFilters, factor);
    fault.require(layer.factor_shift <= (slowing ? kCompetitionFactorShift : kLayerFactorShiftMaximum),
                  base + kLayerFactorShift);
    fault.require(layer.weights_offset % kLineBytes == 0, base + kLayerWeightsOffset);
    fault.require(layer.levels_offset % kLineBytes == 0, base + kLayerLevelsOffset);
    fault.require(layer.post <= (posts ? kLayerPostMaximum : kPostTrit), base + kLayerPost);
    fault.require(layer.trace_shift <= (posts && all_steps ? kLayerTraceShiftMaximum : 0U), base + kLayerTraceShift);
    const bool handicaps = (Build::kRules & (kRulesCompetition | kRulesFeatures)) != 0;
    fault.require(layer.homeostasis <= (handicaps ? kLayerHomeostasisMaximum : 0U), base + kLayerHomeostasis);
    const bool connection_known =
        layer.connection <= kLayerConnectionMaximum && !is_in(absent_connections<Build>(), layer.connection);
    const bool shaped = connection_known && has_shape<Build>(layer);
    fault.require(connection_known && !is_in(shaped ? kFactorDenseOnly : kFactorShapeOnly, factor) &&
                      (shaped ? !tells : !layer.by_channel),
                  base + kLayerConnection);
    fault.require(layer.reset <= kLayerResetMaximum && !is_in(absent_resets<Build>(), layer.reset), base + kLayerReset);
    if (shaped) parse_shape<Build>(words, base, before, fault, layer.shape);
    // Dense connections have no shape.
    for (Word at = kLayerSourceRows; !shaped && at < kLayerGrid; at += 4) {
#pragma HLS LOOP_TRIPCOUNT min = 0 max = 9
      fault.require(word_at(words, base + at) == 0, base + at);
    }
    if (fault.offset != kLegal) return fault.offset;
    layer.sources = layer.rows;
    layer.width = layer.neurons;
    layer.positions = 1;
    if (shaped) {
      layer.shape.channels_outermost = number == 0;
      layer.rows = layer.shape.kernel_rows * layer.shape.kernel_columns * layer.shape.source_channels + (layer.bias ? 1 : 0);
      layer.width = layer.shape.channels;
      layer.positions = layer.shape.rows * layer.shape.columns;
    }
    layer.value_words = (layer.rows + Build::kLanes - 1) / Build::kLanes;
    layer.value_lines = static_cast<Word>(lines_of(kMemoryWidth / 8 * static_cast<std::uint64_t>(layer.rows)));
    parse_answers<Build>(words, base, graded, shaped, last, fault, layer);
    if (fault.offset != kLegal) return fault.offset;
    const Word current_rows = lasts<Build>(layer) ? kCurrentWidth / Build::kWeightWidth : 0;
    const Word kept_rows = program.keep ? (kPotentialWidth / Build::kWeightWidth + 1 + current_rows) * layer.positions : 0;
    layer.state_rows = competing                     ? kStateWidth / Build::kWeightWidth
                       : moves_filters<Build>(layer) ? kWinsWidth / Build::kWeightWidth
                       : keeps_scatter<Build>(layer) ? kMemoryWidth / Build::kWeightWidth
                                                     : kept_rows;
    layer.words = (layer.neurons + Build::kLanes - 1) / Build::kLanes;
    layer.row_words = (layer.width + Build::kLanes - 1) / Build::kLanes;
    layer.sum_words = is_pooled<Build>(layer) ? layer.positions * layer.row_words : layer.words;
    layer.row_lines = static_cast<Word>(lines_of(static_cast<std::uint64_t>(layer.width) * Build::kWeightWidth / 8));
    layer.level_lines = static_cast<Word>(lines_of(layer.neurons));
    before = layer.neurons;
  }
  return kLegal;
}

/// Step 4: the first layer that does not fit the synapse memory or that of what it keeps, or kLegal.
template <class Build>
Word first_too_large(const ProgramSettings& program) {
  for (unsigned number = 0; number < Build::kEngines; ++number) {
    if (number >= program.layers) break;
    const LayerSettings& layer = program.layer[number];
    const std::uint64_t rows = layer.rows;
    const std::uint64_t weights = static_cast<std::uint64_t>(stored_rows(layer)) * layer.row_words;
    const std::uint64_t targets = moves_filters<Build>(layer) ? rows * layer.value_words : 0;
    const std::uint64_t kept = keeps_scatter<Build>(layer) ? (rows + layer.neurons) * layer.value_words : 0;
    if (weights + targets > Build::kWeightDepth || kept > memory_depth<Build>()) return number;
  }
  return kLegal;
}

/// Bytes of what a discriminant keeps beside its weights.
inline std::uint64_t scatter_bytes(const LayerSettings& layer) {
  const std::uint64_t rows = layer.rows + layer.neurons;
  return kLineBytes * (rows * layer.value_lines + lines_of(kMemoryWidth / 8 * static_cast<std::uint64_t>(layer.neurons)));
}

/// Bytes of what a layer keeps beside its rows in the weights buffer.
template <class Build>
std::uint64_t memory_bytes(const LayerSettings& layer) {
  const std::uint64_t rows = layer.rows;
  if (moves_filters<Build>(layer)) return kLineBytes * (rows * lines_of(rows) + layer.value_lines);
  return keeps_scatter<Build>(layer) ? scatter_bytes(layer) : 0;
}

/// Lines of the recipe of levels that are drawn.
inline Word recipe_lines(const ProgramSettings& program) {
  return static_cast<Word>(lines_of(kRecipeBytes + 4 * static_cast<std::uint64_t>(program.classes)));
}

/// Bytes from the result of one sample to that of the next.
inline std::uint64_t record_bytes(const ProgramSettings& program) {
  return kLineBytes * lines_of(kResultRecordBytes + 4 * static_cast<std::uint64_t>(program.layer[program.layers - 1].neurons));
}

/// Bytes of the potential trace of a sample.
template <class Build>
std::uint64_t trace_bytes(const ProgramSettings& program) {
  std::uint64_t bytes = 0;
  for (unsigned number = 0; number < Build::kEngines; ++number) {
    if (number >= program.layers) break;
    bytes +=
        std::uint64_t{program.steps} * kLineBytes * lines_of(2 * static_cast<std::uint64_t>(program.layer[number].neurons));
  }
  return bytes;
}

}  // namespace phasic::hls
