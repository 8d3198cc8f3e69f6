// SPDX-License-Identifier: Apache-2.0
/// Cycles of ReckOn for samples of random spikes through 256 inputs, 256 recurrent neurons and 16 outputs, with e-prop and
/// without. Prints a line of JSON for each run. Before, potentials of a short sample are read back through the serial port and
/// compared with what the documentation says they are.
#include <Vreckon.h>
#include <Vreckon___024root.h>
#include <verilated.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "pins.hpp"

namespace {

constexpr int kNeurons = 256;  ///< inputs, and recurrent neurons
constexpr int kOutputs = 16;
constexpr int kSteps = 31;    ///< the last of them ends the sample, so e-prop may follow 30
constexpr int kRowsRead = 8;  ///< rows of weights that are read back after a run
constexpr int kLargest = 40;  ///< weights lie between this and its negative
constexpr int kSparse = 34;   ///< spikes of the inputs in a step
constexpr int kDense = 64;
constexpr int kSparseThreshold = 250, kDenseThreshold = 205;

// States of its two controllers.
constexpr int kStep = 2, kProp = 1, kLearn = 6;
constexpr int kEvent = 2;

/// The memories behind the serial port.
enum Memory : std::uint32_t { kRegisters = 0, kNeuronState = 1, kOutputState = 2, kInputs = 3, kRecurrent = 4, kOutput = 5 };

/// Configuration registers that are not left at what a reset makes them.
enum Register : std::uint32_t {
  kConfigure = 0,
  kTargetOnMiso = 3,
  kLearnWeights = 9,
  kTraceOfInputs = 15,
  kTraceOfRecurrent = 16,
  kTraceOfOutputs = 17,
  kSignalScale = 18,
  kLeakHigh = 65,  ///< and three more
  kOutputLeak = 69,
  kSurrogateThreshold = 70,  ///< and three more
  kSurrogate = 74,           ///< and four more
  kInputRateDown = 79,
  kInputRateUp = 80,
  kRecurrentRateDown = 81,
  kRecurrentRateUp = 82,
  kOutputRateDown = 83,
  kOutputRateUp = 84
};

using Row = std::array<int, kNeurons>;
struct Weights {
  std::array<Row, kNeurons> inputs{}, recurrent{};
  std::array<std::array<int, kOutputs>, kNeurons> output{};
};

struct Counts {
  std::uint64_t cycles = 0;
  std::uint64_t operations = 0;
  std::uint64_t adding = 0;    ///< cycles in which weights are added to potentials
  std::uint64_t learning = 0;  ///< cycles of e-prop
  std::uint64_t spikes = 0;    ///< of recurrent neurons
  std::uint64_t last = 0;      ///< those of the last step, which the sample ends before they go anywhere
};

struct Bench {
  Vreckon model;
  peers::Sender sender;
  Counts counts;
  int state = 0;

  void clock() {
    peers::serve(model, sender);
    model.CLK_EXT = 0;
    model.eval();
    count();
    model.CLK_EXT = 1;
    model.eval();
  }

  void count() {
    const auto& root = *model.rootp;
    const int before = state;
    state = root.reckon__DOT__srnn_0__DOT__state;
    const unsigned neuron = root.reckon__DOT__srnn_0__DOT__neur256_cnt;
    const unsigned spiked = root.reckon__DOT__srnn_0__DOT__neur_z[neuron / 32] >> neuron % 32 & 1;
    const bool adds = state == kProp && root.reckon__DOT__srnn_0__DOT__state_evt == kEvent;
    ++counts.cycles;
    counts.adding += adds;
    counts.learning += state == kLearn;
    // Two neurons every second cycle, with the weight of an input, of a recurrent neuron, or both; all outputs in one cycle.
    if (adds && root.reckon__DOT__srnn_0__DOT__neur128x2_cnt % 2 == 1)
      counts.operations += 2 * (root.reckon__DOT__srnn_0__DOT__inp_event + spiked);
    if (root.reckon__DOT__srnn_0__DOT__wout_cs_del) counts.operations += kOutputs;
    if (state != kStep) return;
    if (before != kStep) counts.last = 0;
    const unsigned spikes = root.reckon__DOT__srnn_0__DOT__neur_u_spk[0] + root.reckon__DOT__srnn_0__DOT__neur_u_spk[1];
    counts.last += spikes;
    counts.spikes += spikes;
  }

