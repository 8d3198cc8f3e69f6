// SPDX-License-Identifier: Apache-2.0
/// Where a learning stream is cut into launches.
#pragma once

#include <cstdint>

#include "runtime/network/network.hpp"

namespace phasic::runtime {

/// What ends a piece beside a change of rates and places at which the weights of a discriminant are made.
struct Pieces {
  std::uint64_t end = 0;               ///< of what is learned: a place in the stream
  std::uint64_t launch_samples = 500;  ///< at most in a piece
  std::uint64_t checkpoint_every = 0;  ///< samples of the stream; 0: no checkpoint is due before the end
  std::uint64_t evaluate_every = 0;    ///< samples of the stream; 0: nobody looks before the end
};

/// The end of the piece that starts at `position`, which is before `pieces.end`: at least one sample on, and no rate changes
/// inside, nor are weights made there. Where pieces end changes no bit of what is learned.
[[nodiscard]] std::uint64_t end_of_piece(const Network& network, const Pieces& pieces, std::uint64_t position);

}  // namespace phasic::runtime
