// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "driver/device.hpp"
#include "driver/serial/serial_board.hpp"
#include "driver/serial/serial_core.hpp"
#include "driver/unit_lock.hpp"

namespace phasic::driver {
namespace {

using contract::SerialSpace;
using ::testing::HasSubstr;

/// What a slave's address space holds, and what it was asked for.
struct Slave {
  std::map<std::uint32_t, std::byte> bytes;
  std::vector<std::size_t> transfers;  ///< sizes
  std::vector<std::string> log;        ///< what was done in which space, as far as jobs are concerned
};

/// A slave that answers at once.
class MemoryLink final : public SpiLink {
 public:
  explicit MemoryLink(std::shared_ptr<Slave> slave) : slave_(std::move(slave)) {}

  void transfer(std::span<const std::byte> out, std::span<std::byte> in) override {
    slave_->transfers.push_back(out.size());
    std::uint32_t address = 0;
    for (std::size_t at = 1; at < 4; ++at) address = address << 8 | std::to_integer<std::uint32_t>(out[at]);
    const bool is_write = out[0] == static_cast<std::byte>(contract::SerialCommand::kWrite);
    const std::uint32_t offset = address & 0xfffff;
    if (address >> 20 == static_cast<std::uint32_t>(SerialSpace::kJobs))
      slave_->log.push_back(fmt::format("{} job {}", is_write ? "write" : "read", offset / contract::kSerialJobSpace));
    if (address >> 20 == static_cast<std::uint32_t>(SerialSpace::kControl) && is_write)
      slave_->log.push_back(
          fmt::format("start job {}", std::to_integer<unsigned>(out[4]) >> contract::kSerialControlCommandJobBit));
    if (is_write) {
      for (std::size_t at = 4; at < out.size(); ++at) slave_->bytes[address++] = out[at];
    } else {
      for (std::size_t at = 5; at < out.size(); ++at) in[at] = slave_->bytes[address++];
    }
  }

  [[nodiscard]] std::string describe() const override { return "a slave of the test"; }

