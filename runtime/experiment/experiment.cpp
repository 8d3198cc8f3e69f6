// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/experiment.hpp"

#include <fmt/format.h>

#include <array>
#include <set>

#include "runtime/base/error.hpp"
#include "runtime/base/json_node.hpp"
#include "runtime/base/json_place.hpp"
#include "runtime/baseline/settings.hpp"
#include "runtime/network/network.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

constexpr auto kTasks = std::to_array<std::string_view>({"classification", "class_continual"});
constexpr auto kProtocols = std::to_array<std::string_view>({"streaming", "mixed_batch", "published"});
constexpr std::int64_t kMost = std::int64_t{1} << 40;
constexpr std::int64_t kMostPasses = 1'000'000;
constexpr std::size_t kMostRuns = 100'000;

Augmentation parse_augmentation(const JsonNode& node) {
  node.expect_object({"copies", "shift", "mirror"});
  Augmentation augmentation;
  if (const auto copies = node.find("copies")) augmentation.copies = static_cast<std::uint32_t>(copies->integer(1, 100));
  if (const auto shift = node.find("shift")) augmentation.shift = static_cast<std::uint32_t>(shift->integer(0, 64));
  if (const auto mirror = node.find("mirror")) augmentation.mirror = mirror->boolean();
  if (augmentation.shift == 0 && !augmentation.mirror) node.at("shift").refuse("without \"mirror\" copies would be equal");
  return augmentation;
}

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
  json network = read_json(path);
  if (!network.is_object()) throw InputError(path.string(), "", "is no network: a JSON object is needed");
  return network;
}

/// What an experiment does with images, as documents.
struct Fields {
  explicit Fields(const Experiment& experiment)
      : augmentation(experiment.augmentation ? as_json(*experiment.augmentation) : json()),
        smoothing(as_json(experiment.smoothing)),
        edges(experiment.edges ? as_json(*experiment.edges) : json()) {}
  json augmentation, smoothing, edges;
};

/// The document that a place lies in, and its name.
std::pair<json*, std::string_view> document_of(Experiment& experiment, const std::string& place, Fields& fields) {
  if (place.starts_with("network/") && !experiment.has_baseline()) return {&experiment.network, "network"};
  if (place.starts_with("baseline/") && experiment.has_baseline()) return {&experiment.baseline, "baseline"};
  if (place.starts_with("data/") && experiment.data.is_object()) return {&experiment.data, "data"};
  if (place.starts_with("augmentation/") && experiment.augmentation) return {&fields.augmentation, "augmentation"};
  if (place.starts_with("smoothing/")) return {&fields.smoothing, "smoothing"};
  if (place.starts_with("edges/") && experiment.edges) return {&fields.edges, "edges"};
  return {nullptr, ""};
}

json::json_pointer pointer_of(const Experiment& experiment, const std::string& field, const std::string& place) {
  try {
    return json::json_pointer(place);
  } catch (const json::parse_error& error) {
    throw InputError(experiment.file, field, fmt::format("is no place in an experiment: {}", error.what()));
  }
}

/// Sets a field; a null takes it out. `field` is what the user called it by.
void apply(Experiment& experiment, const std::string& field, const std::string& place, const json& value) {
  if (place == "protocol") {
    experiment.protocol = static_cast<Protocol>(JsonNode(value, experiment.file, field).one_of(kProtocols));
    return;
  }
  if (place == "passes") {
    experiment.passes = static_cast<std::uint32_t>(JsonNode(value, experiment.file, field).integer(1, kMostPasses));
    return;
  }
  Fields fields(experiment);
  const auto [document, name] = document_of(experiment, place, fields);
  const json::json_pointer pointer = pointer_of(experiment, field, document == nullptr ? "" : place.substr(name.size()));
  const json* const there = document == nullptr ? nullptr : find_place(*document, pointer.parent_pointer().to_string());
  if (there == nullptr || (!there->is_object() && find_place(*document, pointer.to_string()) == nullptr)) {
    throw InputError(experiment.file, field,
                     "there is no such field in the experiment; fields of network, baseline, data, augmentation, smoothing and "
                     "edges, \"protocol\" and \"passes\" can be varied, such as \"network/layers/0/neurons\"");
  }
  if (value.is_null()) {
    json& parent = (*document)[pointer.parent_pointer()];
    if (!parent.is_object())
      throw InputError(experiment.file, field, "is an element of a list; a null takes out fields of objects alone");
    parent.erase(pointer.back());
  } else {
    (*document)[pointer] = value;
  }
  if (experiment.augmentation)
    experiment.augmentation = parse_augmentation(JsonNode(fields.augmentation, experiment.file, "augmentation"));
  experiment.smoothing = parse_smoothing(JsonNode(fields.smoothing, experiment.file, "smoothing"));
  if (experiment.edges) experiment.edges = parse_edges(JsonNode(fields.edges, experiment.file, "edges"));
}

