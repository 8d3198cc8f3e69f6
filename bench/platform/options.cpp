// SPDX-License-Identifier: Apache-2.0
#include "bench/platform/commands.hpp"

namespace phasic::bench {

void add_workload_options(CLI::App& command, WorkloadOptions& options) {
  command.add_option("--network", options.network, "Network file")->capture_default_str()->check(CLI::ExistingFile);
  command.add_option("--data", options.data.data, "Data set: a name, a folder or a JSON object")->capture_default_str();
  command.add_option("--samples-a-job", options.samples_a_job, "Samples of a job, which is one run of a unit")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  command.add_option("--learned", options.learned, "Samples learned on the reference before testing")->capture_default_str();
}

void add_memory_options(CLI::App& command, platform::PlatformPlan& plan) {
  command.add_option("--banks", plan.banks, "Memory banks")->capture_default_str()->check(CLI::Range(1, 64));
  command.add_option("--bytes-a-cycle", plan.bank.bytes_a_cycle, "Bytes that a bank moves in a clock cycle")
      ->capture_default_str()
      ->check(CLI::Range(1, 4096));
  command.add_option("--latency", plan.bank.latency, "Latency of a bank in clock cycles")
      ->capture_default_str()
      ->check(CLI::Range(0, 100'000));
  command.add_option("--megahertz", plan.megahertz, "Assumed clock, to tell cycles as time")
      ->capture_default_str()
      ->check(CLI::Range(1.0, 10'000.0));
}

platform::UnitPlan unit_plan(const std::string& engine, const std::string& options) {
  const bool rtl = engine.starts_with("rtl");
  return {.engine = engine, .options = rtl ? options : "{}", .bus_bytes = 64, .compute = {}};
}

}  // namespace phasic::bench
