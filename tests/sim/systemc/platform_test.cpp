// SPDX-License-Identifier: Apache-2.0
/// Units of the platform against the reference, and units at the same time.
///   PHASIC_RANDOM_CASES   jobs of each test
///   PHASIC_RANDOM_SEED    seed of the first
#include "sim/systemc/platform.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <vector>

#include "sim/systemc/fleet.hpp"
#include "tests/sim/systemc/case_job.hpp"

namespace phasic::platform {
namespace {

using testing::RandomCase;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 0);
}

struct Cases {
  std::vector<RandomCase> cases;
  std::vector<Job> jobs;

  Cases(std::uint64_t count, const contract::Limits& limits) {
    const std::uint64_t seed = from_environment("PHASIC_RANDOM_SEED", 1);
    std::cout << fmt::format("seed {}, {} jobs\n", seed, count);
    for (std::uint64_t n = 0; n < count; ++n) cases.push_back(testing::job_case(seed * 1'000'000 + n, limits));
    for (const RandomCase& random_case : cases) jobs.push_back(testing::job_of(random_case));
  }
};

void expect_right(const Cases& cases, const contract::Limits& limits, const FleetReport& report) {
  testing::Reference reference(limits);
  for (std::size_t n = 0; n < cases.cases.size(); ++n) {
    const auto difference = reference.difference(cases.cases[n], report.outcomes[n]);
    ASSERT_FALSE(difference.has_value()) << "job " << n << " on unit " << report.outcomes[n].unit << ": " << *difference << "\n"
                                         << cases.cases[n].describe();
  }
}

UnitPlan rtl(const char* variant, std::uint64_t seed) {
  return {.engine = variant, .options = fmt::format("{{\"timing\": \"random\", \"seed\": {}}}", seed), .compute = {}};
}
UnitPlan hls(const char* engine) { return {.engine = engine, .options = "{}", .compute = {}}; }

TEST(Platform, UnitsOfAllKindsWithDifferentWorkEqualTheReference) {
  const auto limits = testing::common_limits(testing::limits_of("rtl8w16"), testing::limits_of("hls16"));
  const Cases cases(from_environment("PHASIC_RANDOM_CASES", 60), limits);
  PlatformPlan plan;
  plan.units = {rtl("rtl8w16", 3), hls("hls16"), rtl("rtl8w16", 4), hls("hls16")};
  plan.banks = 2;
  plan.bank_bytes = 16 << 20;
  Platform platform(plan);
  const FleetReport report = run_fleet(platform, cases.jobs);
  expect_right(cases, limits, report);
  for (const std::uint64_t busy : report.busy_cycles) {
    EXPECT_GT(busy, 0U);
    EXPECT_LE(busy, report.cycles());
  }
}

TEST(Platform, EightUnitsShareOneNarrowSlowBank) {
  const auto limits = testing::limits_of("hls");
  const Cases cases(from_environment("PHASIC_RANDOM_CASES", 60), limits);
  PlatformPlan plan;
  plan.units.assign(8, hls("hls"));
  plan.bank_bytes = 32 << 20;
  plan.bank = {.bytes_a_cycle = 1, .latency = 200};
  Platform platform(plan);
  const FleetReport report = run_fleet(platform, cases.jobs);
  expect_right(cases, limits, report);
  EXPECT_GT(report.banks.at(0).wait_cycles, report.cycles()) << "with eight units, several wait at a time";
  EXPECT_LE(report.banks.at(0).busy_cycles, report.cycles());
}

TEST(Platform, ASecondPlatformDoesNotDisturbTheFirst) {
  const auto limits = testing::limits_of("hls");
  const Cases cases(8, limits);
  PlatformPlan plan;
  plan.units = {hls("hls")};
  plan.bank_bytes = 8 << 20;
  Platform first(plan), second(plan);
  const FleetReport a = run_fleet(first, cases.jobs);
  const FleetReport b = run_fleet(second, cases.jobs);
  const FleetReport c = run_fleet(first, cases.jobs);
  expect_right(cases, limits, b);
  expect_right(cases, limits, c);
  EXPECT_EQ(a.cycles(), b.cycles());
}