std::vector<double> parse_levels(const JsonNode& node) {
  node.expect_array(1, 100);
  std::vector<double> levels;
  for (std::size_t n = 0; n < node.value().size(); ++n) levels.push_back(node.at(n).real(0, 1));
  return levels;
}

/// Refuses what goes together with a network of the contract alone, or with a baseline alone.
void check_run(const Experiment& experiment, const JsonNode& root) {
  if (!experiment.has_baseline()) {
    if (experiment.protocol != Protocol::kStreaming) {
      throw InputError(experiment.file, "protocol",
                       fmt::format("\"{}\" shows batches, but a network learns one sample at a time: it needs a baseline",
                                   name(experiment.protocol)));
    }
    (void)parse_network(experiment.network, experiment.file);
    return;
  }
  for (const std::string_view field : {"engine", "launch_samples", "repeat"}) {
    if (const auto node = root.find(field)) node->refuse("belongs to networks; a baseline runs on the host");
  }
  const bool continual = experiment.task == Task::kClassContinual;
  const auto settings = baseline::parse_settings(JsonNode(experiment.baseline, experiment.file, "baseline"), continual,
                                                 experiment.protocol == Protocol::kStreaming);
  if (experiment.protocol != Protocol::kPublished) return;
  if (!continual)
    throw InputError(experiment.file, "protocol",
                     "\"published\" is that of the class_continual task; the task is classification");
  if (settings.gate == baseline::Gate::kSample) {
    throw InputError(
        experiment.file, "baseline.gate",
        "\"sample\" does not see the batches of protocol \"published\"; it belongs to \"mixed_batch\" or \"streaming\"");
  }
}

}  // namespace

json as_json(const Augmentation& augmentation) {
  return {{"copies", augmentation.copies}, {"shift", augmentation.shift}, {"mirror", augmentation.mirror}};
}

json as_json(const Smoothing& smoothing) { return {{"size", smoothing.size}, {"gain", smoothing.gain}}; }

json as_json(const Edges& edges) {
  return {{"cell", edges.cell}, {"stride", edges.stride}, {"gain", edges.gain}, {"floor", edges.floor}};
}

std::string_view name(Protocol protocol) { return kProtocols.at(static_cast<std::size_t>(protocol)); }

