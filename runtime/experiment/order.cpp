// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/order.hpp"

#include "runtime/data/split.hpp"

namespace phasic::runtime {
namespace {

/// A seed for each use, so that no two orders are alike.
std::uint64_t seed_of(std::uint64_t seed, std::uint64_t use) { return seed + (use + 1) * 0x9e3779b97f4a7c15u; }

void append_mixed(const std::vector<std::uint32_t>& from, std::uint64_t seed, std::vector<std::uint32_t>& to) {
  for (const std::uint32_t place : mixed_order(from.size(), seed, Mixing::kOrder)) to.push_back(from[place]);
}

}  // namespace

PresentationOrder classification_order(const Dataset& data, std::uint32_t passes, std::uint64_t seed, bool fixed) {
  PresentationOrder order;
  for (std::uint32_t pass = 0; pass < passes; ++pass) {
    const auto mixed = mixed_order(data.size(), seed_of(seed, fixed ? 0 : pass), Mixing::kOrder);
    order.indices.insert(order.indices.end(), mixed.begin(), mixed.end());
    order.stretches.push_back({order.indices.size(), pass});
  }
  return order;
}

PresentationOrder class_continual_order(const Dataset& data, std::uint32_t classes, std::uint32_t passes, std::uint64_t seed) {
  std::vector<std::vector<std::uint32_t>> of_class(classes);
  for (std::size_t n = 0; n < data.size(); ++n) of_class.at(data.labels[n]).push_back(static_cast<std::uint32_t>(n));
  PresentationOrder order;
  for (const std::uint32_t shown : mixed_order(classes, seed, Mixing::kOrder)) {
    if (of_class[shown].empty()) continue;
    for (std::uint32_t pass = 0; pass < passes; ++pass) {
      append_mixed(of_class[shown], seed_of(seed, std::uint64_t{shown} * passes + pass), order.indices);
    }
    order.stretches.push_back({order.indices.size(), shown});
  }
  return order;
}

}  // namespace phasic::runtime
