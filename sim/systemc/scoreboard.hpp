// SPDX-License-Identifier: Apache-2.0
/// Holds what two units write to memory against each other, byte by byte, in whatever order and bursts they write.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <stdexcept>
#include <string>
#include <unordered_map>

#include "sim/systemc/job.hpp"
#include "sim/systemc/monitor.hpp"

namespace phasic::platform {

/// The first difference between two units. what() says which transaction, which place, both values and the bit, and lists the
/// last transactions of both units.
class Difference : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Scoreboard {
 public:
  /// Both units run `job` with the same `addresses`; `names` are theirs. Bytes of timing counters are not compared.
  Scoreboard(const Job& job, const Addresses& addresses, std::uint32_t weight_width, std::array<std::string, 2> names);

  /// A transaction of unit 0 or 1. Throws Difference: if a byte differs from what the other unit wrote there, if a write leaves
  /// the buffers that a run may write, or if a transaction was refused.
  void observe(const Transaction& transaction);
  /// When both are done: throws Difference if registers differ, or if one has written what the other has not.
  void finish(const Registers& first, const Registers& second);

  [[nodiscard]] std::uint64_t compared_bytes() const { return compared_; }
  [[nodiscard]] std::uint64_t transactions() const { return transactions_; }

 private:
  struct Seen {
    std::byte value;
    std::uint64_t address, cycle;  ///< of the transaction
    std::uint32_t bytes;           ///< of the transaction
  };
  struct Line {
    std::uint64_t cycle = 0, address = 0;
    std::size_t bytes = 0;
    bool write = false, good = false;
  };

  void compare(unsigned unit, std::uint64_t address, const Seen& seen);
  /// Argument id of the buffer with this address, or kBuffers.
  [[nodiscard]] std::size_t buffer_of(std::uint64_t address) const;
  [[nodiscard]] std::string place_text(std::uint64_t address, unsigned bit) const;
  [[nodiscard]] std::string transactions_text() const;
  [[noreturn]] void differ(const std::string& what) const;

  Job job_;
  Addresses addresses_;
  std::uint32_t weight_width_;
  std::array<std::string, 2> names_;
  /// By address: what one unit has written and the other has not yet.
  std::array<std::unordered_map<std::uint64_t, std::deque<Seen>>, 2> pending_;
  std::array<std::deque<Line>, 2> last_;
  std::uint64_t compared_ = 0, transactions_ = 0;
};

}  // namespace phasic::platform
