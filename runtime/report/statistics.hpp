// SPDX-License-Identifier: Apache-2.0
/// Rows of several seeds, put together.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace phasic::runtime {

/// Mean and standard deviation (of the sample, with n - 1) of some numbers.
struct Spread {
  double mean = 0, deviation = 0;
  std::size_t count = 0;
};
[[nodiscard]] Spread spread_of(const std::vector<double>& values);

/// A Markdown table of an experiment's rows: a line for each variation, with mean and deviation over its seeds.
[[nodiscard]] std::string table_of(const std::vector<nlohmann::json>& rows);

}  // namespace phasic::runtime
