// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/fast/learning.hpp"

#include <algorithm>
#include <cstring>

#include "sim/reference/arithmetic.hpp"

namespace phasic::reference {

Levels::Levels(const Program& program, const LayerProgram& shape)
    : neurons_(shape.neurons), stride_(padded(shape.neurons)), levels_(program.classes * stride_) {}

void Levels::set(std::span<const std::byte> rows) {
  for (std::size_t label = 0; label * stride_ < levels_.size(); ++label) {
    std::memcpy(levels_.data() + label * stride_, rows.data() + label * align(neurons_), neurons_);
  }
}

std::vector<std::int32_t> output_errors(const Program& program, const std::vector<std::uint8_t>& counts, std::uint32_t label) {
  std::vector<std::int32_t> errors(std::min(program.classes, program.layers.back().neurons));
  for (std::uint32_t k = 0; k < errors.size(); ++k) errors[k] = error_signal(full_count(program), k == label, counts[k]);
  return errors;
}

namespace {

/// Leaves each neuron the share of its factor that the retrograde signal gives it. Returns whether any factor is not 0.
bool scale_factors(const LayerProgram& shape, std::span<const std::uint64_t> retrograde, std::vector<std::int32_t>& factors) {
  bool any = false;
  for (std::uint32_t neuron = 0; neuron < shape.neurons; ++neuron) {
    const std::int32_t share =
        retrograde_share(retrograde[neuron], shape.retrograde_shift, shape.retrograde_base, shape.retrograde_limit);
    factors[neuron] = scaled_factor(factors[neuron], share);
    any = any || factors[neuron] != 0;
  }
  return any;
}

/// Factors as they are without a retrograde signal. Returns false if all are certain to be 0.
bool set_whole_factors(const Program& program, const LayerProgram& shape, const FastKernels& kernels, const Levels& levels,
                       const std::vector<std::uint8_t>& counts, const Lesson& lesson, std::vector<std::int32_t>& factors) {
  if (shape.factor == contract::Factor::kLevel) {
    kernels.level_factors(levels.row(lesson.label), factors.size(), static_cast<std::int32_t>(shape.rate), shape.factor_shift,
                          factors.data());
    return shape.rate != 0;
  }
  std::fill(factors.begin(), factors.end(), 0);
  if (shape.factor == contract::Factor::kError) {
    for (std::uint32_t neuron = 0; neuron < shape.neurons; ++neuron) {
      factors[neuron] = error_signal(full_count(program), neuron == lesson.label, counts[neuron]);
    }
  } else {
    for (std::size_t k = 0; k < lesson.errors.size(); ++k) {
      if (lesson.errors[k] == 0) continue;
      const std::int8_t* const row = levels.row(k);
      for (std::uint32_t neuron = 0; neuron < shape.neurons; ++neuron) factors[neuron] += row[neuron] * lesson.errors[k];
    }
  }
  bool any = false;
  for (std::uint32_t neuron = 0; neuron < shape.neurons; ++neuron) {
    factors[neuron] = postsynaptic_factor(factors[neuron], shape.rate, shape.factor_shift);
    any = any || factors[neuron] != 0;
  }
  return any;
}

}  // namespace

bool set_factors(const Program& program, const LayerProgram& shape, const FastKernels& kernels, const Levels& levels,
                 const std::vector<std::uint8_t>& counts, const Lesson& lesson, std::vector<std::int32_t>& factors) {
  const bool any = set_whole_factors(program, shape, kernels, levels, counts, lesson, factors);
  return any && takes_retrograde(shape) ? scale_factors(shape, lesson.retrograde, factors) : any;
}

RoundingWords::RoundingWords(const Program& program, const LayerProgram& shape, unsigned layer)
    : purpose_(purpose_key(program.seed, contract::Purpose::kRounding, layer)),
      row_x_(padded(shape.rows)),
      row_y_(row_x_.size()),
      pair_words_(padded(shape.neurons)),
      pair_offsets_(pair_words_.size()) {
  for (std::size_t pair = 0; pair < pair_words_.size(); ++pair) {
    pair_words_[pair] = static_cast<std::uint16_t>(pair * contract::kMixMultiplier);
    pair_offsets_[pair] = static_cast<std::uint16_t>(pair * contract::kMixOffsetMultiplier);
  }
}

void RoundingWords::draw(const FastKernels& kernels, const std::vector<std::uint16_t>& rows, std::size_t count,
                         std::uint32_t number) {
  const Key key = sample_key(purpose_, number);
  kernels.permute_all(key.data(), 0, rows.data(), count, row_x_.data(), row_y_.data());
}

Visits RoundingWords::visits(WeightRows& weights, const std::vector<std::uint16_t>& rows, std::size_t count,
                             bool stochastic) const {
  return {.weights = weights.data(),
          .row_bytes = weights.row_bytes(),
          .row_stride = weights.stride(),
          .rows = rows.data(),
          .row_count = count,
          .row_x = row_x_.data(),
          .row_y = row_y_.data(),
          .pair_words = pair_words_.data(),
          .pair_offsets = pair_offsets_.data(),
          .stochastic = stochastic};
}

}  // namespace phasic::reference
