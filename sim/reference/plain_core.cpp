// SPDX-License-Identifier: Apache-2.0
// The definition of the arithmetic: every other form is compared with this file. It is written to be read, not to be fast.
#include <algorithm>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <utility>

#include "driver/shell/connection.hpp"
#include "driver/shell/weight_rows.hpp"
#include "sim/reference/arithmetic.hpp"
#include "sim/reference/cores.hpp"
#include "sim/reference/drawn_levels.hpp"
#include "sim/reference/filters.hpp"
#include "sim/reference/plain_discriminant.hpp"
#include "sim/reference/random.hpp"
#include "sim/reference/reach.hpp"

namespace phasic::reference {
namespace {

/// Values of one layer over the steps of a sample: at(t, k).
template <class Value>
class Raster {
 public:
  Raster(std::size_t steps, std::size_t width) : width_(width), values_(steps * width) {}
  [[nodiscard]] Value& at(std::size_t step, std::size_t index) { return values_[step * width_ + index]; }
  [[nodiscard]] const Value& at(std::size_t step, std::size_t index) const { return values_[step * width_ + index]; }
  [[nodiscard]] std::size_t width() const { return width_; }

 private:
  std::size_t width_;
  std::vector<Value> values_;
};

/// 0 or 1, or graded values.
using Spikes = Raster<std::uint8_t>;

/// What a layer did during a sample.
struct Activity {
  Raster<std::int32_t> potentials;
  Spikes spikes;
  std::vector<std::uint32_t> counts;  ///< spikes of each neuron, or its graded value
  std::vector<KeptNeuron> begin;      ///< the neurons before the first step
  std::vector<bool> shut;             ///< neurons that the sample's gate hides
  std::vector<std::int64_t> matches;  ///< M_j of neurons that have scores alone

  Activity(std::size_t steps, const std::vector<KeptNeuron>& before)
      : potentials(steps, before.size()),
        spikes(steps, before.size()),
        counts(before.size()),
        begin(before),
        shut(before.size()) {}

  /// V_j and S_j of the step before `step`.
  [[nodiscard]] std::int32_t potential_before(std::size_t step, std::size_t neuron) const {
    return step == 0 ? begin[neuron].potential : potentials.at(step - 1, neuron);
  }
  [[nodiscard]] bool spiked_before(std::size_t step, std::size_t neuron) const {
    return step == 0 ? begin[neuron].spiked : spikes.at(step - 1, neuron) != 0;
  }
};

class PlainCore final : public Core {
 public:
  explicit PlainCore(Program program) : Core(std::move(program)) {
    for (const LayerProgram& layer : program_.layers) {
      reached_.push_back(all_reached(layer));
      weights_.emplace_back(std::size_t{layer.rows} * row_width(layer));
      levels_.emplace_back(std::size_t{program_.classes} * layer.neurons);
    }
    for (const LayerProgram& layer : program_.layers) {
      filters_.emplace_back();
      if (moves_filters(layer)) filters_.back().emplace(program_, layer, static_cast<unsigned>(filters_.size() - 1));
      kept_.emplace_back(layer.neurons);
    }
    if (program_.layers.empty()) return;
    const LayerProgram& last = program_.layers.back();
    state_.resize(last.neurons);
    offsets_.resize(last.neurons);
    if (last.factor == contract::Factor::kDiscriminant) discriminant_.emplace(last);
  }

