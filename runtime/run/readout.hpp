// SPDX-License-Identifier: Apache-2.0
/// The weights of a last layer that is a discriminant, which the host makes from what the layer has learned
/// (docs/specification.md, section 2, solve). Networks without such a layer stay as they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/run/launch.hpp"

namespace phasic::runtime {

/// Whether there are weights to make.
[[nodiscard]] bool has_readout(const Network& network);

/// Makes them, in a weights buffer.
void make_readout(const Fixed& fixed, std::span<std::byte> weights);

/// Makes them if the sample at a place of the learning stream finds them new.
void make_readout_where_due(const Fixed& fixed, std::uint64_t position, std::span<std::byte> weights);

/// The buffer with which the network answers: a copy with these weights.
[[nodiscard]] std::vector<std::byte> answering_weights(const Fixed& fixed, std::span<const std::byte> weights);

}  // namespace phasic::runtime
