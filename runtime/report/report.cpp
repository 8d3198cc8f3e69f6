// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/report.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/base/files.hpp"
#include "runtime/base/progress.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::size_t kWindowBlocks = 5;

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

json phase_json(const Report& report, const Phase& phase) {
  const auto& header = phase.counters.header;
  json entry = {{"data", phase.data},
                {"samples", phase.samples},
                {"correct", phase.correct},
                {"accuracy", share(phase.correct, phase.samples)},
                {"seconds", phase.seconds},
                {"samples_per_second", phase.seconds > 0 ? static_cast<double>(phase.samples) / phase.seconds : 0},
                {"input_events_per_sample", share(header.input_events, phase.counters.samples)}};
  const bool timed = header.run_cycles > 0;
  entry["cycles"] = timed ? json(header.cycles) : json();
  entry["cycles_per_sample"] = timed ? json(share(header.run_cycles, phase.counters.samples)) : json();
  entry["load_cycles"] = timed ? json(header.load_cycles) : json();
  entry["store_cycles"] = timed ? json(header.store_cycles) : json();
  json layers = json::array();
  const auto utilisation = lane_utilisation(report.network, phase.counters, report.lanes);
  for (std::size_t n = 0; n < report.network.layers.size(); ++n) {
    const auto& counters = phase.counters.layers[n];
    layers.push_back({{"events", counters.events},
                      {"synaptic_operations", counters.synaptic_operations},
                      {"spikes", counters.spikes},
                      {"update_rows", counters.update_rows},
                      {"update_operations", counters.update_operations},
                      {"potential_saturations", counters.potential_saturations},
                      {"weight_saturations", counters.weight_saturations},
                      {"integrate_cycles", counters.integrate_cycles},
                      {"learn_cycles", counters.learn_cycles},
                      {"input_wait_cycles", counters.input_wait_cycles},
                      {"other_cycles", counters.other_cycles},
                      {"lane_utilisation", utilisation.empty() ? json() : json(utilisation[n])}});
  }
  entry["layers"] = std::move(layers);
  const auto workload = workload_of(report.network, phase.counters);
  entry["neurobench"] = {
      {"SynapticOperations",
       {{"Effective_MACs", workload.effective_macs}, {"Effective_ACs", workload.effective_acs}, {"Dense", workload.dense}}},
      {"ActivationSparsity", workload.activation_sparsity},
      {"Footprint", workload.footprint}};
  if (report.connection_sparsity) entry["neurobench"]["ConnectionSparsity"] = *report.connection_sparsity;
  if (report.energy) {
    entry["estimated_energy"] = {{"picojoules_per_sample", estimated_energy(report.network, phase.counters, *report.energy)},
                                 {"process", report.energy->process},
                                 {"source", report.energy->source}};
  }
  entry["lane_utilisation"] = utilisation.empty() ? json() : json(*std::max_element(utilisation.begin(), utilisation.end()));
  return entry;
}

/// Runs gnuplot on a script in a folder; returns its exit code, or -1 if it cannot be started.
int run_gnuplot(const fs::path& folder, const std::string& script) {
  std::string program = "gnuplot", chosen = script;
  char* arguments[] = {program.data(), chosen.data(), nullptr};
  // A child that changes its folder first: names in the script are relative to it.
  const pid_t child = ::fork();
  if (child < 0) return -1;
  if (child == 0) {
    if (::chdir(folder.c_str()) != 0) ::_exit(126);
    ::execvp(arguments[0], arguments);
    ::_exit(127);
  }
  int status = 0;
  if (::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

}  // namespace

std::vector<double> lane_utilisation(const Network& network, const Counters& counters, std::uint32_t lanes) {
  std::vector<double> utilisation;
  if (counters.header.run_cycles == 0 || lanes == 0) return utilisation;
  const double capacity = static_cast<double>(lanes) * static_cast<double>(counters.header.run_cycles);
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto& layer = counters.layers[n];
    utilisation.push_back(static_cast<double>(layer.synaptic_operations + layer.update_operations) / capacity);
  }
  return utilisation;
}

