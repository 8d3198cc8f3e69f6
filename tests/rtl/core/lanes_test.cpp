// SPDX-License-Identifier: Apache-2.0
// Samples through the lanes of a layer, from weights to spikes, factors and new weights, against the formulas of the reference.
// The test stands for the order of work, the sweep, the walk and the synapse memory.
#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "Vlanes_4x8.h"
#include "Vlanes_currents_4x8.h"
#include "Vlanes_rules_4x16.h"
#include "Vlanes_state_4x8.h"
#include "tests/rtl/core/competition_twin.hpp"

namespace phasic::testing::lanes_test {
namespace {

using contract::Factor;

template <class Model, unsigned WeightWidth, unsigned SumWidth, bool Rules, bool State = false, bool Currents = false>
struct Shape {
  using model = Model;
  static constexpr unsigned weight_width = WeightWidth, sum_width = SumWidth;
  static constexpr bool rules = Rules, state = State, currents = Currents;
};

constexpr std::size_t kLanes = 4, kWords = 3, kClasses = 6, kOutputs = 8, kDepth = 256;
constexpr std::size_t kNeurons = kLanes * kWords;

struct Neuron {
  std::int64_t sum = 0;
  std::int32_t current = 0, potential = 0, post = 0;
  std::uint32_t count = 0, plus = 0, minus = 0;
  bool open = true, fired = false, spike = false, limited = false;
};

struct Layer {
  contract::Layer fields;
  Factor factor = Factor::kLevel;
  contract::Post post = contract::Post::kTrit;
  contract::Rounding rounding = contract::Rounding::kStochastic;
  bool all_steps = false;
  std::size_t neurons = 1, words = 1, classes = 1;
  unsigned steps = 1;
  bool graded = false;
  bool keep = false;  // the first step goes on from the state in the memory
  std::array<std::array<std::int8_t, kNeurons>, kClasses> levels{};

  [[nodiscard]] std::uint32_t full() const { return graded ? contract::kGradedFull : steps; }
};

void step_twin(Neuron& neuron, const Layer& layer, bool silent, unsigned step) {
  const bool before = neuron.fired;
  const unsigned shift = layer.fields.input_shift + (layer.graded ? contract::kGradedShift : 0);
  const std::int32_t after = reference::after_spike(neuron.potential, before, static_cast<contract::Reset>(layer.fields.reset),
                                                    layer.fields.threshold);
  std::int64_t drive = silent ? 0 : neuron.sum;
  if (layer.fields.synaptic_leak != 0)
    drive = neuron.current = reference::synaptic_current(neuron.current, layer.fields.synaptic_leak, drive);
  const std::int64_t unlimited =
      reference::unlimited_potential(reference::leaked(after, layer.fields.leak), reference::current(drive, shift));
  neuron.potential = static_cast<std::int32_t>(reference::saturate(unlimited, 16));
  neuron.limited = neuron.potential != unlimited;
  neuron.fired = neuron.potential > (layer.graded ? layer.fields.window : layer.fields.threshold);
  neuron.spike = neuron.fired && neuron.open;
  neuron.count = !layer.graded ? neuron.count + (neuron.spike ? 1 : 0)
                 : neuron.open ? reference::graded_value(neuron.potential, layer.fields.window)
                               : 0;
  neuron.post = neuron.open
                    ? reference::postsynaptic(layer.post, neuron.potential, layer.fields.threshold, layer.fields.window, before)
                    : 0;
  neuron.plus |= neuron.post > 0 ? 1U << step : 0;
  neuron.minus |= neuron.post < 0 ? 1U << step : 0;
}

struct Seen {
  unsigned spikes = 0, limited = 0, feedback = 0, gated = 0, updates = 0, winners = 0, kept = 0;
};

template <class T>
class RtlLanes : public ::testing::Test {
 protected:
  using Module = Clocked<typename T::model>;
  static constexpr unsigned kCountWidth = T::rules ? 8 : 6;
  static constexpr std::size_t kNeuronRows = contract::kPotentialWidth / T::weight_width + 1;
  static std::size_t state_rows(const Layer& layer) {
    return kNeuronRows + (layer.fields.synaptic_leak == 0 ? 0 : contract::kCurrentWidth / T::weight_width);
  }
  using Word = std::array<std::int64_t, kLanes>;

