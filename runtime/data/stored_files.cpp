// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/stored_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "runtime/base/error.hpp"
#include "runtime/data/stored_source.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLargestFile = std::uint64_t{1} << 30;
constexpr std::uint64_t kLargestSum = std::uint64_t{1} << 32;

/// A folder and all in it; links to folders are followed.
class FolderReader {
 public:
  FolderReader(const Accept& accept, PassedOver& passed) : accept_(accept), passed_(passed) {}

  /// `front` comes before the names, with '/' at its end.
  void read(const fs::path& folder, const std::string& front) {
    const auto real = fs::canonical(folder);
    if (std::find(above_.begin(), above_.end(), real) != above_.end())
      throw InputError(folder.string(), "link", fmt::format("leads back to {}, which holds it", real.string()));
    constexpr std::size_t kMostAbove = 100;
    if (above_.size() >= kMostAbove)
      throw InputError(folder.string(), "", fmt::format("more than {} folders lie in each other", kMostAbove));
    above_.push_back(real);
    // Folders tell their entries in any order; messages shall not depend on it.
    std::vector<fs::directory_entry> entries(fs::directory_iterator(folder), fs::directory_iterator{});
    std::sort(entries.begin(), entries.end());
    for (const auto& entry : entries) take(entry, front);
    above_.pop_back();
  }

  std::vector<StoredFile> files;

 private:
  void take(const fs::directory_entry& entry, const std::string& front) {
    // Links to links can show a small tree in very many places.
    constexpr std::size_t kMostEntries = 10'000'000;
    const auto path = front + entry.path().filename().string();
    if (++entries_ > kMostEntries) throw InputError(entry.path().string(), "", fmt::format("is entry {}", entries_));
    std::error_code failure;
    const auto status = entry.status(failure);
    if (!hidden_part(entry.path().filename().string()).empty()) {
      passed_.left_out.add(kHiddenReason, path + (fs::is_directory(status) ? "/" : ""));
    } else if (fs::is_directory(status)) {
      read(entry.path(), path + "/");
    } else if (!fs::exists(status)) {
      const bool link = entry.is_symlink(failure);
      passed_.unreadable.push_back(
          fmt::format("{}: link: leads to {}, which {}", entry.path().string(),
                      link ? fs::read_symlink(entry.path(), failure).string() : "nothing",
                      status.type() == fs::file_type::not_found ? "is not there" : "cannot be reached"));
    } else if (!fs::is_regular_file(status)) {
      passed_.left_out.add(kNoFileReason, path);
    } else if (accept_(path)) {
      try {
        files.push_back({path, entry.path().string(), read_whole(entry.path(), budget_)});
      } catch (const InputError& error) {
        passed_.unreadable.emplace_back(error.what());
      }
    }
  }

  const Accept& accept_;
  PassedOver& passed_;
  Budget budget_;
  std::vector<fs::path> above_;
  std::size_t entries_ = 0;
};

}  // namespace

void Budget::take(const std::string& origin, std::uint64_t file_bytes, std::uint64_t more) {
  if (file_bytes > kLargestFile)
    throw InputError(origin, "size", fmt::format("{} bytes; at most {} are read", file_bytes, kLargestFile));
  sum_ += more;
  if (sum_ > kLargestSum)
    throw InputError(origin, "size", fmt::format("the files before and up to this one have more than {} bytes", kLargestSum));
}

std::vector<std::uint8_t> read_whole(const fs::path& file, Budget& budget) {
  const auto name = file.string();
  std::error_code failure;
  if (fs::is_directory(file, failure)) throw InputError(name, "", "is a folder, not a file");
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  if (!stream) throw InputError(name, "", "cannot be opened");
  const auto end = static_cast<std::streamoff>(stream.tellg());
  if (end < 0) throw InputError(name, "", "cannot be read: it has no size");
  const auto size = static_cast<std::uint64_t>(end);
  budget.take(name, size, size);
  std::vector<std::uint8_t> bytes(size);
  stream.seekg(0);
  stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (!stream) throw InputError(name, "", "cannot be read");
  return bytes;
}

std::vector<StoredFile> read_folder(const fs::path& folder, const Accept& accept, PassedOver& passed) {
  FolderReader reader(accept, passed);
  try {
    reader.read(folder, "");
  } catch (const fs::filesystem_error& error) {
    throw InputError(error.path1().empty() ? folder.string() : error.path1().string(), "",
                     fmt::format("cannot be read: {}", error.code().message()));
  }
  return std::move(reader.files);
}

std::vector<StoredFile> read_stored_files(const fs::path& source, const Accept& accept, PassedOver* passed) {
  std::error_code failure;
  if (!fs::exists(source, failure)) throw InputError(source.string(), "", "is not there");
  PassedOver here;
  auto files = fs::is_directory(source, failure) ? read_folder(source, accept, here) : read_archive(source, accept, here);
  std::sort(files.begin(), files.end(), [](const auto& left, const auto& right) { return left.path < right.path; });
  std::sort(here.unreadable.begin(), here.unreadable.end());
  const auto twice = std::adjacent_find(files.begin(), files.end(),
                                        [](const auto& left, const auto& right) { return left.path == right.path; });
  if (twice != files.end()) throw InputError(source.string(), twice->path, "is there twice");
  if (passed == nullptr && !here.unreadable.empty()) throw InputError(here.unreadable.front());
  if (passed != nullptr) {
    passed->left_out.add(here.left_out);
    passed->unreadable.insert(passed->unreadable.end(), here.unreadable.begin(), here.unreadable.end());
  }
  return files;
}

StoredFile read_stored_file(const fs::path& file) {
  Budget budget;
  return {file.filename().string(), file.string(), read_whole(file, budget)};
}

std::string hidden_part(std::string_view path) {
  for (std::size_t begin = 0; begin < path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto name = path.substr(begin, end - begin);
    if ((name.starts_with('.') && name != "." && name != "..") || name == "__MACOSX")
      return std::string(path.substr(0, std::min(end + 1, path.size())));
    begin = end + 1;
  }
  return {};
}

}  // namespace phasic::runtime
