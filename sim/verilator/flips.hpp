// SPDX-License-Identifier: Apache-2.0
/// Bits of a simulated kernel's memories that flip while it runs, in variants built for it.
#pragma once

#include <verilated.h>

#include <cstdint>
#include <string>
#include <vector>

#include "sim/verilator/options.hpp"

namespace phasic::engine {

/// Flips what the options say, when its cycle comes.
class Flips {
 public:
  /// `context` is the model's, `model` its name.
  Flips(VerilatedContext& context, const std::string& model, std::vector<Flip> flips);
  /// Before the rising edge of a cycle. Throws std::runtime_error for a memory, word or bit that is not there.
  void before(std::uint64_t cycle) {
    while (next_ < flips_.size() && flips_[next_].cycle <= cycle) flip(flips_[next_++]);
  }

 private:
  void flip(const Flip& which);

  VerilatedContext& context_;
  std::string model_;
  std::vector<Flip> flips_;  ///< ascending in cycles
  std::size_t next_ = 0;
};

}  // namespace phasic::engine
