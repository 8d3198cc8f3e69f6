// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/trace.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>

#include "sim/systemc/fleet.hpp"
#include "sim/verilator/pins.hpp"
#include "tests/sim/systemc/case_job.hpp"

namespace phasic::platform {
namespace {

namespace fs = std::filesystem;

/// What a VCD file says: names of its variables, and the times at which something changes.
struct Vcd {
  std::set<std::string> names;
  std::set<std::uint64_t> times;  ///< nanoseconds
  std::uint64_t changes = 0;

  explicit Vcd(const std::string& path) {
    std::ifstream in(path);
    bool values = false;
    std::uint64_t time = 0;
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("$var")) {
        names.insert(line);
      } else if (line.starts_with("$enddefinitions")) {
        values = true;
      } else if (values && line.starts_with("#")) {
        time = std::stoull(line.substr(1));
      } else if (values && (line.starts_with("b") || line.starts_with("0") || line.starts_with("1"))) {
        ++changes;
        times.insert(time);
      }
    }
  }
  [[nodiscard]] bool has(const std::string& name) const {
    for (const auto& line : names)
      if (line.find(name) != std::string::npos) return true;
    return false;
  }
};

class Trace : public ::testing::Test {
 public:
  Trace() : path(::testing::TempDir() + "phasic_trace_test.vcd") { fs::remove(path); }
  ~Trace() override { fs::remove(path); }

  /// Runs two jobs on two units, and gives the cycle of the end.
  std::uint64_t run(std::uint64_t from, std::uint64_t to) {
    const auto limits = testing::limits_of("hls");
    const auto first = testing::job_case(1, limits), second = testing::job_case(2, limits);
    PlatformPlan plan;
    plan.units.assign(2, {.engine = "hls", .options = "{}", .compute = {}});
    plan.bank_bytes = 8 << 20;
    Platform platform(plan);
    const TraceFile trace(platform, path, from, to);
    (void)run_fleet(platform, {testing::job_of(first), testing::job_of(second)});
    return platform.now();
  }

  std::string path;
};

TEST_F(Trace, HasTransactionsInterruptsAndPhases) {
  const std::uint64_t end = run(0, ~std::uint64_t{0});
  const Vcd vcd(path);
  for (const char* unit : {"unit_0", "unit_1"})
    for (const char* name :
         {"busy", "interrupt", "phase", "samples_done", "read_address", "read_bytes", "write_address", "writes"})
      EXPECT_TRUE(vcd.has(name)) << unit << " " << name;
  EXPECT_GT(vcd.changes, 100U);
  EXPECT_GT(vcd.times.size(), 50U);
  EXPECT_LE(*vcd.times.rbegin(), 4 * end);
}

TEST_F(Trace, NothingChangesOutsideTheWindow) {
  const std::uint64_t end = run(0, ~std::uint64_t{0});
  const auto all = Vcd(path).times.size();
  const std::uint64_t from = end / 3, to = 2 * end / 3;
  EXPECT_EQ(run(from, to), end) << "looking changes nothing";
  Vcd vcd(path);
  EXPECT_GT(vcd.times.size(), 3U);
  EXPECT_LT(vcd.times.size(), all);
  // The first time has the values from which the file starts.
  vcd.times.erase(vcd.times.begin());
  EXPECT_GE(*vcd.times.begin(), 4 * from);
  EXPECT_LE(*vcd.times.rbegin(), 4 * (to + 1));
}

TEST_F(Trace, RefusesNamesThatItCannotWrite) {
  PlatformPlan plan;
  plan.units.assign(1, {.engine = "hls", .options = "{}", .compute = {}});
  plan.bank_bytes = 1 << 20;
  Platform platform(plan);
  EXPECT_THROW(TraceFile(platform, "trace.txt"), std::runtime_error);
  EXPECT_THROW(TraceFile(platform, "/no/such/folder/trace.vcd"), std::runtime_error);
}

/// The RTL of a unit writes its own waves where its build has them.
TEST(Waves, AUnitOfTheRtlWritesAnFstFileForItsWindow) {
  try {
    (void)engine::make_pins("rtl8trace");
  } catch (const std::runtime_error& error) {
    GTEST_SKIP() << error.what();
  }
  const std::string whole = ::testing::TempDir() + "phasic_whole.fst", part = ::testing::TempDir() + "phasic_part.fst";
  const auto random_case = testing::job_case(3, testing::limits_of("hls"));
  for (const bool window : {false, true}) {
    PlatformPlan plan;
    plan.units = {
        {.engine = "rtl8trace",
         .options = window ? R"({"timing": "ideal", "wave": ")" + part + R"(", "wave_from_cycle": 100, "wave_to_cycle": 200})"
                           : R"({"timing": "ideal", "wave": ")" + whole + "\"}",
         .compute = {}}};
    plan.bank_bytes = 8 << 20;
    Platform platform(plan);
    (void)run_fleet(platform, {testing::job_of(random_case)});
  }
  EXPECT_GT(fs::file_size(part), 1000U);
  EXPECT_GT(fs::file_size(whole), fs::file_size(part));
  fs::remove(whole);
  fs::remove(part);
}

}  // namespace
}  // namespace phasic::platform
