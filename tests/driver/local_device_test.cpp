// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "driver/device.hpp"
#include "driver/layout/buffers.hpp"
#include "phasic/contract.hpp"

namespace phasic::driver {
namespace {

std::vector<std::byte> bytes(std::size_t size, unsigned seed) {
  std::vector<std::byte> result(size);
  for (std::size_t index = 0; index < size; ++index) result[index] = static_cast<std::byte>(seed + 3 * index);
  return result;
}

class LocalDevice : public testing::Test {
 protected:
  void SetUp() override {
    if (std::string(PHASIC_TEST_ENGINES).empty()) GTEST_SKIP() << "the engine for tests is not built";
    setenv("PHASIC_ENGINE_PATH", PHASIC_TEST_ENGINES, 1);
  }
};

TEST_F(LocalDevice, CopiesBuffersInAndOut) {
  const auto device = open_local("test");
  for (unsigned turn = 0; turn < 3; ++turn) {
    const auto samples = bytes(1000 + 64 * turn, turn), weights = bytes(130, turn);
    RunRequest request;
    request.samples = samples;
    request.weights = weights;
    request.results_bytes = samples.size();
    request.trace_bytes = 77;
    const auto response = device->run(request);
    EXPECT_EQ(response.error, 0u);
    EXPECT_EQ(response.results, samples);
    EXPECT_EQ(response.trace.size(), 77u);
    ASSERT_EQ(response.weights.size(), weights.size());
    EXPECT_EQ(response.weights[5], static_cast<std::byte>(std::to_integer<unsigned>(weights[5]) + 1));
  }
}

TEST_F(LocalDevice, ReadsLimitsAndDescribesItself) {
  const auto device = open_local("test", R"({"registers": {"264": 16}})");
  EXPECT_EQ(device->limits().lanes, 16u);
  EXPECT_NE(device->describe().find("test engine"), std::string::npos) << device->describe();
  EXPECT_NE(device->describe().find("16 lanes"), std::string::npos) << device->describe();
}

TEST_F(LocalDevice, RefusesAKernelOfAnotherContract) {
  EXPECT_THROW((void)open_local("test", R"({"registers": {"256": 1}})"), std::runtime_error);
  EXPECT_THROW((void)open_local("test", R"({"registers": {"260": 77}})"), std::runtime_error);
}

TEST_F(LocalDevice, ARunThatHangsTimesOutWithADump) {
  const auto device = open_local("test", R"({"behaviour": "hang"})");
  RunRequest request;
  request.timeout = std::chrono::milliseconds(30);
  device->start(request);
  try {
    (void)device->wait();
    FAIL();
  } catch (const RunTimeout& error) {
    const std::string text = error.what();
    for (const char* part : {"30 ms", "phase            5 (run)", "layer engine 0   state 3, step 5, 17 events"}) {
      EXPECT_NE(text.find(part), std::string::npos) << text;
    }
  }
  EXPECT_THROW(device->start(request), std::runtime_error);
}

TEST_F(LocalDevice, MisuseIsRefused) {
  const auto device = open_local("test");
  EXPECT_THROW((void)device->wait(), std::runtime_error);
  device->start({});
  EXPECT_THROW(device->start({}), std::runtime_error);
  EXPECT_EQ(device->wait().error, 0u);
}

TEST_F(LocalDevice, BuffersTooLargeForTheirSizeArgumentAreRefusedByName) {
  const auto device = open_local("test");
  RunRequest request;
  request.trace_bytes = std::size_t{1} << 32;
  try {
    device->start(request);
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("'trace' has 4294967296 bytes"), std::string::npos) << error.what();
  }
}

TEST(LocalReference, TellsErrorsInWords) {
  unsetenv("PHASIC_ENGINE_PATH");
  const auto device = open_local("reference");
  std::vector<std::byte> program(layout::kProgramBytes);
  RunRequest request;
  request.program = program;
  request.results_bytes = layout::kRecordsOffset;
  const auto response = device->run(request);
  EXPECT_NE(response.error_text().find("field 'magic'"), std::string::npos) << response.error_text();
  request.results_bytes = layout::kRecordsOffset - 1;
  EXPECT_NE(device->run(request).error_text().find("buffer 'results'"), std::string::npos);
}

}  // namespace
}  // namespace phasic::driver
