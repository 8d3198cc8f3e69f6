// SPDX-License-Identifier: Apache-2.0
// A convolution: position after position, the weights of the sources in its window are summed for all its channels at once.
#include <algorithm>
#include <cstdint>

#include "driver/shell/weight_rows.hpp"
#include "sim/reference/arithmetic.hpp"
#include "sim/reference/fast/filter_layer.hpp"
#include "sim/reference/fast/layer.hpp"
#include "sim/reference/fast/neuron_job.hpp"
#include "sim/reference/fast/weight_rows.hpp"
#include "sim/reference/fast/windows.hpp"
#include "sim/reference/random.hpp"
#include "sim/reference/reach.hpp"

namespace phasic::reference {
namespace {

class ConvolutionLayer final : public FilterLayer {
 public:
  explicit ConvolutionLayer(const LayerContext& context)
      : FilterLayer(context),
        windows_(context_),
        width_(row_width(context.shape)),
        products_((width_ + kProductNeurons - 1) / kProductNeurons * kProductNeurons),
        rows_(windows_.positions()),
        values_(windows_.positions()),
        asked_(context.shape.neurons),
        changes_(std::size_t{context.shape.rows} * width_),
        visited_(context.shape.rows) {}

  void show(const LayerInput& input, std::vector<std::int16_t>* potentials) override {
    windows_.take(input);
    begin();
    if (potentials != nullptr) potentials->clear();
    for (std::uint32_t step = 0; step < context_.program.steps; ++step) {
      gather(step);
      for (std::size_t position = 0; position < rows_.size(); ++position) {
        multiply(position);
        for (std::size_t k = 0; k < width_; ++k) {
          const std::size_t neuron = position * width_ + k;
          is_graded(context_.program) ? answer(neuron, products_[k]) : fire(neuron, step, products_[k]);
        }
      }
      if (potentials == nullptr) continue;
      const auto first = activity_.last_potentials.begin();
      potentials->insert(potentials->end(), first, first + context_.shape.neurons);
    }
    context_.counts.events += windows_.count();
  }

  void learn(const Lesson& lesson) override {
    const LayerProgram& shape = context_.shape;
    if (moves_filters(shape)) {
      move_filter(lesson.number, [this](std::size_t v, std::size_t h) { return patch_at(windows_.position(v, h)); });
      return;
    }
    const std::uint32_t first = first_learned_step(context_);
    visit_sources(first);
    const bool any = take_factors(lesson);
    if (!any) return;
    for (std::uint32_t step = first; step < context_.program.steps; ++step) {
      const std::int8_t* const trits = activity_.trits.data() + step * activity_.stride;
      for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) asked_[neuron] = trits[neuron] * factors_[neuron];
      for (const Sent& sent : windows_.sent(step)) ask(sent.source, std::int64_t{sent.value} << shape.trace_shift);
      if (shape.trace_shift == 0 || step == 0) continue;
      for (const Sent& sent : windows_.sent(step - 1)) ask(sent.source, 1);
    }
    change_weights(lesson.number);
  }

 private:
  /// Before the first step.
  void begin() {
    if (!context_.program.keep) forget_state();
    std::fill(activity_.counts.begin(), activity_.counts.end(), std::uint8_t{0});
    std::fill(activity_.spikes.begin(), activity_.spikes.end(), std::uint8_t{0});
  }

  /// Lists for each position which rows of weights meet it at a step.
  void gather(std::uint32_t step) {
    for (std::size_t position = 0; position < rows_.size(); ++position) {
      rows_[position].clear();
      values_[position].clear();
    }
    for (const Sent& sent : windows_.sent(step)) {
      context_.counts.synaptic_operations += windows_.reach(sent.source) * width_;
      windows_.for_reached(sent.source, [&](std::size_t row, std::size_t position) {
        rows_[position].push_back(static_cast<std::uint16_t>(row));
        values_[position].push_back(sent.value);
      });
    }
  }

  /// Sums of the weights of a position's channels into `products_`.
  void multiply(std::size_t position) {
    ProductJob job{.weights = weights_.data(),
                   .row_stride = weights_.stride(),
                   .rows = rows_[position].data(),
                   .counts = values_[position].data(),
                   .row_count = rows_[position].size(),
                   .stride = products_.size(),
                   .products = products_.data()};
    context_.program.weight_width == 8 ? context_.kernels.product8(job) : context_.kernels.product16(job);
  }

