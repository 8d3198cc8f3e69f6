// SPDX-License-Identifier: Apache-2.0
/// The order in which an experiment shows its training samples.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/data/dataset.hpp"

namespace phasic::runtime {

/// Part of an order that ends with an evaluation.
struct Stretch {
  std::size_t end = 0;            ///< place in the order after its last sample
  std::uint32_t class_shown = 0;  ///< the task's class; in classification the number of the pass
};

struct PresentationOrder {
  std::vector<std::uint32_t> indices;  ///< of the training set
  std::vector<Stretch> stretches;
};

/// Every sample in each pass, mixed anew for each pass by the seed, or with `fixed` as in the first one. A stretch is a pass.
[[nodiscard]] PresentationOrder classification_order(const Dataset& data, std::uint32_t passes, std::uint64_t seed,
                                                     bool fixed = false);

/// One class after the other, in an order drawn from the seed; `passes` times the samples of a class, mixed anew each time,
/// before the next class. A stretch is a class. Classes without samples are left out.
[[nodiscard]] PresentationOrder class_continual_order(const Dataset& data, std::uint32_t classes, std::uint32_t passes,
                                                      std::uint64_t seed);

}  // namespace phasic::runtime
