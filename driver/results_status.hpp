// SPDX-License-Identifier: Apache-2.0
/// Status registers of a kernel that has none: the synthesized HLS kernel (docs/deploy.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "driver/device.hpp"

namespace phasic::driver {

/// Answers reads of the registers from 0x100 on: limits as its xclbin tells them, and of the last run what its results header
/// says. While a run goes on nothing is known of it, so the registers stay as they are.
class ResultsStatus {
 public:
  explicit ResultsStatus(const contract::Limits& limits) : limits_(limits) {}

  /// What the run before left in its results buffer, which was all zeros when it began.
  void take(std::span<const std::byte> results);
  [[nodiscard]] std::uint32_t read(std::uint32_t offset) const;

 private:
  contract::Limits limits_;
  std::uint32_t error_ = 0, error_detail_ = 0, error_sample_ = 0, samples_done_ = 0;
};

}  // namespace phasic::driver
