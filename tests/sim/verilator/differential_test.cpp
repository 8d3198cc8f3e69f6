// SPDX-License-Identifier: Apache-2.0
/// Random runs on the RTL and on the reference must agree in every bit.
///   PHASIC_RANDOM_CASES   cases of each test and engine
///   PHASIC_RANDOM_SEED    seed of the first case
///   PHASIC_RANDOM_FIRST   number of the first case
///   PHASIC_RANDOM_ENGINES engines, separated by commas
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "sim/engine/banked_memory.hpp"
#include "sim/engine/engine.hpp"
#include "tests/common/random_case.hpp"
#include "tests/common/run_case.hpp"

namespace phasic::testing {
namespace {

// Cases that share an engine: each must leave nothing behind that the next one sees.
constexpr std::uint64_t kGroup = 16;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 0);
}

std::vector<std::string> engines() {
  const char* text = std::getenv("PHASIC_RANDOM_ENGINES");
  std::istringstream list(text != nullptr ? text : PHASIC_TESTED_ENGINES);
  std::vector<std::string> names;
  for (std::string name; std::getline(list, name, ',');)
    if (!name.empty()) names.push_back(name);
  return names;
}

std::string limits_json(const CaseLimits& limits) {
  const auto* words = reinterpret_cast<const std::uint32_t*>(&limits);
  std::string text = "{\"limits\": {";
  for (std::size_t i = 0; i < contract::kLimits.size(); ++i)
    text += fmt::format("{}\"{}\": {}", i == 0 ? "" : ", ", contract::kLimits[i].name, words[i]);
  return text + "}}";
}

using MakeCase = RandomCase (*)(std::uint64_t, const CaseLimits&);

class Differential : public ::testing::TestWithParam<std::string> {
 protected:
  void run(MakeCase make, std::uint64_t default_cases, std::uint64_t seed_offset) {
    const std::string engine_name = GetParam();
    const std::uint64_t cases = from_environment("PHASIC_RANDOM_CASES", default_cases);
    const std::uint64_t first = from_environment("PHASIC_RANDOM_FIRST", 0) / kGroup * kGroup;
    const std::uint64_t seed = from_environment("PHASIC_RANDOM_SEED", 1);
    std::cout << fmt::format("seed {}, cases {} to {}\n", seed, first, first + cases - 1);
    sim::BankedMemory rtl_memory, reference_memory;
    std::unique_ptr<sim::Engine> rtl, reference;
    CaseLimits limits{};
    std::uint64_t learned = 0, errors = 0, spikes = 0;
    for (std::uint64_t i = first; i < first + cases; ++i) {
      const std::uint64_t group = i / kGroup;
      if (rtl == nullptr || i % kGroup == 0) {
        rtl = sim::make_engine(engine_name, rtl_memory,
                               fmt::format("{{\"seed\": {}, \"timing\": \"{}\"}}", seed * 1000 + group,
                                           group % 8 == 7 ? "ideal" : "random"));
        if (reference == nullptr) {
          limits = read_limits(*rtl);
          reference = sim::make_engine("reference", reference_memory, limits_json(limits));
          ASSERT_EQ(limits_json(limits), limits_json(read_limits(*reference)));
        }
      }
      const RandomCase random_case = make(seed * 1'000'000 + seed_offset + i, limits);
      SCOPED_TRACE(fmt::format(
          "{}, case {}: {}\nrun again: PHASIC_RANDOM_ENGINES={} PHASIC_RANDOM_SEED={} PHASIC_RANDOM_FIRST={} "
          "PHASIC_RANDOM_CASES={}",
          engine_name, i, random_case.describe(), engine_name, seed, group * kGroup, i % kGroup + 1));
      const Outcome expected = run_case(*reference, reference_memory, random_case, false);
      const Outcome actual = run_case(*rtl, rtl_memory, random_case, i % 3 == 0);
      const auto difference = first_difference(random_case, limits, expected, actual);
      ASSERT_FALSE(difference.has_value()) << *difference;
      errors += expected.error != 0;
      if (expected.error == 0) {
        const auto& results = expected.buffers[contract::argument::kResults];
        contract::ResultsHeader header;
        std::memcpy(&header, results.data(), sizeof header);
        learned += header.samples_learned;
        for (std::uint32_t n = 0; n < contract::kMaxLayers; ++n) {
          contract::LayerCounters counters;
          std::memcpy(&counters, results.data() + sizeof header + n * sizeof counters, sizeof counters);
          spikes += counters.spikes;
        }
      }
    }
    std::cout << fmt::format("{} samples learned, {} spikes, {} runs with an error\n", learned, spikes, errors);
  }
};

TEST_P(Differential, RandomNetworksAgreeInEveryBit) { run(random_case, PHASIC_DEFAULT_CASES, 0); }
TEST_P(Differential, IllegalRunsEndWithTheSameErrorAndState) { run(random_illegal_case, PHASIC_DEFAULT_CASES, 500'000); }

INSTANTIATE_TEST_SUITE_P(Rtl, Differential, ::testing::ValuesIn(engines()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace phasic::testing
