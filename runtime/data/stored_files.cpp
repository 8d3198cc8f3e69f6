// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/stored_files.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <memory>

#include "runtime/base/error.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLargestFile = std::uint64_t{1} << 30;
constexpr std::uint64_t kLargestSum = std::uint64_t{1} << 32;
constexpr std::size_t kBlock = 1 << 16;

/// Refuses what would fill the memory; a small archive can unpack to very much.
class Budget {
 public:
  void take(const std::string& origin, std::uint64_t file_bytes, std::uint64_t more) {
    if (file_bytes > kLargestFile)
      throw InputError(origin, "size", fmt::format("{} bytes; at most {} are read", file_bytes, kLargestFile));
    sum_ += more;
    if (sum_ > kLargestSum)
      throw InputError(origin, "size", fmt::format("the files before and up to this one have more than {} bytes", kLargestSum));
  }

 private:
  std::uint64_t sum_ = 0;
};

std::vector<std::uint8_t> read_whole(const fs::path& file, Budget& budget) {
  const auto name = file.string();
  std::error_code failure;
  if (fs::is_directory(file, failure)) throw InputError(name, "", "is a folder, not a file");
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  if (!stream) throw InputError(name, "", "cannot be opened");
  const auto size = static_cast<std::uint64_t>(stream.tellg());
  budget.take(name, size, size);
  std::vector<std::uint8_t> bytes(size);
  stream.seekg(0);
  stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (!stream) throw InputError(name, "", "cannot be read");
  return bytes;
}

std::vector<StoredFile> read_folder(const fs::path& folder, const Accept& accept) {
  std::vector<StoredFile> files;
  Budget budget;
  try {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      const auto path = entry.path().lexically_relative(folder).generic_string();
      if (accept(path)) files.push_back({path, entry.path().string(), read_whole(entry.path(), budget)});
    }
  } catch (const fs::filesystem_error& error) {
    throw InputError(folder.string(), "", fmt::format("cannot be read: {}", error.code().message()));
  }
  return files;
}

std::vector<StoredFile> read_archive(const fs::path& file, const Accept& accept) {
  const auto name = file.string();
  const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
  if (!reader) throw std::bad_alloc();
  archive_read_support_filter_all(reader.get());
  archive_read_support_format_tar(reader.get());
  archive_read_support_format_zip(reader.get());
  const auto reason = [&] {
    const char* text = archive_error_string(reader.get());
    return std::string(text != nullptr ? text : "unknown error");
  };
  if (archive_read_open_filename(reader.get(), name.c_str(), kBlock) != ARCHIVE_OK)
    throw InputError(name, "archive", fmt::format("cannot be read: {}", reason()));
  std::vector<StoredFile> files;
  Budget budget;
  std::string last = "the beginning";
  while (true) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF) break;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
      throw InputError(name, "archive", fmt::format("damaged after {}: {}", last, reason()));
    const char* given = archive_entry_pathname(entry);
    if (given == nullptr) given = archive_entry_pathname_utf8(entry);
    if (given == nullptr) throw InputError(name, "archive", fmt::format("the name of the file after {} is not valid", last));
    std::string path = given;
    while (path.starts_with("./")) path.erase(0, 2);
    last = path;
    if (archive_entry_filetype(entry) != AE_IFREG || !accept(path)) continue;
    StoredFile stored{path, fmt::format("{}: {}", name, path), {}};
    // Sizes in headers may be absent or wrong: memory is taken only as the bytes arrive.
    while (true) {
      const auto before = stored.bytes.size();
      stored.bytes.resize(before + kBlock);
      const auto got = archive_read_data(reader.get(), stored.bytes.data() + before, kBlock);
      if (got < 0) throw InputError(name, path, fmt::format("damaged after {} bytes: {}", before, reason()));
      stored.bytes.resize(before + static_cast<std::size_t>(got));
      if (got == 0) break;
      budget.take(stored.origin, stored.bytes.size(), static_cast<std::uint64_t>(got));
    }
    if (archive_entry_size_is_set(entry) && static_cast<std::uint64_t>(archive_entry_size(entry)) != stored.bytes.size()) {
      throw InputError(name, path,
                       fmt::format("{} bytes came out; the archive says {}", stored.bytes.size(), archive_entry_size(entry)));
    }
    stored.bytes.shrink_to_fit();
    files.push_back(std::move(stored));
  }
  return files;
}

}  // namespace

std::vector<StoredFile> read_stored_files(const fs::path& source, const Accept& accept) {
  std::error_code failure;
  if (!fs::exists(source, failure)) throw InputError(source.string(), "", "is not there");
  auto files = fs::is_directory(source, failure) ? read_folder(source, accept) : read_archive(source, accept);
  std::sort(files.begin(), files.end(), [](const auto& left, const auto& right) { return left.path < right.path; });
  const auto twice = std::adjacent_find(files.begin(), files.end(),
                                        [](const auto& left, const auto& right) { return left.path == right.path; });
  if (twice != files.end()) throw InputError(source.string(), twice->path, "is there twice");
  return files;
}

StoredFile read_stored_file(const fs::path& file) {
  Budget budget;
  return {file.filename().string(), file.string(), read_whole(file, budget)};
}

}  // namespace phasic::runtime
