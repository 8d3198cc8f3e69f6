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
  // A column that no row has anything for is left out; `field` says which that is.
  struct Optional {
    const char* column;
    const char* field;
  };
  std::vector<std::string> columns;
  for (const auto& [column, field] : std::initializer_list<Optional>{{"run", nullptr},
                                                                     {"protocol", "protocol"},
                                                                     {"method", "method"},
                                                                     {"seeds", nullptr},
                                                                     {"judged_on", nullptr},
                                                                     {"accuracy", nullptr},
                                                                     {"mean_class_accuracy", nullptr},
                                                                     {"forgetting", nullptr},
                                                                     {"samples_learned", nullptr},
                                                                     {"samples_to_90", "samples_to_reach"},
                                                                     {"samples_to_95", "samples_to_reach"},
                                                                     {"synaptic_operations", nullptr},
                                                                     {"update_operations", nullptr}}) {
    if (field == nullptr || has(field)) columns.emplace_back(column);
  }
  return markdown(table_of(groups_of(rows), columns));
}

}  // namespace phasic::runtime
