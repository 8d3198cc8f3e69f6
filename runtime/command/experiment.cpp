// SPDX-License-Identifier: Apache-2.0
/// phasic experiment run | resume | report | page
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/progress.hpp"
#include "runtime/base/version.hpp"
#include "runtime/command/options.hpp"
#include "runtime/experiment/baseline_run.hpp"
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
  std::vector<unsigned> cards;
  std::string xclbin;
  bool quiet = false;
};

std::filesystem::path rows_of(const ExperimentOptions& options, const std::string& file) {
  if (!options.results.empty()) return options.results;
  return std::filesystem::path(file).stem().string() + ".jsonl";
}

/// The card of a worker, if the user chose any.
RunPlace place_of(const ExperimentOptions& options, std::size_t worker) {
  if (options.cards.empty()) return {};
  return {.on_card = true, .card = options.cards[worker % options.cards.size()], .xclbin = options.xclbin};
}

ExperimentData data_of(const RunPlan& plan, bool quiet) {
  static std::mutex mutex;  // one reads at a time
  const std::lock_guard lock(mutex);
  auto data = load_experiment_data(plan);
  // Runs read the same data: what was left out is told once.
  static std::set<std::vector<std::string>> told;
  if (!quiet && told.insert(data.training.notes).second) tell_left_out(data.training);
  return data;
}

nlohmann::json one_run(const RunPlan& plan, const std::string& place, const ExperimentOptions& options, std::size_t worker) {
  const bool quiet = options.quiet;
  const auto data = data_of(plan, quiet);
  // Each run ends with a line of its own; lines in between are for people at a terminal.
  const bool shows = !quiet && options.cards.size() < 2 && isatty(STDERR_FILENO) == 1;
  std::optional<Progress> progress;
  const Stopwatch watch;
  auto row = run_experiment(
      plan, data,
      [&](std::uint64_t done, std::uint64_t all) {
        if (!progress) progress.emplace(fmt::format("{} {}", place, plan.key), 0, all, !shows);
        progress->update(done, "");
      },
      place_of(options, worker));
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

void prepare_cards(bool quiet) {
  RunOptions options;
  options.device.transport = "xrt";
  options.quiet = quiet;
  prepare_card(options);
}

/// What takes the place of the row of a run that has diverged.
constexpr std::string_view kDiverged = "phasic_diverged";

int run(const ExperimentOptions& options, bool resume) {
  if (!options.xclbin.empty() && options.cards.empty()) throw InputError("", "--xclbin", "needs --device");
  if (!options.cards.empty()) prepare_cards(options.quiet);
  Share share;
  std::vector<std::string> diverged;
  for (const std::string& file : options.files) {
    const auto rows = rows_of(options, file);
    std::vector<RunPlan> plans;
    std::vector<std::size_t> open;
    std::unique_ptr<RowFile> to;
    const auto begin = [&] {
      plans = plan_runs(load_experiment(file));
      if (!options.cards.empty() && plans.front().experiment.has_baseline())
        throw InputError(file, "baseline", "runs on the host; --device is for networks");
      (void)runs_to_do(plans, rows, resume);  // so that a refusal changes nothing of the file
      to = std::make_unique<RowFile>(rows);
      open = runs_to_do(plans, rows, resume);  // another process may have written until now
    };
    const auto run_number = [&](std::size_t n, std::size_t worker) {
      if (plans.empty()) plans = plan_runs(load_experiment(file));  // in a process that does not keep
      const RunPlan& plan = plans.at(n);
      try {
        return one_run(plan, fmt::format("{} {}/{}", plan.experiment.name, n + 1, plans.size()), options, worker);
      } catch (const DivergedError& error) {
        return nlohmann::json{
            {kDiverged, fmt::format("{} {}/{} {}: {}", plan.experiment.name, n + 1, plans.size(), plan.key, error.what())}};
      }
    };
    const auto keep = [&](const nlohmann::json& row) {
      if (!row.contains(kDiverged)) return to->append(row);
      diverged.push_back(row[kDiverged]);
      log_as(LogLevel::kWarning, "{}", diverged.back());
    };
    // The process that keeps says what is wrong.
    if (!share.together(begin) || !share.work(open, run_number, keep, std::max<std::size_t>(options.cards.size(), 1)))
      return kSuccess;
    if (share.keeps()) fmt::print("{}\n{}\n", plans.front().experiment.name, table_of(read_checked_rows(rows)));
  }
  if (!diverged.empty())
    throw InputError(fmt::format("{} of the runs diverged and have no row: {}", diverged.size(), fmt::join(diverged, "; ")));
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
    part->add_option("--device", options->cards, "card number, or several (xrt), each of which does a run at a time")
        ->delimiter(',');
    part->add_option("--xclbin", options->xclbin,
                     "xclbin file for the cards; default: the one built for the experiment's engine");
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
