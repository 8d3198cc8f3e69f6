// SPDX-License-Identifier: Apache-2.0
// The definition of the arithmetic: every other form is compared with this file. It is written to be read, not to be fast.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "sim/reference/arithmetic.hpp"
#include "sim/reference/network.hpp"
#include "sim/reference/random.hpp"
#include "sim/reference/weight_rows.hpp"

namespace phasic::reference {
namespace {

/// Values of one layer over the steps of a sample: at(t, k).
template <class Value>
class Raster {
 public:
  Raster(std::size_t steps, std::size_t width) : width_(width), values_(steps * width) {}
  [[nodiscard]] Value& at(std::size_t step, std::size_t index) { return values_[step * width_ + index]; }
  [[nodiscard]] const Value& at(std::size_t step, std::size_t index) const { return values_[step * width_ + index]; }

 private:
  std::size_t width_;
  std::vector<Value> values_;
};

using Spikes = Raster<std::uint8_t>;

/// What a layer did during a sample.
struct Activity {
  Raster<std::int32_t> potentials;
  Spikes spikes;
  std::vector<std::uint32_t> counts;  ///< spikes of each neuron

  Activity(std::size_t steps, std::size_t neurons) : potentials(steps, neurons), spikes(steps, neurons), counts(neurons) {}

  /// V_j and S_j of the step before `step`; 0 before the first.
  [[nodiscard]] std::int32_t potential_before(std::size_t step, std::size_t neuron) const {
    return step == 0 ? 0 : potentials.at(step - 1, neuron);
  }
  [[nodiscard]] bool spiked_before(std::size_t step, std::size_t neuron) const {
    return step != 0 && spikes.at(step - 1, neuron) != 0;
  }
};

class PlainNetwork final : public Network {
 public:
  explicit PlainNetwork(Program program) : Network(std::move(program)) {
    for (const LayerProgram& layer : program_.layers) {
      weights_.emplace_back(std::size_t{layer.rows} * layer.neurons);
      levels_.emplace_back(std::size_t{program_.classes} * layer.neurons);
    }
  }

  void set_weights(std::size_t layer, std::span<const std::byte> rows) override {
    const LayerProgram& shape = program_.layers.at(layer);
    if (rows.size() != weight_bytes(program_, shape)) throw std::invalid_argument("wrong size of a weights buffer");
    const std::size_t row_bytes = weight_row_bytes(program_, shape);
    for (std::size_t row = 0; row < shape.rows; ++row) {
      for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
        weight(layer, row, neuron) = load_weight(rows.data() + row * row_bytes, neuron, program_.weight_width);
      }
    }
  }

  void get_weights(std::size_t layer, std::span<std::byte> rows) const override {
    const LayerProgram& shape = program_.layers.at(layer);
    if (rows.size() != weight_bytes(program_, shape)) throw std::invalid_argument("wrong size of a weights buffer");
    const std::size_t row_bytes = weight_row_bytes(program_, shape);
    std::fill(rows.begin(), rows.end(), std::byte{0});
    for (std::size_t row = 0; row < shape.rows; ++row) {
      for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
        const std::int32_t value = weights_[layer][row * shape.neurons + neuron];
        store_weight(rows.data() + row * row_bytes, neuron, program_.weight_width, static_cast<std::int16_t>(value));
      }
    }
  }

