// SPDX-License-Identifier: Apache-2.0
/// What the program says to arguments that it cannot take.
#include "tests/runtime/command/program.hpp"

namespace phasic {
namespace {

class Arguments : public test::Program {};

TEST_F(Arguments, ANegativeNumberIsRefusedAsItWasTypedWhereACountIsNeeded) {
  const auto events = (folder / "none.events").string();
  const std::vector<std::vector<std::string>> refused{
      {"learn", network, "--samples"},
      {"learn", network, "--validation"},
      {"learn", network, "--validation", "5", "--validation-seed"},
      {"learn", network, "--launch-samples"},
      {"learn", network, "--device"},
      {"learn", network, "--compute-units"},
      {"learn", network, "--first-unit"},
      {"learn", network, "--tries"},
      {"test", network, "--samples"},
      {"stream", network, events, "--queue"},
      {"stream", network, events, "--downsample"},
      {"stream", network, events, "--label"},
      {"compare", network, "--samples"},
      {"compare", network, "--test-samples"},
      {"demo", "--stream-samples"},
      {"demo", "--stream-test-samples"},
      {"data", "show", data, "--index"},
      {"data", "show", data, "--scale"},
      {"data", "make", "synthetic-gestures", "--output", (folder / "made").string(), "--seed"},
      {"data", "make", "synthetic-gestures", "--output", (folder / "made").string(), "--samples"},
      {"experiment", "run", (folder / "none.json").string(), "--device"},
      {"import", (folder / "none.nir").string(), "--weights"},
      {"import", (folder / "none.nir").string(), "--steps"},
  };
  for (auto arguments : refused) {
    const auto option = arguments.back();
    arguments.emplace_back("-5");
    expect_failure(1, arguments, {option, "-5"});
    arguments.pop_back();
    arguments.back() += "=-18446744073709551615";
    expect_failure(1, arguments, {option, "-18446744073709551615"});
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "made"));
  expect_failure(1, {"learn", network, "--device", "0,-1"}, {"--device", "-1"});
  expect_failure(1, {"learn", network, "--samples", "18446744073709551617"}, {"--samples", "18446744073709551617"});
  expect_failure(1, {"learn", network, "--samples", "-5"}, {"--samples: -5; a whole number from 0 is needed"});
}

TEST_F(Arguments, AnUnknownCommandIsNamedWithTheKnownOnes) {
  expect_failure(1, {"experiment", "rum"},
                 {"phasic experiment: \"rum\" is no command (did you mean \"run\"?); known: run, resume"});
  expect_failure(1, {"experiment"}, {"phasic experiment: a command is needed; known: run, resume, report, page"});
  expect_failure(1, {"experiment", "--quick"}, {"phasic experiment: a command is needed; known: run"});
  expect_failure(1, {"data", "shwo", data}, {"phasic data: \"shwo\"", "did you mean \"show\"?"});
  expect_failure(1, {"laern", network}, {"phasic: \"laern\"", "did you mean \"learn\"?"});
}

TEST_F(Arguments, TooManyAreToldInTheOrderTyped) {
  expect_failure(1, {"learn", network, "--smaples", "5", "more"},
                 {"were not expected: --smaples 5 more (did you mean \"--samples\"?)"});
  expect_failure(1, {"learn", network, "more"}, {"was not expected: more\n"});
  expect_failure(1, {"--colour", "red"}, {"not expected: --colour red\n"});
}

TEST_F(Arguments, AWrongLevelIsNamedWhereItStands) {
  ::setenv("PHASIC_LOG", "loud", 1);
  const auto ended = run({"info"});
  const auto typed = run({"info", "--log", "silent"});
  ::unsetenv("PHASIC_LOG");
  EXPECT_EQ(ended.code, 1);
  EXPECT_TRUE(ended.text.starts_with("PHASIC_LOG: loud not in {")) << ended.text;
  EXPECT_EQ(typed.code, 1);
  EXPECT_TRUE(typed.text.starts_with("--log: silent not in {")) << typed.text;
}

TEST_F(Arguments, AReportOfAnExperimentSaysHowToGetItsResults) {
  ASSERT_EQ(run({"init", data, "--output", (folder / "new").string()}).code, 0);
  const auto file = (folder / "new" / "experiment.json").string();
  expect_failure(1, {"experiment", "report", file},
                 {file + ": is an experiment, not a file of results", "phasic experiment run " + file, "experiment.jsonl"});
  const auto text = nlohmann::json::parse(test::read_file(file)).dump();
  test::write_file(file, text + "\n");
  expect_failure(1, {"experiment", "report", file}, {file + ": is an experiment"});
}

}  // namespace
}  // namespace phasic
