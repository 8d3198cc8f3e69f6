// SPDX-License-Identifier: Apache-2.0
#include "bench/platform/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <numeric>
#include <stdexcept>

namespace phasic::bench {
namespace {

constexpr double kPanelWidth = 430, kHeight = 380, kLeft = 70, kTop = 40, kPlotWidth = 270, kPlotHeight = 270, kLineHeight = 13;
constexpr std::array<const char*, 6> kColours{"#1b6ca8", "#c8553d", "#3c8d40", "#7a4fa3", "#a07800", "#555555"};

/// Where values lie on an axis.
struct Axis {
  double low, high;
  [[nodiscard]] double share(double value) const { return std::log(value / low) / std::log(high / low); }
};

std::string text(double x, double y, const std::string& content, const char* anchor, const char* fill = "#222") {
  return fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}" fill="{}">{}</text>)"
                     "\n",
                     x, y, anchor, fill, content);
}

std::string panel(const ChartPanel& content, double left, const Axis& across, const Axis& up) {
  const auto x = [&](double units) { return left + kLeft + kPlotWidth * across.share(units); };
  const auto y = [&](double throughput) { return kTop + kPlotHeight * (1 - up.share(throughput)); };
  std::string svg = text(left + kLeft + kPlotWidth / 2, kTop - 14, content.title, "middle");
  for (double units = across.low; units <= across.high * 1.01; units *= 2) {
    svg += fmt::format(R"(<path d="M{0:.1f} {1:.1f}V{2:.1f}" stroke="#ddd"/>)"
                       "\n",
                       x(units), kTop, kTop + kPlotHeight);
    svg += text(x(units), kTop + kPlotHeight + 18, fmt::format("{:.0f}", units), "middle");
  }
  for (double power = up.low; power <= up.high * 1.01; power *= 10) {
    svg += fmt::format(R"(<path d="M{0:.1f} {1:.1f}H{2:.1f}" stroke="#ddd"/>)"
                       "\n",
                       left + kLeft, y(power), left + kLeft + kPlotWidth);
    svg += text(left + kLeft - 6, y(power) + 4, fmt::format("{:.0f}", power), "end");
  }
  svg += text(left + kLeft + kPlotWidth / 2, kTop + kPlotHeight + 38, "units", "middle");
  for (std::size_t n = 0; n < content.lines.size(); ++n) {
    const ChartLine& line = content.lines[n];
    const char* colour = kColours[n % kColours.size()];
    std::string path;
    for (const ChartPoint& point : line.points)
      path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", x(point.units), y(point.throughput));
    svg += fmt::format(R"(<path d="{}" fill="none" stroke="{}" stroke-width="1.5"/>)"
                       "\n",
                       path, colour);
    for (const ChartPoint& point : line.points)
      svg += fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="4" fill="{}" stroke="{}" stroke-width="1.5"/>)"
                         "\n",
                         x(point.units), y(point.throughput), point.simulated ? colour : "#fff", colour);
  }
  // Names stand at the ends of their lines, from the lowest up, and never on each other.
  std::vector<std::size_t> order(content.lines.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t n) { return content.lines[n].points.empty(); });
  std::sort(order.begin(), order.end(), [&](std::size_t left_line, std::size_t right_line) {
    return content.lines[left_line].points.back().throughput < content.lines[right_line].points.back().throughput;
  });
  double free = kHeight;
  for (const std::size_t n : order) {
    const ChartPoint& end = content.lines[n].points.back();
    const double at = std::min(y(end.throughput) + 4, free);
    svg += text(x(end.units) + 8, at, content.lines[n].name, "start", kColours[n % kColours.size()]);
    free = at - kLineHeight;
  }
  return svg;
}

}  // namespace

void write_chart(const std::string& path, const std::string& note, const std::vector<ChartPanel>& panels) {
  Axis across{1, 2}, up{1e30, 1};
  for (const ChartPanel& content : panels)
    for (const ChartLine& line : content.lines)
      for (const ChartPoint& point : line.points) {
        across.high = std::max(across.high, point.units);
        up.low = std::min(up.low, std::pow(10, std::floor(std::log10(point.throughput))));
        up.high = std::max(up.high, std::pow(10, std::ceil(std::log10(point.throughput))));
      }
  const double width = kPanelWidth * static_cast<double>(panels.size());
  std::string svg = fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:.0f} {1:.0f}" width="{0:.0f}" height="{1:.0f}" font-family="sans-serif" font-size="12">)"
      "\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
      width, kHeight);
  for (std::size_t n = 0; n < panels.size(); ++n) svg += panel(panels[n], kPanelWidth * static_cast<double>(n), across, up);
  svg += text(kLeft, kHeight - 8, note, "start", "#555") + "</svg>\n";
  std::ofstream out(path);
  out << svg;
  if (!out.flush()) throw std::runtime_error(fmt::format("cannot write '{}'", path));
}

}  // namespace phasic::bench