  void set_levels(std::size_t layer, std::span<const std::byte> rows) override {
    const LayerProgram& shape = program_.layers.at(layer);
    if (rows.size() != level_bytes(program_, shape)) throw std::invalid_argument("wrong size of a level table");
    const std::size_t row_bytes = align(shape.neurons);
    for (std::size_t label = 0; label < program_.classes; ++label) {
      for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
        levels_[layer][label * shape.neurons + neuron] = static_cast<std::int8_t>(rows[label * row_bytes + neuron]);
      }
    }
  }

  void run(const Sample& sample, std::uint32_t number, SampleResult& result, Potentials* potentials) override {
    const bool learn = program_.learn && sample.learn;
    if (learn) ++counts_.samples_learned;
    if (potentials != nullptr) potentials->assign(program_.layers.size(), {});

    Spikes inputs = encode(sample, number);
    for (std::size_t layer = 0; layer < program_.layers.size(); ++layer) {
      const LayerProgram& shape = program_.layers[layer];
      const Spikes rows = with_bias(inputs, shape);
      Activity activity = integrate(layer, rows);
      if (learn && shape.factor != contract::Factor::kFrozen) update(layer, rows, activity, sample.label, number);
      if (potentials != nullptr) copy_potentials(shape, activity, (*potentials)[layer]);
      if (layer + 1 == program_.layers.size()) tell(shape, activity, result);
      inputs = std::move(activity.spikes);
    }
  }

 private:
  std::int32_t& weight(std::size_t layer, std::size_t row, std::size_t neuron) {
    return weights_[layer][row * program_.layers[layer].neurons + neuron];
  }

  /// Spikes of the inputs: rate-coded intensities, or the events of the sample.
  Spikes encode(const Sample& sample, std::uint32_t number) {
    Spikes spikes(program_.steps, program_.inputs);
    if (program_.sample_kind == contract::SampleKind::kEvent) {
      for (const std::uint32_t event : sample.events) spikes.at(event >> 16, event & 0xffff) = 1;
      counts_.input_events += sample.events.size();
      return spikes;
    }
    const Key key = sample_key(purpose_key(program_.seed, contract::Purpose::kEncoding, 0), number);
    for (std::uint32_t step = 0; step < program_.steps; ++step) {
      for (std::uint32_t input = 0; input < program_.inputs; ++input) {
        if (sample.intensities[input] > encoding_byte(key, step, input)) {
          spikes.at(step, input) = 1;
          ++counts_.input_events;
        }
      }
    }
    return spikes;
  }

  /// The spikes of a layer's rows: those of its inputs, and the bias row if it has one.
  [[nodiscard]] Spikes with_bias(const Spikes& inputs, const LayerProgram& shape) const {
    Spikes rows(program_.steps, shape.rows);
    const std::size_t inputs_count = shape.rows - (shape.bias ? 1 : 0);
    for (std::size_t step = 0; step < program_.steps; ++step) {
      for (std::size_t row = 0; row < inputs_count; ++row) rows.at(step, row) = inputs.at(step, row);
      if (shape.bias) rows.at(step, shape.rows - 1) = 1;
    }
    return rows;
  }

  /// Section 1.
  Activity integrate(std::size_t layer, const Spikes& rows) {
    const LayerProgram& shape = program_.layers[layer];
    LayerCounts& counts = counts_.layers[layer];
    Activity activity(program_.steps, shape.neurons);
    for (std::size_t step = 0; step < program_.steps; ++step) {
      std::vector<std::int64_t> sums(shape.neurons);
      for (std::size_t row = 0; row < shape.rows; ++row) {
        if (rows.at(step, row) == 0) continue;
        ++counts.events;
        counts.synaptic_operations += shape.neurons;
        for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) sums[neuron] += weight(layer, row, neuron);
      }
      for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
        const std::int32_t before =
            leaked(activity.potential_before(step, neuron), activity.spiked_before(step, neuron), shape.leak);
        const std::int64_t unlimited = unlimited_potential(before, current(sums[neuron], shape.input_shift));
        const auto potential = static_cast<std::int32_t>(saturate(unlimited, contract::kPotentialWidth));
        if (potential != unlimited) ++counts.potential_saturations;
        activity.potentials.at(step, neuron) = potential;
        if (potential > shape.threshold) {
          activity.spikes.at(step, neuron) = 1;
          ++activity.counts[neuron];
          ++counts.spikes;
        }
      }
    }
    return activity;
  }

  /// Section 2.
  void update(std::size_t layer, const Spikes& rows, const Activity& activity, std::uint32_t label, std::uint32_t number) {
    const LayerProgram& shape = program_.layers[layer];
    LayerCounts& counts = counts_.layers[layer];
    const std::size_t last = program_.steps - 1;
    const std::size_t first_step = shape.span == contract::Span::kLastStep ? last : 0;
    const unsigned fraction = fraction_bits(program_.weight_width);
    const auto layer_number = static_cast<unsigned>(layer);
    const Key key = sample_key(purpose_key(program_.seed, contract::Purpose::kRounding, layer_number), number);

    std::vector<std::int32_t> factors(shape.neurons);
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
      const std::int32_t signal = shape.factor == contract::Factor::kLevel
                                      ? level_signal(levels_[layer][label * shape.neurons + neuron])
                                      : error_signal(program_.steps, neuron == label, activity.counts[neuron]);
      factors[neuron] = postsynaptic_factor(signal, shape.rate, shape.factor_shift);
    }

    for (std::size_t row = 0; row < shape.rows; ++row) {
      bool visited = false;
      for (std::size_t step = first_step; step <= last; ++step) visited = visited || rows.at(step, row) != 0;
      if (!visited) continue;
      ++counts.update_rows;
      counts.update_operations += shape.neurons;
      const WordPair random = row_words(key, static_cast<unsigned>(row));
      for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
        std::int32_t coincidences = 0;
        for (std::size_t step = first_step; step <= last; ++step) {
          if (rows.at(step, row) == 0) continue;
          coincidences += trit(activity.potentials.at(step, neuron), shape.window, activity.spiked_before(step, neuron));
        }
        const std::int32_t rounding = shape.rounding == contract::Rounding::kStochastic
                                          ? stochastic_rounding(rounding_word(random, static_cast<unsigned>(neuron)), fraction)
                                          : nearest_rounding(fraction);
        std::int32_t& value = weight(layer, row, neuron);
        const std::int32_t unlimited = unlimited_weight(value, coincidences * factors[neuron], rounding, fraction);
        value = static_cast<std::int32_t>(saturate(unlimited, program_.weight_width));
        if (value != unlimited) ++counts.weight_saturations;
      }
    }
  }

  void copy_potentials(const LayerProgram& shape, const Activity& activity, std::vector<std::int16_t>& to) const {
    to.reserve(std::size_t{program_.steps} * shape.neurons);
    for (std::size_t step = 0; step < program_.steps; ++step) {
      for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
        to.push_back(static_cast<std::int16_t>(activity.potentials.at(step, neuron)));
      }
    }
  }

  void tell(const LayerProgram& shape, const Activity& activity, SampleResult& result) const {
    result.scores.resize(shape.neurons);
    result.prediction = 0;
    result.spikes = 0;
    for (std::uint32_t neuron = 0; neuron < shape.neurons; ++neuron) {
      result.scores[neuron] = score(activity.counts[neuron], activity.potentials.at(program_.steps - 1, neuron));
      if (result.scores[neuron] > result.scores[result.prediction]) result.prediction = neuron;
      result.spikes += activity.counts[neuron];
    }
  }

  std::vector<std::vector<std::int32_t>> weights_;  ///< [layer][row * neurons + neuron]
  std::vector<std::vector<std::int8_t>> levels_;    ///< [layer][class * neurons + neuron]
};

}  // namespace

std::unique_ptr<Network> make_plain_network(Program program) { return std::make_unique<PlainNetwork>(std::move(program)); }

}  // namespace phasic::reference
