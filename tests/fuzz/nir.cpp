// SPDX-License-Identifier: Apache-2.0
/// Graphs of NIR without the library that reads their files: what its files hold comes as JSON instead.
///     number, text          a data set of one value; null is no number, true without bound
///     list of them          a data set with one side, or of pairs of texts
///     {"shape", "values"}   a data set with these sides; values are repeated
///     any other object      a group
#include <fmt/format.h>

#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/base/json_node.hpp"
#include "runtime/nir/export.hpp"
#include "runtime/nir/import.hpp"
#include "tests/fuzz/targets.hpp"

namespace phasic::fuzz {
namespace {

using namespace phasic::runtime::nir;
using nlohmann::json;

constexpr std::size_t kMostValues = 4096;
constexpr int kDeepest = 16;

double number_of(const json& value) {
  if (value.is_number()) return value.get<double>();
  const auto bound = std::numeric_limits<double>::infinity();
  return value == json(true) ? bound : value == json(false) ? -bound : std::numeric_limits<double>::quiet_NaN();
}

bool is_number(const json& value) { return value.is_number() || value.is_null() || value.is_boolean(); }

Array shaped(const json& object) {
  Array array;
  std::size_t count = 1;
  if (const auto shape = object.find("shape"); shape != object.end() && shape->is_array()) {
    for (const auto& side : *shape) {
      if (!side.is_number_unsigned()) continue;
      const auto extent = side.get<std::size_t>();
      // As what is empty, a data set without values is none.
      if (extent == 0 || extent > kMostValues / count) return {};
      array.shape.push_back(extent);
      count *= extent;
    }
  }
  const auto& values = object.at("values");
  if (!values.is_array() || values.empty()) return {};
  for (std::size_t n = 0; n < count; ++n) array.values.push_back(number_of(values[n % values.size()]));
  return array;
}

void put_list(const json& list, const std::string& name, Group& to) {
  if (list.empty()) return;
  if (is_number(list[0])) {
    Array array{{list.size()}, {}};
    for (const auto& value : list) array.values.push_back(number_of(value));
    to.arrays.emplace(name, std::move(array));
    return;
  }
  Texts texts{{list.size()}, {}};
  for (const auto& value : list) {
    if (value.is_string()) {
      texts.values.push_back(value);
    } else if (value.is_array() && value.size() == 2 && value[0].is_string() && value[1].is_string()) {
      texts.shape = {list.size(), 2};
      texts.values.push_back(value[0]);
      texts.values.push_back(value[1]);
    }
  }
  const auto wanted = texts.shape.size() == 2 ? 2 * list.size() : list.size();
  if (texts.values.size() == wanted) to.texts.emplace(name, std::move(texts));
}

Group tree_of(const json& object, int depth) {
  Group group;
  if (depth > kDeepest) return group;
  for (const auto& [name, value] : object.items()) {
    if (value.is_object() && value.contains("values")) {
      if (auto array = shaped(value); !array.values.empty()) group.arrays.emplace(name, std::move(array));
    } else if (value.is_object()) {
      group.groups.emplace(name, tree_of(value, depth + 1));
    } else if (value.is_array()) {
      put_list(value, name, group);
    } else if (value.is_string()) {
      group.texts.emplace(name, Texts{{}, {value.get<std::string>()}});
    } else {
      group.arrays.emplace(name, Array{{}, {number_of(value)}});
    }
  }
  return group;
}

/// What is imported goes out and comes in again with the same weights.
void import_twice(const Graph& graph, const ImportOptions& options) {
  const auto imported = import_graph(graph, options);
  const auto& [network, weights, rounding, notes] = imported.quantized;
  const auto again = import_graph(export_graph(network, weights, imported.timing.step.value_or(1e-3)), {});
  if (again.quantized.weights == weights) return;
  fmt::print(stderr, "fuzz: other weights after export and import\n");
  std::abort();
}

Bytes seed(const std::string& nodes, const std::string& edges, const std::string& metadata = "{}") {
  const auto text = R"({"version": "1.0", "node": {"type": "NIRGraph", "nodes": {)" + nodes + R"(}, "edges": [)" + edges +
                    R"(], "metadata": )" + metadata + "}}";
  return {text.begin(), text.end()};
}

}  // namespace

void read_nir_tree(const Bytes& bytes) {
  const auto guarded = [](const auto& work) {
    try {
      work();
    } catch (const runtime::InputError&) {
    }
  };
  guarded([&] {
    const auto document = runtime::parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, "tree");
    const auto graph = graph_of(tree_of(document, 0), "tree");
    ImportOptions options;
    guarded([&] { import_twice(graph, options); });
    options.step = 1e-3;
    for (const auto reset : {contract::Reset::kZero, contract::Reset::kSubtract}) {
      options.reset = reset;
      options.weight_width = reset == contract::Reset::kZero ? 8 : 16;
      guarded([&] { import_twice(graph, options); });
    }
  });
}

