// SPDX-License-Identifier: Apache-2.0
/// Device memory made of separate banks; whatever lies between them answers with a bus error.
#pragma once

#include <map>
#include <vector>

#include "driver/engine/engine.hpp"

namespace phasic::engine {

/// Not thread-safe.
class BankedMemory : public Memory {
 public:
  /// Adds `size` bytes of 0 at `base`. Throws std::invalid_argument if the bank is empty, wraps round or overlaps another.
  void add_bank(std::uint64_t base, std::size_t size);
  /// Throws std::out_of_range if no bank starts at `base`.
  void remove_bank(std::uint64_t base);
  /// The bytes of the bank that starts at `base`. Throws std::out_of_range if there is none.
  [[nodiscard]] std::span<std::byte> bank(std::uint64_t base);

  /// An access that touches a byte of [address, address + size) fails from now on; each call adds a range.
  void fail_reads(std::uint64_t address, std::uint64_t size);
  void fail_writes(std::uint64_t address, std::uint64_t size);
  void clear_failures();

  bool read(std::uint64_t address, std::span<std::byte> to) override;
  bool write(std::uint64_t address, std::span<const std::byte> from) override;

  /// Accesses that were answered with an error so far.
  [[nodiscard]] std::uint64_t errors() const { return errors_; }

 private:
  struct Range {
    std::uint64_t begin, end;
  };
  [[nodiscard]] std::byte* find(std::uint64_t address, std::size_t size);
  [[nodiscard]] bool refuse();

  std::map<std::uint64_t, std::vector<std::byte>> banks_;  // by base address
  std::vector<Range> read_failures_, write_failures_;
  std::uint64_t errors_ = 0;
};

}  // namespace phasic::engine
