// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/fast/scatter.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace phasic::reference {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::int32_t>::max();

constexpr std::size_t padded_to(std::size_t count, std::size_t multiple) {
  return (count + multiple - 1) / multiple * multiple;
}

}  // namespace

// Rows are an odd number of cache lines apart, so that a column does not fall on few sets of a cache.
Scatter::Scatter(std::size_t sources, const FastKernels& kernels)
    : kernels_(kernels),
      sources_(sources),
      length_(padded_to(sources, kScatterValues)),
      stride_(length_ / kScatterValues % 2 == 0 ? length_ + kScatterValues : length_),
      bytes_(sources * stride_ * sizeof(std::int32_t)),
      differences_(kSamples / 2 * length_),
      rows_(sources) {}

void Scatter::set(const std::byte* rows, std::size_t row_bytes) {
  std::memset(bytes_.data(), 0, bytes_.size());
  for (std::size_t row = 0; row < sources_; ++row) {
    std::memcpy(values() + row * stride_, rows + row * row_bytes, sources_ * sizeof(std::int32_t));
  }
  largest_ = kernels_.largest_magnitude(values(), sources_ * stride_);
  waiting_ = 0;
}

void Scatter::get(std::byte* rows, std::size_t row_bytes) const {
  catch_up();
  for (std::size_t row = 0; row < sources_; ++row) {
    std::memcpy(rows + row * row_bytes, bytes_.data() + row * stride_ * sizeof(std::int32_t), sources_ * sizeof(std::int32_t));
  }
}

ScatterJob Scatter::job(std::size_t samples) const {
  const std::size_t pairs = (samples + 1) / 2;
  std::size_t count = 0;
  for (std::size_t row = 0; row < sources_; ++row) {
    std::int32_t any = 0;
    for (std::size_t pair = 0; pair < pairs; ++pair) any |= differences_[pair * length_ + row];
    rows_[count] = static_cast<std::uint16_t>(row);
    count += any != 0 ? 1 : 0;
  }
  return {.scatter = values(),
          .stride = stride_,
          .length = length_,
          .rows = rows_.data(),
          .row_count = count,
          .differences = differences_.data(),
          .pairs = pairs,
          .saturations = 0};
}

void Scatter::catch_up() const {
  if (waiting_ == 0) return;
  ScatterJob all = job(waiting_);
  kernels_.scatter(all);
  waiting_ = 0;
}

std::uint64_t Scatter::add(std::span<const std::int16_t> differences) {
  std::uint64_t most = 0;
  for (const std::int16_t difference : differences)
    most = std::max<std::uint64_t>(most, static_cast<std::uint64_t>(std::abs(difference)));
  if (largest_ + most * most > kMost) {
    catch_up();
    largest_ = kernels_.largest_magnitude(values(), sources_ * stride_);
  }
  const bool limited = largest_ + most * most > kMost;
  std::int32_t* const pair = differences_.data() + waiting_ / 2 * length_;
  const bool second = waiting_ % 2 != 0;
  for (std::size_t i = 0; i < sources_; ++i) {
    const auto bits = static_cast<std::uint32_t>(static_cast<std::uint16_t>(differences[i]));
    pair[i] = static_cast<std::int32_t>(second ? static_cast<std::uint32_t>(pair[i]) | bits << 16 : bits);
  }
  if (!limited) {
    largest_ += most * most;
    if (++waiting_ == kSamples) catch_up();
    return 0;
  }
  ScatterJob alone = job(1);
  kernels_.limited_scatter(alone);
  largest_ = kMost + 1;
  return alone.saturations;
}

}  // namespace phasic::reference
