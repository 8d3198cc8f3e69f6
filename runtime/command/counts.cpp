// SPDX-License-Identifier: Apache-2.0
#include "runtime/command/counts.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>

namespace phasic::command {
namespace {

/// What is wrong with it; empty: nothing, or no number at all, of which CLI11 tells.
std::string problem_with_count(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\n\v\f\r");
  if (first != std::string::npos && text[first] == '-') return fmt::format("{}; a whole number from 0 is needed", text);
  errno = 0;
  (void)std::strtoull(text.c_str(), nullptr, 0);
  return errno == ERANGE ? fmt::format("{}; at most {} is possible", text, UINT64_MAX) : "";
}

}  // namespace

void refuse_wrapped_counts(CLI::App& app) {
  for (auto* option : app.get_options()) {
    // What the value is stands before what its checks say of it, such as in "UINT:INT in [1 - 1000]".
    if (option->get_type_name().starts_with("UINT")) option->check(problem_with_count);
  }
  for (auto* command : app.get_subcommands([](CLI::App*) { return true; })) refuse_wrapped_counts(*command);
}

}  // namespace phasic::command
