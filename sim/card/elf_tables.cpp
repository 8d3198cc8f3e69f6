// SPDX-License-Identifier: Apache-2.0
#include "sim/card/elf_tables.hpp"

#include <cxxabi.h>
#include <elf.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <stdexcept>

namespace phasic::card {
namespace {

constexpr std::uint64_t kWord = 8;
constexpr std::uint64_t kHeaderWords = 2;  // offset to top, type information

class Elf {
 public:
  explicit Elf(const std::filesystem::path& path) : path_(path.string()) {
    std::ifstream file(path, std::ios::binary);
    if (!file) fail("cannot be opened");
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
    const auto header = at<Elf64_Ehdr>(0, 1).front();
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64) {
      fail("is not a 64-bit ELF file");
    }
    sections_ = at<Elf64_Shdr>(header.e_shoff, header.e_shnum);
    for (const auto& section : sections_) {
      if (section.sh_type == SHT_DYNSYM) {
        symbols_ = entries<Elf64_Sym>(section);
        if (section.sh_link >= sections_.size()) fail("has a broken symbol table");
        const auto& names = sections_[section.sh_link];
        const auto text = at<char>(names.sh_offset, names.sh_size);
        names_.assign(text.begin(), text.end());
      }
    }
  }

  [[nodiscard]] const Elf64_Sym& symbol(const std::string& name) const {
    const auto found = std::find_if(symbols_.begin(), symbols_.end(), [&](const Elf64_Sym& symbol) {
      return symbol.st_shndx != SHN_UNDEF && this->name(symbol) == name;
    });
    if (found == symbols_.end()) fail(fmt::format("has no symbol {}", name));
    return *found;
  }

  /// Mangled names of what the words of `table` point to; empty where that is not a function with a name.
  [[nodiscard]] std::vector<std::string> targets(const Elf64_Sym& table) const {
    std::vector<std::string> result(table.st_size / kWord);
    for (const auto& section : sections_) {
      if (section.sh_type != SHT_RELA) continue;
      for (const auto& relocation : entries<Elf64_Rela>(section)) {
        if (relocation.r_offset < table.st_value || relocation.r_offset >= table.st_value + table.st_size) continue;
        result[(relocation.r_offset - table.st_value) / kWord] = target(relocation);
      }
    }
    return result;
  }

 private:
  [[noreturn]] void fail(const std::string& reason) const { throw std::runtime_error(fmt::format("'{}' {}", path_, reason)); }

  template <typename Entry>
  [[nodiscard]] std::vector<Entry> at(std::uint64_t offset, std::uint64_t count) const {
    if (offset > bytes_.size() || count > (bytes_.size() - offset) / sizeof(Entry)) fail("is truncated");
    std::vector<Entry> result(count);
    std::memcpy(result.data(), bytes_.data() + offset, count * sizeof(Entry));
    return result;
  }
  template <typename Entry>
  [[nodiscard]] std::vector<Entry> entries(const Elf64_Shdr& section) const {
    return at<Entry>(section.sh_offset, section.sh_size / sizeof(Entry));
  }

  [[nodiscard]] std::string name(const Elf64_Sym& symbol) const {
    return symbol.st_name < names_.size() ? std::string(names_.c_str() + symbol.st_name) : std::string();
  }

  [[nodiscard]] std::string target(const Elf64_Rela& relocation) const {
    const auto index = ELF64_R_SYM(relocation.r_info);
    if (index != 0) return index < symbols_.size() ? name(symbols_[index]) : std::string();
    const auto address = static_cast<std::uint64_t>(relocation.r_addend);
    const auto found = std::find_if(symbols_.begin(), symbols_.end(), [&](const Elf64_Sym& symbol) {
      return symbol.st_value == address && ELF64_ST_TYPE(symbol.st_info) == STT_FUNC;
    });
    return found == symbols_.end() ? std::string() : name(*found);
  }

  std::string path_;
  std::vector<char> bytes_;
  std::vector<Elf64_Shdr> sections_;
  std::vector<Elf64_Sym> symbols_;
  std::string names_;
};

std::string demangle(const std::string& mangled) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text(abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, &status), std::free);
  return status == 0 ? std::string(text.get()) : mangled;
}

/// Drops the class: what stands before the last "::" outside of template arguments and parameters.
std::string without_class(const std::string& function) {
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t index = 0; index + 1 < function.size() && function[index] != '('; ++index) {
    if (function[index] == '<') ++depth;
    if (function[index] == '>') --depth;
    if (depth == 0 && function[index] == ':' && function[index + 1] == ':') begin = index + 2;
  }
  auto result = function.substr(begin);
  return result.starts_with("~") ? "~" : result;
}

}  // namespace

VirtualTable read_virtual_table(const std::filesystem::path& library, const std::string& symbol) {
  const Elf elf(library);
  const auto& table = elf.symbol(symbol);
  const auto targets = elf.targets(table);
  VirtualTable result;
  result.bytes = table.st_size;
  for (std::size_t index = kHeaderWords; index < targets.size(); ++index) {
    result.functions.push_back(without_class(demangle(targets[index])));
  }
  return result;
}

std::string compare_tables(const VirtualTable& expected, const VirtualTable& found) {
  std::string text;
  if (expected.bytes != found.bytes) text += fmt::format("size: {} bytes, expected {}\n", found.bytes, expected.bytes);
  for (std::size_t slot = 0; slot < std::max(expected.functions.size(), found.functions.size()); ++slot) {
    const auto at = [slot](const VirtualTable& table) {
      return slot < table.functions.size() ? table.functions[slot] : std::string("nothing");
    };
    if (at(expected) != at(found)) text += fmt::format("slot {}: {}, expected {}\n", slot, at(found), at(expected));
  }
  return text;
}

}  // namespace phasic::card
