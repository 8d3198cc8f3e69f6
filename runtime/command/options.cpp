// SPDX-License-Identifier: Apache-2.0
#include "runtime/command/options.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/network/limits.hpp"

namespace phasic::command {

using runtime::InputError;

void add_device_options(CLI::App& command, RunOptions& options) {
  command.add_option("--engine", options.device.engine, "engine: reference, rtl64, ...")->capture_default_str();
  command.add_option("--engine-options", options.device.engine_options, "JSON object for the engine")->capture_default_str();
  command.add_option("--transport", options.device.transport, "local (in this process) or xrt")->capture_default_str();
  command.add_option("--xclbin", options.device.xclbin, "xclbin file (xrt); default: the one built for the engine");
  command.add_option("--device", options.device.devices, "card number, or several (xrt)")
      ->delimiter(',')
      ->capture_default_str();
  command.add_option("--compute-units", options.device.compute_units, "compute units of each card")->capture_default_str();
  command.add_option("--first-unit", options.device.first_unit, "compute units of each card that are left to others (xrt)")
      ->capture_default_str();
}

void add_data_options(CLI::App& command, RunOptions& options) {
  command.add_option("--data", options.data.data, "data set: a name (see `phasic data list`), a folder, or JSON")
      ->capture_default_str();
  command.add_option("--images", options.data.images, "IDX file of images instead of --data");
  command.add_option("--labels", options.data.labels, "IDX file of labels instead of --data");
}

void add_run_options(CLI::App& command, RunOptions& options) {
  command.add_option("--launch-samples", options.launch_samples, "samples of a launch")->capture_default_str();
  command.add_option("--timeout", options.timeout_seconds, "seconds that a launch may take")->capture_default_str();
  command.add_option("--energy", options.energy, "JSON file with what operations cost, for an estimate of energy");
  command.add_flag("--quiet", options.quiet, "no progress");
}

void add_tries_option(CLI::App& command, RunOptions& options) {
  command
      .add_option("--tries", options.tries,
                  "how often a launch that fails or does not end is tried, on other units if there are")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
}

void tell_left_out(const runtime::Dataset& data) {
  for (const auto& note : data.notes) runtime::log_as(runtime::LogLevel::kWarning, "{}: {}", data.name, note);
}

runtime::DataOptions data_for(const RunOptions& options, const runtime::Network& network) {
  auto data = options.data;
  data.steps = network.steps;
  return data;
}

runtime::Dataset test_data_for(const RunOptions& options, const runtime::Network& network, std::uint64_t samples) {
  auto data = load_data(data_for(options, network), runtime::Part::kTest);
  tell_left_out(data);
  check_fits(data, network);
  if (samples > data.size())
    throw InputError("", "--samples", fmt::format("{}, but {} has {}", samples, data.name, data.size()));
  return data;
}

void prepare_card(const RunOptions& options) {
  if (const auto card = runtime::prepare_xrt(options.device); !card.empty() && !options.quiet) {
    runtime::log_as(runtime::LogLevel::kInfo, "XILINX_XRT is not set: using the simulated card in {}", card);
  }
}

std::vector<std::unique_ptr<driver::Device>> open_for(const RunOptions& options, const runtime::Network& network) {
  if (options.launch_samples == 0) throw InputError("", "--launch-samples", "0; at least 1 is needed");
  if (!(options.timeout_seconds > 0) || options.timeout_seconds > 1e6) {
    throw InputError("", "--timeout", fmt::format("{}; a positive number of seconds is needed", options.timeout_seconds));
  }
  prepare_card(options);
  auto device_options = options.device;
  device_options.weight_width = network.weight_width;
  auto devices = runtime::open_devices(device_options);
  for (const auto& device : devices) runtime::check_limits(network, device->limits(), device->describe());
  return devices;
}

std::unique_ptr<runtime::Units> open_units(const RunOptions& options, const runtime::Network& network) {
  auto device_options = options.device;
  device_options.weight_width = network.weight_width;
  return std::make_unique<runtime::Units>(
      device_options, open_for(options, network), options.tries,
      [](const std::string& text) { runtime::log_as(runtime::LogLevel::kWarning, "{}", text); });
}

runtime::Fixed fixed_for(const RunOptions& options, const runtime::Network& network) {
  auto fixed = runtime::make_fixed(network);
  fixed.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(options.timeout_seconds * 1000));
  return fixed;
}

runtime::Report start_report(const RunOptions& options, const runtime::Network& network, driver::Device& device) {
  runtime::Report report;
  report.network = network;
  report.engine = options.device.engine;
  if (options.device.transport == "xrt" && !options.device.xclbin.empty()) report.engine = options.device.xclbin;
  report.transport = options.device.transport;
  report.device = device.describe();
  report.lanes = device.limits().lanes;
  if (!options.energy.empty()) report.energy = runtime::load_energy_table(options.energy);
  return report;
}

void make_output_folder(const std::string& folder) {
  if (folder.empty()) return;
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) throw InputError(folder, "--output", fmt::format("the folder cannot be made: {}", failure.message()));
}

void finish_report(const runtime::Report& report, const std::string& folder, const runtime::Curve* curve) {
  fmt::print("{}", runtime::table(report));
  if (folder.empty()) return;
  make_output_folder(folder);
  const auto file = std::filesystem::path(folder) / "summary.json";
  runtime::write_text(file, runtime::summary(report).dump(2) + "\n");
  fmt::print("  summary: {}\n", file.string());
  if (curve == nullptr || curve->correct.empty()) return;
  std::optional<double> accuracy;
  if (report.tested && report.tested->samples > 0) {
    accuracy = static_cast<double>(report.tested->correct) / static_cast<double>(report.tested->samples);
  }
  const auto title = fmt::format("{}, {} over {}", report.network.name, report.engine, report.transport);
  const auto files = runtime::write_curve(folder, "learning_curve", title, *curve, accuracy);
  for (const auto& picture : files.pictures) fmt::print("  learning curve: {}\n", picture.string());
  if (!files.note.empty()) fmt::print("  note: {}\n", files.note);
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? "no samples" : fmt::format("{:.2f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

}  // namespace phasic::command
