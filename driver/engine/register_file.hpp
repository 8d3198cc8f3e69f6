// SPDX-License-Identifier: Apache-2.0
/// The registers of a kernel that is not RTL: control, interrupts, arguments, status and limits, as sections 5 and 6 of
/// docs/specification.md have them.
#pragma once

#include <array>
#include <cstdint>

#include "phasic/contract.hpp"

namespace phasic::engine {

/// Arguments of a run; arrays are indexed by argument id: program, weights, tables, samples, results, trace.
struct Arguments {
  std::array<std::uint64_t, 6> address{};
  std::array<std::uint32_t, 6> bytes{};
  std::uint32_t sample_count = 0;
  std::uint32_t first_sample = 0;
};

/// What the status registers tell.
struct RegisterStatus {
  std::uint32_t error = 0, error_detail = 0, error_sample = 0;
  contract::Phase phase = contract::Phase::kIdle;
  std::uint32_t samples_fetched = 0, samples_done = 0;
  std::uint64_t cycles = 0;  ///< of the run so far, by whoever keeps a clock
};

class RegisterFile {
 public:
  explicit RegisterFile(const contract::LimitWords& limits) : limits_(limits) {}

  /// Reading `control` clears its done bit. Offsets without a register read as 0.
  [[nodiscard]] std::uint32_t read(std::uint32_t offset, const RegisterStatus& status);
  /// Returns true if the write starts a run; the registers then say that one is going on.
  [[nodiscard]] bool write(std::uint32_t offset, std::uint32_t value);
  /// The run has ended: done is set, and the interrupts that are enabled become pending.
  void finish();

  [[nodiscard]] bool running() const { return running_; }
  /// The interrupt line.
  [[nodiscard]] bool interrupt() const { return global_interrupt_enable_ != 0 && interrupt_status_ != 0; }
  [[nodiscard]] Arguments arguments() const;

 private:
  /// The word of an argument at `offset`, or nothing.
  std::uint32_t* argument_word(std::uint32_t offset);

  contract::LimitWords limits_;
  std::array<std::array<std::uint32_t, 2>, contract::kArguments.size()> words_{};  ///< arguments, low and high word
  std::uint32_t global_interrupt_enable_ = 0;
  std::uint32_t interrupt_enable_ = 0;
  std::uint32_t interrupt_status_ = 0;
  bool running_ = false;
  bool done_ = false;
};

}  // namespace phasic::engine
