// SPDX-License-Identifier: Apache-2.0
/// Samples for encoders, and the events that they have to become.
#pragma once

#include <deque>
#include <random>
#include <set>
#include <vector>

#include "sim/reference/random.hpp"
#include "tests/rtl/core/event_kinds.hpp"

namespace phasic::testing {

/// Entries of a sample, those of its gate among them.
constexpr std::size_t kMostShown = 64;

struct ShownEvent {
  std::size_t sample;
  unsigned kind, index, value;
};

struct ShownSample {
  std::uint32_t number;
  std::vector<std::uint32_t> entries;
  std::size_t open = 0;  // of them
};

/// A number of entries for the payload, after what the gate takes.
inline std::size_t payload(const ShownSample& sample, std::mt19937_64& random) {
  const std::size_t room = kMostShown - sample.entries.size();
  return room == 0 || random() % 4 == 0 ? room : 1 + random() % room;
}

inline void make_gate(ShownSample& sample, std::size_t n, std::mt19937_64& random, std::deque<ShownEvent>& expected) {
  std::set<std::uint32_t> neurons;
  for (std::size_t k = random() % 8 == 0 ? kMostShown : random() % 20; k > 0; --k) {
    neurons.insert(static_cast<std::uint32_t>(random() % 32768));
  }
  sample.entries.assign(neurons.begin(), neurons.end());
  sample.open = neurons.size();
  for (const std::uint32_t neuron : neurons) expected.push_back({n, kOpen, neuron, 0});
}

inline void make_values(ShownSample& sample, std::size_t n, std::mt19937_64& random, std::deque<ShownEvent>& expected) {
  const std::size_t inputs = payload(sample, random);
  for (unsigned i = 0; i < inputs; ++i) {
    const auto value = static_cast<unsigned>(random() % 4 == 0 ? 255 * (random() % 2) : random() % 256);
    sample.entries.push_back(value << 24 | i);
    if (value != 0) expected.push_back({n, kSpike, i, value});
  }
  expected.push_back({n, kSampleEnd, 0, 0});
}

inline void make_intensities(ShownSample& sample, std::size_t n, unsigned steps, std::uint64_t seed, std::mt19937_64& random,
                             std::deque<ShownEvent>& expected) {
  const std::size_t inputs = payload(sample, random);
  std::vector<std::uint8_t> intensities(inputs);
  for (std::size_t i = 0; i < inputs; ++i) {
    intensities[i] = static_cast<std::uint8_t>(random() % 4 == 0 ? 255 * (random() % 2) : random());
    sample.entries.push_back(std::uint32_t{intensities[i]} << 24 | static_cast<std::uint32_t>(i));
  }
  const auto key = reference::sample_key(reference::purpose_key(seed, contract::Purpose::kEncoding, 0), sample.number);
  for (unsigned step = 0; step < steps; ++step) {
    for (unsigned i = 0; i < inputs; ++i) {
      if (intensities[i] > reference::encoding_byte(key, step, i)) expected.push_back({n, kSpike, i, 1});
    }
    expected.push_back({n, step + 1 == steps ? kSampleEnd : kStepEnd, 0, 0});
  }
}

inline void make_events(ShownSample& sample, std::size_t n, unsigned steps, std::mt19937_64& random,
                        std::deque<ShownEvent>& expected) {
  // As the contract packs them: the order of the words is that of (step, input). Some steps stay empty.
  std::set<std::uint32_t> words;
  for (std::size_t k = random() % 8 == 0 ? 0 : payload(sample, random); k > 0; --k) {
    words.insert(static_cast<std::uint32_t>(random() % steps) << 16 | static_cast<std::uint32_t>(random() % 65535));
  }
  sample.entries.insert(sample.entries.end(), words.begin(), words.end());
  for (unsigned step = 0; step < steps; ++step) {
    for (const std::uint32_t word : words) {
      if (word >> 16 == step) expected.push_back({n, kSpike, word & 0xffff, 1});
    }
    expected.push_back({n, step + 1 == steps ? kSampleEnd : kStepEnd, 0, 0});
  }
  // The sampler refuses events after the last step. If one comes it is not shown, in the next sample neither.
  if (steps < 32 && sample.entries.size() < kMostShown && random() % 4 == 0)
    sample.entries.push_back(steps << 16 | static_cast<std::uint32_t>(random() % 65535));
}
/// Random samples of a kind; their events in order are added to `expected`.
inline std::vector<ShownSample> make_samples(std::size_t count, contract::SampleKind kind, bool gates, unsigned steps,
                                             std::uint64_t seed, std::mt19937_64& random, std::deque<ShownEvent>& expected) {
  std::vector<ShownSample> samples(count);
  for (std::size_t n = 0; n < samples.size(); ++n) {
    samples[n].number = static_cast<std::uint32_t>(random());
    if (gates && random() % 4 != 0) make_gate(samples[n], n, random, expected);
    switch (kind) {
      case contract::SampleKind::kEvent:
        make_events(samples[n], n, steps, random, expected);
        break;
      case contract::SampleKind::kGraded:
        make_values(samples[n], n, random, expected);
        break;
      default:
        make_intensities(samples[n], n, steps, seed, random, expected);
    }
  }
  return samples;
}

}  // namespace phasic::testing
