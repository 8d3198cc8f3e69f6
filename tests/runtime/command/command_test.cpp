// SPDX-License-Identifier: Apache-2.0
/// The program itself, as a user runs it.
#include <chrono>
#include <fstream>
#include <thread>

#include "runtime/run/checkpoint.hpp"
#include "tests/runtime/command/program.hpp"

namespace phasic {
namespace {

using test::expect_all_in;
using test::finish;
using test::start;

class Command : public test::Program {};

TEST_F(Command, LearnsTestsAndTellsOfIt) {
  auto ended = run(learn("state", {"--samples", "500", "--validation", "40", "--output", (folder / "out").string(), "--results",
                                   (folder / "results.csv").string()}));
  EXPECT_EQ(ended.code, 0) << ended.text;
  const auto summary = nlohmann::json::parse(test::read_file(folder / "out" / "summary.json"));
  EXPECT_EQ(summary["samples_learned"], 500);
  EXPECT_EQ(summary["samples_tested"], 40);
  EXPECT_GT(summary["accuracy"].get<double>(), 0.7);
  EXPECT_TRUE(std::filesystem::exists(folder / "out" / "learning_curve.csv"));
  const auto results = test::read_file(folder / "results.csv");
  EXPECT_EQ(std::count(results.begin(), results.end(), '\n'), 501);

  ended = run({"test", "--checkpoint", (folder / "state").string(), "--data", data, "--quiet", "--compute-units", "2",
               "--launch-samples", "30", "--output", (folder / "tested").string()});
  EXPECT_EQ(ended.code, 0) << ended.text;
  const auto tested = nlohmann::json::parse(test::read_file(folder / "tested" / "summary.json"));
  EXPECT_EQ(tested["samples_tested"], 400);
  EXPECT_GT(tested["accuracy"].get<double>(), 0.7);

  ended = run({"info", network, "--checkpoint", (folder / "state").string(), "--engine", "reference"});
  EXPECT_EQ(ended.code, 0) << ended.text;
  expect_all_in(ended.text, {"64-40-4", "500 samples learned", "epoch 1, sample 140", "belongs to", "max_rows",
                             "sum_depth      67108864", "the network fits"});
}

TEST_F(Command, LogLevelsDecideHowMuchIsTold) {
  const auto told = [&](const std::vector<std::string>& before, const std::vector<std::string>& behind) {
    std::vector<std::string> all = before;
    all.insert(all.end(), {"test", network, "--data", data, "--samples", "30"});
    all.insert(all.end(), behind.begin(), behind.end());
    const auto ended = run(all);
    EXPECT_EQ(ended.code, 0) << ended.text;
    return ended.text;
  };
  const std::string choice = "no checkpoint: testing the initial weights", progress = "test 30/30", launch = ": answered in ";
  const auto has = [](const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; };
  const auto usual = told({}, {});
  EXPECT_TRUE(has(usual, choice) && has(usual, progress) && !has(usual, launch)) << usual;
  const auto warning = told({}, {"--log", "warning"});
  EXPECT_TRUE(!has(warning, choice) && !has(warning, progress)) << warning;
  const auto debug = told({"--log", "debug"}, {});
  EXPECT_TRUE(has(debug, choice) && has(debug, launch) && has(debug, "opened ")) << debug;
  expect_failure(1, {"info", "--log", "everything"}, {"--log", "everything", "debug"});
}

TEST_F(Command, TheReferenceTakesConvolutionsAndWeightsOf16BitsUnasked) {
  auto document = test::small_network();
  document["shape"] = {8, 8};
  document["weight_width"] = 16;
  auto& hidden = document["layers"][0];
  hidden.erase("neurons");
  hidden["kind"] = "convolution";
  hidden["channels"] = 4;
  hidden["kernel"] = 3;
  test::write_file(network, document.dump());
  auto ended = run(learn("state", {"--samples", "50"}));
  EXPECT_EQ(ended.code, 0) << ended.text;
  ended = run({"compare", network, "--data", data, "--engine", "reference", "--engine-options", R"({"plain": true})",
               "--samples", "20", "--test-samples", "10", "--quiet"});
  EXPECT_EQ(ended.code, 0) << ended.text;
  ended = run({"info", network, "--engine", "reference"});
  EXPECT_EQ(ended.code, 0) << ended.text;
  expect_all_in(ended.text, {"16-bit weights", "weight_width         16  ", "the network fits"});
  for (const auto& limit : contract::kLimits) expect_all_in(ended.text, {std::string(limit.name), std::string(limit.doc)});
}

TEST_F(Command, APreparedLayerIsPartOfTheCheckpoint) {
  const nlohmann::json features{{"kind", "convolution"}, {"channels", 5},    {"kernel", 3},      {"grid", 2},
                                {"two_sided", true},     {"threshold", 0.1}, {"rule", "frozen"}, {"input_shift", 5}};
  const nlohmann::json document{{"phasic_network", 1},
                                {"inputs", 64},
                                {"shape", {8, 8}},
                                {"classes", 4},
                                {"steps", 1},
                                {"samples", "graded"},
                                {"weight_width", 16},
                                {"layers", {features, {{"neurons", 4}, {"rule", "discriminant"}}}},
                                {"preparation", {{"samples", 100}, {"measured", 50}}}};
  test::write_file(network, document.dump());
  EXPECT_EQ(run(learn("whole", {"--samples", "300"})).code, 0);
  EXPECT_EQ(run(learn("halves", {"--samples", "130"})).code, 0);
  auto ended = run(learn("halves", {"--samples", "300", "--resume"}));
  EXPECT_EQ(ended.code, 0) << ended.text;
  EXPECT_EQ(test::read_file(folder / "whole"), test::read_file(folder / "halves"));

  const auto state = (folder / "whole").string();
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"test", "--checkpoint", state}, {"test", network, "--checkpoint", state}}) {
    auto all = arguments;
    all.insert(all.end(), {"--data", data, "--quiet", "--output", (folder / "out").string()});
    EXPECT_EQ(run(all).code, 0);
    EXPECT_GT(nlohmann::json::parse(test::read_file(folder / "out" / "summary.json"))["accuracy"].get<double>(), 0.9);
  }
  expect_all_in(run({"info", network, "--checkpoint", state}).text, {"8x8-5C3-G2-4", "belongs to"});
  // 9 weights and a bias for each of 5 filters at 6 x 6 positions; 4 classes of 2 x 2 cells with two sides.
  const auto told = run({"info", network});
  EXPECT_EQ(told.code, 0) << told.text;
  expect_all_in(told.text,
                {"layer 0: 50 weights in 10 rows, 180 sums for a grid",
                 "layer 1: 160 weights in 40 rows, 8512 bytes of scatter and sums", "engines that hold it:", " reference"});
  expect_failure(1, {"test", network, "--data", data, "--quiet"}, {"preparation", "checkpoint"});
  ended = run({"compare", network, "--data", data, "--engine", "reference", "--engine-options", R"({"plain": true})",
               "--samples", "300", "--test-samples", "100", "--quiet", "--output", (folder / "out").string()});
  EXPECT_EQ(ended.code, 0) << ended.text;
  expect_all_in(ended.text, {"equal: "});
  const auto compared = nlohmann::json::parse(test::read_file(folder / "out" / "summary.json"));
  EXPECT_EQ(
      run({"test", "--checkpoint", state, "--data", data, "--samples", "100", "--quiet", "--output", (folder / "out").string()})
          .code,
      0);
  EXPECT_EQ(compared["accuracy"], nlohmann::json::parse(test::read_file(folder / "out" / "summary.json"))["accuracy"])
      << "prepared and learned as learn does";

  auto other = document;
  other["layers"][0]["kernel"] = 2;
  test::write_file(network, other.dump());
  expect_failure(1, learn("whole", {"--samples", "400", "--resume"}), {"whole", "is not that of", "net.json", "layers[0]"});
}

