// SPDX-License-Identifier: Apache-2.0
#include "driver/results_status.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "phasic/contract.hpp"

namespace phasic::driver {
namespace {

std::vector<std::byte> results(const contract::ResultsHeader& header) {
  std::vector<std::byte> bytes(sizeof header + 100);
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

TEST(ResultsStatus, TellsEveryLimitAtItsRegister) {
  contract::LimitWords words;
  for (std::uint32_t index = 0; index < words.size(); ++index) words[index] = 1000 + index;
  const contract::Limits limits = contract::limits_of(words);
  const ResultsStatus status(limits);
  EXPECT_EQ(status.read(contract::reg::kIdentity), contract::kIdentity);
  EXPECT_EQ(status.read(contract::reg::kContractVersion), contract::kContractVersion);
  for (std::uint32_t index = 0; index < contract::kLimits.size(); ++index) {
    EXPECT_EQ(status.read(contract::kLimits[index].offset), 1000 + index) << contract::kLimits[index].name;
  }
}

TEST(ResultsStatus, TellsTheErrorOfTheLastHeader) {
  ResultsStatus status({});
  contract::ResultsHeader header{};
  header.magic = contract::kResultsMagic;
  header.error = 5;
  header.error_detail = 8;
  header.error_sample = 3;
  header.samples_done = 2;
  status.take(results(header));
  EXPECT_EQ(status.read(contract::reg::kError), 5u);
  EXPECT_EQ(status.read(contract::reg::kErrorDetail), 8u);
  EXPECT_EQ(status.read(contract::reg::kErrorSample), 3u);
  EXPECT_EQ(status.read(contract::reg::kSamplesDone), 2u);
  header = {};
  header.magic = contract::kResultsMagic;
  status.take(results(header));
  EXPECT_EQ(status.read(contract::reg::kError), 0u);
  EXPECT_EQ(status.read(contract::reg::kSamplesDone), 0u);
}

TEST(ResultsStatus, TakesMissingHeadersForAResultsBufferThatIsTooSmall) {
  for (const std::size_t size : {0u, 100u, 4096u}) {
    ResultsStatus status({});
    status.take(std::vector<std::byte>(size));
    EXPECT_EQ(status.read(contract::reg::kError), static_cast<std::uint32_t>(contract::Error::kBufferSize)) << size;
    EXPECT_EQ(status.read(contract::reg::kErrorDetail), contract::argument::kResults);
  }
}

}  // namespace
}  // namespace phasic::driver
