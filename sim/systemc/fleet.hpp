// SPDX-License-Identifier: Apache-2.0
/// Jobs shared out over the units of a platform.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sim/systemc/job.hpp"
#include "sim/systemc/platform.hpp"

namespace phasic::platform {

struct FleetReport {
  std::vector<JobOutcome> outcomes;              ///< in the order of the jobs
  std::uint64_t start_cycle = 0, end_cycle = 0;  ///< from the first start to the last interrupt
  std::vector<std::uint64_t> busy_cycles;        ///< of each unit, within jobs
  std::vector<BankStatistics> banks;             ///< of memory system 0, from the first start to the last interrupt
  [[nodiscard]] std::uint64_t cycles() const { return end_cycle - start_cycle; }
};

struct FleetOptions {
  /// The first job of each unit is in memory before any unit starts; without it, units that are loaded first start first.
  bool load_before_start = true;
  /// Told now and then how many samples of all jobs are done.
  std::function<void(std::uint64_t samples)> progress;
  std::uint64_t cycles_between_progress = 20'000;
  /// Throws std::runtime_error if no unit ends a job in so many cycles.
  std::uint64_t patience = std::uint64_t{1} << 40;
};

/// Gives each job to the first unit that is free. A unit's buffers lie in bank (unit modulo banks), so units share a bank only
/// if there are more of them than banks. Throws std::runtime_error if a job does not fit its part of the bank.
[[nodiscard]] FleetReport run_fleet(Platform& platform, const std::vector<Job>& jobs, const FleetOptions& options = {});

}  // namespace phasic::platform