  std::uint32_t shift(std::uint32_t bits, int half_period) {
    return static_cast<std::uint32_t>(peers::shift(
        model, [this] { clock(); }, bits, 32, half_period));
  }

  void write(Memory memory, std::uint32_t address, const std::vector<std::uint32_t>& words) {
    shift(memory << 28 | static_cast<std::uint32_t>(words.size()) << 16 | address, peers::kWriting);
    for (const std::uint32_t word : words) shift(word, peers::kWriting);
  }

  void set(std::uint32_t address, std::uint32_t value) { write(kRegisters, address, {value}); }

  std::vector<std::uint32_t> read(Memory memory, std::uint32_t address, std::uint32_t words) {
    shift(1U << 31 | memory << 28 | words << 16 | address, peers::kReading);
    std::vector<std::uint32_t> answer(words);
    for (std::uint32_t& word : answer) word = shift(0, peers::kReading);
    return answer;
  }

  /// Lets cycles pass until a condition holds; ends the program if it never does.
  template <class Condition>
  void until(const char* what, Condition&& condition) {
    constexpr int kMostCycles = 1'000'000;
    for (int cycle = 0; !condition(); ++cycle) {
      clock();
      if (cycle < kMostCycles) continue;
      std::fprintf(stderr, "reckon_bench: still not %s after %d cycles, in state %d\n", what, cycle, state);
      std::exit(1);
    }
  }

  void until_ready() {
    until("ready", [this] { return model.TIMING_ERROR_RDY && peers::idle(model, sender); });
  }

