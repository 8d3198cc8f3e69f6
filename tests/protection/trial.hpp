// SPDX-License-Identifier: Apache-2.0
/// Bits of an RTL engine's memories that flip in a random run, and what becomes of the run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "phasic/contract.hpp"

namespace phasic::testing {

/// How many bits flip, and where.
enum class Kind {
  kOne,    ///< one bit
  kTwo,    ///< two of a word, at once
  kApart,  ///< eight, each of a word and at a moment of its own
};

enum class Fate {
  kUnseen,     ///< the flipped words were not read before they were written; all is as it would have been
  kCorrected,  ///< bits were put right; all is as it would have been
  kEnded,      ///< the run ended with error memory
  kSilent,     ///< something else than it would have been, and no error
  kHung,       ///< the run did not end
};

struct Trial {
  Fate fate = Fate::kUnseen;
  unsigned flips = 0;
  std::string memory;   ///< of the first flip
  std::string options;  ///< that make the engine do it again
  std::string told;     ///< what was different, or the error
};

/// A run of case `seed` on the engine with flips in words that it uses, drawn from `seed`, too. Throws std::runtime_error if
/// the engine cannot flip bits.
[[nodiscard]] Trial run_trial(const std::string& engine, Kind kind, std::uint64_t seed);

}  // namespace phasic::testing
