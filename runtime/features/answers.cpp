// SPDX-License-Identifier: Apache-2.0
#include "runtime/features/answers.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "runtime/features/patches.hpp"

namespace phasic::runtime {
namespace {

using Sums = Eigen::MatrixXd;  // a row a filter, a column a position

/// Mean and deviation of numbers that are added one by one.
struct Spread {
  double count = 0, sum = 0, squares = 0;
  void add(const Sums& values) {
    count += static_cast<double>(values.size());
    sum += values.sum();
    squares += values.squaredNorm();
  }
  [[nodiscard]] double mean() const { return count == 0 ? 0 : sum / count; }
  [[nodiscard]] double deviation() const {
    return count == 0 ? 0 : std::sqrt(std::max(0.0, squares / count - mean() * mean()));
  }
};

Sums rounded_potentials(Sums sums, std::uint32_t shift) {
  sums = (sums.array() * std::ldexp(1.0, -static_cast<int>(shift)) + 0.5).floor();
  constexpr double kLeast = -(1 << (contract::kPotentialWidth - 1)), kMost = -kLeast - 1;
  return sums.cwiseMax(kLeast).cwiseMin(kMost);
}

/// Weight rows of as many numbers as there are filters.
Sums weights_of(std::span<const std::int32_t> filters, Eigen::Index rows, Eigen::Index count) {
  return Eigen::Map<const Eigen::Matrix<std::int32_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(filters.data(), rows,
                                                                                                        count)
      .cast<double>()
      .transpose();
}

/// What is beyond the threshold in each cell, upwards and, if asked for, downwards: a row a filter and side, a column a cell.
Sums cell_sums(const LayerSpec& layer, const Sums& potentials, double threshold) {
  const layout::Extent positions = layer.shape.positions();
  const auto cells = static_cast<Eigen::Index>(layer.shape.grid) * layer.shape.grid;
  const Eigen::Index filters = potentials.rows();
  Sums sums = Sums::Zero(filters * (layer.shape.two_sided ? 2 : 1), cells);
  Eigen::Index position = 0;
  for (std::uint32_t v = 0; v < positions.rows; ++v) {
    for (std::uint32_t h = 0; h < positions.columns; ++h, ++position) {
      const Eigen::Index cell =
          Eigen::Index{v * layer.shape.grid / positions.rows} * layer.shape.grid + h * layer.shape.grid / positions.columns;
      const auto found = potentials.col(position).array();
      sums.col(cell).head(filters) += (found - threshold).cwiseMax(0).matrix();
      if (layer.shape.two_sided) sums.col(cell).tail(filters) += (-found - threshold).cwiseMax(0).matrix();
    }
  }
  return sums;
}

}  // namespace

AnswerSettings answer_settings(const LayerSpec& layer, std::uint32_t weight_width, std::span<const std::int32_t> filters,
                               std::span<const Sample> samples, const AnswerRange& range) {
  const Eigen::Index rows = layer.shape.weight_rows(), count = layer.shape.channels;
  const Sums weights = weights_of(filters, rows, count);
  const auto sums_of = [&](const Sample& sample) -> Sums {
    return weights * patches_of(layer.shape, sample.intensities).cast<double>();
  };

  Eigen::VectorXd mean = Eigen::VectorXd::Zero(count);
  for (const Sample& sample : samples) mean += sums_of(sample).rowwise().mean();
  mean /= static_cast<double>(samples.size());
  const double most = std::ldexp(1.0, static_cast<int>(weight_width) - 1) - 1;
  const Eigen::VectorXd bias = (-mean / contract::kGradedFull).array().round().cwiseMax(-most).cwiseMin(most);

  const auto potentials_of = [&](const Sample& sample) {
    return rounded_potentials(sums_of(sample).colwise() + bias * contract::kGradedFull,
                              layer.input_shift + contract::kGradedShift);
  };
  Spread potentials, roots;
  for (const Sample& sample : samples) potentials.add(potentials_of(sample));
  AnswerSettings settings;
  for (const double weight : bias) settings.bias.push_back(static_cast<std::int32_t>(weight));
  settings.threshold = static_cast<std::int32_t>(
      std::clamp<double>(std::round(range.threshold * potentials.deviation()), 0, contract::kLayerThresholdMaximum));
  for (const Sample& sample : samples) roots.add(cell_sums(layer, potentials_of(sample), settings.threshold).cwiseSqrt());

  const double full = std::max(1.0, roots.mean() + range.full * roots.deviation());
  settings.answer_shift = contract::kLayerAnswerShiftMaximum;
  const auto scale = [&] {
    return std::round(std::ldexp(contract::kGradedFull / full, static_cast<int>(settings.answer_shift)));
  };
  while (settings.answer_shift > 0 && scale() > contract::kLayerAnswerScaleMaximum) --settings.answer_shift;
  settings.answer_scale = static_cast<std::uint32_t>(std::clamp(scale(), 1.0, double{contract::kLayerAnswerScaleMaximum}));
  return settings;
}

std::vector<std::uint8_t> answers_to(const LayerSpec& layer, std::span<const std::int32_t> filters,
                                     std::span<const std::uint8_t> values) {
  const Eigen::Index rows = layer.shape.weight_rows(), count = layer.shape.channels;
  const Sums weights = weights_of(filters, rows + 1, count);
  const Sums sums = weights.leftCols(rows) * patches_of(layer.shape, values).cast<double>();
  const Sums potentials = rounded_potentials(sums.colwise() + weights.col(rows) * contract::kGradedFull,
                                             layer.input_shift + contract::kGradedShift);
  // All are whole numbers below 2^53, so that roots and products are those of integers.
  const double unit = std::ldexp(1.0, -static_cast<int>(layer.answer_shift));
  const Sums roots = cell_sums(layer, potentials, layer.threshold).cwiseSqrt().array().floor();
  const Sums answers = (roots.array() * (layer.answer_scale * unit) + (layer.answer_shift == 0 ? 0 : 0.5)).floor();
  std::vector<std::uint8_t> result;
  for (Eigen::Index channel = 0; channel < answers.rows(); ++channel)
    for (const double answer : answers.row(channel))
      result.push_back(static_cast<std::uint8_t>(std::min<double>(answer, contract::kGradedFull)));
  return result;
}

}  // namespace phasic::runtime
