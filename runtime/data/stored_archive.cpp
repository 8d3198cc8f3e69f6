// SPDX-License-Identifier: Apache-2.0
#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <locale.h>

#include <map>
#include <memory>
#include <optional>
#include <set>

#include "runtime/base/error.hpp"
#include "runtime/data/archive_links.hpp"
#include "runtime/data/stored_source.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = 1 << 16;

/// libarchive brings names to the character set of the locale, and has none to give where that fails. In UTF-8 it succeeds,
/// whatever the user's locale is.
class NamesInUtf8 {
 public:
  NamesInUtf8() : own_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (own_ != nullptr) before_ = ::uselocale(own_);
  }
  NamesInUtf8(const NamesInUtf8&) = delete;
  NamesInUtf8& operator=(const NamesInUtf8&) = delete;
  ~NamesInUtf8() {
    if (own_ == nullptr) return;
    ::uselocale(before_);
    ::freelocale(own_);
  }

 private:
  locale_t own_, before_ = nullptr;
};

/// An archive from its beginning to its end, once.
class Archive {
 public:
  explicit Archive(const fs::path& file) : Archive(file.string()) {
    open(archive_read_open_filename(reader_.get(), name_.c_str(), kBlock));
  }
  /// A file that was read before; it must live as long.
  explicit Archive(const StoredFile& file) : Archive(file.origin) {
    open(archive_read_open_memory(reader_.get(), file.bytes.data(), file.bytes.size()));
  }

  /// The next entry that is no folder, or none at the end.
  archive_entry* next() {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(reader_.get(), &entry);
    if (status == ARCHIVE_EOF) return nullptr;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
      throw InputError(name_, "archive", fmt::format("damaged after {}: {}", path_, reason()));
    const char* given = archive_entry_pathname(entry);
    if (given == nullptr) throw InputError(name_, "archive", fmt::format("the name of the file after {} is not valid", path_));
    path_ = normal_path(given);
    return entry;
  }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// What the entry that came last holds. Sizes in headers may be absent or wrong: memory is taken only as the bytes arrive.
  StoredFile read(archive_entry* entry, Budget& budget) {
    StoredFile stored{path_, fmt::format("{}: {}", name_, path_), {}};
    while (true) {
      const auto before = stored.bytes.size();
      stored.bytes.resize(before + kBlock);
      const auto got = archive_read_data(reader_.get(), stored.bytes.data() + before, kBlock);
      if (got < 0) throw InputError(name_, path_, fmt::format("damaged after {} bytes: {}", before, reason()));
      stored.bytes.resize(before + static_cast<std::size_t>(got));
      if (got == 0) break;
      budget.take(stored.origin, stored.bytes.size(), static_cast<std::uint64_t>(got));
    }
    if (archive_entry_size_is_set(entry) && static_cast<std::uint64_t>(archive_entry_size(entry)) != stored.bytes.size()) {
      throw InputError(name_, path_,
                       fmt::format("{} bytes came out; the archive says {}", stored.bytes.size(), archive_entry_size(entry)));
    }
    stored.bytes.shrink_to_fit();
    return stored;
  }

 private:
  explicit Archive(std::string name) : name_(std::move(name)), reader_(archive_read_new(), archive_read_free) {
    if (!reader_) throw std::bad_alloc();
    // Only what libarchive unpacks itself: for others it starts whatever program of that name is on the PATH.
    archive_read_support_filter_gzip(reader_.get());
    archive_read_support_filter_bzip2(reader_.get());
    archive_read_support_filter_xz(reader_.get());
    archive_read_support_filter_zstd(reader_.get());
    archive_read_support_format_tar(reader_.get());
    archive_read_support_format_zip(reader_.get());
  }
  void open(int status) const {
    if (status != ARCHIVE_OK) throw InputError(name_, "archive", fmt::format("cannot be read: {}", reason()));
  }
  [[nodiscard]] std::string reason() const {
    const char* text = archive_error_string(reader_.get());
    return text != nullptr ? text : "unknown error";
  }

  std::string name_, path_ = "the beginning";
  std::unique_ptr<archive, int (*)(archive*)> reader_;
};

/// Links of the archive become copies of what they lead to.
void add_linked(const fs::path& file, const ArchiveTree& tree, const Accept& accept, Budget& budget, PassedOver& passed,
                std::vector<StoredFile>& files) {
  const auto name = file.string();
  std::map<std::string, std::vector<std::string>> wanted;  // paths through links, by the path of the file itself
  const auto unreadable = resolve_links(tree, name, [&](const std::string& path, const std::string& real) {
    if (hidden_part(path).empty() && accept(path)) wanted[real].push_back(path);
  });
  passed.unreadable.insert(passed.unreadable.end(), unreadable.begin(), unreadable.end());
  if (wanted.empty()) return;
  const auto copy = [&](const StoredFile& from) {
    const auto found = wanted.find(from.path);
    if (found == wanted.end()) return;
    for (const auto& path : found->second) {
      const std::string shown = fmt::format("{}: {}", name, path);
      budget.take(shown, from.bytes.size(), from.bytes.size());
      files.push_back({path, shown, from.bytes});
    }
    wanted.erase(found);
  };
  // NOLINTNEXTLINE(modernize-loop-convert): the copies are appended to the list
  for (std::size_t n = 0, count = files.size(); n < count; ++n) copy(StoredFile(files[n]));
  if (wanted.empty()) return;
  // What is wanted only by way of links was not kept.
  Archive archive(file);
  while (auto* const entry = archive.next()) {
    if (archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == nullptr &&
        wanted.contains(archive.path()))
      copy(archive.read(entry, budget));
  }
}

}  // namespace

std::vector<StoredFile> read_archive(const fs::path& file, const Accept& accept, PassedOver& passed) {
  const NamesInUtf8 names;
  Archive archive(file);
  std::vector<StoredFile> files;
  ArchiveTree tree;
  Budget budget;
  while (auto* const entry = archive.next()) {
    const auto& path = archive.path();
    const auto hidden = hidden_part(path);
    const auto kind = archive_entry_filetype(entry);
    if (!hidden.empty()) passed.left_out.add(kHiddenReason, hidden);
    if (const char* target = archive_entry_hardlink(entry); target != nullptr) {
      tree.links[path] = {normal_path(target), target};
    } else if (kind == AE_IFLNK) {
      const char* given = archive_entry_symlink(entry);
      tree.links[path] = link_target(path, given != nullptr ? given : "");
    } else if (kind == AE_IFDIR) {
      tree.folders.insert(path);
    } else if (kind != AE_IFREG) {
      passed.left_out.add(kNoFileReason, path);
    } else {
      tree.files.insert(path);
      if (hidden.empty() && accept(path)) files.push_back(archive.read(entry, budget));
    }
  }
  if (!tree.links.empty()) add_linked(file, tree, accept, budget, passed, files);
  return files;
}

std::vector<StoredFile> read_archive_in(const StoredFile& file, const Accept& accept) {
  const NamesInUtf8 names;
  Archive archive(file);
  std::vector<StoredFile> files;
  Budget budget;
  while (auto* const entry = archive.next()) {
    if (archive_entry_filetype(entry) == AE_IFREG && accept(archive.path())) files.push_back(archive.read(entry, budget));
  }
  return files;
}

}  // namespace phasic::runtime
