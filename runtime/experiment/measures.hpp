// SPDX-License-Identifier: Apache-2.0
/// What an experiment measures.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <utility>
#include <vector>

namespace phasic::runtime {

/// How many of each class were shown and were given their class.
struct Tally {
  std::vector<std::uint64_t> right, shown;
  explicit Tally(std::uint32_t classes) : right(classes), shown(classes) {}

  [[nodiscard]] double share() const;
  [[nodiscard]] double share_of(std::uint32_t one) const;
};

/// 0 if there are none.
[[nodiscard]] double mean(const std::vector<double>& values);

/// Mean over the tasks but the last of the best accuracy that a task had less the accuracy at the end. Line t of the matrix has
/// the accuracies of tasks 0 to t after task t.
[[nodiscard]] double forgetting(const std::vector<std::vector<double>>& matrix);

/// A look at the validation set: samples learned until then, and accuracy.
using Look = std::pair<std::uint64_t, double>;

/// For each level (0 to 1) an object with `level`, `samples`, those learned at the first look that reached it, and
/// `formula_operations`, the operations of these samples by the papers' formula; both are null if none did. `operations` are
/// those of a pass over `training_samples`.
[[nodiscard]] nlohmann::json samples_to_reach(const std::vector<Look>& looks, const std::vector<double>& levels,
                                              std::uint64_t operations, std::uint64_t training_samples);

/// Puts `accuracy`, `accuracy_by_class` and `mean_class_accuracy` (over the classes that were shown) into a row.
void put_accuracy(nlohmann::json& row, const Tally& tally);

}  // namespace phasic::runtime