TEST_F(Command, ComparesTwoEngines) {
  const auto ended = run({"compare", network, "--data", data, "--engine", "reference", "--samples", "70", "--test-samples",
                          "30", "--potentials", "--launch-samples", "20", "--quiet"});
  EXPECT_EQ(ended.code, 0) << ended.text;
  expect_all_in(ended.text, {"equal", "mismatches with reference: 0"});
}

#ifdef PHASIC_WITH_CARD
TEST_F(Command, TwoCardsWithTwoUnitsOverXrtGiveTheSameResults) {
  ASSERT_EQ(run(learn("state", {"--samples", "300"})).code, 0);
  ASSERT_EQ(run(learn("xrt", {"--samples", "300", "--transport", "xrt"})).code, 0);
  EXPECT_EQ(test::read_file(folder / "state"), test::read_file(folder / "xrt"));
  const auto tested = [&](const std::string& results, const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"test",    "--checkpoint", (folder / "state").string(), "--data",           data,
                                       "--quiet", "--results",    (folder / results).string(), "--launch-samples", "25"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto ended = run(arguments);
    EXPECT_EQ(ended.code, 0) << ended.text;
    return test::read_file(folder / results);
  };
  const auto local = tested("local.csv", {});
  EXPECT_EQ(std::count(local.begin(), local.end(), '\n'), 401);
  ::setenv("PHASIC_CARD_DEVICES", "2", 1);
  EXPECT_EQ(tested("xrt.csv", {"--transport", "xrt", "--device", "0,1", "--compute-units", "2"}), local);
  ::unsetenv("PHASIC_CARD_DEVICES");
  expect_failure(3, {"test", network, "--data", data, "--transport", "xrt", "--device", "7"}, {"--device 7"});
  expect_failure(1, {"test", network, "--data", data, "--transport", "xrt", "--compute-units", "50"},
                 {"--compute-units", "50", "2"});
  expect_failure(1, {"test", network, "--data", data, "--transport", "xrt", "--engine", "abacus"},
                 {"--engine abacus", "xclbin"});
  test::write_file(folder / "empty.xclbin", std::string());
  expect_failure(1, {"test", network, "--data", data, "--transport", "xrt", "--xclbin", (folder / "empty.xclbin").string()},
                 {"empty.xclbin"});
}
#endif

