// SPDX-License-Identifier: Apache-2.0
/// Recordings in chunks, as a user runs them.
#include "runtime/run/checkpoint.hpp"
#include "tests/runtime/command/program.hpp"
#include "tests/runtime/run/made_recordings.hpp"

namespace phasic {
namespace {

using test::expect_all_in;

/// Three classes of N-MNIST's form: 14 recordings of 20 to 150 ms for training and 4 for testing.
class Recordings : public test::Program {
 protected:
  Recordings() {
    for (std::uint32_t n = 0; n < 18; ++n) {
      const auto recording = test::make_recording(20 + 37 * n % 130, n);
      test::Bytes bytes;
      for (const auto& event : recording.events) {
        const auto word = static_cast<std::uint32_t>(event.time - recording.events[0].time) | (event.on ? 0x800000u : 0u);
        bytes.push_back(static_cast<std::uint8_t>(event.column + 34 - 3));
        bytes.push_back(static_cast<std::uint8_t>(event.row));
        for (const int shift : {16, 8, 0}) bytes.push_back(static_cast<std::uint8_t>(word >> shift));
      }
      const auto file = folder / "set" / (n < 14 ? "train" : "test") / std::to_string(n % 3) / (std::to_string(n) + ".bin");
      std::filesystem::create_directories(file.parent_path());
      test::write_file(file, bytes);
    }
    document["inputs"] = 2 * 34 * 34;
    // Engines have weights of 8 bits unless they are told otherwise.
    document["weight_width"] = 8;
    const int thresholds[] = {250, 150};
    for (std::size_t layer = 0; layer < 2; ++layer) {
      document["layers"][layer]["threshold"] = {{"raw", thresholds[layer]}};
      document["layers"][layer]["window"] = {{"raw", 50}};
      document["layers"][layer]["input_shift"] = 0;
      document["layers"][layer]["initial_amplitude"] = {{"raw", 100}};
    }
    write_network();
  }
  void write_network() const { test::write_file(network, document.dump()); }
  [[nodiscard]] std::string chunked(const std::string& more = "") const {
    return "{\"folder\": \"" + (folder / "set").string() + "\", \"step_ms\": 1" + more + "}";
  }
  [[nodiscard]] std::string path(const std::string& file) const { return (folder / file).string(); }
  [[nodiscard]] std::string text_of(const std::string& file) const {
    const auto bytes = test::read_file(folder / file);
    return {bytes.begin(), bytes.end()};
  }
  [[nodiscard]] static std::size_t lines(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }
  nlohmann::json document = test::recordings_network(false);
};

TEST_F(Recordings, AreCountedNotTheirChunks) {
  data = chunked();
  auto ended = run(learn("state", {"--passes", "2", "--results", path("r.csv"), "--output", path("out"), "--validation", "3"}));
  ASSERT_EQ(ended.code, 0) << ended.text;
  const auto summary = nlohmann::json::parse(text_of("out/summary.json"));
  EXPECT_EQ(summary["samples_learned"], 22);
  EXPECT_EQ(summary["samples_tested"], 3);
  EXPECT_EQ(lines(text_of("r.csv")), 23u);
  EXPECT_EQ(runtime::read_checkpoint(folder / "state").position, 22u);
  ended = run({"test", "--checkpoint", path("state"), "--data", data, "--results", path("t.csv"), "--trace", path("p.csv"),
               "--launch-samples", "2", "--output", path("out"), "--quiet"});
  ASSERT_EQ(ended.code, 0) << ended.text;
  EXPECT_EQ(nlohmann::json::parse(text_of("out/summary.json"))["samples_tested"], 4);
  EXPECT_EQ(lines(text_of("t.csv")), 5u);
  EXPECT_EQ(lines(text_of("p.csv")) % (2 * 32), 1u) << "layers and steps of whole chunks, and the header";
  ended =
      run({"compare", network, "--data", data, "--samples", "14", "--test-samples", "4", "--launch-samples", "2", "--quiet"});
  EXPECT_EQ(ended.code, 0) << ended.text;
  ended = run({"data", "show", data, "--index", "1"});
  expect_all_in(ended.text, {"of 14", "chunks of 20 steps of 1 ms", "chunk   1"});
  expect_all_in(run({"data", "check", data}).text, {"14 + 4 samples", "chunks of 20 steps of 1 ms", "chunks a sample"});
}

TEST_F(Recordings, AResumedRunGivesTheFilesOfAnUninterruptedOne) {
  data = chunked();
  const auto plan = [&](const std::string& samples, const std::string& name) {
    return learn(name, {"--samples", samples, "--order", "shuffled", "--launch-samples", "3", "--checkpoint-every", "4",
                        "--resume", "--results", path(name + ".csv"), "--trace", path(name + ".trace")});
  };
  ASSERT_EQ(run(plan("23", "whole")).code, 0);
  for (const auto* const samples : {"5", "16", "23"}) {
    const auto ended = run(plan(samples, "parts"));
    ASSERT_EQ(ended.code, 0) << ended.text;
  }
  EXPECT_EQ(text_of("parts.csv"), text_of("whole.csv"));
  EXPECT_EQ(text_of("parts.trace"), text_of("whole.trace"));
  EXPECT_EQ(test::read_file(folder / "parts"), test::read_file(folder / "whole"));
}

TEST_F(Recordings, WhatDoesNotFitIsRefusedByName) {
  data = chunked(", \"steps\": 16");
  expect_failure(1, learn("state"), {network, "steps", "32", "16"});
  data = chunked();
  document["keep"] = false;
  write_network();
  expect_failure(1, learn("state"), {network, "keep", "false", "\"step_ms\": 1"});
  expect_failure(1, {"compare", network, "--data", data}, {network, "keep"});
  data = chunked(", \"window_ms\": -1");
  expect_failure(1, learn("state"), {"window_ms", "-1"});
  data = "{\"folder\": \"" + (folder / "set").string() + "\", \"step_ms\": 0}";
  expect_failure(1, learn("state"), {"step_ms", "0"});
  data = "{\"set\": \"mnist\", \"step_ms\": 1}";
  expect_failure(1, learn("state"), {"step_ms", "event recordings only"});
}

/// Two checkpoints of other steps are of other data.
TEST_F(Recordings, ACheckpointOfOtherStepsIsRefused) {
  data = chunked();
  ASSERT_EQ(run(learn("state", {"--samples", "3"})).code, 0);
  data = "{\"folder\": \"" + (folder / "set").string() + "\", \"step_ms\": 2}";
  expect_failure(1, learn("state", {"--samples", "5", "--resume"}), {"state", "data.checksum"});
}

TEST_F(Recordings, OfAnExperimentAreCountedNotTheirChunks) {
  document.erase("seed");
  const nlohmann::json experiment = {
      {"phasic_experiment", 1},    {"name", "made"},      {"data", nlohmann::json::parse(chunked())},
      {"task", "class_continual"}, {"seeds", {1}},        {"passes", 2},
      {"validation", 2},           {"evaluate_every", 5}, {"launch_samples", 2},
      {"network", document}};
  test::write_file(folder / "e.json", experiment.dump());
  const auto ended = run({"experiment", "run", path("e.json"), "--results", path("rows.jsonl"), "--quiet"});
  ASSERT_EQ(ended.code, 0) << ended.text;
  const auto row = nlohmann::json::parse(text_of("rows.jsonl"));
  EXPECT_EQ(row["training_samples"], 12);
  EXPECT_EQ(row["samples_learned"], 24);
  EXPECT_EQ(row["learned"]["samples"], 24);
  EXPECT_EQ(row["judged_samples"], 4);
  EXPECT_EQ(row["judged"]["samples"], 4);
  std::vector<std::uint64_t> looks;
  for (const auto& look : row["validation"]) looks.push_back(look[0]);
  EXPECT_EQ(looks, (std::vector<std::uint64_t>{5, 10, 15, 20, 24}));
}

}  // namespace
}  // namespace phasic
