// SPDX-License-Identifier: Apache-2.0
/// A NIR file as a network of the kernel with its weights.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runtime/nir/quantize.hpp"

namespace phasic::runtime::nir {

/// What the user says; what is not said comes from the metadata of the file (`dt` in seconds, `reset` as "zero" or "subtract"),
/// if they have it.
struct ImportOptions {
  std::optional<double> step = {};
  std::optional<contract::Reset> reset = {};
  Decay decay = Decay::kEuler;
  std::optional<std::uint32_t> weight_width = {}, steps = {};  ///< 8, and 32
  std::optional<contract::SampleKind> samples = {};            ///< address events
  std::optional<bool> keep = {};                               ///< true for address events
};

struct Imported {
  Chain chain;
  Timing timing;
  std::vector<Layer> layers;
  Quantized quantized;
};

/// Throws InputError naming the file, the node and the reason for what does not map.
[[nodiscard]] Imported import_graph(const std::filesystem::path& file, const ImportOptions& options);

}  // namespace phasic::runtime::nir
