// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/stream.hpp"

#include <numeric>
#include <utility>

#include "driver/layout/random.hpp"

namespace phasic::runtime {

Sample sample_of(const Dataset& data, std::size_t n) { return {data.image(n), data.labels[n], data.events_of(n)}; }

std::string_view name(Order order) { return order == Order::kFile ? "file" : "shuffled"; }

std::size_t SampleStream::index(std::uint64_t position) {
  const auto count = data_->size();
  if (order_ == Order::kFile) return position % count;
  if (const auto epoch = position / count; epoch_ != epoch) {
    shuffled_.resize(count);
    std::iota(shuffled_.begin(), shuffled_.end(), 0u);
    const auto key = layout::sample_key(layout::purpose_key(seed_, static_cast<std::uint32_t>(layout::HostPurpose::kOrder), 0),
                                        static_cast<std::uint32_t>(epoch));
    for (std::uint64_t n = count; n > 1; --n) {
      const auto [x, y] = layout::permute(key, static_cast<std::uint16_t>(n >> 16), static_cast<std::uint16_t>(n));
      const auto other = (((std::uint64_t{x} << 16) | y) * n) >> 32;
      std::swap(shuffled_[n - 1], shuffled_[other]);
    }
    epoch_ = epoch;
  }
  return shuffled_[position % count];
}

Sample SampleStream::at(std::uint64_t position) { return sample_of(*data_, index(position)); }

void Curve::add(bool right) {
  if (samples % block == 0) {
    correct.push_back(0);
    shorten();
  }
  correct.back() += right ? 1 : 0;
  ++samples;
}

void Curve::shorten() {
  while (correct.size() > kMostBlocks) {
    const auto joined = (correct.size() + 1) / 2;
    for (std::size_t n = 0; n < joined; ++n)
      correct[n] = correct[2 * n] + (2 * n + 1 < correct.size() ? correct[2 * n + 1] : 0);
    correct.resize(joined);
    block *= 2;
  }
}

std::uint64_t Curve::total() const { return std::accumulate(correct.begin(), correct.end(), std::uint64_t{0}); }

}  // namespace phasic::runtime
