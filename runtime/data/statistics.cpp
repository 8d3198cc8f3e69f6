// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/statistics.hpp"

#include <map>
#include <string_view>
#include <utility>

namespace phasic::runtime {
namespace {

/// What two samples that are equal have alike: intensities or words, and the sizes of chunks.
using Content = std::pair<std::string_view, std::string_view>;

Content content_of(const Dataset& data, std::size_t n) {
  const auto bytes = [](auto values) {
    return std::string_view(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  };
  return {data.has_events() ? bytes(data.events_of(n)) : bytes(data.image(n)), bytes(data.chunks_of(n))};
}

}  // namespace

std::vector<std::size_t> class_counts(const Dataset& data, std::size_t classes) {
  std::vector<std::size_t> counts(classes);
  for (const auto label : data.labels) ++counts.at(label);
  return counts;
}

Repeats count_repeats(const Dataset& training, const Dataset& test) {
  Repeats repeats;
  std::map<Content, std::uint8_t> first;
  for (std::size_t n = 0; n < training.size(); ++n) {
    if (!first.emplace(content_of(training, n), training.labels[n]).second) ++repeats.within_training;
  }
  for (std::size_t n = 0; n < test.size(); ++n) {
    const auto same = first.find(content_of(test, n));
    if (same == first.end()) continue;
    ++repeats.test_in_training;
    if (same->second != test.labels[n]) ++repeats.contradictory;
  }
  return repeats;
}

}  // namespace phasic::runtime
