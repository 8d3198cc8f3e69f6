// SPDX-License-Identifier: Apache-2.0
#include "runtime/nir/graph.hpp"

#include <sys/stat.h>

#include "tests/runtime/nir/graphs.hpp"

namespace phasic::test {
namespace {

using namespace runtime::nir;

Node affine(std::string name, double weight, double bias) {
  return node(std::move(name), "Affine", {{"weight", array({1, 1}, {weight})}, {"bias", array({1}, {bias})}});
}

TEST(NirFile, IsReadAsItWasWritten) {
  const TemporaryFolder folder;
  auto graph = chained({input({1}), affine("a.b", 0.125, -3), lif("0", {1}, 0.02, 1), output({1})});
  graph.metadata.arrays["dt"] = one(1e-4);
  graph.metadata.texts["made by"] = {{}, {"a test"}};
  write_graph(folder / "g.nir", graph);
  const auto read = read_graph(folder / "g.nir");
  EXPECT_EQ(read.version, "1.0");
  EXPECT_EQ(read.edges, graph.edges);
  ASSERT_EQ(read.nodes.size(), 4U);
  EXPECT_EQ(read.find("a.b")->fields.arrays.at("weight"), array({1, 1}, {0.125}));
  EXPECT_EQ(read.find("0")->type, "LIF");
  EXPECT_EQ(read.metadata_number("dt"), 1e-4);
  EXPECT_EQ(read.metadata_text("made by"), "a test");
}

/// A file by another writer: h5py, with compression, 32-bit numbers, lengths of texts that are stored, and a graph in the
/// graph.
TEST(NirFile, OfPythonWithAGraphInItIsOneChain) {
  const auto graph = read_graph(std::string(PHASIC_SOURCE_DIR) + "/tests/runtime/nir/nested.nir");
  EXPECT_EQ(graph.version, "1.0.4");
  ASSERT_NE(graph.find("block.fc"), nullptr);
  EXPECT_EQ(graph.find("block.fc")->fields.arrays.at("weight"), array({2, 4}, {0.5, -0.25, 1, 0, 2, 0.125, -1, 0.75}));
  const auto chain = chain_of(graph);
  std::vector<std::string> names;
  for (const auto& stage : chain.stages) names.push_back(stage.name);
  EXPECT_EQ(names, (std::vector<std::string>{"in", "flat", "block.start", "block.fc", "block.neurons.1", "block.end", "out"}));
  EXPECT_EQ(chain.stages[1].to, Extents{4});
  EXPECT_EQ(graph.metadata_text("reset"), "subtract");
}

TEST(NirFile, ThatIsNoneIsRefusedByName) {
  const TemporaryFolder folder;
  expect_all_in(refusal([&] { (void)read_graph(folder / "none.nir"); }), {"none.nir", "is not there"});
  write_file(folder / "text.nir", std::string("no HDF5"));
  expect_all_in(refusal([&] { (void)read_graph(folder / "text.nir"); }), {"text.nir", "no HDF5 file"});
  Group root;
  root.arrays["other"] = one(1);
  write_hdf5(folder / "other.nir", root, {});
  expect_all_in(refusal([&] { (void)read_graph(folder / "other.nir"); }), {"other.nir", "\"node\""});
}

TEST(NirFile, ThatIsNoRegularFileIsRefusedAtOnce) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe.nir").c_str(), 0600), 0);
  expect_all_in(refusal([&] { (void)read_graph(folder / "pipe.nir"); }), {"pipe.nir", "no regular file"});
  expect_all_in(refusal([&] { (void)read_graph(folder.path()); }), {"no regular file"});
}

TEST(NirFile, TwoNodesOfOneNameAreRefused) {
  const TemporaryFolder folder;
  Group root;
  auto& top = root.groups["node"];
  const auto typed = [](const std::string& type) {
    Group made;
    made.texts["type"] = {{}, {type}};
    return made;
  };
  top.groups["nodes"].groups["block.fc"] = typed("Input");
  top.groups["nodes"].groups["block"] = typed("NIRGraph");
  top.groups["nodes"].groups["block"].groups["nodes"].groups["fc"] = typed("Input");
  write_hdf5(folder / "g.nir", root, {});
  expect_all_in(refusal([&] { (void)read_graph(folder / "g.nir"); }), {"block.fc", "two nodes"});
}

TEST(NirFile, CutOffIsRefused) {
  const TemporaryFolder folder;
  write_graph(folder / "g.nir", chained({input({1}), affine("a", 1, 0), lif("n", {1}, 0.02, 1), output({1})}));
  auto bytes = read_file(folder / "g.nir");
  for (const std::size_t part : {2, 3, 10}) {
    write_file(folder / "cut.nir", Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / part)));
    expect_all_in(refusal([&] { (void)read_graph(folder / "cut.nir"); }), {"cut.nir"});
  }
}

TEST(NirFile, NodeWithoutATypeIsRefused) {
  const TemporaryFolder folder;
  Group root;
  root.groups["node"].groups["nodes"].groups["a"].arrays["weight"] = one(1);
  write_hdf5(folder / "g.nir", root, {});
  expect_all_in(refusal([&] { (void)read_graph(folder / "g.nir"); }), {"g.nir: a: ", "\"type\""});
}

TEST(NirFile, EdgeToNoNodeIsRefused) {
  const TemporaryFolder folder;
  auto graph = chained({input({1}), affine("a", 1, 0), output({1})});
  graph.edges.emplace_back("a", "b");
  write_graph(folder / "g.nir", graph);
  expect_all_in(refusal([&] { (void)read_graph(folder / "g.nir"); }), {"g.nir: edges: \"b\" is no node"});
}

}  // namespace
}  // namespace phasic::test
