// SPDX-License-Identifier: Apache-2.0
/// A learning run on disk: versioned, checksummed, replaced in one step, so that a run that was ended at any moment goes on
/// with the same bits.
///
/// File: 8 bytes "PHASICCK"; then little endian: version (32 bits), crc32 of all that follows (32 bits), bytes of the
/// description and bytes of the weights (64 bits each); the description (JSON); the weights as the kernel has them in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/network/network.hpp"
#include "runtime/run/stream.hpp"

namespace phasic::runtime {

inline constexpr std::uint32_t kCheckpointVersion = 1;

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

/// Writes beside the file, flushes to disk and renames. Throws InputError naming the file.
void write_checkpoint(const std::filesystem::path& file, const Checkpoint& checkpoint);

/// Throws InputError naming the file, the field and the value if the file is not a whole checkpoint of this version.
[[nodiscard]] Checkpoint read_checkpoint(const std::filesystem::path& file);

/// Refuses a checkpoint of another network, naming the first field that differs.
void check_same_network(const std::filesystem::path& file, const Checkpoint& checkpoint, const Network& network);

/// Refuses a checkpoint of other data or another order.
void check_same_data(const std::filesystem::path& file, const Checkpoint& checkpoint, const Dataset& data, Order order);

}  // namespace phasic::runtime
