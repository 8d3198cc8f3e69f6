// SPDX-License-Identifier: Apache-2.0
/// The sources of a convolution that send something at a step, and the windows of its positions that they fall into.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/reference/cores.hpp"
#include "sim/reference/fast/layer.hpp"

namespace phasic::reference {

/// A source and its value, 1 of a spike.
struct Sent {
  std::uint16_t source;
  std::uint8_t value;
};

class Windows {
 public:
  explicit Windows(const LayerContext& context);

  /// What the layer was shown, step by step, the bias included.
  void take(const LayerInput& input);
  [[nodiscard]] const std::vector<Sent>& sent(std::size_t step) const { return sent_[step]; }
  /// Of all steps.
  [[nodiscard]] std::size_t count() const;

  [[nodiscard]] std::size_t positions() const { return positions_; }
  [[nodiscard]] std::size_t position(std::size_t v, std::size_t h) const { return v * position_columns_ + h; }
  /// Positions that a source reaches.
  [[nodiscard]] std::size_t reach(std::size_t source) const {
    if (source == bias_) return positions_;
    const Place place = places_[source];
    return std::size_t{rows_.count(place.y)} * columns_.count(place.x);
  }
  /// Calls `visit(row, position)` for each position that a source reaches.
  template <class Visit>
  void for_reached(std::size_t source, Visit visit) const {
    if (source == bias_) {
      for (std::size_t position = 0; position < positions_; ++position) visit(bias_row_, position);
      return;
    }
    const Place place = places_[source];
    for (std::uint32_t v = rows_.first[place.y]; v < rows_.end[place.y]; ++v) {
      const std::size_t ky = rows_.offset(place.y, v);
      for (std::uint32_t h = columns_.first[place.x]; h < columns_.end[place.x]; ++h) {
        visit((ky * kernel_columns_ + columns_.offset(place.x, h)) * channels_ + place.channel, v * position_columns_ + h);
      }
    }
  }

 private:
  /// Along one side: the positions that a place reaches.
  struct Side {
    Side(std::uint32_t places, std::uint32_t kernel, std::uint32_t positions, const Shape& shape);
    [[nodiscard]] std::uint32_t count(std::uint32_t place) const { return end[place] - first[place]; }
    [[nodiscard]] std::uint32_t offset(std::uint32_t place, std::uint32_t position) const {
      return (place >> pool) + padding - position * stride;
    }
    std::uint32_t pool, padding, stride;
    std::vector<std::uint32_t> first, end;
  };
  struct Place {
    std::uint16_t y, x, channel;
  };

  const LayerContext& context_;
  std::size_t sources_;  ///< without the bias
  std::size_t bias_;     ///< source number; SIZE_MAX without one
  std::size_t bias_row_;
  std::size_t kernel_columns_, channels_, position_columns_, positions_;
  Side rows_, columns_;
  std::vector<Place> places_;
  std::vector<std::vector<Sent>> sent_;
};

}  // namespace phasic::reference
