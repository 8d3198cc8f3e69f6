// SPDX-License-Identifier: Apache-2.0
/// The commands and options of the program as values, for completion and manual pages.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace phasic::command {

struct OptionShape {
  std::vector<std::string> names;  ///< with dashes; empty for a positional
  std::string value;               ///< what stands for its value, such as "FILE"; empty for a flag
  std::string description, usual;  ///< usual: the default, if there is one to tell
  std::vector<std::string> choices;
};

struct CommandShape {
  std::vector<std::string> path;  ///< such as {"data", "list"}; empty for the program itself
  std::string description;
  std::vector<OptionShape> options, positionals;
  std::vector<CommandShape> commands;
};

[[nodiscard]] CommandShape shape_of_command(const CLI::App& app);

/// All commands of a tree that are called by a name, the deepest ones behind those that hold them; the program first.
[[nodiscard]] std::vector<const CommandShape*> all_commands(const CommandShape& root);

/// Scripts that complete the program's words, for the shell of that name.
[[nodiscard]] std::string bash_completion(const CommandShape& root);
[[nodiscard]] std::string zsh_completion(const CommandShape& root);
[[nodiscard]] std::string fish_completion(const CommandShape& root);

/// A manual page (man(7)) of one command; `version` is that of the program.
[[nodiscard]] std::string manual_page(const CommandShape& command, const std::string& version);

}  // namespace phasic::command
