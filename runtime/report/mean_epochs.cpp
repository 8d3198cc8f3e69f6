// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/mean_epochs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

/// An error, and after how many epochs it was seen.
struct ErrorPoint {
  double epochs, error;
};
using ErrorCurve = std::vector<ErrorPoint>;

ErrorCurve error_curve_of(const json& row) {
  ErrorCurve curve;
  for (const json& look : row.value("validation", json::array()))
    curve.push_back({look[0].get<double>() / row["training_samples"].get<double>(), 1 - look[1].get<double>()});
  if (curve.empty())
    throw InputError("", "mean_epochs",
                     fmt::format("run \"{}\" has no looks at a validation set", row["run"].get<std::string>()));
  return curve;
}

bool is_lower(const ErrorPoint& one, const ErrorPoint& other) { return one.error < other.error; }

}  // namespace

std::vector<double> mean_epochs(const std::vector<const json*>& runs) {
  if (runs.size() < 2) throw InputError("", "mean_epochs", "compares runs of one seed; there is only one");
  std::vector<ErrorCurve> curves;
  double low = 0, high = 1;
  for (const json* const run : runs) {
    const ErrorCurve& curve = curves.emplace_back(error_curve_of(*run));
    low = std::max(low, std::min_element(curve.begin(), curve.end(), is_lower)->error);
    high = std::min(high, std::max_element(curve.begin(), curve.end(), is_lower)->error);
  }
  if (high < low)
    throw InputError("", "mean_epochs",
                     fmt::format("no error is in all learning curves of seed {}: one ends with {:.4f}, one begins with {:.4f}",
                                 (*runs.front())["seed"].get<std::uint64_t>(), low, high));
  std::vector<double> means;
  for (const ErrorCurve& curve : curves) {
    double sum = 0;
    for (int n = 0; n < kErrorLevels; ++n) {
      // Rounding must not put the ends beside the looks that they are taken from.
      const double share = static_cast<double>(n) / (kErrorLevels - 1);
      const double level = n == kErrorLevels - 1 ? high : low + (high - low) * share;
      sum += std::find_if(curve.begin(), curve.end(), [&](const ErrorPoint& point) { return point.error <= level; })->epochs;
    }
    means.push_back(sum / kErrorLevels);
  }
  return means;
}

}  // namespace phasic::runtime
