// SPDX-License-Identifier: Apache-2.0
#include "runtime/api/samples.hpp"

#include <fmt/format.h>

#include "driver/layout/buffers.hpp"
#include "runtime/base/error.hpp"

namespace phasic {
namespace {

static_assert(kUnlabelled == contract::kUnlabelled);

/// What is wrong with a sample, as "field: problem", or nothing.
std::string fault_of(const runtime::Network& network, const Sample& sample, bool learn) {
  const bool takes_events = network.sample_kind == contract::SampleKind::kEvent;
  if (!sample.events.empty() && !takes_events) return "events: the network takes an intensity an input";
  if (!sample.events.empty() && !sample.intensities.empty()) return "intensities: the sample has events, too";
  const bool needs_intensities = sample.events.empty() && !takes_events;
  if ((needs_intensities || !sample.intensities.empty()) && sample.intensities.size() != network.inputs)
    return fmt::format("intensities: {} values; the network has {} inputs", sample.intensities.size(), network.inputs);
  for (const auto& event : sample.events) {
    if (event.step >= network.steps) return fmt::format("events: step {}; a sample has {}", event.step, network.steps);
    if (event.input >= network.inputs) return fmt::format("events: input {}; the network has {}", event.input, network.inputs);
  }
  if (sample.label == kUnlabelled) return learn ? "label: none; a sample that is learned needs one" : "";
  if (sample.label >= network.classes)
    return fmt::format("label: {}; the network has {} classes", sample.label, network.classes);
  return "";
}

}  // namespace

GivenSamples::GivenSamples(const runtime::Network& network, std::span<const Sample> samples, bool learn) {
  std::size_t words = 0;
  for (std::size_t n = 0; n < samples.size(); ++n) {
    const auto refuse = [n](const std::string& fault) { throw runtime::InputError("", fmt::format("sample {}", n), fault); };
    if (const auto fault = fault_of(network, samples[n], learn); !fault.empty()) refuse(fault);
    const auto& events = samples[n].events;
    for (std::size_t e = 1; e < events.size(); ++e) {
      if (layout::address_event(events[e].step, events[e].input) <=
          layout::address_event(events[e - 1].step, events[e - 1].input))
        refuse(fmt::format("events: step {}, input {} after step {}, input {}; they must ascend", events[e].step,
                           events[e].input, events[e - 1].step, events[e - 1].input));
    }
    words += events.size();
  }
  words_.reserve(words);  // samples point into it
  for (const auto& sample : samples) {
    const auto first = words_.size();
    for (const auto& event : sample.events) words_.push_back(layout::address_event(event.step, event.input));
    samples_.push_back({.intensities = sample.intensities,
                        .label = sample.label,
                        .events = std::span(words_).subspan(first),
                        .restart = sample.restart});
  }
}

}  // namespace phasic
