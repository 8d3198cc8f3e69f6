// SPDX-License-Identifier: Apache-2.0
/// How the host prepares the first layers of a network before the stream begins (docs/networks.md, "Preparation").
#pragma once

#include <cstdint>

namespace phasic::runtime {

/// The first layer, a convolution with a grid, gets its filters from the first samples of the stream, and its bias, threshold
/// and scale from what these filters find in them. Then it is frozen, and the next layer, if it is to be prepared, gets its own
/// from what the layer before it answers to the same samples.
struct Preparation {
  enum class Filters : std::uint8_t { kLearned, kRandom };
  std::uint32_t layers = 1;  ///< how many, from the first on
  Filters filters = Filters::kLearned;
  std::uint64_t samples = 2000;    ///< that filters learn from
  std::uint64_t measured = 500;    ///< that targets, threshold and scale are computed from
  double regularization = 0.3;     ///< of the whitening, in mean variances
  std::uint32_t contrast = 0;      ///< a patch counts if its values differ by as much
  std::uint32_t slowest_rate = 5;  ///< filters move by at least 1 over 2 to this power
  std::uint32_t homeostasis = 0;   ///< handicap of a filter for each of its wins
  double threshold = 0.5;          ///< in deviations of the potentials
  double full = 5;                 ///< deviations above the mean root at which an answer is the largest value
  bool operator==(const Preparation&) const = default;
};

}  // namespace phasic::runtime
