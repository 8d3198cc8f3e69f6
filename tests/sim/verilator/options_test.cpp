// SPDX-License-Identifier: Apache-2.0
#include "sim/verilator/options.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace phasic::engine {
namespace {

TEST(EngineOptionsTest, DefaultsAreRandomTimingAndNoWaves) {
  const EngineOptions options = parse_engine_options("{}");
  EXPECT_FALSE(options.timing.ideal);
  EXPECT_EQ(options.timing.seed, 1u);
  EXPECT_TRUE(options.wave.empty());
  EXPECT_FALSE(options.by_sample);
}

TEST(EngineOptionsTest, EveryKeyIsTaken) {
  const EngineOptions options = parse_engine_options(
      R"({"timing": "ideal", "seed": 18446744073709551615, "wave": "a.fst", "wave_from_cycle": 5, "wave_to_cycle": 6,
          "wave_from_sample": 7, "wave_to_sample": 8})");
  EXPECT_TRUE(options.timing.ideal);
  EXPECT_EQ(options.timing.seed, ~std::uint64_t{0});
  EXPECT_EQ(options.wave, "a.fst");
  EXPECT_FALSE(options.wave_cycles.contains(4));
  EXPECT_TRUE(options.wave_cycles.contains(5));
  EXPECT_TRUE(options.wave_cycles.contains(6));
  EXPECT_FALSE(options.wave_cycles.contains(7));
  EXPECT_TRUE(options.by_sample);
  EXPECT_EQ(options.wave_samples.from, 7u);
  EXPECT_EQ(options.wave_samples.to, 8u);
}

std::string complaint(const std::string& json) {
  try {
    (void)parse_engine_options(json);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(EngineOptionsTest, BadOptionsNameKeyAndValue) {
  EXPECT_NE(complaint(R"({"timing": "fast"})").find("timing is \"fast\""), std::string::npos);
  EXPECT_NE(complaint(R"({"seed": -1})").find("seed is -1"), std::string::npos);
  EXPECT_NE(complaint(R"({"wave": 3})").find("wave is 3"), std::string::npos);
  EXPECT_NE(complaint(R"({"wave_to_cycle": "x"})").find("wave_to_cycle is \"x\""), std::string::npos);
  EXPECT_NE(complaint(R"({"waves": "x"})").find("'waves'"), std::string::npos);
  EXPECT_NE(complaint("[1]").find("[1]"), std::string::npos);
  EXPECT_NE(complaint("{").find('{'), std::string::npos);
  const auto deep = R"({"timing": )" + std::string(200'000, '[') + std::string(200'000, ']') + "}";
  EXPECT_NE(complaint(deep).find("nested more than 64 deep"), std::string::npos);
}

}  // namespace
}  // namespace phasic::engine