 private:
  std::shared_ptr<Slave> slave_;
};

void put_control(Slave& slave, const contract::SerialControl& control) {
  const auto bytes = std::as_bytes(std::span(&control, 1));
  for (std::size_t at = 0; at < bytes.size(); ++at)
    slave.bytes[static_cast<std::uint32_t>(SerialSpace::kControl) << 20 | static_cast<std::uint32_t>(at)] = bytes[at];
}

std::shared_ptr<Slave> good_slave() {
  auto slave = std::make_shared<Slave>();
  contract::SerialControl control{};
  control.identity = contract::kSerialIdentity;
  control.version = contract::kContractVersion;
  control.lanes = 8;
  put_control(*slave, control);
  return slave;
}

std::string complaint_of(const auto& action) {
  try {
    action();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

TEST(SerialBoard, NamesWhatAnswersInTheBoardsPlace) {
  auto slave = good_slave();
  slave->bytes[static_cast<std::uint32_t>(SerialSpace::kControl) << 20] = std::byte{0xff};
  EXPECT_THAT(complaint_of([&] { SerialBoard board(std::make_unique<MemoryLink>(slave)); }),
              HasSubstr(fmt::format("identity is 0x534f48ff, expected {:#010x}", contract::kSerialIdentity)));
}

TEST(SerialBoard, NamesBothVersions) {
  auto slave = good_slave();
  slave->bytes[(static_cast<std::uint32_t>(SerialSpace::kControl) << 20) + offsetof(contract::SerialControl, version)] =
      std::byte{77};
  EXPECT_THAT(complaint_of([&] { SerialBoard board(std::make_unique<MemoryLink>(slave)); }),
              HasSubstr(fmt::format("contract version is 77, this driver's is {}", contract::kContractVersion)));
}

TEST(SerialBoard, WritesAndReadsAnyLengthInTransfersOfHalfAPage) {
  auto slave = good_slave();
  SerialBoard board(std::make_unique<MemoryLink>(slave));
  EXPECT_EQ(board.lanes(), 8U);
  slave->transfers.clear();
  std::vector<std::byte> written(5000);
  for (std::size_t at = 0; at < written.size(); ++at) written[at] = static_cast<std::byte>(at * 7 + at / 256);
  board.write(SerialSpace::kWeights, 100, written);
  std::vector<std::byte> read(written.size());
  board.read(SerialSpace::kWeights, 100, read);
  EXPECT_EQ(read, written);
  EXPECT_EQ(slave->bytes[100 + 4999], written.back());
  EXPECT_EQ(slave->transfers.size(), 6U);
  EXPECT_LE(*std::max_element(slave->transfers.begin(), slave->transfers.end()), 2048U + 5U);
}

TEST(SerialBoard, GivesAJobUpThatDoesNotEnd) {
  auto slave = good_slave();
  SerialBoard board(std::make_unique<MemoryLink>(slave));
  slave->bytes[(static_cast<std::uint32_t>(SerialSpace::kControl) << 20) + offsetof(contract::SerialControl, status)] =
      std::byte{1};
  board.start_job(0);
  EXPECT_THAT(complaint_of([&] { (void)board.finish_job(std::chrono::milliseconds(20)); }),
              HasSubstr("a job has not ended after 20 ms"));
}

TEST(SerialCore, SendsTheNextSampleWhileItWorksOnOne) {
  auto slave = good_slave();
  shell::Program program;
  program.inputs = 4;
  program.classes = 2;
  program.steps = 1;
  program.layers = {shell::LayerProgram{.rows = 4, .neurons = 2}};
  const auto core = make_serial_core(program, std::make_shared<SerialBoard>(std::make_unique<MemoryLink>(slave)));
  ASSERT_TRUE(core->takes_ahead());
  const std::array<std::uint8_t, 4> first{1, 2, 3, 4}, second{5, 6, 7, 8}, third{9, 9, 9, 9};
  shell::SampleResult result;
  const auto log_of = [&](std::span<const std::uint8_t> now, std::uint32_t number, std::span<const std::uint8_t> next) {
    slave->log.clear();
    const shell::Sample expected{.intensities = next};
    if (!next.empty()) core->expect(expected);
    core->run({.intensities = now}, number, result);
    return fmt::format("{}", fmt::join(slave->log, ", "));
  };
  EXPECT_EQ(log_of(first, 0, second), "write job 0, start job 0, write job 1");
  EXPECT_EQ(log_of(second, 1, third), "start job 1, write job 0") << "what is there is not sent again";
  EXPECT_EQ(log_of(third, 2, {}), "start job 0");
  EXPECT_EQ(log_of(first, 3, second), "write job 1, start job 1, write job 0") << "nothing was expected";
  core->set_rate(0, 7, 0);
  EXPECT_EQ(log_of(second, 4, {}), "write job 0, start job 0") << "it was sent with another rate";
}

TEST(SpiDevice, ThatIsNotThereIsNamed) {
  EXPECT_THAT(complaint_of([] { (void)open_spidev("/nowhere/spidev0.0", 1'000'000); }),
              HasSubstr("SPI device '/nowhere/spidev0.0' cannot be opened: No such file"));
}

TEST(SpiDevice, ThatIsAnotherFileIsNamed) {
  EXPECT_THAT(complaint_of([] { (void)open_spidev("/dev/null", 1'000'000); }),
              HasSubstr("SPI device '/dev/null' is not an SPI device"));
}

TEST(SpiEngine, NamesOptionsThatAreWrong) {
  const auto complaint = [](const std::string& options) { return complaint_of([&] { (void)open_local("spi", options); }); };
  EXPECT_THAT(complaint(R"({"device": 3})"), HasSubstr("device is 3, expected a file name"));
  EXPECT_THAT(complaint(R"({"hertz": 10})"), HasSubstr("hertz is 10, expected 1000 to 50000000"));
  EXPECT_THAT(complaint(R"({"speed": 10})"), HasSubstr("unknown key 'speed'"));
  {
    // Another process that is at work with the board.
    const auto file = ::testing::TempDir() + "phasic_spi_" + std::to_string(::getpid());
    const std::ofstream made(file);
    ::setenv("PHASIC_LOCK_FOLDER", ::testing::TempDir().c_str(), 1);
    const UnitLock other("spi", file);
    EXPECT_THAT(complaint(R"({"device": ")" + file + R"("})"),
                HasSubstr("'" + file + "' of card spi is in use by process " + std::to_string(::getpid())));
    ::unsetenv("PHASIC_LOCK_FOLDER");
    ::unlink(file.c_str());
  }
  EXPECT_THAT(complaint(R"({"device": "/nowhere/spi"})"), HasSubstr("'/nowhere/spi' cannot be opened"));
}

}  // namespace
}  // namespace phasic::driver