json summary(const Report& report) {
  const auto phase = [&](const std::optional<Phase>& part) { return part ? phase_json(report, *part) : json(); };
  const json learned = phase(report.learned), tested = phase(report.tested);
  const auto value = [](const json& from, const char* key) { return from.is_null() ? json() : from.at(key); };
  return {{"phasic_summary", 1},
          {"data", report.learned  ? report.learned->data
                   : report.tested ? report.tested->data
                                   : ""},
          {"network", architecture(report.network)},
          {"network_name", report.network.name},
          {"engine", report.engine},
          {"transport", report.transport},
          {"device", report.device},
          {"lanes", report.lanes},
          {"weight_width", report.network.weight_width},
          {"seed", fmt::format("{:#x}", report.network.seed)},
          {"samples_learned", report.learned ? report.learned->samples : 0},
          {"samples_tested", report.tested ? report.tested->samples : 0},
          {"accuracy", value(tested, "accuracy")},
          {"compared_with", report.mismatches ? json(report.compared_with) : json()},
          {"mismatches", report.mismatches ? json(*report.mismatches) : json()},
          {"first_difference", report.first_difference.empty() ? json() : json(report.first_difference)},
          {"cycles_per_learned_sample", value(learned, "cycles_per_sample")},
          {"cycles_per_tested_sample", value(tested, "cycles_per_sample")},
          {"lane_utilisation", value(learned.is_null() ? tested : learned, "lane_utilisation")},
          {"wall_seconds", report.wall_seconds},
          {"learning", learned},
          {"testing", tested}};
}

std::string table(const Report& report) {
  std::string text;
  const auto row = [&](std::string_view what, const std::string& learning, const std::string& testing) {
    text += fmt::format("  {:<28} {:>22} {:>22}\n", what, learning, testing);
  };
  const auto cells = [&](std::string_view what, auto&& of) {
    row(what, report.learned ? of(*report.learned) : std::string("-"), report.tested ? of(*report.tested) : std::string("-"));
  };
  text += fmt::format("  network {} ({}), {}-bit weights, T = {}\n", report.network.name, architecture(report.network),
                      report.network.weight_width, report.network.steps);
  text += fmt::format("  engine {} over {}, {} lanes: {}\n\n", report.engine, report.transport, report.lanes, report.device);
  row("", "learning", "testing");
  cells("samples", [](const Phase& p) { return fmt::format("{}", p.samples); });
  cells("accuracy", [](const Phase& p) { return fmt::format("{:.2f} %", 100 * share(p.correct, p.samples)); });
  cells("input events a sample",
        [](const Phase& p) { return fmt::format("{:.1f}", share(p.counters.header.input_events, p.counters.samples)); });
  cells("cycles a sample", [](const Phase& p) {
    return p.counters.header.run_cycles == 0 ? std::string("untimed")
                                             : fmt::format("{:.0f}", share(p.counters.header.run_cycles, p.counters.samples));
  });
  for (std::size_t n = 0; n < report.network.layers.size(); ++n) {
    cells(fmt::format("lane utilisation, layer {}", n), [&](const Phase& p) {
      const auto utilisation = lane_utilisation(report.network, p.counters, report.lanes);
      return utilisation.empty() ? std::string("untimed") : fmt::format("{:.1f} %", 100 * utilisation[n]);
    });
  }
  for (std::size_t n = 0; n < report.network.layers.size(); ++n) {
    cells(fmt::format("spikes a sample, layer {}", n),
          [n](const Phase& p) { return fmt::format("{:.1f}", share(p.counters.layers[n].spikes, p.counters.samples)); });
  }
  const auto workload = [&](const Phase& p) { return workload_of(report.network, p.counters); };
  cells("synaptic operations a sample", [&](const Phase& p) {
    return fmt::format("{:.0f} of {:.0f}", workload(p).effective_acs + workload(p).effective_macs, workload(p).dense);
  });
  cells("activation sparsity", [&](const Phase& p) { return fmt::format("{:.4f}", workload(p).activation_sparsity); });
  if (report.energy) {
    cells("energy a sample, estimated", [&](const Phase& p) {
      return fmt::format("{:.4g} nJ", estimated_energy(report.network, p.counters, *report.energy) / 1000);
    });
  }
  cells("time", [](const Phase& p) { return duration_text(p.seconds); });
  if (report.energy)
    text += fmt::format("\n  energy is estimated for {}, by {}\n", report.energy->process, report.energy->source);
  if (report.mismatches) {
    text += fmt::format("\n  mismatches with {}: {} (every result, every exact counter, all weights)\n", report.compared_with,
                        *report.mismatches);
  }
  return text;
}

