// SPDX-License-Identifier: Apache-2.0
/// A learning run on disk: versioned, checksummed, replaced in one step, so that a run that was ended at any moment goes on
/// with the same bits.
///
/// File: 8 bytes "PHASICCK"; then little endian: version (32 bits), crc32 of all that follows (32 bits), bytes of the
/// description and bytes of the weights (64 bits each); the description (JSON); the weights as the kernel has them in memory.
/// Version 2 tells the samples of a block of the curve (`curve_block`), which are 100 in version 1; it is written where they
/// are more, so that the curve does not grow with the samples.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/files.hpp"
#include "runtime/network/network.hpp"
#include "runtime/run/stream.hpp"

namespace phasic::runtime {

inline constexpr std::uint32_t kCheckpointVersion = 2;

struct Checkpoint {
  Network network;
  std::string data_name;           ///< for people
  std::uint64_t data_samples = 0;  ///< samples of an epoch
  std::uint32_t data_checksum = 0;
  Order order = Order::kFile;
  std::uint64_t position = 0;  ///< samples of the stream that were learned; epoch = position / data_samples
  Curve curve;                 ///< predictions made before each sample was learned
  std::vector<std::byte> weights;
};

/// The checkpoint that a run writes to, which no other run can have at the same time.
class CheckpointFile {
 public:
  /// Changes nothing of a checkpoint that is there. Throws InputError naming the file, also if another run has it.
  explicit CheckpointFile(const std::filesystem::path& file);
  /// Writes beside the file, flushes to disk and renames; what this value wrote before stays as FILE.before. (What was there
  /// when it was made does not: it may be damaged, and FILE.before the good one.) Throws InputError naming the file and the
  /// reason; both files are then as they were.
  void write(const Checkpoint& checkpoint);
  /// Removes FILE.before, which is that of another run than the one that begins.
  void remove_before() const { file_.remove_before(); }

 private:
  HeldFile file_;
  bool written_ = false;
};

/// A single one. Throws InputError.
void write_checkpoint(const std::filesystem::path& file, const Checkpoint& checkpoint);

/// Whether a file that begins so is a checkpoint, of whatever version and whether whole or not.
[[nodiscard]] bool is_checkpoint(std::string_view beginning);

/// Throws InputError naming the file, the field and the value if the file is not a whole checkpoint of a version up to this
/// one.
[[nodiscard]] Checkpoint read_checkpoint(const std::filesystem::path& file);

/// Refuses a checkpoint of another network, naming the first field that differs.
void check_same_network(const std::filesystem::path& file, const Checkpoint& checkpoint, const Network& network);

/// Refuses a checkpoint of other data or another order.
void check_same_data(const std::filesystem::path& file, const Checkpoint& checkpoint, const Dataset& data, Order order);

}  // namespace phasic::runtime
