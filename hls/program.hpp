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
  Word leak, input_shift, factor, span, rounding, rate, factor_shift, weights_offset, levels_offset, post, trace_shift,
      homeostasis;
  Word words;        ///< words of lanes in a row
  Word row_lines;    ///< lines of memory in a row of weights
  Word level_lines;  ///< lines of memory in a row of the level table
};

struct ProgramSettings {
  std::uint64_t seed;
  Word inputs, layers, steps, classes, kind, stride;
  bool learn, trace;
  LayerSettings layer[kMaxLayers];
};

inline bool competes(const LayerSettings& layer) { return layer.factor == kCompetition; }
inline bool has_levels(const LayerSettings& layer) { return layer.factor != kFrozen && layer.factor != kErrorFactor; }
inline bool is_graded(const ProgramSettings& program) { return program.kind == kGraded; }
/// What a bias row sends at a step.
inline Word bias_value(const ProgramSettings& program) { return is_graded(program) ? kGradedFull : 1; }
/// The count that an output neuron of the sample's class should have.
inline Word full_count(const ProgramSettings& program) { return is_graded(program) ? kGradedFull : program.steps; }

/// Rows in the weights buffer: those of weights, and those that hold the state of a competition.
template <class Build>
Word stored_rows(const LayerSettings& layer) {
  return layer.rows + (competes(layer) ? kStateWidth / Build::kWeightWidth : 0);
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

/// Takes `words` apart into `program`. Returns the byte offset of the first field that is out of its range, or kLegal.
template <class Build>
Word parse_program(const Word words[kProgramWords], ProgramSettings& program) {
  FirstFault fault;
  program.seed = static_cast<std::uint64_t>(words[3]) << 32 | words[2];
  program.inputs = words[4];
  program.layers = words[5];
  program.steps = words[6];
  program.classes = words[7];
  program.kind = words[8];
  program.stride = words[9];
  program.learn = (words[10] & 1) != 0;
  program.trace = (words[10] & 2) != 0;
  const bool graded = program.kind == kGraded;
  const std::uint64_t least_stride =
      program.kind == kEvent ? 0 : static_cast<std::uint64_t>(kSampleHeaderBytes) + program.inputs;

  fault.require(words[0] == kProgramMagic, 0);
  fault.require(words[1] == kContractVersion, 4);
  fault.require(program.inputs >= 1 && program.inputs <= Build::kMaxRows, 16);
  fault.require(program.layers >= 1 && program.layers <= Build::kEngines, 20);
  fault.require(program.steps >= 1 && program.steps <= Build::kMaxSteps, 24);
  fault.require(program.classes >= 1 && program.classes <= Build::kMaxClasses, 28);
  fault.require(graded ? program.steps == 1 && (Build::kRules & kRulesGraded) != 0 : program.kind <= kEvent, 32);
  fault.require(program.stride % kLineBytes == 0 && program.stride >= kLineBytes && program.stride < (1U << 24) &&
                    program.stride >= least_stride,
                36);
  fault.require(words[10] <= 3, 40);
  for (unsigned at = 11; at < kLayerWords; ++at) fault.require(words[at] == 0, 4 * at);
  if (fault.offset != kLegal) return fault.offset;

  Word before = program.inputs;
  for (unsigned number = 0; number < kMaxLayers; ++number) {
    if (number >= program.layers) break;
    const Word* field = words + kLayerWords * (number + 1);
    const Word base = 4 * kLayerWords * (number + 1);
    const bool last = number + 1 == program.layers;
    const bool posts = (Build::kRules & kRulesPost) != 0;
    LayerSettings& layer = program.layer[number];
    layer.neurons = field[0];
    layer.bias = field[1] == 1;
    layer.rows = before + field[1];
    layer.threshold = static_cast<std::int32_t>(field[2]);
    layer.window = static_cast<std::int32_t>(field[3]);
    layer.leak = field[4];
    layer.input_shift = field[5];
    layer.factor = field[6];
    layer.span = field[7];
    layer.rounding = field[8];
    layer.rate = field[9];
    layer.factor_shift = field[10];
    layer.weights_offset = field[11];
    layer.levels_offset = field[12];
    layer.post = field[13];
    layer.trace_shift = field[14];
    layer.homeostasis = field[15];

    const bool all_steps = layer.span == kAllSteps;
    const bool by_step = layer.factor != kFrozen && !competes(layer);
    bool factor_legal = layer.factor <= kCompetition;
    if (layer.factor == kErrorFactor) factor_legal = layer.neurons >= program.classes;
    if (layer.factor == kFeedback) factor_legal = !last && (Build::kRules & kRulesFeedback) != 0;
    if (competes(layer)) {
      factor_legal =
          last && !program.trace && (Build::kRules & kRulesCompetition) != 0 && layer.input_shift <= kCompetitionInputShift;
    }
    fault.require(layer.neurons >= 1 && layer.neurons <= Build::kMaxNeurons, base);
    fault.require(field[1] <= 1 && layer.rows <= Build::kMaxRows, base + 4);
    fault.require(layer.threshold >= -32768 && layer.threshold <= 32767, base + 8);
    fault.require(layer.window >= -32768 && layer.window <= 32767, base + 12);
    fault.require(layer.leak <= 256, base + 16);
    fault.require(layer.input_shift <= 15, base + 20);
    fault.require(factor_legal, base + 24);
    fault.require(layer.span <= 1 && !(all_steps && (graded || (by_step && layer.neurons > Build::kMaxOutputs))), base + 28);
    fault.require(layer.rounding <= 1, base + 32);
    fault.require(layer.rate <= 65535, base + 36);
    fault.require(layer.factor_shift <= (competes(layer) ? kCompetitionFactorShift : 15), base + 40);
    fault.require(layer.weights_offset % kLineBytes == 0, base + 44);
    fault.require(layer.levels_offset % kLineBytes == 0, base + 48);
    fault.require(layer.post <= (posts ? 2U : 0U), base + 52);
    fault.require(layer.trace_shift <= (posts && all_steps ? 3U : 0U), base + 56);
    fault.require(layer.homeostasis <= ((Build::kRules & kRulesCompetition) != 0 ? 65535U : 0U), base + 60);
    if (fault.offset != kLegal) return fault.offset;
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
    if (static_cast<std::uint64_t>(stored_rows<Build>(layer)) * layer.words > Build::kWeightDepth) return number;
  }
  return kLegal;
}

/// Bytes from the result of one sample to that of the next.
inline std::uint64_t record_bytes(const ProgramSettings& program) {
  return kLineBytes * lines_of(kRecordHeaderBytes + 4 * static_cast<std::uint64_t>(program.layer[program.layers - 1].neurons));
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
