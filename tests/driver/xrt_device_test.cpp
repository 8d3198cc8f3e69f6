// SPDX-License-Identifier: Apache-2.0
/// The XRT transport on the simulated card, through the genuine XRT libraries. Each test needs a process of its own
/// (as ctest gives it): the environment is read once, and a run that hangs keeps its card for good.
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "driver/device.hpp"
#include "driver/unit_lock.hpp"
#include "driver/xclbin_packer.hpp"
#include "phasic/contract.hpp"
#include "tests/common/random_case.hpp"
#include "tests/driver/case_request.hpp"

namespace phasic::driver {
namespace {

namespace fs = std::filesystem;
using phasic::testing::request_for;

const std::string kReference = PHASIC_CARD_FOLDER "/phasic_reference.xclbin";

/// An xclbin for the engine for tests, which is not in the folder of the card.
class TestCard : public ::testing::Test {
 protected:
  void SetUp() override {
    setenv("XILINX_XRT", PHASIC_CARD_FOLDER, 1);
    setenv("PHASIC_ENGINE_PATH", PHASIC_TEST_ENGINES, 1);
    setenv("PHASIC_CARD_DEVICES", "2", 1);
    unsetenv("XCL_EMULATION_MODE");
    unsetenv("PHASIC_CARD_ENGINE");
    options("{}");
    XclbinPlan plan;
    std::ostringstream xml;
    xml << std::ifstream(PHASIC_KERNEL_XML).rdbuf();
    plan.kernel_xml = xml.str();
    plan.compute_units = 2;
    plan.engine = "test";
    plan.bank_mib = 4;
    const auto bytes = pack_xclbin(plan);
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  void TearDown() override { fs::remove(path_); }
  static void options(const char* json) { setenv("PHASIC_CARD_OPTIONS", json, 1); }

  const std::string path_ = fs::path(::testing::TempDir()) / ("phasic_xrt_device_" + std::to_string(getpid()) + ".xclbin");
};

std::vector<std::byte> bytes(std::size_t size, unsigned seed) {
  std::vector<std::byte> result(size);
  for (std::size_t index = 0; index < size; ++index) result[index] = static_cast<std::byte>(seed + 3 * index);
  return result;
}

TEST_F(TestCard, CopiesBuffersOfGrowingAndShrinkingSizesInAndOut) {
  const auto device = open_xrt({0, path_, "phasic_2"});
  for (const std::size_t size : {1000u, 5u, 100'000u, 4096u, 4097u, 0u, 64u}) {
    const auto samples = bytes(size, static_cast<unsigned>(size)), weights = bytes(size / 2, 1);
    RunRequest request;
    request.samples = samples;
    request.weights = weights;
    request.results_bytes = size + 10;
    const auto response = device->run(request);
    EXPECT_EQ(response.error, 0u) << response.error_text();
    ASSERT_EQ(response.results.size(), size + 10);
    EXPECT_TRUE(std::equal(samples.begin(), samples.end(), response.results.begin())) << size;
    EXPECT_EQ(response.results.back(), std::byte{0}) << "what an earlier run wrote is no result of this one";
    ASSERT_EQ(response.weights.size(), weights.size());
    for (std::size_t index = 0; index < weights.size(); ++index) {
      ASSERT_EQ(response.weights[index], static_cast<std::byte>(std::to_integer<unsigned>(weights[index]) + 1));
    }
  }
}

TEST_F(TestCard, DescribesItself) {
  const auto text = open_xrt({1, path_, ""})->describe();
  for (const auto& part : {std::string("XRT device 1"), std::string("phasic_simulated_card"), std::string("'phasic_1'"), path_,
                           std::string("64 lanes")}) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  }
}

TEST_F(TestCard, ARunThatHangsTimesOutWithADumpAndTheProgramCanEnd) {
  options(R"({"behaviour": "hang"})");
  const auto device = open_xrt({0, path_, ""});
  RunRequest request;
  request.timeout = std::chrono::milliseconds(100);
  const auto begin = std::chrono::steady_clock::now();
  device->start(request);
  // On a busy machine the run may begin after its time is up.
  const auto state = [&] { return device->read_register(contract::reg::kEngineState); };
  while (state() == 0 && std::chrono::steady_clock::now() - begin < std::chrono::seconds(20)) std::this_thread::yield();
  try {
    (void)device->wait();
    FAIL();
  } catch (const RunTimeout& error) {
    const std::string text = error.what();
    for (const char* part : {"device 0, compute unit 'phasic_1': the run did not end within 100 ms", "phase            5 (run)",
                             "layer engine 0   state 3, step 5, 17 events"}) {
      EXPECT_NE(text.find(part), std::string::npos) << text;
    }
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
  EXPECT_NE(device->status_dump().find("cycles"), std::string::npos);
  EXPECT_THROW(device->start(request), std::runtime_error);
}

TEST_F(TestCard, TheOtherUnitStartsWhileOneHangs) {
  options(R"({"behaviour": "hang"})");
  auto stuck = open_xrt({0, path_, "phasic_1"});
  RunRequest request;
  request.timeout = std::chrono::milliseconds(50);
  stuck->start(request);
  EXPECT_THROW((void)stuck->wait(), RunTimeout);
  stuck.reset();
  const auto other = open_xrt({0, path_, "phasic_2"});
  other->start(request);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  const auto run = static_cast<std::uint32_t>(contract::Phase::kRun);
  while (other->read_register(contract::reg::kPhase) != run && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  EXPECT_EQ(other->read_register(contract::reg::kPhase), run);
}

TEST_F(TestCard, AnEngineThatFailsIsATransportError) {
  options(R"({"behaviour": "throw"})");
  const auto device = open_xrt({0, path_, ""});
  device->start({});
  EXPECT_THROW((void)device->wait(), std::runtime_error);
}

TEST_F(TestCard, AKernelOfAnotherContractIsRefused) {
  options(R"({"registers": {"256": 1}})");
  EXPECT_THROW((void)open_xrt({0, path_, ""}), std::runtime_error);
}

TEST_F(TestCard, ABufferThatDoesNotFitTheCardIsToldByName) {
  const auto device = open_xrt({0, path_, ""});
  RunRequest request;
  request.trace_bytes = 5 << 20;
  try {
    device->start(request);
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("no memory for buffer 'trace' of 5242880 bytes"), std::string::npos)
        << error.what();
  }
  request.trace_bytes = 1 << 20;
  EXPECT_EQ(device->run(request).error, 0u);
}

TEST_F(TestCard, AUnitIsOneProcesssAlone) {
  const auto folder = fs::path(::testing::TempDir()) / ("phasic_locks_" + std::to_string(getpid()));
  fs::create_directory(folder);
  setenv("PHASIC_LOCK_FOLDER", folder.c_str(), 1);
  {
    // Another process that has the first unit of the second card.
    const UnitLock other("0000:fe:01.0", "phasic_1");
    try {
      (void)open_xrt({1, path_, "phasic_1"});
      ADD_FAILURE();
    } catch (const std::runtime_error& error) {
      const std::string text = error.what();
      for (const auto& part :
           {std::string("device 1, compute unit 'phasic_1'"), "in use by process " + std::to_string(getpid())})
        EXPECT_NE(text.find(part), std::string::npos) << text;
    }
    EXPECT_NO_THROW((void)open_xrt({1, path_, "phasic_2"}));
    EXPECT_NO_THROW((void)open_xrt({0, path_, "phasic_1"}));
  }
  EXPECT_NO_THROW((void)open_xrt({1, path_, "phasic_1"}));
  unsetenv("PHASIC_LOCK_FOLDER");
  fs::remove_all(folder);
}

TEST_F(TestCard, UnknownDevicesAndUnitsAreToldByName) {
  const auto message = [](const XrtTarget& target) -> std::string {
    try {
      (void)open_xrt(target);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_NE(message({7, path_, ""}).find("device 7"), std::string::npos);
  const auto unit = message({0, path_, "phasic_9"});
  EXPECT_NE(unit.find("'phasic_9'"), std::string::npos) << unit;
  EXPECT_NE(unit.find("phasic_1, phasic_2"), std::string::npos) << unit;
}

TEST_F(TestCard, WithoutXilinxXrtAFileOutsideACardsFolderIsRefused) {
  unsetenv("XILINX_XRT");
  try {
    (void)open_xrt({0, path_, ""});
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("XILINX_XRT is not set"), std::string::npos) << error.what();
  }
}

TEST_F(TestCard, EmulationModeIsRefused) {
  setenv("XCL_EMULATION_MODE", "hw_emu", 1);
  try {
    (void)open_xrt({0, path_, ""});
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("XCL_EMULATION_MODE is 'hw_emu'"), std::string::npos) << error.what();
  }
}

TEST_F(TestCard, DevicesInFourThreadsDoNotDisturbEachOther) {
  options(R"({"turns": 10})");
  std::vector<std::unique_ptr<Device>> devices;
  for (unsigned device = 0; device < 2; ++device) {
    for (const char* unit : {"phasic_1", "phasic_2"}) devices.push_back(open_xrt({device, path_, unit}));
  }
  std::vector<std::thread> threads;
  for (unsigned thread = 0; thread < devices.size(); ++thread) {
    threads.emplace_back([&, thread] {
      for (unsigned turn = 0; turn < 20; ++turn) {
        const auto samples = bytes(1000 + 500 * turn, 50 * thread + turn);
        RunRequest request;
        request.samples = samples;
        request.results_bytes = samples.size();
        EXPECT_EQ(devices[thread]->run(request).results, samples) << thread << " " << turn;
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

class ReferenceCard : public ::testing::Test {
 protected:
  void SetUp() override {
    unsetenv("XILINX_XRT");
    unsetenv("XCL_EMULATION_MODE");
    unsetenv("PHASIC_CARD_ENGINE");
    unsetenv("PHASIC_CARD_OPTIONS");
    setenv("PHASIC_ENGINE_PATH", PHASIC_ENGINES, 1);
    setenv("PHASIC_CARD_DEVICES", "2", 1);
  }
};

TEST_F(ReferenceCard, TheDriverFindsTheCardFromTheFolderOfTheXclbin) {
  const auto device = open_xrt({0, kReference, ""});
  EXPECT_NE(device->describe().find("XILINX_XRT set to '" PHASIC_CARD_FOLDER "'"), std::string::npos) << device->describe();
}

TEST_F(ReferenceCard, RunsOverXrtOnTwoDevicesAndUnitsEqualLocalRunsInEveryBit) {
  const auto local = open_local("reference");
  std::vector<std::unique_ptr<Device>> cards;
  for (unsigned device = 0; device < 2; ++device) {
    for (const char* unit : {"phasic_1", "phasic_2"}) cards.push_back(open_xrt({device, kReference, unit}));
  }
  EXPECT_EQ(cards[3]->limits(), local->limits());
  unsigned learned = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const auto random_case = phasic::testing::random_case(seed, local->limits());
    const auto request = request_for(random_case);
    const auto expected = local->run(request);
    const auto found = cards[seed % cards.size()]->run(request);
    EXPECT_EQ(found.error, 0u) << found.error_text();
    EXPECT_EQ(found.error, expected.error);
    EXPECT_TRUE(found.results == expected.results);
    EXPECT_TRUE(found.weights == expected.weights);
    EXPECT_TRUE(found.trace == expected.trace);
    if (found.weights != random_case.buffers[contract::argument::kWeights]) ++learned;
  }
  EXPECT_GT(learned, 0u) << "no case learned anything";
}

/// The reference behind an xclbin of the HLS kernel: its status registers must not be asked.
class HlsCard : public ReferenceCard {
 protected:
  void SetUp() override {
    ReferenceCard::SetUp();
    setenv("XILINX_XRT", PHASIC_CARD_FOLDER, 1);
    XclbinPlan plan;
    std::ostringstream xml;
    xml << std::ifstream(PHASIC_KERNEL_XML).rdbuf();
    plan.kernel_xml = xml.str();
    plan.kernel_xml.replace(plan.kernel_xml.find("name=\"phasic\""), 13, "name=\"phasic_kernel\"");
    for (const auto& limit : contract::kLimits) plan.limits[std::string(limit.name)] = limit.default_value;
    plan.limits["lanes"] = 32;  // the engine's registers say 64
    const auto bytes = pack_xclbin(plan);
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  void TearDown() override { fs::remove(path_); }

  const std::string path_ = fs::path(::testing::TempDir()) / ("phasic_hls_card_" + std::to_string(getpid()) + ".xclbin");
};

TEST_F(HlsCard, TheSameHostRunsItWithLimitsOfTheXclbinAndErrorsOfTheResults) {
  const auto local = open_local("reference");
  const auto card = open_xrt({0, path_, ""});
  EXPECT_EQ(card->limits().lanes, 32u);
  EXPECT_EQ(card->read_register(contract::reg::kIdentity), contract::kIdentity);
  unsigned refused = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const auto limits = local->limits();
    const auto random_case =
        seed % 2 == 0 ? phasic::testing::random_case(seed, limits) : phasic::testing::random_illegal_case(seed, limits);
    if (!random_case.bus_failures.empty()) continue;
    const auto request = request_for(random_case);
    const auto expected = local->run(request);
    if (expected.error == static_cast<std::uint32_t>(contract::Error::kAlignment)) continue;
    const auto found = card->run(request);
    EXPECT_EQ(found.error, expected.error);
    EXPECT_EQ(found.error_detail, expected.error_detail);
    EXPECT_EQ(found.error_sample, expected.error_sample);
    EXPECT_TRUE(found.results == expected.results);
    EXPECT_TRUE(found.weights == expected.weights);
    EXPECT_TRUE(found.trace == expected.trace);
    refused += found.error != 0 ? 1 : 0;
  }
  EXPECT_GT(refused, 3u);
}

TEST_F(ReferenceCard, IllegalRunsTellTheSameErrorAsLocalOnes) {
  const auto local = open_local("reference");
  const auto card = open_xrt({0, kReference, ""});
  unsigned refused = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    auto random_case = phasic::testing::random_illegal_case(seed, local->limits());
    // Addresses and bus errors are chosen by the transports.
    if (!random_case.bus_failures.empty()) continue;
    const auto request = request_for(random_case);
    const auto expected = local->run(request);
    const auto found = card->run(request);
    EXPECT_EQ(found.error_text(), expected.error_text());
    EXPECT_TRUE(found.results == expected.results);
    EXPECT_TRUE(found.weights == expected.weights);
    if (found.error != 0) ++refused;
  }
  EXPECT_GT(refused, 5u);
}

}  // namespace
}  // namespace phasic::driver
