// SPDX-License-Identifier: Apache-2.0
/// phasic_platform sweep: how throughput grows with units, lanes, banks and widths, and where it stops.
#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "bench/platform/chart.hpp"
#include "bench/platform/commands.hpp"
#include "bench/platform/sweep_rows.hpp"
#include "runtime/progress.hpp"

namespace phasic::bench {
namespace {

// Fields of a row keep the order of the table.
using Json = nlohmann::ordered_json;

struct SweepOptions {
  WorkloadOptions workload;
  double megahertz = 250;
  std::string output, chart, command;
  bool rtl = true, quiet = false;
};

/// What is to be run, and a row for it.
struct Task {
  Point point;
  std::string variant;  ///< of the RTL; empty: estimated
};

const std::vector<unsigned> kUnits{1, 2, 4, 8};

std::uint32_t bus_of(std::uint32_t lanes) { return lanes == 8 ? 16 : 64; }

/// Units and lanes, on one wide bank.
std::vector<Task> unit_tasks(bool rtl) {
  std::vector<Task> tasks;
  for (const bool learn : {false, true})
    for (const std::uint32_t lanes : {8U, 16U, 64U, 128U, 256U})
      for (const unsigned units : kUnits) {
        const Point point{.learn = learn, .units = units, .lanes = lanes, .bus_bytes = bus_of(lanes)};
        std::string variant = Sweep::variant(lanes, point.bus_bytes);
        if (!variant.empty() && lanes == 8 && units > 4) variant.clear();  // its samples take long
        tasks.push_back({point, rtl ? variant : ""});
      }
  return tasks;
}

/// Eight units on narrow memories, and on narrow buses.
std::vector<Task> memory_tasks(bool rtl) {
  std::vector<Task> tasks;
  for (const bool learn : {false, true}) {
    for (const std::uint32_t width : {1U, 4U, 16U, 64U})
      for (const unsigned banks : {1U, 2U, 8U}) {
        const Point point{.learn = learn, .units = 8, .banks = banks, .bytes_a_cycle = width};
        tasks.push_back({point, rtl && banks == 1 && width >= 16 ? "rtl64" : ""});  // narrower, the RTL waits long
      }
    for (const std::uint32_t bus : {4U, 16U}) tasks.push_back({{.learn = learn, .units = 8, .bus_bytes = bus}, ""});
  }
  return tasks;
}

Json row_of(const Task& task, const Figures& figures, const std::optional<Figures>& estimated, double megahertz) {
  const Point& point = task.point;
  Json row = {{"mode", point.learn ? "learning" : "inference"},
              {"lanes", point.lanes},
              {"units", point.units},
              {"bus_bits", 8 * point.bus_bytes},
              {"banks", point.banks},
              {"bank_bytes_a_cycle", point.bytes_a_cycle},
              {"kind", task.variant.empty() ? "estimated" : "RTL"},
              {"cycles_a_sample", figures.cycles_a_sample()},
              {"samples_per_second", std::round(megahertz * 1e6 / figures.cycles_a_sample())},
              {"unit_busy", 100 * figures.unit_busy},
              {"bank_busy", 100 * figures.bank_busy},
              {"bytes_a_cycle", figures.bytes_a_cycle}};
  if (estimated) row["estimate_differs"] = 100 * (estimated->cycles_a_sample() / figures.cycles_a_sample() - 1);
  return row;
}

/// Runs the tasks; throws if a platform differs from the reference.
std::vector<Json> run_tasks(const Sweep& sweep, const std::vector<Task>& tasks, double megahertz, runtime::Progress& progress,
                            std::uint64_t& done) {
  std::vector<Json> rows;
  std::map<std::string, double> alone;  // cycles a sample of the first point of a line
  for (const Task& task : tasks) {
    std::optional<Figures> estimated;
    const Figures figures = task.variant.empty() ? sweep.estimate(task.point) : sweep.simulate(task.point, task.variant);
    if (!task.variant.empty()) estimated = sweep.estimate(task.point);
    if (figures.differences != 0 || (estimated && estimated->differences != 0))
      throw std::runtime_error(
          fmt::format("sweep: {} units of {} lanes differ from the reference", task.point.units, task.point.lanes));
    Json row = row_of(task, figures, estimated, megahertz);
    const std::string line = fmt::format("{} {}", task.point.learn, task.point.lanes);
    if (task.point.units == 1) alone[line] = figures.cycles_a_sample();
    if (alone.contains(line)) row["speedup"] = alone[line] / figures.cycles_a_sample();
    rows.push_back(std::move(row));
    progress.update(++done, fmt::format("{} units, {} lanes", task.point.units, task.point.lanes));
  }
  return rows;
}

Json column(const char* field, const char* title, const char* format = nullptr) {
  Json column = {{"field", field}, {"title", title}};
  if (format != nullptr) column["format"] = format;
  return column;
}

void write_measurement(const std::string& path, const std::string& description, const SweepOptions& options,
                       const std::vector<Json>& columns, const std::vector<Json>& rows) {
  const Json document = {{"phasic_measurement", 1},
                         {"description", description},
                         {"command", options.command},
                         {"kind", {"simulated", "estimated"}},
                         {"seeds", {1}},
                         {"columns", columns},
                         {"rows", rows}};
  std::ofstream out(path);
  out << document.dump(2) << '\n';
  if (!out.flush()) throw std::runtime_error(fmt::format("cannot write '{}'", path));
}

void print_rows(const std::vector<Json>& rows) {
  fmt::print("{:<10} {:>5} {:>5} {:>5} {:>5} {:>6} {:<9} {:>13} {:>11} {:>8} {:>8} {:>8} {:>9} {:>9}\n", "mode", "lanes",
             "units", "bus", "banks", "bank B", "kind", "cycles/sample", "samples/s", "speed-up", "unit, %", "bank, %",
             "B/cycle", "estimate");
  for (const Json& row : rows)
    fmt::print("{:<10} {:>5} {:>5} {:>5} {:>5} {:>6} {:<9} {:>13.0f} {:>11.0f} {:>8} {:>8.1f} {:>8.2f} {:>9.3f} {:>9}\n",
               row["mode"].get<std::string>(), row["lanes"].get<int>(), row["units"].get<int>(), row["bus_bits"].get<int>(),
               row["banks"].get<int>(), row["bank_bytes_a_cycle"].get<int>(), row["kind"].get<std::string>(),
               row["cycles_a_sample"].get<double>(), row["samples_per_second"].get<double>(),
               row.contains("speedup") ? fmt::format("{:.2f}", row["speedup"].get<double>()) : "",
               row["unit_busy"].get<double>(), row["bank_busy"].get<double>(), row["bytes_a_cycle"].get<double>(),
               row.contains("estimate_differs") ? fmt::format("{:+.1f} %", row["estimate_differs"].get<double>()) : "");
}

std::vector<ChartPanel> panels_of(const std::vector<Json>& rows) {
  std::vector<ChartPanel> panels;
  for (const Json& row : rows) {
    const auto title = row["mode"].get<std::string>();
    if (panels.empty() || panels.back().title != title) panels.push_back({title, {}});
    const auto name = fmt::format("{} lanes", row["lanes"].get<int>());
    auto& lines = panels.back().lines;
    if (lines.empty() || lines.back().name != name) lines.push_back({name, {}});
    lines.back().points.push_back(
        {row["units"].get<double>(), row["samples_per_second"].get<double>(), row["kind"].get<std::string>() == "RTL"});
  }
  return panels;
}

int run(SweepOptions options) {
  options.workload.jobs = kUnits.back();
  const Workload inference(options.workload);
  options.workload.learn = true;
  const Workload learning(options.workload);
  Sweep sweep(inference, learning);
  const auto units = unit_tasks(options.rtl), memory = memory_tasks(options.rtl);
  std::uint64_t done = 0;
  runtime::Progress progress("sweep", 0, 3 + units.size() + memory.size(), options.quiet);
  for (const std::uint32_t lanes : {8U, 64U, 256U}) {
    sweep.calibrate(Sweep::variant(lanes, bus_of(lanes)), lanes);
    progress.update(++done, fmt::format("calibrated {} lanes", lanes));
  }
  const auto unit_rows = run_tasks(sweep, units, options.megahertz, progress, done);
  const auto memory_rows = run_tasks(sweep, memory, options.megahertz, progress, done);
  progress.finish();

  fmt::print(
      "{}, {} samples in the job of each unit, samples/s at an assumed clock of {:.0f} MHz; no difference from the "
      "reference in results, exact counters and weights\n\nUnits and lanes, one bank of 64 bytes a cycle\n",
      inference.network().name, options.workload.samples_a_job, options.megahertz);
  print_rows(unit_rows);
  fmt::print("\nEight units of 64 lanes, and memory\n");
  print_rows(memory_rows);
  if (!options.output.empty()) {
    const std::string what =
        fmt::format("{}, {} samples in the job of each unit, weights loaded by every job, assumed clock of {:.0f} MHz",
                    inference.network().name, options.workload.samples_a_job, options.megahertz);
    const std::filesystem::path folder(options.output);
    write_measurement((folder / "scale_out.json").string(), "units and lanes on one bank of 64 bytes a cycle: " + what, options,
                      {column("mode", ""), column("lanes", "lanes"), column("units", "units"), column("kind", "kind"),
                       column("cycles_a_sample", "cycles a sample", ".0"), column("samples_per_second", "samples/s", "integer"),
                       column("speedup", "speed-up", ".2"), column("unit_busy", "units busy, %", ".1"),
                       column("bank_busy", "bank busy, %", ".2"), column("bytes_a_cycle", "bytes a cycle", ".2"),
                       column("estimate_differs", "estimate differs, %", ".1")},
                      unit_rows);
    write_measurement(
        (folder / "scale_out_memory.json").string(), "eight units of 64 lanes: " + what, options,
        {column("mode", ""), column("banks", "banks"), column("bank_bytes_a_cycle", "bytes a cycle and bank"),
         column("bus_bits", "unit's bus, bits"), column("kind", "kind"), column("cycles_a_sample", "cycles a sample", ".0"),
         column("samples_per_second", "samples/s", "integer"), column("bank_busy", "banks busy, %", ".1"),
         column("bytes_a_cycle", "bytes a cycle", ".2"), column("estimate_differs", "estimate differs, %", ".1")},
        memory_rows);
  }
  if (!options.chart.empty())
    write_chart(options.chart,
                fmt::format("samples/s at an assumed {:.0f} MHz; filled: RTL, simulated; hollow: estimated", options.megahertz),
                panels_of(unit_rows));
  return 0;
}

}  // namespace

void add_sweep(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<SweepOptions>();
  options->workload.samples_a_job = 8;
  auto& command = *app.add_subcommand("sweep", "Throughput over units, lanes, banks and widths; RTL points and estimated ones");
  add_workload_options(command, options->workload);
  command.add_option("--megahertz", options->megahertz, "Assumed clock, to tell cycles as time")->capture_default_str();
  command.add_flag("!--no-rtl", options->rtl, "Estimates only; the RTL runs to calibrate them all the same");
  command.add_option("--output", options->output, "Folder for scale_out.json and scale_out_memory.json")
      ->check(CLI::ExistingDirectory);
  command.add_option("--chart", options->chart, "SVG file of throughput over units");
  command.add_flag("--quiet", options->quiet, "No progress bar");
  command.callback([options, &chosen] {
    // As documentation quotes it.
    options->command = "scripts/scale_out";
    chosen = [options] { return run(*options); };
  });
}

}  // namespace phasic::bench
