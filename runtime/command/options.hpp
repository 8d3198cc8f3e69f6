// SPDX-License-Identifier: Apache-2.0
/// Options that several commands share, and what they do with them.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/data/dataset.hpp"
#include "runtime/report/report.hpp"
#include "runtime/run/devices.hpp"
#include "runtime/run/session.hpp"
#include "runtime/run/units.hpp"

namespace phasic::command {

/// A command's work; returns the exit code.
using Action = std::function<int()>;

/// Each adds a subcommand and sets `chosen` when the user asks for it.
void add_learn(CLI::App& app, Action& chosen);
void add_test(CLI::App& app, Action& chosen);
void add_stream(CLI::App& app, Action& chosen);
void add_compare(CLI::App& app, Action& chosen);
void add_info(CLI::App& app, Action& chosen);
void add_doctor(CLI::App& app, Action& chosen);
void add_demo(CLI::App& app, Action& chosen);
void add_data(CLI::App& app, Action& chosen);
void add_experiment(CLI::App& app, Action& chosen);
void add_completion(CLI::App& app, Action& chosen);
void add_export(CLI::App& app, Action& chosen);
void add_import(CLI::App& app, Action& chosen);
void add_init(CLI::App& app, Action& chosen);

/// Options of a run on one or several devices.
struct RunOptions {
  runtime::DeviceOptions device;
  runtime::DataOptions data;
  std::uint64_t launch_samples = 500;
  double timeout_seconds = 600;
  unsigned tries = 3;  ///< of a launch
  std::string energy;  ///< file with what operations cost; empty: nothing is estimated
  bool quiet = false;
};
void add_device_options(CLI::App& command, RunOptions& options);
void add_data_options(CLI::App& command, RunOptions& options);
void add_run_options(CLI::App& command, RunOptions& options);
void add_tries_option(CLI::App& command, RunOptions& options);

/// Tells on the error stream what was left out of a data set.
void tell_left_out(const runtime::Dataset& data);

/// The data that the user chose; event recordings are binned to the network's steps.
[[nodiscard]] runtime::DataOptions data_for(const RunOptions& options, const runtime::Network& network);

/// The test part of that data, which fits the network. Refuses more samples than it has.
[[nodiscard]] runtime::Dataset test_data_for(const RunOptions& options, const runtime::Network& network, std::uint64_t samples);

/// Chooses the simulated card of the build where the environment names no XRT installation, and says so. open_for does it, too;
/// it has to come before other threads.
void prepare_card(const RunOptions& options);

/// Opens the devices and refuses a network that does not fit them.
[[nodiscard]] std::vector<std::unique_ptr<driver::Device>> open_for(const RunOptions& options, const runtime::Network& network);

/// The same as units of which one takes the place of another that fails; launches that are done again are told on the error
/// stream.
[[nodiscard]] std::unique_ptr<runtime::Units> open_units(const RunOptions& options, const runtime::Network& network);

/// What stays the same in all launches of a run.
[[nodiscard]] runtime::Fixed fixed_for(const RunOptions& options, const runtime::Network& network);

/// Starts a report about the network on a device.
[[nodiscard]] runtime::Report start_report(const RunOptions& options, const runtime::Network& network, driver::Device& device);

/// Makes the folder of a report if needed, so that one that cannot be is told before the work; nothing without a name.
void make_output_folder(const std::string& folder);

/// Writes summary.json, and the learning curve if there is one, to a folder that is made if needed; prints the table.
void finish_report(const runtime::Report& report, const std::string& folder, const runtime::Curve* curve);

/// Seconds since the value was made.
class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// "81.25 %"
[[nodiscard]] std::string percent(std::uint64_t part, std::uint64_t whole);

}  // namespace phasic::command