  /// Begins a step.
  void tick() {
    model.TIME_TICK = 1;
    until("begun", [this] { return !model.TIMING_ERROR_RDY; });
    model.TIME_TICK = 0;
  }
};

/// Four weights, the first in the low byte.
template <class Values>
std::uint32_t packed(const Values& values, int first) {
  std::uint32_t word = 0;
  for (int n = 0; n < 4; ++n) word |= static_cast<std::uint32_t>(values[first + n] & 0xFF) << 8 * n;
  return word;
}

template <class Values>
std::vector<std::uint32_t> packed_row(const Values& values) {
  std::vector<std::uint32_t> words;
  for (int first = 0; first < static_cast<int>(values.size()); first += 4) words.push_back(packed(values, first));
  return words;
}

Weights random_weights() {
  std::mt19937 random(1);
  const auto weight = [&] { return static_cast<int>(random() % (2 * kLargest + 1)) - kLargest; };
  Weights weights;
  for (int row = 0; row < kNeurons; ++row) {
    for (int& one : weights.inputs[row]) one = weight();
    for (int& one : weights.recurrent[row]) one = weight();
    for (int& one : weights.output[row]) one = weight();
    weights.recurrent[row][row] = 0;
  }
  return weights;
}

void program_weights(Bench& bench, const Weights& weights) {
  for (std::uint32_t row = 0; row < kNeurons; ++row) {
    bench.write(kInputs, row * 64, packed_row(weights.inputs[row]));
    bench.write(kRecurrent, row * 64, packed_row(weights.recurrent[row]));
    bench.write(kOutput, row * 4, packed_row(weights.output[row]));
  }
}

/// What is left of a potential after a step: all of it (of neurons and outputs), or 0.875 (neurons).
void program_neurons(Bench& bench, bool leaks, std::uint32_t threshold) {
  for (std::uint32_t word = 0; word < 4; ++word) bench.set(kLeakHigh + word, leaks ? 0 : 0xFFFFFFFF);
  bench.set(kOutputLeak, leaks ? 0x70 : 0x80);
  for (std::uint32_t pair = 0; pair < kNeurons / 2; ++pair) bench.write(kNeuronState, pair * 4, {0, 0, 0, threshold << 4});
  for (std::uint32_t n = 0; n < 4; ++n) bench.set(kSurrogateThreshold + n, threshold / 2);
}

void program_rules(Bench& bench) {
  bench.set(kTargetOnMiso, 0);
  for (const Register trace : {kTraceOfInputs, kTraceOfRecurrent, kTraceOfOutputs}) bench.set(trace, 3);
  bench.set(kSignalScale, 5);
  for (std::uint32_t segment = 0; segment < 5; ++segment) bench.set(kSurrogate + segment, segment == 4 ? 1 : 0);
  for (const Register down : {kInputRateDown, kRecurrentRateDown, kOutputRateDown}) bench.set(down, 0);
  for (const Register up : {kInputRateUp, kRecurrentRateUp}) bench.set(up, 8);
  bench.set(kOutputRateUp, 14);
}

/// Inputs that spike in a step, in the order in which they are sent.
std::vector<int> random_spikes(std::mt19937& random, int count) {
  std::vector<int> inputs(kNeurons);
  for (int n = 0; n < kNeurons; ++n) inputs[n] = n;
  for (int n = 0; n < count; ++n) std::swap(inputs[n], inputs[n + static_cast<int>(random() % (kNeurons - n))]);
  inputs.resize(count);
  return inputs;
}

void send(Bench& bench, const std::vector<int>& inputs) {
  for (const int input : inputs) bench.sender.waiting.push_back(static_cast<std::uint32_t>(input));
}

void wait(Bench& bench, int cycles) {
  for (int cycle = 0; cycle < cycles; ++cycle) bench.clock();
}

void begin_sample(Bench& bench, const std::vector<int>& inputs) {
  bench.model.SAMPLE = 1;
  wait(bench, 4);
  send(bench, inputs);
  bench.until_ready();
}

/// Until the class is given out.
void end_sample(Bench& bench) {
  bench.model.SAMPLE = 0;
  bench.tick();
  bench.until("done", [&] { return bench.model.OUT_REQ != 0; });
}

void take_class(Bench& bench) {
  bench.model.OUT_ACK = 1;
  bench.until("idle", [&] { return bench.model.OUT_REQ == 0; });
  bench.model.OUT_ACK = 0;
  bench.model.TARGET_VALID = 0;
  wait(bench, 8);
}

/// Potentials after a few steps that differ from sums of weights.
int wrong_potentials(Bench& bench, const Weights& weights) {
  constexpr int kChecked = 4, kThreshold = 300;
  program_neurons(bench, false, kThreshold);
  bench.set(kConfigure, 0);
  std::mt19937 random(2);
  std::vector<int> inputs = random_spikes(random, kSparse);
  begin_sample(bench, inputs);
  std::array<int, kNeurons> potentials{};
  std::array<int, kOutputs> outputs{};
  std::vector<int> spikes;
  for (int step = 0; step < kChecked; ++step) {
    bench.tick();
    bench.until_ready();
    for (int n = 0; n < kNeurons; ++n) {
      for (const int input : inputs) potentials[n] += weights.inputs[input][n];
      for (const int spike : spikes) potentials[n] += weights.recurrent[spike][n];
    }
    for (int n = 0; n < kOutputs; ++n)
      for (const int spike : spikes) outputs[n] += weights.output[spike][n];
    spikes.clear();
    for (int n = 0; n < kNeurons; ++n)
      if (potentials[n] >= kThreshold) {
        potentials[n] -= kThreshold;
        spikes.push_back(n);
      }
    inputs = random_spikes(random, kSparse);
    send(bench, inputs);
    bench.until_ready();
  }
  // The network holds still behind the step that follows.
  bench.set(kConfigure, 1);
  bench.tick();
  bench.until("open for reading", [&] { return bench.model.SPI_RDY != 0; });
  int wrong = 0;
  for (int pair = 0; pair < kNeurons / 2; ++pair) {
    const auto words = bench.read(kNeuronState, static_cast<std::uint32_t>(pair * 4), 3);
    const auto second = static_cast<std::int16_t>(words[1] >> 18 | words[2] << 14);
    wrong += static_cast<std::int16_t>(words[0]) != potentials[2 * pair];
    wrong += second != potentials[2 * pair + 1];
  }
  for (int n = 0; n < kOutputs; ++n)
    wrong += static_cast<std::int16_t>(bench.read(kOutputState, static_cast<std::uint32_t>(n), 1)[0]) != outputs[n];
  bench.set(kConfigure, 0);
  bench.until_ready();
  end_sample(bench);
  take_class(bench);
  bench.set(kConfigure, 1);
  return wrong;
}

/// Weights of the first rows that are not what they were; they are taken over.
template <class Rows>
int changed(Bench& bench, Memory memory, Rows& rows) {
  int found = 0;
  const auto words = static_cast<std::uint32_t>(rows[0].size() / 4);
  for (std::uint32_t row = 0; row < kRowsRead; ++row) {
    const auto read = bench.read(memory, row * words, words);
    for (std::uint32_t n = 0; n < 4 * words; ++n) {
      const int weight = static_cast<std::int8_t>(read[n / 4] >> 8 * (n % 4));
      found += weight != rows[row][n];
      rows[row][n] = weight;
    }
  }
  return found;
}

/// A sample of which e-prop learns the last `learned` steps.
void run(Bench& bench, Weights& weights, const char* name, int events, std::uint32_t threshold, int learned) {
  program_neurons(bench, true, threshold);
  bench.set(kLearnWeights, learned > 0 ? 7 : 0);
  bench.set(kConfigure, 0);
  std::mt19937 random(3);
  begin_sample(bench, random_spikes(random, events));
  bench.counts = {};
  for (int step = 0; step < kSteps; ++step) {
    bench.model.TARGET_VALID = kSteps - step <= learned;
    bench.tick();
    if (step == 0 && learned > 0) {
      bench.model.AERIN_TAR_EN = 1;
      send(bench, {1});
      bench.until("told the class", [&] { return peers::idle(bench.model, bench.sender); });
      bench.model.AERIN_TAR_EN = 0;
    }
    if (step + 1 < kSteps) send(bench, random_spikes(random, events));
    bench.until_ready();
  }
  end_sample(bench);
  const Counts counts = bench.counts;
  take_class(bench);
  bench.set(kConfigure, 1);
  const int moved = changed(bench, kInputs, weights.inputs) + changed(bench, kRecurrent, weights.recurrent) +
                    changed(bench, kOutput, weights.output);
  std::printf(
      "{\"run\": \"%s\", \"steps\": %d, \"learned_steps\": %d, \"events\": %d, \"spikes\": %llu, \"cycles\": %llu, "
      "\"operations\": %llu, \"handling\": %llu, \"learning\": %llu, \"weights_changed\": %d}\n",
      name, kSteps, learned, events * kSteps, static_cast<unsigned long long>(counts.spikes - counts.last),
      static_cast<unsigned long long>(counts.cycles), static_cast<unsigned long long>(counts.operations),
      static_cast<unsigned long long>(counts.adding), static_cast<unsigned long long>(counts.learning), moved);
  std::fflush(stdout);
}

}  // namespace

int main() {
  Bench bench;
  // Registers behind the serial port are reset by an edge.
  for (const int reset : {0, 1, 0}) {
    bench.model.RST = static_cast<std::uint8_t>(reset);
    wait(bench, 8);
  }
  Weights weights = random_weights();
  program_rules(bench);
  bench.set(kLearnWeights, 0);
  program_weights(bench, weights);
  std::printf("{\"run\": \"check\", \"differences\": %d}\n", wrong_potentials(bench, weights));
  std::fflush(stdout);
  run(bench, weights, "sparse inferring", kSparse, kSparseThreshold, 0);
  run(bench, weights, "dense inferring", kDense, kDenseThreshold, 0);
  run(bench, weights, "sparse learning of 2", kSparse, kSparseThreshold, 2);
  run(bench, weights, "dense learning of 2", kDense, kDenseThreshold, 2);
  run(bench, weights, "sparse learning of 30", kSparse, kSparseThreshold, 30);
  run(bench, weights, "dense learning of 30", kDense, kDenseThreshold, 30);
  return 0;
}
