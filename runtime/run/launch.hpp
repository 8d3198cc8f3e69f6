// SPDX-License-Identifier: Apache-2.0
/// One launch of the kernel: packs samples, runs a device, unpacks results.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "driver/device.hpp"
#include "phasic/contract.hpp"
#include "runtime/base/error.hpp"
#include "runtime/network/network.hpp"
#include "runtime/network/program.hpp"

namespace phasic::runtime {

/// A sample as the network sees it: one byte an input, or a recording's own address events (words of the kernel, ascending).
struct Sample {
  std::span<const std::uint8_t> intensities;  ///< empty for a recording
  std::uint32_t label = contract::kUnlabelled;
  std::span<const std::uint32_t> events = {};
  bool restart = false;  ///< begins with no state, in a network that keeps it
  bool goes_on = false;  ///< the sample after it is the next chunk of the same recording
};

struct PackedSamples {
  std::vector<std::byte> bytes;
  std::uint32_t stride = 0;
};

/// Packs samples for the kernel. A network that takes events gets a recording's events, or the spikes that the kernel's own
/// encoder would make of the intensities, so that both kinds give the same results; `first_sample` is the number of the first
/// sample in the stream of random numbers.
[[nodiscard]] PackedSamples pack_samples(const Network& network, std::span<const Sample> samples, std::uint32_t first_sample,
                                         bool learn);

/// Address events of one sample, ascending in (step, input).
[[nodiscard]] std::vector<std::uint32_t> encode_events(const Network& network, std::span<const std::uint8_t> intensities,
                                                       std::uint32_t sample);

/// Counters of one or several launches, added up.
struct Counters {
  contract::ResultsHeader header{};
  std::array<contract::LayerCounters, contract::kMaxLayers> layers{};
  std::uint64_t samples = 0;         ///< of the kernel in a launch; whole samples, such as recordings, in what sessions add up
  std::uint64_t kernel_samples = 0;  ///< of the kernel always
  void add(const Counters& other);
};

struct LaunchResult {
  std::vector<contract::ResultRecord> records;  ///< one a sample
  std::vector<std::uint32_t> scores;            ///< outputs() a sample
  Counters counters;
  std::vector<std::byte> weights;  ///< after the launch
  std::vector<std::byte> trace;    ///< empty without a trace
};

/// What stays the same from launch to launch.
struct Fixed {
  Network network;
  Layout layout;
  std::vector<std::byte> tables;
  std::chrono::milliseconds timeout{600'000};
};
[[nodiscard]] Fixed make_fixed(const Network& network);

struct LaunchOptions {
  bool learn = false;
  bool trace = false;
  std::uint64_t stream_sample = 0;  ///< place in the learning stream, for rates
  std::uint32_t first_sample = 0;   ///< number of the first sample in the stream of random numbers
};

/// A launch that failed: it ended in an error, did not end in time, or what came back is not a valid result. The text names the
/// unit and the samples. What the launch began with is as it was, so it can be done again.
class LaunchError : public DeviceError {
 public:
  LaunchError(const std::string& text, bool timed_out) : DeviceError(text), timed_out_(timed_out) {}
  /// Whether the unit may still be at work with it.
  [[nodiscard]] bool timed_out() const { return timed_out_; }

 private:
  bool timed_out_;
};

/// Runs one launch. Throws LaunchError.
[[nodiscard]] LaunchResult run_launch(driver::Device& device, const Fixed& fixed, std::span<const std::byte> weights,
                                      std::span<const Sample> samples, const LaunchOptions& options);

/// Bytes of the trace of one sample.
[[nodiscard]] std::size_t trace_bytes_per_sample(const Network& network);

/// Largest number of samples whose buffers stay below a gigabyte each.
[[nodiscard]] std::size_t largest_launch(const Network& network, bool trace);

/// Potential in a trace.
[[nodiscard]] std::int16_t traced_potential(const Network& network, std::span<const std::byte> trace, std::size_t sample,
                                            std::size_t layer, std::uint32_t step, std::uint32_t neuron);

}  // namespace phasic::runtime
