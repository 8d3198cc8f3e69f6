// SPDX-License-Identifier: Apache-2.0
/// Files in a folder or in an archive, so that data sets need not be unpacked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace phasic::runtime {

struct StoredFile {
  std::string path;    ///< inside the folder or archive, with '/' between its parts
  std::string origin;  ///< for messages, such as "letters.zip: Latin/character01/0682_01.png"
  std::vector<std::uint8_t> bytes;
};

/// Whether a file of this path is wanted.
using Accept = std::function<bool(std::string_view path)>;

/// Every regular file that `accept` wants, ascending by path: from a folder and those in it, or from an archive (zip, or tar
/// with any usual compression; told by content). Throws InputError naming folder or archive, and the file in it: what cannot
/// be read, a damaged archive, a path twice, files above 1 GiB, more than 4 GiB in all.
[[nodiscard]] std::vector<StoredFile> read_stored_files(const std::filesystem::path& source, const Accept& accept);

/// One file, whole. Throws InputError.
[[nodiscard]] StoredFile read_stored_file(const std::filesystem::path& file);

}  // namespace phasic::runtime
