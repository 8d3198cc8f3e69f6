// SPDX-License-Identifier: Apache-2.0
/// The checkpoint that a run goes on from.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/run/checkpoint.hpp"

namespace phasic::runtime {

struct FoundCheckpoint {
  std::filesystem::path file;
  Checkpoint checkpoint;
};

struct Found {
  std::optional<FoundCheckpoint> good;  ///< none: there is no checkpoint at all
  std::vector<std::string> damaged;     ///< of each that was passed over since it cannot be read, why; names the file
};

/// Throws InputError if a run cannot go on from the checkpoint, such as one of another network.
using Fits = std::function<void(const std::filesystem::path& file, const Checkpoint& checkpoint)>;

/// Of all places the whole checkpoint that has learned most. A place is a file, of which FILE.before is taken if FILE is
/// damaged or gone, or a folder, of which every checkpoint is looked at and those that do not fit are passed over. A place with
/// nothing in it gives nothing. Throws InputError for a file that does not fit, and for a place that has checkpoints of which
/// none can be used, with the reason of each.
[[nodiscard]] Found find_checkpoint(std::span<const std::filesystem::path> places, const Fits& fits);

}  // namespace phasic::runtime
