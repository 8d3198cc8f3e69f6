// SPDX-License-Identifier: Apache-2.0
/// A chart of throughput over units, as an SVG file.
#pragma once

#include <string>
#include <vector>

namespace phasic::bench {

struct ChartPoint {
  double units = 0, throughput = 0;  ///< samples per second
  bool simulated = false;            ///< a filled mark; estimated points have hollow ones
};
struct ChartLine {
  std::string name;
  std::vector<ChartPoint> points;
};
struct ChartPanel {
  std::string title;
  std::vector<ChartLine> lines;
};

/// Panels side by side, both axes logarithmic. Throws std::runtime_error if the file cannot be written.
void write_chart(const std::string& path, const std::string& note, const std::vector<ChartPanel>& panels);

}  // namespace phasic::bench
