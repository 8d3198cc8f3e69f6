// SPDX-License-Identifier: Apache-2.0
/// The chart of a sweep: which rows are drawn in which panel, and where.
#include "bench/platform/chart.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include "bench/platform/sweep_chart.hpp"

namespace phasic::bench {
namespace {

using Json = nlohmann::ordered_json;

Json row(const char* mode, int lanes, int units, int width, const char* kind) {
  return {{"mode", mode},
          {"lanes", lanes},
          {"units", units},
          {"bank_bytes_a_cycle", width},
          {"kind", kind},
          {"samples_per_second", 1000.0 * units},
          {"bytes_a_cycle", std::min<double>(width, 0.4 * units)},
          {"bank_busy", std::min<double>(100, 40.0 * units / width)},
          {"unit_busy", 90.0}};
}

std::vector<Json> rows(std::initializer_list<int> widths, const char* kind) {
  std::vector<Json> rows;
  for (const char* mode : {"inference", "learning"})
    for (const int lanes : {8, 64})
      for (const int width : widths)
        for (const int units : {1, 2, 4, 8}) rows.push_back(row(mode, lanes, units, width, kind));
  return rows;
}

std::string drawn(const std::vector<ChartPanel>& panels) {
  const auto path = std::filesystem::temp_directory_path() / ("phasic_chart_test_" + std::to_string(::getpid()) + ".svg");
  write_chart(path.string(), panels, kSweepColumns, {"a note"});
  std::ifstream in(path);
  std::string svg{std::istreambuf_iterator<char>(in), {}};
  std::filesystem::remove(path);
  return svg;
}

/// What the expression finds in the text, the first group as a number.
std::vector<double> numbers(const std::string& text, const char* expression) {
  const std::regex pattern(expression);
  std::vector<double> found;
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) found.push_back(std::stod((*at)[1]));
  return found;
}

TEST(Chart, EachQuantityHasAPanelForInferenceAndOneForLearning) {
  const auto panels = sweep_panels(rows({64}, "RTL"), rows({64, 1}, "estimated"));
  ASSERT_EQ(panels.size(), 8U);
  for (std::size_t n = 0; n < panels.size(); ++n) {
    EXPECT_EQ(panels[n].title, n % 2 == 0 ? "inference" : "learning");
    EXPECT_EQ(panels[n].quantity, panels[n - n % 2].quantity);
    ASSERT_EQ(panels[n].lines.size(), 4U) << "two of short jobs, two of long ones on the narrow bank";
    EXPECT_EQ(panels[n].lines[3].name, "64 lanes, long, 1 B");
    EXPECT_EQ(panels[n].lines[3].colour, panels[n].lines[1].colour);
    EXPECT_FALSE(panels[n].lines[1].dashed);
    EXPECT_TRUE(panels[n].lines[3].dashed);
    EXPECT_TRUE(panels[n].lines[1].points[0].simulated);
    EXPECT_FALSE(panels[n].lines[3].points[0].simulated);
  }
  EXPECT_EQ(panels[0].lines[0].points[3].value, 8000);
  EXPECT_EQ(panels[4].lines[3].points[3].value, 100);
  ASSERT_EQ(panels[2].limits.size(), 2U);
  EXPECT_EQ(panels[2].limits[1].value, 1);
  EXPECT_TRUE(panels[4].limits.empty());
}

TEST(Chart, ATableThatWasNotMadeLeavesItsLinesOut) {
  for (const ChartPanel& panel : sweep_panels(rows({64}, "RTL"), {})) EXPECT_EQ(panel.lines.size(), 2U);
  for (const ChartPanel& panel : sweep_panels({}, rows({64, 1}, "RTL"))) EXPECT_EQ(panel.lines.size(), 2U);
  EXPECT_NE(drawn(sweep_panels({}, {})).find("</svg>"), std::string::npos);
}

TEST(Chart, ValuesStandWhereTheAxisHasThem) {
  ChartPanel panel{.title = "t", .quantity = "q", .scale = Scale::kPercent, .lines = {}, .limits = {}};
  panel.lines.push_back({"line", 0, false, {{1, 0, true}, {2, 50, true}, {4, 100, true}}});
  const auto at = numbers(drawn({panel}), R"#(<circle cx="[\d.]+" cy="([\d.]+)")#");
  ASSERT_EQ(at.size(), 3U);
  EXPECT_NEAR(at[1], (at[0] + at[2]) / 2, 0.11);
  EXPECT_GT(at[0], at[2]);
  panel.scale = Scale::kLogarithmic;
  panel.lines[0].points = {{1, 0.1, true}, {2, 1, true}, {4, 10, true}};
  const auto powers = numbers(drawn({panel}), R"#(<circle cx="[\d.]+" cy="([\d.]+)")#");
  EXPECT_EQ(powers, at);
}

TEST(Chart, NamesOfLinesThatEndTogetherStandApartAndBesideThePlot) {
  ChartPanel panel{.title = "t", .quantity = "q", .scale = Scale::kPercent, .lines = {}, .limits = {}};
  for (int n = 0; n < 7; ++n) panel.lines.push_back({"name", 0, false, {{1, 50, true}, {8, 99.0 + 0.1 * n, true}}});
  auto at = numbers(drawn({panel}), R"#(y="([\d.]+)"[^>]*>name<)#");
  ASSERT_EQ(at.size(), 7U);
  std::sort(at.begin(), at.end());
  for (std::size_t n = 1; n < at.size(); ++n) EXPECT_GE(at[n] - at[n - 1], 12.9);
  const auto top = numbers(drawn({panel}), R"#(V([\d.]+)")#").front() - 200;
  EXPECT_GE(at.front(), top);
}

TEST(Chart, AFileThatCannotBeWrittenIsAnError) {
  for (const auto& [file, reason] : {std::pair{"/nowhere/chart.svg", "No such file"}, {"/dev/full", "No space left"}}) {
    try {
      write_chart(file, {}, 2, {});
      ADD_FAILURE() << file;
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find(file), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find(reason), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace phasic::bench
