// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/fast/patches.hpp"

#include <algorithm>
#include <cstring>

#include "driver/shell/connection.hpp"
#include "sim/reference/fast/windows.hpp"

namespace phasic::reference {

Patches::Patches(const LayerContext& context, std::size_t value_bytes)
    : shape_(context.shape.shape),
      first_(context.shape.first),
      bias_(context.shape.bias),
      value_bytes_(value_bytes),
      rows_(shell::position_rows(shape_)),
      columns_(shell::position_columns(shape_)),
      place_bytes_(value_bytes * shape_.source_channels),
      line_bytes_(place_bytes_ * (shell::pooled_places(shape_.source_columns, shape_.pool) + 2 * shape_.padding)),
      places_(line_bytes_ * (shell::pooled_places(shape_.source_rows, shape_.pool) + 2 * shape_.padding)) {
  const Windows windows(context);
  const std::size_t sources = std::size_t{shape_.source_rows} * shape_.source_columns * shape_.source_channels;
  for (std::size_t source = 0; source < sources; ++source) {
    reach_.push_back(static_cast<std::uint32_t>(windows.reach(source)));
  }
}

void Patches::take(const std::uint8_t* values) {
  count(values);
  value_bytes_ == 1 ? lay_out<std::uint8_t>(values) : lay_out<std::uint16_t>(values);
}

void Patches::count(const std::uint8_t* values) {
  std::uint32_t events = 0;
  reached_ = 0;
  for (std::size_t source = 0; source < reach_.size(); ++source) {
    events += values[source] != 0 ? 1U : 0U;
    reached_ += values[source] != 0 ? reach_[source] : 0U;
  }
  events_ = events + (bias_ ? 1U : 0U);
  reached_ += bias_ ? positions() : 0U;
}

template <class Value>
void Patches::lay_out(const std::uint8_t* values) {
  const std::size_t rows = shape_.source_rows, columns = shape_.source_columns, channels = shape_.source_channels;
  std::fill(places_.begin(), places_.end(), std::byte{0});
  for (std::size_t y = 0; y < rows; ++y) {
    std::byte* const line = places_.data() + ((y >> shape_.pool) + shape_.padding) * line_bytes_;
    for (std::size_t x = 0; x < columns; ++x) {
      std::byte* const place = line + ((x >> shape_.pool) + shape_.padding) * place_bytes_;
      for (std::size_t channel = 0; channel < channels; ++channel) {
        const std::size_t source = first_ ? (channel * rows + y) * columns + x : (y * columns + x) * channels + channel;
        Value sum;
        std::memcpy(&sum, place + channel * sizeof sum, sizeof sum);
        sum = static_cast<Value>(sum + values[source]);
        std::memcpy(place + channel * sizeof sum, &sum, sizeof sum);
      }
    }
  }
}

void Patches::copy(std::size_t position, std::byte* to) const {
  const std::size_t run = shape_.kernel_columns * place_bytes_;
  const std::byte* from =
      places_.data() + position / columns_ * shape_.stride * line_bytes_ + position % columns_ * shape_.stride * place_bytes_;
  for (std::size_t ky = 0; ky < shape_.kernel_rows; ++ky, from += line_bytes_, to += run) std::memcpy(to, from, run);
  if (!bias_) return;
  to[0] = std::byte{contract::kGradedFull};
  if (value_bytes_ == 2) to[1] = std::byte{0};
}

}  // namespace phasic::reference
