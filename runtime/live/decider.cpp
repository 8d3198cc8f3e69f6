// SPDX-License-Identifier: Apache-2.0
#include "runtime/live/decider.hpp"

#include <cstring>

#include "runtime/run/readout.hpp"

namespace phasic::runtime {

Decider::Decider(const Fixed& fixed, Launcher launcher, std::vector<std::byte> weights, std::uint64_t learned, Curve curve)
    : fixed_(fixed),
      launcher_(std::move(launcher)),
      weights_(std::move(weights)),
      learned_(learned),
      curve_(std::move(curve)) {}

std::uint64_t Decider::moved_weights(const std::vector<std::byte>& before) const {
  const auto& network = fixed_.network;
  const std::size_t bytes = network.weight_width / 8;
  std::uint64_t moved = 0;
  for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
    if (!network.layers[layer].learns()) continue;
    const auto connection = network.connection(layer);
    const auto& place = fixed_.layout.layers[layer];
    for (std::uint32_t row = 0; row < connection.weight_rows(); ++row) {
      const auto at = place.weights_offset + row * place.row_bytes;
      const auto size = bytes * connection.row_width();
      if (std::memcmp(&before[at], &weights_[at], size) == 0) continue;
      for (std::size_t k = 0; k < size; k += bytes)
        moved += std::memcmp(&before[at + k], &weights_[at + k], bytes) != 0 ? 1 : 0;
    }
  }
  return moved;
}

Decision Decider::decide(const LiveWindow& window) {
  const auto& network = fixed_.network;
  const bool learn = window.label != kNoLabel;
  if (learn) {
    make_readout_where_due(fixed_, learned_, weights_);
    answers_current_ = false;
  } else if (!answers_current_) {
    if (has_readout(network)) make_readout(fixed_, weights_);
    answers_current_ = true;
  }
  Sample sample;
  if (learn) sample.label = window.label;
  sample.events = window.words;
  sample.restart = network.keep && windows_ == 0;
  const auto number = learn ? static_cast<std::uint32_t>(learned_) : kFirstTestSample + static_cast<std::uint32_t>(windows_);
  auto result = launcher_(weights_, std::span(&sample, 1),
                          {.learn = learn, .stream_sample = learn ? learned_ : 0, .first_sample = number});
  ++windows_;
  const auto& record = result.records.front();
  Decision decision;
  decision.neuron = record.prediction;
  decision.given = network.class_of(record.prediction);
  decision.spikes = record.spikes;
  decision.scores = std::move(result.scores);
  decision.learned = learn;
  if (const auto cycles = result.counters.header.run_cycles; cycles > 0) decision.cycles = cycles;
  if (learn || network.keep) std::swap(weights_, result.weights);
  if (learn) {
    decision.moved = moved_weights(result.weights);
    ++learned_;
    curve_.add(decision.given == window.label);
  }
  return decision;
}

}  // namespace phasic::runtime
