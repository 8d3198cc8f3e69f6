// SPDX-License-Identifier: Apache-2.0
/// What both transports read from the registers of a kernel.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "driver/device.hpp"

namespace phasic::driver {

using ReadRegister = std::function<std::uint32_t(std::uint32_t offset)>;

/// Checks that the identity and contract_version registers are those of this driver's contract and reads the limits.
/// Throws std::runtime_error that starts with `where` and names the register and both values.
[[nodiscard]] contract::Limits read_limits(const ReadRegister& read, const std::string& where);

/// Phase, samples, error, cycles and the state of each layer engine, one a line. Reads no register that changes by being read.
[[nodiscard]] std::string status_text(const ReadRegister& read);

/// Message of a RunTimeout.
[[nodiscard]] std::string timeout_text(const std::string& where, std::chrono::milliseconds timeout, const ReadRegister& read);

/// Throws std::invalid_argument if a buffer of the request is larger than its size argument can tell.
void check_sizes(const RunRequest& request);

}  // namespace phasic::driver