  /// Takes a spiking neuron one step on.
  void fire(std::size_t neuron, std::uint32_t step, std::int64_t product) {
    const LayerProgram& shape = context_.shape;
    std::int16_t& potential = activity_.last_potentials[neuron];
    std::uint8_t& spike = activity_.last_spikes[neuron];
    const bool before = spike != 0;
    const std::int32_t left = leaked(after_spike(potential, before, shape.reset, shape.threshold), shape.leak);
    if (!activity_.currents.empty()) {
      std::int32_t& kept = activity_.currents[neuron];
      product = kept = synaptic_current(kept, shape.synaptic_leak, product);
    }
    const std::int64_t unlimited = unlimited_potential(left, current(product, shape.input_shift));
    potential = static_cast<std::int16_t>(saturate(unlimited, contract::kPotentialWidth));
    context_.counts.potential_saturations += potential != unlimited ? 1 : 0;
    spike = potential > shape.threshold ? 1 : 0;
    activity_.trits[step * activity_.stride + neuron] =
        static_cast<std::int8_t>(postsynaptic(shape.post, potential, shape.threshold, shape.window, before));
    activity_.counts[neuron] = static_cast<std::uint8_t>(activity_.counts[neuron] + spike);
    activity_.spikes[(step * activity_.stride + neuron) / 8] |= static_cast<std::uint8_t>(spike << neuron % 8);
  }

  /// What a position sees of a graded sample.
  [[nodiscard]] Patch patch_at(std::size_t position) const {
    Patch patch(context_.shape.rows);
    for (const Sent& sent : windows_.sent(0)) {
      windows_.for_reached(sent.source, [&](std::size_t row, std::size_t reached) {
        if (reached == position) patch[row] += sent.value;
      });
    }
    return patch;
  }

  /// Counts the sources that send something from step `first` on, and marks the rows through which they reach a position.
  void visit_sources(std::uint32_t first) {
    std::fill(visited_.begin(), visited_.end(), std::uint8_t{0});
    sources_.clear();
    for (std::uint32_t step = first; step < context_.program.steps; ++step) {
      for (const Sent& sent : windows_.sent(step)) sources_.push_back(sent.source);
    }
    std::sort(sources_.begin(), sources_.end());
    sources_.erase(std::unique(sources_.begin(), sources_.end()), sources_.end());
    for (const std::uint16_t source : sources_) {
      context_.counts.update_operations += windows_.reach(source) * width_;
      windows_.for_reached(source, [&](std::size_t row, std::size_t) { visited_[row] = 1; });
    }
    context_.counts.update_rows += static_cast<std::uint64_t>(std::count(visited_.begin(), visited_.end(), 1));
  }

  /// Adds what the neurons that a source reaches ask for, `times` over, to the changes of the rows between.
  void ask(std::size_t source, std::int64_t times) {
    windows_.for_reached(source, [&](std::size_t row, std::size_t position) {
      const std::int32_t* const asked = asked_.data() + position * width_;
      std::int64_t* const changes = changes_.data() + row * width_;
      for (std::size_t k = 0; k < width_; ++k) changes[k] += times * asked[k];
    });
  }

  /// Changes the rows that are visited and clears their changes.
  void change_weights(std::uint32_t number) {
    const LayerProgram& shape = context_.shape;
    const unsigned width = context_.program.weight_width;
    const unsigned fraction = fraction_bits(width);
    const bool stochastic = shape.rounding == contract::Rounding::kStochastic;
    const Key key = sample_key(purpose_key(context_.program.seed, contract::Purpose::kRounding, context_.number), number);
    for (std::size_t row = 0; row < visited_.size(); ++row) {
      if (visited_[row] == 0) continue;
      const WordPair random = row_words(key, static_cast<unsigned>(row));
      std::byte* const weights = weights_.data() + row * weights_.stride();
      for (std::size_t k = 0; k < width_; ++k) {
        const std::int32_t rounding = stochastic
                                          ? stochastic_rounding(rounding_word(random, static_cast<unsigned>(k)), fraction)
                                          : nearest_rounding(fraction);
        std::int64_t& change = changes_[row * width_ + k];
        const std::int64_t unlimited = unlimited_weight(load_weight(weights, k, width), change, rounding, fraction);
        const std::int64_t limited = saturate(unlimited, width);
        context_.counts.weight_saturations += limited != unlimited ? 1 : 0;
        store_weight(weights, k, width, static_cast<std::int16_t>(limited));
        change = 0;
      }
    }
  }

  Windows windows_;
  std::size_t width_;  ///< channels of a position
  std::vector<std::int64_t> products_;
  // Of each position: rows that meet it, and their values.
  std::vector<std::vector<std::uint16_t>> rows_;
  std::vector<std::vector<std::uint16_t>> values_;
  // What learning needs.
  std::vector<std::int32_t> asked_;    ///< postsynaptic part times factor, of a step
  std::vector<std::int64_t> changes_;  ///< [row][channel]
  std::vector<std::uint8_t> visited_;  ///< 0 or 1, one a row
  std::vector<std::uint16_t> sources_;
};

}  // namespace

std::unique_ptr<FastLayer> make_convolution_layer(const LayerContext& context) {
  return std::make_unique<ConvolutionLayer>(context);
}

}  // namespace phasic::reference
