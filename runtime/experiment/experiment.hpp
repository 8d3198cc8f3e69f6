// SPDX-License-Identifier: Apache-2.0
/// An experiment as the user describes it: data, network, task, seeds, and what is varied. The JSON format is in
/// docs/experiments.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/augmentation.hpp"
#include "runtime/data/edges.hpp"
#include "runtime/data/smoothing.hpp"

namespace phasic::runtime {

enum class Task : std::uint8_t {
  kClassification,  ///< all classes mixed
  kClassContinual,  ///< one class after the other, never again
};

/// How samples are shown (docs/experiments.md).
enum class Protocol : std::uint8_t {
  kStreaming,   ///< one at a time
  kMixedBatch,  ///< in batches; those of tests have all classes mixed
  kPublished,   ///< as NACA's class-incremental results were made: batches of tests hold one class each, which an input gate
                ///< gives away
};
[[nodiscard]] std::string_view name(Protocol protocol);

/// Samples that another engine learns again, for comparison bit by bit.
struct Repetition {
  std::string engine;
  std::uint64_t samples = 500;
};

struct Experiment {
  std::string name;
  std::string file;                          ///< where it came from, for messages
  nlohmann::json data;                       ///< a name, or an object (docs/data.md)
  std::optional<Augmentation> augmentation;  ///< of the training samples, before the smoothing
  Smoothing smoothing;
  std::optional<Edges> edges;  ///< after the smoothing
  Task task = Task::kClassification;
  Protocol protocol = Protocol::kStreaming;
  nlohmann::json network;   ///< as in a network file; its seed is that of the run. Null where a baseline takes its place
  nlohmann::json baseline;  ///< a network in floating point on the host (docs/baselines.md); null where there is a network
  std::vector<std::uint64_t> seeds;
  std::uint32_t passes = 1;
  std::uint64_t samples = 0;         ///< training samples that are used, drawn by the seed of the run; 0: all
  std::uint64_t validation = 0;      ///< training samples that are kept apart
  bool tests = true;                 ///< whether the test set is used at all; without it the validation set takes its place
  std::uint64_t evaluate_every = 0;  ///< samples from one look at the validation set to the next; 0: none
  std::vector<double> levels{0.9, 0.95};  ///< accuracies on the validation set whose first look is told
  std::string engine = "reference";
  std::uint64_t launch_samples = 1000;
  std::optional<Repetition> repetition;
  /// Sets of places and values, of which each run has one; none: a single empty set. A null takes a field out.
  std::vector<nlohmann::json> cases;
  /// What is varied: places in the network, data, augmentation, smoothing or edges such as "network/layers/0/neurons", each
  /// with its values.
  std::vector<std::pair<std::string, std::vector<nlohmann::json>>> variations;

  [[nodiscard]] bool has_baseline() const { return !baseline.is_null(); }
};

/// The same as in the file of an experiment, with every field.
[[nodiscard]] nlohmann::json as_json(const Augmentation& augmentation);
[[nodiscard]] nlohmann::json as_json(const Smoothing& smoothing);
[[nodiscard]] nlohmann::json as_json(const Edges& edges);

/// Throws InputError naming file, place and value.
[[nodiscard]] Experiment load_experiment(const std::filesystem::path& file);
[[nodiscard]] Experiment parse_experiment(const nlohmann::json& document, const std::string& file);

/// One run of an experiment.
struct RunPlan {
  std::string key;  ///< unlike that of any other run of the experiment
  std::uint64_t seed = 0;
  nlohmann::json variation;  ///< place: value
  Experiment experiment;     ///< with the variation in place
};

/// Every combination of cases and values, with every seed.
[[nodiscard]] std::vector<RunPlan> plan_runs(const Experiment& experiment);

}  // namespace phasic::runtime
