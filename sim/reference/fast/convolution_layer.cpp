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
        asked_stride_((width_ + kAskedChannels - 1) / kAskedChannels * kAskedChannels),
        asked_(windows_.positions() * asked_stride_),
        narrow_changes_(context.shape.rows * asked_stride_),
        changes_(std::size_t{context.shape.rows} * width_),
        visited_(context.shape.rows) {}

  void show(const LayerInput& input, std::vector<std::int16_t>* potentials) override {
    windows_.take(input);
    begin();
    if (potentials != nullptr) potentials->clear();
    for (std::uint32_t step = 0; step < context_.program.steps; ++step) {
      gather(step);
      for (const Sent& sent : windows_.sent(step)) context_.counts.synaptic_operations += windows_.reach(sent.source) * width_;
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
    const bool narrow = sums_are_narrow(first);
    for (std::uint32_t step = first; step < context_.program.steps; ++step) {
      take_asked(step);
      ask_at(step, 1 << shape.trace_shift, narrow);
      if (shape.trace_shift != 0 && step != 0) ask_at(step - 1, 1, narrow);
    }
    change_weights(lesson.number, narrow);
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
    gathered_ = step;
    for (std::size_t position = 0; position < rows_.size(); ++position) {
      rows_[position].clear();
      values_[position].clear();
    }
    for (const Sent& sent : windows_.sent(step)) {
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

  /// Whether 32 bits hold what any weight learns from the steps from `first` on.
  [[nodiscard]] bool sums_are_narrow(std::uint32_t first) const {
    const LayerProgram& shape = context_.shape;
    // A position meets a row through at most one source for each place of a pool.
    const std::uint64_t pairs = windows_.positions() << 2 * shape.shape.pool;
    const std::uint64_t value = is_graded(context_.program) ? contract::kGradedFull : 1;
    const std::uint64_t of_a_step = value * ((std::uint64_t{1} << shape.trace_shift) + 1);
    const std::uint64_t factor = context_.kernels.largest_magnitude(factors_.data(), shape.neurons);
    return factor * pairs * of_a_step * (context_.program.steps - first) <= INT32_MAX;
  }

  /// What the neurons ask for at a step, into `asked_`.
  void take_asked(std::uint32_t step) {
    const std::int8_t* const trits = activity_.trits.data() + step * activity_.stride;
    for (std::size_t position = 0; position < rows_.size(); ++position) {
      for (std::size_t k = 0; k < width_; ++k) {
        const std::size_t neuron = position * width_ + k;
        asked_[position * asked_stride_ + k] = trits[neuron] * factors_[neuron];
      }
    }
  }

  /// Adds what is asked for, `times` over, to the changes of the rows through which sources are met that send at a step.
  void ask_at(std::uint32_t step, std::int32_t times, bool narrow) {
    if (step != gathered_) gather(step);
    for (std::size_t position = 0; position < rows_.size(); ++position) {
      const std::int32_t* const asked = asked_.data() + position * asked_stride_;
      const bool any = std::any_of(asked, asked + width_, [](std::int32_t value) { return value != 0; });
      if (!any) continue;
      if (narrow) {
        context_.kernels.ask({.rows = rows_[position].data(),
                              .values = values_[position].data(),
                              .row_count = rows_[position].size(),
                              .times = times,
                              .asked = asked,
                              .stride = asked_stride_,
                              .changes = narrow_changes_.data()});
        continue;
      }
      for (std::size_t n = 0; n < rows_[position].size(); ++n) {
        std::int64_t* const changes = changes_.data() + rows_[position][n] * width_;
        const std::int64_t value = std::int64_t{times} * values_[position][n];
        for (std::size_t k = 0; k < width_; ++k) changes[k] += value * asked[k];
      }
    }
  }

  /// Changes the rows that are visited and clears their changes.
  void change_weights(std::uint32_t number, bool narrow) {
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
        std::int32_t& summed = narrow_changes_[row * asked_stride_ + k];
        const std::int64_t change = narrow ? summed : changes_[row * width_ + k];
        if (change == 0) continue;  // however it is rounded
        const std::int32_t rounding = stochastic
                                          ? stochastic_rounding(rounding_word(random, static_cast<unsigned>(k)), fraction)
                                          : nearest_rounding(fraction);
        const std::int64_t unlimited = unlimited_weight(load_weight(weights, k, width), change, rounding, fraction);
        const std::int64_t limited = saturate(unlimited, width);
        context_.counts.weight_saturations += limited != unlimited ? 1 : 0;
        store_weight(weights, k, width, static_cast<std::int16_t>(limited));
        summed = 0;
        changes_[row * width_ + k] = 0;
      }
    }
  }

  Windows windows_;
  std::size_t width_;  ///< channels of a position
  std::vector<std::int64_t> products_;
  // Of each position at the step that was gathered last: rows that meet it, and their values.
  std::uint32_t gathered_ = 0;
  std::vector<std::vector<std::uint16_t>> rows_;
  std::vector<std::vector<std::uint16_t>> values_;
  // What learning needs.
  std::size_t asked_stride_;
  std::vector<std::int32_t> asked_;           ///< [position][asked_stride_]: postsynaptic part times factor, of a step
  std::vector<std::int32_t> narrow_changes_;  ///< [row][asked_stride_]
  std::vector<std::int64_t> changes_;         ///< [row][channel]
  std::vector<std::uint8_t> visited_;         ///< 0 or 1, one a row
  std::vector<std::uint16_t> sources_;
};

}  // namespace

std::unique_ptr<FastLayer> make_convolution_layer(const LayerContext& context) {
  return std::make_unique<ConvolutionLayer>(context);
}

}  // namespace phasic::reference
