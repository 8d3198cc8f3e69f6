// SPDX-License-Identifier: Apache-2.0
#include "sim/card/device_memory.hpp"

#include <gtest/gtest.h>
#include <xrt_mem.h>

#include <array>
#include <new>
#include <stdexcept>

namespace phasic::card {
namespace {

constexpr std::uint64_t kBase = 0x4'0000'0000;

/// Two banks of so many bytes each.
class MemoryWithBanks : public DeviceMemory {
 public:
  explicit MemoryWithBanks(std::uint64_t bytes) { set_banks({{"DDR[0]", kBase, bytes}, {"DDR[1]", kBase + bytes, bytes}}); }
};

TEST(DeviceMemory, PlacesBuffersInTheirBankOnPages) {
  MemoryWithBanks memory(1 << 20);
  for (unsigned bank = 0; bank < 2; ++bank) {
    const auto buffer = memory.allocate(nullptr, 100, bank);
    EXPECT_EQ(buffer->address % kPage, 0u);
    EXPECT_GE(buffer->address, kBase + bank * (1u << 20));
    EXPECT_LT(buffer->address, kBase + (bank + 1) * (1u << 20));
  }
}

TEST(DeviceMemory, TheKernelReachesBuffersOnly) {
  MemoryWithBanks memory(1 << 20);
  const auto first = memory.allocate(nullptr, kPage, 0);
  const auto second = memory.allocate(nullptr, kPage, 0);
  std::array<std::byte, 64> line{};
  EXPECT_TRUE(memory.write(first->address, line));
  EXPECT_TRUE(memory.read(first->address + kPage - 64, line));
  EXPECT_FALSE(memory.read(first->address + kPage - 63, line));
  EXPECT_FALSE(memory.read(first->address + kPage, line));
  EXPECT_FALSE(memory.write(first->address - 64, line));
  EXPECT_FALSE(memory.write(0, line));
  line.fill(std::byte{3});
  EXPECT_TRUE(memory.write(second->address, line));
  EXPECT_EQ(second->device[0], std::byte{3});
  EXPECT_NE(second->device[64], std::byte{3});
}

TEST(DeviceMemory, FreshMemoryIsNotZero) {
  MemoryWithBanks memory(1 << 20);
  const auto buffer = memory.allocate(nullptr, kPage, 0);
  std::array<std::byte, 1> byte{};
  ASSERT_TRUE(memory.read(buffer->address + 17, byte));
  EXPECT_NE(byte[0], std::byte{0});
}

TEST(DeviceMemory, AReleasedBufferIsGoneAndItsPlaceIsUsedAgain) {
  MemoryWithBanks memory(8 * kPage);
  std::array<std::byte, 1> byte{};
  for (int turn = 0; turn < 10; ++turn) {
    const auto buffer = memory.allocate(nullptr, 6 * kPage, 0);
    EXPECT_THROW((void)memory.allocate(nullptr, 6 * kPage, 0), std::bad_alloc);
    const auto address = buffer->address;
    EXPECT_TRUE(memory.read(address, byte));
    memory.release(*buffer);
    EXPECT_FALSE(memory.read(address, byte));
  }
}

TEST(DeviceMemory, APortSeesThatTheBufferOfItsLastAccessIsGone) {
  MemoryWithBanks memory(1 << 20);
  const auto released = memory.allocate(nullptr, kPage, 0);
  const auto other = memory.allocate(nullptr, kPage, 0);
  DeviceMemory::Port port(memory);
  std::array<std::byte, 1> byte{};
  EXPECT_TRUE(port.read(released->address, byte));
  memory.release(*released);
  EXPECT_FALSE(port.read(released->address, byte));
  EXPECT_FALSE(port.write(released->address, byte));
  EXPECT_TRUE(port.read(other->address, byte));
}

TEST(DeviceMemory, FillsGapsBetweenBuffers) {
  MemoryWithBanks memory(16 * kPage);
  const auto first = memory.allocate(nullptr, 3 * kPage, 0);
  const auto second = memory.allocate(nullptr, 3 * kPage, 0);
  const auto third = memory.allocate(nullptr, 3 * kPage, 0);
  memory.release(*second);
  const auto gap = memory.allocate(nullptr, 3 * kPage, 0);
  EXPECT_EQ(gap->address, second->address);
  EXPECT_GT(third->address, gap->address);
  EXPECT_LT(first->address, gap->address);
}

TEST(DeviceMemory, RefusesBanksThatDoNotExistAndSizesThatDoNotFit) {
  MemoryWithBanks memory(1 << 20);
  EXPECT_THROW((void)memory.allocate(nullptr, kPage, 2), std::invalid_argument);
  EXPECT_THROW((void)memory.allocate(nullptr, (1 << 20) + 1, 0), std::bad_alloc);
  EXPECT_THROW((void)memory.allocate(nullptr, static_cast<std::size_t>(-1), 0), std::bad_alloc);
}

TEST(DeviceMemory, KindsOfBuffersShareBytesAsOnACard) {
  MemoryWithBanks memory(1 << 20);
  const auto host_only = memory.allocate(nullptr, kPage, XCL_BO_FLAGS_HOST_ONLY);
  EXPECT_EQ(host_only->host, host_only->device);
  const auto device_only = memory.allocate(nullptr, kPage, XCL_BO_FLAGS_DEV_ONLY);
  EXPECT_EQ(device_only->host, nullptr);
  const auto cacheable = memory.allocate(nullptr, kPage, XCL_BO_FLAGS_CACHEABLE);
  EXPECT_NE(cacheable->host, cacheable->device);
  const auto command = memory.allocate(nullptr, kPage, XCL_BO_FLAGS_EXECBUF);
  EXPECT_EQ(command->address, 0u);
}

}  // namespace
}  // namespace phasic::card
