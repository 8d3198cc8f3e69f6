// SPDX-License-Identifier: Apache-2.0
#include "bench/platform/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "runtime/base/files.hpp"

namespace phasic::bench {
namespace {

constexpr double kPanelWidth = 480, kPanelHeight = 290, kLeft = 80, kTop = 32, kPlotWidth = 260, kPlotHeight = 200;
constexpr double kLineHeight = 13, kNoteHeight = 18;
constexpr std::array<const char*, 6> kColours{"#1b6ca8", "#c8553d", "#3c8d40", "#7a4fa3", "#a07800", "#555555"};

/// Where values lie on an axis, and where its marks stand.
struct Axis {
  Scale scale;
  double low, high;
  [[nodiscard]] double share(double value) const {
    return scale == Scale::kPercent ? (value - low) / (high - low) : std::log(value / low) / std::log(high / low);
  }
  [[nodiscard]] std::vector<double> marks(double factor) const {
    std::vector<double> at;
    const double last = scale == Scale::kPercent ? high : high * 1.01;
    double mark = low;
    while (mark <= last) {
      at.push_back(mark);
      mark = scale == Scale::kPercent ? mark + 25 : mark * factor;
    }
    return at;
  }
};

/// Powers of ten round all points, or all of 0 to 100.
Axis vertical_axis(const ChartPanel& content) {
  if (content.scale == Scale::kPercent) return {content.scale, 0, 100};
  Axis axis{content.scale, std::numeric_limits<double>::max(), 0};
  for (const ChartLine& line : content.lines)
    for (const ChartPoint& point : line.points) {
      axis.low = std::min(axis.low, std::pow(10, std::floor(std::log10(point.value))));
      axis.high = std::max(axis.high, std::pow(10, std::ceil(std::log10(point.value))));
    }
  if (axis.high <= axis.low) axis = {content.scale, 1, 10};
  return axis;
}

Axis units_axis(const std::vector<ChartPanel>& panels) {
  Axis axis{Scale::kLogarithmic, 1, 2};
  for (const ChartPanel& content : panels)
    for (const ChartLine& line : content.lines)
      for (const ChartPoint& point : line.points) axis.high = std::max(axis.high, point.units);
  return axis;
}

std::string text(double x, double y, const std::string& content, const char* anchor, const char* fill = "#222") {
  return fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}" fill="{}">{}</text>)"
                     "\n",
                     x, y, anchor, fill, content);
}

std::string path(const std::string& way, const char* stroke, const char* more = "") {
  return fmt::format(R"(<path d="{}" fill="none" stroke="{}"{}/>)"
                     "\n",
                     way, stroke, more);
}

/// One panel: `left` and `top` are the corner of its plot, values go through the axes.
struct Panel {
  const ChartPanel& content;
  double left, top;
  Axis across, up;

  [[nodiscard]] double x(double units) const { return left + kPlotWidth * across.share(units); }
  [[nodiscard]] double y(double value) const { return top + kPlotHeight * (1 - up.share(value)); }

  [[nodiscard]] std::string frame() const {
    std::string svg = text(left + kPlotWidth / 2, top - 12, content.title, "middle");
    for (const double units : across.marks(2)) {
      svg += path(fmt::format("M{:.1f} {:.1f}V{:.1f}", x(units), top, top + kPlotHeight), "#ddd");
      svg += text(x(units), top + kPlotHeight + 16, fmt::format("{:.0f}", units), "middle");
    }
    for (const double value : up.marks(10)) {
      svg += path(fmt::format("M{:.1f} {:.1f}H{:.1f}", left, y(value), left + kPlotWidth), "#ddd");
      svg += text(left - 6, y(value) + 4, fmt::format("{:.7g}", value), "end");
    }
    svg += text(left + kPlotWidth / 2, top + kPlotHeight + 32, "units", "middle");
    const double middle = top + kPlotHeight / 2;
    svg +=
        fmt::format(R"svg(<text transform="translate({:.1f} {:.1f}) rotate(-90)" text-anchor="middle" fill="#222">{}</text>)svg"
                    "\n",
                    left - 64, middle, content.quantity);
    for (const ChartLimit& limit : content.limits)
      svg +=
          path(fmt::format("M{:.1f} {:.1f}H{:.1f}", left, y(limit.value), left + kPlotWidth), "#888", R"( stroke-width="2")");
    return svg;
  }

