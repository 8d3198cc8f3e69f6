// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/rows.hpp"

#include <signal.h>
#include <sys/resource.h>

#include "runtime/report/page.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

std::string text_of(const std::filesystem::path& file) {
  const auto bytes = test::read_file(file);
  return {bytes.begin(), bytes.end()};
}

TEST(Rows, ComeBackAsTheyWereAppended) {
  const test::TemporaryFolder folder;
  {
    RowFile file(folder / "rows.jsonl");
    file.append({{"run", "a"}, {"text", "line\nbreak"}});
    file.append({{"run", "b"}});
  }
  RowFile(folder / "rows.jsonl").append({{"run", "c"}});
  const auto rows = read_rows(folder / "rows.jsonl");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0]["text"], "line\nbreak");
  EXPECT_EQ(rows[2]["run"], "c");
  EXPECT_TRUE(read_rows(folder / "none.jsonl").empty());
}

TEST(Rows, LoseOnlyTheLineThatACrashCutOff) {
  const std::string whole = "{\"run\":\"a\"}\n{\"run\":\"b\"}\n";
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    const test::TemporaryFolder folder;
    test::write_file(folder / "rows.jsonl", whole.substr(0, length));
    const std::size_t kept = length < 12 ? 0 : length < whole.size() ? 1 : 2;
    EXPECT_EQ(read_rows(folder / "rows.jsonl").size(), kept) << length;
    RowFile(folder / "rows.jsonl").append({{"run", "c"}});
    EXPECT_EQ(text_of(folder / "rows.jsonl"), whole.substr(0, kept * 12) + "{\"run\":\"c\"}\n") << length;
  }
}

TEST(Rows, LeaveAFileAloneThatHoldsSomethingElse) {
  const test::TemporaryFolder folder;
  for (const std::string text : {R"({"precious": 1})", "precious", "{\"run\":\"a\"}\nprecious"}) {
    test::write_file(folder / "other.json", text);
    test::expect_all_in(test::refusal([&] { RowFile file(folder / "other.json"); }), {"other.json", "no file of results"});
    EXPECT_EQ(text_of(folder / "other.json"), text);
  }
}

TEST(Rows, AreKeptIfATextIsNotUnicode) {
  const test::TemporaryFolder folder;
  RowFile(folder / "rows.jsonl").append({{"run", "a"}, {"command", "run m\xfcller.json"}});
  ASSERT_EQ(read_rows(folder / "rows.jsonl").size(), 1U);
  EXPECT_EQ(read_rows(folder / "rows.jsonl")[0]["run"], "a");
}

TEST(Rows, WithoutTheFieldsOfTablesAreNamed) {
  const test::TemporaryFolder folder;
  test::write_file(folder / "rows.jsonl", std::string("{\"note\": \"x\"}\n"));
  test::expect_all_in(test::refusal([&] { (void)read_checked_rows(folder / "rows.jsonl"); }),
                      {"rows.jsonl", "line 1, experiment", "missing"});
  EXPECT_TRUE(read_checked_rows(folder / "none.jsonl").empty());
}

TEST(Rows, AreWrittenByOneProcessAtATime) {
  const test::TemporaryFolder folder;
  RowFile first(folder / "rows.jsonl");
  first.append({{"run", "a"}});
  test::expect_all_in(test::refusal([&] { RowFile second(folder / "rows.jsonl"); }), {"rows.jsonl", "another process"});
  EXPECT_EQ(read_rows(folder / "rows.jsonl").size(), 1U) << "readers are not kept out";
}

TEST(Rows, ThatAreThereAlreadyAreNotCountedTwice) {
  const test::TemporaryFolder folder;
  const auto row = [](const std::string& run, double accuracy, double seconds) {
    return nlohmann::json{{"experiment", "e"}, {"run", run}, {"accuracy", accuracy}, {"seconds", seconds}, {"commit", "x"}};
  };
  std::vector<nlohmann::json> rows{row("a", 0.5, 1), row("b", 0.6, 2), row("a", 0.5, 3), row("c", 0.5, 1), row("a", 0.5, 4)};
  leave_out_repeats(rows, "rows.jsonl");
  EXPECT_EQ(rows, (std::vector{row("a", 0.5, 1), row("b", 0.6, 2), row("c", 0.5, 1)}));
  rows.push_back(row("b", 0.7, 2));
  test::expect_all_in(test::refusal([&] { leave_out_repeats(rows, "rows.jsonl"); }),
                      {"rows.jsonl", "lines 2 and 4", "\"b\"", "other results"});
  rows.back()["experiment"] = "f";
  EXPECT_NO_THROW(leave_out_repeats(rows, "rows.jsonl"));
  EXPECT_EQ(rows.size(), 4U);
}

TEST(Rows, ThatCannotBeWrittenWholeAreTakenBack) {
  const test::TemporaryFolder folder;
  RowFile file(folder / "rows.jsonl");
  file.append({{"run", "a"}});
  // A file may be 20 bytes long, as on a disk that is full: the next row does not fit.
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{20, before.rlim_max};
  const auto signals = ::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto refused = test::refusal([&] { file.append({{"run", "b"}}); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, signals);
  test::expect_all_in(refused, {"rows.jsonl", "File too large"});
  EXPECT_EQ(text_of(folder / "rows.jsonl"), "{\"run\":\"a\"}\n");
  test::expect_all_in(test::refusal([&] { RowFile device("/dev/full"); }), {"/dev/full", "device"});
}

TEST(Rows, ThatAreNoObjectsAreNamed) {
  const test::TemporaryFolder folder;
  test::write_file(folder / "rows.jsonl", std::string("{}\n[1]\n"));
  test::expect_all_in(test::refusal([&] { (void)read_rows(folder / "rows.jsonl"); }), {"rows.jsonl", "line 2"});
  test::write_file(folder / "rows.jsonl", std::string("{}\n{\"a\":}\n{}\n"));
  test::expect_all_in(test::refusal([&] { (void)read_rows(folder / "rows.jsonl"); }), {"rows.jsonl", "line 2"});
  test::expect_all_in(test::refusal([&] { RowFile file(folder.path() / "no" / "rows.jsonl"); }),
                      {"rows.jsonl", "No such file"});
}

}  // namespace
}  // namespace phasic::runtime