TEST_F(Command, TracesEveryPotential) {
  const auto ended = run(learn("state", {"--samples", "3", "--trace", (folder / "trace.csv").string()}));
  EXPECT_EQ(ended.code, 0) << ended.text;
  const auto trace = test::read_file(folder / "trace.csv");
  EXPECT_EQ(std::count(trace.begin(), trace.end(), '\n'), 1 + 3 * 2 * 8);
  EXPECT_EQ(std::count(trace.begin(), trace.end(), ','), 4 + 3 * 8 * ((3 + 40) + (3 + 4)));
}

TEST_F(Command, KilledAtAnyMomentItGoesOnWithTheSameBits) {
  const std::vector<std::string> plan{"--samples",          "12000", "--order", "shuffled", "--launch-samples", "20",
                                      "--checkpoint-every", "60"};
  ASSERT_EQ(run(learn("whole", plan)).code, 0);
  const auto seed = std::random_device{}();
  std::mt19937 random(seed);
  auto resumed = plan;
  resumed.emplace_back("--resume");
  int killed = 0;
  std::uint64_t last = 0;
  for (int attempt = 0; attempt < 6; ++attempt) {
    const auto child = start(learn("part", resumed), folder / "output");
    // Until it has gone on from the last checkpoint; then a moment more, so that the kill may hit a write.
    for (int wait = 0; wait < 5000; ++wait) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      try {
        if (std::filesystem::exists(folder / "part") && runtime::read_checkpoint(folder / "part").position > last + 60) break;
      } catch (const std::exception& error) {
        ADD_FAILURE() << "seed " << seed << ": a half-written checkpoint was seen: " << error.what();
      }
      siginfo_t state{};
      if (::waitid(P_PID, static_cast<id_t>(child), &state, WEXITED | WNOHANG | WNOWAIT) == 0 && state.si_pid == child) break;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20000));
    ::kill(child, SIGKILL);
    killed += finish(child, folder / "output").code == -SIGKILL ? 1 : 0;
    last = runtime::read_checkpoint(folder / "part").position;
  }
  EXPECT_GE(killed, 2) << "the run was too short to be killed; seed " << seed;
  const auto ended = run(learn("part", resumed));
  EXPECT_EQ(ended.code, 0) << ended.text;
  EXPECT_EQ(test::read_file(folder / "part"), test::read_file(folder / "whole")) << "seed " << seed;
}