  [[nodiscard]] std::string line(const ChartLine& line) const {
    const char* colour = kColours[line.colour % kColours.size()];
    std::string way, marks;
    for (const ChartPoint& point : line.points) {
      way += fmt::format("{}{:.1f} {:.1f}", way.empty() ? "M" : "L", x(point.units), y(point.value));
      marks += fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="3.5" fill="{}" stroke="{}" stroke-width="1.5"/>)"
                           "\n",
                           x(point.units), y(point.value), point.simulated ? colour : "#fff", colour);
    }
    return path(way, colour, line.dashed ? R"( stroke-width="1.5" stroke-dasharray="5 3")" : R"( stroke-width="1.5")") + marks;
  }

  /// Names stand at the ends of their lines, within the height of the plot, and never on each other.
  [[nodiscard]] std::string names() const {
    struct Name {
      std::string text;
      const char* colour;
      double x, y;
    };
    std::vector<Name> names;
    for (const ChartLine& line : content.lines)
      if (!line.points.empty())
        names.push_back({line.name, kColours[line.colour % kColours.size()], x(line.points.back().units) + 8,
                         y(line.points.back().value) + 4});
    for (const ChartLimit& limit : content.limits)
      names.push_back({limit.name, "#666", left + kPlotWidth + 8, y(limit.value) + 4});
    std::stable_sort(names.begin(), names.end(), [](const Name& one, const Name& other) { return one.y > other.y; });
    double free = top + kPlotHeight + 4;
    for (Name& name : names) {
      name.y = std::min(name.y, free);
      free = name.y - kLineHeight;
    }
    free = top + 4;
    std::for_each(names.rbegin(), names.rend(), [&free](Name& name) {
      name.y = std::max(name.y, free);
      free = name.y + kLineHeight;
    });
    std::string svg;
    for (const Name& name : names) svg += text(name.x, name.y, name.text, "start", name.colour);
    return svg;
  }
};

}  // namespace

void write_chart(const std::string& path, const std::vector<ChartPanel>& panels, std::size_t columns,
                 const std::vector<std::string>& notes) {
  const std::size_t rows = (panels.size() + columns - 1) / columns;
  const double width = kPanelWidth * static_cast<double>(columns), notes_top = kPanelHeight * static_cast<double>(rows);
  const double height = notes_top + kNoteHeight * static_cast<double>(notes.size()) + 8;
  std::string svg = fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:.0f} {1:.0f}" width="{0:.0f}" height="{1:.0f}" font-family="sans-serif" font-size="12">)"
      "\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
      width, height);
  const Axis across = units_axis(panels);
  for (std::size_t n = 0; n < panels.size(); ++n) {
    const std::size_t row = n / columns, column = n % columns;
    const Panel panel{.content = panels[n],
                      .left = kPanelWidth * static_cast<double>(column) + kLeft,
                      .top = kPanelHeight * static_cast<double>(row) + kTop,
                      .across = across,
                      .up = vertical_axis(panels[n])};
    svg += panel.frame();
    for (const ChartLine& line : panels[n].lines) svg += panel.line(line);
    svg += panel.names();
  }
  for (std::size_t n = 0; n < notes.size(); ++n)
    svg += text(kLeft, notes_top + kNoteHeight * (static_cast<double>(n) + 0.8), notes[n], "start", "#555");
  runtime::write_file(path, svg + "</svg>\n");
}

}  // namespace phasic::bench
