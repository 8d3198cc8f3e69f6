// SPDX-License-Identifier: Apache-2.0
/// Networks of one hidden layer that settle into an equilibrium, answer from it, and learn from how it moves when their outputs
/// are pulled towards the targets. docs/baselines.md has the equations.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "runtime/baseline/parameters.hpp"
#include "runtime/baseline/settings.hpp"
#include "runtime/baseline/teaching.hpp"

namespace phasic::baseline {

/// Values of hidden neurons (n x B) and output neurons (k x B).
struct Equilibrium {
  Matrix hidden, output;
};

class SettlingNetwork {
 public:
  SettlingNetwork() = default;
  SettlingNetwork(const SettlingNetwork&) = delete;
  SettlingNetwork& operator=(const SettlingNetwork&) = delete;
  virtual ~SettlingNetwork() = default;

  /// Learns a batch. `inputs` is m x B, `targets` k x B; `samples` are numbers in the training set, for networks that keep a
  /// state for each sample. Gives the outputs before the change: k x B.
  virtual Matrix learn(Parameters& parameters, const Matrix& inputs, const Matrix& targets,
                       std::span<const std::uint32_t> samples, Work& work) = 0;

  /// The outputs of samples that are shown from rest: k x B.
  [[nodiscard]] virtual Matrix answer(const Parameters& parameters, const Matrix& inputs, Work& work) const = 0;
};

[[nodiscard]] std::unique_ptr<SettlingNetwork> make_settling(const Settings& settings, std::uint64_t seed);

/// Adds what every iteration costs, and what showing the inputs costs: they do not change, so their currents are made once.
void count_shown(const Matrix& inputs, const Sizes& sizes, Work& work);
void count_shown(std::uint64_t events, Index samples, const Sizes& sizes, Work& work);
void count_iterations(std::uint64_t hidden_values, std::uint64_t nonzero_outputs, const Sizes& sizes, bool fed_back,
                      Work& work);
void count_iteration(const Equilibrium& state, bool fed_back, Work& work);

}  // namespace phasic::baseline
