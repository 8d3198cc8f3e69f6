// SPDX-License-Identifier: Apache-2.0
/// Events at places that the camera does not have: a few come from noise on its bus and are left out; many mean that the file
/// is another camera's.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>

#include "runtime/base/error.hpp"

namespace phasic::runtime {

class OutsideEvents {
 public:
  void add(const std::string& origin, const std::string& field, const std::string& problem) {
    if (count_++ == 0) first_ = InputError(origin, field, problem).what();
  }

  /// How many there were beside `inside` events of the recording. Throws InputError with the first of them if they are more
  /// than 1 % of all.
  [[nodiscard]] std::uint64_t count(std::uint64_t inside) const {
    const auto all = inside + count_;
    if (100 * count_ > all)
      throw InputError(fmt::format("{}; {} of {} events are outside, more than 1 %", first_, count_, all));
    return count_;
  }

 private:
  std::uint64_t count_ = 0;
  std::string first_;
};

}  // namespace phasic::runtime
