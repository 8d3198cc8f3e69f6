// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/settings.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "runtime/network/network_fields.hpp"

namespace phasic::baseline {
namespace {

using runtime::JsonNode;

constexpr auto kMethods =
    std::to_array<std::string_view>({"naca", "frozen", "brp", "drtp", "dfa", "eprop", "bp", "stbp", "sgd", "ewc"});
constexpr auto kKinds = std::to_array<std::string_view>({"analog", "spiking"});
constexpr auto kForms = std::to_array<std::string_view>({"classification", "incremental"});
constexpr auto kAlgorithms = std::to_array<std::string_view>({"sgd", "adam"});
constexpr auto kGates = std::to_array<std::string_view>({"none", "batch", "sample"});

template <class Enum, std::size_t N>
void choose(const JsonNode& node, std::string_view field, const std::array<std::string_view, N>& names, Enum& value) {
  if (const auto found = node.find(field)) value = static_cast<Enum>(found->one_of(names));
}

void number(const JsonNode& node, std::string_view field, double least, double most, float& value) {
  if (const auto found = node.find(field)) value = static_cast<float>(found->real(least, most));
}

void whole(const JsonNode& node, std::string_view field, std::int64_t least, std::int64_t most, std::uint32_t& value) {
  if (const auto found = node.find(field)) value = static_cast<std::uint32_t>(found->integer(least, most));
}

/// Fields that mean something for some baselines alone are refused with the others.
void refuse_unless(bool allowed, const JsonNode& node, std::string_view field, std::string_view problem) {
  if (!allowed && node.find(field)) node.at(field).refuse(problem);
}

void check_method(const JsonNode& node, const Settings& settings) {
  const Method method = settings.method;
  const auto refuse = [&](std::string_view problem) { node.at("method").refuse(problem); };
  if (settings.spiking() && method == Method::kBp) refuse("is for analog networks; \"stbp\" is its spiking form");
  if (!settings.spiking() && (method == Method::kStbp || method == Method::kEprop)) refuse("is for spiking networks");
  const bool of_incremental = method == Method::kSgd || method == Method::kEwc;
  const bool of_both = method == Method::kNaca || method == Method::kFrozen;
  if (of_incremental && !settings.incremental()) refuse("belongs to the form \"incremental\"");
  if (!of_incremental && !of_both && settings.incremental()) refuse("belongs to the form \"classification\"");
}

}  // namespace

std::string_view name(Method method) { return kMethods.at(static_cast<std::size_t>(method)); }
std::string_view name(Kind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }

Settings parse_settings(const JsonNode& node, bool continual, bool streaming) {
  node.expect_object({"method",
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
                      "stop_at",
                      "pull",
                      "importance",
                      "largest_gradient",
                      "modulation"});
  Settings settings;
  settings.method = static_cast<Method>(node.at("method").one_of(kMethods));
  settings.kind = static_cast<Kind>(node.at("network").one_of(kKinds));
  settings.form = continual ? Form::kIncremental : Form::kClassification;
  choose(node, "form", kForms, settings.form);
  check_method(node, settings);
  const bool incremental = settings.incremental();
  const bool exact = settings.back_propagates();
  if (incremental) {
    settings.batch = 256;
    settings.optimizer = Algorithm::kSgd;
    settings.learning_rate = 5e-4F;
    settings.window = 0.2F;
    if (!exact && !streaming) settings.gate = Gate::kBatch;
  }
  if (streaming) settings.batch = 1;
  if (continual && !streaming) settings.stop_at = 0.95;
  if (!settings.spiking()) settings.steps = 1;

  for (const std::string_view field : {"steps", "threshold", "window", "leak"})
    refuse_unless(settings.spiking(), node, field, "belongs to spiking networks");
  refuse_unless(settings.spiking() && !incremental, node, "noise",
                "belongs to spiking networks of the form \"classification\"");
  for (const std::string_view field : {"gate", "gate_margin"})
    refuse_unless(incremental, node, field, "the input gate belongs to the form \"incremental\"");
  refuse_unless(continual && !streaming, node, "stop_at",
                "belongs to the class-continual task when it is not shown sample by sample");
  refuse_unless(settings.method == Method::kBrp, node, "pull", "belongs to \"brp\"");
  for (const std::string_view field : {"importance", "largest_gradient"})
    refuse_unless(settings.method == Method::kEwc, node, field, "belongs to \"ewc\"");
  refuse_unless(settings.method == Method::kNaca, node, "modulation", "belongs to \"naca\"");
  if (settings.method == Method::kEwc && (!continual || streaming)) {
    node.at("method").refuse("needs the ends of the class-continual task's classes, which a stream does not tell");
  }

  whole(node, "neurons", 1, 65535, settings.neurons);
  whole(node, "steps", 1, 1000, settings.steps);
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
  if (const auto found = node.find("stop_at")) settings.stop_at = found->real(0, 1);
  number(node, "pull", 0, 1000, settings.pull);
  number(node, "importance", 0, 1e12, settings.importance);
  number(node, "largest_gradient", 0, 1e12, settings.largest_gradient);
  if (const auto found = node.find("modulation")) settings.modulation = runtime::read_modulation(*found);
  return settings;
}

nlohmann::json canonical(const Settings& settings) {
  // Six digits, so that 0.2 does not become 0.200000003.
  const auto real = [](float value) { return std::stod(fmt::format("{:.6g}", value)); };
  nlohmann::json document = {{"method", name(settings.method)},
                             {"network", name(settings.kind)},
                             {"form", kForms.at(static_cast<std::size_t>(settings.form))},
                             {"neurons", settings.neurons},
                             {"batch", settings.batch},
                             {"optimizer", kAlgorithms.at(static_cast<std::size_t>(settings.optimizer))},
                             {"learning_rate", real(settings.learning_rate)},
                             {"initial_scale", real(settings.initial_scale)}};
  if (settings.spiking()) {
    document["steps"] = settings.steps;
    document["threshold"] = real(settings.threshold);
    document["window"] = real(settings.window);
    document["leak"] = real(settings.leak);
    if (!settings.incremental()) document["noise"] = real(settings.noise);
  }
  if (settings.incremental()) {
    document["gate"] = kGates.at(static_cast<std::size_t>(settings.gate));
    if (settings.gate != Gate::kNone) document["gate_margin"] = real(settings.gate_margin);
  }
  if (settings.stop_at) document["stop_at"] = *settings.stop_at;
  if (settings.method == Method::kBrp) document["pull"] = real(settings.pull);
  if (settings.method == Method::kEwc) {
    document["importance"] = real(settings.importance);
    document["largest_gradient"] = real(settings.largest_gradient);
  }
  if (settings.method == Method::kNaca) document["modulation"] = runtime::print_modulation(settings.modulation);
  return document;
}

}  // namespace phasic::baseline
