// SPDX-License-Identifier: Apache-2.0
/// `phasic demo` on small networks and made data.
#include <sys/wait.h>

#include <cstdlib>

#include "tests/runtime/support.hpp"

namespace phasic {
namespace {

using nlohmann::json;

class Demo : public ::testing::Test {
 protected:
  Demo() {
    test::write_dataset(folder / "data", 400, 8, 4);
    test::write_file(folder / "net.json", test::small_network().dump());
    test::write_file(folder / "stream.json", experiment.dump());
  }
  [[nodiscard]] std::string text_of(const std::string& file) const {
    const auto bytes = test::read_file(folder / file);
    return {bytes.begin(), bytes.end()};
  }
  int run(const std::string& arguments) {
    const auto command = std::string(PHASIC_PROGRAM) + " " + arguments + " >" + (folder / "output").string() + " 2>&1";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  int demo(const std::string& arguments) {
    return run("demo --quiet --transport local --launch-samples 100 --network " + (folder / "net.json").string() +
               " --stream " + (folder / "stream.json").string() + " --data " + (folder / "data").string() + " --output " +
               (folder / "out").string() + " " + arguments);
  }

  test::TemporaryFolder folder;
  json experiment = {
      {"phasic_experiment", 1},
      {"name", "stream"},
      {"data", (folder / "data").string()},
      {"task", "class_continual"},
      {"seeds", {3}},
      {"samples", 200},
      {"network",
       {{"phasic_network", 1},
        {"name", "competing"},
        {"inputs", 64},
        {"classes", 4},
        {"steps", 1},
        {"samples", "graded"},
        {"layers",
         {{{"neurons", 16}, {"rule", "competition"}, {"input_shift", 0}, {"slowest_rate", "1/32"}, {"homeostasis", 1000}}}}}}};
};

TEST_F(Demo, LearnsBothAndTellsOfBoth) {
  ASSERT_EQ(demo("--engine reference --samples 300 --test-samples 100 --stream-test-samples 400"), 0) << text_of("output");
  test::expect_all_in(text_of("output"), {"competing", "small", "64-40-4", "64-16", "one after the other", "forgetting",
                                          "mismatches with reference", "accuracy of each class", "summary.json"});
  const auto summary = json::parse(text_of("out/summary.json"));
  EXPECT_EQ(summary["samples_learned"], 300);
  EXPECT_EQ(summary["samples_tested"], 100);
  EXPECT_EQ(summary["mismatches"], 0);
  const auto& stream = summary["class_continual"];
  EXPECT_EQ(stream["samples_learned"], 200);
  EXPECT_EQ(stream["samples_tested"], 400);
  EXPECT_EQ(stream["mismatches"], 0);
  EXPECT_GT(stream["accuracy"].get<double>(), 0.7);

  // An experiment on the same file is the same run.
  ASSERT_EQ(run("experiment run --quiet " + (folder / "stream.json").string() + " --results " + (folder / "rows").string()), 0)
      << text_of("output");
  const auto row = json::parse(text_of("rows"));
  for (const auto* key : {"order", "matrix", "forgetting", "accuracy"}) EXPECT_EQ(stream[key], row[key]) << key;

  const auto rows = text_of("out/matrix.csv");
  EXPECT_EQ(std::count(rows.begin(), rows.end(), '\n'), 1 + 1 + 2 + 3 + 4);
  const auto curve = text_of("out/class_curve.csv");
  EXPECT_EQ(std::count(curve.begin(), curve.end(), '\n'), 1 + 2);
  if (std::system("command -v gnuplot >/dev/null") == 0) {
    EXPECT_NE(text_of("out/main.svg").find("class learned last"), std::string::npos);
  }
}

TEST_F(Demo, ADifferenceInEitherEndsWithItsCode) {
  const std::string sides =
      "--samples 200 --test-samples 100 --engine spoiled --engine-options '{\"spoiled_from\": 1000000}' --against spoiled ";
  const auto spoiled_from = [&](int run) {
    return demo(sides + "--against-options '{\"spoiled_from\": " + std::to_string(run) + "}'");
  };
  EXPECT_EQ(spoiled_from(1000000), 0) << text_of("output");
  // The mixed classes are learned in two launches, the stream in four.
  EXPECT_EQ(spoiled_from(3), 2) << text_of("output");
  test::expect_all_in(text_of("output"), {"DIFFERENT: ", "weight"});
  auto summary = json::parse(text_of("out/summary.json"));
  EXPECT_EQ(summary["mismatches"], 0);
  EXPECT_EQ(summary["class_continual"]["mismatches"], 1);
  EXPECT_EQ(spoiled_from(2), 2) << text_of("output");
  summary = json::parse(text_of("out/summary.json"));
  EXPECT_EQ(summary["mismatches"], 1);
  EXPECT_EQ(summary["class_continual"]["mismatches"], 1);
}

/// The stream's network, with filters that are prepared.
json prepared_network() {
  return {{"phasic_network", 1},
          {"name", "prepared"},
          {"inputs", 64},
          {"shape", {8, 8}},
          {"classes", 4},
          {"steps", 1},
          {"samples", "graded"},
          {"layers",
           {{{"kind", "convolution"},
             {"channels", 5},
             {"kernel", 3},
             {"grid", 2},
             {"threshold", {{"raw", 1}}},
             {"rule", "frozen"},
             {"initial_amplitude", {{"raw", 100}}}},
            {{"neurons", 4}, {"rule", "discriminant"}}}},
          {"preparation", {{"samples", 60}, {"measured", 30}}}};
}

TEST_F(Demo, PreparesTheStreamsNetworkAsAnExperimentDoes) {
  experiment["network"] = prepared_network();
  test::write_file(folder / "stream.json", experiment.dump());
  ASSERT_EQ(demo("--engine reference --samples 100 --test-samples 100 --stream-test-samples 400"), 0) << text_of("output");
  const auto stream = json::parse(text_of("out/summary.json"))["class_continual"];
  ASSERT_EQ(run("experiment run --quiet " + (folder / "stream.json").string() + " --results " + (folder / "rows").string()), 0)
      << text_of("output");
  const auto row = json::parse(text_of("rows"));
  for (const auto* key : {"order", "matrix", "forgetting", "accuracy"}) EXPECT_EQ(stream[key], row[key]) << key;
}

TEST_F(Demo, ADifferenceInThePreparationEndsIt) {
  experiment["network"] = prepared_network();
  test::write_file(folder / "stream.json", experiment.dump());
  const auto spoiled_from = [&](int run) {
    return demo(
        "--samples 100 --test-samples 100 --engine spoiled --engine-options '{\"spoiled_from\": 1000000}' --against spoiled "
        "--against-options '{\"spoiled_from\": " +
        std::to_string(run) + "}'");
  };
  const auto tested = [this] {
    return json::parse(text_of("out/summary.json"))["class_continual"]["samples_tested"].get<int>();
  };
  // A launch of the preparation and one for each class, on both sides.
  EXPECT_EQ(spoiled_from(6), 0) << text_of("output");
  EXPECT_EQ(spoiled_from(5), 2) << text_of("output");
  EXPECT_GT(tested(), 0) << "classes were learned until then";
  EXPECT_EQ(spoiled_from(1), 2) << text_of("output");
  EXPECT_EQ(tested(), 0) << "the preparation differs, and nothing is learned";
}

TEST_F(Demo, AnExperimentOfAnotherTaskIsRefused) {
  experiment["task"] = "classification";
  test::write_file(folder / "stream.json", experiment.dump());
  EXPECT_EQ(demo("--engine reference --samples 100 --test-samples 100"), 1);
  test::expect_all_in(text_of("output"), {"stream.json", "task", "class_continual"});
}

}  // namespace
}  // namespace phasic
