// SPDX-License-Identifier: Apache-2.0
/// What the host sets in a layer of filters before its answers are used: where they begin, and what they are multiplied by.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/network/network.hpp"
#include "runtime/run/launch.hpp"

namespace phasic::runtime {

struct AnswerRange {
  double threshold = 0.5;  ///< in deviations of the potentials of all filters at all positions
  double full = 5;         ///< a root so many deviations above the mean one is answered by the largest value
  bool operator==(const AnswerRange&) const = default;
};

struct AnswerSettings {
  std::vector<std::int32_t> bias;  ///< weights of the bias row, a filter each: they bring the mean potential to 0
  std::int32_t threshold = 0;
  std::uint32_t answer_scale = 0, answer_shift = 0;
};

/// `filters`: weight rows of as many numbers as there are filters. `layer` is a convolution with a grid; its own threshold and
/// scale do not count. `samples` are graded ones, at least one.
[[nodiscard]] AnswerSettings answer_settings(const LayerSpec& layer, std::uint32_t weight_width,
                                             std::span<const std::int32_t> filters, std::span<const Sample> samples,
                                             const AnswerRange& range);

/// What such a layer answers to a graded sample (docs/specification.md, section 1, answers over a grid): a value a cell,
/// channel after channel as the inputs of a first layer lie, so that `patches_of` takes them for the layer behind it.
/// `filters`: all weight rows, that of the bias last. Threshold and scale are those of `layer`.
[[nodiscard]] std::vector<std::uint8_t> answers_to(const LayerSpec& layer, std::span<const std::int32_t> filters,
                                                   std::span<const std::uint8_t> values);

}  // namespace phasic::runtime
