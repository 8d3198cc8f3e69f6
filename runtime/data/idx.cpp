// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/idx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "runtime/base/error.hpp"
#include "runtime/data/packed_file.hpp"

namespace phasic::runtime {
namespace {

constexpr std::uint64_t kLargestArray = std::uint64_t{1} << 31;
constexpr std::size_t kWholePiece = 1 << 20;

std::uint32_t read_word(PackedFile& source, const std::string& file, const std::string& field) {
  std::array<std::uint8_t, 4> bytes;
  if (const auto got = source.read(bytes); got != bytes.size()) {
    throw InputError(file, field, fmt::format("the file ends in its header ({} of 4 bytes of the field are there)", got));
  }
  return (std::uint32_t{bytes[0]} << 24) | (std::uint32_t{bytes[1]} << 16) | (std::uint32_t{bytes[2]} << 8) | bytes[3];
}

}  // namespace

IdxArray read_idx(const std::filesystem::path& file, unsigned rank) {
  const auto name = file.string();
  PackedFile source(file);
  const std::uint32_t wanted = 0x0800 + rank;
  if (const auto magic = read_word(source, name, "magic"); magic != wanted) {
    throw InputError(name, "magic",
                     fmt::format("{:#010x}; {:#010x} is needed (unsigned bytes, {} dimension{})", magic, wanted, rank,
                                 rank == 1 ? "" : "s"));
  }
  IdxArray array;
  std::uint64_t size = 1;
  for (unsigned n = 0; n < rank; ++n) {
    const auto field = fmt::format("dimension {}", n);
    array.dimensions.push_back(read_word(source, name, field));
    if (array.dimensions.back() == 0) throw InputError(name, field, "0; at least 1 is needed");
    size *= array.dimensions.back();
    if (size > kLargestArray) {
      throw InputError(name, field,
                       fmt::format("{} makes the array larger than {} bytes", array.dimensions.back(), kLargestArray));
    }
  }
  // The header may lie: memory is taken only as the bytes arrive.
  while (array.bytes.size() < size) {
    const auto part = std::min<std::uint64_t>(kWholePiece, size - array.bytes.size());
    const auto before = array.bytes.size();
    array.bytes.resize(before + part);
    const auto got = source.read(std::span(array.bytes).subspan(before));
    if (got != part) {
      throw InputError(name, "data",
                       fmt::format("the file ends after {} bytes; its dimensions ask for {}", before + got, size));
    }
  }
  std::array<std::uint8_t, 1> extra;
  if (source.read(extra) != 0)
    throw InputError(name, "data", fmt::format("there are bytes after the {} that the dimensions ask for", size));
  return array;
}

}  // namespace phasic::runtime
