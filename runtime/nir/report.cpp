// SPDX-License-Identifier: Apache-2.0
#include "runtime/nir/report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace phasic::runtime::nir {
namespace {

using nlohmann::json;

double percent_of(double part, double whole) { return whole == 0 ? 0 : 100 * part / whole; }

double share(std::uint64_t part, std::uint64_t whole) {
  return percent_of(static_cast<double>(part), static_cast<double>(whole));
}

/// The cells of a table: header first.
using Rows = std::vector<std::vector<std::string>>;

Rows rounding_rows(const Imported& imported) {
  Rows rows{{"layer", "type", "neurons", "weights", "largest weight", "step", "largest error", "cut off", "threshold",
             "in units", "kept a step", "error"}};
  for (std::size_t n = 0; n < imported.layers.size(); ++n) {
    const auto& layer = imported.layers[n];
    const auto& rounding = imported.quantized.rounding[n];
    rows.push_back({layer.name, layer.type, fmt::format("{}", layer.connection.element.size()),
                    fmt::format("{}", rounding.weights), fmt::format("{:.4g}", rounding.largest_weight),
                    fmt::format("{:.3g}", rounding.weight_step),
                    fmt::format("{:.3g} %", percent_of(rounding.weight_error, rounding.largest_weight)),
                    fmt::format("{}", rounding.clipped), layer.fires ? fmt::format("{:.4g}", rounding.threshold) : "none",
                    layer.fires ? fmt::format("{}", rounding.units) : "-", fmt::format("{:.6g}", rounding.decay),
                    fmt::format("{:.2g}", rounding.decay_error)});
  }
  return rows;
}

Rows spike_rows(const Imported& imported, const Fidelity& fidelity) {
  Rows rows{{"layer", "spikes of the graph", "of the kernel", "in one of them alone", "potentials limited",
             "largest difference of potentials"}};
  for (std::size_t n = 0; n < imported.layers.size(); ++n) {
    const auto& spikes = fidelity.layers[n];
    const bool fires = imported.layers[n].fires;
    rows.push_back(
        {imported.layers[n].name, fmt::format("{}", spikes.graph), fmt::format("{}", spikes.kernel),
         fires ? fmt::format("{} ({:.2f} %)", spikes.only_one, share(spikes.only_one, spikes.graph + spikes.kernel)) : "-",
         fmt::format("{}", fidelity.counters.layers[n].potential_saturations),
         fires ? "-" : fmt::format("{:.3g}", spikes.largest_difference)});
  }
  return rows;
}

std::vector<std::string> remarks(const Imported& imported) {
  auto lines = imported.chain.notes;
  for (std::size_t n = 0; n < imported.layers.size(); ++n)
    for (const auto& note : imported.quantized.notes[n])
      lines.push_back(fmt::format("{} ({}): {}", imported.layers[n].name, imported.layers[n].type, note));
  return lines;
}

std::string verdict(const Fidelity& fidelity) {
  return fmt::format(
      "{}, {} samples: right in floating point {} ({:.2f} %), on the kernel {} ({:.2f} %); the same answer to {} ({:.2f} %)",
      fidelity.data, fidelity.samples, fidelity.graph_right, share(fidelity.graph_right, fidelity.samples),
      fidelity.kernel_right, share(fidelity.kernel_right, fidelity.samples), fidelity.same_answer,
      share(fidelity.same_answer, fidelity.samples));
}

std::string aligned(const Rows& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c)
      line +=
          c < 2 && c + 1 < row.size() ? fmt::format("  {:<{}}", row[c], widths[c]) : fmt::format("  {:>{}}", row[c], widths[c]);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) result += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
  return result;
}

std::string html_of(const Rows& rows) {
  std::string text = "<table>\n";
  for (const auto& row : rows) {
    text += "<tr>";
    const char* cell = &row == &rows.front() ? "th" : "td";
    for (const auto& value : row) text += fmt::format("<{0}>{1}</{0}>", cell, escaped(value));
    text += "</tr>\n";
  }
  return text + "</table>\n";
}

