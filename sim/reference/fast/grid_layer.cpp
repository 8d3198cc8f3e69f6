// SPDX-License-Identifier: Apache-2.0
// A convolution of graded values whose answers are pooled over a grid: blocks of positions times blocks of filters.
#include <algorithm>
#include <cstdint>
#include <cstring>

#include "sim/reference/arithmetic.hpp"
#include "sim/reference/fast/filter_layer.hpp"
#include "sim/reference/fast/layer.hpp"
#include "sim/reference/fast/packed_filters.hpp"
#include "sim/reference/fast/patches.hpp"
#include "sim/reference/fast/weight_rows.hpp"
#include "sim/reference/reach.hpp"

namespace phasic::reference {
namespace {

constexpr std::int64_t kLargestSum = INT32_MAX;

/// The largest value of a patch.
std::int64_t largest_value(const LayerProgram& shape) { return std::int64_t{contract::kGradedFull} << (2 * shape.shape.pool); }

/// Rows of weights whose sums fit 32 bits whatever they are: an even number, or all.
std::size_t rows_at_once(const LayerContext& context) {
  const std::int64_t weight = std::int64_t{1} << (context.program.weight_width - 1);
  const auto rows = static_cast<std::size_t>(kLargestSum / (largest_value(context.shape) * weight));
  return std::min<std::size_t>(rows / 2 * 2, context.shape.rows);
}

bool takes_bytes(const LayerContext& context) {
  return context.kernels.patch_bytes != nullptr && context.program.weight_width == 8 && context.shape.shape.pool == 0;
}

class GridLayer final : public FilterLayer {
 public:
  explicit GridLayer(const LayerContext& context)
      : FilterLayer(context),
        bytes_(takes_bytes(context)),
        filters_(row_width(context.shape)),
        half_(half(context.shape.input_shift + contract::kGradedShift)),
        patches_(context_, bytes_ ? 1 : 2),
        patch_words_((std::size_t{context.shape.rows} + 3) / 4 * (bytes_ ? 1 : 2)),
        patch_values_(kPatchPositions * patch_words_),
        sum_stride_((filters_ + kFilterBlock - 1) / kFilterBlock * kFilterBlock),
        sums_(kPatchPositions * sum_stride_),
        pooled_(std::size_t{context.shape.grid} * context.shape.grid * 2 * filters_) {
    const std::size_t step = rows_at_once(context_);
    for (std::size_t first = 0; first < context.shape.rows; first += step) {
      parts_.emplace_back(context_, first, std::min<std::size_t>(step, context.shape.rows - first), bytes_);
    }
    const std::int64_t weight = std::int64_t{1} << (context.program.weight_width - 1);
    const bool fits = context.shape.rows * largest_value(context.shape) * weight + half_ <= kLargestSum;
    if (!fits) long_sums_.resize(kPatchPositions * sum_stride_);
  }

  void set_weights(std::span<const std::byte> rows) override {
    FilterLayer::set_weights(rows);
    packed_ = false;
  }

  void show(const LayerInput& input, std::vector<std::int16_t>* potentials) override {
    if (!packed_) {
      for (PackedFilters& part : parts_) part.pack(weights_);
      packed_ = true;
    }
    patches_.take(input.before != nullptr ? input.before->counts.data() : input.values);
    context_.counts.events += patches_.events();
    context_.counts.synaptic_operations += patches_.reached() * filters_;
    std::fill(pooled_.begin(), pooled_.end(), 0U);
    for (std::size_t first = 0; first < patches_.positions(); first += kPatchPositions) take_positions(first);
    answer_cells();
    if (potentials == nullptr) return;
    potentials->assign(activity_.last_potentials.begin(), activity_.last_potentials.begin() + context_.shape.neurons);
  }

  /// The filters are all that can learn.
  void learn(const Lesson& lesson) override {
    const auto patch_at = [this](std::size_t v, std::size_t h) {
      std::vector<std::uint32_t> words(patch_words_);
      patches_.copy(v * patches_.columns() + h, reinterpret_cast<std::byte*>(words.data()));
      Patch patch(context_.shape.rows);
      const auto* const bytes = reinterpret_cast<const std::uint8_t*>(words.data());
      for (std::size_t row = 0; row < patch.size(); ++row) {
        patch[row] = bytes_ ? bytes[row] : bytes[2 * row] | bytes[2 * row + 1] << 8;
      }
      return patch;
    };
    if (move_filter(lesson.number, patch_at)) packed_ = false;
  }

