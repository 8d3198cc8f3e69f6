// SPDX-License-Identifier: Apache-2.0
/// phasic import, phasic export
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/command/options.hpp"
#include "runtime/nir/export.hpp"
#include "runtime/nir/report.hpp"
#include "runtime/run/checkpoint.hpp"

namespace phasic::command {
namespace {

using namespace phasic::runtime;

struct GraphImport {
  RunOptions run;
  std::string file, output, json, html, reset, decay = "euler", samples_kind;
  double step = 0, learning_rate = 0;
  std::uint32_t weight_width = 0, steps = 0;
  std::uint64_t samples = 0;
  bool measure = false;
};

nir::ImportOptions options_of(const GraphImport& given) {
  nir::ImportOptions options;
  if (given.step != 0) options.step = given.step;
  if (!given.reset.empty()) options.reset = nir::reset_named(given.reset);
  options.decay = nir::decay_named(given.decay);
  if (given.weight_width != 0) options.weight_width = given.weight_width;
  if (given.steps != 0) options.steps = given.steps;
  if (!given.samples_kind.empty()) options.samples = nir::input_named(given.samples_kind);
  if (given.learning_rate != 0) options.learning_rate = given.learning_rate;
  return options;
}

/// What a checkpoint says of data where nothing has been learned yet.
Checkpoint as_checkpoint(const nir::Imported& imported) {
  return {.network = imported.quantized.network,
          .data_name = imported.chain.file,
          .data_samples = 1,
          .curve = {},
          .weights = imported.quantized.weights};
}

int run_import(const GraphImport& options) {
  const auto imported = nir::import_graph(options.file, options_of(options));
  const auto& network = imported.quantized.network;
  std::optional<nir::Fidelity> fidelity;
  if (options.measure) {
    const auto data = test_data_for(options.run, network, options.samples);
    const auto fixed = fixed_for(options.run, network);
    const auto devices = open_for(options.run, network);
    fidelity = nir::measure(imported, fixed, data, options.samples, launch_on(*devices[0], fixed));
  }
  const auto* measured = fidelity ? &*fidelity : nullptr;
  fmt::print("{}", nir::table(imported, measured));
  if (!options.output.empty()) {
    write_checkpoint(options.output, as_checkpoint(imported));
    fmt::print("network and weights: {}\n", options.output);
  }
  if (!options.json.empty())
    write_text(options.json,
               nir::summary(imported, measured).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  if (!options.html.empty()) write_text(options.html, nir::page(imported, measured));
  return kSuccess;
}

struct GraphExport {
  std::string network, checkpoint, output;
  double step = 1e-3;
};

int run_export(const GraphExport& options) {
  if (options.network.empty() == options.checkpoint.empty())
    throw InputError("", "export", "either a network file, for its initial weights, or --checkpoint is needed");
  Checkpoint source;
  if (options.checkpoint.empty()) {
    source.network = load_network(options.network);
    source.weights = initial_weights(source.network, layout_of(source.network));
  } else {
    source = read_checkpoint(options.checkpoint);
  }
  nir::write_graph(options.output, nir::export_graph(source.network, source.weights, options.step));
  fmt::print("{}: {}\n", options.output, architecture(source.network));
  return kSuccess;
}

}  // namespace

void add_import(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("import", "make a network of a NIR file, and tell what rounding does to it");
  const auto options = std::make_shared<GraphImport>();
  command->add_option("file", options->file, "graph (.nir)")->required();
  command->add_option("--output", options->output, "checkpoint to write: the network with its weights");
  command->add_option("--dt", options->step, "seconds of a time step; default: the file's metadata")
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--reset", options->reset, "what a spike does to a potential: zero (to v_reset) or subtract (the threshold)")
      ->check(CLI::IsMember({"zero", "subtract"}));
  command->add_option("--decay", options->decay, "euler: 1 - dt / tau is kept in a step; exact: exp(-dt / tau)")
      ->check(CLI::IsMember({"euler", "exact"}))
      ->capture_default_str();
  command->add_option("--weights", options->weight_width, "bits of a weight; default: 8")->check(CLI::IsMember({8, 16}));
  command->add_option("--steps", options->steps, "time steps of a sample, or of a chunk of a recording; default: 32")
      ->check(CLI::Range(1U, 32U));
  command->add_option("--input", options->samples_kind, "event or intensity: what samples are; default: event")
      ->check(CLI::IsMember({"event", "intensity"}));
  command
      ->add_option("--learning-rate", options->learning_rate,
                   "the last layer learns from its own errors; default: all are frozen")
      ->check(CLI::PositiveNumber);
  auto* data = command->add_option("--data", options->run.data.data,
                                   "data set to measure with, its test part: a name, a folder, or JSON");
  data->each([options](const std::string&) { options->measure = true; });
  command->add_option("--samples", options->samples, "measure with the first N samples; 0: all")->needs(data);
  command->add_option("--json", options->json, "file for the report as JSON");
  command->add_option("--html", options->html, "file for the report as a page");
  add_device_options(*command, options->run);
  add_run_options(*command, options->run);
  command->callback([options, &chosen] { chosen = [options] { return run_import(*options); }; });
}

void add_export(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("export", "write a network with its weights as a NIR file");
  const auto options = std::make_shared<GraphExport>();
  command->add_option("network", options->network, "network file (JSON), for its initial weights");
  command->add_option("--checkpoint", options->checkpoint, "network and weights to write");
  command->add_option("--output", options->output, "graph to write (.nir)")->required();
  command->add_option("--dt", options->step, "seconds that a time step stands for")->capture_default_str();
  command->callback([options, &chosen] { chosen = [options] { return run_export(*options); }; });
}

}  // namespace phasic::command
