// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/report.hpp"

#include <cstdlib>

#include "runtime/base/progress.hpp"
#include "runtime/network/program.hpp"
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

TEST(Report, HasNeuroBenchsMeasures) {
  auto report = made_report();  // 64-40-4 with biases, 8 steps
  auto& counters = report.tested->counters;
  counters.kernel_samples = 100;
  counters.layers[0].synaptic_operations = 100 * 8 * (5 * 40 + 40);  // five inputs and the bias at each step
  counters.layers[1].synaptic_operations = 100 * 8 * (2 * 4 + 4);
  counters.layers[0].spikes = 100 * 8 * 2;
  counters.layers[1].spikes = 0;
  report.connection_sparsity = 0.25;
  const auto document = summary(report)["testing"]["neurobench"];
  EXPECT_DOUBLE_EQ(document["SynapticOperations"]["Effective_ACs"].get<double>(), 8 * (5 * 40 + 2 * 4));
  EXPECT_DOUBLE_EQ(document["SynapticOperations"]["Effective_MACs"].get<double>(), 0);
  EXPECT_DOUBLE_EQ(document["SynapticOperations"]["Dense"].get<double>(), 8 * (64 * 40 + 40 * 4));
  EXPECT_DOUBLE_EQ(document["ActivationSparsity"].get<double>(), 1 - 2.0 / 44);
  EXPECT_DOUBLE_EQ(document["ConnectionSparsity"].get<double>(), 0.25);
  EXPECT_FALSE(summary(report)["testing"].contains("estimated_energy"));
}

TEST(Report, OfRecordingsCountsTheStepsOfAllChunks) {
  auto report = made_report();
  report.tested->counters.kernel_samples = 300;
  EXPECT_DOUBLE_EQ(summary(report)["testing"]["neurobench"]["SynapticOperations"]["Dense"].get<double>(),
                   3 * 8 * (64 * 40 + 40 * 4));
}

TEST(Report, EstimatesEnergyWithItsSource) {
  const test::TemporaryFolder folder;
  nlohmann::json table = {{"phasic_energy", 1},    {"process", "a process"},      {"source", "somebody"},
                          {"accumulate_pj", 2},    {"multiply_accumulate_pj", 5}, {"read_pj_per_byte", 3},
                          {"write_pj_per_byte", 7}};
  test::write_file(folder / "table.json", table.dump());
  auto report = made_report();
  report.energy = load_energy_table(folder / "table.json");
  // (256,000 + 3,200) operations of 2 + 3 and 16,000 updates of 5 + 3 + 7, over 100 samples
  const auto estimated = summary(report)["learning"]["estimated_energy"];
  EXPECT_DOUBLE_EQ(estimated["picojoules_per_sample"].get<double>(), (259200.0 * 5 + 16000.0 * 15) / 100);
  EXPECT_EQ(estimated["source"], "somebody");
  EXPECT_NE(runtime::table(report).find("energy is estimated for a process, by somebody"), std::string::npos);
  table["source"] = "";
  test::write_file(folder / "table.json", table.dump());
  test::expect_all_in(test::refusal([&] { (void)load_energy_table(folder / "table.json"); }), {"table.json: source"});
  table["source"] = "somebody";
  table["accumulate_pj"] = -1;
  test::write_file(folder / "table.json", table.dump());
  test::expect_all_in(test::refusal([&] { (void)load_energy_table(folder / "table.json"); }), {"accumulate_pj", "-1"});
}

TEST(Report, CountsWeightsThatAreZero) {
  const auto network = parse_network(test::small_network(), "net.json");
  const auto layout = layout_of(network);
  std::vector<std::byte> weights(layout.weights_bytes);
  EXPECT_DOUBLE_EQ(connection_sparsity(network, weights), 1);
  for (std::uint32_t row = 0; row < 64; ++row)
    for (std::uint32_t j = 0; j < 40; ++j) put_weight(network, layout, weights, 0, row, j, 1);
  put_weight(network, layout, weights, 1, 40, 0, 1);  // a bias
  EXPECT_DOUBLE_EQ(connection_sparsity(network, weights), 160.0 / (2560 + 160));
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