 private:
  void take_positions(std::size_t first) {
    const std::size_t count = std::min(kPatchPositions, patches_.positions() - first);
    for (std::size_t k = 0; k < count; ++k) {
      patches_.copy(first + k, reinterpret_cast<std::byte*>(patch_values_.data() + k * patch_words_));
    }
    multiply();
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t v = (first + k) / patches_.columns(), h = (first + k) % patches_.columns();
      const std::uint32_t grid = context_.shape.grid;
      const std::size_t cell = std::size_t{cell_along(static_cast<std::uint32_t>(v), narrow(patches_.rows()), grid)} * grid +
                               cell_along(static_cast<std::uint32_t>(h), narrow(patches_.columns()), grid);
      add_answers(k, pooled_.data() + cell * 2 * filters_);
    }
  }

  static std::uint32_t narrow(std::size_t value) { return static_cast<std::uint32_t>(value); }

  /// Sums of kPatchPositions positions, into `sums_` or `long_sums_`.
  void multiply() {
    std::fill(long_sums_.begin(), long_sums_.end(), 0);
    for (const PackedFilters& part : parts_) {
      PatchJob job = part.job();
      job.patches = patch_values_.data() + part.first() / (bytes_ ? 4 : 2);
      job.patch_stride = patch_words_;
      job.sums = sums_.data();
      job.sum_stride = sum_stride_;
      bytes_ ? context_.kernels.patch_bytes(job) : context_.kernels.patch_pairs(job);
      for (std::size_t k = 0; k < long_sums_.size(); ++k) long_sums_[k] += sums_[k];
    }
  }

  /// What the filters answer at the k-th of the positions that were taken, into `up` and behind it those of the other sign.
  void add_answers(std::size_t k, std::uint32_t* up) {
    const LayerProgram& shape = context_.shape;
    std::uint32_t* const down = up + filters_;
    if (long_sums_.empty()) {
      CellJob job{.sums = sums_.data() + k * sum_stride_,
                  .count = filters_,
                  .half = static_cast<std::int32_t>(half_),
                  .shift = shape.input_shift + contract::kGradedShift,
                  .threshold = shape.threshold,
                  .up = up,
                  .down = down,
                  .saturations = 0};
      context_.kernels.cell_answers(job);
      context_.counts.potential_saturations += job.saturations;
      return;
    }
    for (std::size_t filter = 0; filter < filters_; ++filter) {
      const std::int64_t unlimited = current(long_sums_[k * sum_stride_ + filter], shape.input_shift + contract::kGradedShift);
      const auto potential = static_cast<std::int32_t>(saturate(unlimited, contract::kPotentialWidth));
      context_.counts.potential_saturations += potential != unlimited ? 1 : 0;
      up[filter] += excess(potential, shape.threshold);
      down[filter] += excess(-potential, shape.threshold);
    }
  }

  /// The neurons, from the sums of their cells.
  void answer_cells() {
    const LayerProgram& shape = context_.shape;
    const std::size_t sides = shape.two_sided ? 2 : 1;
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
      const std::size_t cell = neuron / (sides * filters_), rest = neuron % (sides * filters_);
      const std::int32_t potential =
          pooled_potential(pooled_[cell * 2 * filters_ + rest], shape.answer_scale, shape.answer_shift);
      activity_.last_potentials[neuron] = static_cast<std::int16_t>(potential);
      activity_.counts[neuron] = static_cast<std::uint8_t>(graded_value(potential, 0));
    }
  }

  bool bytes_;  ///< values and weights of 8 bits
  std::size_t filters_;
  std::int64_t half_;
  bool packed_ = false;
  std::vector<PackedFilters> parts_;  ///< by rows of weights
  Patches patches_;
  std::size_t patch_words_;  ///< of a position
  std::vector<std::uint32_t> patch_values_;
  std::size_t sum_stride_;
  std::vector<std::int32_t> sums_;
  std::vector<std::int64_t> long_sums_;  ///< only where 32 bits do not hold all sums
  std::vector<std::uint32_t> pooled_;    ///< Y: [cell][side][filter], of both sides
};

}  // namespace

std::unique_ptr<FastLayer> make_grid_layer(const LayerContext& context) { return std::make_unique<GridLayer>(context); }

}  // namespace phasic::reference
