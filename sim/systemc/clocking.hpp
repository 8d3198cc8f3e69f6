// SPDX-License-Identifier: Apache-2.0
/// Simulated time in clock cycles. Everything on the platform has the same clock.
#pragma once

#include <cstdint>
#include <systemc>

namespace phasic::platform {

/// A clock's period. Cycles are what is modelled; the period only says how long one is.
class Clocking {
 public:
  /// `megahertz` is more than 0 and at most 1,000,000; the period is rounded to a picosecond.
  explicit Clocking(double megahertz = 250) : period_(sc_core::sc_time(1e6 / megahertz, sc_core::SC_PS)) {}
  [[nodiscard]] const sc_core::sc_time& period() const { return period_; }
  [[nodiscard]] sc_core::sc_time time(std::uint64_t cycles) const { return static_cast<double>(cycles) * period_; }
  /// Cycles until `time` from now; a part of one counts as one.
  [[nodiscard]] std::uint64_t cycles(const sc_core::sc_time& time) const {
    return (time.value() + period_.value() - 1) / period_.value();
  }
  /// Cycles since the simulation began.
  [[nodiscard]] std::uint64_t now() const { return sc_core::sc_time_stamp().value() / period_.value(); }

 private:
  sc_core::sc_time period_;
};

}  // namespace phasic::platform
