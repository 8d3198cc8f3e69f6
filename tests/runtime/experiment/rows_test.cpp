// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/rows.hpp"

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
