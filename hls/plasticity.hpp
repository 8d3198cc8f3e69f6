// SPDX-License-Identifier: Apache-2.0
/// Learning of a layer after its last step (section 2 of docs/specification.md), which begins when the last layer has told its
/// counts: the dopamine broadcast, and the local units that it reaches.
#pragma once

#include "hls/competition.hpp"

namespace phasic::hls {

/// The process that broadcasts dopamine to all layers: the class of the sample, then E_k for each class k, 0 where the last
/// layer has no neuron k.
template <class Build>
void broadcast(const ProgramSettings& program, const std::uint16_t counts[Build::kMaxClasses], Word label,
               DopamineStream layers[kMaxLayers]) {
  timing::begin_process();
  timing::pass(kPipelineDepth);
  const Word neurons = program.layer[program.layers - 1].neurons;
  for (Word message = 0; message <= program.classes; ++message) {
#pragma HLS LOOP_TRIPCOUNT min = 2 max = 65
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    Dopamine dopamine{static_cast<std::int32_t>(label)};
    if (message > 0) {
      const Word k = message - 1;
      const std::int32_t wanted = k == label ? static_cast<std::int32_t>(full_count(program)) : 0;
      dopamine.value = k < neurons ? wanted - counts[k] : 0;
    }
    for (unsigned number = 0; number < kMaxLayers; ++number) {
#pragma HLS UNROLL
      if (learns(program, number)) layers[number].write(dopamine);
    }
  }
  timing::end_process();
}

/// Takes a broadcast in: returns the class, and the errors of the outputs.
template <class Build>
Word receive(const ProgramSettings& program, DopamineStream& dopamine, std::int32_t errors[Build::kMaxClasses]) {
  const auto label = static_cast<Word>(dopamine.read().value);
  for (Word k = 0; k < program.classes; ++k) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 64
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    errors[k] = dopamine.read().value;
  }
  return label;
}

/// e_j of every neuron.
template <class Build>
void find_factors(const ProgramSettings& program, const LayerSettings& layer, Word label,
                  const std::int32_t errors[Build::kMaxClasses], const WeightState<Build>& weights,
                  const NeuronState<Build>& neurons, std::int32_t factors[NeuronState<Build>::kWords][Build::kLanes]) {
  const Word turns = layer.factor == kFactorFeedback ? program.classes : 1;
  timing::pass(kPipelineDepth);
  for (Word word = 0; word < layer.words; ++word) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 16
    std::int32_t signal[Build::kLanes];
#pragma HLS ARRAY_PARTITION variable = signal complete
    for (Word k = 0; k < turns; ++k) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 64
#pragma HLS PIPELINE II = 1
      timing::pass(1);
      for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
        const std::int32_t wanted = word * Build::kLanes + lane == label ? static_cast<std::int32_t>(full_count(program)) : 0;
        const std::int32_t before = k == 0 ? 0 : signal[lane];
        const std::int32_t signalled = layer.factor == kFactorLevel   ? -weights.levels[label][word][lane]
                                       : layer.factor == kFactorError ? wanted - neurons.counts[word][lane]
                                                                      : weights.levels[k][word][lane] * errors[k];
        signal[lane] = before + signalled;
        const std::int64_t product = static_cast<std::int64_t>(signal[lane]) * layer.rate;
        factors[word][lane] = static_cast<std::int32_t>(limited(rounded_shift(product, layer.factor_shift), kFactorWidth));
      }
    }
  }
}

/// K_ij of a row with spikes at `steps` (and value `value` if graded).
inline std::int32_t coincidences(bool graded, const LayerSettings& layer, std::uint32_t steps, std::uint32_t value,
                                 std::uint32_t ups, std::uint32_t downs) {
#pragma HLS INLINE
  if (graded) return static_cast<std::int32_t>(value) * static_cast<std::int32_t>((ups & 1) - (downs & 1));
  const std::int32_t now = static_cast<std::int32_t>(ones(steps & ups)) - static_cast<std::int32_t>(ones(steps & downs));
  if (layer.trace_shift == 0) return now;
  const std::uint32_t later = steps << 1;
  const std::int32_t after = static_cast<std::int32_t>(ones(later & ups)) - static_cast<std::int32_t>(ones(later & downs));
  return now * (1 << layer.trace_shift) + after;
}

