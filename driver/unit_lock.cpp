// SPDX-License-Identifier: Apache-2.0
#include "driver/unit_lock.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <utility>

namespace phasic::driver {
namespace {

constexpr const char* kFolderVariable = "PHASIC_LOCK_FOLDER";
/// A process that has just taken a lock has not yet written who it is.
constexpr int kLooks = 20;
constexpr auto kBetweenLooks = std::chrono::milliseconds(5);

std::string named_folder() {
  const char* folder = std::getenv(kFolderVariable);
  return folder == nullptr ? "" : folder;
}

std::string lock_folder() {
  if (auto named = named_folder(); !named.empty()) return named;
  constexpr const char* kShared = "/run/lock";
  struct stat status {};
  // The same one for every user, so not what this one alone may write to.
  return ::stat(kShared, &status) == 0 && S_ISDIR(status.st_mode) && (status.st_mode & S_IWOTH) != 0 ? kShared : "/tmp";
}

std::string lock_file(const std::string& card, const std::string& unit) {
  auto name = fmt::format("phasic-{}-{}.lock", card, unit);
  std::ranges::replace_if(
      name, [](unsigned char letter) { return std::isalnum(letter) == 0 && letter != '.' && letter != '-'; }, '_');
  return lock_folder() + '/' + name;
}

/// Every user may lock it; nobody's file or link in its place is followed. -1 with errno if that fails.
int open_shared(const std::string& path) {
  constexpr int kHow = O_RDWR | O_CLOEXEC | O_NOFOLLOW;
  // In folders that all users share, the system refuses O_CREAT for what another user has made.
  for (int tries = 0; tries < 2; ++tries) {
    const int file = ::open(path.c_str(), kHow);
    if (file >= 0 || errno != ENOENT) return file;
    const int made = ::open(path.c_str(), kHow | O_CREAT | O_EXCL, 0666);
    if (made >= 0) (void)::fchmod(made, 0666);  // whatever the umask leaves out
    if (made >= 0 || errno != EEXIST) return made;
  }
  return -1;
}

/// The process that the file names, if there is one that lives; 0: none.
pid_t holder_of(int file) {
  std::array<char, 32> text{};
  const auto bytes = ::pread(file, text.data(), text.size() - 1, 0);
  pid_t process = 0;
  if (bytes <= 0 || std::from_chars(text.data(), text.data() + bytes, process).ec != std::errc() || process <= 0) return 0;
  return ::kill(process, 0) == 0 || errno == EPERM ? process : 0;
}

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw std::runtime_error(fmt::format("lock file '{}' {}: {}", path, what, std::strerror(errno)));
}

}  // namespace

bool lock_folder_is_named() { return !named_folder().empty(); }

UnitLock::UnitLock(const std::string& card, const std::string& unit) {
  const auto path = lock_file(card, unit);
  UnitLock taken;
  taken.file_ = open_shared(path);
  if (taken.file_ < 0) fail(path, "cannot be opened");
  for (int look = 0; ::flock(taken.file_, LOCK_EX | LOCK_NB) != 0;) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) fail(path, "cannot be locked");
    const auto process = holder_of(taken.file_);
    if (process != 0 || ++look == kLooks) {
      throw std::runtime_error(fmt::format("compute unit '{}' of card {} is in use by {} (lock file '{}')", unit, card,
                                           process != 0 ? fmt::format("process {}", process) : "another process", path));
    }
    std::this_thread::sleep_for(kBetweenLooks);
  }
  const auto text = fmt::format("{}\n", ::getpid());
  // Who holds it is for people: the lock holds without it, as on a full disk.
  if (::ftruncate(taken.file_, 0) == 0) (void)!::pwrite(taken.file_, text.data(), text.size(), 0);
  std::swap(file_, taken.file_);
}

UnitLock::UnitLock(UnitLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

UnitLock& UnitLock::operator=(UnitLock&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

UnitLock::~UnitLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace phasic::driver
