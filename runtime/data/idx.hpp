// SPDX-License-Identifier: Apache-2.0
/// IDX files of unsigned bytes, as MNIST and Fashion-MNIST come in; plain or compressed with gzip, in one member or several
/// (told by content, not by name).
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace phasic::runtime {

/// `dimensions[0]` images of `dimensions[1]` by `dimensions[2]` pixels; or `dimensions[0]` labels.
struct IdxArray {
  std::vector<std::uint32_t> dimensions;
  std::vector<std::uint8_t> bytes;  ///< row-major
};

/// Reads an array with `rank` dimensions. Throws InputError naming file, field and value: magic, a dimension of 0, data that
/// ends early, bytes after the end, a damaged gzip stream, more than 2^31 bytes.
[[nodiscard]] IdxArray read_idx(const std::filesystem::path& file, unsigned rank);

}  // namespace phasic::runtime