std::string title(const Imported& imported) {
  const auto& network = imported.quantized.network;
  return fmt::format("{}: {}, {}-bit weights", imported.chain.file, architecture(network), network.weight_width);
}

}  // namespace

std::string table(const Imported& imported, const Fidelity* fidelity) {
  auto text = title(imported) + "\n\n" + aligned(rounding_rows(imported));
  if (fidelity != nullptr) text += "\n" + aligned(spike_rows(imported, *fidelity)) + "\n" + verdict(*fidelity) + "\n";
  for (const auto& line : remarks(imported)) text += "note: " + line + "\n";
  return text;
}

json summary(const Imported& imported, const Fidelity* fidelity) {
  json document = {{"file", imported.chain.file},
                   {"notes", remarks(imported)},
                   {"network", json::parse(canonical(imported.quantized.network).dump())}};
  auto& layers = document["layers"] = json::array();
  for (std::size_t n = 0; n < imported.layers.size(); ++n) {
    const auto& rounding = imported.quantized.rounding[n];
    json layer = {{"name", imported.layers[n].name},
                  {"type", imported.layers[n].type},
                  {"weights", rounding.weights},
                  {"largest_weight", rounding.largest_weight},
                  {"weight_step", rounding.weight_step},
                  {"weight_error", rounding.weight_error},
                  {"weights_cut_off", rounding.clipped},
                  {"threshold", rounding.threshold},
                  {"threshold_units", rounding.units},
                  {"decay", rounding.decay},
                  {"decay_error", rounding.decay_error},
                  {"synapse_decay", rounding.synapse_decay},
                  {"synapse_decay_error", rounding.synapse_decay_error}};
    if (fidelity != nullptr) {
      const auto& spikes = fidelity->layers[n];
      layer["spikes_floating_point"] = spikes.graph;
      layer["spikes_kernel"] = spikes.kernel;
      layer["spikes_in_one_alone"] = spikes.only_one;
      layer["potentials_limited"] = fidelity->counters.layers[n].potential_saturations;
      layer["potentials_limited"] = fidelity->counters.layers[n].potential_saturations;
      if (!imported.layers[n].fires) layer["largest_potential_difference"] = spikes.largest_difference;
    }
    layers.push_back(std::move(layer));
  }
  if (fidelity != nullptr) {
    document["fidelity"] = {{"data", fidelity->data},
                            {"samples", fidelity->samples},
                            {"correct_floating_point", fidelity->graph_right},
                            {"correct_kernel", fidelity->kernel_right},
                            {"same_answer", fidelity->same_answer}};
  }
  return document;
}

std::string page(const Imported& imported, const Fidelity* fidelity) {
  std::string text =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Phasic: imported network</title>\n"
      "<style>body{font:15px sans-serif;margin:2em}table{border-collapse:collapse;margin:1em 0}"
      "td,th{padding:.3em .7em;border-bottom:1px solid "
      "#ccc;text-align:right}td:first-child,th:first-child{text-align:left}</style></head><body>\n";
  text +=
      fmt::format("<h1>{}</h1>\n<h2>What rounding did</h2>\n{}", escaped(title(imported)), html_of(rounding_rows(imported)));
  if (fidelity != nullptr)
    text += fmt::format("<h2>Beside floating point</h2>\n<p>{}</p>\n{}", escaped(verdict(*fidelity)),
                        html_of(spike_rows(imported, *fidelity)));
  const auto lines = remarks(imported);
  if (!lines.empty()) text += "<h2>Notes</h2>\n<ul>\n";
  for (const auto& line : lines) text += fmt::format("<li>{}</li>\n", escaped(line));
  if (!lines.empty()) text += "</ul>\n";
  return text + "</body></html>\n";
}

}  // namespace phasic::runtime::nir
