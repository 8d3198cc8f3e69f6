// SPDX-License-Identifier: Apache-2.0
/// What the positions of a convolution see of a graded sample: for each row of weights the sum of the sources that it meets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/reference/fast/layer.hpp"

namespace phasic::reference {

class Patches {
 public:
  /// `value_bytes` is 1 or 2; 2 if places are pooled.
  Patches(const LayerContext& context, std::size_t value_bytes);

  /// `values` are those of the sources, without the bias.
  void take(const std::uint8_t* values);
  /// Sources that sent something with the last sample, the bias included, and the positions that they reach.
  [[nodiscard]] std::uint64_t events() const { return events_; }
  [[nodiscard]] std::uint64_t reached() const { return reached_; }

  [[nodiscard]] std::size_t positions() const { return rows_ * columns_; }
  [[nodiscard]] std::size_t rows() const { return rows_; }  ///< of positions
  [[nodiscard]] std::size_t columns() const { return columns_; }
  /// The values of a position, one for each row of weights, the bias last, into `to`.
  void copy(std::size_t position, std::byte* to) const;

 private:
  void count(const std::uint8_t* values);
  template <class Value>
  void lay_out(const std::uint8_t* values);

  Shape shape_;
  bool first_, bias_;
  std::size_t value_bytes_;
  std::size_t rows_, columns_;            ///< of positions
  std::size_t place_bytes_, line_bytes_;  ///< of a place and of a row of places, pooled and padded
  std::vector<std::byte> places_;         ///< pooled, with their padding: [row][column][channel]
  std::vector<std::uint32_t> reach_;      ///< positions that a source reaches
  std::uint64_t events_ = 0, reached_ = 0;
};

}  // namespace phasic::reference
