// SPDX-License-Identifier: Apache-2.0
/// What changes in place on a terminal stays in its row.
#include "tests/runtime/command/program.hpp"
#include "tests/runtime/live/made_stream.hpp"
#include "tests/runtime/terminal.hpp"

namespace phasic {
namespace {

constexpr unsigned short kNarrow = 40;

class NarrowTerminal : public test::Program {
 protected:
  /// The lines that are written over one another.
  std::vector<std::string> lines_of(const std::vector<std::string>& arguments, unsigned short columns = kNarrow) {
    test::Terminal terminal(columns);
    const auto output = folder / "output";
    const pid_t child = test::start(arguments, output, terminal.inner());
    const auto shown = terminal.shown();
    EXPECT_EQ(test::finish(child, output).code, 0) << shown;
    std::vector<std::string> lines;
    for (auto begin = shown.find('\r'); begin != std::string::npos;) {
      const auto next = shown.find('\r', begin + 1);
      const auto line = shown.substr(begin + 1, next == std::string::npos ? next : next - begin - 1);
      lines.push_back(line.substr(0, line.find('\x1b')));
      begin = next;
    }
    EXPECT_FALSE(lines.empty()) << shown;
    for (const auto& line : lines) EXPECT_LT(line.size(), columns) << line;
    return lines;
  }
};

TEST_F(NarrowTerminal, ProgressStaysInItsRow) {
  const std::vector<std::string> data_of{"--data", data};
  for (std::vector<std::string> arguments :
       {std::vector<std::string>{"learn", network, "--samples", "400"}, {"test", network}, {"compare", network}}) {
    arguments.insert(arguments.end(), data_of.begin(), data_of.end());
    const auto whole = arguments[0] == "compare" ? "100/100 samples (100 %), " : "400/400 samples (100 %), ";
    const auto narrow = lines_of(arguments), wide = lines_of(arguments, 200);
    EXPECT_NE(narrow.back().find(whole), std::string::npos) << narrow.back();
    EXPECT_NE(wide.back().find("[##############################] "), std::string::npos) << wide.back();
    EXPECT_NE(wide.back().find(" % right"), std::string::npos) << wide.back();
  }
}

TEST_F(NarrowTerminal, OfALongNameTheFiguresAreNotLost) {
  ASSERT_EQ(run({"init", data, "--output", (folder / "new").string()}).code, 0);
  auto experiment = nlohmann::json::parse(test::read_file(folder / "new" / "experiment.json"));
  experiment["name"] = "an-experiment-whose-name-is-wider-than-the-terminal";
  test::write_file(folder / "new" / "experiment.json", experiment.dump());
  const auto lines = lines_of(
      {"experiment", "run", (folder / "new" / "experiment.json").string(), "--results", (folder / "rows.jsonl").string()});
  EXPECT_NE(lines.back().find(" (100 %)"), std::string::npos) << lines.back();
}

TEST_F(NarrowTerminal, TheViewOfAStreamStaysInItsRowAndTellsWhatWasDropped) {
  auto document = test::small_network(2 * 4 * 4);
  document["samples"] = "event";
  test::write_file(network, document.dump());
  test::Bytes stream;
  for (std::uint32_t time = 0; time < 600'000; time += 500) {
    const auto record = test::event_record(1000 + time, time / 500 % 4, time / 2000 % 4, true);
    stream.insert(stream.end(), record.begin(), record.end());
  }
  test::write_file(folder / "made.events", stream);
  const auto lines = lines_of({"stream", network, (folder / "made.events").string(), "--camera", "4x4"});
  EXPECT_NE(lines.back().find("  dropped "), std::string::npos) << lines.back();
}

}  // namespace
}  // namespace phasic
