// SPDX-License-Identifier: Apache-2.0
/// phasic init: a first network and a first experiment for a data set.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/command/options.hpp"
#include "runtime/data/assemble.hpp"
#include "runtime/data/dataset.hpp"
#include "runtime/data/load.hpp"
#include "runtime/network/network.hpp"

namespace phasic::command {
namespace {

using namespace phasic::runtime;
using nlohmann::json;
namespace fs = std::filesystem;

/// Pictures with longer sides are brought to this one.
constexpr std::uint32_t kLongestSide = 48, kNewSide = 32;
/// Below this one a picture has no places to compare.
constexpr std::uint32_t kShortestSide = 4;
/// Below so few training samples a class the discriminant's scatter is uncertain.
constexpr std::uint64_t kFewSamples = 5000;

struct FirstFiles {
  std::string data, folder = ".";
};

/// What follows from the data, and why, for people.
struct Choice {
  json request;  ///< the data as an experiment names them, whatever folder it is started from
  std::vector<std::string> reasons;
};

std::string whole_path(const std::string& path) { return fs::absolute(path).lexically_normal().string(); }

/// Of files by class that are equal in every byte one is kept: a picture that is learned tells nothing when it is tested.
Choice choice_for(const std::string& text) {
  Choice choice{text, {}};
  auto& request = choice.request;
  std::error_code failure;
  if (is_data_object(text)) {
    request = text.front() == '{' ? parse_json(text, "--data") : read_json(text);
    if (request.contains("folder") && request["folder"].is_string()) request["folder"] = whole_path(request["folder"]);
  } else if (fs::exists(text, failure) && find_known(text) == nullptr) {
    request = {{"folder", whole_path(text)}};
  }
  if (!request.is_object() || !request.contains("folder") || !request["folder"].is_string()) return choice;
  const fs::path folder = request["folder"].get<std::string>();
  if (!request.contains("unique") && !find_idx_files(folder, "train") && !find_idx_files(folder, "t10k"))
    request["unique"] = true;
  return choice;
}

void set_unless_given(json& request, const char* field, const json& value) {
  if (request.is_string()) request = {{"set", request}};
  if (!request.contains(field)) request[field] = value;
}

NamedData load_request(const json& request) {
  return load_named(parse_data_text(request.is_string() ? request.get<std::string>() : request.dump()));
}

/// Reads the data, with recordings as pictures, and pictures of one size and small enough.
NamedData load_usual(Choice& choice) {
  const auto resized = [&](const std::string& reason) {
    choice.reasons.push_back(fmt::format("{}: \"size\" {} brings them all to {} x {}", reason, kNewSide, kNewSide, kNewSide));
    set_unless_given(choice.request, "size", kNewSide);
    return load_request(choice.request);
  };
  try {
    auto data = load_request(choice.request);
    if (data.recordings) {
      set_unless_given(choice.request, "picture", {{"kind", "counts"}, {"bins", 2}, {"full", 4}});
      choice.reasons.emplace_back(
          "recordings become pictures of counts; for `phasic stream` a network with \"samples\": \"event\" is needed");
      return load_request(choice.request);
    }
    if (std::max(data.shape.rows, data.shape.columns) <= kLongestSide) return data;
    return resized(fmt::format("pictures are {} x {}", data.shape.rows, data.shape.columns));
  } catch (const SizesDiffer&) {
    return resized("pictures are of several sizes");
  }
}

/// What no learner can make something of.
void check_enough(const NamedData& data) {
  if (data.classes.size() < 2)
    throw InputError(data.name, "classes", fmt::format("{}; at least 2 are needed, a folder for each", data.classes.size()));
  if (std::min(data.shape.rows, data.shape.columns) < kShortestSide)
    throw InputError(
        data.name, "size",
        fmt::format("{} x {}; at least {} x {} are needed", data.shape.rows, data.shape.columns, kShortestSide, kShortestSide));
  for (const auto* part : {&data.training, &data.test}) {
    std::vector<bool> has(data.classes.size());
    for (const auto label : part->labels) has[label] = true;
    const auto lacks = static_cast<std::size_t>(std::find(has.begin(), has.end(), false) - has.begin());
    if (lacks == has.size()) continue;
    const auto& name = data.classes[lacks];
    const std::string problem = "no sample of this class; more files, or folders train and test above those of the classes";
    if (part == &data.training) throw InputError(part->name, name, problem);
    log_as(LogLevel::kWarning, "{}: {}: {}", part->name, name, problem);
  }
}

/// A quarter of what the pictures span, by the median.
std::uint32_t contrast_for(const Dataset& data) {
  std::vector<std::uint32_t> spans(data.size());
  for (std::size_t n = 0; n < data.size(); ++n) {
    const auto [least, most] = std::minmax_element(data.image(n).begin(), data.image(n).end());
    spans[n] = static_cast<std::uint32_t>(*most - *least);
  }
  const auto middle = spans.begin() + static_cast<std::ptrdiff_t>(spans.size() / 2);
  std::nth_element(spans.begin(), middle, spans.end());
  return (*middle + 3) / 4;
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
  if (shape.channels == 1) preparation["contrast"] = contrast_for(data.training);
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

bool is_plain(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80; }

/// Letters, digits and underscores of a text; what is not ASCII stays.
std::string plain(const std::string& text) {
  std::string name;
  for (const char c : text) name += is_plain(c) ? c : '_';
  return name.empty() ? "first" : name;
}

/// A word that a shell reads as this text.
std::string shell_word(const std::string& text) {
  const auto safe = [](char c) { return is_plain(c) || std::string_view("_-./,:+=@%").find(c) != std::string_view::npos; };
  if (!text.empty() && std::all_of(text.begin(), text.end(), safe)) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

int run_init(const FirstFiles& options) {
  auto choice = choice_for(options.data);
  const auto data = load_usual(choice);
  const auto& request = choice.request;
  const auto request_text = request.is_string() ? request.get<std::string>() : request.dump();
  for (const auto& note : data.notes) log_as(LogLevel::kWarning, "{}: {}", data.name, note);
  check_enough(data);
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
  for (const auto& reason : choice.reasons) fmt::print("{}\n", reason);
  fmt::print("{}: a network\n{}: it learns class after class, with random filters as a control\n\nNow, for example:\n",
             network_file.string(), experiment_file.string());
  const auto rows = shell_word("continual_" + name + ".jsonl"), chosen = shell_word(request_text);
  fmt::print("  phasic experiment run {} --results {}\n  phasic experiment report {} --html report.html\n",
             shell_word(experiment_file.string()), rows, rows);
  fmt::print(
      "  phasic learn {} --data {} --checkpoint learned.checkpoint\n  phasic test --checkpoint learned.checkpoint --data {}\n",
      shell_word(network_file.string()), chosen, chosen);
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