  static Layer random_layer(std::mt19937_64& random) {
    Layer layer;
    contract::Layer& fields = layer.fields;
    layer.graded = T::rules && random() % 3 == 0;
    layer.all_steps = !layer.graded && random() % 2 == 0;
    layer.factor = static_cast<Factor>(1 + random() % (T::rules ? 3 : 2));
    layer.rounding = random() % 2 == 0 ? contract::Rounding::kStochastic : contract::Rounding::kNearest;
    if (T::rules) layer.post = static_cast<contract::Post>(random() % 3);
    layer.neurons = 1 + random() % (layer.all_steps ? kOutputs : kNeurons);
    layer.words = (layer.neurons + kLanes - 1) / kLanes;
    layer.classes = 1 + random() % kClasses;
    layer.steps = layer.graded ? 1 : 1 + static_cast<unsigned>(random() % 6);
    fields.neurons = static_cast<std::uint32_t>(layer.neurons);
    fields.threshold = static_cast<std::int32_t>(random() % 400);
    fields.window = static_cast<std::int32_t>(random() % 200) - 20;
    fields.leak = 256 * static_cast<std::uint32_t>(random() % 257);
    if (T::state) {
      fields.leak = static_cast<std::uint32_t>(random() % 65537);
      fields.reset = static_cast<std::uint32_t>(random() % 3);
      layer.keep = random() % 2 == 0;
    }
    if (T::currents && random() % 4 != 0)
      fields.synaptic_leak = static_cast<std::uint32_t>(random() % 4 == 0 ? 65535 : random() % 65536);
    fields.input_shift = static_cast<std::uint32_t>(random() % 3);
    fields.factor = static_cast<std::uint32_t>(layer.factor);
    fields.post = static_cast<std::uint32_t>(layer.post);
    fields.span = static_cast<std::uint32_t>(layer.all_steps ? contract::Span::kAllSteps : contract::Span::kLastStep);
    fields.rate = static_cast<std::uint32_t>(random() % 65536);
    fields.factor_shift = static_cast<std::uint32_t>(random() % 12);
    fields.rounding = static_cast<std::uint32_t>(layer.rounding);
    if (T::rules && layer.all_steps) fields.trace_shift = static_cast<std::uint32_t>(random() % 4);
    return layer;
  }

  void set_constants(Layer& layer) {
    std::memcpy(port_bytes(module_->descriptor_i).data(), &layer.fields,
                std::min(sizeof module_->descriptor_i, sizeof layer.fields));
    module_->steps_i = static_cast<unsigned char>(layer.steps);
    module_->classes_i = static_cast<std::uint16_t>(layer.classes);
    module_->graded_i = layer.graded;
    module_->neuron_words_i = static_cast<std::uint16_t>(layer.words);
    module_->row_words_i = static_cast<std::uint16_t>(layer.words);
    module_->last_word_i = module_->row_last_word_i = static_cast<unsigned char>(layer.words - 1);
    module_->row_width_i = static_cast<std::uint16_t>(layer.neurons);
    module_->shaped_i = module_->grid_i = module_->clearing_i = 0;
    module_->load_level_i = 1;
    for (std::size_t c = 0; c < kClasses; ++c) {
      for (std::size_t word = 0; word < layer.words; ++word) {
        module_->load_address_i = static_cast<std::uint32_t>(c * layer.words + word);
        for (std::size_t k = 0; k < kLanes; ++k) {
          const auto level = static_cast<std::int8_t>(random_signed(random_, 8));
          layer.levels[c][word * kLanes + k] = level;
          set_bits(module_->load_data_i, 8 * k, 8, level);
        }
        module_.edge();
      }
    }
    module_->load_level_i = 0;
  }

