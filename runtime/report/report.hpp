// SPDX-License-Identifier: Apache-2.0
/// What a run tells at its end: table, learning curve, machine-readable summary.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "runtime/report/workload.hpp"
#include "runtime/run/launch.hpp"
#include "runtime/run/stream.hpp"

namespace phasic::runtime {

/// How well the lanes were used: (synaptic operations + update operations) / (lanes * cycles of the run), by layer. Empty if
/// the engine counts no cycles.
[[nodiscard]] std::vector<double> lane_utilisation(const Network& network, const Counters& counters, std::uint32_t lanes);

/// One part of a run (learning or testing) for reports.
struct Phase {
  std::string data;
  std::uint64_t samples = 0;
  std::uint64_t correct = 0;
  Counters counters;
  double seconds = 0;
};

struct Report {
  Network network;
  std::string engine, transport, device;
  std::uint32_t lanes = 0;
  std::optional<Phase> learned, tested;
  std::optional<std::uint64_t> mismatches;  ///< only if there was a comparison
  std::string compared_with;
  std::string first_difference;               ///< empty without mismatches
  std::optional<double> connection_sparsity;  ///< of the weights at the end
  std::optional<EnergyTable> energy;          ///< for an estimate
  double wall_seconds = 0;
};

[[nodiscard]] nlohmann::json summary(const Report& report);
[[nodiscard]] std::string table(const Report& report);

/// Writes text or JSON; throws InputError naming the file.
void write_text(const std::filesystem::path& file, const std::string& text);

/// Files that gnuplot made.
struct Drawing {
  std::vector<std::filesystem::path> pictures;  ///< `name`.svg and `name`.png
  std::string note;                             ///< why there are none, or not both
};

/// Lets gnuplot run `name`.gp, a script that draws `name`.svg and `name`.png in its folder.
[[nodiscard]] Drawing draw_with_gnuplot(const std::filesystem::path& folder, const std::string& name);

/// Learning curve: `name`.csv (samples, accuracy of the last 5 blocks before learning each sample), `name`.gp (gnuplot script),
/// and what gnuplot makes of it, `name`.svg and `name`.png. Returns the picture files; none, with the reason in `note`, if
/// gnuplot cannot make them.
struct CurveFiles {
  std::filesystem::path csv, script;
  std::vector<std::filesystem::path> pictures;
  std::string note;
};
[[nodiscard]] CurveFiles write_curve(const std::filesystem::path& folder, const std::string& name, const std::string& title,
                                     const Curve& curve, std::optional<double> test_accuracy);

/// The rows of a curve's CSV file: samples learned, and accuracy in percent of the last 5 blocks before learning each sample.
[[nodiscard]] std::string curve_rows(const Curve& curve);

/// For a title in a gnuplot script: without quotes and line ends.
[[nodiscard]] std::string without_quotes(std::string text);

}  // namespace phasic::runtime
