// SPDX-License-Identifier: Apache-2.0
/// What the nodes without neurons do to a list of values.
#pragma once

#include <span>

#include "runtime/nir/stage.hpp"

namespace phasic::runtime::nir {

/// `from` has count_of(stage.from) values, `to` room for count_of(stage.to). Not for neurons.
void apply(const Stage& stage, std::span<const double> from, std::span<double> to);

}  // namespace phasic::runtime::nir
