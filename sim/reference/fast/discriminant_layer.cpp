// SPDX-License-Identifier: Apache-2.0
// A last layer that gathers the sums and the scatter of its classes.
#include <algorithm>
#include <cstring>

#include "driver/shell/memory_rows.hpp"
#include "sim/reference/arithmetic.hpp"
#include "sim/reference/fast/layer.hpp"
#include "sim/reference/fast/row_counts.hpp"
#include "sim/reference/fast/scatter.hpp"

namespace phasic::reference {
namespace {

using shell::DiscriminantPlaces;
using shell::load_value;
using shell::store_value;

class DiscriminantLayer final : public FastLayer {
 public:
  explicit DiscriminantLayer(const LayerContext& context)
      : FastLayer(context),
        weights_(context.program, context.shape, false),
        values_(context_),
        products_(padded(context.shape.neurons)),
        offsets_(context.shape.neurons),
        scatter_(context.shape.rows, context.kernels),
        sums_(std::size_t{context.shape.neurons} * context.shape.rows),
        counts_(context.shape.neurons),
        differences_(context.shape.rows) {}

  void set_weights(std::span<const std::byte> rows) override {
    weights_.set(rows);
    const auto state = rows.subspan(context_.shape.rows * weights_.row_bytes());
    for (std::size_t neuron = 0; neuron < offsets_.size(); ++neuron) {
      offsets_[neuron] = load_offset(state.data(), weights_.row_bytes(), neuron, context_.program.weight_width);
    }
  }

  void get_weights(std::span<std::byte> rows) const override {
    weights_.get(rows);
    const auto state = rows.subspan(context_.shape.rows * weights_.row_bytes());
    std::fill(state.begin(), state.end(), std::byte{0});
    for (std::size_t neuron = 0; neuron < offsets_.size(); ++neuron) {
      store_offset(state.data(), weights_.row_bytes(), neuron, context_.program.weight_width, offsets_[neuron]);
    }
  }

  void set_memory(std::span<const std::byte> memory) override {
    const DiscriminantPlaces places(context_.shape);
    scatter_.set(memory.data(), places.scatter(1));
    for (std::size_t neuron = 0; neuron < counts_.size(); ++neuron) {
      std::memcpy(sums_of(neuron), &memory[places.sums(neuron)], context_.shape.rows * sizeof(std::int32_t));
      counts_[neuron] = load_value(&memory[places.counts()], neuron);
    }
  }

  void get_memory(std::span<std::byte> memory) const override {
    const DiscriminantPlaces places(context_.shape);
    std::fill(memory.begin(), memory.end(), std::byte{0});
    scatter_.get(memory.data(), places.scatter(1));
    for (std::size_t neuron = 0; neuron < counts_.size(); ++neuron) {
      std::memcpy(&memory[places.sums(neuron)], sums_.data() + neuron * context_.shape.rows,
                  context_.shape.rows * sizeof(std::int32_t));
      store_value(&memory[places.counts()], neuron, counts_[neuron]);
    }
  }

  void show(const LayerInput& input, std::vector<std::int16_t>* potentials) override {
    values_.take(input);
    values_.multiply(weights_, products_);
    context_.counts.events += values_.count();
    context_.counts.synaptic_operations += values_.count() * context_.shape.neurons;
    if (potentials != nullptr) potentials->assign(context_.shape.neurons, 0);
  }

  /// Neurons without spikes have no gates.
  void shut_all_but(std::span<const std::uint32_t>) override {}

  void learn(const Lesson& lesson) override {
    if (!learns_more(counts_[lesson.label])) return;
    std::int32_t* const sums = sums_of(lesson.label);
    std::uint64_t changed = 0;
    for (std::size_t row = 0; row < context_.shape.rows; ++row) {
      const std::uint32_t value = values_.all()[row];
      differences_[row] = static_cast<std::int16_t>(difference_from_mean(value, sums[row], counts_[lesson.label]));
      sums[row] = static_cast<std::int32_t>(static_cast<std::uint32_t>(sums[row]) + value);
      changed += differences_[row] != 0 ? 1 : 0;
    }
    ++counts_[lesson.label];
    context_.counts.update_rows += changed;
    context_.counts.update_operations += changed * context_.shape.rows;
    context_.counts.weight_saturations += scatter_.add(differences_);
  }

  [[nodiscard]] std::uint32_t score_of(std::size_t neuron) const override {
    return competition_score(products_[neuron] + offsets_[neuron]);
  }

 private:
  [[nodiscard]] std::int32_t* sums_of(std::size_t neuron) { return sums_.data() + neuron * context_.shape.rows; }

  WeightRows weights_;
  RowCounts values_;
  std::vector<std::int64_t> products_;
  std::vector<std::int32_t> offsets_;  ///< B
  Scatter scatter_;
  std::vector<std::int32_t> sums_;    ///< [neuron][row]: S
  std::vector<std::int32_t> counts_;  ///< n
  std::vector<std::int16_t> differences_;
};

}  // namespace

std::unique_ptr<FastLayer> make_discriminant_layer(const LayerContext& context) {
  return std::make_unique<DiscriminantLayer>(context);
}

}  // namespace phasic::reference
