// SPDX-License-Identifier: Apache-2.0
/// Learning rates and the kernel's `rate / 2^factor_shift` (docs/networks.md gives the derivation).
#pragma once

#include "runtime/base/json_node.hpp"
#include "runtime/network/network.hpp"

namespace phasic::runtime {

/// rate / 2^factor_shift for a learning rate of 1.
[[nodiscard]] double rate_per_learning_rate(const Network& network, const LayerSpec& layer);

/// That of a layer whose file does not say one; 0 for a rule that has none.
[[nodiscard]] double usual_learning_rate(Rule rule, bool graded);

/// Reads a learning rate into `rate` and `factor_shift` of a layer whose other fields are known, and checks it against the
/// network's schedule. The largest shift whose rate fits 16 bits is taken. Throws InputError.
void read_learning_rate(const JsonNode& node, const Network& network, LayerSpec& layer);

}  // namespace phasic::runtime
