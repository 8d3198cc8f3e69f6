// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "runtime/command/tree.hpp"

namespace phasic::command {
namespace {

bool is_named(const OptionShape& option, const char* name) {
  return std::find(option.names.begin(), option.names.end(), name) != option.names.end();
}

/// Names that are asked of the program when they are wanted, since they depend on the machine.
std::string asked_for(const OptionShape& option) {
  if (is_named(option, "--engine") || is_named(option, "--against")) return "phasic completion engines";
  if (is_named(option, "--data")) return "phasic completion data";
  return "";
}

std::string words_of(const CommandShape& command) {
  std::vector<std::string> words;
  for (const auto& inner : command.commands) words.push_back(inner.path.back());
  for (const auto& option : command.options) words.insert(words.end(), option.names.begin(), option.names.end());
  return fmt::format("{}", fmt::join(words, " "));
}

/// For a text within single quotes of a shell.
std::string quoted(const std::string& text) {
  std::string result;
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result;
}

/// zsh takes brackets and colons of a description for its own.
std::string zsh_text(const std::string& text) {
  std::string result;
  for (const char c : quoted(text)) {
    if (c == '[' || c == ']' || c == ':') result += '\\';
    result += c;
  }
  return result;
}

std::string zsh_values(const OptionShape& option) {
  if (!option.choices.empty()) return fmt::format("({})", fmt::join(option.choices, " "));
  if (const auto asked = asked_for(option); !asked.empty()) return fmt::format("($({} 2>/dev/null))", asked);
  return "_files";
}

}  // namespace

std::string bash_completion(const CommandShape& root) {
  std::string text =
      "# Completion of phasic for bash, made by: phasic completion bash\n"
      "_phasic() {\n"
      "  local current=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\" place=\"\" word\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"$place $word\" in\n";
  std::string places, values;
  for (const auto* command : all_commands(root)) {
    const auto path = fmt::format("{}", fmt::join(command->path, " "));
    for (const auto& inner : command->commands)
      text += fmt::format("      \"{} {}\") place=\"{}\" ;;\n", path, inner.path.back(), fmt::join(inner.path, " "));
    places +=
        fmt::format("    \"{}\") words=\"{}\"; files={} ;;\n", path, words_of(*command), command->commands.empty() ? 1 : 0);
    for (const auto& option : command->options) {
      const auto asked = asked_for(option);
      if (option.choices.empty() && asked.empty()) continue;
      const auto list =
          asked.empty() ? fmt::format("{}", fmt::join(option.choices, " ")) : fmt::format("$({} 2>/dev/null)", asked);
      for (const auto& name : option.names)
        values += fmt::format("    \"{} {}\") COMPREPLY=($(compgen -W \"{}\" -- \"$current\")); return ;;\n", path, name, list);
    }
  }
  text += "    esac\n  done\n  local words=\"\" files=0\n  case \"$place $before\" in\n" + values +
          "  esac\n  case \"$place\" in\n" + places +
          "  esac\n"
          "  if [[ $current != -* && $files == 1 ]]; then COMPREPLY=($(compgen -f -- \"$current\")); fi\n"
          "  COMPREPLY+=($(compgen -W \"$words\" -- \"$current\"))\n"
          "}\n"
          "complete -o filenames -F _phasic phasic\n";
  return text;
}

std::string zsh_completion(const CommandShape& root) {
  std::string text =
      "#compdef phasic\n"
      "# Completion of phasic for zsh, made by: phasic completion zsh\n"
      "local place=\"\" taken=1 word\n"
      "for word in \"${(@)words[2,CURRENT-1]}\"; do\n"
      "  case \"$place $word\" in\n";
  std::string places;
  for (const auto* command : all_commands(root)) {
    const auto path = fmt::format("{}", fmt::join(command->path, " "));
    for (const auto& inner : command->commands)
      text += fmt::format("    \"{} {}\") place=\"{}\"; taken={} ;;\n", path, inner.path.back(), fmt::join(inner.path, " "),
                          inner.path.size() + 1);
    places += fmt::format("  \"{}\") _arguments", path);
    for (const auto& option : command->options)
      for (const auto& name : option.names)
        places +=
            fmt::format(" \\\n    '{}[{}]{}'", name, zsh_text(option.description),
                        option.value.empty() ? "" : fmt::format(":{}:{}", zsh_text(option.value), quoted(zsh_values(option))));
    if (command->commands.empty()) {
      places += " \\\n    '*:file:_files' ;;\n";
    } else {
      std::vector<std::string> names;
      for (const auto& inner : command->commands) names.push_back(inner.path.back());
      places += fmt::format(" \\\n    '1:command:({})' ;;\n", fmt::join(names, " "));
    }
  }
  return text + "  esac\ndone\nwords=(\"${(@)words[taken,-1]}\")\n(( CURRENT -= taken - 1 ))\ncase \"$place\" in\n" + places +
         "esac\n";
}

std::string fish_completion(const CommandShape& root) {
  std::string text = "# Completion of phasic for fish, made by: phasic completion fish\n";
  for (const auto* command : all_commands(root)) {
    std::vector<std::string> conditions;
    for (const auto& name : command->path) conditions.push_back("__fish_seen_subcommand_from " + name);
    std::vector<std::string> inner;
    for (const auto& next : command->commands) inner.push_back(next.path.back());
    if (!inner.empty()) conditions.push_back(fmt::format("not __fish_seen_subcommand_from {}", fmt::join(inner, " ")));
    const auto when = conditions.empty() ? std::string() : fmt::format(" -n '{}'", fmt::join(conditions, "; and "));
    for (const auto& next : command->commands)
      text += fmt::format("complete -c phasic -f{} -a {} -d '{}'\n", when, next.path.back(), quoted(next.description));
    for (const auto& option : command->options) {
      text += fmt::format("complete -c phasic{}", when);
      for (const auto& name : option.names) text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (!option.value.empty()) {
        const auto asked = asked_for(option);
        if (!option.choices.empty()) text += fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
        if (option.choices.empty()) text += asked.empty() ? std::string(" -r") : fmt::format(" -x -a '({})'", asked);
      }
      text += fmt::format(" -d '{}'\n", quoted(option.description));
    }
  }
  return text;
}

}  // namespace phasic::command
