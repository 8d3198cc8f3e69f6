// SPDX-License-Identifier: Apache-2.0
/// Reads tables of virtual functions out of a 64-bit ELF library.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace phasic::card {

struct VirtualTable {
  std::uint64_t bytes = 0;             ///< size, the two header words included
  std::vector<std::string> functions;  ///< demangled, without the class: "free_bo(unsigned int)"; destructors are "~"
};

/// `symbol` is the mangled name of the table. Throws std::runtime_error that names the file and what is wrong.
[[nodiscard]] VirtualTable read_virtual_table(const std::filesystem::path& library, const std::string& symbol);

/// What differs, one difference a line; empty if the tables fit each other.
[[nodiscard]] std::string compare_tables(const VirtualTable& expected, const VirtualTable& found);

}  // namespace phasic::card
