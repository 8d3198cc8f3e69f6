// SPDX-License-Identifier: Apache-2.0
/// The field `retrograde` of a layer, and what it asks of the layer behind it.
#pragma once

#include "runtime/network/layer_fields.hpp"

namespace phasic::runtime {

[[nodiscard]] LayerField retrograde_field();

/// Refuses layer `layer`, read from `node`, if the layer before it takes a retrograde signal that this one does not have.
/// Throws InputError.
void check_tells(const JsonNode& node, const Network& network, const LayerSpec& layer);

}  // namespace phasic::runtime
