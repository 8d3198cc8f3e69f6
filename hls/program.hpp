// SPDX-License-Identifier: Apache-2.0
/// Steps 3 and 4 of section 6 of docs/specification.md: a program block is checked and taken apart.
#pragma once

#include "hls/arithmetic.hpp"

namespace phasic::hls {

/// One layer; formulas that use these values: specification, sections 1 and 2.
struct LayerSettings {
  Word rows, neurons;
  bool bias;
  std::int32_t threshold, window;
  Word leak, reset, input_shift, factor, span, rounding, rate, factor_shift, weights_offset, levels_offset, post, trace_shift,
      homeostasis;
  Word state_rows;   ///< rows of the weights buffer that follow those of weights: the state of its neurons
  Word words;        ///< words of lanes in a row
  Word row_lines;    ///< lines of memory in a row of weights
  Word level_lines;  ///< lines of memory in a row of the level table
};

struct ProgramSettings {
  std::uint64_t seed;
  Word inputs, layers, steps, classes, kind, stride;
  bool learn, trace, keep;
  LayerSettings layer[kMaxLayers];
};

inline bool competes(const LayerSettings& layer) { return is_in(kFactorCompetes, layer.factor); }
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
/// Rows in the weights buffer: those of weights, and those that hold state.
inline Word stored_rows(const LayerSettings& layer) { return layer.rows + layer.state_rows; }

/// The factors that the build was made without.
template <class Build>
constexpr Word absent_factors() {
  return ((Build::kRules & kRulesFeedback) != 0 ? 0U : kFactorNeedsFeedback) |
         ((Build::kRules & kRulesCompetition) != 0 ? 0U : kFactorNeedsCompetition);
}

/// The resets that the build was made without.
template <class Build>
constexpr Word absent_resets() {
  return (Build::kRules & kRulesState) != 0 ? 0U : kResetNeedsState;
}

constexpr Word kLegal = 0xffffffff;

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

/// Takes `words` apart into `program`. Returns the byte offset of the first field that is out of its range, or kLegal.
template <class Build>
Word parse_program(const Word words[kProgramBytes / 4], ProgramSettings& program) {
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
  for (unsigned number = 0; number < kMaxLayers; ++number) {
    if (number >= program.layers) break;
    const Word base = kProgramHeaderBytes + number * kLayerBytes;
    const bool last = number + 1 == program.layers;
    const bool posts = (Build::kRules & kRulesPost) != 0;
    LayerSettings& layer = program.layer[number];
    layer.neurons = word_at(words, base + kLayerNeurons);
    layer.bias = word_at(words, base + kLayerFlags) == 1;
    layer.rows = before + word_at(words, base + kLayerFlags);
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

    const bool all_steps = layer.span == kSpanAllSteps;
    const bool factor_known = layer.factor <= kLayerFactorMaximum;
    const Word factor = factor_known ? layer.factor : kFactorFrozen;
    const bool competing = is_in(kFactorCompetes, factor);
    const bool by_step = is_in(kFactorByCoincidence, factor);
    const bool factor_legal = factor_known && !is_in(absent_factors<Build>(), factor) &&
                              (!is_in(kFactorByClass, factor) || layer.neurons >= program.classes) &&
                              !is_in(last ? kFactorHiddenOnly : kFactorLastOnly, factor) &&
                              (!competing || (!program.trace && layer.input_shift <= kCompetitionInputShift));
    fault.require(layer.neurons >= 1 && layer.neurons <= Build::kMaxNeurons, base + kLayerNeurons);
    fault.require(word_at(words, base + kLayerFlags) <= kLayerFlagsMaximum && layer.rows <= Build::kMaxRows,
                  base + kLayerFlags);
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
    fault.require(layer.factor_shift <= (competing ? kCompetitionFactorShift : kLayerFactorShiftMaximum),
                  base + kLayerFactorShift);
    fault.require(layer.weights_offset % kLineBytes == 0, base + kLayerWeightsOffset);
    fault.require(layer.levels_offset % kLineBytes == 0, base + kLayerLevelsOffset);
    fault.require(layer.post <= (posts ? kLayerPostMaximum : kPostTrit), base + kLayerPost);
    fault.require(layer.trace_shift <= (posts && all_steps ? kLayerTraceShiftMaximum : 0U), base + kLayerTraceShift);
    fault.require(layer.homeostasis <= ((Build::kRules & kRulesCompetition) != 0 ? kLayerHomeostasisMaximum : 0U),
                  base + kLayerHomeostasis);
    fault.require(word_at(words, base + kLayerConnection) == kConnectionDense, base + kLayerConnection);
    fault.require(layer.reset <= kLayerResetMaximum && !is_in(absent_resets<Build>(), layer.reset), base + kLayerReset);
    // Dense connections have no shape.
    for (Word at = kLayerSourceRows; at < kLayerBytes; at += 4) fault.require(word_at(words, base + at) == 0, base + at);
    if (fault.offset != kLegal) return fault.offset;
    const Word kept_rows = program.keep ? kPotentialWidth / Build::kWeightWidth + 1 : 0;
    layer.state_rows = competing ? kStateWidth / Build::kWeightWidth : kept_rows;
    layer.words = (layer.neurons + Build::kLanes - 1) / Build::kLanes;
    layer.row_lines = static_cast<Word>(lines_of(static_cast<std::uint64_t>(layer.neurons) * Build::kWeightWidth / 8));
    layer.level_lines = static_cast<Word>(lines_of(layer.neurons));
    before = layer.neurons;
  }
  return kLegal;
}

/// Step 4: the first layer that does not fit the synapse memory, or kLegal.
template <class Build>
Word first_too_large(const ProgramSettings& program) {
  for (unsigned number = 0; number < kMaxLayers; ++number) {
    if (number >= program.layers) break;
    const LayerSettings& layer = program.layer[number];
    if (static_cast<std::uint64_t>(stored_rows(layer)) * layer.words > Build::kWeightDepth) return number;
  }
  return kLegal;
}

/// Bytes from the result of one sample to that of the next.
inline std::uint64_t record_bytes(const ProgramSettings& program) {
  return kLineBytes * lines_of(kResultRecordBytes + 4 * static_cast<std::uint64_t>(program.layer[program.layers - 1].neurons));
}

/// Bytes of the potential trace of a sample.
inline std::uint64_t trace_bytes(const ProgramSettings& program) {
  std::uint64_t bytes = 0;
  for (unsigned number = 0; number < kMaxLayers; ++number) {
    if (number >= program.layers) break;
    bytes += program.steps * kLineBytes * lines_of(2 * static_cast<std::uint64_t>(program.layer[number].neurons));
  }
  return bytes;
}

}  // namespace phasic::hls
