// SPDX-License-Identifier: Apache-2.0
/// Fields of a gate in a network file: those of a gate from the sample, and those of one from the class.
#pragma once

#include "runtime/network/fields.hpp"

namespace phasic::runtime {

/// The network with all its layers.
struct GateContext {
  const Network& network;
};
using GateField = Field<Gate, GateContext>;

[[nodiscard]] const std::vector<GateField>& sample_gate_fields();
[[nodiscard]] const std::vector<GateField>& class_gate_fields();

/// Throws InputError.
[[nodiscard]] Gate read_gate(const JsonNode& node, const Network& network);

/// `gate` is one.
[[nodiscard]] nlohmann::json print_gate(const Gate& gate, const Network& network);

}  // namespace phasic::runtime
