// SPDX-License-Identifier: Apache-2.0
/// Writing files so that a failure names its reason and leaves nothing half done.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace phasic::runtime {

/// A file descriptor that is closed on every path; negative: none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  /// Whether the path is, at this moment, the open file's.
  [[nodiscard]] bool is_at(const std::filesystem::path& path) const;

 private:
  int number_ = -1;
};

/// "file: cannot be written: what: reason", with the reason that errno tells. Throws InputError.
[[noreturn]] void fail_to_write(const std::string& file, std::string_view what);

/// Writes all of the text at the descriptor's place. Throws InputError naming the file and the reason.
void write_all(const Descriptor& to, std::string_view text, const std::string& file);

/// What became of asking for the lock of an open file. File systems without locks give it to everyone.
enum class Lock { kTaken, kHeldByAnother };
[[nodiscard]] Lock lock(const Descriptor& file);

/// A file that this process alone replaces, from the making of the value to its end. The lock is the system's: it ends with the
/// process, however that ends. Readers are not kept out, and always find a whole file.
///
/// A new content is written to FILE.partial, flushed to disk and renamed; what a killed process left there is written over.
class HeldFile {
 public:
  enum class IfHeld { kRefuse, kWaitAMoment };
  /// What becomes of the content before: it goes, or stays beside the new one as FILE.before (before_of), in place of what was
  /// there. File systems without hard links keep none.
  enum class Old { kGoes, kStays };
  /// Changes nothing of a file that is there. Throws InputError if another process holds it or its folder cannot be written.
  explicit HeldFile(const std::filesystem::path& file, IfHeld if_held = IfHeld::kRefuse);
  HeldFile(const HeldFile&) = delete;
  HeldFile& operator=(const HeldFile&) = delete;
  ~HeldFile();
  /// The content is the parts, one after the other. Throws InputError with the reason; the file is then as it was. At any
  /// moment the file is there and whole, if it was before.
  void replace(std::span<const std::string_view> parts, Old old = Old::kGoes);
  /// Removes FILE.before, if it is there.
  void remove_before() const;

 private:
  [[nodiscard]] Descriptor take_beside() const;

  std::string name_;  ///< for messages
  std::filesystem::path file_, beside_;
  Descriptor held_;     ///< open and locked: the file, or the one beside it while there is none
  bool fresh_ = false;  ///< whether it is the one beside it
};

/// Where the content before of a file is that HeldFile replaces: FILE.before, beside the file itself if the name is a link.
[[nodiscard]] std::filesystem::path before_of(const std::filesystem::path& file);

/// Writes a file in one step, as HeldFile does; into what is there already if that is no regular file (a pipe, a terminal).
/// Throws InputError with the reason, and leaves nothing of a file that could not be written.
void write_file(const std::filesystem::path& file, std::string_view text);

}  // namespace phasic::runtime
