// SPDX-License-Identifier: Apache-2.0
/// Completion in shells, and the manual: as the program itself knows its options.
#include <fmt/format.h>

#include <sstream>

#include "tests/runtime/command/program.hpp"

namespace phasic {
namespace {

class Completion : public test::Program {
 protected:
  /// What bash offers for the last of these words.
  std::vector<std::string> offered(const std::vector<std::string>& words) {
    const auto script = run({"completion", "bash"});
    EXPECT_EQ(script.code, 0);
    std::string line = "PATH=\"$(dirname '" PHASIC_PROGRAM "'):$PATH\"\n" + script.text + "COMP_WORDS=(phasic";
    for (const auto& word : words) line += " '" + word + "'";
    line += fmt::format(")\nCOMP_CWORD={}\n_phasic\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n", words.size());
    test::write_file(folder / "ask", line);
    const auto command = fmt::format("cd '{0}' && bash ask > offered", folder.path().string());
    EXPECT_EQ(std::system(command.c_str()), 0);
    const auto bytes = test::read_file(folder / "offered");
    std::istringstream lines(std::string(bytes.begin(), bytes.end()));
    std::vector<std::string> result;
    for (std::string word; std::getline(lines, word);) result.push_back(word);
    return result;
  }
};

using Words = std::vector<std::string>;

TEST_F(Completion, OffersCommandsAndTheirOptions) {
  EXPECT_EQ(offered({"le"}), Words{"learn"});
  EXPECT_EQ(offered({"learn", "--valid"}), (Words{"--validation", "--validation-seed"}));
  test::write_file(folder / "live", std::string());
  EXPECT_EQ(offered({"data", "li"}), Words{"list"}) << "no file: data takes none";
  EXPECT_EQ(offered({"learn", "li"}), Words{"live"}) << "a network file";
  EXPECT_EQ(offered({"experiment", "report", "--ht"}), Words{"--html"});
  EXPECT_EQ(offered({"import", "--valid"}), Words{""}) << "an option of another command";
}

TEST_F(Completion, OffersTheValuesThatAnOptionTakes) {
  EXPECT_EQ(offered({"import", "g.nir", "--reset", ""}), (Words{"zero", "subtract"}));
  EXPECT_EQ(offered({"learn", "--engine", "refer"}), Words{"reference"});
  EXPECT_EQ(offered({"test", "--data", "fashion"}), Words{"fashion-mnist"});
}

TEST_F(Completion, OfOtherShellsNamesEveryCommand) {
  for (const std::string shell : {"zsh", "fish"}) {
    const auto script = run({"completion", shell});
    EXPECT_EQ(script.code, 0);
    test::expect_all_in(script.text, {"learn", "import", "list", "checkpoint-every", "zero subtract"});
  }
  expect_failure(1, {"completion", "csh"}, {"csh"});
}

TEST_F(Completion, TheManualHasEveryOptionThatHelpHas) {
  const auto pages = folder / "pages";
  ASSERT_EQ(run({"manual", pages.string()}).code, 0);
  for (const std::string command : {"learn", "test", "import", "compare", "demo"}) {
    const auto bytes = test::read_file(pages / ("phasic-" + command + ".1"));
    const std::string page(bytes.begin(), bytes.end());
    std::istringstream help(run({command, "--help"}).text);
    int options = 0;
    for (std::string word; help >> word;) {
      if (!word.starts_with("--") || word.size() < 4) continue;
      word = word.substr(0, word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"));
      std::string printed;
      for (const char c : word) printed += c == '-' ? std::string("\\-") : std::string(1, c);
      EXPECT_NE(page.find(printed), std::string::npos) << command << " " << word;
      ++options;
    }
    EXPECT_GT(options, 5) << command;
  }
  EXPECT_FALSE(test::read_file(pages / "phasic-data-list.1").empty());
}

}  // namespace
}  // namespace phasic
