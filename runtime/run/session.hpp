// SPDX-License-Identifier: Apache-2.0
/// Learning and testing in launches.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "runtime/run/answers.hpp"
#include "runtime/run/launch.hpp"
#include "runtime/run/stream.hpp"

namespace phasic::runtime {

/// Runs one launch on a device (or on two, and compares).
using Launcher = std::function<LaunchResult(std::span<const std::byte> weights, std::span<const Sample> samples,
                                            const LaunchOptions& options)>;

/// A launcher for one device. `device` and `fixed` must outlive it.
[[nodiscard]] Launcher launch_on(driver::Device& device, const Fixed& fixed);

/// What is told of every launch, in the order of samples. Samples are whole ones, which may be recordings of several samples of
/// the kernel; a launch may begin and end within one.
struct Launched {
  std::uint64_t first = 0;          ///< place in the stream or data set of the sample that the launch begins with
  std::span<const Sample> samples;  ///< of the kernel
  const LaunchResult& result;
  const Answers& answers;  ///< to the samples that end in the launch, of which the first is at place `first`
};
using Observer = std::function<void(const Launched& launch)>;

/// Appends the samples of the kernel that the sample at a place of the stream is; called with places that do not descend.
using SampleSource = std::function<void(std::uint64_t position, std::vector<Sample>& to)>;

struct LearnState {
  std::uint64_t position = 0;  ///< samples learned so far
  std::uint64_t number = 0;    ///< samples of the kernel learned so far: the number of the next one
  std::vector<std::byte> weights;
  Curve curve;
  Counters counters;  ///< of this session only
};

struct LearnPlan {
  std::uint64_t end = 0;               ///< learn until this place in the stream
  std::uint64_t launch_samples = 500;  ///< of the kernel, at most
  std::uint64_t checkpoint_every = 0;  ///< samples; 0: none are due by samples
  /// From one checkpoint to the next, at least; 0: none are due by time.
  std::chrono::steady_clock::duration checkpoint_after{};
  std::uint64_t evaluate_every = 0;  ///< samples; launches also end at its multiples, for an observer that looks there
  bool trace = false;
  /// When it becomes true the session ends after the current launch, or after the one in which the current recording ends.
  const std::atomic<bool>* stop = nullptr;
};

/// Learns from `state.position` to `plan.end`, in which a discriminant answers with the weights that were made last, in pieces
/// (runtime/run/pieces.hpp) of whole samples, each of as many launches as it takes. `observer` is called after each launch,
/// when `state` is that after it; `checkpoint` after that, at each multiple of `checkpoint_every`, at the first end of a piece
/// when `checkpoint_after` is over, and at the end, so never within a recording.
void learn(const Fixed& fixed, const SampleSource& samples, const LearnPlan& plan, const Launcher& launcher, LearnState& state,
           const std::function<void(const LearnState&)>& checkpoint, const Observer& observer);
/// The same of a data set's stream.
inline void learn(const Fixed& fixed, SampleStream& stream, const LearnPlan& plan, const Launcher& launcher, LearnState& state,
                  const std::function<void(const LearnState&)>& checkpoint, const Observer& observer) {
  learn(
      fixed, [&stream](std::uint64_t position, std::vector<Sample>& to) { stream.append(position, to); }, plan, launcher, state,
      checkpoint, observer);
}

struct TestPlan {
  std::uint64_t samples = 0;           ///< the first so many of the data set
  std::uint64_t launch_samples = 500;  ///< of the kernel, at most
  std::uint32_t first_sample = kFirstTestSample;
  bool trace = false;
};

struct TestResult {
  std::uint64_t samples = 0;
  std::uint64_t correct = 0;
  Counters counters;
};

/// Tests with fixed weights, of which those of a discriminant are made from what it has learned; launches, of whole samples
/// where these fit, are shared out over the launchers, each in a thread of its own. The number of launchers changes no result.
/// `observer` is called in the order of samples. If the network keeps state (Network::keep) the first sample begins with none
/// and each launch goes on from that of the one before; then one launcher does all of them, unless samples are recordings in
/// chunks, of which each begins with no state.
[[nodiscard]] TestResult test(const Fixed& fixed, const Dataset& data, const TestPlan& plan, std::span<const std::byte> weights,
                              std::span<const Launcher> launchers, const Observer& observer);

}  // namespace phasic::runtime
