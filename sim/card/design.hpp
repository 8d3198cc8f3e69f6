// SPDX-License-Identifier: Apache-2.0
/// What a card learns from an xclbin: memory banks, compute units, and the engine that stands for the kernel.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/card/device_memory.hpp"

struct axlf;

namespace phasic::card {

struct Unit {
  std::string name;  ///< "phasic:phasic_1"
  std::uint64_t base = 0;
};

struct Design {
  std::array<unsigned char, 16> uuid{};
  std::vector<Bank> banks;
  std::vector<Unit> units;
  std::string engine;  ///< empty if the xclbin names none
};

/// Throws std::runtime_error that names the section that is missing or does not fit.
[[nodiscard]] Design read_design(const axlf& xclbin);

}  // namespace phasic::card
