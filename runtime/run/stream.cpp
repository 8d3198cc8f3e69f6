// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/stream.hpp"

#include <numeric>
#include <utility>

#include "driver/layout/random.hpp"

namespace phasic::runtime {

Sample sample_of(const Dataset& data, std::size_t n) {
  if (!data.has_chunks()) return {data.image(n), data.labels[n], data.events_of(n)};
  const auto counts = data.chunks_of(n);
  return {{}, data.labels[n], data.events_of(n).first(counts[0]), true, counts.size() > 1};
}

void append_samples(const Dataset& data, std::size_t n, std::vector<Sample>& to) {
  to.push_back(sample_of(data, n));
  const auto words = data.events_of(n);
  const auto counts = data.chunks_of(n);
  std::size_t begin = to.back().events.size();
  for (std::size_t chunk = 1; chunk < counts.size(); ++chunk) {
    to.push_back({{}, data.labels[n], words.subspan(begin, counts[chunk]), false, chunk + 1 < counts.size()});
    begin += counts[chunk];
  }
}

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

std::uint64_t SampleStream::kernel_samples_before(std::uint64_t position) {
  if (!data_->has_chunks()) return position;
  const auto epoch = position / data_->size();
  std::uint64_t sum = epoch * data_->chunk_words.size();
  for (auto before = epoch * data_->size(); before < position; ++before) sum += data_->kernel_samples(index(before));
  return sum;
}

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
