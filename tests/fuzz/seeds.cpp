// SPDX-License-Identifier: Apache-2.0
#include <xclbin.h>

#include <cstring>
#include <sstream>

#include "driver/xclbin_packer.hpp"
#include "runtime/network/program.hpp"
#include "runtime/run/checkpoint.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/runtime/data/made_cameras.hpp"
#include "tests/runtime/data/made_mat.hpp"
#include "tests/runtime/live/made_stream.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::fuzz {
namespace {

using nlohmann::json;
using runtime::Packing;

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

std::string text_of_file(const std::filesystem::path& file) {
  const auto bytes = test::read_file(file);
  return {bytes.begin(), bytes.end()};
}

/// Deeper than any stack is that a reader goes down by recursion.
std::string deep(const std::string& open, const std::string& close) {
  constexpr int kDepth = 9000;
  std::string text;
  for (int n = 0; n < kDepth; ++n) text += open;
  for (int n = 0; n < kDepth; ++n) text += close;
  return text;
}

/// A sample of everything that a network file can say.
json full_network() {
  auto network = test::small_network(16, 8, 3);
  network["schedule"] = {{{"from_sample", 0}, {"scale", 1.0}}, {{"from_sample", 100}, {"scale", 0.5}}};
  return network;
}

}  // namespace

std::vector<Bytes> idx_seeds() {
  const auto images = test::idx({2, 3, 3}, Bytes(18, 7)), labels = test::idx({4}, {0, 1, 2, 3});
  return {images, labels, test::gzip(images), test::gzip(labels), {}};
}

std::vector<Bytes> archive_seeds() {
  const test::TemporaryFolder folder;
  std::vector<Bytes> seeds;
  for (const auto& [format, filter] :
       {std::pair{"zip", "none"}, std::pair{"tar", "none"}, std::pair{"tar", "gzip"}, std::pair{"tar", "xz"}}) {
    test::write_archive(folder / "a", {{"one/a.png", {1, 2, 3}}, {"two/b.skip", {4}}, {"two/c.png", {}}}, format, filter);
    seeds.push_back(test::read_file(folder / "a"));
  }
  return seeds;
}

std::vector<Bytes> picture_seeds() {
  return {test::gray_png(3, {1, 2, 3, 4, 5, 6}),
          test::png(2, 8, 2, {{1, 2, 3, 4, 5, 6}}),
          test::png(2, 8, 6, {{1, 2, 3, 4, 5, 6, 7, 8}}),
          test::png(8, 1, 3, {{0x5a}}, {0, 0, 0, 255, 255, 255}),
          test::png(2, 8, 4, {{1, 2, 3, 4}}),
          test::jpeg(8, 8, 1, Bytes(64, 100)),
          test::jpeg(4, 2, 3, Bytes(24, 30))};
}

std::vector<Bytes> recording_seeds() {
  const std::vector<test::MadeEvent> events{{10, 1, 0, true}, {20, 2, 1, false}, {31, 3, 1, true}};
  std::vector<Bytes> seeds;
  for (const auto packing : {Packing::kNone, Packing::kLz4, Packing::kZstd})
    seeds.push_back(test::aedat4(events, packing, 4, 2));
  for (const std::string chip : {"DVS128", "eu.seebetter.ini.chips.davis.DAVIS240C", "DAVIS346"})
    seeds.push_back(test::aedat2(chip, {{0x1234, 5}, {0x00c00800, 9}, {0x8000, 12}}));
  seeds.push_back(
      test::aedat3({{.kind = 0, .events = {{1, 5}}}, {.overflows = 1, .events = {{test::polarity(1, 2, true), 7}, {0, 8}}}}));
  return seeds;
}

std::vector<Bytes> prophesee_seeds() {
  return {test::evt2({0x80000005, 0x00801807, 0xa0000001, 0xf0000001, 0x10c07800}),
          test::evt3({0x8001, 0x6002, 0x0003, 0x2805, 0x2006, 0x3802, 0x4801, 0x5003, 0x8002, 0xa001, 0x7001}),
          test::evt3({0x8001, 0x6002}, "% evt 3.0\n% plugin_name hal_plugin_gen41_evk3\n"),
          test::dat({{100, 0x1001c003}, {105, 0x0000000f}})};
}

std::vector<Bytes> numpy_seeds() {
  const auto two = [](const char* type, unsigned bytes) { return test::npy(type, "(2,)", Bytes(std::size_t{2} * bytes, 1)); };
  return {test::npy("[('t', '<i8'), ('x', '<i2'), ('', '|V2'), ('y', '<i2'), ('p', '|u1')]", "(1,)", Bytes(15, 1)),
          test::npz(
              {{"x.npy", two("'<i2'", 2)}, {"y.npy", two("'|u1'", 1)}, {"t.npy", two("'<i8'", 8)}, {"p.npy", two("'|b1'", 1)}}),
          test::npz({{"events.npy", two("[('x', '<i2'), ('y', '<i2'), ('p', '<i2'), ('ts', '<u4')]", 10)}})};
}

std::vector<Bytes> mat_seeds() {
  const test::MadeMat small(true);
  const auto numbers = small.doubles(test::touches({{0.25, {{4, 1}}}, {0.5, {{0, -1}}}}, 6));
  const auto other = small.variable("b", {2, 1}, small.small_element(3, {0, 1, 0xff, 0xff}), 10);
  return {small.file({other, small.variable("spiketrain", {7, 2}, numbers)}),
          small.file({small.compressed(other), small.compressed(small.variable("spiketrain", {7, 2}, numbers))}),
          test::st_mnist({{0.5, {{17, -1}, {99, 1}}}})};
}

