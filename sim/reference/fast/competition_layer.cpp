// SPDX-License-Identifier: Apache-2.0
// A last layer whose neurons compete for what their rows counted.
#include <algorithm>
#include <numeric>

#include "driver/shell/weight_rows.hpp"
#include "sim/reference/arithmetic.hpp"
#include "sim/reference/fast/layer.hpp"
#include "sim/reference/fast/row_counts.hpp"

namespace phasic::reference {
namespace {

class CompetitionLayer final : public FastLayer {
 public:
  explicit CompetitionLayer(const LayerContext& context)
      : FastLayer(context),
        weights_(context.program, context.shape, false),
        row_counts_(context_),
        competitors_(context.shape.neurons),
        products_(padded(context.shape.neurons)),
        matches_(context.shape.neurons),
        words_(context.program, context.shape, context.number),
        every_row_(padded(context.shape.rows)),
        column_(every_row_.size()),
        targets_(every_row_.size()) {
    std::iota(every_row_.begin(), every_row_.begin() + context.shape.rows, std::uint16_t{0});
  }

  void set_weights(std::span<const std::byte> rows) override {
    weights_.set(rows);
    const auto state = rows.subspan(context_.shape.rows * weights_.row_bytes());
    for (std::size_t neuron = 0; neuron < context_.shape.neurons; ++neuron) {
      competitors_[neuron] = load_competitor(state.data(), weights_.row_bytes(), neuron, context_.program.weight_width);
    }
  }

  void get_weights(std::span<std::byte> rows) const override {
    weights_.get(rows);
    const auto state = rows.subspan(context_.shape.rows * weights_.row_bytes());
    std::fill(state.begin(), state.end(), std::byte{0});
    for (std::size_t neuron = 0; neuron < context_.shape.neurons; ++neuron) {
      store_competitor(state.data(), weights_.row_bytes(), neuron, context_.program.weight_width, competitors_[neuron]);
    }
  }

  /// Counts of the rows, products and matches.
  void show(const LayerInput& input, std::vector<std::int16_t>* potentials) override {
    const LayerProgram& shape = context_.shape;
    row_counts_.take(input);
    row_counts_.multiply(weights_, products_);
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
      matches_[neuron] = match(products_[neuron], shape.input_shift, competitors_[neuron].squares);
    }
    const std::uint64_t events = is_graded(context_.program)
                                     ? row_counts_.count()
                                     : std::accumulate(row_counts_.counts(), row_counts_.counts() + row_counts_.count(), 0U);
    context_.counts.events += events;
    context_.counts.synaptic_operations += events * shape.neurons;
    if (potentials != nullptr) potentials->assign(std::size_t{context_.program.steps} * shape.neurons, 0);
  }

  /// Neurons that compete have no gates.
  void shut_all_but(std::span<const std::uint32_t>) override {}

  void learn(const Lesson& lesson) override {
    const std::size_t neuron = winner(lesson.label);
    if (neuron == context_.shape.neurons) return;
    context_.counts.update_rows += context_.shape.rows;
    context_.counts.update_operations += context_.shape.rows;
    pull(neuron, lesson.number);
  }

  [[nodiscard]] std::uint32_t score_of(std::size_t neuron) const override { return competition_score(matches_[neuron]); }

 private:
  /// The neuron that learns, or as many as there are if none may.
  [[nodiscard]] std::size_t winner(std::uint32_t label) const {
    const LayerProgram& shape = context_.shape;
    const std::int8_t* const levels = levels_.row(label);
    std::size_t best = shape.neurons;
    std::int64_t most = 0;
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
      if (levels[neuron] <= 0) continue;
      const Competitor& competitor = competitors_[neuron];
      if (competitor.wins == 0) return neuron;
      const std::int64_t handicapped = matches_[neuron] - std::int64_t{shape.homeostasis} * competitor.wins;
      if (best != shape.neurons && handicapped <= most) continue;
      best = neuron;
      most = handicapped;
    }
    return best;
  }

  void pull(std::size_t neuron, std::uint32_t number) {
    const LayerProgram& shape = context_.shape;
    const unsigned width = context_.program.weight_width;
    Competitor& competitor = competitors_[neuron];
    for (std::size_t row = 0; row < shape.rows; ++row) {
      column_[row] = load_weight(weights_.row(row), neuron, width);
      targets_[row] = competition_target(row_counts_.all()[row], shape.input_shift);
    }
    words_.draw(context_.kernels, every_row_, shape.rows, number);
    PullJob job{.targets = targets_.data(),
                .row_x = words_.row_x(),
                .row_y = words_.row_y(),
                .row_count = shape.rows,
                .pair_word = words_.pair_words()[neuron / 2],
                .pair_offset = words_.pair_offsets()[neuron / 2],
                .odd = neuron % 2 != 0,
                .stochastic = shape.rounding == contract::Rounding::kStochastic,
                .weight_width = width,
                .shift = competition_shift(competitor.wins, shape.factor_shift),
                .weights = column_.data(),
                .squares = competitor.squares,
                .saturations = 0};
    context_.kernels.pull(job);
    for (std::size_t row = 0; row < shape.rows; ++row) {
      store_weight(weights_.row(row), neuron, width, static_cast<std::int16_t>(column_[row]));
    }
    competitor.squares = job.squares;
    competitor.wins = std::min(competitor.wins + 1, kMostWins);
    context_.counts.weight_saturations += job.saturations;
  }

  WeightRows weights_;
  RowCounts row_counts_;
  std::vector<Competitor> competitors_;
  std::vector<std::int64_t> products_;
  std::vector<std::int64_t> matches_;
  RoundingWords words_;
  std::vector<std::uint16_t> every_row_;
  // Weights of a winner and what they move towards, row by row.
  std::vector<std::int32_t> column_;
  std::vector<std::int32_t> targets_;
};

}  // namespace

std::unique_ptr<FastLayer> make_competition_layer(const LayerContext& context) {
  return std::make_unique<CompetitionLayer>(context);
}

}  // namespace phasic::reference
