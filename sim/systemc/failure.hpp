// SPDX-License-Identifier: Apache-2.0
/// The first exception of a process; SystemC itself would turn it into a report without its type.
#pragma once

#include <exception>
#include <systemc>

namespace phasic::platform {

class Failure {
 public:
  /// Keeps the exception that is being handled, if it is the first, and makes sc_start() return.
  void keep() {
    if (!first_) first_ = std::current_exception();
    if (sc_core::sc_is_running()) sc_core::sc_pause();
  }
  /// Throws what was kept; nothing works any more afterwards, so it is thrown each time.
  void check() const {
    if (first_) std::rethrow_exception(first_);
  }
  [[nodiscard]] bool any() const { return first_ != nullptr; }

 private:
  std::exception_ptr first_;
};

}  // namespace phasic::platform
