// SPDX-License-Identifier: Apache-2.0
/// The simulated card through the genuine XRT libraries. Each test needs a process of its own
/// (as ctest gives it): the environment is read once, and a run that hangs keeps its card for good.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>
#include <xrt/xrt_bo.h>
#include <xrt/xrt_device.h>
#include <xrt/xrt_kernel.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <sstream>
#include <thread>
#include <vector>

#include "driver/xclbin_packer.hpp"
#include "experimental/xrt_ip.h"
#include "experimental/xrt_system.h"
#include "phasic/contract.hpp"

namespace {

namespace contract = phasic::contract;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::size_t kPage = 4096;

std::string write_xclbin(unsigned units, std::uint64_t bank_mib = 64) {
  phasic::driver::XclbinPlan plan;
  std::ostringstream xml;
  xml << std::ifstream(PHASIC_KERNEL_XML).rdbuf();
  plan.kernel_xml = xml.str();
  plan.compute_units = units;
  plan.engine = "test";
  plan.bank_mib = bank_mib;
  const auto bytes = phasic::driver::pack_xclbin(plan);
  const auto path = fs::path(testing::TempDir()) / ("phasic_card_" + std::to_string(getpid()) + ".xclbin");
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return path;
}

/// Every buffer of a run of the test engine.
struct Job {
  Job(const xrt::device& device, const xrt::kernel& kernel, unsigned seed, std::size_t bytes = 2 * kPage)
      : run(kernel), expected(bytes) {
    for (std::size_t index = 0; index < bytes; ++index) expected[index] = static_cast<unsigned char>(seed * 31 + index * 7);
    for (int id = 0; id < 6; ++id) {
      buffers.emplace_back(device, bytes, kernel.group_id(id));
      run.set_arg(id, buffers.back());
      run.set_arg(static_cast<int>(contract::argument::kProgramBytes) + id, static_cast<std::uint32_t>(bytes));
    }
    run.set_arg(static_cast<int>(contract::argument::kSampleCount), std::uint32_t{1});
    run.set_arg(static_cast<int>(contract::argument::kFirstSample), std::uint32_t{0});
    auto& samples = buffers[contract::argument::kSamples];
    samples.write(expected.data());
    samples.sync(XCL_BO_SYNC_BO_TO_DEVICE);
    auto& weights = buffers[contract::argument::kWeights];
    std::memset(weights.map<void*>(), static_cast<int>(seed), bytes);
    weights.sync(XCL_BO_SYNC_BO_TO_DEVICE);
  }

  void expect_result(unsigned seed) {
    std::vector<unsigned char> found(expected.size());
    auto& results = buffers[contract::argument::kResults];
    results.sync(XCL_BO_SYNC_BO_FROM_DEVICE);
    results.read(found.data());
    EXPECT_TRUE(found == expected) << "seed " << seed;
    auto& weights = buffers[contract::argument::kWeights];
    weights.sync(XCL_BO_SYNC_BO_FROM_DEVICE);
    EXPECT_EQ(*weights.map<unsigned char*>(), static_cast<unsigned char>(seed + 1));
  }

  std::vector<xrt::bo> buffers;
  xrt::run run;
  std::vector<unsigned char> expected;
};

class CardOverXrt : public testing::Test {
 protected:
  void SetUp() override {
    setenv("XILINX_XRT", PHASIC_CARD_FOLDER, 1);
    setenv("PHASIC_ENGINE_PATH", PHASIC_TEST_ENGINES, 1);
    setenv("PHASIC_CARD_DEVICES", "2", 1);
    unsetenv("XCL_EMULATION_MODE");
    unsetenv("PHASIC_CARD_ENGINE");
    options("{}");
    xclbin_ = write_xclbin(2);
  }
  void TearDown() override { fs::remove(xclbin_); }
  static void options(const char* json) { setenv("PHASIC_CARD_OPTIONS", json, 1); }

