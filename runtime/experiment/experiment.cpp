// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/experiment.hpp"

#include <fmt/format.h>

#include <array>

#include "runtime/error.hpp"
#include "runtime/json_node.hpp"
#include "runtime/network.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

constexpr auto kTasks = std::to_array<std::string_view>({"classification", "class_continual"});
constexpr std::int64_t kMost = std::int64_t{1} << 40;
constexpr std::size_t kMostRuns = 100'000;

Smoothing parse_smoothing(const JsonNode& node) {
  node.expect_object({"size", "gain"});
  Smoothing smoothing;
  smoothing.size = static_cast<std::uint32_t>(node.at("size").integer(1, 15));
  if (smoothing.size % 2 == 0) node.at("size").refuse("an odd number is needed");
  if (const auto gain = node.find("gain")) smoothing.gain = static_cast<std::uint32_t>(gain->integer(1, 16));
  return smoothing;
}

Edges parse_edges(const JsonNode& node) {
  node.expect_object({"cell", "stride", "gain", "floor"});
  Edges edges;
  const auto read = [&](std::string_view field, std::int64_t least, std::int64_t most, std::uint32_t& value) {
    if (const auto found = node.find(field)) value = static_cast<std::uint32_t>(found->integer(least, most));
  };
  read("cell", 1, 32, edges.cell);
  read("stride", 1, 32, edges.stride);
  read("gain", 1, 255, edges.gain);
  read("floor", 0, 255, edges.floor);
  return edges;
}

std::vector<std::uint64_t> parse_seeds(const JsonNode& node) {
  node.expect_array(1, 1000);
  std::vector<std::uint64_t> seeds;
  for (std::size_t n = 0; n < node.value().size(); ++n)
    seeds.push_back(static_cast<std::uint64_t>(node.at(n).integer(0, INT64_MAX)));
  return seeds;
}

/// A network file is read; an object is taken as it is.
json network_of(const JsonNode& node, const std::string& file) {
  if (node.value().is_object()) return node.value();
  const auto path = std::filesystem::path(file).parent_path() / node.text();
  return read_json(path);
}

json* place_in(Experiment& experiment, const std::string& place, json& smoothing, json& edges) {
  const auto below = [&](json& document, std::string_view name) -> json* {
    const json::json_pointer pointer(place.substr(name.size()));
    return document.contains(pointer) ? &document[pointer] : nullptr;
  };
  if (place.starts_with("network/")) return below(experiment.network, "network");
  if (place.starts_with("data/") && experiment.data.is_object()) return below(experiment.data, "data");
  if (place.starts_with("smoothing/")) return below(smoothing, "smoothing");
  if (place.starts_with("edges/")) return below(edges, "edges");
  return nullptr;
}

void apply(Experiment& experiment, const std::string& place, const json& value) {
  json smoothing = as_json(experiment.smoothing);
  json edges = experiment.edges ? as_json(*experiment.edges) : json();
  json* const target = place_in(experiment, place, smoothing, edges);
  if (target == nullptr) {
    throw InputError(
        experiment.file, "vary." + place,
        "there is no such field in the experiment; fields of network, data, smoothing and edges can be varied, such as "
        "\"network/layers/0/neurons\"");
  }
  *target = value;
  experiment.smoothing = parse_smoothing(JsonNode(smoothing, experiment.file, "smoothing"));
  if (experiment.edges) experiment.edges = parse_edges(JsonNode(edges, experiment.file, "edges"));
}

}  // namespace

json as_json(const Smoothing& smoothing) { return {{"size", smoothing.size}, {"gain", smoothing.gain}}; }

json as_json(const Edges& edges) {
  return {{"cell", edges.cell}, {"stride", edges.stride}, {"gain", edges.gain}, {"floor", edges.floor}};
}

