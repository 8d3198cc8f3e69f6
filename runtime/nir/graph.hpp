// SPDX-License-Identifier: Apache-2.0
/// Graphs of NIR, the neuromorphic intermediate representation (Pedersen et al., Nature Communications 15, 2024), as their
/// files have them: nodes by name, edges between names, graphs within graphs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/nir/stored.hpp"

namespace phasic::runtime::nir {

struct Node {
  std::string name;
  std::string type;  ///< such as "LIF"
  Group fields;      ///< its parameters, and for a graph its nodes
};

struct Graph {
  std::string file;     ///< for messages
  std::string version;  ///< of the library that wrote it; empty if the file does not say
  std::vector<Node> nodes;
  std::vector<std::pair<std::string, std::string>> edges;
  Group metadata;

  [[nodiscard]] const Node* find(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> metadata_text(const std::string& name) const;
  [[nodiscard]] std::optional<double> metadata_number(const std::string& name) const;
};

/// The graph of a file that was read, with graphs within graphs in the place of their nodes, under names such as
/// "outer.inner"; their inputs and outputs stay as nodes that pass on what they get. Throws InputError naming the file, the
/// node and the field.
[[nodiscard]] Graph graph_of(const Group& root, const std::string& file);

/// The same, and reads the file.
[[nodiscard]] Graph read_graph(const std::filesystem::path& file);

/// Writes a graph without graphs in it. Throws InputError.
void write_graph(const std::filesystem::path& file, const Graph& graph);

}  // namespace phasic::runtime::nir
