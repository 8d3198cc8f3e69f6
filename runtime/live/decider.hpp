// SPDX-License-Identifier: Apache-2.0
/// Decides windows of a stream on a device, and learns those with a label.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/live/windows.hpp"
#include "runtime/run/session.hpp"

namespace phasic::runtime {

struct Decision {
  std::uint32_t neuron = 0;  ///< of the last layer with the largest score
  std::uint32_t given = 0;   ///< class that it stands for
  std::uint32_t spikes = 0;  ///< of the last layer
  std::vector<std::uint32_t> scores;
  bool learned = false;
  std::optional<std::uint64_t> cycles;  ///< of the run in the kernel; none where the engine counts none
  std::uint64_t moved = 0;              ///< weights that learning changed
};

/// A window is a sample of the kernel in a launch of its own. State, if the network keeps it, goes on from window to window and
/// begins anew with the first. A window with a label has the number in the stream of random numbers, and the rates, of the next
/// sample that is learned; others have those of samples for testing.
class Decider {
 public:
  /// `fixed` must outlive it. `weights` are where it begins, after `learned` samples and the curve of their predictions.
  Decider(const Fixed& fixed, Launcher launcher, std::vector<std::byte> weights, std::uint64_t learned = 0, Curve curve = {});

  [[nodiscard]] Decision decide(const LiveWindow& window);

  [[nodiscard]] const std::vector<std::byte>& weights() const { return weights_; }
  [[nodiscard]] std::uint64_t learned() const { return learned_; }
  [[nodiscard]] const Curve& curve() const { return curve_; }

 private:
  [[nodiscard]] std::uint64_t moved_weights(const std::vector<std::byte>& before) const;

  const Fixed& fixed_;
  Launcher launcher_;
  std::vector<std::byte> weights_;
  std::uint64_t learned_, windows_ = 0;
  bool answers_current_ = false;  // those of a discriminant are made from all that it learned
  Curve curve_;                   // of samples before they were learned
};

}  // namespace phasic::runtime
