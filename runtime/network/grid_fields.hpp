// SPDX-License-Identifier: Apache-2.0
/// Fields of a convolution that pools its answers over a grid.
#pragma once

#include <vector>

#include "runtime/network/layer_fields.hpp"

namespace phasic::runtime {

/// What they read is taken by read_grid.
[[nodiscard]] std::vector<LayerField> grid_fields();

/// Reads all of them into a layer whose positions are known. Throws InputError.
void read_grid(const JsonNode& parent, const LayerContext& context, LayerSpec& layer);

}  // namespace phasic::runtime
