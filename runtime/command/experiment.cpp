// SPDX-License-Identifier: Apache-2.0
/// phasic experiment run | resume | report | page
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/progress.hpp"
#include "runtime/base/version.hpp"
#include "runtime/command/options.hpp"
#include "runtime/experiment/row_fields.hpp"
#include "runtime/experiment/rows.hpp"
#include "runtime/experiment/run.hpp"
#include "runtime/experiment/share.hpp"
#include "runtime/report/page.hpp"
#include "runtime/report/results_page.hpp"
#include "runtime/report/statistics.hpp"

namespace phasic::command {
namespace {

using namespace phasic::runtime;

struct ExperimentOptions {
  std::vector<std::string> files;
  std::string results;
  std::string html;
  std::string folder, output;
  bool quiet = false;
};

std::filesystem::path rows_of(const ExperimentOptions& options, const std::string& file) {
  if (!options.results.empty()) return options.results;
  return std::filesystem::path(file).stem().string() + ".jsonl";
}

nlohmann::json one_run(const RunPlan& plan, const std::string& place, bool quiet) {
  const auto data = load_experiment_data(plan);
  if (!quiet) tell_left_out(data.training);
  // Each run ends with a line of its own; lines in between are for people at a terminal.
  const bool shows = !quiet && isatty(STDERR_FILENO) == 1;
  std::optional<Progress> progress;
  const Stopwatch watch;
  auto row = run_experiment(plan, data, [&](std::uint64_t done, std::uint64_t all) {
    if (!progress) progress.emplace(fmt::format("{} {}", place, plan.key), 0, all, !shows);
    progress->update(done, "");
  });
  if (progress) progress->finish();
  row.commit = version();
  row.command = fmt::format("phasic experiment run {}", plan.experiment.file);
  if (!quiet) {
    log_as(LogLevel::kInfo, "{} {}: accuracy {:.2f} %, {:.1f} s", place, plan.key, 100 * row.accuracy, watch.seconds());
  }
  return write_row(row);
}

/// Numbers of the plans that have no row in the file yet. Throws InputError if there is one, unless they are to be gone on
/// with.
std::vector<std::size_t> runs_to_do(const std::vector<RunPlan>& plans, const std::filesystem::path& rows, bool resume) {
  const std::string& name = plans.front().experiment.name;
  std::set<std::string> done;
  for (const auto& row : read_checked_rows(rows)) {
    if (row["experiment"] == name) done.insert(row["run"].get<std::string>());
  }
  if (!done.empty() && !resume) {
    throw InputError(rows.string(), "",
                     fmt::format("has {} runs of {} already; \"phasic experiment resume\" goes on", done.size(), name));
  }
  std::vector<std::size_t> open;
  for (std::size_t n = 0; n < plans.size(); ++n) {
    if (!done.contains(plans[n].key)) open.push_back(n);
  }
  return open;
}

int run(const ExperimentOptions& options, bool resume) {
  Share share;
  for (const std::string& file : options.files) {
    const auto rows = rows_of(options, file);
    std::vector<RunPlan> plans;
    std::vector<std::size_t> open;
    std::unique_ptr<RowFile> to;
    const auto begin = [&] {
      plans = plan_runs(load_experiment(file));
      (void)runs_to_do(plans, rows, resume);  // so that a refusal changes nothing of the file
      to = std::make_unique<RowFile>(rows);
      open = runs_to_do(plans, rows, resume);  // another process may have written until now
    };
    const auto run_number = [&](std::size_t n) {
      if (plans.empty()) plans = plan_runs(load_experiment(file));  // in a process that does not keep
      const RunPlan& plan = plans.at(n);
      return one_run(plan, fmt::format("{} {}/{}", plan.experiment.name, n + 1, plans.size()), options.quiet);
    };
    const auto keep = [&](const nlohmann::json& row) { to->append(row); };
    // The process that keeps says what is wrong.
    if (!share.together(begin) || !share.work(open, run_number, keep)) return kSuccess;
    if (share.keeps()) fmt::print("{}\n{}\n", plans.front().experiment.name, table_of(read_checked_rows(rows)));
  }
  return kSuccess;
}

int report(const ExperimentOptions& options) {
  std::vector<ResultsFile> files;
  for (const std::string& file : options.files) files.push_back(read_results(file));
  if (options.html.empty()) {
    for (const ResultsFile& file : files) fmt::print("{}\n{}\n", file.name, table_of(file.rows));
    return kSuccess;
  }
  const auto command = fmt::format("phasic experiment report {} --html {}", fmt::join(options.files, " "), options.html);
  const std::string page = page_of(read_page_template(), {.version = version(), .command = command}, files);
  write_page(options.html, page);
  fmt::print("{}: {:.1f} MB; it opens without a network\n", options.html, static_cast<double>(page.size()) / 1e6);
  return kSuccess;
}

int page(const ExperimentOptions& options) {
  const std::filesystem::path folder = options.folder, output = options.output;
  const auto link = std::filesystem::proximate(folder, output.has_parent_path() ? output.parent_path() : ".");
  write_page(output, results_page(load_results_folder(folder), load_page_template(folder), link.generic_string() + "/"));
  return kSuccess;
}

}  // namespace

void add_experiment(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("experiment", "run experiments that JSON files describe, and show their results");
  command->require_subcommand(1);
  const auto options = std::make_shared<ExperimentOptions>();
  for (const bool resume : {false, true}) {
    auto* part = command->add_subcommand(resume ? "resume" : "run",
                                         resume ? "run what is not in the file of results yet" : "run all of an experiment");
    part->add_option("experiment", options->files, "experiment files (JSON)")->required();
    part->add_option("--results", options->results, "file of results; default: the experiment's name with .jsonl");
    part->add_flag("--quiet", options->quiet, "no line for each run");
    part->callback([&chosen, options, resume] { chosen = [options, resume] { return run(*options, resume); }; });
  }
  auto* part = command->add_subcommand("report", "tables and charts of results");
  part->add_option("results", options->files, "files of results")->required();
  part->add_option("--html", options->html, "page with tables and charts to write, in place of a Markdown table");
  part->callback([&chosen, options] { chosen = [options] { return report(*options); }; });
  auto* of_folder = command->add_subcommand("page", "a Markdown page from a folder of results and its template");
  of_folder->add_option("folder", options->folder, "folder with files of results, and results.md.in")->required();
  of_folder->add_option("--output", options->output, "page to write")->required();
  of_folder->callback([&chosen, options] { chosen = [options] { return page(*options); }; });
}

}  // namespace phasic::command
