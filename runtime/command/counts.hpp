// SPDX-License-Identifier: Apache-2.0
/// Options that take a whole number from 0.
#pragma once

#include <CLI/CLI.hpp>

namespace phasic::command {

/// Makes all options of the program and its commands that are unsigned refuse a negative number, and one of more than 64 bits:
/// CLI11 reads them modulo 2^64. Comes after the last option is added.
void refuse_wrapped_counts(CLI::App& app);

}  // namespace phasic::command
