// SPDX-License-Identifier: Apache-2.0
/// A network learns to tell two patterns apart, on the engine that is named (by default a model of the chip):
///   first_network [reference | rtl64 | ...]
#include <cstdint>
#include <cstdio>
#include <phasic/phasic.hpp>
#include <vector>

namespace {

constexpr const char* kNetwork = R"({
  "phasic_network": 1, "name": "two patterns", "inputs": 16, "classes": 2, "steps": 8, "samples": "intensity",
  "layers": [
    {"neurons": 12, "threshold": 0.5, "window": 0.5, "leak": 0.2, "rule": "naca", "learning_rate": 1e-3, "initial_amplitude": 0.3},
    {"neurons": 2, "threshold": 0.5, "window": 0.5, "leak": 0.2, "rule": "error", "learning_rate": 5e-3, "initial_amplitude": 0.1}
  ]
})";

int run(const char* engine) {
  phasic::Session session(phasic::Network::from_json(kNetwork), {.engine = engine});
  std::printf("%s on %s\n", session.network().architecture().c_str(), session.describe().c_str());

  // One pattern is bright in its first half, the other in its second one.
  std::vector<std::vector<std::uint8_t>> patterns(2, std::vector<std::uint8_t>(16));
  for (std::size_t input = 0; input < 16; ++input) patterns[input / 8][input] = 200;
  std::vector<phasic::Sample> samples;
  for (std::uint32_t n = 0; n < 400; ++n) samples.push_back({.intensities = patterns[n % 2], .label = n % 2});

  const auto learned = session.learn(samples);
  const auto tested = session.run(samples);
  std::printf("right before learning: %zu of %zu; afterwards: %zu of %zu\n", learned.correct(), learned.size(),
              tested.correct(), tested.size());
  std::printf("spikes of the hidden layer: %llu; synaptic operations: %llu\n",
              static_cast<unsigned long long>(tested.counters.of_layer(0, "spikes")),
              static_cast<unsigned long long>(tested.counters.of_layer(0, "synaptic_operations")));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc > 1 ? argv[1] : "reference");
  } catch (const phasic::Error& error) {
    std::fprintf(stderr, "first_network: %s\n", error.what());
    return 1;
  }
}
