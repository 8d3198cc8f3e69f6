// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/terminal.hpp"

#include <gtest/gtest.h>

#include "tests/runtime/terminal.hpp"

namespace phasic::runtime {
namespace {

TEST(FirstCharacters, AreWholeOnesOfUtf8) {
  EXPECT_EQ(first_characters("window", 3), "win");
  EXPECT_EQ(first_characters("window", 6), "window");
  EXPECT_EQ(first_characters("window", 7), "window");
  EXPECT_EQ(first_characters("window", 0), "");
  // Of one, two, three and four bytes.
  const std::string mixed = "a\u00e4\u20ac\U0001F600b";
  const std::size_t ends[] = {0, 1, 3, 6, 10, 11};
  for (std::size_t count = 0; count < std::size(ends); ++count)
    EXPECT_EQ(first_characters(mixed, count), mixed.substr(0, ends[count])) << count;
  EXPECT_EQ(count_characters(mixed), 5u);
}

TEST(RewriteLine, FollowsTheWidthOfATerminal) {
  test::Terminal terminal(10);
  std::FILE* stream = ::fdopen(::dup(terminal.inner()), "w");
  ASSERT_NE(stream, nullptr);
  EXPECT_EQ(terminal_columns(terminal.inner()), 10u);
  rewrite_line(stream, "0123456789abcdef");
  terminal.resize(6);
  rewrite_line(stream, "0123456789abcdef");
  rewrite_line(stream, "01");
  std::fclose(stream);
  EXPECT_EQ(terminal.shown(), "\r012345678\x1b[K\r01234\x1b[K\r01\x1b[K");
}

TEST(RewriteLine, CutsNothingElsewhere) {
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(terminal_columns(::fileno(file)), std::nullopt);
  const std::string line(5000, 'x');
  rewrite_line(file, line);
  EXPECT_EQ(std::ftell(file), 5000 + 4);
  std::fclose(file);
}

}  // namespace
}  // namespace phasic::runtime
