// SPDX-License-Identifier: Apache-2.0
/// The counter-based random numbers of docs/specification.md, section 3, for what the host draws with them.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

namespace phasic::layout {

/// Purposes of random numbers that the host draws; those of the kernel are below 16.
enum class HostPurpose : std::uint32_t {
  kLevels = 16,   ///< NI of the level tables
  kWeights = 17,  ///< initial weights
  kOrder = 18,    ///< shuffled order of the samples
  kMixing = 24,   ///< order of a data set's samples or words, and what is drawn from them for testing or validation
  kCopies = 25,   ///< how copies of images are moved
};

/// Four words of 16 bits.
using Key = std::array<std::uint16_t, 4>;

/// Two words (x, y) from two, eight rounds, keyed.
[[nodiscard]] std::pair<std::uint16_t, std::uint16_t> permute(const Key& key, std::uint16_t x, std::uint16_t y);

/// The key of a purpose and layer (layer 0 to 255).
[[nodiscard]] Key purpose_key(std::uint64_t seed, std::uint32_t purpose, std::uint32_t layer);

/// The key of a sample of the stream.
[[nodiscard]] Key sample_key(const Key& purpose, std::uint32_t sample);

}  // namespace phasic::layout
