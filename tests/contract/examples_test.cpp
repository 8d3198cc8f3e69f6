// SPDX-License-Identifier: Apache-2.0
/// The worked examples of docs/specification.md are well formed. That they hold is for the tests of the reference.
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <sstream>
#include <string>

#include "files.hpp"

namespace {

TEST(Examples, EveryLineIsAKindWithGivenAndResultingValues) {
  std::istringstream page(phasic::test::read_text(PHASIC_SPECIFICATION));
  const std::regex pattern(R"(([a-z_]+)(?: [a-z_]+=[-0-9a-z_.,:]+)+ ->(?: [a-z_]+=[-0-9a-fx,]+)+)");
  std::map<std::string, int> kinds;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line == "```examples") {
      EXPECT_FALSE(inside);
      inside = true;
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      std::smatch match;
      if (std::regex_match(line, match, pattern)) {
        ++kinds[match[1]];
      } else {
        ADD_FAILURE() << line;
      }
    }
  }
  EXPECT_FALSE(inside);
  for (const char* const kind : {"neuron",     "signal",   "factor", "update",   "expectation",  "level",        "permute",
                                 "sample_key", "encoding", "spike",  "rounding", "sample",       "postsynaptic", "presynaptic",
                                 "answer",     "match",    "pull",   "contest",  "discriminant", "solve",        "drawn"}) {
    EXPECT_GE(kinds[kind], 2) << kind;
  }
  EXPECT_EQ(kinds.size(), 29U);
}

}  // namespace
