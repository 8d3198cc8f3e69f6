// SPDX-License-Identifier: Apache-2.0
/// The stream of samples that a network learns from: an endless repetition of the training set, each sample with its number.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "runtime/data/dataset.hpp"
#include "runtime/run/launch.hpp"

namespace phasic::runtime {

/// Order within an epoch: as in the files, or shuffled anew for each epoch by the network's seed.
enum class Order { kFile, kShuffled };
[[nodiscard]] std::string_view name(Order order);

/// Numbers in the stream of random numbers at which each kind of use starts, so that their spikes are not the same.
inline constexpr std::uint32_t kFirstTestSample = 0x80000000u;
inline constexpr std::uint32_t kFirstValidationSample = 0xc0000000u;

/// Sample n of a data set, or the first chunk of recording n; the data set must outlive it.
[[nodiscard]] Sample sample_of(const Dataset& data, std::size_t n);
/// Appends the samples of the kernel that sample n is: one, or all chunks of a recording.
void append_samples(const Dataset& data, std::size_t n, std::vector<Sample>& to);

class SampleStream {
 public:
  SampleStream(const Dataset& data, Order order, std::uint64_t seed) : data_(&data), order_(order), seed_(seed) {}
  /// Index in the data set of a sample of the stream.
  [[nodiscard]] std::size_t index(std::uint64_t position);
  /// Appends the samples of the kernel that a sample of the stream is.
  void append(std::uint64_t position, std::vector<Sample>& to) { append_samples(*data_, index(position), to); }
  /// Samples of the kernel before a place of the stream.
  [[nodiscard]] std::uint64_t kernel_samples_before(std::uint64_t position);

 private:
  const Dataset* data_;
  Order order_;
  std::uint64_t seed_;
  std::optional<std::uint64_t> epoch_;  ///< of `shuffled_`
  std::vector<std::uint32_t> shuffled_;
};

/// How many predictions were right, in blocks of the stream. There are never more than 10,000 blocks: where one more would be
/// needed, each two become one.
struct Curve {
  static constexpr std::uint64_t kBlock = 100;        ///< samples in a block at first
  static constexpr std::size_t kMostBlocks = 10'000;  ///< an even number, so that no block is left over
  std::uint64_t block = kBlock;                       ///< samples in a block: kBlock times a power of two
  std::vector<std::uint64_t> correct;                 ///< one a block; the last may be partial
  std::uint64_t samples = 0;
  void add(bool right);
  /// Joins blocks until there are no more than may be.
  void shorten();
  [[nodiscard]] std::uint64_t total() const;
  bool operator==(const Curve&) const = default;
};

}  // namespace phasic::runtime
