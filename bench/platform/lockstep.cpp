// SPDX-License-Identifier: Apache-2.0
/// phasic_platform lockstep: two forms of the kernel on the same traffic, to the first difference.
#include "sim/systemc/lockstep.hpp"

#include <fmt/format.h>

#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "bench/platform/commands.hpp"
#include "phasic/contract.hpp"
#include "runtime/base/progress.hpp"

namespace phasic::bench {
namespace {

struct LockstepOptions {
  WorkloadOptions workload;
  platform::PlatformPlan plan;
  std::string first = "rtl64", second = "hls64", timing = "random", flip;
  std::uint64_t seed = 1, samples = 500;
  bool quiet = false;
};

/// "weights:120:3": flips bit 3 of byte 120 of the weights whenever the second unit writes it.
platform::Monitor::Fault parse_flip(const std::string& text, const platform::Addresses& addresses) {
  std::istringstream stream(text);
  std::string name;
  std::uint64_t offset = 0;
  char colon = 0;
  unsigned bit = 0;
  if (!std::getline(stream, name, ':') || !(stream >> offset >> colon >> bit) || colon != ':' || bit > 7 || !stream.eof())
    throw std::runtime_error(fmt::format("--flip: '{}' is not BUFFER:BYTE:BIT, such as weights:120:3", text));
  for (std::size_t id = 0; id < addresses.size(); ++id) {
    if (contract::kArguments[id].name != name) continue;
    const std::uint64_t at = addresses[id] + offset;
    return [at, bit](bool write, std::uint64_t address, std::span<std::byte> data) {
      if (write && at >= address && at - address < data.size()) data[at - address] ^= std::byte{1} << bit;
    };
  }
  throw std::runtime_error(fmt::format("--flip: there is no buffer '{}'", name));
}

std::uint64_t header_cycles(const platform::JobOutcome& outcome) {
  contract::ResultsHeader header;
  std::memcpy(&header, outcome.results.data(), sizeof header);
  return header.cycles;
}

int run(LockstepOptions options) {
  options.workload.jobs = (options.samples + options.workload.samples_a_job - 1) / options.workload.samples_a_job;
  const Workload workload(options.workload);
  const auto jobs = workload.jobs();
  const std::string rtl_options = nlohmann::json({{"timing", options.timing}, {"seed", options.seed}}).dump();
  platform::Lockstep lockstep(unit_plan(options.first, rtl_options), unit_plan(options.second, rtl_options), options.plan);
  for (std::size_t unit = 0; unit < 2; ++unit) fmt::print("unit {}: {}\n", unit, lockstep.platform().unit(unit).describe());
  std::fflush(stdout);
  if (!options.flip.empty())
    lockstep.platform().monitor(1).plant(
        parse_flip(options.flip, platform::place(jobs.front(), lockstep.platform().bank_base(0))));
  runtime::Progress progress("lockstep", 0, workload.samples(), options.quiet);
  std::uint64_t bytes = 0, differences = 0, correct = 0, first_cycles = 0, second_cycles = 0;
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    const auto report = lockstep.run(jobs[job]);
    bytes += report.compared_bytes;
    first_cycles += header_cycles(report.outcomes[0]);
    second_cycles += header_cycles(report.outcomes[1]);
    for (const auto& outcome : report.outcomes) differences += workload.check(job, outcome).differences();
    correct += workload.check(job, report.outcomes[0]).correct;
    progress.update((job + 1) * options.workload.samples_a_job, fmt::format("{} bytes equal", bytes));
  }
  progress.finish();
  fmt::print(
      "{} samples {}: {} bytes written by both are equal, registers too; {} differences from the reference; {:.1f} % right\n",
      workload.samples(), options.workload.learn ? "learned" : "tested", bytes, differences,
      100.0 * static_cast<double>(correct) / static_cast<double>(workload.samples()));
  fmt::print("counter cycles: {} {}, {} {}\n", options.first, first_cycles, options.second, second_cycles);
  return differences == 0 ? 0 : 1;
}

}  // namespace

void add_lockstep(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<LockstepOptions>();
  options->workload.samples_a_job = 20;
  auto& command = *app.add_subcommand("lockstep", "Runs two forms of the kernel on the same traffic, to the first difference");
  command.add_option("--first", options->first, "Engine of unit 0")->capture_default_str();
  command.add_option("--second", options->second, "Engine of unit 1")->capture_default_str();
  command.add_option("--samples", options->samples, "Samples, in jobs of --samples-a-job")->capture_default_str();
  command.add_flag("--learn", options->workload.learn, "Each job is a network of its own that learns");
  command.add_option("--timing", options->timing, "Timing of the RTL's bus adaptors")
      ->check(CLI::IsMember({"ideal", "random"}))
      ->capture_default_str();
  command.add_option("--seed", options->seed, "Seed of the random timing")->capture_default_str();
  command.add_option("--flip", options->flip, "Plants a fault: BUFFER:BYTE:BIT is flipped when unit 1 writes it");
  add_workload_options(command, options->workload);
  add_memory_options(command, options->plan);
  command.add_flag("--quiet", options->quiet, "No progress bar");
  command.callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace phasic::bench