  void set_weights(std::size_t layer, std::span<const std::byte> rows) override {
    const LayerProgram& shape = program_.layers.at(layer);
    if (rows.size() != weight_bytes(program_, shape)) throw std::invalid_argument("wrong size of a weights buffer");
    const std::size_t row_bytes = weight_row_bytes(program_, shape);
    for (std::size_t row = 0; row < shape.rows; ++row) {
      for (std::size_t neuron = 0; neuron < row_width(shape); ++neuron) {
        weight(layer, row, neuron) = load_weight(rows.data() + row * row_bytes, neuron, program_.weight_width);
      }
    }
    if (state_rows(program_, shape) == 0) return;
    if (moves_filters(shape)) return filters_[layer]->set_wins(rows.subspan(shape.rows * row_bytes));
    const std::byte* const state = rows.data() + shape.rows * row_bytes;
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
      if (competes(shape)) {
        state_[neuron] = load_competitor(state, row_bytes, neuron, program_.weight_width);
      } else if (shape.factor == contract::Factor::kDiscriminant) {
        offsets_[neuron] = load_offset(state, row_bytes, neuron, program_.weight_width);
      } else {
        kept_[layer][neuron] = KeptRows(program_, shape).load(state, neuron);
      }
    }
  }

  void get_weights(std::size_t layer, std::span<std::byte> rows) const override {
    const LayerProgram& shape = program_.layers.at(layer);
    if (rows.size() != weight_bytes(program_, shape)) throw std::invalid_argument("wrong size of a weights buffer");
    const std::size_t row_bytes = weight_row_bytes(program_, shape);
    std::fill(rows.begin(), rows.end(), std::byte{0});
    for (std::size_t row = 0; row < shape.rows; ++row) {
      for (std::size_t neuron = 0; neuron < row_width(shape); ++neuron) {
        const std::int32_t value = weights_[layer][row * row_width(shape) + neuron];
        store_weight(rows.data() + row * row_bytes, neuron, program_.weight_width, static_cast<std::int16_t>(value));
      }
    }
    if (state_rows(program_, shape) == 0) return;
    if (moves_filters(shape)) return filters_[layer]->get_wins(rows.subspan(shape.rows * row_bytes));
    std::byte* const state = rows.data() + shape.rows * row_bytes;
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
      if (competes(shape)) {
        store_competitor(state, row_bytes, neuron, program_.weight_width, state_[neuron]);
      } else if (shape.factor == contract::Factor::kDiscriminant) {
        store_offset(state, row_bytes, neuron, program_.weight_width, offsets_[neuron]);
      } else {
        KeptRows(program_, shape).store(state, neuron, kept_[layer][neuron]);
      }
    }
  }

  void set_memory(std::size_t layer, std::span<const std::byte> bytes) override {
    Core::set_memory(layer, bytes);
    if (program_.layers[layer].factor == contract::Factor::kDiscriminant) discriminant_->set(bytes);
    if (filters_[layer]) filters_[layer]->set_memory(bytes);
  }

