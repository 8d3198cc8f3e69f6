// SPDX-License-Identifier: Apache-2.0
#include "sim/card/device_memory.hpp"

#include <fmt/core.h>
#include <xrt_mem.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <stdexcept>

namespace phasic::card {
namespace {

constexpr int kFreshByte = 0xa5;

std::size_t round_up(std::size_t size) { return (size + kPage - 1) / kPage * kPage; }

/// Kinds whose host pointer shows the card's bytes, without a copy.
bool is_shared(unsigned flags) {
  return (flags & (XCL_BO_FLAGS_EXECBUF | XCL_BO_FLAGS_HOST_ONLY | XCL_BO_FLAGS_P2P | XCL_BO_FLAGS_SVM)) != 0;
}

}  // namespace

void DeviceMemory::set_banks(std::vector<Bank> banks) {
  const std::unique_lock lock(mutex_);
  banks_ = std::move(banks);
}

std::shared_ptr<Buffer> DeviceMemory::allocate(std::byte* host, std::size_t size, unsigned flags) {
  const std::size_t bytes = round_up(std::max<std::size_t>(size, 1));
  if (bytes < size) throw std::bad_alloc();
  const bool command = (flags & XCL_BO_FLAGS_EXECBUF) != 0;
  const bool device_only = (flags & XCL_BO_FLAGS_DEV_ONLY) != 0;
  const bool own_host = host == nullptr && !is_shared(flags) && !device_only;
  std::uint64_t address = 0;
  const std::unique_lock lock(mutex_);
  if (!command) {
    const unsigned bank = flags & XRT_BO_FLAGS_MEMIDX_MASK;
    if (bank >= banks_.size()) {
      throw std::invalid_argument(fmt::format("memory bank {}: the xclbin has {} banks", bank, banks_.size()));
    }
    address = place(banks_[bank], bytes);
  }
  auto buffer = std::make_shared<Buffer>();
  void* storage = nullptr;
  if (posix_memalign(&storage, kPage, own_host ? 2 * bytes : bytes) != 0) throw std::bad_alloc();
  buffer->storage = {static_cast<std::byte*>(storage), std::free};
  buffer->flags = flags;
  buffer->size = size;
  buffer->address = address;
  buffer->device = buffer->storage.get();
  if (own_host) {
    buffer->host = buffer->device + bytes;
    std::memset(buffer->host, 0, bytes);
  } else if (host != nullptr) {
    buffer->host = host;
  } else if (!device_only) {
    buffer->host = buffer->device;
  }
  std::memset(buffer->device, command ? 0 : kFreshByte, bytes);
  if (!command) extents_.emplace(address, Extent{address, address + bytes, buffer->device});
  return buffer;
}

void DeviceMemory::release(const Buffer& buffer) {
  const std::unique_lock lock(mutex_);
  const auto found = extents_.find(buffer.address);
  if (found == extents_.end() || found->second.bytes != buffer.device) return;
  extents_.erase(found);
  ++releases_;
}

std::uint64_t DeviceMemory::place(const Bank& bank, std::size_t bytes) const {
  const std::uint64_t end = bank.base + bank.bytes;
  std::uint64_t address = bank.base;
  for (auto next = extents_.lower_bound(bank.base); next != extents_.end() && next->first < end; ++next) {
    if (next->second.begin >= address && next->second.begin - address >= bytes + kPage) break;
    address = next->second.end + kPage;
  }
  if (address > end || end - address < bytes) throw std::bad_alloc();
  return address;
}

std::byte* DeviceMemory::find(std::uint64_t address, std::size_t size, Latest& latest) const {
  auto& extent = latest.extent;
  if (latest.releases != releases_ || address < extent.begin || address >= extent.end) {
    auto above = extents_.upper_bound(address);
    if (above == extents_.begin()) return nullptr;
    extent = std::prev(above)->second;
    latest.releases = releases_;
  }
  if (address >= extent.end || size > extent.end - address) return nullptr;
  return extent.bytes + (address - extent.begin);
}

bool DeviceMemory::read(std::uint64_t address, std::span<std::byte> to) {
  Latest none;
  return read(address, to, none);
}

bool DeviceMemory::write(std::uint64_t address, std::span<const std::byte> from) {
  Latest none;
  return write(address, from, none);
}

bool DeviceMemory::read(std::uint64_t address, std::span<std::byte> to, Latest& latest) const {
  const std::shared_lock lock(mutex_);
  const std::byte* from = find(address, to.size(), latest);
  if (from == nullptr) return false;
  std::memcpy(to.data(), from, to.size());
  return true;
}

bool DeviceMemory::write(std::uint64_t address, std::span<const std::byte> from, Latest& latest) const {
  const std::shared_lock lock(mutex_);
  std::byte* to = find(address, from.size(), latest);
  if (to == nullptr) return false;
  std::memcpy(to, from.data(), from.size());
  return true;
}

}  // namespace phasic::card
