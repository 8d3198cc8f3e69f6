// SPDX-License-Identifier: Apache-2.0
/// Two units side by side on the same traffic, to the first difference.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "sim/systemc/job.hpp"
#include "sim/systemc/platform.hpp"
#include "sim/systemc/scoreboard.hpp"

namespace phasic::platform {

struct LockstepReport {
  std::array<JobOutcome, 2> outcomes;
  std::uint64_t compared_bytes = 0;  ///< that both have written
  std::uint64_t transactions = 0;    ///< on both memory buses
};

class Lockstep {
 public:
  /// Two units, such as the RTL and the HLS kernel. Each has memories of its own, with equal contents and addresses.
  Lockstep(const UnitPlan& first, const UnitPlan& second, PlatformPlan plan = {});

  /// Runs the job on both. Throws Difference, after which the platform is of no more use, or std::runtime_error.
  LockstepReport run(const Job& job);

  /// For planting faults and looking at transactions.
  [[nodiscard]] Platform& platform() { return *platform_; }

 private:
  std::unique_ptr<Platform> platform_;
  std::unique_ptr<Scoreboard> scoreboard_;  ///< of the run that goes on
};

}  // namespace phasic::platform