void write_text(const fs::path& file, const std::string& text) { write_file(file, text); }

std::string without_quotes(std::string text) {
  std::erase_if(text, [](char c) { return c == '\'' || c == '"' || c == '\\' || c == '\n'; });
  return text;
}

std::string curve_rows(const Curve& curve) {
  std::string rows = "samples_learned,accuracy_percent\n";
  std::uint64_t correct = 0, samples = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> blocks;  // correct, samples
  for (std::size_t n = 0; n < curve.correct.size(); ++n) {
    const auto size = std::min<std::uint64_t>(curve.block, curve.samples - n * curve.block);
    blocks.emplace_back(curve.correct[n], size);
    correct += curve.correct[n];
    samples += size;
    if (n >= kWindowBlocks) {
      correct -= blocks[n - kWindowBlocks].first;
      samples -= blocks[n - kWindowBlocks].second;
    }
    rows += fmt::format("{},{:.3f}\n", std::min<std::uint64_t>((n + 1) * curve.block, curve.samples),
                        100 * share(correct, samples));
  }
  return rows;
}

CurveFiles write_curve(const fs::path& folder, const std::string& name, const std::string& title, const Curve& curve,
                       std::optional<double> test_accuracy) {
  CurveFiles files{folder / (name + ".csv"), folder / (name + ".gp"), {}, ""};
  write_text(files.csv, curve_rows(curve));

  std::string script = fmt::format(
      "# Made with the run; draws {0}.svg and {0}.png from {0}.csv.\n"
      "set datafile separator ','\n"
      "set title '{1}' noenhanced\n"
      "set xlabel 'samples learned'\n"
      "set ylabel 'right before learning, last {2} samples (%)'\n"
      "set yrange [0:100]\n"
      "set grid\n"
      "set key bottom right\n"
      "{3}"
      "set terminal svg size 800,500 font 'sans,14'\n"
      "set output '{0}.svg'\n"
      "plot '{0}.csv' using 1:2 skip 1 with linespoints lw 2 pt 7 ps 0.4 title 'predictions before learning'{4}\n",
      name, without_quotes(title), kWindowBlocks * curve.block,
      test_accuracy ? fmt::format("test = {:.3f}\n", 100 * *test_accuracy) : "",
      test_accuracy ? ", test with lines lw 2 dt 2 title sprintf('test samples at the end: %.2f %%', test)" : "");
  // Some builds of gnuplot have no cairo terminal: the SVG comes first and stays.
  script += fmt::format("set terminal pngcairo size 800,500 font 'sans,11'\nset output '{}.png'\nreplot\n", name);
  write_text(files.script, script);

  auto drawing = draw_with_gnuplot(folder, name);
  files.pictures = std::move(drawing.pictures);
  files.note = std::move(drawing.note);
  return files;
}

Drawing draw_with_gnuplot(const fs::path& folder, const std::string& name) {
  Drawing drawing;
  for (const auto& suffix : {".svg", ".png"}) fs::remove(folder / (name + suffix));
  const int status = run_gnuplot(folder, name + ".gp");
  for (const auto& suffix : {".svg", ".png"}) {
    std::error_code failure;
    if (const auto picture = folder / (name + suffix); fs::file_size(picture, failure) > 0 && !failure)
      drawing.pictures.push_back(picture);
  }
  if (status == 127) {
    drawing.note = fmt::format(
        "gnuplot is not installed, so there is no picture (apt-get install gnuplot-nox, then: cd {} && gnuplot {}.gp)",
        folder.string(), name);
  } else if (status != 0) {
    drawing.note = fmt::format("gnuplot {} ended with status {}", (folder / (name + ".gp")).string(), status);
  }
  return drawing;
}

}  // namespace phasic::runtime