  /// What neuron `j` has in row `row` of the state.
  static std::uint32_t state_bits(const std::vector<Neuron>& neurons, std::size_t j, std::size_t row) {
    if (row == kNeuronRows - 1) return neurons[j].fired ? 1 : 0;
    const auto bits = static_cast<std::uint32_t>(row < kNeuronRows ? neurons[j].potential : neurons[j].current);
    return bits >> (T::weight_width * (row < kNeuronRows ? row : row - kNeuronRows)) & ((1U << T::weight_width) - 1);
  }

  /// Weights, which the lanes do not keep, and state.
  void load_rows(const Layer& layer, std::vector<Neuron>& neurons) {
    module_->keep_i = layer.keep;
    rows_ = 1 + random_() % 8;
    module_->rows_i = static_cast<std::uint16_t>(rows_);
    module_.edge();
    if (!layer.keep) return;
    for (Neuron& neuron : neurons) {
      neuron.potential = static_cast<std::int32_t>(random_signed(random_, random_() % 2 == 0 ? 16 : 9));
      neuron.fired = random_() % 2 == 0;
      if (layer.fields.synaptic_leak != 0)
        neuron.current = static_cast<std::int32_t>(random_signed(random_, random_() % 3 == 0 ? 32 : 12));
      seen.kept += neuron.fired;
    }
    for (std::size_t address = 0; address < (rows_ + state_rows(layer)) * layer.words; ++address) {
      const std::size_t row = address / layer.words;
      for (std::size_t k = 0; k < kLanes; ++k) {
        const std::size_t j = address % layer.words * kLanes + k;
        set_bits(module_->load_data_i, T::weight_width * k, T::weight_width,
                 row >= rows_ && j < neurons.size() ? state_bits(neurons, j, row - rows_) : random_());
      }
      module_->load_weight_i = 1;
      module_->load_address_i = static_cast<std::uint32_t>(address);
      module_.edge();
      module_->load_weight_i = 0;
    }
  }

  void check_rows(const Layer& layer, const std::vector<Neuron>& neurons) {
    for (std::size_t address = 0; address < (rows_ + state_rows(layer)) * layer.words; ++address) {
      const std::size_t row = address / layer.words;
      module_->store_valid_i = 1;
      module_->store_address_i = static_cast<std::uint32_t>(address);
      module_.edge();
      module_->store_valid_i = 0;
      module_.edge();
      module_.settle();
      ASSERT_EQ(module_->stored_state_valid_o != 0, layer.keep && row >= rows_) << "row " << row;
      for (std::size_t k = 0; layer.keep && row >= rows_ && k < kLanes; ++k) {
        const std::size_t j = address % layer.words * kLanes + k;
        if (j >= neurons.size()) continue;
        ASSERT_EQ(get_bits(module_->stored_state_o, T::weight_width * k, T::weight_width), state_bits(neurons, j, row - rows_))
            << "row " << row << " neuron " << j;
      }
    }
  }

  void start_sample(const Layer& layer, std::vector<Neuron>& neurons) {
    const bool gated = random_() % 2 == 0;
    module_->sample_started_i = 1;
    module_->sample_gated_i = gated;
    module_.edge();
    module_->sample_started_i = 0;
    module_->sample_gated_i = random_() % 2;
    module_->sample_learn_i = 1;
    module_->sample_class_i = static_cast<std::uint16_t>(random_() % layer.classes);
    module_->sample_number_i = static_cast<std::uint32_t>(random_());
    if (!T::rules || !gated) return;
    ++seen.gated;
    while (module_->gate_busy_o != 0) module_.edge();
    for (std::size_t j = 0; j < neurons.size(); ++j) {
      neurons[j].open = random_() % 2 == 0;
      module_->gate_open_i = neurons[j].open;
      module_->gate_neuron_i = static_cast<std::uint16_t>(j);
      module_.edge();
    }
    module_->gate_open_i = 0;
  }

