// SPDX-License-Identifier: Apache-2.0
#include "runtime/nir/order.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "runtime/base/error.hpp"

namespace phasic::runtime::nir {
namespace {

using Names = std::vector<std::string>;

class Edges {
 public:
  explicit Edges(const Graph& graph) {
    std::set<std::pair<std::string, std::string>> seen;
    for (const auto& edge : graph.edges) {
      if (!seen.insert(edge).second)
        throw InputError(graph.file, "edges",
                         fmt::format("the one from \"{}\" to \"{}\" is there twice", edge.first, edge.second));
      after_[edge.first].push_back(edge.second);
      before_[edge.second].push_back(edge.first);
    }
  }
  [[nodiscard]] const Names& after(const std::string& name) const { return of(after_, name); }
  [[nodiscard]] const Names& before(const std::string& name) const { return of(before_, name); }

  /// A node that is part of a loop; empty if there is none. Nodes are taken away as long as nothing comes before them.
  [[nodiscard]] std::string in_loop(const Graph& graph) const {
    std::map<std::string, std::size_t> waiting;
    Names ready;
    for (const auto& node : graph.nodes)
      if ((waiting[node.name] = before(node.name).size()) == 0) ready.push_back(node.name);
    while (!ready.empty()) {
      const auto name = std::move(ready.back());
      ready.pop_back();
      waiting.erase(name);
      for (const auto& next : after(name))
        if (--waiting[next] == 0) ready.push_back(next);
    }
    if (waiting.empty()) return "";
    // Back from one that is left, through others that are left, until one comes again.
    std::set<std::string> seen;
    auto name = waiting.begin()->first;
    while (seen.insert(name).second)
      name = *std::ranges::find_if(before(name), [&](const std::string& earlier) { return waiting.contains(earlier); });
    return name;
  }

 private:
  [[nodiscard]] static const Names& of(const std::map<std::string, Names>& map, const std::string& name) {
    static const Names none;
    const auto found = map.find(name);
    return found == map.end() ? none : found->second;
  }
  std::map<std::string, Names> after_, before_;
};

/// The nodes of a type that nothing comes before (or after).
std::string only_end(const Graph& graph, const Edges& edges, const std::string& type, bool first) {
  Names ends;
  for (const auto& node : graph.nodes)
    if (node.type == type && (first ? edges.before(node.name) : edges.after(node.name)).empty()) ends.push_back(node.name);
  if (ends.size() == 1) return ends.front();
  if (ends.empty()) throw InputError(graph.file, "nodes", fmt::format("none is of type {} at an end of the graph", type));
  throw InputError(graph.file, fmt::format("\"{}\"", fmt::join(ends, "\", \"")),
                   fmt::format("are all of type {}; there can be one", type));
}

}  // namespace

std::vector<const Node*> nodes_in_order(const Graph& graph) {
  const Edges edges(graph);
  if (const auto name = edges.in_loop(graph); !name.empty())
    throw InputError(graph.file, name, "is part of a loop: recurrent connections are not there in a feed-forward core");
  for (const auto& node : graph.nodes) {
    if (const auto& before = edges.before(node.name); before.size() > 1)
      throw InputError(graph.file, node.name,
                       fmt::format("gets the sum of \"{}\"; a layer has one layer before it", fmt::join(before, "\" and \"")));
    if (const auto& after = edges.after(node.name); after.size() > 1)
      throw InputError(graph.file, node.name,
                       fmt::format("goes to \"{}\"; a layer has one behind it", fmt::join(after, "\" and \"")));
  }
  auto name = only_end(graph, edges, "Input", true);
  const auto last = only_end(graph, edges, "Output", false);
  std::vector<const Node*> order;
  std::set<std::string> reached;
  for (;;) {
    order.push_back(graph.find(name));
    reached.insert(name);
    if (edges.after(name).empty()) break;
    name = edges.after(name).front();
  }
  if (name != last) throw InputError(graph.file, name, "nothing comes after it, and it is no Output");
  for (const auto& node : graph.nodes)
    if (!reached.contains(node.name)) throw InputError(graph.file, node.name, "does not lie between Input and Output");
  return order;
}

}  // namespace phasic::runtime::nir
