// SPDX-License-Identifier: Apache-2.0
/// Learns and tests on one set of devices while a second engine repeats every launch, and every bit is compared.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/command/options.hpp"
#include "runtime/report/report.hpp"

namespace phasic::command {

struct SideBySide {
  RunOptions run;                     ///< the devices under test
  std::string against = "reference";  ///< engine that repeats the launches, in this process
  std::string against_options = "{}";
  std::uint64_t learn_samples = 0;  ///< 0: no learning
  std::uint64_t test_samples = 0;   ///< 0: no testing
  bool potentials = false;          ///< compare every potential, not only results and weights
};

struct SideBySideResult {
  runtime::Report report;  ///< with mismatches 1 and the first difference if there was one
  runtime::Curve curve;
};

/// The devices under test, a twin of each for the comparison, and a launcher for each pair. The first difference that a
/// launcher finds is a Mismatch.
struct BothSides {
  runtime::Fixed fixed;
  std::vector<std::unique_ptr<driver::Device>> devices, twins;
  std::vector<runtime::Launcher> launchers;

  /// Throws InputError and DeviceError.
  BothSides(const SideBySide& options, const runtime::Network& network);
  BothSides(const BothSides&) = delete;  // launchers refer to what stands here
  BothSides& operator=(const BothSides&) = delete;
};

/// Starts from the initial weights. The first difference ends the run.
[[nodiscard]] SideBySideResult run_side_by_side(const SideBySide& options, const runtime::Network& network);

}  // namespace phasic::command
