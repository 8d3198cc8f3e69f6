// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/measures.hpp"

#include <algorithm>
#include <numeric>

namespace phasic::runtime {

void Tally::add(const Answers& answers) {
  for (const auto& answer : answers.answers) {
    ++shown[answer.label];
    right[answer.label] += answer.right() ? 1 : 0;
  }
}

double Tally::share() const {
  const auto sum = [](const std::vector<std::uint64_t>& v) { return std::accumulate(v.begin(), v.end(), std::uint64_t{0}); };
  return sum(shown) == 0 ? 0 : static_cast<double>(sum(right)) / static_cast<double>(sum(shown));
}

double Tally::share_of(std::uint32_t one) const {
  return shown[one] == 0 ? 0 : static_cast<double>(right[one]) / static_cast<double>(shown[one]);
}

double mean(const std::vector<double>& values) {
  return values.empty() ? 0 : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double forgetting(const std::vector<std::vector<double>>& matrix) {
  std::vector<double> lost;
  for (std::size_t task = 0; task + 1 < matrix.size(); ++task) {
    double best = 0;
    for (std::size_t later = task; later < matrix.size(); ++later) best = std::max(best, matrix[later][task]);
    lost.push_back(best - matrix.back()[task]);
  }
  return mean(lost);
}

std::vector<Reached> samples_to_reach(const std::vector<Look>& looks, const std::vector<double>& levels,
                                      std::uint64_t operations, std::uint64_t training_samples) {
  std::vector<Reached> reached;
  for (const double level : levels) {
    Reached& one = reached.emplace_back();
    one.level = level;
    const auto first = std::find_if(looks.begin(), looks.end(), [&](const Look& look) { return look.second >= level; });
    if (first == looks.end()) continue;
    const double passes = static_cast<double>(first->first) / static_cast<double>(training_samples);
    one.samples.value = first->first;
    one.formula_operations.value = passes * static_cast<double>(operations);
  }
  return reached;
}

void TaskAccuracies::add(std::uint32_t class_shown, const Tally& tally) {
  order.push_back(class_shown);
  auto& line = matrix.emplace_back();
  for (const std::uint32_t one : order) line.push_back(tally.share_of(one));
}

void put_tasks(Row& row, const TaskAccuracies& tasks) {
  row.order = tasks.order;
  row.matrix = tasks.matrix;
  row.forgetting = forgetting(tasks.matrix);
}

void put_looks(Row& row, const std::vector<Look>& looks, const std::vector<double>& levels) {
  row.validation = looks;
  row.samples_to_reach = samples_to_reach(looks, levels, row.formula_operations, row.training_samples);
}

void put_accuracy(Row& row, const Tally& tally) {
  row.accuracy = tally.share();
  std::vector<double> judged;
  for (std::uint32_t one = 0; one < tally.shown.size(); ++one) {
    row.accuracy_by_class.push_back(tally.share_of(one));
    if (tally.shown[one] != 0) judged.push_back(tally.share_of(one));
  }
  row.mean_class_accuracy = mean(judged);
}

}  // namespace phasic::runtime
