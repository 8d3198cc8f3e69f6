// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/statistics.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

namespace phasic::runtime {
namespace {

using nlohmann::json;

std::string percent(const Spread& spread) {
  if (spread.count == 0) return "-";
  if (spread.count == 1) return fmt::format("{:.2f}", 100 * spread.mean);
  return fmt::format("{:.2f} +- {:.2f}", 100 * spread.mean, 100 * spread.deviation);
}

/// Values of a field in the rows that have it.
std::vector<double> values_of(const std::vector<const json*>& rows, const json::json_pointer& place) {
  std::vector<double> values;
  for (const json* row : rows) {
    if (row->contains(place)) values.push_back((*row)[place].get<double>());
  }
  return values;
}

/// Sum over the layers of a count of learning, in millions a sample.
Spread millions(const std::vector<const json*>& rows, const char* field) {
  std::vector<double> values;
  for (const json* row : rows) {
    double sum = 0;
    for (const auto& layer : (*row)["learned"]["layers"]) sum += layer[field].get<double>();
    values.push_back(sum / (*row)["samples_learned"].get<double>() / 1e6);
  }
  return spread_of(values);
}

}  // namespace

Spread spread_of(const std::vector<double>& values) {
  Spread spread;
  spread.count = values.size();
  if (values.empty()) return spread;
  spread.mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  if (values.size() == 1) return spread;
  double squares = 0;
  for (const double value : values) squares += (value - spread.mean) * (value - spread.mean);
  spread.deviation = std::sqrt(squares / static_cast<double>(values.size() - 1));
  return spread;
}

std::string table_of(const std::vector<json>& rows) {
  std::map<std::string, std::vector<const json*>> groups;
  std::vector<std::string> order;
  for (const json& row : rows) {
    std::string name;
    for (const auto& [place, value] : row["variation"].items())
      name += fmt::format("{}{} = {}", name.empty() ? "" : ", ", place, value.dump());
    if (name.empty()) name = row["experiment"].get<std::string>();
    if (!groups.contains(name)) order.push_back(name);
    groups[name].push_back(&row);
  }
  std::string text =
      "| run | seeds | judged on | accuracy, % | mean of classes, % | forgetting, % | samples learned | synaptic operations a "
      "sample, "
      "10^6 | updates a sample, 10^6 |\n|---|--:|---|--:|--:|--:|--:|--:|--:|\n";
  for (const std::string& name : order) {
    const auto& group = groups[name];
    const json& first = *group.front();
    text += fmt::format("| {} | {} | {} of {} | {} | {} | {} | {} | {:.3f} | {:.3f} |\n", name, group.size(),
                        first["judged_on"].get<std::string>(), first["judged_samples"].get<std::uint64_t>(),
                        percent(spread_of(values_of(group, json::json_pointer("/accuracy")))),
                        percent(spread_of(values_of(group, json::json_pointer("/mean_class_accuracy")))),
                        percent(spread_of(values_of(group, json::json_pointer("/forgetting")))),
                        first["samples_learned"].get<std::uint64_t>(), millions(group, "synaptic_operations").mean,
                        millions(group, "update_operations").mean);
  }
  return text;
}

}  // namespace phasic::runtime
