// SPDX-License-Identifier: Apache-2.0
/// The RTL and the HLS kernel in lockstep: no difference where there is none, and every planted one is found and told.
///   PHASIC_RANDOM_CASES   jobs
///   PHASIC_RANDOM_SEED    seed of the first
#include "sim/systemc/lockstep.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <string>

#include "sim/systemc/locate.hpp"
#include "tests/sim/systemc/case_job.hpp"

namespace phasic::platform {
namespace {

namespace argument = contract::argument;

/// Where the records of a run begin.
constexpr std::size_t kRecords = sizeof(contract::ResultsHeader) + contract::kMaxLayers * sizeof(contract::LayerCounters);
using testing::RandomCase;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 0);
}

const UnitPlan kRtl{.engine = "rtl8w16", .options = R"({"timing": "random", "seed": 9})", .compute = {}};
const UnitPlan kHls{.engine = "hls16", .options = "{}", .compute = {}};

PlatformPlan small_banks() {
  PlatformPlan plan;
  plan.bank_bytes = 4 << 20;
  return plan;
}

contract::Limits limits_of_both(const UnitPlan& one, const UnitPlan& other) {
  return testing::common_limits(testing::limits_of(one.engine), testing::limits_of(other.engine));
}
contract::Limits both_limits() { return limits_of_both(kRtl, kHls); }

/// The first case from `seed` on that `wanted` likes.
RandomCase find_case(std::uint64_t seed, const std::function<bool(const RandomCase&)>& wanted) {
  const auto limits = both_limits();
  while (true) {
    RandomCase made = testing::job_case(seed++, limits);
    if (wanted(made)) return made;
  }
}

bool learns(const RandomCase& random_case) {
  return (random_case.header().flags & 1) != 0 && random_case.sample_count >= 2 && random_case.header().layers >= 2;
}

/// Random jobs on both units, each compared with the reference, too.
void expect_same_bytes(const UnitPlan& rtl, const UnitPlan& hls) {
  const auto limits = limits_of_both(rtl, hls);
  testing::Reference reference(limits);
  const std::uint64_t seed = from_environment("PHASIC_RANDOM_SEED", 1), cases = from_environment("PHASIC_RANDOM_CASES", 200);
  std::cout << fmt::format("seed {}, cases 0 to {}\n", seed, cases - 1);
  Lockstep lockstep(rtl, hls, small_banks());
  std::uint64_t bytes = 0;
  for (std::uint64_t n = 0; n < cases; ++n) {
    const RandomCase random_case = testing::job_case(seed * 1'000'000 + n, limits);
    SCOPED_TRACE(fmt::format("case {}: {}", n, random_case.describe()));
    const LockstepReport report = lockstep.run(testing::job_of(random_case));
    for (const JobOutcome& outcome : report.outcomes) {
      const auto difference = reference.difference(random_case, outcome);
      ASSERT_FALSE(difference.has_value()) << *difference;
    }
    EXPECT_GT(report.transactions, 0U);
    bytes += report.compared_bytes;
  }
  EXPECT_GT(bytes, 500 * cases);
  std::cout << fmt::format("{} bytes written by both\n", bytes);
}

TEST(Lockstep, RtlAndHlsWriteTheSameBytesAsTheReference) { expect_same_bytes(kRtl, kHls); }

#ifdef PHASIC_HAS_RTL4CONV
TEST(Lockstep, RtlAndHlsWriteTheSameBytesOfConvolutionsAndWhatLayersKeep) {
  const UnitPlan rtl{.engine = "rtl4conv", .options = R"({"timing": "random", "seed": 11})", .compute = {}};
  const UnitPlan hls{.engine = "hls", .options = "{}", .compute = {}};
  ASSERT_NE(limits_of_both(rtl, hls).rules & contract::kRulesDiscriminant, 0U);
  expect_same_bytes(rtl, hls);
}
#endif

/// Runs a case with a fault at unit `unit`'s memory and gives the text of the difference.
std::string text_of_difference(const RandomCase& random_case, std::size_t unit, const Monitor::Fault& fault) {
  Lockstep lockstep(kRtl, kHls, small_banks());
  lockstep.platform().monitor(unit).plant(fault);
  try {
    (void)lockstep.run(testing::job_of(random_case));
  } catch (const Difference& difference) {
    return difference.what();
  }
  return "";
}

/// Flips a bit of one byte of a buffer whenever the unit writes, or reads, it.
Monitor::Fault flip(const RandomCase& random_case, std::uint32_t buffer, std::uint64_t offset, unsigned bit, bool on_write) {
  const Addresses addresses = place(testing::job_of(random_case), std::uint64_t{1} << 32);
  const std::uint64_t at = addresses.at(buffer) + offset;
  return [=](bool write, std::uint64_t address, std::span<std::byte> data) {
    if (write == on_write && at >= address && at - address < data.size()) data[at - address] ^= std::byte{1} << bit;
  };
}

void expect_has(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in:\n" << text;
}

