// SPDX-License-Identifier: Apache-2.0
/// Cycles of ODIN for a batch of spikes, each of which goes through a row of 256 synapses, with SDSP learning and without.
/// Prints a line of JSON for each run. Potentials and weights are read back through the serial port and compared with what the
/// documentation says they are.
#include <VODIN.h>
#include <VODIN___024root.h>
#include <verilated.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "pins.hpp"

namespace {

constexpr int kNeurons = 256;
constexpr int kRows = 64;     ///< presynaptic neurons that spike; every second one inhibits
constexpr int kEvents = 256;  ///< spikes of a batch
constexpr int kMostCycles = 10'000'000;
constexpr int kThreshold = 255, kLearningThreshold = 24;

// States of its controller.
constexpr int kWait = 0, kPopNeuron = 9;

// Two bits of the address say which memory, the two above whether it is read or written.
constexpr std::uint32_t kWrite = 1U << 18, kRead = 1U << 19, kNeuronMemory = 1U << 16, kSynapseMemory = 2U << 16;

/// Addresses of configuration registers.
enum Register : std::uint32_t {
  kGateActivity = 0,
  kOpenLoop = 1,
  kSynapseSigns = 2,
  kBurstTime = 18,
  kOutputSource = 19,
  kMonitor = 20,
  kMonitorNeuron = 21,
  kMonitorSynapse = 22,
  kUpdateUnmapped = 23,
  kPropagateUnmapped = 24,
  kLearnOnSynapseEvents = 25
};

struct Counts {
  std::uint64_t cycles = 0, operations = 0, handling = 0;
};

struct Bench {
  VODIN model;
  Counts counts;

  void clock() {
    model.CLK = 0;
    model.eval();
    const auto& root = *model.rootp;
    const bool pops = root.ODIN__DOT__controller_0__DOT__state == kPopNeuron;
    ++counts.cycles;
    counts.handling += pops;
    counts.operations +=
        pops && root.ODIN__DOT__controller_0__DOT__CTRL_NEUR_EVENT && root.ODIN__DOT__controller_0__DOT__CTRL_NEURMEM_WE;
    model.CLK = 1;
    model.eval();
  }

  void write(std::uint32_t address, std::uint32_t data) {
    const auto clocked = [this] { clock(); };
    peers::shift(model, clocked, address, 20, peers::kWriting);
    peers::shift(model, clocked, data, 20, peers::kWriting);
  }

