// SPDX-License-Identifier: Apache-2.0
// The same bits as plain_core.cpp. Spikes travel as lists of rows or as bits, layers are in fast/, and their inner loops in
// kernels/.
#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "sim/reference/arithmetic.hpp"
#include "sim/reference/cores.hpp"
#include "sim/reference/drawn_levels.hpp"
#include "sim/reference/fast/encoder.hpp"
#include "sim/reference/fast/layer.hpp"
#include "sim/reference/kernels/fast_kernels.hpp"

namespace phasic::reference {
namespace {

/// Whether the layer learns once the ones behind it have been shown the sample, or have learned it.
bool learns_late(const LayerProgram& layer) { return layer.factor == contract::Factor::kFeedback || takes_retrograde(layer); }

/// Whether the layer learns without waiting for others.
bool learns_at_once(const LayerProgram& layer) { return layer.factor != contract::Factor::kFrozen && !learns_late(layer); }

std::unique_ptr<FastLayer> make_layer(const LayerContext& context) {
  if (competes(context.shape)) return make_competition_layer(context);
  if (context.shape.factor == contract::Factor::kDiscriminant) return make_discriminant_layer(context);
  if (context.shape.grid != 0) return make_grid_layer(context);
  if (has_shape(context.shape)) return make_convolution_layer(context);
  if (is_graded(context.program)) return make_graded_layer(context);
  return context.number > 0 && context.shape.neurons <= kNarrowNeurons ? make_narrow_layer(context) : make_dense_layer(context);
}

class FastCore final : public Core {
 public:
  FastCore(Program program, const FastKernels& kernels) : Core(std::move(program)) {
    if (!is_graded(program_)) encoder_.emplace(program_, kernels);
    for (std::size_t layer = 0; layer < program_.layers.size(); ++layer) {
      layers_.push_back(make_layer({.program = program_,
                                    .shape = program_.layers[layer],
                                    .kernels = kernels,
                                    .counts = counts_.layers[layer],
                                    .number = static_cast<unsigned>(layer)}));
    }
  }

  void set_weights(std::size_t layer, std::span<const std::byte> rows) override {
    if (rows.size() != weight_bytes(program_, program_.layers.at(layer))) {
      throw std::invalid_argument("wrong size of a weights buffer");
    }
    layers_[layer]->set_weights(rows);
    if (keeps(layer)) layers_[layer]->set_state(rows.subspan(state_begin(layer)));
  }

  void get_weights(std::size_t layer, std::span<std::byte> rows) const override {
    if (rows.size() != weight_bytes(program_, program_.layers.at(layer))) {
      throw std::invalid_argument("wrong size of a weights buffer");
    }
    layers_[layer]->get_weights(rows);
    if (keeps(layer)) layers_[layer]->get_state(rows.subspan(state_begin(layer)));
  }

  void set_memory(std::size_t layer, std::span<const std::byte> bytes) override {
    Core::set_memory(layer, bytes);
    layers_[layer]->set_memory(bytes);
  }

  void get_memory(std::size_t layer, std::span<std::byte> bytes) const override {
    Core::get_memory(layer, bytes);
    layers_[layer]->get_memory(bytes);
  }

  void set_levels(std::size_t layer, std::span<const std::byte> rows) override {
    if (rows.size() != level_bytes(program_, program_.layers.at(layer))) {
      throw std::invalid_argument("wrong size of a level table");
    }
    layers_[layer]->set_levels(rows);
  }

  void draw_levels(std::size_t layer, std::span<const std::byte> recipe) override {
    set_levels(layer, drawn_levels(program_, static_cast<unsigned>(layer), recipe));
  }

  void run(const Sample& sample, std::uint32_t number, SampleResult& result, Potentials* potentials) override {
    const bool learn = program_.learn && sample.learn;
    if (learn) ++counts_.samples_learned;
    if (potentials != nullptr) potentials->assign(program_.layers.size(), {});
    for (std::size_t layer = 0; sample.restart && layer < layers_.size(); ++layer) {
      if (keeps(layer)) layers_[layer]->forget_state();
    }
    LayerInput input = take(sample, number);
    for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
      layers_[layer]->show(input, potentials == nullptr ? nullptr : &(*potentials)[layer]);
      if (layer == 0 && sample.gated) layers_[layer]->shut_all_but(sample.open);
      layers_[layer]->count_spikes();
      if (learn && learns_at_once(program_.layers[layer])) layers_[layer]->learn({.label = sample.label, .number = number});
      input = {.before = &layers_[layer]->activity()};
    }
    if (learn) learn_late(sample.label, number);
    tell(result);
  }

 private:
  /// Whether the layer has state that goes on from sample to sample.
  [[nodiscard]] bool keeps(std::size_t layer) const { return program_.keep && !competes(program_.layers[layer]); }
  /// Where it begins in the buffer of weights.
  [[nodiscard]] std::size_t state_begin(std::size_t layer) const {
    return program_.layers[layer].rows * weight_row_bytes(program_, program_.layers[layer]);
  }

  LayerInput take(const Sample& sample, std::uint32_t number) {
    if (encoder_) return {.lists = &encoder_->take(sample, number, counts_.input_events)};
    counts_.input_events += sample.intensities.size() -
                            static_cast<std::size_t>(std::count(sample.intensities.begin(), sample.intensities.end(), 0));
    return {.values = sample.intensities.data()};
  }

  /// The last layers first, since each may wait for the one behind it.
  void learn_late(std::uint32_t label, std::uint32_t number) {
    std::vector<std::int32_t> errors;
    std::vector<std::uint64_t> retrograde;
    for (std::size_t layer = layers_.size(); layer-- > 0;) {
      const LayerProgram& shape = program_.layers[layer];
      if (!learns_late(shape)) continue;
      if (errors.empty()) errors = output_errors(program_, layers_.back()->activity().counts, label);
      if (takes_retrograde(shape)) retrograde = layers_[layer + 1]->retrograde(layers_[layer]->activity());
      layers_[layer]->learn({.label = label, .number = number, .errors = errors, .retrograde = retrograde});
    }
  }

  void tell(SampleResult& result) const {
    const FastLayer& layer = *layers_.back();
    const std::uint32_t neurons = program_.layers.back().neurons;
    result.scores.resize(neurons);
    result.prediction = 0;
    result.spikes = 0;
    for (std::uint32_t neuron = 0; neuron < neurons; ++neuron) {
      result.scores[neuron] = layer.score_of(neuron);
      if (result.scores[neuron] > result.scores[result.prediction]) result.prediction = neuron;
      result.spikes += layer.activity().counts[neuron];
    }
  }

  std::optional<Encoder> encoder_;  ///< of samples of spikes
  std::vector<std::unique_ptr<FastLayer>> layers_;
};

}  // namespace

std::unique_ptr<Core> make_core(Program program) { return make_fast_core(std::move(program), fast_kernels()); }

std::unique_ptr<Core> make_fast_core(Program program, const FastKernels& kernels) {
  return std::make_unique<FastCore>(std::move(program), kernels);
}

}  // namespace phasic::reference
