// SPDX-License-Identifier: Apache-2.0
/// A NIR file as a network of the kernel with its weights.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
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
  std::optional<double> learning_rate = {};  ///< the last layer learns from its own errors; none: it is frozen, too
  std::optional<bool> keep = {};             ///< true for address events
};

/// What people call these. Each throws InputError naming the option and what was given.
[[nodiscard]] contract::Reset reset_named(std::string_view text);       ///< "zero", "subtract"
[[nodiscard]] Decay decay_named(std::string_view text);                 ///< "euler", "exact"
[[nodiscard]] contract::SampleKind input_named(std::string_view text);  ///< "event", "intensity"

struct Imported {
  Chain chain;
  Timing timing;
  std::vector<Layer> layers;
  Quantized quantized;
};

/// Throws InputError naming the file, the node and the reason for what does not map.
[[nodiscard]] Imported import_graph(const std::filesystem::path& file, const ImportOptions& options);
[[nodiscard]] Imported import_graph(const Graph& graph, const ImportOptions& options);

}  // namespace phasic::runtime::nir
