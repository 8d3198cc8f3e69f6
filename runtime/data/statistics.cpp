// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/statistics.hpp"

#include <string_view>
#include <unordered_map>

namespace phasic::runtime {
namespace {

std::string_view bytes_of(const Dataset& data, std::size_t n) {
  if (data.has_events()) {
    const auto events = data.events_of(n);
    return {reinterpret_cast<const char*>(events.data()), events.size_bytes()};
  }
  const auto image = data.image(n);
  return {reinterpret_cast<const char*>(image.data()), image.size()};
}

}  // namespace

std::vector<std::size_t> class_counts(const Dataset& data, std::size_t classes) {
  std::vector<std::size_t> counts(classes);
  for (const auto label : data.labels) ++counts.at(label);
  return counts;
}

Repeats count_repeats(const Dataset& training, const Dataset& test) {
  Repeats repeats;
  std::unordered_map<std::string_view, std::uint8_t> first;
  for (std::size_t n = 0; n < training.size(); ++n) {
    if (!first.emplace(bytes_of(training, n), training.labels[n]).second) ++repeats.within_training;
  }
  for (std::size_t n = 0; n < test.size(); ++n) {
    const auto same = first.find(bytes_of(test, n));
    if (same == first.end()) continue;
    ++repeats.test_in_training;
    if (same->second != test.labels[n]) ++repeats.contradictory;
  }
  return repeats;
}

}  // namespace phasic::runtime