  void get_memory(std::size_t layer, std::span<std::byte> bytes) const override {
    Core::get_memory(layer, bytes);
    if (program_.layers[layer].factor == contract::Factor::kDiscriminant) discriminant_->get(bytes);
    if (filters_[layer]) filters_[layer]->get_memory(bytes);
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

  void draw_levels(std::size_t layer, std::span<const std::byte> recipe) override {
    set_levels(layer, drawn_levels(program_, static_cast<unsigned>(layer), recipe));
  }

  void run(const Sample& sample, std::uint32_t number, SampleResult& result, Potentials* potentials) override {
    const bool learn = program_.learn && sample.learn;
    if (learn) ++counts_.samples_learned;
    if (potentials != nullptr) potentials->assign(program_.layers.size(), {});

    if (!program_.keep || sample.restart) {
      for (std::vector<KeptNeuron>& layer : kept_) std::fill(layer.begin(), layer.end(), KeptNeuron{});
    }
    Spikes inputs = encode(sample, number);
    std::vector<Spikes> sources;
    std::vector<Activity> activities;
    for (std::size_t layer = 0; layer < program_.layers.size(); ++layer) {
      const LayerProgram& shape = program_.layers[layer];
      sources.push_back(with_bias(inputs, shape));
      activities.push_back(without_potentials(shape) ? compare(layer, sources.back())
                           : shape.grid != 0         ? pool(layer, sources.back())
                                                     : integrate(layer, sources.back()));
      if (layer == 0 && sample.gated && !without_potentials(shape)) shut_all_but(sample.open, activities.back());
      for (const std::uint32_t count : activities.back().counts) counts_.layers[layer].spikes += spikes_of(count);
      if (potentials != nullptr) copy_potentials(shape, activities.back(), (*potentials)[layer]);
      inputs = activities.back().spikes;
    }
    tell(program_.layers.back(), activities.back(), result);
    if (!learn) return;
    std::vector<std::uint64_t> retrograde;  // R of the layer behind
    for (std::size_t layer = program_.layers.size(); layer-- > 0;) {
      const LayerProgram& shape = program_.layers[layer];
      if (competes(shape)) {
        compete(layer, sources[layer], activities[layer], sample.label, number);
      } else if (shape.factor == contract::Factor::kDiscriminant) {
        std::vector<std::uint32_t> values;
        for (std::size_t row = 0; row < shape.rows; ++row) values.push_back(count_of(sources[layer], row));
        discriminant_->learn(values, sample.label, counts_.layers[layer]);
      } else if (moves_filters(shape)) {
        move_filter(layer, sources[layer], number);
      } else if (shape.factor != contract::Factor::kFrozen) {
        retrograde =
            update(layer, sources[layer], activities[layer], activities.back().counts, retrograde, sample.label, number);
      }
    }
  }

 private:
  /// `neuron` is one of those that the row has weights for.
  std::int32_t& weight(std::size_t layer, std::size_t row, std::size_t neuron) {
    return weights_[layer][row * row_width(program_.layers[layer]) + neuron];
  }

  /// Spikes that a neuron sent, from its count.
  [[nodiscard]] std::uint32_t spikes_of(std::uint32_t count) const { return is_graded(program_) ? std::min(count, 1U) : count; }

  /// Section 1, gates: hides the neurons that are not in `open`.
  void shut_all_but(std::span<const std::uint32_t> open, Activity& activity) const {
    for (std::uint32_t neuron = 0; neuron < activity.counts.size(); ++neuron) {
      if (std::find(open.begin(), open.end(), neuron) != open.end()) continue;
      activity.shut[neuron] = true;
      activity.counts[neuron] = 0;
      for (std::size_t step = 0; step < program_.steps; ++step) activity.spikes.at(step, neuron) = 0;
    }
  }

  /// Spikes of the inputs: rate-coded intensities, the events of the sample, or graded values.
  Spikes encode(const Sample& sample, std::uint32_t number) {
    Spikes spikes(program_.steps, program_.inputs);
    if (program_.sample_kind == contract::SampleKind::kEvent) {
      for (const std::uint32_t event : sample.events) spikes.at(event >> 16, event & 0xffff) = 1;
      counts_.input_events += sample.events.size();
      return spikes;
    }
    if (is_graded(program_)) {
      for (std::uint32_t input = 0; input < program_.inputs; ++input) {
        spikes.at(0, input) = sample.intensities[input];
        if (sample.intensities[input] != 0) ++counts_.input_events;
      }
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

  /// The spikes of a layer's sources: those of its inputs, and the bias if it has one.
  [[nodiscard]] Spikes with_bias(const Spikes& inputs, const LayerProgram& shape) const {
    const std::size_t count = inputs.width();
    Spikes sources(program_.steps, count + (shape.bias ? 1 : 0));
    for (std::size_t step = 0; step < program_.steps; ++step) {
      for (std::size_t source = 0; source < count; ++source) sources.at(step, source) = inputs.at(step, source);
      if (shape.bias) sources.at(step, count) = static_cast<std::uint8_t>(bias_value(program_));
    }
    return sources;
  }

  /// A: sums of weights, of each neuron or with a grid of each filter at each position.
  std::vector<std::int64_t> sums_of(std::size_t layer, const Spikes& sources, std::size_t step) {
    const LayerProgram& shape = program_.layers[layer];
    LayerCounts& counts = counts_.layers[layer];
    const std::size_t width = row_width(shape);
    std::vector<std::int64_t> sums(positions_of(shape) * width);
    for (std::size_t source = 0; source < sources.width(); ++source) {
      const std::int64_t value = sources.at(step, source);
      if (value == 0) continue;
      ++counts.events;
      for (const Reached& reached : reached_[layer][source]) {
        counts.synaptic_operations += width;
        const std::int32_t* const row = &weight(layer, reached.row, 0);
        std::int64_t* const to = &sums[reached.first];
        for (std::size_t k = 0; k < width; ++k) to[k] += value * row[k];
      }
    }
    return sums;
  }

  /// Section 1, answers over a grid.
  Activity pool(std::size_t layer, const Spikes& sources) {
    const LayerProgram& shape = program_.layers[layer];
    const std::vector<std::int64_t> sums = sums_of(layer, sources, 0);
    const std::uint32_t rows = shell::position_rows(shape.shape), columns = shell::position_columns(shape.shape);
    const std::size_t channels = shape.shape.channels, sides = shape.two_sided ? 2 : 1;
    std::vector<std::uint32_t> pooled(shape.neurons);
    for (std::size_t p = 0; p < std::size_t{rows} * columns; ++p) {
      const std::size_t cell = std::size_t{cell_along(static_cast<std::uint32_t>(p) / columns, rows, shape.grid)} * shape.grid +
                               cell_along(static_cast<std::uint32_t>(p) % columns, columns, shape.grid);
      for (std::size_t k = 0; k < channels; ++k) {
        const std::int64_t unlimited = current(sums[p * channels + k], shape.input_shift + contract::kGradedShift);
        const auto potential = static_cast<std::int32_t>(saturate(unlimited, contract::kPotentialWidth));
        if (potential != unlimited) ++counts_.layers[layer].potential_saturations;
        pooled[cell * sides * channels + k] += excess(potential, shape.threshold);
        if (shape.two_sided) pooled[(cell * sides + 1) * channels + k] += excess(-potential, shape.threshold);
      }
    }
    Activity activity(program_.steps, kept_[layer]);
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
      const std::int32_t potential = pooled_potential(pooled[neuron], shape.answer_scale, shape.answer_shift);
      activity.potentials.at(0, neuron) = potential;
      activity.counts[neuron] = graded_value(potential, 0);
      activity.spikes.at(0, neuron) = static_cast<std::uint8_t>(activity.counts[neuron]);
    }
    return activity;
  }

  /// Takes the synaptic current of a neuron one step on.
  std::int32_t take_current(std::size_t layer, std::size_t neuron, std::int64_t sum) {
    std::int32_t& kept = kept_[layer][neuron].current;
    kept = synaptic_current(kept, program_.layers[layer].synaptic_leak, sum);
    return kept;
  }

  /// Section 1.
  Activity integrate(std::size_t layer, const Spikes& sources) {
    const LayerProgram& shape = program_.layers[layer];
    LayerCounts& counts = counts_.layers[layer];
    const unsigned shift = shape.input_shift + (is_graded(program_) ? contract::kGradedShift : 0);
    Activity activity(program_.steps, kept_[layer]);
    for (std::size_t step = 0; step < program_.steps; ++step) {
      const std::vector<std::int64_t> sums = sums_of(layer, sources, step);
      for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
        const std::int32_t before = after_spike(activity.potential_before(step, neuron), activity.spiked_before(step, neuron),
                                                shape.reset, shape.threshold);
        const std::int64_t drive = shape.synaptic_leak == 0 ? sums[neuron] : take_current(layer, neuron, sums[neuron]);
        const std::int64_t unlimited = unlimited_potential(leaked(before, shape.leak), current(drive, shift));
        const auto potential = static_cast<std::int32_t>(saturate(unlimited, contract::kPotentialWidth));
        if (potential != unlimited) ++counts.potential_saturations;
        activity.potentials.at(step, neuron) = potential;
        const std::uint32_t answer =
            is_graded(program_) ? graded_value(potential, shape.window) : (potential > shape.threshold ? 1 : 0);
        activity.spikes.at(step, neuron) = static_cast<std::uint8_t>(answer);
        activity.counts[neuron] += answer;
      }
    }
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
      kept_[layer][neuron].potential = static_cast<std::int16_t>(activity.potential_before(program_.steps, neuron));
      kept_[layer][neuron].spiked = activity.spiked_before(program_.steps, neuron);
    }
    return activity;
  }