  /// One cycle; the word that was issued two cycles before is on the port of weights.
  void issue_cycle(const std::optional<Word>& issued) {
    flying_ = {issued, flying_[0], flying_[1]};
    for (std::size_t k = 0; k < kLanes; ++k)
      set_bits(module_->weights_i, T::weight_width * k, T::weight_width,
               flying_[2] ? (*flying_[2])[k] : static_cast<std::int64_t>(random_()));
    module_.edge();
  }

  /// Rows of random weights and values; returns whether there were none.
  bool issue_rows(const Layer& layer, std::vector<Neuron>& neurons) {
    for (Neuron& neuron : neurons) neuron.sum = 0;
    const std::size_t rows = random_() % 4 == 0 ? 0 : 1 + random_() % 6;
    for (std::size_t row = 0; row < rows; ++row) {
      const unsigned value = static_cast<unsigned>(layer.graded ? random_() % 256 : 1);
      for (std::size_t word = 0; word < layer.words; ++word) {
        Word weights;
        for (std::size_t k = 0; k < kLanes; ++k) {
          weights[k] = random_signed(random_, random_() % 4 == 0 ? T::weight_width : 8);
          if (word * kLanes + k < neurons.size()) neurons[word * kLanes + k].sum += weights[k] * value;
        }
        module_->issue_i = 1;
        module_->issue_bank_i = bank_;
        module_->issue_first_i = row == 0;
        module_->issue_word_i = static_cast<unsigned char>(word);
        module_->issue_value_i = static_cast<unsigned char>(value);
        issue_cycle(weights);
        module_->issue_i = 0;
        while (random_() % 8 == 0) issue_cycle({});
      }
    }
    for (unsigned cycle = 0; cycle < 5; ++cycle) issue_cycle({});
    return rows == 0;
  }

  /// The stages of a sweep or, with `factors`, of the factors: a word a cycle, with gaps.
  void stages(const Layer& layer, bool factors, const std::vector<Neuron>& neurons) {
    // With currents the sums of a word are read two cycles before its state.
    constexpr std::size_t kAhead = T::currents ? 2 : 0;
    std::array<std::size_t, 5 + kAhead> words{};
    words.fill(kWords);
    const auto stage = std::span(words).template subspan<kAhead>();
    for (std::size_t next = 0, after = 0; after < 7 + kAhead; after = next < layer.words ? 0 : after + 1) {
      for (std::size_t s = words.size() - 1; s > 0; --s) words[s] = words[s - 1];
      words[0] = next < layer.words && random_() % 4 != 0 ? next++ : kWords;
      module_->sum_read_i = words[0] < kWords && !factors;
      module_->sum_word_i = static_cast<unsigned char>(words[0] % kWords);
      module_->sweep_read_i = stage[0] < kWords;
      module_->factor0_i = factors && stage[0] < kWords;
      module_->sweep_valid_i = module_->factor_valid_i = 0;
      for (unsigned s = 1; s <= 4; ++s) {
        if (stage[s] == kWords) continue;
        if (!factors) module_->sweep_valid_i |= 1U << (s - 1);
        if (factors && s <= 2) module_->factor_valid_i |= 1U << (s - 1);
      }
      module_->word0_i = static_cast<unsigned char>(stage[0] % kWords);
      module_->word2_i = static_cast<unsigned char>(stage[2] % kWords);
      module_->word3_i = static_cast<unsigned char>(stage[3] % kWords);
      module_->end2_i = stage[2] + 1 == layer.words;
      module_->end3_i = stage[3] + 1 == layer.words;
      module_->word4_i = static_cast<unsigned char>(stage[4] % kWords);
      module_.settle();
      for (std::size_t k = 0; !factors && stage[4] < kWords && k < kLanes; ++k) {
        const std::size_t j = stage[4] * kLanes + k;
        const bool here = j < neurons.size();
        ASSERT_EQ(get_bits(module_->spikes_o, k, 1), here && neurons[j].spike) << "neuron " << j;
        ASSERT_EQ(get_bits(module_->potentials_limited_o, k, 1), here && neurons[j].limited) << "neuron " << j;
        ASSERT_EQ(module_->potentials_valid_o, 1);
        if constexpr (T::rules) {
          if (here && neurons[j].spike) {
            ASSERT_EQ(get_bits(module_->values_o, 8 * k, 8), layer.graded ? neurons[j].count : 1) << "neuron " << j;
          }
        }
      }
      module_.edge();
    }
  }

