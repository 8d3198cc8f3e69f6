// SPDX-License-Identifier: Apache-2.0
/// Test bench of phasic_example in Verilator: random samples, some of them learned, with pauses on all streams. Spikes and
/// weights must be those that the formulas of docs/specification.md give, which stand below in a few lines. It needs nothing
/// but the Verilated model.
#include <verilated.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <random>
#include <vector>

#include "Vphasic_example.h"

namespace {

// The constants of phasic_example.
constexpr int kInputs = 24, kNeurons = 16, kLanes = 8, kSteps = 5, kClasses = 4;
constexpr int kThreshold = 60, kWindow = 20, kLeak = 32768, kRate = 6000, kFactorShift = 1;
constexpr unsigned kSpike = 0, kStepEnd = 1, kLastStepEnd = 2;

struct Event {
  unsigned kind = kSpike, index = 0;
  bool operator==(const Event&) const = default;
};
struct Sample {
  unsigned label = 0;
  bool learn = false;
  std::array<std::array<bool, kInputs>, kSteps> spikes{};
};

/// A row's values as they are in the engine's memories: signed bytes, neuron after neuron.
using Row = std::array<std::int8_t, kNeurons>;

int saturate(int value, int bits) { return std::clamp(value, -(1 << (bits - 1)), (1 << (bits - 1)) - 1); }

/// Sections 1 and 2 of the specification for this one layer.
struct Layer {
  std::array<Row, kInputs> weights{};
  std::array<Row, kClasses> levels{};

  /// The events that leave the layer; learns if the sample asks for it.
  std::vector<Event> show(const Sample& sample) {
    std::vector<Event> events;
    std::array<int, kNeurons> potential{}, trit{};
    std::array<bool, kNeurons> spiked{};
    for (int t = 0; t < kSteps; ++t) {
      for (unsigned j = 0; j < kNeurons; ++j) {
        int sum = 0;
        for (unsigned i = 0; i < kInputs; ++i) sum += sample.spikes[t][i] ? weights[i][j] : 0;
        potential[j] = saturate((spiked[j] ? 0 : (potential[j] * kLeak + 32768) >> 16) + sum, 16);
        trit[j] = (potential[j] > kWindow ? 1 : 0) - (spiked[j] ? 1 : 0);
        spiked[j] = potential[j] > kThreshold;
        if (spiked[j]) events.push_back({kSpike, j});
      }
      events.push_back({t + 1 < kSteps ? kStepEnd : kLastStepEnd, 0});
    }
    for (unsigned i = 0; sample.learn && i < kInputs; ++i)
      for (unsigned j = 0; sample.spikes[kSteps - 1][i] && j < kNeurons; ++j) {
        const int factor = saturate((-levels[sample.label][j] * kRate + (1 << (kFactorShift - 1))) >> kFactorShift, 20);
        weights[i][j] = static_cast<std::int8_t>(saturate(weights[i][j] + ((trit[j] * factor + (1 << 15)) >> 16), 8));
      }
    return events;
  }
};

/// The module with its clock.
class Engine {
 public:
  Engine() {
    context_.randReset(2);  // what has no reset starts at random values
    module_.rst_ni = 0;
    for (int n = 0; n < 3; ++n) clock();
    module_.rst_ni = 1;
    while (!module_.ready_o) clock();
  }
  ~Engine() { module_.final(); }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void load_weights(unsigned row, const Row& values) { load(module_.load_weight_i, row, values); }
  void load_levels(unsigned label, const Row& values) { load(module_.load_level_i, label, values); }

  Row stored_weights(unsigned row) {
    Row values{};
    for (unsigned word = 0; word < kNeurons / kLanes; ++word) {
      module_.store_row_i = row;
      module_.store_word_i = word;
      module_.store_valid_i = 1;
      clock();
      module_.store_valid_i = 0;
      clock();
      for (unsigned lane = 0; lane < kLanes; ++lane)
        values[word * kLanes + lane] = static_cast<std::int8_t>(module_.store_data_o >> 8 * lane);
    }
    return values;
  }