Experiment parse_experiment(const json& document, const std::string& file) {
  const JsonNode root(document, file, "");
  root.expect_object({"phasic_experiment", "name", "description", "data", "smoothing", "edges", "task", "network", "seeds",
                      "passes", "samples", "validation", "tests", "evaluate_every", "engine", "launch_samples", "repeat",
                      "vary"});
  (void)root.at("phasic_experiment").integer(1, 1);
  Experiment experiment;
  experiment.file = file;
  experiment.name = root.at("name").text();
  const auto number = [&](std::string_view field, std::int64_t least, std::int64_t otherwise) {
    const auto node = root.find(field);
    return node ? node->integer(least, kMost) : otherwise;
  };
  const auto data = root.at("data");
  if (!data.value().is_object()) (void)data.text();
  experiment.data = data.value();
  if (const auto smoothing = root.find("smoothing")) experiment.smoothing = parse_smoothing(*smoothing);
  if (const auto edges = root.find("edges")) experiment.edges = parse_edges(*edges);
  experiment.task = static_cast<Task>(root.at("task").one_of(kTasks));
  experiment.network = network_of(root.at("network"), file);
  experiment.seeds = parse_seeds(root.at("seeds"));
  experiment.passes = static_cast<std::uint32_t>(number("passes", 1, 1));
  experiment.samples = static_cast<std::uint64_t>(number("samples", 0, 0));
  experiment.validation = static_cast<std::uint64_t>(number("validation", 0, 0));
  experiment.evaluate_every = static_cast<std::uint64_t>(number("evaluate_every", 1, 0));
  experiment.launch_samples = static_cast<std::uint64_t>(number("launch_samples", 1, 1000));
  if (const auto tests = root.find("tests")) experiment.tests = tests->boolean();
  if (!experiment.tests && experiment.validation == 0)
    root.at("tests").refuse("without the test set some samples are needed for validation");
  if (experiment.evaluate_every > 0 && experiment.validation == 0)
    root.at("evaluate_every").refuse("some samples are needed for validation");
  if (const auto engine = root.find("engine")) experiment.engine = engine->text();
  if (const auto repeat = root.find("repeat")) {
    repeat->expect_object({"engine", "samples"});
    experiment.repetition =
        Repetition{repeat->at("engine").text(), static_cast<std::uint64_t>(repeat->at("samples").integer(1, kMost))};
  }
  if (const auto vary = root.find("vary")) {
    for (const auto& [place, values] : vary->value().items()) {
      const auto node = vary->at(place);
      node.expect_array(1, 1000);
      experiment.variations.emplace_back(place, std::vector<json>(values.begin(), values.end()));
    }
  }
  // Every network is checked before the first run starts.
  for (const RunPlan& plan : plan_runs(experiment)) (void)parse_network(plan.experiment.network, file);
  return experiment;
}

Experiment load_experiment(const std::filesystem::path& file) { return parse_experiment(read_json(file), file.string()); }

std::vector<RunPlan> plan_runs(const Experiment& experiment) {
  std::vector<RunPlan> plans{{.key = "", .seed = 0, .variation = json::object(), .experiment = experiment}};
  for (const auto& [place, values] : experiment.variations) {
    std::vector<RunPlan> more;
    for (const RunPlan& plan : plans) {
      for (const json& value : values) {
        RunPlan next = plan;
        next.variation[place] = value;
        next.key += fmt::format("{}={} ", place, value.dump());
        apply(next.experiment, place, value);
        more.push_back(std::move(next));
      }
    }
    plans = std::move(more);
    if (plans.size() * experiment.seeds.size() > kMostRuns)
      throw InputError(experiment.file, "vary", fmt::format("more than {} runs", kMostRuns));
  }
  std::vector<RunPlan> runs;
  for (const RunPlan& plan : plans) {
    for (const std::uint64_t seed : experiment.seeds) {
      RunPlan run = plan;
      run.seed = seed;
      run.key += fmt::format("seed={}", seed);
      run.experiment.network["seed"] = seed;
      runs.push_back(std::move(run));
    }
  }
  return runs;
}

}  // namespace phasic::runtime
