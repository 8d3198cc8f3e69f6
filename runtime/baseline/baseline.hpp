// SPDX-License-Identifier: Apache-2.0
/// A baseline at work: it learns batches and answers batches.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "runtime/baseline/draw.hpp"
#include "runtime/baseline/optimizer.hpp"
#include "runtime/baseline/parameters.hpp"
#include "runtime/baseline/retrograde.hpp"
#include "runtime/baseline/settings.hpp"
#include "runtime/baseline/settling.hpp"
#include "runtime/baseline/teaching.hpp"
#include "runtime/data/dataset.hpp"

namespace phasic::baseline {

/// What inputs of the incremental form are standardised with: mean and deviation of all intensities (0 to 1) of the training
/// set.
struct InputScale {
  float mean = 0, deviation = 1;
};
[[nodiscard]] InputScale scale_of(const runtime::Dataset& training);

class Baseline {
 public:
  Baseline(const Sizes& sizes, const Settings& settings, const InputScale& scale, std::uint64_t seed);

  /// Tells that a pass begins, from 1: rates may depend on it.
  void begin_pass(std::uint32_t pass);

  /// Learns samples of a data set as one batch. Gives the number of right answers before the change.
  std::uint64_t learn(const runtime::Dataset& data, std::span<const std::uint32_t> samples);

  struct Answers {
    std::vector<std::uint8_t> classes;
    double loss = 0;    ///< mean over the samples of the loss that is learned (the squared error where none is)
    double cosine = 0;  ///< mean over the samples of that between outputs and target, 0 if all outputs are
  };
  /// Shows samples as one batch: the gate comes from it as the settings say, or from its mean if `as_learning`. Spikes are
  /// drawn from `generator`.
  [[nodiscard]] Answers answer(const runtime::Dataset& data, std::span<const std::uint32_t> samples, Generator& generator,
                               bool as_learning, Work& work) const;

  /// EWC: keeps the weights, and how much each of them matters for the samples of the class that is over. Others do nothing.
  void end_class(const runtime::Dataset& data, std::span<const std::uint32_t> samples);
  /// EWC, after the end of a class: how much each weight matters, the mean over the classes so far of the mean over batches of
  /// 20 samples of the squared gradient of the loss without the penalty. None before, and with other methods.
  [[nodiscard]] const Parameters* importance() const { return consolidated_ ? &consolidated_->importance : nullptr; }

  [[nodiscard]] const Parameters& parameters() const { return parameters_; }
  void restore(const Parameters& parameters) { parameters_ = parameters; }
  [[nodiscard]] const Work& work() const { return work_; }

 private:
  struct Consolidated {
    Parameters weights, importance;
    std::uint32_t classes = 0;
  };
  struct Taught {
    Parameters gradients;
    std::uint64_t right = 0;
  };
  [[nodiscard]] Taught teach(const runtime::Dataset& data, std::span<const std::uint32_t> samples);
  /// n x B, or empty.
  [[nodiscard]] Matrix gates_of(const Matrix& inputs, Gate gate) const;
  [[nodiscard]] Matrix standardised(const Matrix& intensities) const;
  void add_penalty(Parameters& gradients) const;

  Sizes sizes_;
  Settings settings_;
  InputScale scale_;
  Parameters parameters_;
  Teaching teaching_;
  Optimizer optimizer_;
  Generator generator_;
  Work work_;
  std::optional<Consolidated> consolidated_;
  FirstFactor first_factor_;
  std::unique_ptr<SettlingNetwork> settling_;  ///< of the methods that have one
};

}  // namespace phasic::baseline