TEST_F(Command, WrongOptionsAreNamed) {
  expect_failure(1, {}, {"a command is needed", "learn", "doctor"});
  expect_failure(1, {"fly"}, {"fly"});
  expect_failure(1, {"learn"}, {"network"});
  expect_failure(1, {"learn", network, "--colour", "red"}, {"--colour"});
  expect_failure(1, {"learn", network, "--samples", "many"}, {"--samples", "many"});
  expect_failure(1, {"learn", network, "--data", data, "--order", "random"}, {"--order", "random"});
  expect_failure(1, {"learn", network, "--data", data, "--launch-samples", "0"}, {"--launch-samples", "0"});
  expect_failure(1, {"learn", network, "--data", data, "--timeout", "-1"}, {"--timeout", "-1"});
  expect_failure(1, {"learn", network, "--data", data, "--passes", "0"}, {"--passes", "0"});
  expect_failure(1, {"learn", network, "--data", data, "--validation", "400"}, {"--validation", "400"});
  expect_failure(1, {"learn", network, "--data", data, "--resume"}, {"--resume", "--checkpoint"});
  expect_failure(1, {"learn", network, "--data", data, "--transport", "pigeon"}, {"--transport", "pigeon"});
  expect_failure(1, {"learn", network, "--data", data, "--compute-units", "0"}, {"--compute-units", "0"});
  expect_failure(1, {"learn", network, "--data", data, "--engine-options", "{"}, {"--engine-options"});
  expect_failure(1, {"learn", network, "--data", data, "--engine-options", "3"}, {"--engine-options", "3"});
  expect_failure(1, {"learn", network, "--data", data, "--transport", "xrt", "--xclbin", "none.xclbin"}, {"none.xclbin"});
  expect_failure(1, {"test", "--data", data}, {"checkpoint"});
  expect_failure(1, {"test", network, "--data", data, "--samples", "401"}, {"--samples", "401", "400"});
  expect_failure(3, {"learn", network, "--data", data, "--engine", "abacus"}, {"abacus"});
}

TEST_F(Command, WrongFilesAreNamedWithFieldAndValue) {
  expect_failure(1, {"learn", (folder / "none.json").string()}, {"none.json"});
  auto document = test::small_network();
  document["layers"][0]["leak"] = 2;
  test::write_file(folder / "bad.json", document.dump());
  expect_failure(1, {"learn", (folder / "bad.json").string()}, {"bad.json", "layers[0].leak", "2"});
  test::write_file(folder / "wide.json", test::small_network(64, 2000).dump());
  expect_failure(
      1, {"learn", (folder / "wide.json").string(), "--data", data, "--engine-options", R"({"limits": {"max_neurons": 1024}})"},
      {"wide.json", "layers[0].neurons", "2000", "max_neurons"});
  test::write_file(folder / "other.json", test::small_network(65).dump());
  expect_failure(1, {"learn", (folder / "other.json").string(), "--data", data}, {"images", "64", "65"});
  expect_failure(1, {"learn", network, "--data", "no-such-data"}, {"--data no-such-data"});
  test::write_file(folder / "images", test::Bytes{1, 2, 3});
  expect_failure(1, {"learn", network, "--images", (folder / "images").string(), "--labels", (folder / "images").string()},
                 {"images", "magic"});
  expect_failure(1, learn("none/state"), {"none/state", "cannot be written"});
  expect_failure(1, {"learn", network, "--data", data, "--results", (folder / "none" / "r.csv").string()},
                 {"r.csv", "cannot be written"});
}

