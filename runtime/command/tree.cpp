// SPDX-License-Identifier: Apache-2.0
#include "runtime/command/tree.hpp"

#include <fmt/format.h>

#include <sstream>

namespace phasic::command {
namespace {

/// "TEXT:{zero,subtract}" has two choices.
std::vector<std::string> choices_in(const std::string& type) {
  const auto begin = type.find('{'), end = type.find('}');
  if (begin == std::string::npos || end == std::string::npos || end < begin) return {};
  std::vector<std::string> choices;
  std::istringstream list(type.substr(begin + 1, end - begin - 1));
  for (std::string choice; std::getline(list, choice, ',');) choices.push_back(choice);
  return choices;
}

OptionShape shape_of(const CLI::Option& option) {
  OptionShape shape;
  for (const auto& name : option.get_snames()) shape.names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) shape.names.push_back("--" + name);
  shape.description = option.get_description();
  shape.usual = option.get_default_str();
  const auto type = option.get_type_name();
  shape.choices = choices_in(type);
  if (option.get_items_expected_max() > 0) shape.value = type.substr(0, type.find_first_of(":["));
  if (option.get_positional()) shape.value = option.get_single_name();
  return shape;
}

CommandShape shape_below(const CLI::App& app, const std::vector<std::string>& path) {
  CommandShape shape{path, app.get_description(), {}, {}, {}};
  for (const auto* option : app.get_options())
    (option->get_positional() ? shape.positionals : shape.options).push_back(shape_of(*option));
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    auto inner = path;
    inner.push_back(command->get_name());
    shape.commands.push_back(shape_below(*command, inner));
  }
  return shape;
}

void collect(const CommandShape& command, std::vector<const CommandShape*>& to) {
  to.push_back(&command);
  for (const auto& inner : command.commands) collect(inner, to);
}

}  // namespace

CommandShape shape_of_command(const CLI::App& app) { return shape_below(app, {}); }

std::vector<const CommandShape*> all_commands(const CommandShape& root) {
  std::vector<const CommandShape*> commands;
  collect(root, commands);
  return commands;
}

}  // namespace phasic::command
