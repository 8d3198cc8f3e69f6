// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/reference/fast/aligned_bytes.hpp"
#include "sim/reference/kernels/fast_kernels.hpp"

namespace phasic::reference {

/// The scatter G of a discriminant. What some samples add to it is kept until there are enough of them, as long as no limit can
/// come in between: then sums have no order, and G is read and written once for all of them.
class Scatter {
 public:
  Scatter(std::size_t sources, const FastKernels& kernels);

  /// Rows of G, `row_bytes` apart.
  void set(const std::byte* rows, std::size_t row_bytes);
  void get(std::byte* rows, std::size_t row_bytes) const;

  /// Adds the products of all pairs of `differences`, one a source, from -256 to 255. Returns how many values the limit
  /// changed.
  std::uint64_t add(std::span<const std::int16_t> differences);

 private:
  static constexpr std::size_t kSamples = 32;

  [[nodiscard]] std::int32_t* values() const { return reinterpret_cast<std::int32_t*>(bytes_.data()); }
  [[nodiscard]] ScatterJob job(std::size_t samples) const;
  /// Adds what is waiting, which belongs to G already.
  void catch_up() const;

  const FastKernels& kernels_;
  std::size_t sources_;
  std::size_t length_;  ///< sources, padded to kScatterValues
  std::size_t stride_;  ///< from one row to the next
  mutable AlignedBytes bytes_;
  std::uint64_t largest_ = 0;                ///< no magnitude of G is greater, nor will be with what is waiting
  mutable std::size_t waiting_ = 0;          ///< samples
  std::vector<std::int32_t> differences_;    ///< [pair of samples][source]: the first one's in the lower half
  mutable std::vector<std::uint16_t> rows_;  ///< those in which a difference is not 0
};

}  // namespace phasic::reference
