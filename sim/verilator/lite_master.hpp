// SPDX-License-Identifier: Apache-2.0
/// A master for the kernel's AXI4-Lite port: one register access at a time, cycle by cycle, with random or ideal timing.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "sim/verilator/pins.hpp"

namespace phasic::engine {

class LiteMaster {
 public:
  /// `name` stands in messages. Ideal timing never waits; otherwise each channel is held back as `seed` says.
  LiteMaster(std::string name, bool ideal, std::uint64_t seed);

  /// Begins an access; none may be going on. Throws std::runtime_error for an offset that is not a multiple of 4 below 4096.
  void begin_read(std::uint32_t offset);
  void begin_write(std::uint32_t offset, std::uint32_t value);
  [[nodiscard]] bool busy() const { return state_ != State::kIdle; }

  /// What the master drives in the coming cycle.
  [[nodiscard]] const LiteInputs& inputs();
  /// A rising edge at which the kernel drove `outputs`; true if the access ended with it. Throws AxiViolation, or
  /// std::runtime_error if the kernel does not answer for a long time.
  bool clock(const LiteOutputs& outputs);
  /// Of the last read that ended.
  [[nodiscard]] std::uint32_t data() const { return data_; }

 private:
  enum class State : std::uint8_t { kIdle, kRead, kWrite };

  void begin(State state, std::uint32_t offset);
  /// Cycles to hold a channel back.
  unsigned pause();
  bool clock_read(const LiteOutputs& outputs);
  bool clock_write(const LiteOutputs& outputs);
  void check_response(const char* access, std::uint32_t response) const;

  std::string name_;
  bool ideal_;
  std::minstd_rand random_;
  State state_ = State::kIdle;
  LiteInputs pins_;
  std::uint32_t offset_ = 0, data_ = 0;
  unsigned cycles_ = 0, address_wait_ = 0, data_wait_ = 0;
  bool address_taken_ = false, data_taken_ = false, ready_ = false;
};

}  // namespace phasic::engine
