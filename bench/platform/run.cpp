// SPDX-License-Identifier: Apache-2.0
/// phasic_platform run: several units on real data, held against the reference.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "bench/platform/commands.hpp"
#include "runtime/base/files.hpp"
#include "runtime/base/progress.hpp"
#include "sim/systemc/fleet.hpp"
#include "sim/systemc/trace.hpp"

namespace phasic::bench {
namespace {

struct RunOptions {
  WorkloadOptions workload;
  platform::PlatformPlan plan;
  unsigned units = 4;
  std::string engine = "rtl64", timing = "ideal", json, vcd, fst;
  std::uint64_t seed = 1, jobs_a_unit = 2, from_cycle = 0, to_cycle = ~std::uint64_t{0};
  bool quiet = false;
};

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

/// Options of the RTL engine of unit `unit`; waves are recorded of the first.
std::string engine_options(const RunOptions& options, unsigned unit) {
  nlohmann::json json = {{"timing", options.timing}, {"seed", options.seed + unit}};
  if (!options.fst.empty() && unit == 0) {
    json["wave"] = options.fst;
    json["wave_from_cycle"] = options.from_cycle;
    json["wave_to_cycle"] = options.to_cycle;
  }
  return json.dump();
}

struct Totals {
  std::uint64_t differences = 0, correct = 0;
  std::string first;  ///< the first difference
};

Totals compare(const Workload& workload, const platform::FleetReport& report) {
  Totals totals;
  for (std::size_t job = 0; job < report.outcomes.size(); ++job) {
    const auto check = workload.check(job, report.outcomes[job]);
    totals.differences += check.differences();
    totals.correct += check.correct;
    if (totals.first.empty()) totals.first = check.first;
  }
  return totals;
}

void print_tables(platform::Platform& platform, const platform::FleetReport& report) {
  const std::uint64_t cycles = report.cycles();
  fmt::print("{:<8} {:>14} {:>12} {:>12} {:>14}\n", "unit", "busy cycles", "busy, %", "bytes read", "bytes written");
  for (std::size_t unit = 0; unit < platform.units(); ++unit) {
    const auto& monitor = platform.monitor(unit);
    fmt::print("{:<8} {:>14} {:>12.1f} {:>12} {:>14}\n", unit, report.busy_cycles[unit],
               percent(report.busy_cycles[unit], cycles), monitor.bytes_read(), monitor.bytes_written());
  }
  fmt::print("{:<8} {:>14} {:>12} {:>12} {:>14} {:>14}\n", "bank", "busy cycles", "busy, %", "bytes read", "bytes written",
             "waited cycles");
  for (std::size_t bank = 0; bank < report.banks.size(); ++bank) {
    const auto& statistics = report.banks[bank];
    fmt::print("{:<8} {:>14} {:>12.2f} {:>12} {:>14} {:>14}\n", bank, statistics.busy_cycles,
               percent(statistics.busy_cycles, cycles), statistics.bytes_read, statistics.bytes_written,
               statistics.wait_cycles);
  }
}

void write_json(const RunOptions& options, const Workload& workload, const platform::FleetReport& report,
                const Totals& totals) {
  nlohmann::json document = {{"engine", options.engine},
                             {"units", options.units},
                             {"banks", options.plan.banks},
                             {"mode", options.workload.learn ? "learning" : "inference"},
                             {"samples", workload.samples()},
                             {"cycles", report.cycles()},
                             {"differences", totals.differences},
                             {"correct", totals.correct},
                             {"unit_busy_cycles", report.busy_cycles}};
  for (const auto& bank : report.banks) document["bank_busy_cycles"].push_back(bank.busy_cycles);
  runtime::write_file(options.json, document.dump(2) + "\n");
}

int run(RunOptions options) {
  options.workload.jobs = std::uint64_t{options.units} * options.jobs_a_unit;
  const Workload workload(options.workload);
  const auto jobs = workload.jobs();
  for (unsigned unit = 0; unit < options.units; ++unit)
    options.plan.units.push_back(unit_plan(options.engine, engine_options(options, unit)));
  platform::Platform platform(options.plan);
  fmt::print("{} units: {}\n{} memory banks of {} bytes a cycle, latency {} cycles; network {}, {}, {} samples in {} jobs\n",
             options.units, platform.unit(0).describe(), options.plan.banks, options.plan.bank.bytes_a_cycle,
             options.plan.bank.latency, workload.network().name, options.workload.learn ? "learning" : "inference",
             workload.samples(), jobs.size());
  std::fflush(stdout);
  std::unique_ptr<platform::TraceFile> trace;
  if (!options.vcd.empty())
    trace = std::make_unique<platform::TraceFile>(platform, options.vcd, options.from_cycle, options.to_cycle);

  runtime::Progress progress("platform", 0, workload.samples(), options.quiet);
  platform::FleetOptions fleet;
  fleet.cycles_between_progress = 5'000;
  fleet.progress = [&](std::uint64_t samples) { progress.update(samples, fmt::format("cycle {}", platform.now())); };
  const platform::FleetReport report = platform::run_fleet(platform, jobs, fleet);
  progress.update(workload.samples(), fmt::format("cycle {}", platform.now()));
  progress.finish();

  const Totals totals = compare(workload, report);
  print_tables(platform, report);
  const double seconds = static_cast<double>(report.cycles()) / (options.plan.megahertz * 1e6);
  fmt::print("{} samples in {} cycles ({}): {:.0f} samples/s at an assumed clock of {:.0f} MHz\n", workload.samples(),
             report.cycles(), options.engine.starts_with("rtl") ? "simulated" : "estimated",
             static_cast<double>(workload.samples()) / seconds, options.plan.megahertz);
  fmt::print("{:.1f} % right; {} differences from the reference in results, exact counters and weights\n",
             percent(totals.correct, workload.samples()), totals.differences);
  if (!totals.first.empty()) fmt::print("first difference: {}\n", totals.first);
  if (!options.json.empty()) write_json(options, workload, report, totals);
  return totals.differences == 0 ? 0 : 1;
}

}  // namespace

void add_run(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<RunOptions>();
  auto& command = *app.add_subcommand("run", "Runs units on real data and compares every bit with the reference");
  command.add_option("--units", options->units, "Compute units")->capture_default_str()->check(CLI::Range(1, 16));
  command.add_option("--engine", options->engine, "What each unit is: rtl8, rtl64, ... or hls64")->capture_default_str();
  command.add_option("--timing", options->timing, "Timing of the RTL's bus adaptors")
      ->check(CLI::IsMember({"ideal", "random"}))
      ->capture_default_str();
  command.add_option("--seed", options->seed, "Seed of the random timing")->capture_default_str();
  command.add_option("--jobs-a-unit", options->jobs_a_unit, "Jobs for each unit")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  command.add_flag("--learn", options->workload.learn, "Each job is a network of its own that learns");
  add_workload_options(command, options->workload);
  add_memory_options(command, options->plan);
  command.add_option("--vcd", options->vcd, "VCD file of bus transactions, interrupts and phases");
  command.add_option("--fst", options->fst, "FST file of the RTL of unit 0; --engine rtl8trace");
  command.add_option("--from-cycle", options->from_cycle, "First cycle in the VCD or FST file")->capture_default_str();
  command.add_option("--to-cycle", options->to_cycle, "Last cycle in the VCD or FST file");
  command.add_option("--json", options->json, "File for the figures");
  command.add_flag("--quiet", options->quiet, "No progress bar");
  command.callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace phasic::bench
