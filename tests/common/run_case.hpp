// SPDX-License-Identifier: Apache-2.0
/// Carries a random case out on an engine, and says where two outcomes differ.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "driver/engine/banked_memory.hpp"
#include "driver/engine/engine.hpp"
#include "tests/common/random_case.hpp"

namespace phasic::testing {

/// What a run left behind.
struct Outcome {
  bool ended = false;  ///< false: it was still going after far more cycles than it can need
  std::uint32_t error = 0, error_detail = 0, error_sample = 0;
  std::uint32_t samples_fetched = 0, samples_done = 0;
  std::uint32_t phase = 0;
  bool done_seen = false, done_again = false;  ///< done in the first and in the second reading of control
  std::uint64_t stray_accesses = 0;            ///< accesses that the bus refused, beyond the planted ones
  std::array<std::vector<std::byte>, kBuffers> buffers;
};

/// Reads the limits of an engine.
[[nodiscard]] contract::Limits read_limits(engine::Engine& engine);

/// Puts the buffers in `memory` (which must be the engine's), runs, and takes them out again. With `meddle` the arguments are
/// overwritten and a start is tried during the run, which must change nothing.
[[nodiscard]] Outcome run_case(engine::Engine& engine, engine::BankedMemory& memory, const RandomCase& random_case,
                               bool meddle);

/// The first difference that the contract does not allow, in words: what, layer, neuron, step or row, both values and the bit.
[[nodiscard]] std::optional<std::string> first_difference(const RandomCase& random_case, const contract::Limits& limits,
                                                          const Outcome& expected, const Outcome& actual);

}  // namespace phasic::testing
