// SPDX-License-Identifier: Apache-2.0
/// Filters of a first layer, as pictures.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>

#include "runtime/network/network.hpp"
#include "runtime/network/program.hpp"

namespace phasic::runtime {

/// Of a network whose first layer is a convolution, the first 32 of its filters: `rows`, `columns` and `channels` of the
/// kernel, the number of all `filters`, and in `shown` a text for each: its weights as bytes in hexadecimal, those of a place's
/// channels side by side, rows of places one after the other. A byte is the weight, or of 16-bit weights their upper half, plus
/// 128. The bias is left out. Nothing for other networks, or if a filter has more than 512 weights. `weights` is a weights
/// buffer of the layout.
[[nodiscard]] std::optional<nlohmann::json> filter_pictures(const Network& network, const Layout& layout,
                                                            std::span<const std::byte> weights);

}  // namespace phasic::runtime
