// SPDX-License-Identifier: Apache-2.0
/// What the filters of a layer with rule `features` move towards: patches that are made alike in all directions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "driver/layout/shape.hpp"
#include "runtime/run/launch.hpp"

namespace phasic::runtime {

/// A patch p has the target t with t_r = sat_8((sum over r' of p_r' * matrix[r' * rows + r] - offsets[r] + half(shift)) >>
/// shift) (docs/specification.md, section 2).
struct Targets {
  std::uint32_t rows = 0;             ///< weight rows, R
  std::vector<std::int8_t> matrix;    ///< R rows of R
  std::vector<std::int32_t> offsets;  ///< R
  std::uint32_t shift = 0;
};

/// From all patches of the samples, each less its own mean: the matrix is the inverse of (C + regularization * trace(C) / R *
/// I), C their covariance, in whole numbers of 8 bits whose rows and columns add up to 0; the offsets take away what the mean
/// patch gives, and `shift` is the least with which no target of these patches is beyond 8 bits. That is whitening, as Coates,
/// Lee and Ng (AISTATS 2011) have it before they look for features, with a matrix that serves as a fixed layer. Patches whose
/// values differ by less than `contrast` do not count. Throws std::invalid_argument if none is left.
[[nodiscard]] Targets targets_of(const layout::Shape& shape, std::span<const Sample> samples, double regularization,
                                 std::uint32_t contrast);

}  // namespace phasic::runtime
