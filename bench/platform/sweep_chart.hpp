// SPDX-License-Identifier: Apache-2.0
/// The panels of a sweep: throughput, bytes a cycle, and how busy banks and units are, for inference and for learning.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "bench/platform/chart.hpp"

namespace phasic::bench {

inline constexpr std::size_t kSweepColumns = 2;  ///< inference, learning

/// `rows` are those of the table of units, of which every platform is drawn; of those of the table of long jobs, `long_rows`,
/// the narrowest bank's are, with dashes, since that is where a bank saturates. Either may be empty.
[[nodiscard]] std::vector<ChartPanel> sweep_panels(const std::vector<nlohmann::ordered_json>& rows,
                                                   const std::vector<nlohmann::ordered_json>& long_rows);

}  // namespace phasic::bench
