// SPDX-License-Identifier: Apache-2.0
/// Says in words what a byte of a kernel's outputs is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace phasic::platform {

/// Byte `offset` of buffer `buffer` (argument id) of a run of `program` on a unit whose weights have `weight_width` bits; `bit`
/// is a bit of that byte. Such as "weight of layer 0, row 17, neuron 3, bit 5" or "score of neuron 2 in the record of sample 4,
/// bit 16". The program must be legal.
[[nodiscard]] std::string locate(std::span<const std::byte> program, std::uint32_t weight_width, std::size_t buffer,
                                 std::uint64_t offset, unsigned bit);

/// Whether byte `offset` of the results belongs to what differs between forms of the kernel or their builds: a timing counter,
/// or what only builds with a rule tell.
[[nodiscard]] bool may_differ(std::uint64_t offset);

}  // namespace phasic::platform
