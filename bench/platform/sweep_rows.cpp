// SPDX-License-Identifier: Apache-2.0
#include "bench/platform/sweep_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "phasic/contract.hpp"

namespace phasic::bench {
namespace {

platform::PlatformPlan plan_of(const Point& point) {
  platform::PlatformPlan plan;
  plan.banks = point.banks;
  plan.bank = {.bytes_a_cycle = point.bytes_a_cycle, .latency = point.latency};
  plan.bank_bytes = std::uint64_t{16} << 20;
  return plan;
}

/// The reference with capacities that no number of lanes exceeds.
std::string reference_options(std::uint32_t lanes) {
  const auto widest = contract::widest_limits();
  return fmt::format(R"({{"limits": {{"lanes": {}, "weight_depth": {}, "max_outputs": {}, "max_neurons": {}}}}})", lanes,
                     widest.weight_depth, widest.max_outputs, widest.max_neurons);
}

}  // namespace

std::string Sweep::variant(std::uint32_t lanes, std::uint32_t bus_bytes) {
  if (lanes == 8 && bus_bytes == 16) return "rtl8";
  if (lanes == 64 && bus_bytes == 64) return "rtl64";
  if (lanes == 256 && bus_bytes == 64) return "rtl256";
  return "";
}

Figures Sweep::run(const Point& point, const platform::PlatformPlan& plan) const {
  auto jobs = workload(point.learn).jobs();
  if (jobs.size() < point.units) throw std::runtime_error(fmt::format("sweep: {} units for {} jobs", point.units, jobs.size()));
  jobs.resize(point.units);
  platform::Platform platform(plan);
  const platform::FleetReport report = platform::run_fleet(platform, jobs);
  Figures figures;
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    figures.samples += jobs[job].sample_count;
    figures.differences += workload(point.learn).check(job, report.outcomes[job]).differences();
  }
  figures.cycles = report.cycles();
  const auto all = static_cast<double>(figures.cycles);
  for (const std::uint64_t busy : report.busy_cycles) figures.unit_busy += static_cast<double>(busy) / all / point.units;
  for (const auto& bank : report.banks) {
    figures.bank_busy += static_cast<double>(bank.busy_cycles) / all / static_cast<double>(report.banks.size());
    figures.bytes_a_cycle += static_cast<double>(bank.bytes_read + bank.bytes_written) / all;
  }
  return figures;
}

Figures Sweep::simulate(const Point& point, const std::string& variant) const {
  platform::PlatformPlan plan = plan_of(point);
  plan.units.assign(point.units, {.engine = variant, .options = R"({"timing": "ideal"})", .compute = {}});
  return run(point, plan);
}

void Sweep::calibrate(const std::string& variant, std::uint32_t lanes) {
  for (const bool learn : {false, true}) {
    auto jobs = workload(learn).jobs();
    jobs.resize(1);
    platform::PlatformPlan plan = plan_of({});
    plan.units = {{.engine = variant, .options = R"({"timing": "ideal"})", .compute = {}}};
    platform::Platform platform(plan);
    const platform::FleetReport report = platform::run_fleet(platform, jobs);
    contract::ResultsHeader header;
    std::memcpy(&header, report.outcomes[0].results.data(), sizeof header);
    const Workload::Limit limit = workload(learn).limit(0, lanes);
    const auto words = static_cast<double>(limit.words);
    calibrations_[{learn, lanes}] = {
        .lanes = lanes,
        .load_cycles_a_word = static_cast<double>(header.load_cycles) / words,
        .store_cycles_a_word = static_cast<double>(header.store_cycles) / words,
        .overhead = static_cast<double>(header.run_cycles) / jobs[0].sample_count - limit.cycles_a_sample};
  }
}

Calibration Sweep::calibration(bool learn, std::uint32_t lanes) const {
  const Calibration* below = nullptr;
  const Calibration* above = nullptr;
  for (const auto& [key, known] : calibrations_) {
    if (key.first != learn) continue;
    if (known.lanes <= lanes) below = &known;
    if (known.lanes >= lanes && above == nullptr) above = &known;
  }
  if (below == nullptr && above == nullptr) throw std::runtime_error("sweep: nothing is calibrated");
  if (below == nullptr) return *above;
  if (above == nullptr || above == below) return *below;
  const double share =
      std::log2(static_cast<double>(lanes) / below->lanes) / std::log2(static_cast<double>(above->lanes) / below->lanes);
  const auto between = [share](double left, double right) { return left + share * (right - left); };
  return {.lanes = lanes,
          .load_cycles_a_word = between(below->load_cycles_a_word, above->load_cycles_a_word),
          .store_cycles_a_word = between(below->store_cycles_a_word, above->store_cycles_a_word),
          .overhead = between(below->overhead, above->overhead)};
}

Figures Sweep::estimate(const Point& point) const {
  platform::PlatformPlan plan = plan_of(point);
  const Calibration known = calibration(point.learn, point.lanes);
  for (unsigned unit = 0; unit < point.units; ++unit) {
    const Workload::Limit limit = workload(point.learn).limit(unit, point.lanes);
    const auto words = static_cast<double>(limit.words);
    plan.units.push_back({.engine = "reference",
                          .options = reference_options(point.lanes),
                          .bus_bytes = point.bus_bytes,
                          .compute = {.source = platform::ComputeTime::Source::kGiven,
                                      .load_cycles = known.load_cycles_a_word * words,
                                      .cycles_a_sample = limit.cycles_a_sample + known.overhead,
                                      .store_cycles = known.store_cycles_a_word * words}});
  }
  return run(point, plan);
}

}  // namespace phasic::bench
