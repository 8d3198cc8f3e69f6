// SPDX-License-Identifier: Apache-2.0
/// Bytes of a network for the kernel: program block, weights, level tables (docs/specification.md, section 4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/network/network.hpp"

namespace phasic::runtime {

/// Where the layers lie in the buffers.
struct Layout {
  struct Place {
    std::size_t weights_offset;
    std::size_t row_bytes;      ///< from one row of weights to the next
    std::size_t levels_offset;  ///< of the table or the recipe; 0 for layers without levels
    std::size_t memory_offset;  ///< in the weights buffer; 0 for layers that keep nothing beside their rows
  };
  std::vector<Place> layers;
  std::size_t weights_bytes = 0;
  std::size_t tables_bytes = 0;
};
[[nodiscard]] Layout layout_of(const Network& network);

/// What a launch does with the network.
struct ProgramOptions {
  bool learn = false;
  bool trace = false;
  std::uint64_t stream_sample = 0;  ///< place in the learning stream, for the schedule of rates
  std::uint32_t sample_stride = 0;
};
[[nodiscard]] std::vector<std::byte> program_block(const Network& network, const Layout& layout, const ProgramOptions& options);

/// Uniform integers in [-amplitude, amplitude], drawn from the seed; a discriminant has learned nothing.
[[nodiscard]] std::vector<std::byte> initial_weights(const Network& network, const Layout& layout);

/// Writes what the targets of a layer of filters that compete are made from into a buffer of weights: of its rows R, `table` is
/// Z, [row][row], and `offsets` o ([R]). Without it both are 0. Throws std::invalid_argument for another layer or size.
void set_targets(const Network& network, const Layout& layout, std::size_t layer, std::span<const std::int8_t> table,
                 std::span<const std::int32_t> offsets, std::span<std::byte> weights);

/// CRC-32 of what the kernel reads of a buffer of weights, or with `stored` of what it writes back, as builds with
/// rules_protection tell them.
[[nodiscard]] std::uint32_t weights_checksum(const Network& network, const Layout& layout, std::span<const std::byte> weights,
                                             bool stored);

/// Level tables of all layers that use them, and recipes of those whose levels the kernel draws.
[[nodiscard]] std::vector<std::byte> level_tables(const Network& network, const Layout& layout);

/// Weight from row i to neuron j of a layer.
[[nodiscard]] std::int32_t weight(const Network& network, const Layout& layout, std::span<const std::byte> weights,
                                  std::size_t layer, std::uint32_t row, std::uint32_t neuron);
/// Puts one that fits.
void put_weight(const Network& network, const Layout& layout, std::span<std::byte> weights, std::size_t layer,
                std::uint32_t row, std::uint32_t neuron, std::int32_t value);

/// Puts the offsets of a last layer that is a discriminant, one a neuron.
void put_offsets(const Network& network, const Layout& layout, std::span<std::byte> weights,
                 std::span<const std::int32_t> offsets);

}  // namespace phasic::runtime
