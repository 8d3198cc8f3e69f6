// SPDX-License-Identifier: Apache-2.0
/// The two kinds of places that stored files are read from; `read_stored_files` is for everybody else.
#pragma once

#include <filesystem>
#include <vector>

#include "runtime/data/stored_files.hpp"

namespace phasic::runtime {

inline constexpr std::string_view kHiddenReason = "hidden (names that begin with a dot, and __MACOSX)";
inline constexpr std::string_view kNoFileReason = "neither file nor folder";

/// Refuses what would fill the memory; a small archive can unpack to very much.
class Budget {
 public:
  /// `more` of the `file_bytes` of a file are taken. Throws InputError with `origin`.
  void take(const std::string& origin, std::uint64_t file_bytes, std::uint64_t more);

 private:
  std::uint64_t sum_ = 0;
};

/// A file whole. Throws InputError.
[[nodiscard]] std::vector<std::uint8_t> read_whole(const std::filesystem::path& file, Budget& budget);

/// In any order. Throws InputError.
[[nodiscard]] std::vector<StoredFile> read_folder(const std::filesystem::path& folder, const Accept& accept,
                                                  PassedOver& passed);
[[nodiscard]] std::vector<StoredFile> read_archive(const std::filesystem::path& file, const Accept& accept, PassedOver& passed);

/// Of an archive that is a file's content, in its own order; links are left alone. Throws InputError.
[[nodiscard]] std::vector<StoredFile> read_archive_in(const StoredFile& file, const Accept& accept);

}  // namespace phasic::runtime
