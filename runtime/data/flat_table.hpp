// SPDX-License-Identifier: Apache-2.0
/// The few parts of the flatbuffers binary format that AEDAT 4.0 needs: tables, scalars, strings and vectors, each access
/// checked against the buffer's bounds. https://flatbuffers.dev/internals/ describes the format.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace phasic::runtime {

/// A buffer with a table at its root.
class FlatTable {
 public:
  /// `bytes` start with the offset of the root table (not with a size). `identifier` are the four letters that stand at byte 4.
  /// `origin` names the file in messages. Throws InputError.
  FlatTable(std::span<const std::uint8_t> bytes, std::string_view identifier, std::string origin);

  /// Fields count from 0 in the order of the schema; one that is absent has `otherwise`.
  [[nodiscard]] std::int64_t integer(unsigned field, unsigned bytes, std::int64_t otherwise) const;
  [[nodiscard]] std::string text(unsigned field) const;
  /// The bytes of a vector of structures of `element_bytes` each; empty if absent.
  [[nodiscard]] std::span<const std::uint8_t> structures(unsigned field, std::size_t element_bytes) const;

 private:
  [[nodiscard]] std::uint64_t number(std::uint64_t at, unsigned bytes) const;
  [[nodiscard]] std::optional<std::uint64_t> place(unsigned field) const;
  /// Where the vector or string that a field refers to has its elements, and their number.
  [[nodiscard]] std::span<const std::uint8_t> elements(unsigned field, std::size_t element_bytes) const;

  std::span<const std::uint8_t> bytes_;
  std::string origin_;
  std::uint64_t table_ = 0, fields_ = 0, fields_bytes_ = 0;
};

}  // namespace phasic::runtime
