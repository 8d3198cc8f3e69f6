// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/flat_table.hpp"

#include <fmt/format.h>

#include "runtime/base/error.hpp"

namespace phasic::runtime {

FlatTable::FlatTable(std::span<const std::uint8_t> bytes, std::string_view identifier, std::string origin)
    : bytes_(bytes), origin_(std::move(origin)) {
  constexpr unsigned kIdentifierAt = 4;
  (void)number(kIdentifierAt, 4);
  const std::string found(bytes.begin() + kIdentifierAt, bytes.begin() + kIdentifierAt + 4);
  if (found != identifier) {
    throw InputError(origin_, "flatbuffer identifier", fmt::format("\"{}\"; \"{}\" is needed", found.c_str(), identifier));
  }
  table_ = number(0, 4);
  // The table starts with a signed distance back to the list of its fields.
  const auto back = static_cast<std::int32_t>(number(table_, 4));
  fields_ = static_cast<std::uint64_t>(static_cast<std::int64_t>(table_) - back);
  fields_bytes_ = number(fields_, 2);
}

std::uint64_t FlatTable::number(std::uint64_t at, unsigned bytes) const {
  if (at > bytes_.size() || bytes > bytes_.size() - at) {
    throw InputError(origin_, "flatbuffer", fmt::format("refers to byte {}, but the buffer has {} bytes", at, bytes_.size()));
  }
  std::uint64_t value = 0;
  for (unsigned n = 0; n < bytes; ++n) value |= std::uint64_t{bytes_[at + n]} << (8 * n);
  return value;
}

std::optional<std::uint64_t> FlatTable::place(unsigned field) const {
  const unsigned at = 4 + 2 * field;  // after the sizes of the list and of the table
  if (at + 2 > fields_bytes_) return std::nullopt;
  const auto offset = number(fields_ + at, 2);
  if (offset == 0) return std::nullopt;
  return table_ + offset;
}

std::int64_t FlatTable::integer(unsigned field, unsigned bytes, std::int64_t otherwise) const {
  const auto at = place(field);
  if (!at) return otherwise;
  const auto value = number(*at, bytes) << (64 - 8 * bytes);
  return static_cast<std::int64_t>(value) >> (64 - 8 * bytes);
}

std::span<const std::uint8_t> FlatTable::elements(unsigned field, std::size_t element_bytes) const {
  const auto at = place(field);
  if (!at) return {};
  const auto vector = *at + number(*at, 4);
  const auto count = number(vector, 4);
  if (count > (bytes_.size() - vector - 4) / element_bytes) {
    throw InputError(origin_, "flatbuffer",
                     fmt::format("a list of {} elements of {} bytes at byte {}, but the buffer has {} bytes", count,
                                 element_bytes, vector, bytes_.size()));
  }
  return bytes_.subspan(vector + 4, count * element_bytes);
}

std::string FlatTable::text(unsigned field) const {
  const auto letters = elements(field, 1);
  return {letters.begin(), letters.end()};
}

std::span<const std::uint8_t> FlatTable::structures(unsigned field, std::size_t element_bytes) const {
  return elements(field, element_bytes);
}

}  // namespace phasic::runtime
