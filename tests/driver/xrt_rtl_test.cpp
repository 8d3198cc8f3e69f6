// SPDX-License-Identifier: Apache-2.0
/// The Verilated kernel on the simulated card, through the genuine XRT libraries, against the reference in this process.
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>

#include "driver/device.hpp"
#include "phasic/contract.hpp"
#include "tests/common/random_case.hpp"
#include "tests/driver/case_request.hpp"

namespace phasic::driver {
namespace {

/// A reference with the limits of a device.
std::unique_ptr<Device> reference_like(const Device& device) {
  std::string text;
  for (const contract::Limit& limit : contract::kLimits) {
    text += fmt::format("{}\"{}\": {}", text.empty() ? "" : ", ", limit.name, device.limits().*limit.value);
  }
  return open_local("reference", fmt::format("{{\"limits\": {{{}}}}}", text));
}

/// The bytes of results that are the same in every form of the kernel: all but the timing counters.
std::vector<std::byte> exact_part(std::vector<std::byte> results) {
  const auto clear = [&](std::size_t begin, std::size_t bytes) {
    for (std::size_t index = begin; index < std::min(begin + bytes, results.size()); ++index) results[index] = std::byte{0};
  };
  clear(offsetof(contract::ResultsHeader, cycles), 4 * sizeof(std::uint64_t));
  for (std::size_t layer = 0; layer < contract::kMaxLayers; ++layer) {
    clear(contract::kResultsHeaderBytes + layer * contract::kLayerCountersBytes +
              offsetof(contract::LayerCounters, integrate_cycles),
          4 * sizeof(std::uint64_t));
  }
  return results;
}

TEST(RtlOverXrt, EqualsTheLocalReferenceInResultsWeightsAndTrace) {
  unsetenv("XILINX_XRT");
  unsetenv("XCL_EMULATION_MODE");
  unsetenv("PHASIC_CARD_ENGINE");
  unsetenv("PHASIC_CARD_OPTIONS");
  setenv("PHASIC_ENGINE_PATH", PHASIC_ENGINES, 1);
  setenv("PHASIC_CARD_DEVICES", "2", 1);
  const std::string xclbin = PHASIC_CARD_FOLDER "/phasic_" PHASIC_TESTED_ENGINE ".xclbin";
  std::vector<std::unique_ptr<Device>> cards;
  cards.push_back(open_xrt({0, xclbin, "phasic_2"}));
  cards.push_back(open_xrt({1, xclbin, "phasic_1"}));
  const auto reference = reference_like(*cards[0]);
  EXPECT_EQ(reference->limits(), cards[0]->limits());
  unsigned learned = 0;
  for (std::uint64_t seed = 100; seed < 106; ++seed) {
    const auto random_case = phasic::testing::random_case(seed, reference->limits());
    SCOPED_TRACE(fmt::format("seed {}: {}", seed, random_case.describe()));
    const auto request = phasic::testing::request_for(random_case);
    auto& card = *cards[seed % cards.size()];
    const auto expected = reference->run(request);
    const auto found = card.run(request);
    EXPECT_EQ(found.error_text(), expected.error_text());
    EXPECT_TRUE(exact_part(found.results) == exact_part(expected.results));
    EXPECT_TRUE(found.weights == expected.weights);
    EXPECT_TRUE(found.trace == expected.trace);
    if (found.weights != random_case.buffers[contract::argument::kWeights]) ++learned;
  }
  EXPECT_GT(learned, 0u) << "no case learned anything";
}

}  // namespace
}  // namespace phasic::driver
