// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/settings.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "runtime/baseline/fields.hpp"
#include "runtime/network/network_fields.hpp"

namespace phasic::baseline {
namespace {

using runtime::JsonNode;

constexpr auto kMethods = std::to_array<std::string_view>({"naca", "frozen", "brp", "drtp", "dfa", "eprop", "bp", "stbp", "sgd",
                                                           "ewc", "symmetric", "differential", "sbp", "retrograde"});
constexpr auto kFields = std::to_array<std::string_view>({"method",
                                                          "network",
                                                          "form",
                                                          "neurons",
                                                          "steps",
                                                          "batch",
                                                          "optimizer",
                                                          "learning_rate",
                                                          "initial_scale",
                                                          "threshold",
                                                          "window",
                                                          "leak",
                                                          "noise",
                                                          "gate",
                                                          "gate_margin",
                                                          "gate_level",
                                                          "stop_at",
                                                          "pull",
                                                          "importance",
                                                          "largest_gradient",
                                                          "modulation",
                                                          "free_iterations",
                                                          "taught_iterations",
                                                          "step",
                                                          "nudge",
                                                          "hidden_rate",
                                                          "output_rate",
                                                          "spread",
                                                          "reset",
                                                          "coupling",
                                                          "retrograde",
                                                          "hebbian",
                                                          "rate_drop"});
constexpr auto kKinds = std::to_array<std::string_view>({"analog", "spiking"});
constexpr auto kForms = std::to_array<std::string_view>({"classification", "incremental"});
constexpr auto kAlgorithms = std::to_array<std::string_view>({"sgd", "adam"});
constexpr auto kGates = std::to_array<std::string_view>({"none", "batch", "sample"});
constexpr auto kFactors = std::to_array<std::string_view>({"own", "mean", "first", "none"});

void check_method(const JsonNode& node, const Settings& settings) {
  const Method method = settings.method;
  const auto refuse = [&](std::string_view problem) { node.at("method").refuse(problem); };
  if (settings.spiking() && method == Method::kBp) refuse("is for analog networks; \"stbp\" is its spiking form");
  if (!settings.spiking() &&
      (method == Method::kStbp || method == Method::kEprop || method == Method::kDifferential || method == Method::kRetrograde))
    refuse("is for spiking networks");
  const bool of_incremental = method == Method::kSgd || method == Method::kEwc;
  const bool of_both = method == Method::kNaca || method == Method::kFrozen;
  if (of_incremental && !settings.incremental()) refuse("belongs to the form \"incremental\"");
  if (!of_incremental && !of_both && settings.incremental()) refuse("belongs to the form \"classification\"");
}

void take_defaults(Settings& settings, bool continual, bool streaming) {
  if (settings.incremental()) {
    settings.batch = 256;
    settings.optimizer = Algorithm::kSgd;
    settings.learning_rate = 5e-4F;
    settings.window = 0.2F;
    if (!settings.back_propagates() && !streaming) settings.gate = Gate::kBatch;
  }
  if (settings.settles()) {
    settings.neurons = 500;
    settings.batch = settings.spiking() ? 50 : 20;
    settings.steps = 100;
    if (!settings.spiking()) settings.relaxation = Relaxation::of_energy();
  }
  if (settings.method == Method::kRetrograde) {
    settings.neurons = 500;
    settings.batch = 100;
    settings.learning_rate = 1e-3F;
    settings.window = 0.3F;
  }
  if (streaming) settings.batch = 1;
  if (continual && !streaming) settings.stop_at = 0.95;
  if (!settings.spiking()) settings.steps = 1;
}

/// Without steps the network that settles begins at rest. The Hebbian part compares the first with the last steps.
std::int64_t fewest_steps(const Settings& settings) {
  if (settings.settles()) return 0;
  return settings.method == Method::kRetrograde ? 3 : 1;
}

void check_fields(const JsonNode& node, const Settings& settings, bool continual, bool streaming) {
  const bool gradual = !settings.settles();
  const auto belongs_to = [&](Method method, std::initializer_list<std::string_view> fields, std::string_view told) {
    for (const std::string_view field : fields) refuse_unless(settings.method == method, node, field, told);
  };
  refuse_unless(settings.spiking(), node, "steps", "belongs to spiking networks");
  for (const std::string_view field : {"optimizer", "learning_rate", "initial_scale", "threshold", "window", "leak", "noise"})
    refuse_unless(gradual, node, field, "means nothing for a network that settles");
  for (const std::string_view field : {"threshold", "window", "leak"})
    refuse_unless(settings.spiking(), node, field, "belongs to spiking networks");
  refuse_unless(settings.spiking() && !settings.incremental(), node, "noise",
                "belongs to spiking networks of the form \"classification\"");
  for (const std::string_view field : {"gate", "gate_margin", "gate_level"})
    refuse_unless(settings.incremental(), node, field, "the input gate belongs to the form \"incremental\"");
  refuse_unless(!node.find("gate_margin"), node, "gate_level", "takes the place of \"gate_margin\"; give one of them");
  refuse_unless(continual && !streaming, node, "stop_at",
                "belongs to the class-continual task when it is not shown sample by sample");
  belongs_to(Method::kBrp, {"pull"}, "belongs to \"brp\"");
  belongs_to(Method::kEwc, {"importance", "largest_gradient"}, "belongs to \"ewc\"");
  belongs_to(Method::kNaca, {"modulation"}, "belongs to \"naca\"");
  belongs_to(Method::kRetrograde, {"retrograde", "hebbian", "rate_drop"}, "belongs to \"retrograde\"");
  if (settings.method == Method::kEwc && (!continual || streaming)) {
    node.at("method").refuse("needs the ends of the class-continual task's classes, which a stream does not tell");
  }
}

}  // namespace

std::string_view name(Method method) { return kMethods.at(static_cast<std::size_t>(method)); }
std::string_view name(Kind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }

Settings parse_settings(const JsonNode& node, bool continual, bool streaming) {
  node.expect_object(kFields);
  Settings settings;
  settings.method = static_cast<Method>(node.at("method").one_of(kMethods));
  settings.kind = static_cast<Kind>(node.at("network").one_of(kKinds));
  settings.form = continual ? Form::kIncremental : Form::kClassification;
  choose(node, "form", kForms, settings.form);
  check_method(node, settings);
  take_defaults(settings, continual, streaming);
  check_fields(node, settings, continual, streaming);

  whole(node, "neurons", 1, 65535, settings.neurons);
  whole(node, "steps", fewest_steps(settings), 1000, settings.steps);
  whole(node, "batch", 1, 65536, settings.batch);
  if (streaming && settings.batch != 1) node.at("batch").refuse("the protocol \"streaming\" shows one sample at a time");
  choose(node, "optimizer", kAlgorithms, settings.optimizer);
  number(node, "learning_rate", 0, 1000, settings.learning_rate);
  number(node, "initial_scale", 0, 1000, settings.initial_scale);
  number(node, "threshold", -1000, 1000, settings.threshold);
  number(node, "window", 0, 1000, settings.window);
  number(node, "leak", 0, 1, settings.leak);
  number(node, "noise", 0, 1, settings.noise);
  choose(node, "gate", kGates, settings.gate);
  if (streaming && settings.gate == Gate::kBatch) node.at("gate").refuse("the protocol \"streaming\" has no batches");
  number(node, "gate_margin", 0, 1000, settings.gate_margin);
  if (const auto found = node.find("gate_level")) settings.gate_level = static_cast<float>(found->real(-1000, 1000));
  if (const auto found = node.find("stop_at")) settings.stop_at = found->real(0, 1);
  number(node, "pull", 0, 1000, settings.pull);
  number(node, "importance", 0, 1e12, settings.importance);
  number(node, "largest_gradient", 0, 1e12, settings.largest_gradient);
  if (const auto found = node.find("modulation")) settings.modulation = runtime::read_modulation(*found);
  if (settings.settles()) {
    read_relaxation(node, settings.relaxation_kind(), settings.relaxation);
  } else {
    refuse_relaxation(node);
  }
  choose(node, "retrograde", kFactors, settings.retrograde);
  number(node, "hebbian", 0, 1000, settings.hebbian);
  whole(node, "rate_drop", 1, 1000000, settings.rate_drop);
  return settings;
}

nlohmann::json canonical(const Settings& settings) {
  nlohmann::json document = {{"method", name(settings.method)},
                             {"network", name(settings.kind)},
                             {"form", kForms.at(static_cast<std::size_t>(settings.form))},
                             {"neurons", settings.neurons},
                             {"batch", settings.batch}};
  if (settings.spiking()) document["steps"] = settings.steps;
  if (settings.stop_at) document["stop_at"] = *settings.stop_at;
  if (settings.settles()) {
    print_relaxation(settings.relaxation, settings.relaxation_kind(), document);
    return document;
  }
  document["optimizer"] = kAlgorithms.at(static_cast<std::size_t>(settings.optimizer));
  document["learning_rate"] = printed(settings.learning_rate);
  document["initial_scale"] = printed(settings.initial_scale);
  if (settings.spiking()) {
    document["threshold"] = printed(settings.threshold);
    document["window"] = printed(settings.window);
    document["leak"] = printed(settings.leak);
    if (!settings.incremental()) document["noise"] = printed(settings.noise);
  }
  if (settings.incremental()) {
    document["gate"] = kGates.at(static_cast<std::size_t>(settings.gate));
    if (settings.gate != Gate::kNone && settings.gate_level) {
      document["gate_level"] = printed(*settings.gate_level);
    } else if (settings.gate != Gate::kNone) {
      document["gate_margin"] = printed(settings.gate_margin);
    }
  }
  if (settings.method == Method::kBrp) document["pull"] = printed(settings.pull);
  if (settings.method == Method::kEwc) {
    document["importance"] = printed(settings.importance);
    document["largest_gradient"] = printed(settings.largest_gradient);
  }
  if (settings.method == Method::kNaca) document["modulation"] = runtime::print_modulation(settings.modulation);
  if (settings.method == Method::kRetrograde) {
    document["retrograde"] = kFactors.at(static_cast<std::size_t>(settings.retrograde));
    document["hebbian"] = printed(settings.hebbian);
    document["rate_drop"] = settings.rate_drop;
  }
  return document;
}

}  // namespace phasic::baseline
