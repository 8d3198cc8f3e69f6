// SPDX-License-Identifier: Apache-2.0
/// Orders and parts of data sets that follow from a seed alone, never from the machine.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "runtime/data/dataset.hpp"

namespace phasic::runtime {

/// What an order is for; equal seeds give independent orders for different uses.
enum class Mixing : std::uint32_t { kSplit = 0, kOrder = 1, kValidation = 2 };

/// 0 to count - 1 in an order drawn from the seed.
[[nodiscard]] std::vector<std::uint32_t> mixed_order(std::size_t count, std::uint64_t seed, Mixing use);

/// Which of `count` things are for testing: floor(count * share + 1/2) of them, the first of the mixed order.
[[nodiscard]] std::vector<bool> drawn_for_test(std::size_t count, double share, std::uint64_t seed);

/// The data set without `count` samples that are drawn from the seed, and these. Both keep the order of the data set.
[[nodiscard]] std::pair<Dataset, Dataset> split_validation(const Dataset& data, std::size_t count, std::uint64_t seed);

}  // namespace phasic::runtime