  void read_out(const Layer& layer, const std::vector<Neuron>& neurons) {
    for (std::size_t word = 0; word < layer.words; ++word) {
      module_->sweep_read_i = 1;
      module_->word0_i = static_cast<unsigned char>(word);
      module_.edge();
      module_->sweep_read_i = 0;
      for (std::size_t k = 0; k < kLanes && word * kLanes + k < neurons.size(); ++k) {
        const Neuron& neuron = neurons[word * kLanes + k];
        module_->read_out_i = 1;
        module_->read_out_lane_i = static_cast<unsigned char>(k);
        module_.edge();
        module_->read_out_i = 0;
        ASSERT_EQ(get_signed(module_->read_out_o, 0, 16), neuron.potential);
        ASSERT_EQ(get_bits(module_->read_out_o, 16, kCountWidth), neuron.count);
      }
    }
  }

  /// Counts of the last layer; with factor feedback the factors wait for them. Returns them.
  std::vector<std::uint32_t> send_counts(const Layer& layer) {
    std::vector<std::uint32_t> counts(layer.classes);
    for (std::size_t c = 0; c < counts.size(); ++c) {
      counts[c] = static_cast<std::uint32_t>(random_() % (layer.full() + 1));
      module_->count_valid_i = 1;
      module_->count_i = static_cast<unsigned char>(counts[c]);
      module_->count_last_i = c + 1 == counts.size();
      module_->count_number_i = module_->sample_number_i;
      module_.edge();
      module_->count_valid_i = 0;
      while (random_() % 4 == 0) module_.edge();
    }
    return counts;
  }

  /// e_j of each neuron, without its postsynaptic part.
  std::vector<std::int32_t> factors_of(const Layer& layer, const std::vector<Neuron>& neurons,
                                       const std::vector<std::uint32_t>& counts) {
    const std::size_t label = module_->sample_class_i;
    std::vector<std::int32_t> factors;
    for (std::size_t j = 0; j < neurons.size(); ++j) {
      std::int32_t signal = reference::level_signal(layer.levels[label][j]);
      if (layer.factor == Factor::kError) signal = reference::error_signal(layer.full(), j == label, neurons[j].count);
      if (layer.factor == Factor::kFeedback) {
        signal = 0;
        for (std::size_t c = 0; c < counts.size(); ++c)
          signal += layer.levels[c][j] * reference::error_signal(layer.full(), c == label, counts[c]);
      }
      factors.push_back(reference::postsynaptic_factor(signal, layer.fields.rate, layer.fields.factor_shift));
    }
    return factors;
  }

  struct Update {
    std::size_t word = 0;
    std::uint32_t address = 0, history = 0;
    reference::WordPair row;
    Word weights{};
  };

