// SPDX-License-Identifier: Apache-2.0
/// How far learning moved the weights of a run.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <span>

#include "runtime/network/network.hpp"
#include "runtime/network/program.hpp"

namespace phasic::runtime {

/// A histogram of final minus initial weights, in units of a weight, for each layer that learns: its number from 1 (`layer`),
/// `edges` and `counts`, one count less than edges. Bins are alike in width and the same in every run with weights of one
/// width, so that histograms of several seeds can be averaged: 171 bins of 3 values with 8-bit weights, of 767 with 16-bit
/// ones, with no change in the middle of the middle one. `before` and `after` are weights buffers of the layout.
[[nodiscard]] nlohmann::json weight_changes(const Network& network, const Layout& layout, std::span<const std::byte> before,
                                            std::span<const std::byte> after);

}  // namespace phasic::runtime
