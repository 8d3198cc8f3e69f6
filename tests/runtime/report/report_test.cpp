// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/report.hpp"

#include <cstdlib>

#include "runtime/base/progress.hpp"
#include "runtime/run/stream.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

Report made_report() {
  Report report;
  report.network = parse_network(test::small_network(), "net.json");
  report.engine = "rtl64";
  report.transport = "xrt";
  report.lanes = 64;
  Phase phase{"made", 100, 80, {}, 2.0};
  phase.counters.samples = 100;
  phase.counters.header.run_cycles = 5000;
  phase.counters.layers[0].synaptic_operations = 256000;
  phase.counters.layers[0].update_operations = 16000;
  phase.counters.layers[1].synaptic_operations = 3200;
  report.learned = phase;
  phase.correct = 90;
  report.tested = phase;
  report.mismatches = 0;
  report.compared_with = "reference";
  return report;
}

TEST(Report, SummaryHasTheFiguresOfTheRun) {
  const auto document = summary(made_report());
  EXPECT_EQ(document["network"], "64-40-4");
  EXPECT_EQ(document["samples_learned"], 100);
  EXPECT_EQ(document["samples_tested"], 100);
  EXPECT_DOUBLE_EQ(document["accuracy"].get<double>(), 0.9);
  EXPECT_DOUBLE_EQ(document["cycles_per_learned_sample"].get<double>(), 50);
  EXPECT_DOUBLE_EQ(document["lane_utilisation"].get<double>(), 0.85);  // 272,000 of 64 * 5,000
  EXPECT_DOUBLE_EQ(document["learning"]["layers"][1]["lane_utilisation"].get<double>(), 0.01);
  EXPECT_EQ(document["mismatches"], 0);
}

TEST(Report, WithoutCyclesThereIsNoUtilisation) {
  auto report = made_report();
  report.learned->counters.header.run_cycles = 0;
  report.tested.reset();
  report.mismatches.reset();
  const auto document = summary(report);
  EXPECT_TRUE(document["lane_utilisation"].is_null());
  EXPECT_TRUE(document["cycles_per_learned_sample"].is_null());
  EXPECT_TRUE(document["accuracy"].is_null());
  EXPECT_TRUE(document["mismatches"].is_null());
  EXPECT_NE(table(report).find("untimed"), std::string::npos);
}

TEST(Report, CurveIsWrittenEvenWithoutGnuplot) {
  const test::TemporaryFolder folder;
  Curve curve;
  for (int n = 0; n < 750; ++n) curve.add(n >= 600);
  const char* const before = std::getenv("PATH");
  ASSERT_NE(before, nullptr);
  const std::string path = before;
  ::setenv("PATH", folder.path().c_str(), 1);
  const auto without = write_curve(folder.path(), "curve", "a title", curve, 0.5);
  ::setenv("PATH", path.c_str(), 1);
  EXPECT_TRUE(without.pictures.empty());
  EXPECT_NE(without.note.find("gnuplot is not installed"), std::string::npos);
  const auto text = test::read_file(without.csv);
  EXPECT_EQ(std::string(text.begin(), text.end()),
            "samples_learned,accuracy_percent\n100,0.000\n200,0.000\n300,0.000\n400,0.000\n500,0.000\n600,0.000\n700,20."
            "000\n750,33.333\n");
  const auto with = write_curve(folder.path(), "curve", "it's \"quoted\"", curve, std::nullopt);
  if (with.note.empty()) {
    ASSERT_FALSE(with.pictures.empty());
    EXPECT_GT(std::filesystem::file_size(with.pictures[0]), 1000u);
  }
}

TEST(Progress, DurationsAreReadable) {
  EXPECT_EQ(duration_text(0.26), "0.3 s");
  EXPECT_EQ(duration_text(9.96), "10 s");
  EXPECT_EQ(duration_text(59.2), "59 s");
  EXPECT_EQ(duration_text(59.7), "1:00");
  EXPECT_EQ(duration_text(309), "5:09");
  EXPECT_EQ(duration_text(3909), "1:05:09");
}

}  // namespace
}  // namespace phasic::runtime