std::vector<Bytes> nir_seeds() {
  const std::string lif = R"({"type": "LIF", "tau": {"shape": [3], "values": [0.02]}, "r": {"shape": [3], "values": [1]},)"
                          R"( "v_leak": {"shape": [3], "values": [0]}, "v_threshold": {"shape": [3], "values": [1]}})";
  const std::string affine =
      R"({"type": "Affine", "weight": {"shape": [3, 8], "values": [0.5, -0.25, 1]}, "bias": {"shape": [3], "values": [0.1]}})";
  const std::string cuba =
      R"({"type": "CubaLIF", "tau_mem": [0.02, 0.02, 0.02], "tau_syn": [0.01, 0.01, 0.01], "r": [1, 1, 1],)"
      R"( "v_leak": [0, 0, 0], "v_threshold": [1, 1, 1], "w_in": [1, 1, 1]})";
  const std::string convolution =
      R"({"type": "Conv2d", "input_shape": [4, 4], "weight": {"shape": [2, 1, 3, 3], "values": [1, 0, -1, 0.5]}, "stride": [1, 1],)"
      R"( "padding": [1, 1], "dilation": [1, 1], "groups": 1, "bias": [0, 0.5]})";
  const std::string fire =
      R"({"type": "IF", "r": {"shape": [2, 4, 4], "values": [1]}, "v_threshold": {"shape": [2, 4, 4], "values": [2]}})";
  return {
      seed(R"("in": {"type": "Input", "shape": [8]}, "a": )" + affine + R"(, "n": )" + lif +
               R"(, "out": {"type": "Output", "shape": [3]})",
           R"(["in", "a"], ["a", "n"], ["n", "out"])", R"({"dt": 0.001, "reset": "subtract"})"),
      seed(
          R"("in": {"type": "Input", "shape": [2, 4]}, "f": {"type": "Flatten", "start_dim": 0, "end_dim": -1, "input_type": [2, 4]},)"
          R"( "a": )" +
              affine + R"(, "n": )" + cuba + R"(, "out": {"type": "Output", "shape": [3]})",
          R"(["in", "f"], ["f", "a"], ["a", "n"], ["n", "out"])"),
      seed(
          R"("in": {"type": "Input", "shape": [1, 4, 4]}, "c": )" + convolution + R"(, "n": )" + fire +
              R"(, "p": {"type": "SumPool2d", "kernel_size": [2, 2], "stride": [2, 2], "padding": [0, 0]},)"
              R"( "g": {"type": "NIRGraph", "nodes": {"input": {"type": "Input", "shape": [2, 2, 2]},)"
              R"( "s": {"type": "Scale", "scale": {"shape": [2, 2, 2], "values": [0.5]}},)"
              R"( "output": {"type": "Output", "shape": [2, 2, 2]}}, "edges": [["input", "s"], ["s", "output"]]},)"
              R"( "q": {"type": "Flatten", "start_dim": 0, "end_dim": -1},)"
              R"( "l": {"type": "Linear", "weight": {"shape": [2, 8], "values": [1, 2]}},)"
              R"( "m": {"type": "LI", "tau": [0.01, 0.01], "r": [1, 1], "v_leak": [0, 0]}, "out": {"type": "Output", "shape": [2]})",
          R"(["in", "c"], ["c", "n"], ["n", "p"], ["p", "g"], ["g", "q"], ["q", "l"], ["l", "m"], ["m", "out"])")};
}

}  // namespace phasic::fuzz
