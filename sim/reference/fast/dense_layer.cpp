// SPDX-License-Identifier: Apache-2.0
// A layer of spiking neurons, each joined to every row.
#include <algorithm>
#include <array>
#include <cstdint>

#include "sim/reference/fast/layer.hpp"
#include "sim/reference/fast/neuron_job.hpp"
#include "sim/reference/fast/weight_rows.hpp"

namespace phasic::reference {
namespace {

/// Transposes 8 bytes as a matrix of bits: bit c of byte r goes to bit r of byte c.
constexpr std::uint64_t transpose_bits(std::uint64_t bits) {
  std::uint64_t swapped = (bits ^ bits >> 7) & 0x00aa00aa00aa00aaULL;
  bits ^= swapped ^ swapped << 7;
  swapped = (bits ^ bits >> 14) & 0x0000cccc0000ccccULL;
  bits ^= swapped ^ swapped << 14;
  swapped = (bits ^ bits >> 28) & 0x00000000f0f0f0f0ULL;
  return bits ^ swapped ^ swapped << 28;
}

class DenseLayer final : public FastLayer {
 public:
  explicit DenseLayer(const LayerContext& context)
      : FastLayer(context),
        weights_(context.program, context.shape, true),
        own_lists_(context.program, context.shape),
        words_(context.program, context.shape, context.number),
        whole8_(activity_.stride),
        whole16_(activity_.stride),
        room_(activity_.stride),
        steps_of_row_(padded(context.shape.rows)),
        visited_(steps_of_row_.size()),
        visited_steps_(steps_of_row_.size()) {}

  void set_weights(std::span<const std::byte> rows) override { weights_.set(rows); }
  void get_weights(std::span<std::byte> rows) const override { weights_.get(rows); }

  void show(const LayerInput& input, std::vector<std::int16_t>* potentials) override {
    before_ = input.before;
    lists_ = input.lists;
    if (lists_ == nullptr) {
      list_spikes(*before_);
      lists_ = &own_lists_;
    }
    integrate(potentials);
  }

  void learn(const Lesson& lesson) override {
    const LayerProgram& shape = context_.shape;
    const std::size_t visited = choose_rows();
    context_.counts.update_rows += visited;
    context_.counts.update_operations += std::uint64_t{visited} * shape.neurons;
    if (!take_factors(lesson)) return;
    if (is_stochastic()) words_.draw(context_.kernels, visited_, visited, lesson.number);
    shape.span == contract::Span::kLastStep ? learn_last_step(visited) : learn_all_steps(visited);
  }

 private:
  [[nodiscard]] bool is_stochastic() const { return context_.shape.rounding == contract::Rounding::kStochastic; }

  /// The spikes of the layer before as lists of this layer's rows.
  void list_spikes(const Activity& before) {
    const std::size_t rows = context_.shape.rows - (context_.shape.bias ? 1 : 0);
    std::uint32_t end = 0;
    for (std::uint32_t step = 0; step < context_.program.steps; ++step) {
      const std::uint8_t* const spikes = before.spikes.data() + step * before.stride / 8;
      end += context_.kernels.list_bits(spikes, rows, own_lists_.rows.data() + end);
      own_lists_.end_step(context_.shape, step, end);
    }
  }

  void integrate(std::vector<std::int16_t>* potentials) {
    const LayerProgram& shape = context_.shape;
    const std::uint32_t steps = context_.program.steps;
    if (potentials != nullptr) potentials_.resize(steps * activity_.stride);
    IntegrateJob job{.neurons = neurons_job(context_, activity_, potentials == nullptr ? nullptr : potentials_.data()),
                     .weights = weights_.data(),
                     .row_bytes = weights_.row_bytes(),
                     .row_stride = weights_.stride(),
                     .usual = lists_->usual.data(),
                     .usual_count = static_cast<std::uint32_t>(lists_->usual.size()),
                     .events = lists_->rows.data(),
                     .event_begin = lists_->begin.data(),
                     .extra_begin = lists_->extra_begin.data(),
                     .silent = lists_->silent.data(),
                     .silent_begin = lists_->silent_begin.data()};
    context_.program.weight_width == 8 ? context_.kernels.integrate8(job) : context_.kernels.integrate16(job);
    context_.counts.events += lists_->count();
    context_.counts.synaptic_operations += std::uint64_t{lists_->count()} * shape.neurons;
    context_.counts.potential_saturations += job.neurons.saturations;
    if (potentials != nullptr) *potentials = without_padding(potentials_, activity_.stride, shape.neurons);
  }

