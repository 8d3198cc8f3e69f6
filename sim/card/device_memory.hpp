// SPDX-License-Identifier: Apache-2.0
/// The memory of a simulated card: banks in which buffers are placed. A kernel reaches buffers only; whatever lies between them
/// answers with a bus error, so that an access outside a buffer does not go unnoticed as it would on a card.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "driver/engine/engine.hpp"

namespace phasic::card {

inline constexpr std::size_t kPage = 4096;  ///< granule of addresses and sizes, and the gap between buffers

struct Bank {
  std::string name;
  std::uint64_t base = 0;
  std::uint64_t bytes = 0;
};

/// A buffer: bytes on the host and bytes on the card, which are the same ones if `shared`.
struct Buffer {
  unsigned flags = 0;
  std::size_t size = 0;         ///< as asked for
  std::uint64_t address = 0;    ///< on the card; 0 for a buffer that the kernel does not see
  std::byte* host = nullptr;    ///< null if the host cannot see it
  std::byte* device = nullptr;  ///< `size` rounded up to pages
  std::unique_ptr<std::byte[], void (*)(void*)> storage{nullptr, nullptr};
};

/// All functions may be called by any thread; set_banks before the others. Accesses to different bytes go on at the same time,
/// and a buffer is not released in the middle of one.
class DeviceMemory : public engine::Memory {
 public:
  /// Banks that buffers are placed in from now on. Buffers that exist stay.
  void set_banks(std::vector<Bank> banks);

  /// Flags are those of XRT: memory bank in the low bits, kind in the high ones. `host` is the host's side of a normal buffer,
  /// or null. Card memory starts with a pattern, not with 0. Throws std::bad_alloc if the bank is full, std::invalid_argument
  /// for a bank that does not exist.
  std::shared_ptr<Buffer> allocate(std::byte* host, std::size_t size, unsigned flags);
  void release(const Buffer& buffer);

  bool read(std::uint64_t address, std::span<std::byte> to) override;
  bool write(std::uint64_t address, std::span<const std::byte> from) override;

 private:
  struct Extent {
    std::uint64_t begin = 0, end = 0;
    std::byte* bytes = nullptr;
  };
  /// Most accesses of a compute unit go where the one before went. Valid until the next release.
  struct Latest {
    Extent extent;
    std::uint64_t releases = 0;
  };

 public:
  /// The memory as one compute unit reaches it.
  class Port : public engine::Memory {
   public:
    explicit Port(DeviceMemory& memory) : memory_(memory) {}
    bool read(std::uint64_t address, std::span<std::byte> to) override {
      return !failing_ && memory_.read(address, to, latest_);
    }
    bool write(std::uint64_t address, std::span<const std::byte> from) override {
      return memory_.write(address, from, latest_);
    }
    /// Whether every read is answered with an error.
    void fail_reads(bool failing) { failing_ = failing; }

   private:
    DeviceMemory& memory_;
    bool failing_ = false;
    Latest latest_;
  };

 private:
  [[nodiscard]] std::uint64_t place(const Bank& bank, std::size_t bytes) const;
  [[nodiscard]] std::byte* find(std::uint64_t address, std::size_t size, Latest& latest) const;
  bool read(std::uint64_t address, std::span<std::byte> to, Latest& latest) const;
  bool write(std::uint64_t address, std::span<const std::byte> from, Latest& latest) const;

  mutable std::shared_mutex mutex_;  // guards everything below; held for an access
  std::vector<Bank> banks_;
  std::map<std::uint64_t, Extent> extents_;  // by address
  std::uint64_t releases_ = 0;
};

}  // namespace phasic::card
