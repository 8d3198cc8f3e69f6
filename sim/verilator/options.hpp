// SPDX-License-Identifier: Apache-2.0
/// Options of the RTL engines.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/verilator/axi_memory.hpp"

namespace phasic::engine {

/// A closed range.
struct Window {
  std::uint64_t from = 0;
  std::uint64_t to = ~std::uint64_t{0};
  [[nodiscard]] bool contains(std::uint64_t x) const { return from <= x && x <= to; }
};

/// A bit of a memory that flips.
struct Flip {
  std::uint64_t cycle = 0;  ///< clock cycle since the engine was made, at whose rising edge it has flipped
  std::uint32_t layer = 0;
  std::string memory = "synapses";  ///< or "levels", "scatter"
  std::uint32_t word = 0, bit = 0;  ///< check bits are above the data
};

struct EngineOptions {
  AxiTiming timing;
  std::string wave;         ///< FST file; empty: no waves. Only variants built with waves take it
  Window wave_cycles;       ///< clock cycles since the engine was made
  Window wave_samples;      ///< samples since the engine was made, over all its runs
  bool by_sample = false;   ///< wave_samples was given
  std::vector<Flip> flips;  ///< only variants built for it take some
};

/// Reads a JSON object with the keys
///   timing                            "random" (default) or "ideal"
///   seed                              unsigned, default 1: of the random timing and of what is not reset
///   wave                              name of an FST file to write
///   wave_from_cycle, wave_to_cycle    what part to record
///   flips                             list of objects with cycle, layer, memory, word and bit, as in Flip
///   wave_from_sample, wave_to_sample  the same, from the fetching of a sample to the result of another
/// Throws std::runtime_error that names the key and the value at fault.
[[nodiscard]] EngineOptions parse_engine_options(const std::string& json);

}  // namespace phasic::engine