  int read(std::uint32_t address) {
    const auto clocked = [this] { clock(); };
    peers::shift(model, clocked, address, 20, peers::kReading);
    return static_cast<int>(peers::shift(model, clocked, 0, 20, peers::kReading) & 0xFF);
  }
};

std::uint32_t neuron_byte(int neuron, int byte) { return kNeuronMemory | static_cast<std::uint32_t>(byte << 8 | neuron); }

/// The byte with the weights of neurons 2 * pair and 2 * pair + 1.
std::uint32_t synapse_byte(int row, int pair) {
  return kSynapseMemory | static_cast<std::uint32_t>((pair & 3) << 13 | row << 5 | pair >> 2);
}

/// What the core should hold: weights, potentials, and in which direction a neuron's weights move.
struct Expected {
  std::array<std::array<int, kNeurons>, kRows> weights{};
  std::array<int, kNeurons> potentials{}, up{}, down{};
};

Expected first_weights(bool learn) {
  std::mt19937 random(1);
  Expected expected;
  for (auto& row : expected.weights)
    for (int& weight : row) weight = static_cast<int>(random() % 8);
  // A neuron that is programmed has a potential of 0, below the threshold of learning.
  expected.down.fill(learn ? 1 : 0);
  return expected;
}

void spike(Expected& expected, int row, bool learn) {
  for (int neuron = 0; neuron < kNeurons; ++neuron) {
    int& weight = expected.weights[row][neuron];
    int& potential = expected.potentials[neuron];
    potential = row % 2 == 0 ? std::min(potential + weight, 255) : std::max(potential - weight, 0);
    if (expected.up[neuron] != 0)
      weight = std::min(weight + 1, 7);
    else if (expected.down[neuron] != 0)
      weight = std::max(weight - 1, 0);
    expected.up[neuron] = learn && potential >= kLearningThreshold;
    expected.down[neuron] = learn && potential < kLearningThreshold;
  }
}

void program(Bench& bench, const Expected& expected, bool learn) {
  bench.write(kGateActivity, 1);
  bench.write(kOpenLoop, 1);
  for (std::uint32_t word = 0; word < kNeurons / 16; ++word) bench.write(kSynapseSigns + word, 0xAAAA);
  for (const Register zero : {kBurstTime, kOutputSource, kMonitor, kMonitorNeuron, kMonitorSynapse, kUpdateUnmapped,
                              kPropagateUnmapped, kLearnOnSynapseEvents})
    bench.write(zero, 0);
  // A leaky integrate-and-fire neuron without leak; learning in both directions at any activity.
  const std::uint64_t neuron = 1 | std::uint64_t{kThreshold} << 9 | std::uint64_t{learn} << 17 |
                               std::uint64_t{kLearningThreshold} << 18 | std::uint64_t{7} << 29 | std::uint64_t{7} << 32;
  for (int n = 0; n < kNeurons; ++n)
    for (int byte = 0; byte < 16; ++byte)
      bench.write(kWrite | neuron_byte(n, byte), byte < 8 ? static_cast<std::uint32_t>(neuron >> 8 * byte & 0xFF) : 0);
  for (int row = 0; row < kRows; ++row)
    for (int pair = 0; pair < kNeurons / 2; ++pair)
      bench.write(kWrite | synapse_byte(row, pair), static_cast<std::uint32_t>(0x88 | expected.weights[row][2 * pair] |
                                                                               expected.weights[row][2 * pair + 1] << 4));
  bench.write(kGateActivity, 0);
}

/// Differences of what is read back.
int differences(Bench& bench, const Expected& expected) {
  int found = 0;
  bench.write(kGateActivity, 1);
  for (int n = 0; n < kNeurons; ++n) {
    const int potential = (bench.read(kRead | neuron_byte(n, 9)) << 8 | bench.read(kRead | neuron_byte(n, 8))) >> 6 & 0xFF;
    found += potential != expected.potentials[n];
  }
  for (int row = 0; row < kRows; ++row)
    for (int pair = 0; pair < kNeurons / 2; ++pair) {
      const int byte = bench.read(kRead | synapse_byte(row, pair));
      found += byte != (0x88 | expected.weights[row][2 * pair] | expected.weights[row][2 * pair + 1] << 4);
    }
  return found;
}

void run(bool learn) {
  Bench bench;
  for (const int reset : {0, 1, 0}) {
    bench.model.RST = static_cast<std::uint8_t>(reset);
    for (int cycle = 0; cycle < 8; ++cycle) bench.clock();
  }
  const Expected before = first_weights(learn);
  Expected expected = before;
  program(bench, expected, learn);
  for (int cycle = 0; cycle < 8; ++cycle) bench.clock();

  peers::Sender sender;
  for (int event = 0; event < kEvents; ++event) {
    const int row = (event * 37 + event / kRows) % kRows;
    sender.waiting.push_back(static_cast<std::uint32_t>(row << 8 | 0x07));
    spike(expected, row, learn);
  }
  bench.counts = {};
  const auto& root = *bench.model.rootp;
  do {
    peers::serve(bench.model, sender);
    bench.clock();
    // No neuron reaches its threshold, so the output link has nothing to do.
    if (bench.model.AEROUT_REQ) {
      std::fprintf(stderr, "odin_bench: neuron %d spikes\n", bench.model.AEROUT_ADDR);
      std::exit(1);
    }
    if (bench.counts.cycles > kMostCycles) {
      std::fprintf(stderr, "odin_bench: still not done after %d cycles, in state %d\n", kMostCycles,
                   root.ODIN__DOT__controller_0__DOT__state);
      std::exit(1);
    }
  } while (!peers::idle(bench.model, sender) || root.ODIN__DOT__controller_0__DOT__state != kWait ||
           !root.ODIN__DOT__controller_0__DOT__SCHED_EMPTY);
  const Counts counts = bench.counts;

  int changed = 0;
  for (int row = 0; row < kRows; ++row)
    for (int n = 0; n < kNeurons; ++n) changed += expected.weights[row][n] != before.weights[row][n];
  std::printf(
      "{\"run\": \"%s\", \"events\": %d, \"cycles\": %llu, \"operations\": %llu, \"handling\": %llu, \"weights_changed\": %d, "
      "\"differences\": %d}\n",
      learn ? "learning" : "inferring", kEvents, static_cast<unsigned long long>(counts.cycles),
      static_cast<unsigned long long>(counts.operations), static_cast<unsigned long long>(counts.handling), changed,
      differences(bench, expected));
}

}  // namespace

int main() {
  run(false);
  run(true);
  return 0;
}