TEST_F(Command, CheckpointsAreKeptFromHarm) {
  ASSERT_EQ(run(learn("state", {"--samples", "50"})).code, 0);
  const auto checkpoint = (folder / "state").string();
  expect_failure(1, learn("state", {"--samples", "60"}), {checkpoint, "--resume", "--overwrite"});
  expect_failure(1, learn("state", {"--samples", "40", "--resume"}), {checkpoint, "position", "50", "40"});
  EXPECT_EQ(run(learn("state", {"--samples", "60", "--resume"})).code, 0);
  expect_failure(1, learn("state", {"--samples", "70", "--resume", "--order", "shuffled"}), {checkpoint, "data.order"});
  expect_failure(1, learn("state", {"--samples", "70", "--resume", "--validation", "1"}),
                 {checkpoint, "data.samples", "400", "399"});
  auto document = test::small_network();
  document["seed"] = 9;
  test::write_file(folder / "other.json", document.dump());
  expect_failure(1, {"test", (folder / "other.json").string(), "--checkpoint", checkpoint, "--data", data},
                 {checkpoint, "other.json", "seed"});
  auto bytes = test::read_file(checkpoint);
  bytes[bytes.size() / 2] ^= 1;
  test::write_file(folder / "state", bytes);
  std::filesystem::remove(folder / "state.before");
  expect_failure(1, learn("state", {"--samples", "70", "--resume"}), {checkpoint, "checksum"});
  expect_failure(1, {"test", "--checkpoint", checkpoint, "--data", data}, {checkpoint, "checksum"});
  bytes.resize(bytes.size() / 2);
  test::write_file(folder / "state", bytes);
  expect_failure(1, {"info", "--checkpoint", checkpoint}, {checkpoint, "size"});
  EXPECT_EQ(run(learn("state", {"--samples", "20", "--overwrite"})).code, 0);
}

TEST_F(Command, DoctorTellsOfEverything) {
  const auto ended = run({"doctor"});
  EXPECT_TRUE(ended.code == 0 || ended.code == 4) << ended.code;
  expect_all_in(ended.text, {"engine reference", "XRT library", "simulated card", "XILINX_XRT", "real card",
                             "data fashion-mnist", "data mnist", "verilator", "gnuplot"});
  EXPECT_EQ(ended.code == 4, ended.text.find("MISSING") != std::string::npos) << ended.text;
}

TEST_F(Command, DoctorMissesWhatIsNotThere) {
  ::setenv("PHASIC_ENGINE_PATH", folder.path().c_str(), 1);
  const auto ended = run({"doctor"});
  ::unsetenv("PHASIC_ENGINE_PATH");
  EXPECT_EQ(ended.code, 4);
  expect_all_in(ended.text, {"MISSING", "engine reference", folder.path().string(), "to do:"});
}

TEST_F(Command, HelpAndVersionSucceed) {
  EXPECT_EQ(run({"--help"}).code, 0);
  EXPECT_EQ(run({"learn", "--help"}).code, 0);
  const auto version = run({"--version"});
  EXPECT_EQ(version.code, 0);
  expect_all_in(version.text, {"phasic"});
}

/// A network with its weights goes out as NIR and comes in again.
TEST_F(Command, ExportsAGraphAndImportsItWithTheSameAnswers) {
  const auto path = [&](const std::string& name) { return (folder / name).string(); };
  ASSERT_EQ(run(learn("learned", {"--samples", "200"})).code, 0);
  ASSERT_EQ(run({"export", "--checkpoint", path("learned"), "--output", path("g.nir")}).code, 0);
  const auto imported = run({"import", path("g.nir"), "--output", path("back"), "--data", data, "--samples", "50", "--json",
                             path("report.json"), "--html", path("report.html"), "--quiet"});
  EXPECT_EQ(imported.code, 0) << imported.text;
  expect_all_in(imported.text, {"64-40-4", "neurons1", "50 samples", "network and weights: "});
  const auto report = nlohmann::json::parse(test::read_file(folder / "report.json"));
  EXPECT_EQ(report.at("fidelity").at("samples"), 50);
  EXPECT_FALSE(test::read_file(folder / "report.html").empty());
  for (const std::string name : {"learned", "back"})
    ASSERT_EQ(run({"test", "--checkpoint", path(name), "--data", data, "--results", path(name + ".csv"), "--quiet"}).code, 0);
  EXPECT_EQ(test::read_file(folder / "learned.csv"), test::read_file(folder / "back.csv"));
}

TEST_F(Command, TellsWhatAnImportLacks) {
  const auto graph = (folder / "g.nir").string();
  expect_failure(1, {"import", graph}, {"g.nir", "is not there"});
  ASSERT_EQ(run({"export", network, "--output", graph}).code, 0);
  expect_failure(1, {"import", graph, "--reset", "halve"}, {"--reset", "halve"});
  expect_failure(1, {"import", graph, "--samples", "5"}, {"--samples", "--data"});
  expect_failure(1, {"import", graph, "--dt", "1"}, {"longer than the time constant"});
  expect_failure(1, {"export", "--output", graph}, {"a network file", "--checkpoint"});
  expect_failure(1, {"export", network, "--output", graph, "--dt", "-1"}, {"dt", "-1"});
}

