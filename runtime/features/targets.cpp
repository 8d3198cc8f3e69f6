// SPDX-License-Identifier: Apache-2.0
#include "runtime/features/targets.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <cmath>
#include <stdexcept>

#include "runtime/features/patches.hpp"

namespace phasic::runtime {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Leaves room for what the diagonal takes on when sums are made 0.
constexpr double kLargestOfMatrix = 115;
/// Bounds of a target, and of an entry of their table.
constexpr double kLeastTarget = -(1 << (contract::kTargetWidth - 1)), kLargestTarget = -kLeastTarget - 1;

/// The patches of a sample that count.
MatrixXd contrasting(const layout::Shape& shape, const Sample& sample, std::uint32_t contrast) {
  const Eigen::MatrixXf all = patches_of(shape, sample.intensities);
  MatrixXd some(all.rows(), all.cols());
  Eigen::Index count = 0;
  for (Eigen::Index n = 0; n < all.cols(); ++n)
    if (all.col(n).maxCoeff() - all.col(n).minCoeff() >= static_cast<float>(contrast))
      some.col(count++) = all.col(n).cast<double>();
  some.conservativeResize(Eigen::NoChange, count);
  return some;
}

struct Moments {
  double count = 0;
  VectorXd mean;        ///< of patches as they are
  MatrixXd covariance;  ///< of patches less their own mean
};

Moments moments_of(const layout::Shape& shape, std::span<const Sample> samples, std::uint32_t contrast) {
  const Eigen::Index rows = shape.weight_rows();
  Moments moments{0, VectorXd::Zero(rows), MatrixXd::Zero(rows, rows)};
  VectorXd level_mean = VectorXd::Zero(rows);
  for (const Sample& sample : samples) {
    MatrixXd patches = contrasting(shape, sample, contrast);
    if (patches.cols() == 0) continue;  // a blank sample; Eigen divides by the number of columns
    moments.count += static_cast<double>(patches.cols());
    moments.mean += patches.rowwise().sum();
    patches.rowwise() -= patches.colwise().mean().eval();
    level_mean += patches.rowwise().sum();
    moments.covariance.selfadjointView<Eigen::Lower>().rankUpdate(patches);
  }
  if (moments.count == 0)
    throw std::invalid_argument(fmt::format("no patch of {} samples has a contrast of {}", samples.size(), contrast));
  moments.mean /= moments.count;
  level_mean /= moments.count;
  moments.covariance = moments.covariance.selfadjointView<Eigen::Lower>();
  moments.covariance = moments.covariance / moments.count - level_mean * level_mean.transpose();
  return moments;
}

/// The inverse, from both sides less what a patch's own mean adds to it.
MatrixXd whitening(const Moments& moments, double regularization) {
  const Eigen::Index rows = moments.covariance.rows();
  const auto size = static_cast<double>(rows);
  const double ridge = std::max(regularization * moments.covariance.trace() / size, 1e-9);
  const MatrixXd identity = MatrixXd::Identity(rows, rows);
  const MatrixXd inverse = (moments.covariance + ridge * identity).ldlt().solve(identity);
  const MatrixXd centring = identity - MatrixXd::Constant(rows, rows, 1 / size);
  return centring * inverse * centring;
}

/// Whole numbers, of which each row and column adds up to 0: what all values of a patch have in common gives no target at all.
MatrixXd rounded(const MatrixXd& exact) {
  const double largest = exact.cwiseAbs().maxCoeff();
  MatrixXd matrix = (exact * (largest > 0 ? kLargestOfMatrix / largest : 0)).array().round();
  matrix.diagonal() -= matrix.rowwise().sum().eval();
  return matrix.cwiseMax(kLeastTarget).cwiseMin(kLargestTarget);
}

}  // namespace

Targets targets_of(const layout::Shape& shape, std::span<const Sample> samples, double regularization, std::uint32_t contrast) {
  const Moments moments = moments_of(shape, samples, contrast);
  const MatrixXd matrix = rounded(whitening(moments, regularization));
  const VectorXd offsets = (matrix.transpose() * moments.mean).array().round();
  double furthest = 0;
  for (const Sample& sample : samples) {
    const MatrixXd patches = contrasting(shape, sample, contrast);
    if (patches.cols() == 0) continue;
    const MatrixXd targets = (matrix.transpose() * patches).colwise() - offsets;
    furthest = std::max(furthest, targets.cwiseAbs().maxCoeff());
  }
  Targets targets{shape.weight_rows(), {}, {}, 0};
  while (targets.shift < contract::kLayerTargetShiftMaximum &&
         furthest > kLargestTarget * std::ldexp(1.0, static_cast<int>(targets.shift)))
    ++targets.shift;
  for (Eigen::Index row = 0; row < matrix.rows(); ++row) {
    for (Eigen::Index column = 0; column < matrix.cols(); ++column)
      targets.matrix.push_back(static_cast<std::int8_t>(matrix(row, column)));
    targets.offsets.push_back(static_cast<std::int32_t>(offsets[row]));
  }
  return targets;
}

}  // namespace phasic::runtime
