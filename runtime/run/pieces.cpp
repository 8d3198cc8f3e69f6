// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/pieces.hpp"

#include <algorithm>

namespace phasic::runtime {
namespace {

/// The first multiple of `every` after a position; 0 has none.
std::uint64_t next_multiple(std::uint64_t every, std::uint64_t position) {
  return every == 0 ? UINT64_MAX : (position / every + 1) * every;
}

}  // namespace

std::uint64_t end_of_piece(const Network& network, const Pieces& pieces, std::uint64_t position) {
  return std::min({position + std::max<std::uint64_t>(pieces.launch_samples, 1), pieces.end,
                   next_rate_change(network, position), next_multiple(pieces.checkpoint_every, position),
                   next_multiple(pieces.evaluate_every, position), next_multiple(network.layers.back().solve_every, position)});
}

}  // namespace phasic::runtime