TEST(Lockstep, AFlippedBitOfAScoreIsFoundAndTold) {
  const RandomCase random_case = find_case(50, [](const RandomCase& c) { return c.sample_count >= 2; });
  const std::uint64_t neurons = random_case.layer(random_case.header().layers - 1).neurons;
  const std::uint64_t record = testing::align(16 + 4 * neurons);
  for (const std::size_t unit : {0U, 1U}) {
    const auto text =
        text_of_difference(random_case, unit, flip(random_case, argument::kResults, kRecords + record + 16 + 1, 3, true));
    expect_has(text, fmt::format("record of sample 1: score of layer {}, neuron 0, bit 11", random_case.header().layers - 1));
    expect_has(text, "buffer results, byte");
    expect_has(text, "last transactions of unit 0 (RTL rtl8w16");
    expect_has(text, "last transactions of unit 1 (HLS");
  }
}

TEST(Lockstep, AFlippedBitOfAWeightIsFoundAndTold) {
  const RandomCase random_case = find_case(70, learns);
  const auto layer = random_case.layer(1);
  const std::uint64_t row = testing::weight_row_bytes(layer.neurons, 16);
  const auto text =
      text_of_difference(random_case, 1, flip(random_case, argument::kWeights, layer.weights_offset + 2 * row + 1, 6, true));
  expect_has(text, "weight of layer 1, row 2, neuron 0, bit 14");
}

TEST(Lockstep, AFlippedBitOfASampleChangesWhatIsWritten) {
  const RandomCase random_case = find_case(90, [](const RandomCase& c) { return c.sample_count >= 1; });
  EXPECT_NE(text_of_difference(random_case, 0, flip(random_case, argument::kSamples, 0, 0, false)), "")
      << "the label's lowest bit";
}

TEST(Lockstep, AWriteOutsideTheBuffersIsFound) {
  const RandomCase random_case = find_case(110, [](const RandomCase& c) { return (c.header().flags & 1) == 0; });
  const Job job = testing::job_of(random_case);
  const Addresses addresses = place(job, std::uint64_t{1} << 32);
  Scoreboard scoreboard(job, addresses, 16, {"left", "right"});
  const std::vector<std::byte> line(64);
  const auto write = [&](std::uint64_t address) {
    scoreboard.observe({.unit = 0, .write = true, .good = true, .address = address, .data = line, .cycle = 5});
  };
  EXPECT_NO_THROW(write(addresses[argument::kResults]));
  EXPECT_THROW(write(addresses[argument::kWeights]), Difference) << "nothing is learned";
  EXPECT_THROW(write(addresses[argument::kProgram]), Difference);
  EXPECT_THROW(write(0x100), Difference);
}

TEST(Lockstep, ARefusedTransactionADifferentRegisterAndAMissingWriteAreFound) {
  const RandomCase random_case = find_case(130, [](const RandomCase& c) { return c.sample_count >= 1; });
  const Job job = testing::job_of(random_case);
  const Addresses addresses = place(job, std::uint64_t{1} << 32);
  const std::vector<std::byte> line(64);
  Scoreboard refused(job, addresses, 16, {"left", "right"});
  EXPECT_THROW(refused.observe({.unit = 1, .write = false, .good = false, .address = 0, .data = line, .cycle = 5}), Difference);
  Scoreboard registers(job, addresses, 16, {"left", "right"});
  EXPECT_NO_THROW(registers.finish({}, {}));
  EXPECT_THROW(registers.finish({}, {.samples_done = 1}), Difference);
  Scoreboard missing(job, addresses, 16, {"left", "right"});
  missing.observe({.unit = 0, .write = true, .good = true, .address = addresses[argument::kResults], .data = line, .cycle = 5});
  EXPECT_THROW(missing.finish({}, {}), Difference);
  missing.observe({.unit = 1, .write = true, .good = true, .address = addresses[argument::kResults], .data = line, .cycle = 9});
  EXPECT_NO_THROW(missing.finish({}, {}));
}

TEST(Locate, TellsWhatMayDifferFromExactCounters) {
  EXPECT_FALSE(may_differ(offsetof(contract::ResultsHeader, input_events)));
  EXPECT_TRUE(may_differ(offsetof(contract::ResultsHeader, cycles)));
  EXPECT_TRUE(may_differ(offsetof(contract::ResultsHeader, store_cycles) + 7));
  EXPECT_TRUE(may_differ(offsetof(contract::ResultsHeader, stored_checksum) + 3));
  EXPECT_FALSE(may_differ(offsetof(contract::ResultsHeader, stored_checksum) + 4));
  EXPECT_FALSE(may_differ(offsetof(contract::ResultsHeader, loaded_checksum) - 1));
  EXPECT_FALSE(may_differ(sizeof(contract::ResultsHeader) + offsetof(contract::LayerCounters, weight_saturations)));
  EXPECT_TRUE(may_differ(sizeof(contract::ResultsHeader) + 3 * sizeof(contract::LayerCounters) +
                         offsetof(contract::LayerCounters, learn_cycles)));
  EXPECT_FALSE(may_differ(kRecords));
}

}  // namespace
}  // namespace phasic::platform
