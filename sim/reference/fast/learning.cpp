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

bool set_factors(const Program& program, const LayerProgram& shape, const FastKernels& kernels, const Levels& levels,
                 std::uint32_t label, const std::vector<std::uint8_t>& counts, std::span<const std::int32_t> errors,
                 std::vector<std::int32_t>& factors) {
  if (shape.factor == contract::Factor::kLevel) {
    kernels.level_factors(levels.row(label), factors.size(), static_cast<std::int32_t>(shape.rate), shape.factor_shift,
                          factors.data());
    return shape.rate != 0;
  }
  std::fill(factors.begin(), factors.end(), 0);
  if (shape.factor == contract::Factor::kError) {
    for (std::uint32_t neuron = 0; neuron < shape.neurons; ++neuron) {
      factors[neuron] = error_signal(full_count(program), neuron == label, counts[neuron]);
    }
  } else {
    for (std::size_t k = 0; k < errors.size(); ++k) {
      if (errors[k] == 0) continue;
      const std::int8_t* const row = levels.row(k);
      for (std::uint32_t neuron = 0; neuron < shape.neurons; ++neuron) factors[neuron] += row[neuron] * errors[k];
    }
  }
  bool any = false;
  for (std::uint32_t neuron = 0; neuron < shape.neurons; ++neuron) {
    factors[neuron] = postsynaptic_factor(factors[neuron], shape.rate, shape.factor_shift);
    any = any || factors[neuron] != 0;
  }
  return any;
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

}  // namespace phasic::reference
