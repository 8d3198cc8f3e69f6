// SPDX-License-Identifier: Apache-2.0
/// Reads and checks xclbin files. XRT trusts them and crashes on some that are damaged.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "driver/device.hpp"

namespace phasic::driver {

struct XclbinInfo {
  std::array<unsigned char, 16> uuid{};
  std::string kernel;                      ///< `phasic`, or `phasic_kernel`: the HLS kernel, which has no status registers
  std::vector<std::string> compute_units;  ///< without the kernel's name: "phasic_1"
  std::string engine;                      ///< engine for a simulated card; empty if the file names none
  std::optional<contract::Limits> limits;  ///< of the HLS kernel
};

/// Throws std::runtime_error that names the file and what is wrong with it: missing, empty, truncated, not an xclbin, a section
/// that is missing or damaged, neither kernel or no compute unit of it, an HLS kernel without limits, or arguments that are not
/// those of this contract.
[[nodiscard]] XclbinInfo read_xclbin(const std::filesystem::path& file);

}  // namespace phasic::driver
