// SPDX-License-Identifier: Apache-2.0
#include "runtime/nir/graph.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/error.hpp"

namespace phasic::runtime::nir {
namespace {

constexpr std::size_t kMostNodes = 10'000;
constexpr const char* kGraphType = "NIRGraph";
constexpr const char* kInputType = "Input";
constexpr const char* kOutputType = "Output";

/// A single text of a group, or nothing.
std::optional<std::string> single_text(const Group& group, const std::string& name) {
  const auto found = group.texts.find(name);
  if (found == group.texts.end() || found->second.values.size() != 1) return std::nullopt;
  return found->second.values.front();
}

const Group& group_of(const Group& from, const std::string& name, const std::string& file, const std::string& place) {
  const auto found = from.groups.find(name);
  if (found == from.groups.end()) throw InputError(file, place, fmt::format("has no group \"{}\", as NIR files do", name));
  return found->second;
}

std::string joined(const std::string& outer, const std::string& inner) { return outer.empty() ? inner : outer + "." + inner; }

class Flattening {
 public:
  Flattening(Graph& graph) : graph_(graph) {}

  /// Adds the nodes and edges of a graph whose own name is `name`, empty for that of the file.
  void add(const Group& group, const std::string& name) {
    const auto place = name.empty() ? "node" : name;
    for (const auto& [inner, fields] : group_of(group, "nodes", graph_.file, place).groups) {
      const auto full = joined(name, inner);
      const auto type = single_text(fields, "type");
      if (!type) throw InputError(graph_.file, full, "has no text \"type\"");
      if (*type == kGraphType) {
        add(fields, full);
        graphs_.push_back(full);
      } else {
        if (graph_.find(full) != nullptr)
          throw InputError(graph_.file, full, "is the name of two nodes, one of them in a graph within the graph");
        if (graph_.nodes.size() == kMostNodes)
          throw InputError(graph_.file, full, fmt::format("is one node too many; {} are the most", kMostNodes));
        graph_.nodes.push_back({full, *type, fields});
      }
    }
    const auto edges = group.texts.find("edges");
    if (group.arrays.contains("edges"))
      throw InputError(graph_.file, joined(name, "edges"), "is a list of numbers, not of names");
    if (edges == group.texts.end()) return;
    if (edges->second.shape.size() != 2 || edges->second.shape[1] != 2)
      throw InputError(graph_.file, joined(name, "edges"), "is no list of pairs");
    for (std::size_t n = 0; n + 1 < edges->second.values.size(); n += 2) {
      graph_.edges.emplace_back(end_of(joined(name, edges->second.values[n]), kOutputType),
                                end_of(joined(name, edges->second.values[n + 1]), kInputType));
    }
  }

 private:
  /// The node that an edge ends at: of a graph, its only one of the type.
  [[nodiscard]] std::string end_of(const std::string& name, std::string_view type) const {
    if (graph_.find(name) != nullptr) return name;
    if (std::ranges::find(graphs_, name) == graphs_.end())
      throw InputError(graph_.file, "edges", fmt::format("\"{}\" is no node of the graph", name));
    std::string found;
    for (const auto& node : graph_.nodes) {
      const bool inside = node.name.starts_with(name + ".") && node.type == type && !in_deeper_graph(node.name, name);
      if (!inside) continue;
      if (!found.empty()) throw InputError(graph_.file, name, fmt::format("has several nodes of type {}", type));
      found = node.name;
    }
    if (found.empty()) throw InputError(graph_.file, name, fmt::format("has no node of type {}", type));
    return found;
  }

  [[nodiscard]] bool in_deeper_graph(const std::string& node, const std::string& graph) const {
    return std::ranges::any_of(
        graphs_, [&](const std::string& other) { return other.starts_with(graph + ".") && node.starts_with(other + "."); });
  }

  Graph& graph_;
  std::vector<std::string> graphs_;
};

}  // namespace

const Node* Graph::find(std::string_view name) const {
  const auto found = std::ranges::find(nodes, name, &Node::name);
  return found == nodes.end() ? nullptr : &*found;
}

std::optional<std::string> Graph::metadata_text(const std::string& name) const { return single_text(metadata, name); }

std::optional<double> Graph::metadata_number(const std::string& name) const {
  const auto found = metadata.arrays.find(name);
  if (found == metadata.arrays.end() || found->second.values.size() != 1) return std::nullopt;
  return found->second.values.front();
}

Graph graph_of(const Group& root, const std::string& file) {
  Graph graph;
  graph.file = file;
  graph.version = single_text(root, "version").value_or("");
  const auto& top = group_of(root, "node", graph.file, "");
  if (const auto type = single_text(top, "type"); type.value_or(kGraphType) != kGraphType)
    throw InputError(graph.file, "node", fmt::format("is a single {}; a graph is needed", *type));
  if (const auto metadata = top.groups.find("metadata"); metadata != top.groups.end()) graph.metadata = metadata->second;
  Flattening(graph).add(top, "");
  return graph;
}

Graph read_graph(const std::filesystem::path& file) { return graph_of(read_hdf5(file), file.string()); }

void write_graph(const std::filesystem::path& file, const Graph& graph) {
  Group top;
  top.texts["type"] = {{}, {kGraphType}};
  auto& nodes = top.groups["nodes"];
  for (const auto& node : graph.nodes) {
    auto& fields = nodes.groups[node.name] = node.fields;
    fields.texts["type"] = {{}, {node.type}};
  }
  auto& edges = top.texts["edges"];
  edges.shape = {graph.edges.size(), 2};
  for (const auto& [from, to] : graph.edges) {
    edges.values.push_back(from);
    edges.values.push_back(to);
  }
  if (graph.metadata != Group{}) top.groups["metadata"] = graph.metadata;
  Group root;
  root.texts["version"] = {{}, {graph.version}};
  root.groups["node"] = std::move(top);
  write_hdf5(
      file, root,
      {"shape", "input_shape", "stride", "padding", "dilation", "groups", "kernel_size", "start_dim", "end_dim", "input_type"});
}

}  // namespace phasic::runtime::nir
