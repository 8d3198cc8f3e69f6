// SPDX-License-Identifier: Apache-2.0
/// Learning of a layer after its last step (section 2 of docs/specification.md): the three-factor rules. It begins when the
/// last layer has told its counts, which is how the signal of a class and the errors of the output reach every layer.
#pragma once

#include "hls/layer.hpp"

namespace phasic::hls {

/// E_k for k below min(classes, neurons of the last layer); 0 above.
template <class Build>
void output_errors(const ProgramSettings& program, const LayerState<Build>& last, Word label,
                   std::int32_t errors[Build::kMaxClasses]) {
  const Word neurons = program.layer[program.layers - 1].neurons;
  for (Word k = 0; k < program.classes; ++k) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 64
#pragma HLS PIPELINE II = 1
    const std::int32_t wanted = k == label ? static_cast<std::int32_t>(full_count(program)) : 0;
    errors[k] = k < neurons ? wanted - last.counts[k / Build::kLanes][k % Build::kLanes] : 0;
  }
}

/// e_j of every neuron.
template <class Build>
void find_factors(const ProgramSettings& program, const LayerSettings& layer, Word label,
                  const std::int32_t errors[Build::kMaxClasses], LayerState<Build>& state) {
  for (Word word = 0; word < layer.words; ++word) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 16
    std::int32_t signal[Build::kLanes];
#pragma HLS ARRAY_PARTITION variable = signal complete
    for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
      const std::int32_t wanted = word * Build::kLanes + lane == label ? static_cast<std::int32_t>(full_count(program)) : 0;
      signal[lane] = layer.factor == kFactorLevel   ? -state.levels[label][word][lane]
                     : layer.factor == kFactorError ? wanted - state.counts[word][lane]
                                                    : 0;
    }
    const Word classes = layer.factor == kFactorFeedback ? program.classes : 0;
    for (Word k = 0; k < classes; ++k) {
#pragma HLS LOOP_TRIPCOUNT min = 0 max = 64
#pragma HLS PIPELINE II = 1
      for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
        signal[lane] += state.levels[k][word][lane] * errors[k];
      }
    }
    for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
      const std::int64_t product = static_cast<std::int64_t>(signal[lane]) * layer.rate;
      state.factors[word][lane] = static_cast<std::int32_t>(limited(rounded_shift(product, layer.factor_shift), kFactorWidth));
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

/// Changes the weights of a layer that is neither frozen nor competing.
template <class Build>
void learn_layer(const ProgramSettings& program, unsigned number, Word label, Word sample,
                 const std::int32_t errors[Build::kMaxClasses], LayerState<Build>& state) {
  using Weight = typename LayerState<Build>::Weight;
  constexpr unsigned kFraction = kExtendedWidth - Build::kWeightWidth;
  const LayerSettings& layer = program.layer[number];
  const bool graded = is_graded(program);
  const std::uint32_t span = layer.span == kSpanLastStep ? 1U << (program.steps - 1) : 0xffffffffU;
  const Key key = sample_key(program.seed, kPurposeRounding, number, sample);
  find_factors<Build>(program, layer, label, errors, state);
  for (Word row = 0; row < layer.rows; ++row) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
    const std::uint32_t steps = state.row_steps[row] & span;
    if (steps == 0) continue;
    ++state.counted.update_rows;
    state.counted.update_operations += layer.neurons;
    const Pair random = permute(key, 0, static_cast<std::uint16_t>(row));
    for (Word word = 0; word < layer.words; ++word) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 16
#pragma HLS PIPELINE II = 1
#pragma HLS DEPENDENCE variable = state.weights inter false
      unsigned saturated = 0;
      for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
        const Word neuron = word * Build::kLanes + lane;
        if (neuron < layer.neurons) {
          const std::int32_t change =
              coincidences(graded, layer, steps, state.row_value[row], state.ups[word][lane], state.downs[word][lane]) *
              state.factors[word][lane];
          const std::int32_t rounding =
              layer.rounding == kRoundingStochastic ? rounding_word(random, neuron) >> (16 - kFraction) : 1 << (kFraction - 1);
          Weight& weight = state.weights[row * layer.words + word][lane];
          const std::int32_t unlimited = weight + ((change + rounding) >> kFraction);
          const auto result = static_cast<std::int32_t>(limited(unlimited, Build::kWeightWidth));
          saturated += result != unlimited ? 1 : 0;
          weight = static_cast<Weight>(result);
        }
      }
      state.counted.weight_saturations += saturated;
    }
  }
}

}  // namespace phasic::hls
