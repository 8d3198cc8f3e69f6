// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
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
};

/// A slave that answers at once.
class MemoryLink final : public SpiLink {
 public:
  explicit MemoryLink(std::shared_ptr<Slave> slave) : slave_(std::move(slave)) {}

  void transfer(std::span<const std::byte> out, std::span<std::byte> in) override {
    slave_->transfers.push_back(out.size());
    std::uint32_t address = 0;
    for (std::size_t at = 1; at < 4; ++at) address = address << 8 | std::to_integer<std::uint32_t>(out[at]);
    if (out[0] == static_cast<std::byte>(contract::SerialCommand::kWrite)) {
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
  EXPECT_THAT(complaint_of([&] { (void)board.run_job(0, std::chrono::milliseconds(20)); }),
              HasSubstr("a job has not ended after 20 ms"));
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