/// From an empty folder to a report about one's own data, without a file written by hand.
TEST_F(Command, InitWritesWhatLearnsClassAfterClass) {
  const auto path = [&](const std::string& name) { return (folder / name).string(); };
  const auto started = run({"init", data, "--output", path("new")});
  ASSERT_EQ(started.code, 0) << started.text;
  expect_all_in(started.text, {"400 + 400 samples of 4 classes, 8 x 8 x 1", "phasic experiment run"});
  auto ended = run({"experiment", "run", path("new/experiment.json"), "--results", path("rows.jsonl"), "--quiet"});
  ASSERT_EQ(ended.code, 0) << ended.text;
  ended = run({"experiment", "report", path("rows.jsonl")});
  EXPECT_EQ(ended.code, 0) << ended.text;
  expect_all_in(ended.text, {"learned", "random"});
  ended = run({"learn", path("new/network.json"), "--data", data, "--checkpoint", path("state"), "--quiet"});
  EXPECT_EQ(ended.code, 0) << ended.text;
  expect_failure(1, {"init", data, "--output", path("new")}, {"network.json", "is there already"});
}

TEST_F(Command, ARunThatDivergesLeavesTheOthersOfItsExperiment) {
  const auto path = [&](const std::string& name) { return (folder / name).string(); };
  const nlohmann::json experiment = {{"phasic_experiment", 1},
                                     {"name", "rates"},
                                     {"data", data},
                                     {"task", "classification"},
                                     {"protocol", "mixed_batch"},
                                     {"seeds", {1}},
                                     {"samples", 100},
                                     {"passes", 40},
                                     {"baseline", {{"method", "symmetric"}, {"network", "spiking"}, {"neurons", 20}}},
                                     {"cases", {{{"baseline/output_rate", 900}}, {{"baseline/output_rate", 0.01}}}}};
  std::ofstream(path("rates.json")) << experiment;
  const std::vector<std::string> told{"1 of the runs diverged", "rates 1/2", "output_rate=900", "stopped being numbers"};
  expect_failure(1, {"experiment", "run", path("rates.json"), "--results", path("rows.jsonl")}, told);
  expect_failure(1, {"experiment", "resume", path("rates.json"), "--results", path("rows.jsonl")}, told);
  const auto rows = test::read_file(folder / "rows.jsonl");
  EXPECT_EQ(std::count(rows.begin(), rows.end(), '\n'), 1);
  EXPECT_EQ(nlohmann::json::parse(rows)["variation"]["baseline/output_rate"], 0.01);
}

TEST_F(Command, TellsThingsAsJsonToo) {
  const auto json_of = [&](const std::vector<std::string>& arguments) { return nlohmann::json::parse(run(arguments).text); };
  const auto told = json_of({"info", network, "--json"});
  EXPECT_EQ(told.at("architecture"), "64-40-4");
  EXPECT_EQ(told.at("layers").at(0).at("synapses"), 64 * 40);
  EXPECT_EQ(told.at("network").at("seed"), "0x7");
  const auto& engines = told.at("engines");
  EXPECT_NE(std::find(engines.begin(), engines.end(), "reference"), engines.end());
  EXPECT_GT(json_of({"info", "--engine", "reference", "--json"}).at("limits").at("max_rows"), 100);
  ASSERT_EQ(run(learn("state", {"--samples", "300"})).code, 0);
  EXPECT_EQ(json_of({"info", (folder / "state").string(), "--json"}).at("checkpoint").at("samples_learned"), 300);
  bool found = false;
  for (const auto& set : json_of({"data", "list", "--json"}))
    found = found || (set.at("name") == "mnist" && set.at("training") == 60000);
  EXPECT_TRUE(found);
  const auto doctor = json_of({"doctor", "--json"});
  EXPECT_FALSE(doctor.at("checks").empty());
  EXPECT_TRUE(doctor.at("ready").is_boolean());
}

}  // namespace
}  // namespace phasic
