// SPDX-License-Identifier: Apache-2.0
// A layer of few spiking neurons after another one: weights lie neuron by neuron, and spikes stay the bits that the layer
// before wrote.
#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

#include "driver/shell/weight_rows.hpp"
#include "sim/reference/fast/aligned_bytes.hpp"
#include "sim/reference/fast/layer.hpp"
#include "sim/reference/fast/neuron_job.hpp"

namespace phasic::reference {
namespace {

class NarrowLayer final : public FastLayer {
 public:
  explicit NarrowLayer(const LayerContext& context)
      : FastLayer(context),
        words_((context.shape.rows + 63) / 64),
        neuron_stride_(words_ * 64 * context.program.weight_width / 8),
        weights_(kNarrowNeurons * neuron_stride_),
        bits_(context.program.steps * words_),
        every_row_(padded(context.shape.rows)),
        rounding_(context.program, context.shape, context.number) {
    std::iota(every_row_.begin(), every_row_.begin() + context.shape.rows, std::uint16_t{0});
  }

  void set_weights(std::span<const std::byte> rows) override {
    const unsigned width = context_.program.weight_width;
    const std::size_t row_bytes = weight_row_bytes(context_.program, context_.shape);
    for (std::size_t row = 0; row < context_.shape.rows; ++row) {
      for (std::size_t neuron = 0; neuron < context_.shape.neurons; ++neuron) {
        store_weight(weights_.data() + neuron * neuron_stride_, row, width,
                     load_weight(rows.data() + row * row_bytes, neuron, width));
      }
    }
  }

  void get_weights(std::span<std::byte> rows) const override {
    const unsigned width = context_.program.weight_width;
    const std::size_t row_bytes = weight_row_bytes(context_.program, context_.shape);
    std::fill(rows.begin(), rows.end(), std::byte{0});
    for (std::size_t row = 0; row < context_.shape.rows; ++row) {
      for (std::size_t neuron = 0; neuron < context_.shape.neurons; ++neuron) {
        store_weight(rows.data() + row * row_bytes, neuron, width,
                     load_weight(weights_.data() + neuron * neuron_stride_, row, width));
      }
    }
  }

  void show(const LayerInput& input, std::vector<std::int16_t>* potentials) override {
    take(*input.before);
    const std::uint32_t steps = context_.program.steps;
    if (potentials != nullptr) potentials_.resize(steps * activity_.stride);
    NarrowIntegrateJob job{.neurons = neurons_job(context_, activity_, potentials == nullptr ? nullptr : potentials_.data()),
                           .weights = weights_.data(),
                           .neuron_stride = neuron_stride_,
                           .count = neurons_made_even(),
                           .rows = {.bits = bits_.data(), .words = words_}};
    context_.program.weight_width == 8 ? context_.kernels.narrow_integrate8(job) : context_.kernels.narrow_integrate16(job);
    const std::uint64_t events = input.before->spike_count + (context_.shape.bias ? steps : 0);
    context_.counts.events += events;
    context_.counts.synaptic_operations += events * context_.shape.neurons;
    context_.counts.potential_saturations += job.neurons.saturations;
    if (potentials != nullptr) *potentials = without_padding(potentials_, activity_.stride, context_.shape.neurons);
  }

  void learn(const Lesson& lesson) override {
    const LayerProgram& shape = context_.shape;
    const std::size_t visited = rows_to_learn_from();
    context_.counts.update_rows += visited;
    context_.counts.update_operations += std::uint64_t{visited} * shape.neurons;
    if (!take_factors(lesson)) return;
    const bool stochastic = shape.rounding == contract::Rounding::kStochastic;
    if (stochastic) rounding_.draw(context_.kernels, every_row_, shape.rows, lesson.number);
    NarrowUpdateJob job{.weights = weights_.data(),
                        .neuron_stride = neuron_stride_,
                        .count = neurons_made_even(),
                        .rows = {.bits = bits_.data(), .words = words_},
                        .first_step = first_learned_step(context_),
                        .steps = context_.program.steps,
                        .row_x = rounding_.row_x(),
                        .row_y = rounding_.row_y(),
                        .pair_words = rounding_.pair_words(),
                        .pair_offsets = rounding_.pair_offsets(),
                        .trits = activity_.trits.data(),
                        .stride = activity_.stride,
                        .factors = factors_.data(),
                        .trace_shift = shape.trace_shift,
                        .stochastic = stochastic,
                        .saturations = 0};
    context_.program.weight_width == 8 ? context_.kernels.narrow_update8(job) : context_.kernels.narrow_update16(job);
    context_.counts.weight_saturations += job.saturations;
  }

 private:
  [[nodiscard]] std::size_t neurons_made_even() const { return context_.shape.neurons + context_.shape.neurons % 2; }

  /// The spikes of the layer before, without the bits past its neurons, and the bias row.
  void take(const Activity& before) {
    const std::size_t inputs = context_.shape.rows - (context_.shape.bias ? 1 : 0);
    const std::size_t bytes = (inputs + 7) / 8;
    for (std::size_t step = 0; step < context_.program.steps; ++step) {
      std::uint64_t* const bits = bits_.data() + step * words_;
      std::memcpy(bits, before.spikes.data() + step * before.stride / 8, bytes);
      if (inputs % 64 != 0) bits[inputs / 64] &= (std::uint64_t{1} << inputs % 64) - 1;
      if (context_.shape.bias) bits[inputs / 64] |= std::uint64_t{1} << inputs % 64;
    }
  }

  /// How many rows spike at the steps that are learned from.
  [[nodiscard]] std::size_t rows_to_learn_from() const {
    std::size_t rows = 0;
    for (std::size_t word = 0; word < words_; ++word) {
      std::uint64_t any = 0;
      for (std::size_t step = first_learned_step(context_); step < context_.program.steps; ++step) {
        any |= bits_[step * words_ + word];
      }
      rows += static_cast<std::size_t>(std::popcount(any));
    }
    return rows;
  }

  std::size_t words_;                ///< of 64 rows
  std::size_t neuron_stride_;        ///< bytes from one neuron's weights to those of the next
  AlignedBytes weights_;             ///< [neuron][row]
  std::vector<std::uint64_t> bits_;  ///< [step][words_], a bit a row that spikes
  std::vector<std::int16_t> potentials_;
  std::vector<std::uint16_t> every_row_;
  RoundingWords rounding_;
};

}  // namespace

std::unique_ptr<FastLayer> make_narrow_layer(const LayerContext& context) { return std::make_unique<NarrowLayer>(context); }

}  // namespace phasic::reference
