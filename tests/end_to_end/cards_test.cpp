// SPDX-License-Identifier: Apache-2.0
/// The RTL, at 8, 64 and 256 lanes, and the HLS kernel behind the genuine XRT library: two cards with two compute units each,
/// against the reference.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "driver/device.hpp"
#include "phasic/contract.hpp"
#include "tests/common/random_case.hpp"
#include "tests/common/run_case.hpp"

namespace phasic::testing {
namespace {

// Limits that every build of the test keeps, and small enough for many runs.
constexpr contract::Limits kLimits{.lanes = 256,
                                   .weight_width = 8,
                                   .engines = 2,
                                   .max_rows = 200,
                                   .max_neurons = 300,
                                   .max_steps = 12,
                                   .max_classes = 16,
                                   .max_outputs = 64,
                                   .max_events = 4096,
                                   .weight_depth = 4096,
                                   .data_width = 512,
                                   .rules = contract::kDefaultRules};
constexpr std::uint64_t kFirstSeed = 20'000;
constexpr std::size_t kCasesOfAUnit = 6;

driver::RunRequest request_of(const RandomCase& random_case) {
  driver::RunRequest request;
  request.program = random_case.buffers[contract::argument::kProgram];
  request.weights = random_case.buffers[contract::argument::kWeights];
  request.tables = random_case.buffers[contract::argument::kTables];
  request.samples = random_case.buffers[contract::argument::kSamples];
  request.sample_count = random_case.sample_count;
  request.first_sample = random_case.first_sample;
  request.results_bytes = random_case.buffers[contract::argument::kResults].size();
  request.trace_bytes = random_case.buffers[contract::argument::kTrace].size();
  return request;
}

Outcome outcome_of(const RandomCase& random_case, driver::RunResponse response) {
  contract::ResultsHeader header;
  std::memcpy(&header, response.results.data(), sizeof header);
  Outcome outcome;
  outcome.ended = outcome.done_seen = true;
  outcome.error = response.error;
  outcome.error_detail = response.error_detail;
  outcome.error_sample = response.error_sample;
  outcome.samples_fetched = outcome.samples_done = header.samples_done;
  outcome.buffers = random_case.buffers;
  outcome.buffers[contract::argument::kResults] = std::move(response.results);
  outcome.buffers[contract::argument::kWeights] = std::move(response.weights);
  outcome.buffers[contract::argument::kTrace] = std::move(response.trace);
  return outcome;
}

class Cards : public ::testing::TestWithParam<std::string> {};

TEST_P(Cards, FourComputeUnitsAtOnceEqualTheReference) {
  const std::string xclbin = fmt::format("{}/phasic_{}.xclbin", PHASIC_CARD_FOLDER, GetParam());
  std::cout << fmt::format("seeds {} to {}\n", kFirstSeed, kFirstSeed + 4 * kCasesOfAUnit - 1);
  const std::vector<std::string> names = driver::compute_units(xclbin);
  ASSERT_EQ(names.size(), 2U);
  std::vector<std::unique_ptr<driver::Device>> units;
  for (unsigned card = 0; card < 2; ++card)
    for (const std::string& name : names)
      units.push_back(driver::open_xrt({.device = card, .xclbin = xclbin, .compute_unit = name}));

  std::vector<std::string> differences(units.size());
  std::vector<std::uint64_t> learned(units.size());
  std::vector<std::thread> threads;
  for (std::size_t u = 0; u < units.size(); ++u)
    threads.emplace_back([&, u] {
      try {
        const auto reference = driver::open_local("reference");
        for (std::size_t i = 0; i < kCasesOfAUnit; ++i) {
          const RandomCase random_case = phasic::testing::random_case(kFirstSeed + u * kCasesOfAUnit + i, kLimits);
          const Outcome expected = outcome_of(random_case, reference->run(request_of(random_case)));
          const Outcome actual = outcome_of(random_case, units[u]->run(request_of(random_case)));
          if (const auto text = first_difference(random_case, kLimits, expected, actual)) {
            differences[u] = fmt::format("{}: {}", random_case.describe(), *text);
            return;
          }
          contract::ResultsHeader header;
          std::memcpy(&header, expected.buffers[contract::argument::kResults].data(), sizeof header);
          if (expected.error == 0) learned[u] += header.samples_learned;
        }
      } catch (const std::exception& error) {
        differences[u] = error.what();
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t u = 0; u < units.size(); ++u) {
    EXPECT_EQ(differences[u], "") << units[u]->describe();
    EXPECT_GT(learned[u], 0U) << "the cases of " << units[u]->describe() << " learn nothing";
  }
}

INSTANTIATE_TEST_SUITE_P(Rtl, Cards, ::testing::Values("rtl8", "rtl64", "rtl256"), [](const auto& info) { return info.param; });
INSTANTIATE_TEST_SUITE_P(Hls, Cards, ::testing::Values("hls64"), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace phasic::testing