Experiment parse_experiment(const json& document, const std::string& file) {
  const JsonNode root(document, file, "");
  root.expect_object(
      {"phasic_experiment", "name",    "description", "data",           "augmentation", "smoothing", "edges",      "task",
       "protocol",          "network", "baseline",    "seeds",          "passes",       "samples",   "validation", "tests",
       "evaluate_every",    "levels",  "engine",      "launch_samples", "repeat",       "cases",     "vary"});
  (void)root.at("phasic_experiment").integer(1, 1);
  Experiment experiment;
  experiment.file = file;
  experiment.name = root.at("name").text();
  const auto number = [&](std::string_view field, std::int64_t least, std::int64_t otherwise, std::int64_t most = kMost) {
    const auto node = root.find(field);
    return node ? node->integer(least, most) : otherwise;
  };
  const auto data = root.at("data");
  if (!data.value().is_object()) (void)data.text();
  experiment.data = data.value();
  if (const auto augmentation = root.find("augmentation")) experiment.augmentation = parse_augmentation(*augmentation);
  if (const auto smoothing = root.find("smoothing")) experiment.smoothing = parse_smoothing(*smoothing);
  if (const auto edges = root.find("edges")) experiment.edges = parse_edges(*edges);
  experiment.task = static_cast<Task>(root.at("task").one_of(kTasks));
  if (const auto protocol = root.find("protocol")) experiment.protocol = static_cast<Protocol>(protocol->one_of(kProtocols));
  if (const auto baseline = root.find("baseline")) {
    if (const auto network = root.find("network"))
      network->refuse("there is a baseline, too; an experiment has one of the two");
    if (!baseline->value().is_object()) baseline->refuse("an object is needed");
    experiment.baseline = baseline->value();
  } else {
    experiment.network = network_of(root.at("network"), file);
  }
  experiment.seeds = parse_seeds(root.at("seeds"));
  experiment.passes = static_cast<std::uint32_t>(number("passes", 1, 1, kMostPasses));
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
  if (const auto levels = root.find("levels")) {
    if (experiment.evaluate_every == 0) levels->refuse("without evaluate_every nothing is looked at");
    experiment.levels = parse_levels(*levels);
  }
  if (const auto cases = root.find("cases")) {
    cases->expect_array(1, 1000);
    for (std::size_t n = 0; n < cases->value().size(); ++n) {
      const auto node = cases->at(n);
      if (!node.value().is_object()) node.refuse("an object of places and values is needed");
      experiment.cases.push_back(node.value());
    }
  }
  if (const auto vary = root.find("vary")) {
    for (const auto& [place, values] : vary->value().items()) {
      const auto node = vary->at(place);
      node.expect_array(1, 1000);
      experiment.variations.emplace_back(place, std::vector<json>(values.begin(), values.end()));
    }
  }
  // Every network is checked before the first run starts.
  for (const RunPlan& plan : plan_runs(experiment)) check_run(plan.experiment, root);
  return experiment;
}

Experiment load_experiment(const std::filesystem::path& file) { return parse_experiment(read_json(file), file.string()); }

std::vector<RunPlan> plan_runs(const Experiment& experiment) {
  std::vector<RunPlan> plans{{.key = "", .seed = 0, .variation = json::object(), .experiment = experiment}};
  if (!experiment.cases.empty()) plans.clear();
  for (std::size_t n = 0; n < experiment.cases.size(); ++n) {
    RunPlan plan{.key = "", .seed = 0, .variation = json::object(), .experiment = experiment};
    for (const auto& [place, value] : experiment.cases[n].items()) {
      plan.variation[place] = value;
      plan.key += fmt::format("{}={} ", place, value.dump());
      apply(plan.experiment, fmt::format("cases[{}].{}", n, place), place, value);
    }
    plans.push_back(std::move(plan));
  }
  for (const auto& [place, values] : experiment.variations) {
    std::vector<RunPlan> more;
    for (const RunPlan& plan : plans) {
      for (const json& value : values) {
        RunPlan next = plan;
        next.variation[place] = value;
        next.key += fmt::format("{}={} ", place, value.dump());
        apply(next.experiment, "vary." + place, place, value);
        more.push_back(std::move(next));
      }
    }
    plans = std::move(more);
    if (plans.size() * experiment.seeds.size() > kMostRuns)
      throw InputError(experiment.file, "vary", fmt::format("more than {} runs", kMostRuns));
  }
  // Seed by seed, so that an experiment that was stopped early has each of its cases for the seeds that it has.
  std::vector<RunPlan> runs;
  std::set<std::string> keys;
  for (const std::uint64_t seed : experiment.seeds) {
    for (const RunPlan& plan : plans) {
      RunPlan run = plan;
      run.seed = seed;
      run.key += fmt::format("seed={}", seed);
      if (!keys.insert(run.key).second)
        throw InputError(experiment.file, "seeds, vary, cases", fmt::format("the run \"{}\" is there twice", run.key));
      if (!run.experiment.has_baseline()) run.experiment.network["seed"] = seed;
      runs.push_back(std::move(run));
    }
  }
  return runs;
}

}  // namespace phasic::runtime
