// SPDX-License-Identifier: Apache-2.0
#include "runtime/command/wrong_arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "runtime/base/nearest.hpp"

namespace phasic::command {
namespace {

using runtime::did_you_mean;

/// The program, and the commands in it that were chosen.
std::vector<const CLI::App*> chosen_in(const CLI::App& app) {
  std::vector<const CLI::App*> chosen{&app};
  for (auto inner = app.get_subcommands(); !inner.empty(); inner = inner.front()->get_subcommands())
    chosen.push_back(inner.front());
  return chosen;
}

std::vector<std::string> names_of_commands(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> names_of_options(std::span<const CLI::App* const> chosen) {
  std::vector<std::string> names;
  for (const auto* app : chosen) {
    for (const auto* option : app->get_options()) {
      for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

bool is_option(const std::string& text) { return text.starts_with('-') && text != "-"; }

/// What is wrong where a command has to be chosen and none is.
std::string no_command(std::span<const CLI::App* const> chosen, std::span<const std::string> left) {
  std::string path;
  for (const auto* app : chosen) path += (path.empty() ? "" : " ") + app->get_name();
  const auto names = names_of_commands(*chosen.back());
  const auto name = std::find_if_not(left.begin(), left.end(), is_option);
  if (name == left.end()) return fmt::format("{}: a command is needed; known: {}", path, fmt::join(names, ", "));
  return fmt::format("{}: \"{}\" is no command{}; known: {}", path, *name, did_you_mean(*name, names), fmt::join(names, ", "));
}

std::string not_expected(std::span<const CLI::App* const> chosen, std::span<const std::string> left) {
  auto text =
      fmt::format("The following argument{} not expected: {}", left.size() == 1 ? " was" : "s were", fmt::join(left, " "));
  const auto option = std::find_if(left.begin(), left.end(), is_option);
  if (option == left.end()) return text;
  return text + did_you_mean(option->substr(0, option->find('=')), names_of_options(chosen));
}

std::string problem_with(const CLI::App& app, const CLI::Error& error, std::span<const char* const> arguments) {
  const std::string text = error.what();
  const auto chosen = chosen_in(app);
  const auto left = app.remaining(true);
  const bool extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  const bool lacking = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  if ((extra && !is_option(left.front())) || lacking) {
    if (!names_of_commands(*chosen.back()).empty()) return no_command(chosen, left);
  }
  if (extra) return not_expected(chosen, left);
  const bool typed = std::any_of(arguments.begin(), arguments.end(), [](std::string_view argument) {
    return argument == "--log" || argument.starts_with("--log=");
  });
  constexpr std::string_view kLog = "--log:";
  return text.starts_with(kLog) && !typed ? "PHASIC_LOG:" + text.substr(kLog.size()) : text;
}

}  // namespace

std::string told_of(const CLI::App& app, const CLI::Error& error, std::span<const char* const> arguments) {
  return problem_with(app, error, arguments) + "\nRun with --help for more information.\n";
}

}  // namespace phasic::command
