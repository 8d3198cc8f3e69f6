// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <thread>

#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;

/// How often, and how far apart, a lock is asked for that others hold for a moment only.
constexpr int kTries = 100;
constexpr auto kBetweenTries = std::chrono::milliseconds(20);

Descriptor open_for_writing(const fs::path& path, int more = 0) {
  return Descriptor(::open(path.c_str(), O_RDWR | O_CLOEXEC | more, 0666));
}

/// Where links lead to, so that the link stays and its file is replaced.
fs::path followed(const fs::path& file) {
  std::error_code failure;
  auto target = fs::canonical(file, failure);
  return failure ? file : target;
}

/// The rename itself is safe only when the folder is on disk too.
void flush_folder_of(const fs::path& file) {
  const auto folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); directory.is_open())
    (void)::fsync(directory.number());
}

/// Where the content that is about to be replaced has a second name until it becomes FILE.before.
fs::path leaving(const fs::path& file) { return before_of(file).string() + ".partial"; }

/// Gives the content that is about to be replaced its second name. FILE.before is not touched until the new content is in its
/// place: at any moment two different files hold the last two contents.
void name_leaving(const fs::path& file, const std::string& name) {
  const auto second = leaving(file);
  (void)::unlink(second.c_str());
  if (::link(file.c_str(), second.c_str()) == 0) return;
  if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS && errno != EMLINK) fail_to_write(name, "link");
}

void leaving_to_before(const fs::path& file) {
  const auto second = leaving(file);
  (void)::rename(second.c_str(), before_of(file).c_str());
  (void)::unlink(second.c_str());  // rename leaves it where both were names of the same content
}

/// Fills the open file beside `file` and renames it; removes it if that fails.
void fill_and_rename(const Descriptor& to, const fs::path& beside, const fs::path& file,
                     std::span<const std::string_view> parts, const std::string& name, HeldFile::Old old) {
  try {
    if (::ftruncate(to.number(), 0) != 0 || ::lseek(to.number(), 0, SEEK_SET) != 0) fail_to_write(name, "truncate");
    for (const auto part : parts) write_all(to, part, name);
    if (::fsync(to.number()) != 0) fail_to_write(name, "fsync");
    if (old == HeldFile::Old::kStays) name_leaving(file, name);
    if (::rename(beside.c_str(), file.c_str()) != 0) fail_to_write(name, "rename");
  } catch (...) {
    (void)::unlink(beside.c_str());
    if (old == HeldFile::Old::kStays) (void)::unlink(leaving(file).c_str());
    throw;
  }
  if (old == HeldFile::Old::kStays) leaving_to_before(file);
  flush_folder_of(file);
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

bool Descriptor::is_at(const fs::path& path) const {
  struct stat open {};
  struct stat named {};
  return ::fstat(number_, &open) == 0 && ::stat(path.c_str(), &named) == 0 && open.st_dev == named.st_dev &&
         open.st_ino == named.st_ino;
}

void fail_to_write(const std::string& file, std::string_view what) {
  const auto reason = errno;
  throw InputError(file, "", fmt::format("cannot be written: {}: {}", what, std::strerror(reason)));
}

void write_all(const Descriptor& to, std::string_view text, const std::string& file) {
  while (!text.empty()) {
    const auto part = ::write(to.number(), text.data(), text.size());
    if (part < 0 && errno == EINTR) continue;
    if (part < 0) fail_to_write(file, "write");
    text.remove_prefix(static_cast<std::size_t>(part));
  }
}

Lock lock(const Descriptor& file) {
  int result = 0;
  do result = ::flock(file.number(), LOCK_EX | LOCK_NB);
  while (result != 0 && errno == EINTR);
  return result != 0 && errno == EWOULDBLOCK ? Lock::kHeldByAnother : Lock::kTaken;
}

HeldFile::HeldFile(const fs::path& file, IfHeld if_held)
    : name_(file.string()), file_(followed(file)), beside_(fs::path(file_.string() + ".partial")) {
  for (int tries = 0; tries < kTries; ++tries) {
    std::error_code failure;
    if (fs::exists(file_, failure)) {
      if (!fs::is_regular_file(file_, failure)) throw InputError(name_, "", "is not a file that can be replaced");
      held_ = open_for_writing(file_);
      if (!held_.is_open() && errno == ENOENT) continue;
      if (!held_.is_open()) fail_to_write(name_, "open");
      fresh_ = false;
    } else {
      held_ = open_for_writing(beside_, O_CREAT);
      if (!held_.is_open()) fail_to_write(name_, "open " + beside_.string());
      fresh_ = true;
    }
    const bool taken = lock(held_) == Lock::kTaken;
    if (!taken && (if_held == IfHeld::kRefuse || tries + 1 == kTries)) {
      fresh_ = false;
      throw InputError(name_, "", "another process is at work with it; it has to end first, or another file is to be named");
    }
    // Between the opening and the lock the one that held it may have replaced the file.
    if (taken && held_.is_at(fresh_ ? beside_ : file_)) {
      if (!fresh_ || !fs::exists(file_, failure)) return;
      (void)::unlink(beside_.c_str());
    }
    held_ = Descriptor();
    std::this_thread::sleep_for(kBetweenTries);
  }
  throw InputError(name_, "", "cannot be locked: it is replaced again and again");
}

HeldFile::~HeldFile() {
  if (fresh_) (void)::unlink(beside_.c_str());
}

Descriptor HeldFile::take_beside() const {
  for (int tries = 0; tries < kTries; ++tries) {
    auto beside = open_for_writing(beside_, O_CREAT);
    if (!beside.is_open()) fail_to_write(name_, "open " + beside_.string());
    // Only a process that is about to start holds it, and for a moment.
    if (lock(beside) == Lock::kTaken && beside.is_at(beside_)) return beside;
    std::this_thread::sleep_for(kBetweenTries);
  }
  throw InputError(beside_.string(), "", "another process is at work with it");
}

void HeldFile::replace(std::span<const std::string_view> parts, Old old) {
  if (fresh_) {
    fresh_ = false;  // whatever comes of it, the one beside it is gone
    fill_and_rename(held_, beside_, file_, parts, name_, Old::kGoes);
  } else {
    auto next = take_beside();
    fill_and_rename(next, beside_, file_, parts, name_, old);
    held_ = std::move(next);
  }
  log_as(LogLevel::kDebug, "wrote {}", name_);
}

void HeldFile::remove_before() const { (void)::unlink(before_of(file_).c_str()); }

fs::path before_of(const fs::path& file) { return followed(file).string() + ".before"; }

void write_file(const fs::path& file, std::string_view text) {
  std::error_code failure;
  if (fs::exists(file, failure) && !fs::is_regular_file(file, failure)) {
    const Descriptor to(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    if (!to.is_open()) fail_to_write(file.string(), "open");
    write_all(to, text, file.string());
    return;
  }
  HeldFile(file, HeldFile::IfHeld::kWaitAMoment).replace({&text, 1});
}

}  // namespace phasic::runtime
