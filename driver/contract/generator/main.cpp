// SPDX-License-Identifier: Apache-2.0
/// Makes the headers, the package, kernel.xml and the documentation's tables from contract.json.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "generator/emit.hpp"

namespace {

namespace fs = std::filesystem;
using phasic::contract_generator::ContractError;

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw ContractError(file.string() + ": cannot be read");
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Leaves a file alone that already holds the text, so that nothing is built again without need.
void write(const fs::path& file, const std::string& text) {
  if (fs::exists(file) && read(file) == text) return;
  if (file.has_parent_path()) fs::create_directories(file.parent_path());
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << text;
  stream.close();
  if (!stream) throw ContractError(file.string() + ": cannot be written");
}

void generate(const fs::path& source, const fs::path& folder) {
  using namespace phasic::contract_generator;
  const auto contract = load(source);
  write(folder / "phasic" / "contract.hpp", cpp_header(contract));
  write(folder / "phasic" / "contract_words.hpp", words_header(contract));
  write(folder / "phasic_pkg.sv", systemverilog_package(contract));
  write(folder / "kernel.xml", kernel_xml(contract));
  for (auto [key, table] : tables(contract)) {
    for (auto& character : key) character = character == ' ' ? '_' : character;
    write(folder / "tables" / (key + ".md"), table);
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Makes everything that states the kernel contract from contract.json");
  app.require_subcommand(1);
  fs::path source;
  fs::path target;
  auto* const generate_command = app.add_subcommand("generate", "Write the headers, phasic_pkg.sv, kernel.xml and the tables");
  generate_command->add_option("contract", source, "contract.json")->required();
  generate_command->add_option("folder", target, "Folder to write to")->required();
  auto* const docs_command = app.add_subcommand("docs", "Write the tables into a page");
  docs_command->add_option("contract", source, "contract.json")->required();
  docs_command->add_option("page", target, "Markdown page with table marks")->required();
  CLI11_PARSE(app, argc, argv);
  try {
    if (generate_command->parsed()) {
      generate(source, target);
    } else {
      write(target, phasic::contract_generator::with_tables(read(target), phasic::contract_generator::load(source)));
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "phasic_contract_generator: {}\n", error.what());
    return 1;
  }
  return 0;
}
