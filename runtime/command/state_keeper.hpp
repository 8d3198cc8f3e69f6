// SPDX-License-Identifier: Apache-2.0
/// The checkpoints of `phasic learn`.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "runtime/run/checkpoint.hpp"

namespace phasic::command {

/// From one checkpoint to the next; what is 0 does not count.
struct CheckpointEvery {
  std::uint64_t samples = 0;
  std::chrono::milliseconds time{};
};

/// Reads "1000" (samples), "30s", "10min", "2h", or one of each kind with a comma between; "0" is none at all. Throws
/// InputError that names --checkpoint-every and the text.
[[nodiscard]] CheckpointEvery checkpoint_every(const std::string& text);

/// The file that a run keeps its state in: what was named or, if that is a folder, a file in it that is called as the network
/// file, with the ending .checkpoint.
[[nodiscard]] std::filesystem::path checkpoint_file(const std::filesystem::path& named, const std::filesystem::path& network);

/// Holds a run's checkpoint and writes it. A disk that is full in the middle of a run does not end the run: what was kept
/// before stays, and the next checkpoint is another try.
class StateKeeper {
 public:
  /// Changes nothing yet. Throws InputError if another process has the checkpoint.
  explicit StateKeeper(const std::filesystem::path& file) : name_(file.string()), file_(file) {}
  /// The state that the run begins with; `anew`: it goes on from nothing, so nothing of another run is to stay. Throws
  /// InputError.
  void begin(const runtime::Checkpoint& checkpoint, bool anew);
  /// A state on the way. What cannot be written is told on the error stream.
  void keep(const runtime::Checkpoint& checkpoint);
  /// Whether the state at this place is on the disk.
  [[nodiscard]] bool has(std::uint64_t position) const { return kept_ == position; }
  /// The state at the end, unless it is on the disk. Throws InputError.
  void end(const runtime::Checkpoint& checkpoint);

 private:
  void write(const runtime::Checkpoint& checkpoint);

  std::string name_;
  runtime::CheckpointFile file_;
  std::uint64_t kept_ = UINT64_MAX;  ///< position of what is on the disk
};

}  // namespace phasic::command