/// Changes the weights of a layer by its factors, for each row that comes: one word of lanes a cycle.
template <class Build>
void update_rows(const ProgramSettings& program, const LayerSettings& layer, const Key& key,
                 const std::int32_t factors[NeuronState<Build>::kWords][Build::kLanes], const NeuronState<Build>& neurons,
                 RowStream& rows, WeightState<Build>& state) {
  using Weight = typename Build::Weight;
  constexpr unsigned kFraction = kExtendedWidth - Build::kWeightWidth;
  const bool graded = is_graded(program);
  RowUpdate update = rows.read();
  Word word = 0;
  while (!update.end) {
#pragma HLS LOOP_TRIPCOUNT min = 0 max = 16384
#pragma HLS PIPELINE II = 1
#pragma HLS DEPENDENCE variable = state.weights inter false
    timing::pass(1);
    if (word == 0) {
      ++state.update_rows;
      state.update_operations += layer.neurons;
    }
    const Pair random = permute(key, 0, update.row);
    unsigned saturated = 0;
    for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
      const Word neuron = word * Build::kLanes + lane;
      const std::int32_t change =
          coincidences(graded, layer, update.steps, update.value, neurons.ups[word][lane], neurons.downs[word][lane]) *
          factors[word][lane];
      const std::int32_t rounding =
          layer.rounding == kRoundingStochastic ? rounding_word(random, neuron) >> (16 - kFraction) : 1 << (kFraction - 1);
      Weight& weight = state.weights[update.row * layer.words + word][lane];
      const std::int32_t unlimited = weight + ((change + rounding) >> kFraction);
      const auto result = static_cast<std::int32_t>(limited(unlimited, Build::kWeightWidth));
      if (neuron < layer.neurons) {
        saturated += result != unlimited ? 1 : 0;
        weight = static_cast<Weight>(result);
      }
    }
    state.weight_saturations += saturated;
    ++word;
    if (word == layer.words) {
      word = 0;
      update = rows.read();
    }
  }
}

/// The process that sends the rows of layer `number` that learn from the sample.
template <class Build>
void walk_rows(const ProgramSettings& program, unsigned number, const RowLog<Build>& log, RowStream& rows) {
  timing::begin_process();
  timing::pass(kPipelineDepth);
  if (learns(program, number)) {
    const LayerSettings& layer = program.layer[number];
    // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): a program that was accepted has a step
    const std::uint32_t span = layer.span == kSpanLastStep && !competes(layer) ? 1U << (program.steps - 1) : 0xffffffffU;
    const Word count = competes(layer) ? layer.rows : log.rows;
    for (Word at = 0; at < count; ++at) {
#pragma HLS LOOP_TRIPCOUNT min = 0 max = 1024
#pragma HLS PIPELINE II = 1
      timing::pass(1);
      const Word row = competes(layer) ? at : log.row[at];
      const bool active = log.tags[row] == log.tag;
      const std::uint32_t steps = active ? log.steps[row] & span : 0;
      const std::uint8_t value = active ? log.value[row] : std::uint8_t{0};
      if (steps != 0 || competes(layer)) rows.write(RowUpdate{static_cast<std::uint16_t>(row), steps, value, false});
    }
    rows.write(RowUpdate{0, 0, 0, true});
  }
  timing::end_process();
}

/// The process that changes the weights of layer `number`.
template <class Build>
void update_layer(const ProgramSettings& program, unsigned number, Word sample, DopamineStream& dopamine, RowStream& rows,
                  WeightState<Build>& weights, NeuronState<Build>& neurons) {
  timing::begin_process();
  if (learns(program, number)) {
    const LayerSettings& layer = program.layer[number];
    const Key key = sample_key(program.seed, kPurposeRounding, number, sample);
    std::int32_t errors[Build::kMaxClasses];
    const Word label = receive<Build>(program, dopamine, errors);
    if (competes(layer)) {
      learn_competition<Build>(program, layer, label, key, rows, weights, neurons);
    } else {
      std::int32_t factors[NeuronState<Build>::kWords][Build::kLanes];
#pragma HLS ARRAY_PARTITION variable = factors complete dim = 2
      find_factors<Build>(program, layer, label, errors, weights, neurons, factors);
      timing::pass(kPipelineDepth);
      update_rows<Build>(program, layer, key, factors, neurons, rows, weights);
    }
  }
  timing::end_process();
}

}  // namespace phasic::hls
