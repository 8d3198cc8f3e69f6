// SPDX-License-Identifier: Apache-2.0
/// phasic init: a first network and a first experiment for a data set.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/command/options.hpp"
#include "runtime/data/load.hpp"
#include "runtime/network/network.hpp"

namespace phasic::command {
namespace {

using namespace phasic::runtime;
using nlohmann::json;
namespace fs = std::filesystem;

/// Pictures with longer sides are brought to this one.
constexpr std::uint32_t kLongestSide = 48, kNewSide = 32;
/// Below so few training samples a class the discriminant's scatter is uncertain.
constexpr std::uint64_t kFewSamples = 5000;

struct FirstFiles {
  std::string data, folder = ".";
};

/// The data as an experiment names them, whatever folder it is started from.
json request_for(const std::string& text) {
  if (is_data_object(text)) return text.front() == '{' ? parse_json(text, "--data") : read_json(text);
  std::error_code failure;
  if (fs::exists(text, failure) && find_known(text) == nullptr)
    return {{"folder", fs::absolute(text).lexically_normal().string()}};
  return text;
}

/// Recordings as pictures, and pictures small enough.
json with_usual_size(json request, const NamedData& data) {
  const auto set = [&](const char* field, const json& value) {
    if (request.is_string()) request = {{"set", request}};
    if (!request.contains(field)) request[field] = value;
  };
  if (data.recordings) set("picture", {{"kind", "counts"}, {"bins", 2}, {"full", 4}});
  if (!data.recordings && std::max(data.shape.rows, data.shape.columns) > kLongestSide) set("size", kNewSide);
  return request;
}

/// Features that compete, and a discriminant: what forgets nothing, whatever the order of classes.
json network_for(const std::string& name, const NamedData& data) {
  const auto& shape = data.shape;
  const auto samples = std::max<std::uint64_t>(data.training.size(), 1);
  const std::uint32_t smallest = std::min(shape.rows, shape.columns);
  const std::uint32_t kernel = std::min(shape.channels == 1 ? 7U : 6U, smallest);
  json sides = json::array({shape.rows, shape.columns});
  if (shape.channels > 1) sides.push_back(shape.channels);
  json preparation = {{"samples", std::min<std::uint64_t>(2000, samples)}, {"measured", std::min<std::uint64_t>(500, samples)}};
  // Strokes on an empty ground: places without any tell nothing.
  if (shape.channels == 1) preparation["contrast"] = 64;
  json discriminant = {{"neurons", data.classes.size()}, {"rule", "discriminant"}};
  if (samples < kFewSamples) discriminant["regularization"] = 0.03;
  return {{"phasic_network", 1},
          {"name", name},
          {"description", "128 filters that compete for patches of the first samples, and a read-out that forgets nothing"},
          {"inputs", shape.rows * shape.columns * shape.channels},
          {"shape", sides},
          {"classes", data.classes.size()},
          {"steps", 1},
          {"samples", "graded"},
          {"weight_width", 16},
          {"layers",
           {{{"kind", "convolution"},
             {"channels", 128},
             {"kernel", kernel},
             {"grid", std::min(2U, smallest - kernel + 1)},
             {"two_sided", true},
             {"threshold", {{"raw", 1}}},
             {"input_shift", 5},
             {"rule", "frozen"},
             {"initial_amplitude", {{"raw", 16384}}}},
            discriminant}},
          {"preparation", preparation}};
}

json experiment_for(const std::string& name, const json& request, const json& network) {
  return {{"phasic_experiment", 1},
          {"name", name},
          {"description",
           "One class after the other, one pass, one sample at a time: filters that learn, and random ones beside them"},
          {"data", request},
          {"task", "class_continual"},
          {"seeds", {1, 2, 3}},
          {"network", network},
          {"cases", {{{"network/preparation/filters", "learned"}}, {{"network/preparation/filters", "random"}}}}};
}

/// Letters, digits and underscores of a text.
std::string plain(const std::string& text) {
  std::string name;
  for (const char c : text) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name.empty() ? "first" : name;
}

int run_init(const FirstFiles& options) {
  const auto given = request_for(options.data);
  auto data = load_named(parse_data_text(options.data));
  const auto request = with_usual_size(given, data);
  const auto request_text = request.is_string() ? request.get<std::string>() : request.dump();
  if (request != given) data = load_named(parse_data_text(request_text));
  const auto name = plain(data.name);
  const auto network = network_for(name, data);
  (void)parse_network(network, "network.json");  // what is written can be read
  make_output_folder(options.folder);
  const auto network_file = fs::path(options.folder) / "network.json",
             experiment_file = fs::path(options.folder) / "experiment.json";
  for (const auto& file : {network_file, experiment_file})
    if (fs::exists(file)) throw InputError(file.string(), "", "is there already; --output names another folder");
  write_text(network_file, network.dump(2) + "\n");
  write_text(experiment_file, experiment_for("continual_" + name, request, network).dump(2) + "\n");
  fmt::print("{}: {} + {} samples of {} classes, {} x {} x {}\n", data.name, data.training.size(), data.test.size(),
             data.classes.size(), data.shape.rows, data.shape.columns, data.shape.channels);
  fmt::print("{}: a network\n{}: it learns class after class, with random filters as a control\n\nNow, for example:\n",
             network_file.string(), experiment_file.string());
  fmt::print("  phasic experiment run {}\n  phasic experiment report continual_{}.jsonl --html report.html\n",
             experiment_file.string(), name);
  fmt::print(
      "  phasic learn {} --data '{}' --checkpoint learned.checkpoint\n  phasic test --checkpoint learned.checkpoint --data "
      "'{}'\n",
      network_file.string(), request_text, request_text);
  return kSuccess;
}

}  // namespace

void add_init(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("init", "write a first network and a first experiment for a data set");
  const auto options = std::make_shared<FirstFiles>();
  command->add_option("data", options->data, "data set: a name (see `phasic data list`), a folder, or JSON")->required();
  command->add_option("--output", options->folder, "folder for network.json and experiment.json")->capture_default_str();
  command->callback([options, &chosen] { chosen = [options] { return run_init(*options); }; });
}

}  // namespace phasic::command
