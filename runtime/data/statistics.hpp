// SPDX-License-Identifier: Apache-2.0
/// Counts over a data set that show whether it is what it should be.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/data/dataset.hpp"

namespace phasic::runtime {

/// Samples of each label, `classes` of them.
[[nodiscard]] std::vector<std::size_t> class_counts(const Dataset& data, std::size_t classes);

/// How often samples are the same in every byte.
struct Repeats {
  std::size_t within_training = 0;   ///< training samples that an earlier training sample equals
  std::size_t test_in_training = 0;  ///< test samples that a training sample equals
  std::size_t contradictory = 0;     ///< of these: the first equal training sample has another label
};
[[nodiscard]] Repeats count_repeats(const Dataset& training, const Dataset& test);

}  // namespace phasic::runtime