  /// Section 2, competition and discriminant: how well each neuron's weights match the counts of its rows.
  Activity compare(std::size_t layer, const Spikes& rows) {
    const LayerProgram& shape = program_.layers[layer];
    LayerCounts& counts = counts_.layers[layer];
    Activity activity(program_.steps, kept_[layer]);
    std::vector<std::int64_t> products(shape.neurons);
    for (std::size_t row = 0; row < shape.rows; ++row) {
      const std::uint32_t count = count_of(rows, row);
      for (std::size_t step = 0; step < program_.steps; ++step) {
        if (rows.at(step, row) == 0) continue;
        ++counts.events;
        counts.synaptic_operations += shape.neurons;
      }
      for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
        products[neuron] += std::int64_t{count} * weight(layer, row, neuron);
      }
    }
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
      activity.matches.push_back(competes(shape) ? match(products[neuron], shape.input_shift, state_[neuron].squares)
                                                 : products[neuron] + offsets_[neuron]);
    }
    return activity;
  }

  /// Section 2, competition: the winner moves towards the counts of its rows.
  void compete(std::size_t layer, const Spikes& rows, const Activity& activity, std::uint32_t label, std::uint32_t number) {
    const LayerProgram& shape = program_.layers[layer];
    LayerCounts& counts = counts_.layers[layer];
    std::vector<std::size_t> candidates;
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
      if (levels_[layer][std::size_t{label} * shape.neurons + neuron] > 0) candidates.push_back(neuron);
    }
    if (candidates.empty()) return;
    const auto fresh = std::find_if(candidates.begin(), candidates.end(), [&](std::size_t k) { return state_[k].wins == 0; });
    const auto handicapped = [&](std::size_t neuron) {
      return activity.matches[neuron] - std::int64_t{shape.homeostasis} * state_[neuron].wins;
    };
    const auto best = std::max_element(candidates.begin(), candidates.end(),
                                       [&](std::size_t a, std::size_t b) { return handicapped(a) < handicapped(b); });
    const std::size_t winner = fresh != candidates.end() ? *fresh : *best;

    Competitor& competitor = state_[winner];
    const unsigned slowness = competition_shift(competitor.wins, shape.factor_shift);
    const unsigned fraction = fraction_bits(program_.weight_width);
    const Key key = sample_key(purpose_key(program_.seed, contract::Purpose::kRounding, static_cast<unsigned>(layer)), number);
    for (std::size_t row = 0; row < shape.rows; ++row) {
      ++counts.update_rows;
      ++counts.update_operations;
      std::int32_t& value = weight(layer, row, winner);
      const std::int32_t distance = competition_target(count_of(rows, row), shape.input_shift) - value;
      const std::uint16_t random = rounding_word(row_words(key, static_cast<unsigned>(row)), static_cast<unsigned>(winner));
      const std::int32_t rounding = shape.rounding == contract::Rounding::kStochastic ? stochastic_rounding(random, fraction)
                                                                                      : nearest_rounding(fraction);
      const std::int64_t unlimited = unlimited_weight(value, distance << (fraction - slowness), rounding, fraction);
      const auto limited = static_cast<std::int32_t>(saturate(unlimited, program_.weight_width));
      if (limited != unlimited) ++counts.weight_saturations;
      competitor.squares += static_cast<std::uint32_t>(limited * limited) - static_cast<std::uint32_t>(value * value);
      value = limited;
    }
    competitor.wins = std::min(competitor.wins + 1, kMostWins);
  }

  /// Section 2, features.
  void move_filter(std::size_t layer, const Spikes& sources, std::uint32_t number) {
    const LayerProgram& shape = program_.layers[layer];
    const auto patch_at = [&](std::size_t v, std::size_t h) {
      Patch patch(shape.rows);
      const std::size_t first = (v * shell::position_columns(shape.shape) + h) * row_width(shape);
      for (std::size_t source = 0; source < sources.width(); ++source) {
        for (const Reached& reached : reached_[layer][source]) {
          if (reached.first == first) patch[reached.row] += sources.at(0, source);
        }
      }
      return patch;
    };
    const std::optional<Patch> patch = filters_[layer]->draw(number, patch_at);
    if (!patch) return;
    std::vector<std::int64_t> sums(row_width(shape));
    for (std::size_t row = 0; row < shape.rows; ++row) {
      for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += (*patch)[row] * weight(layer, row, k);
    }
    const std::size_t winner = filters_[layer]->winner(sums);
    std::vector<std::int32_t> weights;
    for (std::size_t row = 0; row < shape.rows; ++row) weights.push_back(weight(layer, row, winner));
    filters_[layer]->move(winner, *patch, number, weights, counts_.layers[layer]);
    for (std::size_t row = 0; row < shape.rows; ++row) weight(layer, row, winner) = weights[row];
  }

  [[nodiscard]] std::uint32_t count_of(const Spikes& rows, std::size_t row) const {
    std::uint32_t count = 0;
    for (std::size_t step = 0; step < program_.steps; ++step) count += rows.at(step, row);
    return count;
  }

  /// signal_j. `errors` are E_k.
  [[nodiscard]] std::int32_t signal(std::size_t layer, std::size_t neuron, const Activity& activity, std::uint32_t label,
                                    const std::vector<std::int32_t>& errors) const {
    const LayerProgram& shape = program_.layers[layer];
    const auto level = [&](std::size_t row) { return levels_[layer][row * shape.neurons + neuron]; };
    if (shape.factor == contract::Factor::kLevel) return level_signal(level(label));
    if (shape.factor == contract::Factor::kError)
      return error_signal(full_count(program_), neuron == label, activity.counts[neuron]);
    std::int32_t sum = 0;
    for (std::size_t k = 0; k < errors.size(); ++k) sum += level(k) * errors[k];
    return sum;
  }

  /// Section 2. `output_counts` are those of the last layer, `retrograde` the R_j that the layer behind sent. Returns those
  /// that this one sends, of each row.
  std::vector<std::uint64_t> update(std::size_t layer, const Spikes& sources, const Activity& activity,
                                    const std::vector<std::uint32_t>& output_counts,
                                    const std::vector<std::uint64_t>& retrograde, std::uint32_t label, std::uint32_t number) {
    const LayerProgram& shape = program_.layers[layer];
    LayerCounts& counts = counts_.layers[layer];
    const std::size_t last = program_.steps - 1;
    const std::size_t first_step = shape.span == contract::Span::kLastStep ? last : 0;

    std::vector<std::int32_t> errors;
    for (std::size_t k = 0; k < std::min<std::size_t>(program_.classes, output_counts.size()); ++k) {
      errors.push_back(error_signal(full_count(program_), k == label, output_counts[k]));
    }
    std::vector<std::int32_t> factors(shape.neurons);
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
      factors[neuron] = postsynaptic_factor(signal(layer, neuron, activity, label, errors), shape.rate, shape.factor_shift);
      if (!takes_retrograde(shape)) continue;
      factors[neuron] = scaled_factor(factors[neuron], retrograde_share(retrograde[neuron], shape.retrograde_shift,
                                                                        shape.retrograde_base, shape.retrograde_limit));
    }

    std::vector<std::vector<std::int64_t>> changes(shape.rows);  // u of the rows that are visited
    for (std::size_t source = 0; source < sources.width(); ++source) {
      bool visited = false;
      for (std::size_t step = first_step; step <= last; ++step) visited = visited || sources.at(step, source) != 0;
      if (!visited) continue;
      for (const Reached& reached : reached_[layer][source]) {
        counts.update_operations += row_width(shape);
        std::vector<std::int64_t>& row = changes[reached.row];
        row.resize(row_width(shape));
        for (std::size_t k = 0; k < row.size(); ++k) {
          const std::size_t neuron = reached.first + k;
          if (activity.shut[neuron]) continue;
          row[k] += std::int64_t{coincidences(shape, sources, source, activity, neuron, first_step)} * factors[neuron];
        }
      }
    }
    std::vector<std::uint64_t> told(shape.rows);
    for (std::size_t row = 0; row < shape.rows; ++row) {
      if (changes[row].empty()) continue;
      ++counts.update_rows;
      change_row(layer, row, changes[row], number);
      for (const std::int64_t change : changes[row]) told[row] += static_cast<std::uint64_t>(std::abs(change));
    }
    return told;
  }

  /// K_ij.
  [[nodiscard]] std::int32_t coincidences(const LayerProgram& shape, const Spikes& sources, std::size_t source,
                                          const Activity& activity, std::size_t neuron, std::size_t first_step) const {
    std::int32_t sum = 0;
    for (std::size_t step = first_step; step < program_.steps; ++step) {
      const bool spiked_before = step != 0 && sources.at(step - 1, source) != 0;
      const std::uint8_t value = sources.at(step, source);
      sum += (is_graded(program_) ? value : presynaptic(value != 0, spiked_before, shape.trace_shift)) *
             postsynaptic(shape.post, activity.potentials.at(step, neuron), shape.threshold, shape.window,
                          activity.spiked_before(step, neuron));
    }
    return sum;
  }

  void change_row(std::size_t layer, std::size_t row, const std::vector<std::int64_t>& changes, std::uint32_t number) {
    const LayerProgram& shape = program_.layers[layer];
    const unsigned fraction = fraction_bits(program_.weight_width);
    const Key key = sample_key(purpose_key(program_.seed, contract::Purpose::kRounding, static_cast<unsigned>(layer)), number);
    const WordPair random = row_words(key, static_cast<unsigned>(row));
    for (std::size_t k = 0; k < changes.size(); ++k) {
      const std::int32_t rounding = shape.rounding == contract::Rounding::kStochastic
                                        ? stochastic_rounding(rounding_word(random, static_cast<unsigned>(k)), fraction)
                                        : nearest_rounding(fraction);
      std::int32_t& value = weight(layer, row, k);
      const std::int64_t unlimited = unlimited_weight(value, changes[k], rounding, fraction);
      value = static_cast<std::int32_t>(saturate(unlimited, program_.weight_width));
      if (value != unlimited) ++counts_.layers[layer].weight_saturations;
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
      result.scores[neuron] = without_potentials(shape)
                                  ? competition_score(activity.matches[neuron])
                                  : score(activity.counts[neuron], activity.potentials.at(program_.steps - 1, neuron));
      if (result.scores[neuron] > result.scores[result.prediction]) result.prediction = neuron;
      result.spikes += activity.counts[neuron];
    }
  }

  std::vector<std::vector<std::vector<Reached>>> reached_;  ///< [layer][source]
  std::vector<std::vector<std::int32_t>> weights_;          ///< [layer][row * row_width + neuron]
  std::vector<std::vector<std::int8_t>> levels_;            ///< [layer][class * neurons + neuron]
  std::vector<std::vector<KeptNeuron>> kept_;               ///< [layer][neuron], since the sample before
  std::vector<std::optional<Filters>> filters_;             ///< [layer], of those whose filters compete
  std::vector<Competitor> state_;                           ///< of the last layer, if it competes
  std::vector<std::int32_t> offsets_;                       ///< B_c of the last layer, if it is a discriminant
  std::optional<PlainDiscriminant> discriminant_;           ///< the last layer, if it is one
};

}  // namespace

std::unique_ptr<Core> make_plain_core(Program program) { return std::make_unique<PlainCore>(std::move(program)); }

}  // namespace phasic::reference
