// SPDX-License-Identifier: Apache-2.0
/// Fields of a preparation in a network file.
#pragma once

#include "runtime/network/fields.hpp"

namespace phasic::runtime {

/// The network with all its layers.
struct PreparationContext {
  const Network& network;
};
using PreparationField = Field<Preparation, PreparationContext>;
[[nodiscard]] const std::vector<PreparationField>& preparation_fields();

/// Throws InputError, also for a network whose layers cannot be prepared.
[[nodiscard]] Preparation read_preparation(const JsonNode& node, const Network& network);

}  // namespace phasic::runtime
