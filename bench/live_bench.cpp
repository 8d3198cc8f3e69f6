// SPDX-License-Identifier: Apache-2.0
// Events a second through a live stream: records, queue, windows, and decisions of the reference on one core, while another
// thread reads the records. A camera of 34 x 34, a million events a second of its time, 10 ms a window, 2312-200-10.
#include <benchmark/benchmark.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>
#include <vector>

#include "runtime/live/decider.hpp"
#include "runtime/live/queue.hpp"
#include "runtime/live/windows.hpp"
#include "runtime/run/devices.hpp"

namespace {

using namespace phasic;
using namespace phasic::runtime;

constexpr SensorSize kSize{34, 34};
constexpr std::uint32_t kEvents = 1'000'000, kMicroseconds = 1'000'000, kClasses = 10, kWindow = 10'000;

Network network() {
  const nlohmann::json layer = {{"neurons", 200}, {"threshold", 0.5},      {"window", 0.5},           {"leak", 0.2},
                                {"rule", "naca"}, {"learning_rate", 2e-3}, {"initial_amplitude", 0.1}};
  auto last = layer;
  last["neurons"] = kClasses;
  last["rule"] = "error";
  return parse_network({{"phasic_network", 1},
                        {"name", "live"},
                        {"inputs", 2 * kSize.rows * kSize.columns},
                        {"classes", kClasses},
                        {"steps", 10},
                        {"seed", 1},
                        {"samples", "event"},
                        {"layers", {layer, last}}},
                       "live");
}

/// The bytes of a stream, with a label for each window or none.
std::vector<std::uint8_t> stream(bool labels) {
  std::mt19937 random(1);
  std::vector<std::uint8_t> bytes;
  const auto add = [&](std::uint32_t time, std::uint32_t word) {
    const std::uint32_t words[] = {time, word};
    const auto at = bytes.size();
    bytes.resize(at + sizeof words);
    std::memcpy(&bytes[at], words, sizeof words);
  };
  for (std::uint32_t n = 0; n < kEvents; ++n) {
    const auto time = static_cast<std::uint32_t>(std::uint64_t{n} * kMicroseconds / kEvents);
    if (labels && time % kWindow == 0) add(time, 1u << 29 | (time / kWindow % kClasses));
    add(time, static_cast<std::uint32_t>(random() % 2) << 28 | static_cast<std::uint32_t>(random() % kSize.rows) << 14 |
                  static_cast<std::uint32_t>(random() % kSize.columns));
  }
  return bytes;
}

void live_stream(benchmark::State& state, bool labels) {
  const auto bytes = stream(labels);
  const auto fixed = make_fixed(network());
  const auto devices = open_devices({});
  auto& device = devices.front();
  std::uint64_t used = 0, windows = 0;
  for ([[maybe_unused]] auto _ : state) {
    LiveQueue queue(kEvents, WhenFull::kWait);
    std::thread receiving([&] {
      constexpr std::size_t kPart = 1 << 16;
      RecordReader reader(kSize, kClasses, "stream");
      for (std::size_t at = 0; at < bytes.size(); at += kPart) {
        std::vector<LiveRecord> records;
        reader.read(std::span(bytes).subspan(at, std::min(kPart, bytes.size() - at)), records);
        queue.push(std::move(records));
      }
      queue.close();
    });
    Windows cut({.size = kSize, .steps = 10, .step = kWindow / 10, .most_words = device->limits().max_events});
    Decider decider(fixed, launch_on(*device, fixed), initial_weights(fixed.network, fixed.layout));
    const auto told = [&](const LiveWindow& window) {
      benchmark::DoNotOptimize(decider.decide(window));
      used += window.events;
      ++windows;
    };
    std::vector<LiveRecord> batch;
    while (queue.pop(batch)) cut.add(batch, "stream", told);
    cut.finish(told);
    receiving.join();
  }
  state.counters["events/s"] = benchmark::Counter(static_cast<double>(used), benchmark::Counter::kIsRate);
  state.counters["windows/s"] = benchmark::Counter(static_cast<double>(windows), benchmark::Counter::kIsRate);
}

BENCHMARK_CAPTURE(live_stream, decide, false)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(live_stream, learn, true)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
