// SPDX-License-Identifier: Apache-2.0
/// What is told of arguments that cannot be taken.
#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>

namespace phasic::command {

/// What CLI11 says, but with the arguments that are too many in the order in which they were typed, a command that is unknown
/// by its name, and what may have been meant; a wrong PHASIC_LOG is not told as an option that nobody typed. `app` is the
/// program.
[[nodiscard]] std::string told_of(const CLI::App& app, const CLI::Error& error, std::span<const char* const> arguments);

}  // namespace phasic::command
