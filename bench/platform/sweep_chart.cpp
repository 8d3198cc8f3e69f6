// SPDX-License-Identifier: Apache-2.0
#include "bench/platform/sweep_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace phasic::bench {
namespace {

using Json = nlohmann::ordered_json;

struct Quantity {
  const char* field;
  const char* label;
  Scale scale;
};
constexpr std::array<Quantity, 4> kQuantities{{{"samples_per_second", "samples a second", Scale::kLogarithmic},
                                               {"bytes_a_cycle", "bytes a cycle at the bank", Scale::kLogarithmic},
                                               {"bank_busy", "bank busy, %", Scale::kPercent},
                                               {"unit_busy", "units busy, %", Scale::kPercent}}};

/// The narrowest bank of the table.
int narrowest(const std::vector<Json>& rows) {
  int width = rows.front()["bank_bytes_a_cycle"].get<int>();
  for (const Json& row : rows) width = std::min(width, row["bank_bytes_a_cycle"].get<int>());
  return width;
}

/// Lines of one mode and quantity, one for each number of lanes. `colours` has a number for each number of lanes.
void add_lines(ChartPanel& panel, const std::vector<Json>& rows, const char* field, bool dashed,
               std::map<int, std::size_t>& colours) {
  if (rows.empty()) return;
  const int width = dashed ? narrowest(rows) : rows.front()["bank_bytes_a_cycle"].get<int>();
  const std::size_t first = panel.lines.size();
  for (const Json& row : rows) {
    if (row["mode"] != panel.title || row["bank_bytes_a_cycle"] != width) continue;
    const int lanes = row["lanes"].get<int>();
    const std::string name = fmt::format("{} lanes{}", lanes, dashed ? fmt::format(", long, {} B", width) : "");
    if (panel.lines.size() == first || panel.lines.back().name != name)
      panel.lines.push_back({name, colours.emplace(lanes, colours.size()).first->second, dashed, {}});
    panel.lines.back().points.push_back({row["units"].get<double>(), row[field].get<double>(), row["kind"] == "RTL"});
  }
  if (std::string(field) == "bytes_a_cycle" && panel.lines.size() > first)
    panel.limits.push_back({fmt::format("a bank of {} B", width), static_cast<double>(width)});
}

}  // namespace

std::vector<ChartPanel> sweep_panels(const std::vector<Json>& rows, const std::vector<Json>& long_rows) {
  std::vector<ChartPanel> panels;
  std::map<int, std::size_t> colours;
  for (const Quantity& quantity : kQuantities)
    for (const char* mode : {"inference", "learning"}) {
      panels.push_back({.title = mode, .quantity = quantity.label, .scale = quantity.scale, .lines = {}, .limits = {}});
      add_lines(panels.back(), rows, quantity.field, false, colours);
      add_lines(panels.back(), long_rows, quantity.field, true, colours);
    }
  return panels;
}

}  // namespace phasic::bench
