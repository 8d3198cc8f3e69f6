// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/fleet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "phasic/contract.hpp"

namespace phasic::platform {
namespace {

/// What one unit is doing.
struct Slot {
  std::optional<std::size_t> job;  ///< that runs
  std::optional<std::size_t> loaded;
  Addresses addresses{};
  Job resident;  ///< whose inputs are in memory
  Addresses resident_addresses{};
  std::uint64_t start_cycle = 0, end_cycle = 0;
};

/// Inputs of `job` that need not be copied again.
Resident resident_inputs(const Slot& slot, const Job& job, const Addresses& addresses) {
  Resident resident{};
  for (std::size_t id = 0; id < resident.size(); ++id) {
    const auto& there = slot.resident.inputs[id];
    const bool kept = id != contract::argument::kWeights || !slot.resident.writes_weights();
    resident[id] = kept && !there.empty() && there.data() == job.inputs[id].data() && there.size() == job.inputs[id].size() &&
                   slot.resident_addresses[id] == addresses[id];
  }
  return resident;
}

class Fleet {
 public:
  Fleet(Platform& platform, const std::vector<Job>& jobs, const FleetOptions& options)
      : platform_(platform), jobs_(jobs), options_(options), slots_(platform.units()) {
    report_.outcomes.resize(jobs.size());
    report_.busy_cycles.resize(platform.units());
  }

  ~Fleet() {
    for (std::size_t unit = 0; unit < slots_.size(); ++unit) platform_.unit(unit).on_interrupt({});
  }
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  FleetReport run() {
    for (std::size_t unit = 0; unit < slots_.size(); ++unit)
      platform_.unit(unit).on_interrupt([this, unit] {
        slots_[unit].end_cycle = platform_.clocking().now();
        remember_banks();
      });
    platform_.perform([this](Host& host) { work(host); });
    return std::move(report_);
  }

 private:
  [[nodiscard]] std::uint64_t base_of(std::size_t unit, const Job& job) const {
    const PlatformPlan& plan = platform_.plan();
    if (plan.outside != nullptr) throw std::runtime_error("fleet: the platform has no banks of its own");
    const std::size_t sharing = plan.private_memories ? 1 : (slots_.size() + plan.banks - 1) / plan.banks;
    const std::uint64_t part = plan.bank_bytes / sharing / 4096 * 4096;
    if (placed_bytes(job) > part)
      throw std::runtime_error(
          fmt::format("fleet: a job of {} bytes does not fit a unit's {} bytes of its bank", placed_bytes(job), part));
    return platform_.bank_base(static_cast<unsigned>(unit % plan.banks)) +
           (plan.private_memories ? 0 : unit / plan.banks) * part;
  }

  /// Loads the next job, if there is one.
  void load_next(Host& host, std::size_t unit) {
    if (next_ == jobs_.size()) return;
    Slot& slot = slots_[unit];
    slot.loaded = next_++;
    const Job& job = jobs_[*slot.loaded];
    slot.addresses = place(job, base_of(unit, job));
    load(host, platform_.system_of(unit), job, slot.addresses, resident_inputs(slot, job, slot.addresses));
    slot.resident = job;
    slot.resident_addresses = slot.addresses;
  }

  void start_loaded(Host& host, std::size_t unit) {
    Slot& slot = slots_[unit];
    if (!slot.loaded) return;
    slot.job = slot.loaded;
    slot.loaded.reset();
    if (!begun_) begin(host);
    slot.start_cycle = host.now();
    start(host, unit, jobs_[*slot.job], slot.addresses);
  }

  void begin(Host& host) {
    begun_ = true;
    report_.start_cycle = host.now();
    for (const auto& bank : platform_.banks(0)) before_.push_back(bank->statistics());
  }

  void finish(Host& host, std::size_t unit) {
    Slot& slot = slots_[unit];
    const std::uint64_t end = slot.end_cycle;
    report_.end_cycle = std::max(report_.end_cycle, end);
    report_.busy_cycles[unit] += end - slot.start_cycle;
    const std::size_t number = *slot.job;
    JobOutcome& outcome = report_.outcomes[number];
    outcome = collect(host, unit, platform_.system_of(unit), jobs_[number], slot.addresses);
    outcome.start_cycle = slot.start_cycle;
    outcome.end_cycle = end;
    samples_ += outcome.registers.samples_done;
    slot.job.reset();
  }

  void remember_banks() {
    report_.banks.clear();
    for (std::size_t n = 0; n < before_.size(); ++n) {
      const BankStatistics& now = platform_.banks(0)[n]->statistics();
      const BankStatistics& then = before_[n];
      report_.banks.push_back({.reads = now.reads - then.reads,
                               .writes = now.writes - then.writes,
                               .bytes_read = now.bytes_read - then.bytes_read,
                               .bytes_written = now.bytes_written - then.bytes_written,
                               .busy_cycles = now.busy_cycles - then.busy_cycles,
                               .wait_cycles = now.wait_cycles - then.wait_cycles,
                               .errors = now.errors - then.errors});
    }
  }

  void tell_progress(Host& host) {
    std::uint64_t done = samples_;
    for (std::size_t unit = 0; unit < slots_.size(); ++unit)
      if (slots_[unit].job) {
        (void)host.read_register(unit, contract::reg::kPhase);  // for traces
        done += host.read_register(unit, contract::reg::kSamplesDone);
      }
    options_.progress(done);
  }

  void work(Host& host) {
    for (std::size_t unit = 0; unit < slots_.size(); ++unit) {
      load_next(host, unit);
      if (!options_.load_before_start) start_loaded(host, unit);
    }
    for (std::size_t unit = 0; unit < slots_.size(); ++unit) start_loaded(host, unit);
    std::uint64_t waited = 0;
    while (true) {
      std::vector<std::size_t> busy;
      for (std::size_t unit = 0; unit < slots_.size(); ++unit)
        if (slots_[unit].job) busy.push_back(unit);
      if (busy.empty()) return;
      const std::uint64_t turn = options_.progress ? options_.cycles_between_progress : options_.patience;
      const int ended = host.wait_interrupt(busy, turn);
      if (options_.progress) tell_progress(host);
      if (ended < 0) {
        waited += turn;
        if (waited >= options_.patience) throw std::runtime_error(fmt::format("fleet: no unit was done in {} cycles", waited));
        continue;
      }
      waited = 0;
      const auto unit = static_cast<std::size_t>(ended);
      finish(host, unit);
      load_next(host, unit);
      start_loaded(host, unit);
    }
  }

  Platform& platform_;
  const std::vector<Job>& jobs_;
  const FleetOptions& options_;
  std::vector<Slot> slots_;
  FleetReport report_;
  std::vector<BankStatistics> before_;
  std::size_t next_ = 0;
  std::uint64_t samples_ = 0;
  bool begun_ = false;
};

}  // namespace

FleetReport run_fleet(Platform& platform, const std::vector<Job>& jobs, const FleetOptions& options) {
  return Fleet(platform, jobs, options).run();
}

}  // namespace phasic::platform
