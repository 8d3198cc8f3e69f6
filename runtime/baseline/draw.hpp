// SPDX-License-Identifier: Apache-2.0
/// Random numbers of the baselines. They follow from the seed alone, but not by the contract's counters: baselines are
/// outside it.
#pragma once

#include <cstdint>
#include <random>

#include "runtime/baseline/matrix.hpp"

namespace phasic::baseline {

/// What random numbers are for; equal seeds give independent numbers for different uses.
enum class Use : std::uint64_t { kWeights = 1, kFeedback = 2, kLearning = 3, kTesting = 4 };

using Generator = std::mt19937_64;
[[nodiscard]] Generator generator_of(std::uint64_t seed, Use use);

/// Uniform in [-amplitude, amplitude).
[[nodiscard]] Matrix uniform(Generator& generator, Index rows, Index columns, float amplitude);

}  // namespace phasic::baseline