  /// A word of updates at a time; what comes out is compared.
  void update(const Layer& layer, const std::vector<Neuron>& neurons, const std::vector<std::int32_t>& factors) {
    Update update;
    update.word = random_() % layer.words;
    update.address = static_cast<std::uint32_t>(random_() % kDepth);
    update.history = static_cast<std::uint32_t>(random_() & random_());
    update.row = {static_cast<std::uint16_t>(random_()), static_cast<std::uint16_t>(random_())};
    for (std::int64_t& weight : update.weights) weight = random_signed(random_, T::weight_width);
    module_->walk_i = module_->walk_valid_i = 1;
    module_->walk_word_i = static_cast<unsigned char>(update.word);
    module_->walk_address_i = static_cast<unsigned char>(update.address);
    module_->row_x_i = update.row.x;
    module_->row_y_i = update.row.y;
    module_->history_i = update.history;
    std::array<bool, 2> asked{};
    for (unsigned cycle = 0; cycle < 12; ++cycle) {
      for (std::size_t k = 0; k < kLanes; ++k)
        set_bits(module_->weights_i, T::weight_width * k, T::weight_width,
                 asked[1] ? update.weights[k] : static_cast<std::int64_t>(random_()));
      module_.settle();
      asked = {module_->weight_read_o != 0, asked[0]};
      if (asked[0]) {
        ASSERT_EQ(module_->weight_read_address_o, update.address);
      }
      ASSERT_EQ(module_->weight_write_o, module_->update_write_o);
      ASSERT_EQ(module_->winner_learned_o, 0);
      const bool written = module_->weight_write_o != 0;
      if (written) {
        ASSERT_NO_FATAL_FAILURE(check_update(layer, neurons, factors, update));
      }
      module_.edge();
      module_->walk_i = module_->walk_valid_i = 0;
      if (!written) continue;
      ++seen.updates;
      return;
    }
    FAIL() << "no weights are written";
  }

  void check_update(const Layer& layer, const std::vector<Neuron>& neurons, const std::vector<std::int32_t>& factors,
                    const Update& update) {
    constexpr unsigned fraction = reference::fraction_bits(T::weight_width);
    const bool all_steps = layer.all_steps;
    ASSERT_EQ(module_->weight_write_address_o, update.address);
    for (std::size_t k = 0; k < kLanes; ++k) {
      const std::size_t j = update.word * kLanes + k;
      std::int32_t change = 0;
      if (j < neurons.size()) {
        std::int32_t coincidences = layer.graded ? static_cast<std::int32_t>(update.history & 0xff) : 1;
        if (!all_steps) coincidences *= neurons[j].post;
        if (all_steps) coincidences = 0;
        for (unsigned step = 0; all_steps && step < 32; ++step) {
          const bool before = step != 0 && (update.history >> (step - 1) & 1) != 0;
          coincidences += reference::presynaptic((update.history >> step & 1) != 0, before, layer.fields.trace_shift) *
                          (static_cast<std::int32_t>(neurons[j].plus >> step & 1) -
                           static_cast<std::int32_t>(neurons[j].minus >> step & 1));
        }
        change = coincidences * factors[j];
      }
      const std::int32_t rounding =
          layer.rounding == contract::Rounding::kNearest
              ? reference::nearest_rounding(fraction)
              : reference::stochastic_rounding(reference::rounding_word(update.row, static_cast<unsigned>(j)), fraction);
      const std::int32_t moved =
          reference::unlimited_weight(static_cast<std::int32_t>(update.weights[k]), change, rounding, fraction);
      const std::int64_t limited = reference::saturate(moved, T::weight_width);
      ASSERT_EQ(get_signed(module_->weights_o, T::weight_width * k, T::weight_width), limited) << "neuron " << j;
      ASSERT_EQ(get_bits(module_->weights_limited_o, k, 1), moved != limited) << "neuron " << j;
      seen.limited += moved != limited;
    }
  }

  void sample() {
    Layer layer = random_layer(random_);
    std::vector<Neuron> neurons(layer.neurons);
    module_->compete_i = 0;
    set_constants(layer);
    load_rows(layer, neurons);
    start_sample(layer, neurons);
    for (unsigned step = 0; step < layer.steps; ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      const bool silent = issue_rows(layer, neurons);
      module_->step_done_i = 1;
      module_.edge();
      module_->step_done_i = 0;
      module_->sweep_bank_i = bank_;
      module_->sweep_first_i = step == 0;
      module_->sweep_fresh_i = step == 0 && !layer.keep;
      module_->sweep_silent_i = silent;
      module_->sweep_step_i = 1U << step;
      bank_ = !bank_;
      for (Neuron& neuron : neurons) {
        step_twin(neuron, layer, silent, step);
        seen.spikes += neuron.spike;
      }
      ASSERT_NO_FATAL_FAILURE(stages(layer, false, neurons));
      ASSERT_NO_FATAL_FAILURE(read_out(layer, neurons));
    }
    ASSERT_NO_FATAL_FAILURE(check_rows(layer, neurons));
    const bool feedback = layer.factor == Factor::kFeedback;
    ASSERT_EQ(module_->factors_ready_o != 0, !feedback);
    const std::vector<std::uint32_t> counts = send_counts(layer);
    for (unsigned cycle = 0; module_->factors_ready_o == 0; ++cycle) {
      ASSERT_LT(cycle, 100U) << "the factors do not become ready";
      module_.edge();
    }
    seen.feedback += feedback;
    module_->factor_class_i = module_->sample_class_i;
    ASSERT_NO_FATAL_FAILURE(stages(layer, true, neurons));
    const std::vector<std::int32_t> factors = factors_of(layer, neurons, counts);
    for (unsigned n = 0; n < 6; ++n) ASSERT_NO_FATAL_FAILURE(update(layer, neurons, factors));
  }

