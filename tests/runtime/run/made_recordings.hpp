// SPDX-License-Identifier: Apache-2.0
/// Recordings in chunks that tests make up.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "driver/device.hpp"
#include "runtime/data/dataset.hpp"
#include "runtime/data/recording.hpp"

namespace phasic::test {

inline constexpr std::uint32_t kChunkSteps = 32;
inline constexpr std::int64_t kStepMicroseconds = 1000;

/// A camera of 2 x 3 pixels over so many milliseconds, the first event at the beginning of the first one and the last event in
/// the last one. No two pixels, polarities or halves of the time are alike: pixel k answers with a probability that grows with
/// k to darkness at the beginning and to brightness at the end.
inline runtime::Recording make_recording(std::uint32_t milliseconds, std::uint32_t seed) {
  std::mt19937 random(seed);
  constexpr std::int64_t kBegin = 7'654'321;
  runtime::Recording recording{2, 3, {{kBegin, 0, 0, true}}};
  for (std::uint32_t step = 0; step < milliseconds; ++step) {
    for (std::uint16_t pixel = 0; pixel < 6; ++pixel) {
      const auto time = kBegin + step * kStepMicroseconds + static_cast<std::int64_t>(random() % 1000);
      const bool on = random() % milliseconds < step;
      if (random() % 16 <= pixel) recording.events.push_back({time, std::uint16_t(pixel % 3), std::uint16_t(pixel / 3), on});
    }
  }
  recording.events.push_back({kBegin + milliseconds * kStepMicroseconds - 1, 2, 1, false});
  return recording;
}

/// Recording k has class k modulo 3.
inline runtime::Dataset make_chunked(const std::vector<std::uint32_t>& milliseconds, std::uint32_t seed = 5) {
  runtime::Dataset data;
  data.name = "made";
  data.images_file = data.labels_file = "made";
  data.channels = 2;
  data.rows = 2;
  data.columns = 3;
  data.steps = kChunkSteps;
  data.step_microseconds = kStepMicroseconds;
  data.event_starts = data.chunk_starts = {0};
  for (const auto duration : milliseconds) {
    const auto chunks = runtime::chunk_events(make_recording(duration, seed + static_cast<std::uint32_t>(data.labels.size())),
                                              {kChunkSteps, 0, 1, kStepMicroseconds}, "made");
    data.labels.push_back(static_cast<std::uint8_t>(data.labels.size() % 3));
    data.events.insert(data.events.end(), chunks.words.begin(), chunks.words.end());
    data.event_starts.push_back(data.events.size());
    data.chunk_words.insert(data.chunk_words.end(), chunks.counts.begin(), chunks.counts.end());
    data.chunk_starts.push_back(data.chunk_words.size());
  }
  data.checksum = runtime::checksum_of(data);
  return data;
}

/// The reference with weights of 16 bits.
inline std::unique_ptr<driver::Device> open_wide() {
  return driver::open_local("reference", R"({"limits": {"weight_width": 16}})");
}

/// For these recordings, with weights of 16 bits: two layers that leak, unlike each other in everything, 6 and 3 neurons. They
/// learn unless `frozen`.
inline nlohmann::json recordings_network(bool frozen) {
  nlohmann::json hidden = {
      {"neurons", 6},     {"threshold", {{"raw", 8000}}},       {"window", {{"raw", 2000}}},           {"leak", 0.8},
      {"input_shift", 2}, {"rule", frozen ? "frozen" : "naca"}, {"initial_amplitude", {{"raw", 8000}}}};
  nlohmann::json last = {
      {"neurons", 3},        {"threshold", {{"raw", 9000}}},        {"window", {{"raw", 4000}}},           {"fine_leak", 0.97},
      {"reset", "subtract"}, {"rule", frozen ? "frozen" : "error"}, {"initial_amplitude", {{"raw", 9000}}}};
  if (!frozen) {
    hidden["learning_rate"] = {{"raw", 900}, {"factor_shift", 2}};
    last["learning_rate"] = {{"raw", 700}, {"factor_shift", 1}};
  }
  return {{"phasic_network", 1}, {"name", "recordings"}, {"inputs", 12},       {"classes", 3}, {"steps", kChunkSteps},
          {"seed", 11},          {"weight_width", 16},   {"samples", "event"}, {"keep", true}, {"layers", {hidden, last}}};
}

/// The same neurons with synaptic currents that last: weaker weights for the first layer, as a spike is felt for longer.
inline nlohmann::json with_currents(nlohmann::json network) {
  network["layers"][0]["synaptic_leak"] = 0.7;
  network["layers"][0]["initial_amplitude"] = {{"raw", 3000}};
  if (network["layers"].size() > 1) network["layers"][1]["synaptic_leak"] = {{"raw", 50001}};
  return network;
}

}  // namespace phasic::test
