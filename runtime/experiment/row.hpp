// SPDX-License-Identifier: Apache-2.0
/// A row of results: what a run of an experiment gives. Its fields as a file has them are in runtime/experiment/row_fields.hpp.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace phasic::runtime {

/// A whole number or a real one, as it came out.
using Number = std::variant<std::uint64_t, double>;

/// A value that a row always tells, if need be as null.
template <class Value>
struct OrNull {
  std::optional<Value> value;
};

/// What only the page's charts read, and say what is wrong with.
struct ChartData {
  nlohmann::json data;
};

/// A look at the validation set: samples learned until then, and accuracy.
using Look = std::pair<std::uint64_t, double>;

/// When an accuracy on the validation set was first reached.
struct Reached {
  double level = 0;  ///< 0 to 1
  OrNull<std::uint64_t> samples;
  OrNull<double> formula_operations;  ///< of these samples
};

/// Counters of a layer over many samples. Fields that may be left out are of networks or of baselines alone.
struct CountedLayer {
  Number events, synaptic_operations, spikes, update_operations;
  std::optional<Number> update_rows, potential_saturations, weight_saturations;
  std::optional<Number> feedback_operations;
};

struct Counted {
  std::uint64_t samples = 0;
  std::optional<std::uint64_t> input_events, run_cycles;
  std::vector<CountedLayer> layers;
};

/// What learning again on another engine gave.
struct Repeated {
  std::string engine;
  std::uint64_t samples = 0;
  std::uint64_t differences = 0;  ///< scores and bytes of weights
  std::uint64_t run_cycles = 0;
};

struct Row {
  std::string experiment;
  std::string run;
  std::uint64_t seed = 0;
  nlohmann::json variation = nlohmann::json::object();
  std::string task, protocol, method, data;
  std::optional<nlohmann::json> augmentation, smoothing, edges;
  std::uint64_t training_samples = 0;
  std::string judged_on;
  std::uint64_t judged_samples = 0;
  std::uint64_t samples_learned = 0;
  double accuracy = 0;
  std::vector<double> accuracy_by_class;
  double mean_class_accuracy = 0;
  std::optional<double> mean_cosine;
  std::optional<std::vector<double>> spread_share;  ///< by layer
  std::optional<std::vector<std::uint32_t>> order;
  std::optional<std::vector<std::vector<double>>> matrix;
  std::optional<double> forgetting;
  std::optional<std::vector<double>> epochs_by_class;
  std::optional<std::vector<Look>> validation;
  std::optional<std::vector<Reached>> samples_to_reach;
  std::vector<double> before_learning;
  Counted learned, judged;
  std::uint64_t formula_operations = 0;
  Number epochs, formula_cost;
  std::string weights_crc32;
  std::optional<ChartData> weight_changes, raster, filters;
  std::optional<nlohmann::json> network, baseline;
  std::string engine;
  std::optional<Repeated> repeat;
  double seconds = 0;
  std::optional<std::string> commit, command;
};

}  // namespace phasic::runtime
