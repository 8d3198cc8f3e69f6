// SPDX-License-Identifier: Apache-2.0
// A layer that is shown graded values and answers with such values.
#include "sim/reference/fast/layer.hpp"
#include "sim/reference/fast/row_counts.hpp"

namespace phasic::reference {
namespace {

class GradedLayer final : public FastLayer {
 public:
  explicit GradedLayer(const LayerContext& context)
      : FastLayer(context),
        weights_(context.program, context.shape, false),
        values_(context_),
        products_(padded(context.shape.neurons)),
        changes_(products_.size()),
        words_(context.program, context.shape, context.number) {}

  void set_weights(std::span<const std::byte> rows) override { weights_.set(rows); }
  void get_weights(std::span<std::byte> rows) const override { weights_.get(rows); }

  void show(const LayerInput& input, std::vector<std::int16_t>* potentials) override {
    const LayerProgram& shape = context_.shape;
    values_.take(input);
    values_.multiply(weights_, products_);
    context_.counts.events += values_.count();
    context_.counts.synaptic_operations += values_.count() * shape.neurons;
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) answer(neuron, products_[neuron]);
    if (potentials == nullptr) return;
    potentials->assign(activity_.last_potentials.begin(), activity_.last_potentials.begin() + shape.neurons);
  }

  /// Each row learns as its value says.
  void learn(const Lesson& lesson) override {
    const LayerProgram& shape = context_.shape;
    context_.counts.update_rows += values_.count();
    context_.counts.update_operations += std::uint64_t{values_.count()} * shape.neurons;
    if (!take_factors(lesson)) return;
    const bool stochastic = shape.rounding == contract::Rounding::kStochastic;
    if (stochastic) words_.draw(context_.kernels, values_.rows(), values_.count(), lesson.number);
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron)
      changes_[neuron] = factors_[neuron] * activity_.trits[neuron];
    GradedUpdateJob job{.visits = words_.visits(weights_, values_.rows(), values_.count(), stochastic),
                        .values = values_.counts(),
                        .changes = changes_.data(),
                        .neurons = shape.neurons,
                        .saturations = 0};
    context_.program.weight_width == 8 ? context_.kernels.graded_update8(job) : context_.kernels.graded_update16(job);
    context_.counts.weight_saturations += job.saturations;
  }

 private:
  WeightRows weights_;
  RowCounts values_;
  std::vector<std::int64_t> products_;
  std::vector<std::int32_t> changes_;  ///< postsynaptic part times factor
  RoundingWords words_;
};

}  // namespace

std::unique_ptr<FastLayer> make_graded_layer(const LayerContext& context) { return std::make_unique<GradedLayer>(context); }

}  // namespace phasic::reference