TEST(Platform, UnitsAreFasterTogether) {
  const auto limits = testing::limits_of("hls");
  const Cases cases(24, limits);
  std::uint64_t alone = 0, together = 0;
  for (const unsigned units : {1U, 4U}) {
    PlatformPlan plan;
    plan.units.assign(units, hls("hls"));
    plan.banks = units;
    plan.bank_bytes = 8 << 20;
    Platform platform(plan);
    (units == 1 ? alone : together) = run_fleet(platform, cases.jobs).cycles();
  }
  EXPECT_LT(together, alone / 2);
}

TEST(Platform, TimingChangesNoResult) {
  const auto limits = testing::limits_of("rtl8w16");
  const Cases cases(3, limits);
  for (const std::uint64_t seed : {1, 2, 3}) {
    PlatformPlan plan;
    plan.units = {rtl("rtl8w16", seed)};
    plan.bank_bytes = 8 << 20;
    plan.bank = {.bytes_a_cycle = static_cast<std::uint32_t>(seed * seed), .latency = static_cast<std::uint32_t>(40 * seed)};
    Platform platform(plan);
    expect_right(cases, limits, run_fleet(platform, cases.jobs));
  }
}

/// Cycles from start to interrupt of one job on one unit, with a memory that is never in the way.
std::uint64_t cycles_of(const UnitPlan& unit, const Job& job, std::uint64_t* counted = nullptr) {
  PlatformPlan plan;
  plan.units = {unit};
  plan.bank_bytes = 8 << 20;
  plan.bank = {.bytes_a_cycle = 64, .latency = 0};
  plan.hop_cycles = 0;
  Platform platform(plan);
  const FleetReport report = run_fleet(platform, {job});
  contract::ResultsHeader header;
  std::memcpy(&header, report.outcomes[0].results.data(), sizeof header);
  if (counted != nullptr) *counted = header.cycles;
  return report.cycles();
}

TEST(Platform, AnHlsUnitTakesWhatItsKernelCounts) {
  const auto limits = testing::limits_of("hls");
  const Cases cases(12, limits);
  for (const Job& job : cases.jobs) {
    std::uint64_t counted = 0;
    const std::uint64_t taken = cycles_of(hls("hls"), job, &counted);
    EXPECT_GE(taken, counted);
    EXPECT_LE(taken, counted + counted / 10 + 300) << "memory takes next to nothing here";
  }
}

TEST(Platform, ACalibratedUnitTakesWhatItIsGiven) {
  const auto limits = testing::limits_of("hls");
  const Cases cases(12, limits);
  for (const Job& job : cases.jobs) {
    const UnitPlan unit{
        .engine = "reference",
        .options = testing::reference_options(limits),
        .compute = {
            .source = ComputeTime::Source::kGiven, .load_cycles = 20'000, .cycles_a_sample = 30'000, .store_cycles = 10'000}};
    const std::uint64_t given = 20'000 + 30'000 * std::uint64_t{job.sample_count} + 10'000;
    const std::uint64_t taken = cycles_of(unit, job);
    EXPECT_GE(taken, given);
    EXPECT_LE(taken, given + 300);
  }
}

TEST(Platform, SaysWhatIsWrong) {
  EXPECT_THROW(Platform(PlatformPlan{}), std::invalid_argument);
  PlatformPlan plan;
  plan.units = {hls("hls")};
  plan.bank_bytes = 1 << 20;
  plan.banks = 0;
  EXPECT_THROW(Platform{plan}, std::invalid_argument);
  plan.banks = 1;
  plan.units[0].engine = "no_such_engine";
  EXPECT_THROW(Platform{plan}, std::runtime_error);
  plan.units[0] = hls("hls");
  Platform platform(plan);
  EXPECT_THROW(platform.perform([](Host& host) { (void)host.read_register(1, 0); }), std::runtime_error);
  EXPECT_THROW(platform.perform([](Host& host) { (void)host.read_register(0, 6); }), std::runtime_error);
  EXPECT_THROW(platform.perform([](Host& host) { host.write_memory(0, 0x1000, std::vector<std::byte>(4)); }),
               std::runtime_error);
  EXPECT_EQ(platform.unit(0).describe(),
            "HLS kernel in C simulation, 8 lanes, 8-bit weights, approximately timed, bus of 512 bits");
  Job large;
  large.results_bytes = 2 << 20;
  EXPECT_THROW((void)run_fleet(platform, {large}), std::runtime_error);
}

}  // namespace
}  // namespace phasic::platform
