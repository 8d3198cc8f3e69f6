// SPDX-License-Identifier: Apache-2.0
/// phasic_platform sweep: how throughput grows with units, lanes, banks and widths, and where it stops.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "bench/platform/commands.hpp"
#include "bench/platform/sweep_chart.hpp"
#include "bench/platform/sweep_rows.hpp"
#include "runtime/base/files.hpp"
#include "runtime/base/progress.hpp"

namespace phasic::bench {
namespace {

// Fields of a row keep the order of the table.
using Json = nlohmann::ordered_json;

struct SweepOptions {
  WorkloadOptions workload;
  double megahertz = 250;
  std::uint64_t long_job = 256;  ///< samples
  std::vector<std::string> parts{"units", "memory", "long"};
  std::string output, chart, command;
  bool rtl = true, quiet = false;
  [[nodiscard]] bool has(const std::string& part) const { return std::find(parts.begin(), parts.end(), part) != parts.end(); }
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

/// Long jobs, which load their weights once for many samples, on a wide and on a narrow bank.
std::vector<Task> long_tasks() {
  std::vector<Task> tasks;
  for (const bool learn : {false, true})
    for (const std::uint32_t lanes : {64U, 256U})
      for (const std::uint32_t width : {64U, 1U})
        for (const unsigned units : kUnits)
          tasks.push_back({{.learn = learn, .units = units, .lanes = lanes, .bytes_a_cycle = width}, ""});
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
    const std::string line = fmt::format("{} {} {}", task.point.learn, task.point.lanes, task.point.bytes_a_cycle);
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

/// A table of the sweep: its rows, as they are printed and recorded.
struct Table {
  std::string file, title, description;
  std::vector<Json> columns, rows;
};

void write_measurement(const std::string& path, const Table& table, const SweepOptions& options) {
  const bool simulated =
      std::any_of(table.rows.begin(), table.rows.end(), [](const Json& row) { return row["kind"] == "RTL"; });
  const Json kinds = simulated ? Json{"simulated", "estimated"} : Json{"estimated"};
  const Json document = {{"phasic_measurement", 1},
                         {"description", table.description},
                         {"command", options.command},
                         {"kind", kinds},
                         {"seeds", {1}},
                         {"columns", table.columns},
                         {"rows", table.rows}};
  runtime::write_file(path, document.dump(2) + "\n");
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

/// The tables of units and of long jobs as a chart; a table that was not made leaves its lines out.
void write_sweep_chart(const std::vector<Table>& tables, const SweepOptions& options) {
  const auto rows = [&](const std::string& file) {
    const auto table = std::find_if(tables.begin(), tables.end(), [&](const Table& each) { return each.file == file; });
    return table == tables.end() ? std::vector<Json>() : table->rows;
  };
  write_chart(
      options.chart, sweep_panels(rows("scale_out"), rows("scale_out_long")), kSweepColumns,
      {fmt::format(
           "{} samples in each job on a bank of 64 bytes a cycle; dashed, long: {} samples on a bank of 1 byte a cycle.",
           options.workload.samples_a_job, options.long_job),
       fmt::format("Samples a second at an assumed {:.0f} MHz. Filled: RTL, simulated; hollow: estimated.",
                   options.megahertz)});
}

std::vector<Json> columns_of(const std::string& part) {
  std::vector<Json> columns{column("mode", "")};
  const auto add = [&](std::initializer_list<Json> more) { columns.insert(columns.end(), more); };
  if (part != "memory") add({column("lanes", "lanes"), column("units", "units")});
  if (part == "memory") add({column("banks", "banks"), column("bus_bits", "unit's bus, bits")});
  if (part != "units") add({column("bank_bytes_a_cycle", "bytes a cycle and bank")});
  if (part != "long") add({column("kind", "kind")});
  add({column("cycles_a_sample", "cycles a sample", ".0"), column("samples_per_second", "samples/s", "integer")});
  if (part != "memory") add({column("speedup", "speed-up", ".2"), column("unit_busy", "units busy, %", ".1")});
  add({column("bank_busy", "banks busy, %", ".2"), column("bytes_a_cycle", "bytes a cycle", ".2")});
  if (part != "long") add({column("estimate_differs", "estimate differs, %", ".1")});
  return columns;
}

int run(SweepOptions options) {
  options.workload.jobs = kUnits.back();
  WorkloadOptions long_options = options.workload;
  long_options.samples_a_job = options.long_job;
  const Workload inference(options.workload), long_inference(long_options);
  options.workload.learn = long_options.learn = true;
  const Workload learning(options.workload), long_learning(long_options);
  Sweep sweep(inference, learning), long_sweep(long_inference, long_learning);
  const auto units = options.has("units") ? unit_tasks(options.rtl) : std::vector<Task>();
  const auto memory = options.has("memory") ? memory_tasks(options.rtl) : std::vector<Task>();
  const auto long_jobs = options.has("long") ? long_tasks() : std::vector<Task>();
  std::uint64_t done = 0;
  runtime::Progress progress("sweep", 0, 3 + units.size() + memory.size() + long_jobs.size(), options.quiet, "points");
  for (const std::uint32_t lanes : {8U, 64U, 256U}) {
    sweep.calibrate(Sweep::variant(lanes, bus_of(lanes)), lanes);
    progress.update(++done, fmt::format("calibrated {} lanes", lanes));
  }
  long_sweep.use_calibrations_of(sweep);
  const auto what = [&](std::uint64_t samples) {
    return fmt::format("{}, {} samples in the job of each unit, weights loaded by every job, assumed clock of {:.0f} MHz",
                       inference.network().name, samples, options.megahertz);
  };
  std::vector<Table> tables;
  const auto make = [&](const std::string& part, const std::string& file, const std::string& title, const Sweep& maker,
                        const std::vector<Task>& tasks, std::uint64_t samples) {
    if (tasks.empty()) return;
    tables.push_back({file, title, title + ": " + what(samples), columns_of(part),
                      run_tasks(maker, tasks, options.megahertz, progress, done)});
  };
  const std::uint64_t samples = options.workload.samples_a_job;
  make("units", "scale_out", "units and lanes on one bank of 64 bytes a cycle", sweep, units, samples);
  make("memory", "scale_out_memory", "eight units of 64 lanes, and memory", sweep, memory, samples);
  make("long", "scale_out_long", "long jobs on one bank", long_sweep, long_jobs, options.long_job);
  progress.finish();
  for (const Table& table : tables) {
    fmt::print("\n{}\nno difference from the reference in results, exact counters and weights\n", table.description);
    print_rows(table.rows);
    if (!options.output.empty())
      write_measurement((std::filesystem::path(options.output) / (table.file + ".json")).string(), table, options);
  }
  if (!options.chart.empty()) write_sweep_chart(tables, options);
  return 0;
}

}  // namespace

void add_sweep(CLI::App& app, Action& chosen, const std::string& command_line) {
  auto options = std::make_shared<SweepOptions>();
  options->command = command_line;
  options->workload.samples_a_job = 8;
  auto& command = *app.add_subcommand("sweep", "Throughput over units, lanes, banks and widths; RTL points and estimated ones");
  add_workload_options(command, options->workload);
  command.add_option("--megahertz", options->megahertz, "Assumed clock, to tell cycles as time")->capture_default_str();
  command.add_flag("!--no-rtl", options->rtl, "Estimates only; the RTL runs to calibrate them all the same");
  command.add_option("--long-job", options->long_job, "Samples of a job in the table of long jobs")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  command.add_option("--part", options->parts, "Tables to make: units, memory, long")
      ->check(CLI::IsMember({"units", "memory", "long"}))
      ->capture_default_str();
  command.add_option("--output", options->output, "Folder for scale_out.json, scale_out_memory.json and scale_out_long.json")
      ->check(CLI::ExistingDirectory);
  command.add_option("--chart", options->chart, "SVG file of throughput, bandwidth and utilisation over units");
  command.add_flag("--quiet", options->quiet, "No progress bar");
  command.callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace phasic::bench
