// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/lockstep.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "phasic/contract.hpp"

namespace phasic::platform {

Lockstep::Lockstep(const UnitPlan& first, const UnitPlan& second, PlatformPlan plan) {
  plan.units = {first, second};
  plan.private_memories = true;
  platform_ = std::make_unique<Platform>(plan);
  for (std::size_t unit = 0; unit < 2; ++unit)
    platform_->monitor(unit).observe([this](const Transaction& transaction) {
      if (scoreboard_) scoreboard_->observe(transaction);
    });
}

LockstepReport Lockstep::run(const Job& job) {
  const Addresses addresses = place(job, platform_->bank_base(0));
  if (placed_bytes(job) > platform_->plan().bank_bytes)
    throw std::runtime_error(fmt::format("lockstep: a job of {} bytes does not fit a bank of {} bytes", placed_bytes(job),
                                         platform_->plan().bank_bytes));
  LockstepReport report;
  platform_->perform([&](Host& host) {
    std::array<std::uint32_t, 2> widths{};
    for (std::size_t unit = 0; unit < 2; ++unit) {
      widths[unit] = host.read_register(unit, contract::reg::kLimitWeightWidth);
      load(host, unit, job, addresses);
    }
    if (widths[0] != widths[1])
      throw std::runtime_error(fmt::format("lockstep: weights of {} and {} bits", widths[0], widths[1]));
    scoreboard_ = std::make_unique<Scoreboard>(job, addresses, widths[0],
                                               std::array<std::string, 2>{"unit 0 (" + platform_->unit(0).describe() + ")",
                                                                          "unit 1 (" + platform_->unit(1).describe() + ")"});
    const std::uint64_t begin = host.now();
    for (std::size_t unit = 0; unit < 2; ++unit) start(host, unit, job, addresses);
    std::vector<std::size_t> busy{0, 1};
    std::array<std::uint64_t, 2> ends{};
    while (!busy.empty()) {
      const int unit = host.wait_interrupt(busy, std::uint64_t{1} << 40);
      if (unit < 0) throw std::runtime_error("lockstep: a unit is never done");
      ends.at(static_cast<std::size_t>(unit)) = host.now();
      std::erase(busy, static_cast<std::size_t>(unit));
    }
    for (std::size_t unit = 0; unit < 2; ++unit) {
      report.outcomes[unit] = collect(host, unit, unit, job, addresses);
      report.outcomes[unit].start_cycle = begin;
      report.outcomes[unit].end_cycle = ends[unit];
    }
    scoreboard_->finish(report.outcomes[0].registers, report.outcomes[1].registers);
    report.compared_bytes = scoreboard_->compared_bytes();
    report.transactions = scoreboard_->transactions();
  });
  scoreboard_.reset();
  return report;
}

}  // namespace phasic::platform
