// SPDX-License-Identifier: Apache-2.0
/// The HLS kernel's estimate of clock cycles beside the cycles of the simulated RTL.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace {

TEST(Cycles, EstimateOf784By256By10AtSixtyFourLanesIsWithinATenthOfTheRtl) {
  const auto file = std::filesystem::path(testing::TempDir()) / "phasic_hls_cycles.json";
  const auto command = fmt::format("{} --engine rtl64 hls64 --neurons 784 256 10 --samples 6 --json {} > /dev/null",
                                   PHASIC_CYCLES_PROGRAM, file.string());
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  const auto figures = nlohmann::json::parse(std::ifstream(file));
  std::filesystem::remove(file);
  ASSERT_EQ(figures.size(), 4U);
  for (const std::size_t mode : {0U, 1U}) {
    const auto& rtl = figures[mode];
    const auto& hls = figures[2 + mode];
    ASSERT_EQ(rtl["engine"], "rtl64");
    ASSERT_EQ(hls["engine"], "hls64");
    ASSERT_EQ(rtl["learning"], hls["learning"]);
    EXPECT_EQ(rtl["limit"], hls["limit"]) << "the same events";
    EXPECT_NEAR(hls["cycles_per_sample"].get<double>() / rtl["cycles_per_sample"].get<double>(), 1, 0.1)
        << "learning: " << rtl["learning"];
  }
}

}  // namespace
