// SPDX-License-Identifier: Apache-2.0
/// What an experiment measures.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/experiment/row.hpp"
#include "runtime/run/answers.hpp"

namespace phasic::runtime {

/// How many of each class were shown and were given their class.
struct Tally {
  std::vector<std::uint64_t> right, shown;
  explicit Tally(std::uint32_t classes) : right(classes), shown(classes) {}
  void add(const Answers& answers);

  [[nodiscard]] double share() const;
  [[nodiscard]] double share_of(std::uint32_t one) const;
};

/// 0 if there are none.
[[nodiscard]] double mean(const std::vector<double>& values);

/// Mean over the tasks but the last of the best accuracy that a task had less the accuracy at the end. Line t of the matrix has
/// the accuracies of tasks 0 to t after task t.
[[nodiscard]] double forgetting(const std::vector<std::vector<double>>& matrix);

/// For each level (0 to 1) the samples learned at the first look that reached it, and the operations of these samples by the
/// papers' formula; neither if none did. `operations` are those of a pass over `training_samples`.
[[nodiscard]] std::vector<Reached> samples_to_reach(const std::vector<Look>& looks, const std::vector<double>& levels,
                                                    std::uint64_t operations, std::uint64_t training_samples);

/// Of the class-continual task.
struct TaskAccuracies {
  std::vector<std::uint32_t> order;         ///< the class of each task
  std::vector<std::vector<double>> matrix;  ///< line t: accuracies of tasks 0 to t after task t
  /// What came out after one more class.
  void add(std::uint32_t class_shown, const Tally& tally);
};

/// Sets `order`, `matrix` and `forgetting` of a row.
void put_tasks(Row& row, const TaskAccuracies& tasks);

/// Sets `validation` and `samples_to_reach` of a row that has `formula_operations` and `training_samples`.
void put_looks(Row& row, const std::vector<Look>& looks, const std::vector<double>& levels);

/// Sets `accuracy`, `accuracy_by_class` and `mean_class_accuracy` (over the classes that were shown) of a row.
void put_accuracy(Row& row, const Tally& tally);

}  // namespace phasic::runtime
