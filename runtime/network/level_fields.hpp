// SPDX-License-Identifier: Apache-2.0
/// Fields of a layer that say where its levels come from.
#pragma once

#include <vector>

#include "runtime/network/layer_fields.hpp"

namespace phasic::runtime {

/// For layers whose levels are drawn numbers; read after the rule and the shape.
[[nodiscard]] std::vector<LayerField> level_fields();

}  // namespace phasic::runtime
