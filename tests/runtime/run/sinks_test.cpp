// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/sinks.hpp"

#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using test::expect_all_in;
using test::refusal;

class Rows : public ::testing::Test {
 protected:
  [[nodiscard]] std::string text() const {
    const auto bytes = test::read_file(file);
    return {bytes.begin(), bytes.end()};
  }
  void write(const std::string& content) const { test::write_file(file, content); }
  /// The file after a run that starts there and appends nothing.
  std::string begun(SinkStart start, std::string_view last) {
    SampleRows rows(file, "place,b\n", start, last);
    rows.begin();
    return text();
  }
  test::TemporaryFolder folder;
  std::filesystem::path file = folder / "rows.csv";
};

TEST_F(Rows, AreCutWhereTheRunGoesOn) {
  const std::string all = "place,b\n0,x\n0,y\n1,x\n1,y\n2,x\n2,y\n10,x\n";
  write(all + "10,");
  EXPECT_EQ(begun({OldRows::kGoneOn, 11}, "10,x"), all);
  write(all);
  EXPECT_EQ(begun({OldRows::kGoneOn, 3}, "2,y"), all.substr(0, 32));
  EXPECT_EQ(begun({OldRows::kGoneOn, 1}, "0,y"), all.substr(0, 16));
  EXPECT_EQ(begun({OldRows::kGoneOn, 0}, ""), "place,b\n");
  for (const std::string cut : {"", "pla", "place,b"}) {
    write(cut);
    EXPECT_EQ(begun({OldRows::kGoneOn, 0}, ""), "place,b\n");
  }
  write(all);
  EXPECT_EQ(begun({OldRows::kReplaced, 0}, ""), "place,b\n");
}

TEST_F(Rows, OfAnotherRunAreRefusedAndStay) {
  const std::string all = "place,b\n0,x\n0,y\n1,x\n";
  for (const auto& [content, start, last, parts] :
       {std::tuple{all, SinkStart{OldRows::kRefused, 0}, "", std::vector<std::string>{"rows", "no checkpoint"}},
        std::tuple{all, SinkStart{OldRows::kGoneOn, 2}, "1,y", std::vector<std::string>{"do not lead up to sample 2", "1,x"}},
        std::tuple{all, SinkStart{OldRows::kGoneOn, 4}, "3,y", std::vector<std::string>{"do not lead up to sample 4"}},
        std::tuple{std::string("place,b\n"), SinkStart{OldRows::kGoneOn, 4}, "3,y", std::vector<std::string>{"there are none"}},
        std::tuple{std::string("place\n0,x\n"), SinkStart{OldRows::kGoneOn, 1}, "0,x",
                   std::vector<std::string>{"line 1", "header"}},
        std::tuple{all + "what\n", SinkStart{OldRows::kGoneOn, 4}, "3,y", std::vector<std::string>{"line 5", "place"}}}) {
    write(content);
    expect_all_in(refusal([&, &start = start, &last = last] { SampleRows(file, "place,b\n", start, last).begin(); }),
                  [&, &parts = parts] {
                    auto all_parts = parts;
                    all_parts.push_back(file.string());
                    return all_parts;
                  }());
    EXPECT_EQ(text(), content);
  }
}

TEST_F(Rows, AreNotWrittenByTwo) {
  SampleRows first(file, "place,b\n", {}, "");
  first.begin();
  expect_all_in(refusal([&] { SampleRows(file, "place,b\n", {}, ""); }), {file.string(), "another process"});
}

TEST_F(Rows, AFileThatNothingBecameOfIsRemoved) {
  { const SampleRows rows(file, "place,b\n", {}, ""); }
  EXPECT_FALSE(std::filesystem::exists(file));
  expect_all_in(refusal([&] { SampleRows("/dev/full", "place,b\n", {}, "").begin(); }),
                {"/dev/full", "No space left on device"});
  expect_all_in(refusal([&] { SampleRows(folder / "none" / "rows.csv", "", {}, ""); }), {"none/rows.csv", "No such file"});
}

}  // namespace
}  // namespace phasic::runtime
