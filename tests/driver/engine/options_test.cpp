// SPDX-License-Identifier: Apache-2.0
#include "driver/engine/options.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace phasic::engine {
namespace {

/// Arrays in each other as the value of a key.
std::string nested(std::size_t deep) { return R"({"a": )" + std::string(deep, '[') + std::string(deep, ']') + "}"; }

std::string complaint(const std::string& text) {
  try {
    (void)parse_options("engine options", text);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(EngineOptions, AnObjectIsTaken) {
  EXPECT_EQ(parse_options("engine options", R"({"a": [1, {"b": 2}]})")["a"][1]["b"], 2);
  EXPECT_EQ(complaint(nested(60)), "");
}

TEST(EngineOptions, WhatIsNoObjectIsShown) {
  EXPECT_EQ(complaint("[1]"), "engine options: '[1]' is not a JSON object");
  EXPECT_EQ(complaint("{"), "engine options: '{' is not a JSON object");
  EXPECT_EQ(complaint(""), "engine options: '' is not a JSON object");
}

TEST(EngineOptions, DeepNestingIsAnErrorAndNotWrittenOut) {
  for (const std::size_t deep : {100U, 2'000'000U}) {
    const auto told = complaint(nested(deep));
    EXPECT_NE(told.find("nested more than 64 deep"), std::string::npos) << told.substr(0, 200);
    EXPECT_LT(told.size(), 200U);
  }
}

}  // namespace
}  // namespace phasic::engine
