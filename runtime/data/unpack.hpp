// SPDX-License-Identifier: Apache-2.0
/// Unpacking of compressed blocks in memory.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace phasic::runtime {

enum class Packing { kNone = 0, kLz4 = 1, kLz4High = 2, kZstd = 3, kZstdHigh = 4 };  ///< values are those of AEDAT 4.0

/// Unpacks one frame. Throws InputError with `origin`: damaged or truncated data, bytes after the frame, more than `limit`
/// bytes.
[[nodiscard]] std::vector<std::uint8_t> unpack(std::span<const std::uint8_t> packed, Packing packing, std::size_t limit,
                                               const std::string& origin);

}  // namespace phasic::runtime