  /// Fills `visited_` with the rows to learn from, and for all steps `visited_steps_`. Returns their number.
  [[nodiscard]] std::size_t choose_rows() {
    const LayerProgram& shape = context_.shape;
    const std::uint32_t last = context_.program.steps - 1;
    if (shape.span == contract::Span::kLastStep) {
      const std::size_t count = lists_->begin[last + 1] - lists_->begin[last];
      std::copy_n(lists_->rows.begin() + lists_->begin[last], count, visited_.begin());
      return count;
    }
    before_ == nullptr ? gather_steps() : transpose_steps(*before_);
    if (shape.bias) {
      steps_of_row_[shape.rows - 1] = static_cast<std::uint32_t>((std::uint64_t{1} << context_.program.steps) - 1);
    }
    std::size_t count = 0;
    for (std::size_t row = 0; row < shape.rows; ++row) {
      visited_[count] = static_cast<std::uint16_t>(row);
      visited_steps_[count] = steps_of_row_[row];
      count += steps_of_row_[row] != 0 ? 1 : 0;
    }
    return count;
  }

  /// Fills `steps_of_row_` from the lists.
  void gather_steps() {
    std::fill(steps_of_row_.begin(), steps_of_row_.end(), 0);
    for (std::uint32_t step = 0; step < context_.program.steps; ++step) {
      for (std::uint32_t k = lists_->begin[step]; k < lists_->begin[step + 1]; ++k) {
        steps_of_row_[lists_->rows[k]] |= std::uint32_t{1} << step;
      }
    }
  }

  /// The same from the spikes of the layer before, eight neurons and eight steps at once.
  void transpose_steps(const Activity& before) {
    const std::uint32_t steps = context_.program.steps;
    for (std::size_t first = 0; first < steps_of_row_.size() && first < before.stride; first += 8) {
      std::array<std::uint32_t, 8> steps_of_neuron{};
      for (std::uint32_t group = 0; group < steps; group += 8) {
        const std::uint32_t end = std::min(steps - group, 8U);
        std::uint64_t bits = 0;
        for (std::uint32_t step = 0; step < end; ++step) {
          bits |= std::uint64_t{before.spikes[((group + step) * before.stride + first) / 8]} << 8 * step;
        }
        bits = transpose_bits(bits);
        for (std::size_t k = 0; k < 8; ++k) steps_of_neuron[k] |= static_cast<std::uint32_t>(bits >> 8 * k & 0xff) << group;
      }
      std::copy(steps_of_neuron.begin(), steps_of_neuron.end(), steps_of_row_.begin() + static_cast<std::ptrdiff_t>(first));
    }
  }

  [[nodiscard]] Visits visits(std::size_t visited) { return words_.visits(weights_, visited_, visited, is_stochastic()); }

  /// Changes weights by what the last step asks for.
  void learn_last_step(std::size_t visited) {
    const std::int8_t* const trits = activity_.trits.data() + (context_.program.steps - 1) * activity_.stride;
    if (context_.program.weight_width == 8) {
      context_.kernels.split_changes8(trits, factors_.data(), activity_.stride, whole8_.data(), room_.data(),
                                      room_.data() + activity_.stride / 2);
      CommonUpdate8Job job{.visits = visits(visited),
                           .whole = whole8_.data(),
                           .room_even = room_.data(),
                           .room_odd = room_.data() + activity_.stride / 2,
                           .saturations = 0};
      context_.kernels.update_common8(job);
      context_.counts.weight_saturations += job.saturations;
    } else {
      context_.kernels.split_changes16(trits, factors_.data(), activity_.stride, whole16_.data(), room_.data());
      CommonUpdate16Job job{.visits = visits(visited), .whole = whole16_.data(), .room = room_.data(), .saturations = 0};
      context_.kernels.update_common16(job);
      context_.counts.weight_saturations += job.saturations;
    }
  }

  void learn_all_steps(std::size_t visited) {
    UpdateJob job{.visits = visits(visited),
                  .steps = context_.program.steps,
                  .row_steps = visited_steps_.data(),
                  .trits = activity_.trits.data(),
                  .stride = activity_.stride,
                  .factors = factors_.data(),
                  .trace_shift = context_.shape.trace_shift,
                  .saturations = 0};
    context_.program.weight_width == 8 ? context_.kernels.update8(job) : context_.kernels.update16(job);
    context_.counts.weight_saturations += job.saturations;
  }

  WeightRows weights_;
  SpikeLists own_lists_;
  const SpikeLists* lists_ = nullptr;  ///< of the sample that was shown
  const Activity* before_ = nullptr;   ///< of the layer before, if there is one
  std::vector<std::int16_t> potentials_;
  // What learning needs.
  RoundingWords words_;
  std::vector<std::int8_t> whole8_;  ///< of CommonUpdate8Job
  std::vector<std::int16_t> whole16_;
  std::vector<std::uint16_t> room_;
  std::vector<std::uint32_t> steps_of_row_;  ///< bit t: the row spiked at step t
  std::vector<std::uint16_t> visited_;
  std::vector<std::uint32_t> visited_steps_;
};

}  // namespace

std::unique_ptr<FastLayer> make_dense_layer(const LayerContext& context) { return std::make_unique<DenseLayer>(context); }

}  // namespace phasic::reference