std::vector<Bytes> nmnist_seeds() {
  return {test::nmnist({{10, 1, 0, true}, {20, 33, 33, false}, {8000, 0, 240, false}, {12, 5, 6, true}}), {}};
}

std::vector<Bytes> live_seeds() {
  Bytes bytes;
  for (const auto& record : {test::label_record(1, 3), test::event_record(2, 33, 5, true), test::end_record(3)})
    test::append(bytes, record);
  return {bytes};
}

std::vector<Bytes> nettalk_seeds() {
  return {bytes_of("text\n-----\naardvark\ta-rdvark\t1<<<>2<<\t0\nback\tb@k-\t>1<<\t0\n"), bytes_of("-----\nx\t\t\n")};
}

std::vector<Bytes> wav_seeds() { return {test::wav(8000, 1, {0, 100, -100, 32767}), test::wav(44100, 2, {1, 2, 3, 4})}; }

std::vector<Bytes> network_seeds() {
  std::vector<Bytes> seeds{bytes_of(full_network().dump()), bytes_of(R"({"a": [1e400, "\u0041"], "a": 1})"),
                           bytes_of(deep("[", "]"))};
  for (const auto* const name : {"fashion_mnist_256.json", "mnist_1000.json"})
    seeds.push_back(bytes_of(json::parse(text_of_file(std::filesystem::path(PHASIC_SOURCE_DIR) / "examples" / name)).dump()));
  return seeds;
}

std::vector<Bytes> experiment_seeds() {
  json experiment = {{"phasic_experiment", 1},    {"name", "e"},
                     {"data", "mnist"},           {"task", "classification"},
                     {"seeds", {1, 2}},           {"passes", 2},
                     {"validation", 10},          {"evaluate_every", 5},
                     {"network", full_network()}, {"vary", {{"network/layers/0/neurons", {8, 9}}}}};
  std::vector<Bytes> seeds{bytes_of(experiment.dump())};
  experiment["task"] = "class_continual";
  experiment["data"] = {{"folder", "x"}, {"rows", 4}, {"columns", 4}};
  experiment.erase("vary");
  experiment["cases"] = {{{"data/rows", 5}}, {{"data/rows", nullptr}}};
  seeds.push_back(bytes_of(experiment.dump()));
  experiment.erase("network");
  experiment["baseline"] = {{"method", "sgd"}, {"network", "analog"}, {"neurons", 8}};
  seeds.push_back(bytes_of(experiment.dump()));
  return seeds;
}

std::vector<Bytes> rows_seeds() {
  const std::string row = R"({"experiment":"e","run":"seed=1","seed":1,"variation":{},"accuracy":0.5,"learned":{"layers":[]}})";
  return {bytes_of(row + "\n" + row + "\n"), bytes_of(row + "\n{\"run\":"), bytes_of("[1]\n"),
          bytes_of("{\"run\":" + deep("[", "]") + "}\n")};
}

std::vector<Bytes> checkpoint_seeds() {
  const test::TemporaryFolder folder;
  runtime::Checkpoint checkpoint;
  checkpoint.network = runtime::parse_network(full_network(), "network");
  checkpoint.data_name = "made";
  checkpoint.data_samples = 60;
  for (int n = 0; n < 250; ++n) checkpoint.curve.add(n % 3 == 0);
  checkpoint.position = 250;
  checkpoint.weights = runtime::initial_weights(checkpoint.network, runtime::layout_of(checkpoint.network));
  std::vector<Bytes> seeds;
  for (const std::uint64_t block : {100u, 200u}) {
    checkpoint.curve.block = block;
    checkpoint.curve.correct.assign((250 + block - 1) / block, 3);
    runtime::write_checkpoint(folder / "c", checkpoint);
    seeds.push_back(test::read_file(folder / "c"));
  }
  return seeds;
}

std::vector<Bytes> xclbin_seeds() {
  driver::XclbinPlan plan;
  plan.kernel_xml = text_of_file(PHASIC_KERNEL_XML);
  const auto packed = driver::pack_xclbin(plan);
  Bytes whole(packed.size());
  std::memcpy(whole.data(), packed.data(), packed.size());
  // No sections; sections of no bytes; tables of no entries.
  auto none = whole, empty = whole, no_entries = whole;
  const auto top = [](Bytes& bytes) { return reinterpret_cast<axlf*>(bytes.data()); };
  top(none)->m_header.m_numSections = 0;
  for (std::uint32_t n = 0; n < top(whole)->m_header.m_numSections; ++n) {
    const auto& section = top(whole)->m_sections[n];
    const auto kind = section.m_sectionKind;
    if (kind == CONNECTIVITY || kind == ASK_GROUP_CONNECTIVITY || kind == ASK_GROUP_TOPOLOGY) {
      top(empty)->m_sections[n].m_sectionSize = 0;
      std::memset(no_entries.data() + section.m_sectionOffset, 0, 4);
    }
    if (kind == USER_METADATA) top(empty)->m_sections[n].m_sectionSize = 0;
  }
  return {whole, none, empty, no_entries};
}

std::vector<Bytes> contract_seeds() {
  return {
      bytes_of(json::parse(text_of_file(std::filesystem::path(PHASIC_SOURCE_DIR) / "driver/contract/contract.json")).dump()),
      bytes_of(R"({"contract_version": 1e400})"), bytes_of(deep("[", "]")),
      bytes_of(R"({"contract_version": )" + deep("[", "]") + "}")};
}

}  // namespace phasic::fuzz
