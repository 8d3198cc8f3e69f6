// SPDX-License-Identifier: Apache-2.0
/// phasic completion, phasic manual
#include <fmt/format.h>

#include <filesystem>

#include "runtime/base/error.hpp"
#include "runtime/base/version.hpp"
#include "runtime/command/options.hpp"
#include "runtime/command/tree.hpp"
#include "runtime/data/catalogue.hpp"
#include "runtime/run/engines.hpp"

namespace phasic::command {
namespace {

using namespace phasic::runtime;

int print_completion(const std::string& what, const CLI::App& app) {
  if (what == "engines") {
    for (const auto& engine : available_engines()) fmt::print("{}\n", engine);
  } else if (what == "data") {
    for (const auto& known : catalogue()) fmt::print("{}\n", known.name);
  } else {
    const auto shape = shape_of_command(app);
    fmt::print("{}", what == "bash" ? bash_completion(shape) : what == "zsh" ? zsh_completion(shape) : fish_completion(shape));
  }
  return kSuccess;
}

int write_manual(const std::string& folder, const CLI::App& app) {
  make_output_folder(folder);
  const auto shape = shape_of_command(app);
  for (const auto* command : all_commands(shape)) {
    std::string name = "phasic";
    for (const auto& part : command->path) name += "-" + part;
    write_text(std::filesystem::path(folder) / (name + ".1"), manual_page(*command, version()));
  }
  return kSuccess;
}

}  // namespace

void add_completion(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("completion", "print what completes the words of this program in a shell");
  const auto what = std::make_shared<std::string>();
  command->add_option("shell", *what, "for bash, zsh or fish; or just the names of engines, or of data")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish", "engines", "data"}));
  command->callback([what, &app, &chosen] { chosen = [what, &app] { return print_completion(*what, app); }; });

  auto* manual = app.add_subcommand("manual", "write a manual page for each command");
  const auto folder = std::make_shared<std::string>();
  manual->add_option("folder", *folder, "for the pages; it is made if needed")->required();
  manual->callback([folder, &app, &chosen] { chosen = [folder, &app] { return write_manual(*folder, app); }; });
}

}  // namespace phasic::command
