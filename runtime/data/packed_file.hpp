// SPDX-License-Identifier: Apache-2.0
/// Files that may be gzip streams, read piece by piece.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

namespace phasic::runtime {

/// Bytes of a file, unpacked if it is a gzip stream, also one of several members. Told by content. Throws InputError naming
/// the file: a folder, what cannot be opened or read, a stream that is damaged, ends early or has bytes behind its end.
class PackedFile {
 public:
  explicit PackedFile(const std::filesystem::path& file);
  PackedFile(const PackedFile&) = delete;
  PackedFile& operator=(const PackedFile&) = delete;
  ~PackedFile();

  [[nodiscard]] bool is_packed() const { return packed_; }
  /// Bytes delivered, fewer than asked for only at the end.
  std::size_t read(std::span<std::uint8_t> to) { return packed_ ? unpack(to) : copy(to); }

 private:
  void refill();
  std::size_t copy(std::span<std::uint8_t> to);
  std::size_t unpack(std::span<std::uint8_t> to);
  [[nodiscard]] std::uint64_t unpacked(std::span<std::uint8_t> to) const { return before_ + to.size() - unpacker_.avail_out; }
  void next_member();

  std::string name_;
  std::ifstream stream_;
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(1 << 16);
  std::size_t available_ = 0, at_ = 0;
  std::uint64_t before_ = 0;  ///< bytes that were delivered
  bool packed_ = false, ended_ = false;
  z_stream unpacker_{};
};

}  // namespace phasic::runtime