  std::string xclbin_;
};

TEST_F(CardOverXrt, HasTheDevicesOfTheEnvironmentAndNoMore) {
  EXPECT_EQ(xrt::system::enumerate_devices(), 2u);
  EXPECT_NO_THROW(xrt::device(1u));
  EXPECT_ANY_THROW(xrt::device(2u));
  EXPECT_EQ(xrt::device(1u).get_info<xrt::info::device::name>(), "phasic_simulated_card");
  EXPECT_EQ(xrt::device(1u).get_info<xrt::info::device::bdf>(), "0000:fe:01.0");
}

TEST_F(CardOverXrt, RunsAKernel) {
  xrt::device device(0u);
  const auto uuid = device.load_xclbin(xclbin_);
  EXPECT_EQ(device.get_xclbin_uuid(), uuid);
  xrt::kernel kernel(device, uuid, "phasic:{phasic_1}");
  Job job(device, kernel, 1);
  job.run.start();
  EXPECT_EQ(job.run.wait(), ERT_CMD_STATE_COMPLETED);
  job.expect_result(1);
}

TEST_F(CardOverXrt, BuffersLieAtAddressesThatMeanNothingOnTheOtherDevice) {
  std::vector<std::uint64_t> addresses;
  std::vector<xrt::bo> buffers;
  for (unsigned index = 0; index < 2; ++index) {
    xrt::device device(index);
    const auto uuid = device.load_xclbin(xclbin_);
    xrt::kernel kernel(device, uuid, "phasic");
    buffers.emplace_back(device, kPage, kernel.group_id(0));
    addresses.push_back(buffers.back().address());
    EXPECT_NE(addresses.back(), 0u);
  }
  EXPECT_NE(addresses[0], addresses[1]);
}

TEST_F(CardOverXrt, TwoDevicesAndTwoUnitsWorkAtOnceFromFourThreads) {
  options(R"({"turns": 20})");
  std::vector<xrt::device> devices;
  std::vector<xrt::kernel> kernels;
  for (unsigned index = 0; index < 2; ++index) {
    devices.emplace_back(index);
    const auto uuid = devices.back().load_xclbin(xclbin_);
    for (const char* unit : {"phasic:{phasic_1}", "phasic:{phasic_2}"}) kernels.emplace_back(devices.back(), uuid, unit);
  }
  std::vector<std::unique_ptr<Job>> jobs;
  constexpr unsigned kJobs = 6;
  for (unsigned index = 0; index < 4 * kJobs; ++index) {
    jobs.push_back(std::make_unique<Job>(devices[index / kJobs / 2], kernels[index / kJobs], index));
  }
  std::vector<std::thread> threads;
  std::atomic<int> ended = 0;
  for (unsigned thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (unsigned index = thread * kJobs; index < (thread + 1) * kJobs; ++index) {
        jobs[index]->run.start();
        while (jobs[index]->run.state() != ERT_CMD_STATE_COMPLETED) (void)jobs[index]->run.wait(50ms);
        ++ended;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(ended, 4 * static_cast<int>(kJobs));
  for (unsigned index = 0; index < jobs.size(); ++index) jobs[index]->expect_result(index);
}

TEST_F(CardOverXrt, QueuedRunsEndInAnyNumber) {
  xrt::device device(0u);
  const auto uuid = device.load_xclbin(xclbin_);
  xrt::kernel both(device, uuid, "phasic:{phasic_1}");
  std::vector<std::unique_ptr<Job>> jobs;
  for (unsigned index = 0; index < 20; ++index) jobs.push_back(std::make_unique<Job>(device, both, index));
  for (auto& job : jobs) job->run.start();
  for (auto& job : jobs) EXPECT_EQ(job->run.wait(10s), ERT_CMD_STATE_COMPLETED);
  for (unsigned index = 0; index < jobs.size(); ++index) jobs[index]->expect_result(index);
}

TEST_F(CardOverXrt, ARunCanBeStartedAgain) {
  xrt::device device(0u);
  const auto uuid = device.load_xclbin(xclbin_);
  xrt::kernel kernel(device, uuid, "phasic:{phasic_2}");
  Job job(device, kernel, 5);
  for (unsigned turn = 0; turn < 3; ++turn) {
    job.run.start();
    ASSERT_EQ(job.run.wait(10s), ERT_CMD_STATE_COMPLETED);
    job.expect_result(5 + turn);
  }
}

TEST_F(CardOverXrt, CallbacksAreCalled) {
  xrt::device device(0u);
  const auto uuid = device.load_xclbin(xclbin_);
  xrt::kernel kernel(device, uuid, "phasic:{phasic_1}");
  Job job(device, kernel, 9);
  std::atomic<int> called = 0;
  job.run.add_callback(
      ERT_CMD_STATE_COMPLETED, [](const void*, ert_cmd_state, void* counter) { ++*static_cast<std::atomic<int>*>(counter); },
      &called);
  job.run.start();
  EXPECT_EQ(job.run.wait(), ERT_CMD_STATE_COMPLETED);
  for (int turn = 0; turn < 1000 && called == 0; ++turn) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(called, 1);
  job.expect_result(9);
}

TEST_F(CardOverXrt, SubBuffersReachTheirPartOnly) {
  xrt::device device(0u);
  const auto uuid = device.load_xclbin(xclbin_);
  xrt::kernel kernel(device, uuid, "phasic:{phasic_1}");
  Job job(device, kernel, 3, kPage);
  xrt::bo whole(device, 3 * kPage, kernel.group_id(static_cast<int>(contract::argument::kResults)));
  std::memset(whole.map<void*>(), 0x11, 3 * kPage);
  whole.sync(XCL_BO_SYNC_BO_TO_DEVICE);
  xrt::bo middle(whole, kPage, kPage);
  EXPECT_EQ(middle.address(), whole.address() + kPage);
  job.run.set_arg(static_cast<int>(contract::argument::kResults), middle);
  job.run.start();
  ASSERT_EQ(job.run.wait(10s), ERT_CMD_STATE_COMPLETED);
  middle.sync(XCL_BO_SYNC_BO_FROM_DEVICE);
  whole.sync(XCL_BO_SYNC_BO_FROM_DEVICE);
  const auto* bytes = whole.map<const unsigned char*>();
  EXPECT_EQ(bytes[kPage - 1], 0x11);
  EXPECT_EQ(bytes[2 * kPage], 0x11);
  EXPECT_TRUE(std::equal(job.expected.begin(), job.expected.end(), bytes + kPage));
}

TEST_F(CardOverXrt, NothingReachesTheDeviceWithoutSync) {
  xrt::device device(0u);
  const auto uuid = device.load_xclbin(xclbin_);
  xrt::kernel kernel(device, uuid, "phasic:{phasic_1}");
  Job job(device, kernel, 4, kPage);
  std::memset(job.buffers[contract::argument::kSamples].map<void*>(), 0xee, kPage);
  job.run.start();
  ASSERT_EQ(job.run.wait(10s), ERT_CMD_STATE_COMPLETED);
  job.expect_result(4);
}

TEST_F(CardOverXrt, BuffersAreCopiedOnTheDevice) {
  xrt::device device(0u);
  const auto uuid = device.load_xclbin(xclbin_);
  xrt::kernel kernel(device, uuid, "phasic:{phasic_1}");
  xrt::bo from(device, 2 * kPage, kernel.group_id(0)), to(device, 2 * kPage, kernel.group_id(0));
  std::memset(from.map<void*>(), 0x42, 2 * kPage);
  from.sync(XCL_BO_SYNC_BO_TO_DEVICE);
  to.copy(from, kPage, kPage, 0);
  to.sync(XCL_BO_SYNC_BO_FROM_DEVICE);
  EXPECT_EQ(to.map<const unsigned char*>()[0], 0x42);
  EXPECT_NE(to.map<const unsigned char*>()[kPage], 0x42);
}

TEST_F(CardOverXrt, AnIpRunsThroughItsRegisters) {
  xrt::device device(0u);
  const auto uuid = device.load_xclbin(xclbin_);
  xrt::ip ip(device, uuid, "phasic:{phasic_2}");
  EXPECT_EQ(ip.read_register(contract::reg::kIdentity), contract::kIdentity);
  EXPECT_THROW((void)ip.read_register(contract::kControlRange), std::out_of_range);
  xrt::bo samples(device, kPage, 0), results(device, kPage, 0), weights(device, kPage, 0);
  std::memset(samples.map<void*>(), 0x77, kPage);
  samples.sync(XCL_BO_SYNC_BO_TO_DEVICE);
  const auto set_buffer = [&](std::uint32_t offset, const xrt::bo& buffer) {
    ip.write_register(offset, static_cast<std::uint32_t>(buffer.address()));
    ip.write_register(offset + 4, static_cast<std::uint32_t>(buffer.address() >> 32));
  };
  set_buffer(contract::reg::kSamples, samples);
  set_buffer(contract::reg::kResults, results);
  set_buffer(contract::reg::kWeights, weights);
  for (const auto offset : {contract::reg::kSamplesBytes, contract::reg::kResultsBytes, contract::reg::kWeightsBytes}) {
    ip.write_register(offset, kPage);
  }
  ip.write_register(contract::reg::kControl, 1);
  std::uint32_t control = 0;
  for (int turn = 0; turn < 10'000 && (control & 2) == 0; ++turn) {
    control = ip.read_register(contract::reg::kControl);
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_EQ(control & 2, 2u);
  EXPECT_EQ(ip.read_register(contract::reg::kControl) & 2, 0u);
  results.sync(XCL_BO_SYNC_BO_FROM_DEVICE);
  EXPECT_EQ(results.map<const unsigned char*>()[kPage - 1], 0x77);
}

TEST_F(CardOverXrt, AnIpThatIsInUseIsRefused) {
  xrt::device device(0u);
  const auto uuid = device.load_xclbin(xclbin_);
  xrt::kernel kernel(device, uuid, "phasic:{phasic_1}", xrt::kernel::cu_access_mode::exclusive);
  EXPECT_ANY_THROW(xrt::ip(device, uuid, "phasic:{phasic_1}"));
  EXPECT_NO_THROW(xrt::ip(device, uuid, "phasic:{phasic_2}"));
}

TEST_F(CardOverXrt, AWaitTimesOutAndTheRunGoesOn) {
  options(R"({"behaviour": "hang"})");
  xrt::device device(0u);
  const auto uuid = device.load_xclbin(xclbin_);
  xrt::kernel kernel(device, uuid, "phasic:{phasic_1}", xrt::kernel::cu_access_mode::exclusive);
  Job job(device, kernel, 1);
  job.run.start();
  EXPECT_EQ(job.run.wait(50ms), ERT_CMD_STATE_TIMEOUT);
  const auto run = static_cast<std::uint32_t>(contract::Phase::kRun);
  for (int turn = 0; turn < 20'000 && kernel.read_register(contract::reg::kPhase) != run; ++turn)
    std::this_thread::sleep_for(1ms);
  EXPECT_EQ(kernel.read_register(contract::reg::kPhase), run);
  EXPECT_EQ(job.run.wait(10ms), ERT_CMD_STATE_TIMEOUT);
}

TEST_F(CardOverXrt, AnEngineThatFailsEndsTheRunInError) {
  options(R"({"behaviour": "throw"})");
  xrt::device device(0u);
  const auto uuid = device.load_xclbin(xclbin_);
  xrt::kernel kernel(device, uuid, "phasic:{phasic_1}");
  Job job(device, kernel, 1);
  job.run.start();
  EXPECT_EQ(job.run.wait(10s), ERT_CMD_STATE_ERROR);
}

TEST_F(CardOverXrt, AnEngineThatCannotBeMadeFailsTheLoading) {
  options(R"({"behaviour": "refuse"})");
  xrt::device device(0u);
  try {
    (void)device.load_xclbin(xclbin_);
    FAIL();
  } catch (const std::exception& error) {
    EXPECT_NE(std::string(error.what()).find("refused as asked"), std::string::npos) << error.what();
  }
}

TEST_F(CardOverXrt, ABankThatIsFullThrowsBadAlloc) {
  fs::remove(xclbin_);
  xclbin_ = write_xclbin(1, 1);
  xrt::device device(0u);
  (void)device.load_xclbin(xclbin_);
  EXPECT_NO_THROW(xrt::bo(device, 1 << 20, 0));
  EXPECT_THROW(xrt::bo(device, (1 << 20) + 1, 0), std::bad_alloc);
}

TEST_F(CardOverXrt, NamesThatDoNotExistAreToldByXrt) {
  xrt::device device(0u);
  const auto uuid = device.load_xclbin(xclbin_);
  EXPECT_ANY_THROW(xrt::kernel(device, uuid, "nonsense"));
  EXPECT_ANY_THROW(xrt::kernel(device, uuid, "phasic:{phasic_3}"));
}

}  // namespace
