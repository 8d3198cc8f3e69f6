// SPDX-License-Identifier: Apache-2.0
#include "runtime/command/demo_report.hpp"

#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "runtime/base/progress.hpp"

namespace phasic::command {
namespace {

using runtime::Report;

/// Of both `of` a part, "-" without one.
using Cell = std::function<std::string(const runtime::Phase&)>;

std::string cell(const std::optional<runtime::Phase>& part, const Cell& of) { return part ? of(*part) : "-"; }

std::string cycles(const runtime::Phase& part) {
  const auto samples = part.counters.samples, all = part.counters.header.run_cycles;
  return all == 0 || samples == 0 ? "untimed" : fmt::format("{:.0f}", static_cast<double>(all) / static_cast<double>(samples));
}

std::string matrix_text(const ClassStreamResult& stream) {
  std::string text = "  accuracy of each class in % (columns) after each class learned (lines)\n  class ";
  for (const auto one : stream.order) text += fmt::format("{:>7}", one);
  text += '\n';
  for (std::size_t line = 0; line < stream.matrix.size(); ++line) {
    text += fmt::format("  {:>5} ", stream.order[line]);
    for (const auto share : stream.matrix[line]) text += fmt::format("{:7.1f}", 100 * share);
    text += '\n';
  }
  return text;
}

std::string matrix_rows(const ClassStreamResult& stream) {
  std::string rows = "classes_learned,class_learned,class,accuracy_percent\n";
  for (std::size_t line = 0; line < stream.matrix.size(); ++line) {
    for (std::size_t column = 0; column < stream.matrix[line].size(); ++column) {
      rows += fmt::format("{},{},{},{:.3f}\n", line + 1, stream.order[line], stream.order[column],
                          100 * stream.matrix[line][column]);
    }
  }
  return rows;
}

std::string script(const SideBySideResult& mixed, const ClassStreamResult& stream) {
  std::string ticks;
  for (std::size_t n = 0; n < stream.order.size(); ++n)
    ticks += fmt::format("{}'{}' {}", n == 0 ? "" : ", ", stream.order[n], n + 1);
  std::string place = "place(c) = ";
  for (std::size_t n = 0; n < stream.order.size(); ++n) place += fmt::format("c == {} ? {} : ", stream.order[n], n + 1);
  // Some builds of gnuplot have no cairo terminal: the SVG comes first and stays.
  return fmt::format(
      "# Made with the run; draws main.svg and main.png from learning_curve.csv, class_curve.csv and matrix.csv.\n"
      "set datafile separator ','\n"
      "{0}0\n"
      "do for [kind in 'svg png'] {{\n"
      "  if (kind eq 'svg') {{ set terminal svg size 1100,480 font 'sans,13' }}\n"
      "  else {{ set terminal pngcairo size 1100,480 font 'sans,10' }}\n"
      "  set output 'main.'.kind\n"
      "  set multiplot layout 1,2\n"
      "  set title 'Right before learning' noenhanced\n"
      "  set xlabel 'samples learned'\n"
      "  set ylabel 'last 500 samples (%)'\n"
      "  set xrange [0:*]\n"
      "  set yrange [0:100]\n"
      "  set grid\n"
      "  set key bottom right\n"
      "  plot 'learning_curve.csv' using 1:2 skip 1 with linespoints lw 2 pt 7 ps 0.4 title '{1}: all classes mixed' "
      "noenhanced, \\\n"
      "       'class_curve.csv' using 1:2 skip 1 with linespoints lw 2 pt 5 ps 0.4 title '{2}: class by class' noenhanced\n"
      "  unset grid\n"
      "  unset key\n"
      "  set title '{2}: accuracy (%) of each class after each class' noenhanced\n"
      "  set xlabel 'class tested'\n"
      "  set ylabel 'class learned last'\n"
      "  set xrange [0.5:{3}.5]\n"
      "  set yrange [{3}.5:0.5]\n"
      "  set cbrange [0:100]\n"
      "  set palette defined (0 '#f4f4f4', 100 '#2c7fb8')\n"
      "  set xtics ({4})\n"
      "  set ytics ({4})\n"
      "  plot 'matrix.csv' using (place($3)):1:(0.5):(0.5):4 skip 1 with boxxyerror fc palette fs solid, \\\n"
      "       '' using (place($3)):1:(sprintf('%.0f', $4)) skip 1 with labels\n"
      "  unset multiplot\n"
      "  set xtics autofreq\n"
      "  set ytics autofreq\n"
      "  unset output\n"
      "}}\n",
      place, runtime::without_quotes(mixed.report.network.name), runtime::without_quotes(stream.report.network.name),
      stream.order.size(), ticks);
}

}  // namespace

std::string demo_table(const SideBySideResult& mixed, const ClassStreamResult& stream) {
  std::string text;
  const auto row = [&](std::string_view what, const std::string& first, const std::string& second) {
    text += fmt::format("  {:<36} {:>22} {:>22}\n", what, first, second);
  };
  const auto learned = [&](std::string_view what, const Cell& of) {
    row(what, cell(mixed.report.learned, of), cell(stream.report.learned, of));
  };
  const auto tested = [&](std::string_view what, const Cell& of) {
    row(what, cell(mixed.report.tested, of), cell(stream.report.tested, of));
  };
  const Cell accuracy = [](const runtime::Phase& part) { return percent(part.correct, part.samples); };
  const Cell samples = [](const runtime::Phase& part) { return std::to_string(part.samples); };
  text += fmt::format("  engine {} over {}, {} lanes: {}\n\n", mixed.report.engine, mixed.report.transport, mixed.report.lanes,
                      mixed.report.device);
  row("", mixed.report.network.name, stream.report.network.name);
  row("network", architecture(mixed.report.network), architecture(stream.report.network));
  row("classes", "mixed", "one after the other");
  learned("samples learned", samples);
  learned("right before learning", accuracy);
  tested("samples tested at the end", samples);
  tested("accuracy at the end", accuracy);
  row("forgetting", "-", stream.report.learned ? fmt::format("{:.2f} %", 100 * stream.forgetting) : "-");
  learned("cycles a learned sample", cycles);
  tested("cycles a tested sample", cycles);
  const auto seconds = [](const Report& report) { return runtime::duration_text(report.wall_seconds); };
  row("time", seconds(mixed.report), seconds(stream.report));
  row(fmt::format("mismatches with {}", mixed.report.compared_with), std::to_string(mixed.report.mismatches.value_or(0)),
      std::to_string(stream.report.mismatches.value_or(0)));
  text += "  (compared: every result, every exact counter, all weights)\n\n";
  return text + matrix_text(stream);
}

std::string write_demo(const std::filesystem::path& folder, const SideBySideResult& mixed, const ClassStreamResult& stream) {
  auto summary = runtime::summary(mixed.report);
  summary["class_continual"] = runtime::summary(stream.report);
  summary["class_continual"]["order"] = stream.order;
  summary["class_continual"]["matrix"] = stream.matrix;
  summary["class_continual"]["forgetting"] = stream.forgetting;
  runtime::write_text(folder / "summary.json", summary.dump(2) + "\n");
  runtime::write_text(folder / "learning_curve.csv", runtime::curve_rows(mixed.curve));
  runtime::write_text(folder / "class_curve.csv", runtime::curve_rows(stream.curve));
  runtime::write_text(folder / "matrix.csv", matrix_rows(stream));
  runtime::write_text(folder / "main.gp", script(mixed, stream));
  const auto drawing = runtime::draw_with_gnuplot(folder, "main");
  auto text = fmt::format("  summary: {}\n", (folder / "summary.json").string());
  for (const auto& picture : drawing.pictures) text += fmt::format("  curves and accuracies: {}\n", picture.string());
  if (!drawing.note.empty()) text += fmt::format("  note: {}\n", drawing.note);
  return text;
}

}  // namespace phasic::command
