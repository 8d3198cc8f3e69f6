// SPDX-License-Identifier: Apache-2.0
#include "driver/engine/banked_memory.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace phasic::engine {

void BankedMemory::add_bank(std::uint64_t base, std::size_t size) {
  if (size == 0) throw std::invalid_argument(fmt::format("bank at {:#x} is empty", base));
  if (base + size < base) throw std::invalid_argument(fmt::format("bank at {:#x} with {} bytes wraps round", base, size));
  const auto above = banks_.lower_bound(base);
  const bool meets_above = above != banks_.end() && above->first < base + size;
  const bool meets_below = above != banks_.begin() && std::prev(above)->first + std::prev(above)->second.size() > base;
  if (meets_above || meets_below) {
    throw std::invalid_argument(fmt::format("bank at {:#x} with {} bytes overlaps another", base, size));
  }
  banks_.emplace(base, std::vector<std::byte>(size));
}

void BankedMemory::remove_bank(std::uint64_t base) {
  if (banks_.erase(base) == 0) throw std::out_of_range(fmt::format("no bank starts at {:#x}", base));
}

std::span<std::byte> BankedMemory::bank(std::uint64_t base) {
  const auto found = banks_.find(base);
  if (found == banks_.end()) throw std::out_of_range(fmt::format("no bank starts at {:#x}", base));
  return found->second;
}

void BankedMemory::fail_reads(std::uint64_t address, std::uint64_t size) {
  read_failures_.push_back({address, address + size});
}

void BankedMemory::fail_writes(std::uint64_t address, std::uint64_t size) {
  write_failures_.push_back({address, address + size});
}

void BankedMemory::clear_failures() {
  read_failures_.clear();
  write_failures_.clear();
}

std::byte* BankedMemory::find(std::uint64_t address, std::size_t size) {
  auto above = banks_.upper_bound(address);
  if (above == banks_.begin()) return nullptr;
  auto& [base, bytes] = *std::prev(above);
  const std::uint64_t offset = address - base;
  if (offset > bytes.size() || size > bytes.size() - offset) return nullptr;
  return bytes.data() + offset;
}

bool BankedMemory::refuse() {
  ++errors_;
  return false;
}

namespace {

template <typename Ranges>
bool touches(const Ranges& ranges, std::uint64_t address, std::size_t size) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const auto& range) { return address < range.end && address + size > range.begin; });
}

}  // namespace

bool BankedMemory::read(std::uint64_t address, std::span<std::byte> to) {
  const std::byte* from = find(address, to.size());
  if (from == nullptr || touches(read_failures_, address, to.size())) return refuse();
  std::memcpy(to.data(), from, to.size());
  return true;
}

bool BankedMemory::write(std::uint64_t address, std::span<const std::byte> from) {
  std::byte* to = find(address, from.size());
  if (to == nullptr || touches(write_failures_, address, from.size())) return refuse();
  std::memcpy(to, from.data(), from.size());
  return true;
}

}  // namespace phasic::engine
