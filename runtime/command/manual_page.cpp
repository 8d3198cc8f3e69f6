// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "runtime/command/tree.hpp"

namespace phasic::command {
namespace {

/// A text as troff prints it: no dash becomes a hyphen, no line is taken for a request.
std::string troff(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '-' || c == '\\') result += '\\';
    result += c == '\\' ? 'e' : c;
  }
  if (!result.empty() && (result[0] == '.' || result[0] == '\'')) result = "\\&" + result;
  return result;
}

std::string title_of(const CommandShape& command) {
  return command.path.empty() ? "phasic" : fmt::format("phasic-{}", fmt::join(command.path, "-"));
}

std::string tagged(const std::string& tag, const std::string& text) { return fmt::format(".TP\n{}\n{}\n", tag, text); }

std::string option_text(const OptionShape& option) {
  std::vector<std::string> names;
  for (const auto& name : option.names) names.push_back(fmt::format("\\fB{}\\fR", troff(name)));
  auto tag = fmt::format("{}", fmt::join(names, ", "));
  if (!option.value.empty()) tag += fmt::format("{}\\fI{}\\fR", names.empty() ? "" : " ", troff(option.value));
  auto text = option.description;
  if (!option.choices.empty()) text += fmt::format(" ({})", fmt::join(option.choices, ", "));
  if (!option.usual.empty()) text += fmt::format("; default: {}", option.usual);
  return tagged(tag, troff(text));
}

}  // namespace

std::string manual_page(const CommandShape& command, const std::string& version) {
  const auto title = title_of(command);
  auto upper = title;
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto called = fmt::format("\\fBphasic{}{}\\fR", command.path.empty() ? "" : " ", fmt::join(command.path, " "));
  auto text = fmt::format(".TH {} 1 \"\" \"{}\" \"\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n{}", troff(upper), troff(version),
                          troff(title), troff(command.description), called);
  if (!command.commands.empty()) text += " \\fIcommand\\fR";
  if (!command.options.empty()) text += " [\\fIoptions\\fR]";
  for (const auto& positional : command.positionals) text += fmt::format(" \\fI{}\\fR", troff(positional.value));
  text += "\n";
  if (!command.commands.empty()) text += ".SH COMMANDS\n";
  for (const auto& inner : command.commands)
    text += tagged(fmt::format("\\fB{}\\fR", inner.path.back()), troff(inner.description));
  if (!command.positionals.empty()) text += ".SH ARGUMENTS\n";
  for (const auto& positional : command.positionals) text += option_text(positional);
  if (!command.options.empty()) text += ".SH OPTIONS\n";
  for (const auto& option : command.options) text += option_text(option);
  text +=
      ".SH EXIT STATUS\n.TP\n0\nAll went well.\n.TP\n1\nAn option, a file, a field or a value is wrong.\n.TP\n2\nTwo engines "
      "differ.\n"
      ".TP\n3\nAn engine, a card or a run failed.\n.TP\n130\nEnded by a signal after the current launch.\n";
  std::vector<std::string> others;
  if (!command.path.empty()) others.emplace_back("\\fBphasic\\fR(1)");
  for (const auto& inner : command.commands)
    others.push_back(fmt::format("\\fBphasic\\-{}\\fR(1)", fmt::join(inner.path, "\\-")));
  return text + fmt::format(".SH SEE ALSO\n{}\n", fmt::join(others, ", "));
}

}  // namespace phasic::command