  /// Shows the samples, numbered from `number` on, one after the other and without waiting for one to be learned. Gives all
  /// events that come out.
  std::vector<Event> show(const std::vector<Sample>& samples, std::mt19937& random) {
    std::deque<Event> in;
    for (const Sample& sample : samples)
      for (int t = 0; t < kSteps; ++t) {
        for (unsigned i = 0; i < kInputs; ++i)
          if (sample.spikes[t][i]) in.push_back({kSpike, i});
        in.push_back({t + 1 < kSteps ? kStepEnd : kLastStepEnd, 0});
      }
    std::vector<Event> out;
    std::size_t messages = 0, finished = 0;
    // A word on offer stays until it is taken: pauses are made only before a new one.
    bool message_offered = false, event_offered = false;
    while (finished < samples.size() || module_.busy_o) {
      message_offered = message_offered || (messages < samples.size() && random() % 4 == 0);
      event_offered = event_offered || (!in.empty() && random() % 4 != 0);
      module_.dopamine_valid_i = message_offered;
      if (message_offered) {
        module_.dopamine_class_i = samples[messages].label;
        module_.dopamine_learn_i = samples[messages].learn;
        module_.dopamine_number_i = static_cast<unsigned>(messages);
      }
      module_.event_valid_i = event_offered;
      if (event_offered) {
        module_.event_kind_i = in.front().kind;
        module_.event_row_i = in.front().index;
      }
      module_.event_ready_i = random() % 3 != 0;
      module_.eval();
      const bool message_taken = message_offered && module_.dopamine_ready_o,
                 event_taken = event_offered && module_.event_ready_o;
      if (module_.event_valid_o && module_.event_ready_i) {
        const unsigned kind = module_.event_kind_o;
        out.push_back({kind, kind == kSpike ? module_.event_neuron_o : 0U});
        if (kind == kLastStepEnd) ++finished;
      }
      clock();
      if (message_taken) ++messages;
      if (event_taken) in.pop_front();
      message_offered = message_offered && !message_taken;
      event_offered = event_offered && !event_taken;
      if (++cycles_ > 1'000'000) {
        std::fprintf(stderr, "phasic_example: the engine stands still\n");
        break;
      }
    }
    return out;
  }
  [[nodiscard]] std::uint64_t cycles() const { return cycles_; }

 private:
  template <class Port>
  void load(Port& valid, unsigned row, const Row& values) {
    for (unsigned word = 0; word < kNeurons / kLanes; ++word) {
      module_.load_row_i = row;
      module_.load_word_i = word;
      module_.load_data_i = 0;
      for (unsigned lane = 0; lane < kLanes; ++lane)
        module_.load_data_i |= std::uint64_t{static_cast<std::uint8_t>(values[word * kLanes + lane])} << 8 * lane;
      valid = 1;
      clock();
      valid = 0;
    }
  }
  void clock() {
    module_.clk_i = 1;
    module_.eval();
    module_.clk_i = 0;
    module_.eval();
  }

  VerilatedContext context_;
  Vphasic_example module_{&context_};
  std::uint64_t cycles_ = 0;
};

}  // namespace

int main() {
  std::mt19937 random(1);
  Layer layer;
  for (Row& row : layer.weights)
    for (std::int8_t& weight : row) weight = static_cast<std::int8_t>(static_cast<int>(random() % 100) - 35);
  for (Row& row : layer.levels)
    for (std::int8_t& level : row) level = static_cast<std::int8_t>(random() % 256);
  const Layer before = layer;

  Engine engine;
  for (unsigned i = 0; i < kInputs; ++i) engine.load_weights(i, layer.weights[i]);
  for (unsigned c = 0; c < kClasses; ++c) engine.load_levels(c, layer.levels[c]);

  std::vector<Sample> samples(40);
  std::vector<Event> expected;
  for (Sample& sample : samples) {
    sample.label = random() % kClasses;
    sample.learn = random() % 4 != 0;
    for (auto& step : sample.spikes)
      for (bool& spike : step) spike = random() % 5 == 0;
    const std::vector<Event> events = layer.show(sample);
    expected.insert(expected.end(), events.begin(), events.end());
  }
  const std::vector<Event> events = engine.show(samples, random);

  int differences = 0, changed = 0;
  for (unsigned i = 0; i < kInputs; ++i) {
    const Row stored = engine.stored_weights(i);
    for (unsigned j = 0; j < kNeurons; ++j) {
      if (stored[j] != layer.weights[i][j]) {
        std::fprintf(stderr, "phasic_example: weight of input %u and neuron %u is %d, not %d\n", i, j, stored[j],
                     layer.weights[i][j]);
        ++differences;
      }
      changed += layer.weights[i][j] != before.weights[i][j] ? 1 : 0;
    }
  }
  for (std::size_t n = 0; n < std::max(events.size(), expected.size()); ++n) {
    const Event none{~0U, 0}, is = n < events.size() ? events[n] : none, wanted = n < expected.size() ? expected[n] : none;
    if (is == wanted) continue;
    std::fprintf(stderr, "phasic_example: event %zu is kind %d of neuron %u, not kind %d of neuron %u\n", n,
                 static_cast<int>(is.kind), is.index, static_cast<int>(wanted.kind), wanted.index);
    ++differences;
    break;
  }
  const auto spikes = std::count_if(events.begin(), events.end(), [](const Event& event) { return event.kind == kSpike; });
  std::printf("phasic_example: %zu samples, %ld spikes, %d weights changed, %llu cycles, %d differences\n", samples.size(),
              static_cast<long>(spikes), changed, static_cast<unsigned long long>(engine.cycles()), differences);
  // A bench in which nothing happens shows nothing.
  return differences == 0 && spikes > 0 && changed > 0 ? 0 : 1;
}
