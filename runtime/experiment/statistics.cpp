// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "runtime/experiment/columns.hpp"

namespace phasic::runtime {
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

std::string table_of(const std::vector<nlohmann::json>& rows) {
  const auto has = [&](const char* field) {
    return std::any_of(rows.begin(), rows.end(), [&](const nlohmann::json& row) { return row.contains(field); });
  };
  std::vector<std::string> columns = {"run"};
  for (const char* const field : {"protocol", "method"}) {
    if (has(field)) columns.emplace_back(field);
  }
  for (const char* const name : {"seeds", "judged_on", "accuracy", "mean_class_accuracy", "forgetting", "samples_learned",
                                 "synaptic_operations", "update_operations"})
    columns.emplace_back(name);
  return markdown(table_of(groups_of(rows), columns));
}

}  // namespace phasic::runtime
