// SPDX-License-Identifier: Apache-2.0
/// Learning and testing in launches.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "runtime/run/launch.hpp"
#include "runtime/run/stream.hpp"

namespace phasic::runtime {

/// Runs one launch on a device (or on two, and compares).
using Launcher = std::function<LaunchResult(std::span<const std::byte> weights, std::span<const Sample> samples,
                                            const LaunchOptions& options)>;

/// A launcher for one device. `device` and `fixed` must outlive it.
[[nodiscard]] Launcher launch_on(driver::Device& device, const Fixed& fixed);

/// What is told of every launch, in the order of samples: `first` is the place of its first sample in the stream or the data
/// set.
using Observer = std::function<void(std::uint64_t first, std::span<const Sample> samples, const LaunchResult& result)>;

/// Gives the sample at a place of the stream; called with ascending places.
using SampleSource = std::function<Sample(std::uint64_t position)>;

struct LearnState {
  std::uint64_t position = 0;  ///< samples learned so far
  std::vector<std::byte> weights;
  Curve curve;
  Counters counters;  ///< of this session only
};

struct LearnPlan {
  std::uint64_t end = 0;  ///< learn until this place in the stream
  std::uint64_t launch_samples = 500;
  std::uint64_t checkpoint_every = 0;  ///< samples; 0: no checkpoints but the last
  std::uint64_t evaluate_every = 0;    ///< samples; launches also end at its multiples, for an observer that looks there
  bool trace = false;
  const std::atomic<bool>* stop = nullptr;  ///< when it becomes true the session ends after the current launch
};

/// Learns from `state.position` to `plan.end`, in pieces (runtime/run/pieces.hpp) of at most what a launch can hold.
/// `observer` is called after each piece, when `state` is that after it; `checkpoint` after that, at each multiple of
/// `checkpoint_every` and at the end.
void learn(const Fixed& fixed, const SampleSource& samples, const LearnPlan& plan, const Launcher& launcher, LearnState& state,
           const std::function<void(const LearnState&)>& checkpoint, const Observer& observer);
/// The same of a data set's stream.
inline void learn(const Fixed& fixed, SampleStream& stream, const LearnPlan& plan, const Launcher& launcher, LearnState& state,
                  const std::function<void(const LearnState&)>& checkpoint, const Observer& observer) {
  learn(
      fixed, [&stream](std::uint64_t position) { return stream.at(position); }, plan, launcher, state, checkpoint, observer);
}

struct TestPlan {
  std::uint64_t samples = 0;  ///< the first so many of the data set
  std::uint64_t launch_samples = 500;
  std::uint32_t first_sample = kFirstTestSample;
  bool trace = false;
  /// The first sample begins with no state, and each launch goes on from that of the one before (Network::keep); then one
  /// launcher does all of them.
  bool keep = false;
};

struct TestResult {
  std::uint64_t samples = 0;
  std::uint64_t correct = 0;
  Counters counters;
};

/// Tests with fixed weights; launches are shared out over the launchers, each in a thread of its own. The number of launchers
/// changes no result. `observer` is called in the order of samples.
[[nodiscard]] TestResult test(const Dataset& data, const TestPlan& plan, std::span<const std::byte> weights,
                              std::span<const Launcher> launchers, const Observer& observer);

}  // namespace phasic::runtime
