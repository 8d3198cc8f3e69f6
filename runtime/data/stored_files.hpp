// SPDX-License-Identifier: Apache-2.0
/// Files in a folder or in an archive, so that data sets need not be unpacked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/left_out.hpp"

namespace phasic::runtime {

struct StoredFile {
  std::string path;    ///< inside the folder or archive, with '/' between its parts
  std::string origin;  ///< for messages, such as "letters.zip: Latin/character01/0682_01.png"
  std::vector<std::uint8_t> bytes;
};

/// Whether a file of this path is wanted. Asked once for each path.
using Accept = std::function<bool(std::string_view path)>;

/// What is not among the files that were read.
struct PassedOver {
  LeftOut left_out;                     ///< hidden names, and what is neither file nor folder
  std::vector<std::string> unreadable;  ///< messages: files that cannot be opened, links that lead nowhere
};

/// Every file that `accept` wants, ascending by path: from a folder and those in it, or from an archive (zip, or tar, plain or
/// compressed with gzip, bzip2, xz or zstd; told by content). Links are followed, in an archive to what else it holds. Names
/// that begin with a dot, and __MACOSX, are left out with all that is below them. Without `passed` the first unreadable file is
/// refused. Throws InputError naming folder or archive, and the file in it: what cannot be read, a damaged archive, links that
/// lead in a circle, a path twice, more than 100 folders in each other, files above 1 GiB, more than 4 GiB in all.
[[nodiscard]] std::vector<StoredFile> read_stored_files(const std::filesystem::path& source, const Accept& accept,
                                                        PassedOver* passed = nullptr);

/// One file, whole. Throws InputError.
[[nodiscard]] StoredFile read_stored_file(const std::filesystem::path& file);

/// Up to its first part that begins with a dot or is __MACOSX, with '/' at the end if more follows; empty if there is none.
[[nodiscard]] std::string hidden_part(std::string_view path);

}  // namespace phasic::runtime
