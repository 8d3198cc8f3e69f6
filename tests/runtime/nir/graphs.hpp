// SPDX-License-Identifier: Apache-2.0
/// Graphs for tests.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runtime/nir/stage.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::test {

using runtime::nir::Array;
using runtime::nir::Graph;
using runtime::nir::Node;

inline Array array(std::vector<std::size_t> shape, std::vector<double> values) { return {std::move(shape), std::move(values)}; }
inline Array one(double value) { return {{}, {value}}; }
inline Array filled(const std::vector<std::size_t>& shape, double value) {
  return {shape, std::vector<double>(runtime::nir::count_of(shape), value)};
}

inline Node node(std::string name, std::string type, std::map<std::string, Array> fields = {}) {
  Node made{std::move(name), std::move(type), {}};
  made.fields.arrays = std::move(fields);
  return made;
}

inline Node input(const std::vector<std::size_t>& shape) {
  std::vector<double> sides(shape.begin(), shape.end());
  return node("input", "Input", {{"shape", array({shape.size()}, sides)}});
}
inline Node output(const std::vector<std::size_t>& shape) {
  auto made = input(shape);
  made.name = "output";
  made.type = "Output";
  return made;
}

/// A LIF of one time constant, with r = 1, no leak potential and a reset to 0.
inline Node lif(std::string name, const std::vector<std::size_t>& shape, double tau, double threshold) {
  return node(std::move(name), "LIF",
              {{"tau", filled(shape, tau)},
               {"r", filled(shape, 1)},
               {"v_leak", filled(shape, 0)},
               {"v_threshold", filled(shape, threshold)}});
}

inline Node integrate_and_fire(std::string name, const std::vector<std::size_t>& shape, double threshold = 1) {
  return node(std::move(name), "IF", {{"r", filled(shape, 1)}, {"v_threshold", filled(shape, threshold)}});
}

/// Nodes one behind the other.
inline Graph chained(std::vector<Node> nodes) {
  Graph graph;
  graph.file = "made.nir";
  graph.version = "1.0";
  for (std::size_t n = 1; n < nodes.size(); ++n) graph.edges.emplace_back(nodes[n - 1].name, nodes[n].name);
  graph.nodes = std::move(nodes);
  return graph;
}

}  // namespace phasic::test
