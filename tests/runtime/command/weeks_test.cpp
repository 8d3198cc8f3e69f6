// SPDX-License-Identifier: Apache-2.0
/// Units of cards that fail, hang, or are another process's.
#include <stdlib.h>

#include <chrono>
#include <fstream>
#include <map>
#include <thread>

#include "runtime/run/checkpoint.hpp"
#include "tests/runtime/command/program.hpp"

namespace phasic {
namespace {

using test::expect_all_in;
using test::finish;
using test::start;

class Weeks : public test::Program {
 protected:
  void SetUp() override { ::unsetenv("XILINX_XRT"); }
  void TearDown() override {
    for (const char* name : {"PHASIC_CARD_FAULTS", "PHASIC_CARD_DEVICES", "PHASIC_LOCK_FOLDER"}) ::unsetenv(name);
  }
  static void faults(const std::string& text) { ::setenv("PHASIC_CARD_FAULTS", text.c_str(), 1); }
  std::vector<std::string> on_card(const std::string& checkpoint, const std::vector<std::string>& more = {}) {
    std::vector<std::string> all{"--transport", "xrt", "--samples", "100", "--launch-samples", "20"};
    all.insert(all.end(), more.begin(), more.end());
    return learn(checkpoint, all);
  }
};

#ifdef PHASIC_WITH_CARD
TEST_F(Weeks, LaunchesThatFailAreLearnedAgainOnTheOtherUnitWithTheSameBits) {
  ASSERT_EQ(run(on_card("whole")).code, 0);
  const auto whole = test::read_file(folder / "whole");
  for (const auto& [kind, word] : {std::pair{"error", "XRT ended the run in state"}, std::pair{"bus", "bus_read"},
                                   std::pair{"hang", "the run did not end within 2000 ms"}}) {
    faults(R"({"runs": {"2": ")" + std::string(kind) + "\"}}");
    const auto ended = run(on_card(kind, {"--timeout", "2"}));
    ASSERT_EQ(ended.code, 0) << ended.text;
    expect_all_in(ended.text, {"launch 2: XRT device 0", "'phasic_1'", "samples 20 to 39", word, "try 2 of 3", "'phasic_2'"});
    EXPECT_EQ(test::read_file(folder / kind), whole) << kind;
  }
}

TEST_F(Weeks, ACardWithoutAUnitLeftEndsTheRunWithItsStateKept) {
  ASSERT_EQ(run(on_card("whole")).code, 0);
  faults(R"({"runs": {"3": "hang", "4": "hang"}})");
  expect_failure(3, on_card("part", {"--timeout", "0.3"}),
                 {"launch 3", "'phasic_1'", "samples 40 to 59", "try 2 of 3", "no compute unit of the card", "xbutil reset"});
  EXPECT_EQ(runtime::read_checkpoint(folder / "part").position, 40U);
  faults(R"({"error": 1})");
  expect_failure(3, on_card("part", {"--resume", "--tries", "5"}), {"launch 1", "try 5 of 5", "the last of 5 tries"});
  faults("");
  ASSERT_EQ(run(on_card("part", {"--resume"})).code, 0);
  EXPECT_EQ(test::read_file(folder / "part"), test::read_file(folder / "whole"));
}

TEST_F(Weeks, FaultsThatCannotBeAreNamed) {
  for (const std::string text :
       {"[]", R"({"error": 2})", R"({"runs": {"0": "hang"}})", R"({"runs": {"1": "flood"}})", R"({"x": 1})"}) {
    faults(text);
    expect_failure(3, on_card("none"), {"PHASIC_CARD_FAULTS"});
  }
}

TEST_F(Weeks, TestingOnSeveralCardsOfWhichSomeFailGivesTheSameRows) {
  const auto rows = [&](const std::string& name, const std::vector<std::string>& more) {
    std::vector<std::string> all{
        "test", network, "--data", data, "--quiet", "--launch-samples", "10", "--results", (folder / name).string()};
    all.insert(all.end(), more.begin(), more.end());
    const auto ended = run(all);
    EXPECT_EQ(ended.code, 0) << ended.text;
    return test::read_file(folder / name);
  };
  const auto whole = rows("whole.csv", {});
  ::setenv("PHASIC_CARD_DEVICES", "2", 1);
  EXPECT_EQ(rows("cards.csv", {"--transport", "xrt", "--device", "0,1"}), whole);
  faults(R"({"seed": 3, "error": 0.2, "bus": 0.1})");
  EXPECT_EQ(rows("failing.csv", {"--transport", "xrt", "--device", "0,1", "--compute-units", "2", "--tries", "50"}), whole);
}

TEST_F(Weeks, ExperimentsOnSeveralCardsGiveTheSameRows) {
  nlohmann::json experiment{{"phasic_experiment", 1},          {"name", "made"},        {"data", data},
                            {"task", "classification"},        {"seeds", {1, 2, 3, 4}}, {"samples", 200},
                            {"network", test::small_network()}};
  test::write_file(folder / "made.json", experiment.dump());
  const auto rows = [&](const std::string& name, const std::vector<std::string>& more) {
    std::vector<std::string> all{"experiment", "run",       (folder / "made.json").string(),
                                 "--quiet",    "--results", (folder / name).string()};
    all.insert(all.end(), more.begin(), more.end());
    const auto ended = run(all);
    EXPECT_EQ(ended.code, 0) << ended.text;
    std::map<std::string, nlohmann::json> by_run;
    std::ifstream stream(folder / name);
    for (std::string line; std::getline(stream, line);) {
      auto row = nlohmann::json::parse(line);
      row.erase("seconds");
      by_run[row["run"]] = row;
    }
    EXPECT_EQ(by_run.size(), 4U);
    return by_run;
  };
  const auto whole = rows("whole.jsonl", {});
  ::setenv("PHASIC_CARD_DEVICES", "2", 1);
  EXPECT_EQ(rows("cards.jsonl", {"--device", "0,1"}), whole);
  faults(R"({"seed": 5, "error": 0.05, "bus": 0.05})");
  EXPECT_EQ(rows("failing.jsonl", {"--device", "0,1"}), whole);
  const std::string file = (folder / "made.json").string();
  expect_failure(3, {"experiment", "run", file, "--results", (folder / "none").string(), "--device", "0,7"}, {"7"});
  expect_failure(1, {"experiment", "run", file, "--xclbin", "x"}, {"--xclbin", "--device"});
  experiment.erase("network");
  experiment["baseline"] = {{"method", "ann"}, {"layers", {40}}};
  test::write_file(folder / "made.json", experiment.dump());
  expect_failure(1, {"experiment", "run", file, "--device", "0"}, {"made.json"});
}

TEST_F(Weeks, TwoProcessesNeverShareAUnit) {
  ::setenv("PHASIC_LOCK_FOLDER", folder.path().c_str(), 1);
  const auto endless = [&](const std::string& checkpoint) {
    return learn(checkpoint,
                 {"--transport", "xrt", "--samples", "100000000", "--launch-samples", "10", "--checkpoint-every", "10"});
  };
  const auto child = start(endless("state"), folder / "first");
  for (int wait = 0; wait < 10000 && !std::filesystem::exists(folder / "state"); ++wait)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  ASSERT_TRUE(std::filesystem::exists(folder / "state"));
  expect_failure(3, on_card("other"), {"compute unit 'phasic_1'", "in use by process " + std::to_string(child), ".lock"});
  EXPECT_EQ(run(on_card("other", {"--first-unit", "1"})).code, 0) << "the other one is free";
  expect_failure(1, on_card("none", {"--first-unit", "4294967295"}), {"--first-unit"});
  ::kill(child, SIGKILL);
  (void)finish(child, folder / "first");
  EXPECT_EQ(run(on_card("other", {"--resume"})).code, 0) << "a lock ends with its process";
}
#endif

}  // namespace
}  // namespace phasic
