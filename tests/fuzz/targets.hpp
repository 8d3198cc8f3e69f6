// SPDX-License-Identifier: Apache-2.0
/// What is fuzzed: each reader of bytes from outside, and tiny files for it to begin with.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace phasic::fuzz {

using Bytes = std::vector<std::uint8_t>;

struct Target {
  std::string_view name;
  /// Reads the bytes as a file of its kind. What it may refuse with is caught; anything else that it throws is a fault.
  void (*read)(const Bytes& bytes);
  /// Files that it takes, and files of which much is right.
  std::vector<Bytes> (*seeds)();
};

[[nodiscard]] std::span<const Target> targets();

/// Each gives the seeds of one target or several of them.
[[nodiscard]] std::vector<Bytes> idx_seeds();
[[nodiscard]] std::vector<Bytes> archive_seeds();
[[nodiscard]] std::vector<Bytes> picture_seeds();
[[nodiscard]] std::vector<Bytes> recording_seeds();
[[nodiscard]] std::vector<Bytes> nmnist_seeds();
[[nodiscard]] std::vector<Bytes> prophesee_seeds();
[[nodiscard]] std::vector<Bytes> numpy_seeds();
[[nodiscard]] std::vector<Bytes> mat_seeds();
[[nodiscard]] std::vector<Bytes> live_seeds();
[[nodiscard]] std::vector<Bytes> nettalk_seeds();
[[nodiscard]] std::vector<Bytes> wav_seeds();
[[nodiscard]] std::vector<Bytes> network_seeds();
[[nodiscard]] std::vector<Bytes> experiment_seeds();
[[nodiscard]] std::vector<Bytes> rows_seeds();
[[nodiscard]] std::vector<Bytes> checkpoint_seeds();
[[nodiscard]] std::vector<Bytes> xclbin_seeds();
[[nodiscard]] std::vector<Bytes> contract_seeds();
[[nodiscard]] std::vector<Bytes> nir_seeds();

/// Of nir.cpp.
void read_nir_tree(const Bytes& bytes);

}  // namespace phasic::fuzz
