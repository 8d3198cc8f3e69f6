// SPDX-License-Identifier: Apache-2.0
/// Fields of a layer in a network file: those of a layer that spikes or is graded, of one that competes, of one whose filters
/// compete, and of a discriminant.
#pragma once

#include "runtime/network/fields.hpp"

namespace phasic::runtime {

/// What reading a layer needs to know.
struct LayerContext {
  const Network& network;     ///< all but its later layers
  double unit;                ///< the network's
  std::uint32_t rows_before;  ///< presynaptic rows without bias
  bool is_last;
};
using LayerField = Field<LayerSpec, LayerContext>;

[[nodiscard]] const std::vector<LayerField>& layer_fields();
[[nodiscard]] const std::vector<LayerField>& competition_fields();
[[nodiscard]] const std::vector<LayerField>& discriminant_fields();
[[nodiscard]] const std::vector<LayerField>& features_fields();

/// Those of a layer with this rule.
[[nodiscard]] const std::vector<LayerField>& layer_fields(Rule rule);

/// Reads a layer; the field `rule` says by which table. Throws InputError.
[[nodiscard]] LayerSpec read_layer(const JsonNode& node, LayerContext context);

/// Fields of several kinds.
[[nodiscard]] LayerField layer_unit_field();
[[nodiscard]] LayerField threshold_field();
[[nodiscard]] LayerField initial_amplitude_field();
[[nodiscard]] LayerField slowest_rate_field();
[[nodiscard]] LayerField homeostasis_field();

/// Sets `span`, `post` and `trace_shift` to the usual values of the layer's rule.
void take_usual(LayerSpec& layer, bool graded);

}  // namespace phasic::runtime