  void reset() {
    module_->clear_i = module_->load_level_i = module_->sample_started_i = module_->sample_gated_i = module_->gate_open_i = 0;
    module_->issue_i = module_->step_done_i = module_->sum_read_i = module_->sweep_read_i = module_->sweep_valid_i =
        module_->read_out_i = 0;
    module_->factor0_i = module_->factor_valid_i = module_->count_valid_i = module_->contest_start_i = 0;
    module_->walk_i = module_->walk_valid_i = module_->compete_i = module_->features_i = 0;
    module_->keep_i = module_->load_weight_i = module_->store_valid_i = 0;
    module_->score_ready_i = 1;
    module_.reset();
  }

 public:
  explicit RtlLanes() : random_(1), module_(1) {}
  Seen seen;

 protected:
  std::mt19937_64 random_;
  Module module_;
  std::size_t rows_ = 1;  // of weights
  bool bank_ = false;
  std::array<std::optional<Word>, 3> flying_{};
};
using Shapes =
    ::testing::Types<Shape<Vlanes_4x8, 8, 18, false>, Shape<Vlanes_rules_4x16, 16, 32, true>,
                     Shape<Vlanes_state_4x8, 8, 18, false, true>, Shape<Vlanes_currents_4x8, 8, 18, false, true, true>>;
TYPED_TEST_SUITE(RtlLanes, Shapes);

TYPED_TEST(RtlLanes, TakeSamplesFromWeightsToSpikesFactorsAndNewWeights) {
  this->reset();
  for (unsigned n = 0; n < 1500; ++n) {
    SCOPED_TRACE("sample " + std::to_string(n));
    ASSERT_NO_FATAL_FAILURE(this->sample());
  }
  EXPECT_GT(this->seen.spikes, 500U);
  EXPECT_GT(this->seen.updates, 2000U);
  EXPECT_GT(this->seen.limited, 100U);
  if (TypeParam::rules) {
    EXPECT_GT(this->seen.feedback, 50U);
    EXPECT_GT(this->seen.gated, 50U);
  }
  EXPECT_GT(this->seen.kept + 1, TypeParam::state ? 500U : 0U);
}

using RtlLanesWithRules = RtlLanes<Shape<Vlanes_rules_4x16, 16, 32, true>>;
TEST_F(RtlLanesWithRules, LetAContestTakeSumsLevelsAndTheSynapseMemory) {
  using Twin = CompetitionTwin<kLanes, 16, 32, kDepth>;
  reset();
  for (unsigned n = 0; n < 200; ++n) {
    SCOPED_TRACE("sample " + std::to_string(n));
    typename Twin::Sample sample = Twin::random_sample(random_, true);
    sample.neurons.resize(std::min(sample.neurons.size(), kNeurons));
    sample.words = (sample.neurons.size() + kLanes - 1) / kLanes;
    sample.layer.neurons = static_cast<std::uint32_t>(sample.neurons.size());
    Layer layer;
    layer.fields = sample.layer;
    layer.neurons = sample.neurons.size();
    layer.words = sample.words;
    layer.classes = kClasses;
    layer.graded = sample.graded;
    set_constants(layer);
    module_->compete_i = 1;
    module_->rows_i = static_cast<std::uint16_t>(sample.rows.size());
    std::vector<Neuron> neurons(layer.neurons);
    start_sample(layer, neurons);
    module_->sample_learn_i = sample.learn;
    // The lanes add up what the contest takes; its bank is the one that is not issued to.
    sample.silent = issue_rows(layer, neurons);
    bank_ = !bank_;
    module_->issue_bank_i = bank_;
    for (std::size_t j = 0; j < neurons.size(); ++j) {
      sample.neurons[j] = {neurons[j].sum, layer.levels[module_->sample_class_i][j] > 0};
    }
    Twin::Memory memory = Twin::random_memory(sample, random_), expected_memory = memory;
    const auto expected = Twin::expect(sample, expected_memory);
    seen.winners += expected.winner ? 1 : 0;

    std::array<std::optional<std::size_t>, 2> reads{};
    std::size_t scores = 0, learned = 0;
    const auto cycle = [&] {
      for (std::size_t k = 0; k < kLanes; ++k)
        set_bits(module_->weights_i, 16 * k, 16, reads[1] ? memory[*reads[1]][k] : static_cast<std::int64_t>(random_()));
      module_.settle();
      reads = {std::nullopt, reads[0]};
      if (module_->weight_read_o != 0) reads[0] = module_->weight_read_address_o;
      ASSERT_EQ(module_->update_write_o, 0);
      for (std::size_t k = 0; module_->weight_write_o != 0 && k < kLanes; ++k)
        memory[module_->weight_write_address_o][k] = get_signed(module_->weights_o, 16 * k, 16);
      learned += module_->winner_learned_o;
      if (module_->score_valid_o != 0) {
        ASSERT_LT(scores, expected.scores.size());
        ASSERT_EQ(module_->score_o, expected.scores[scores++]);
        ASSERT_EQ(module_->score_last_o != 0, scores == expected.scores.size());
        if (module_->score_last_o != 0) {
          ASSERT_EQ(module_->prediction_o, expected.prediction);
        }
      }
      module_.edge();
    };
    module_->contest_start_i = module_->step_done_i = 1;
    module_->contest_silent_i = sample.silent;
    ASSERT_NO_FATAL_FAILURE(cycle());
    module_->contest_start_i = module_->step_done_i = 0;
    module_.settle();
    for (unsigned wait = 0; module_->competition_busy_o != 0; ++wait) {
      ASSERT_LT(wait, 500U) << "the contest does not end";
      ASSERT_NO_FATAL_FAILURE(cycle());
    }
    ASSERT_EQ(scores, expected.scores.size());
    ASSERT_EQ(module_->winner_valid_o != 0, expected.winner.has_value());
    if (sample.learn) {
      module_->walk_i = 1;
      for (unsigned k = 0; k < 8; ++k) ASSERT_NO_FATAL_FAILURE(cycle());
      for (std::size_t row = 0; row < sample.rows.size(); ++row) {
        module_->walk_valid_i = 1;
        module_->walk_address_i = static_cast<unsigned char>(row * sample.words);
        module_->row_x_i = sample.rows[row].random.x;
        module_->row_y_i = sample.rows[row].random.y;
        module_->history_i = sample.rows[row].history;
        ASSERT_NO_FATAL_FAILURE(cycle());
        module_->walk_valid_i = 0;
      }
      module_->walk_i = 0;
      ASSERT_NO_FATAL_FAILURE(cycle());
      module_.settle();
      for (unsigned wait = 0; module_->competition_busy_o != 0; ++wait) {
        ASSERT_LT(wait, 200U) << "learning does not end";
        ASSERT_NO_FATAL_FAILURE(cycle());
      }
      ASSERT_EQ(learned, expected.winner ? sample.rows.size() : 0);
    }
    ASSERT_TRUE(memory == expected_memory);
  }
  EXPECT_GT(seen.winners, 50U);
}

}  // namespace
}  // namespace phasic::testing::lanes_test
