// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/statistics.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "runtime/report/columns.hpp"

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
  return markdown(table_of(groups_of(rows), usual_columns(rows)));
}

}  // namespace phasic::runtime
