// SPDX-License-Identifier: Apache-2.0
/// Faults that a simulated card has because it was asked to.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>

namespace phasic::card {

enum class Fault {
  kNone,
  kError,  ///< the run does all its work and ends in the state ERT_CMD_STATE_ERROR
  kHang,   ///< the run never begins and never ends; the compute unit stays busy
  kBus,    ///< the memory answers a read of the run with an error
};

/// Draws what becomes of each run of a card that was started by a command.
class Faults {
 public:
  Faults() = default;
  /// From the text of PHASIC_CARD_FAULTS, a JSON object: the shares "error", "hang" and "bus" of all runs, drawn from "seed"
  /// and the number of the card, and "runs", an object from the number of a run of the card (from 1) to "error", "hang" or
  /// "bus". Empty: none. Throws std::runtime_error that names the variable and what is wrong.
  Faults(const std::string& text, unsigned card);
  [[nodiscard]] Fault next();

 private:
  double error_ = 0, hang_ = 0, bus_ = 0;
  std::map<std::uint64_t, Fault> chosen_;
  std::mt19937_64 random_;
  std::uint64_t run_ = 0;
};

}  // namespace phasic::card
