// SPDX-License-Identifier: Apache-2.0
/// Matrices of the baselines. A column is a sample, or a sample at a time step: with T steps and B samples, column t * B + b
/// is step t of sample b.
#pragma once

#include <Eigen/Core>

namespace phasic::baseline {

using Matrix = Eigen::MatrixXf;
using Vector = Eigen::VectorXf;
using Eigen::Index;

}  // namespace phasic::baseline
