// SPDX-License-Identifier: Apache-2.0
/// Fields of a layer that say how it is reached: kind, neurons, and the shape of a convolution.
#pragma once

#include <vector>

#include "runtime/network/layer_fields.hpp"
#include "runtime/network/network_fields.hpp"

namespace phasic::runtime {

/// In this order; later fields may depend on them.
[[nodiscard]] std::vector<LayerField> shape_fields();

/// The shape of a network's inputs: rows, columns and, if there are several, channels.
[[nodiscard]] NetworkField input_shape_field();

}  // namespace phasic::runtime
