// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/split.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "driver/layout/random.hpp"

namespace phasic::runtime {

std::vector<std::uint32_t> mixed_order(std::size_t count, std::uint64_t seed, Mixing use) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  const auto key = layout::sample_key(layout::purpose_key(seed, static_cast<std::uint32_t>(layout::HostPurpose::kMixing), 0),
                                      static_cast<std::uint32_t>(use));
  for (std::uint64_t n = count; n > 1; --n) {
    const auto [x, y] = layout::permute(key, static_cast<std::uint16_t>(n >> 16), static_cast<std::uint16_t>(n));
    const auto other = (((std::uint64_t{x} << 16) | y) * n) >> 32;
    std::swap(order[n - 1], order[other]);
  }
  return order;
}

std::vector<bool> drawn_for_test(std::size_t count, double share, std::uint64_t seed) {
  std::vector<bool> drawn(count, false);
  const auto order = mixed_order(count, seed, Mixing::kSplit);
  const auto wanted = static_cast<std::size_t>(std::floor(static_cast<double>(count) * share + 0.5));
  for (std::size_t n = 0; n < wanted; ++n) drawn[order[n]] = true;
  return drawn;
}

std::pair<Dataset, Dataset> split_validation(const Dataset& data, std::size_t count, std::uint64_t seed) {
  const auto order = mixed_order(data.size(), seed, Mixing::kValidation);
  std::vector<bool> drawn(data.size(), false);
  for (std::size_t n = 0; n < count; ++n) drawn[order[n]] = true;
  std::vector<std::uint32_t> kept, apart;
  for (std::uint32_t n = 0; n < data.size(); ++n) (drawn[n] ? apart : kept).push_back(n);
  return {pick(data, kept, data.name),
          pick(data, apart, fmt::format("{}, {} samples drawn with seed {}", data.name, count, seed))};
}

}  // namespace phasic::runtime
