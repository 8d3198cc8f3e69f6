// SPDX-License-Identifier: Apache-2.0
/// Charts of quantities over units, as an SVG file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace phasic::bench {

struct ChartPoint {
  double units = 0, value = 0;
  bool simulated = false;  ///< a filled mark; estimated points have hollow ones
};
struct ChartLine {
  std::string name;
  std::size_t colour = 0;  ///< lines of one number have one colour
  bool dashed = false;
  std::vector<ChartPoint> points;
};
/// What a quantity cannot exceed; drawn across the panel.
struct ChartLimit {
  std::string name;
  double value = 0;
};
enum class Scale : std::uint8_t { kLogarithmic, kPercent };

struct ChartPanel {
  std::string title, quantity;  ///< above the panel, and along its vertical axis
  Scale scale = Scale::kLogarithmic;
  std::vector<ChartLine> lines;
  std::vector<ChartLimit> limits;
};

/// Panels row by row in so many columns, notes below them. Units are on a logarithmic axis. Throws std::runtime_error if the
/// file cannot be written.
void write_chart(const std::string& path, const std::vector<ChartPanel>& panels, std::size_t columns,
                 const std::vector<std::string>& notes);

}  // namespace phasic::bench
