// SPDX-License-Identifier: Apache-2.0
/// Learns and tests on one set of devices while a second engine repeats every launch, and every bit is compared.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "runtime/command/options.hpp"
#include "runtime/features/prepare.hpp"
#include "runtime/report/report.hpp"

namespace phasic::command {

struct SideBySide {
  RunOptions run;                     ///< the devices under test
  std::string against = "reference";  ///< engine that repeats the launches, in this process
  std::string against_options = "{}";
  std::uint64_t learn_samples = 0;  ///< 0: no learning
  std::uint64_t test_samples = 0;   ///< 0: no testing
  bool potentials = false;          ///< compare every potential, not only results and weights
  /// For a run beside another one: where `hidden`, the progress is not shown; once `stop`, it ends after the launch.
  const std::atomic<bool>*hidden = nullptr, *stop = nullptr;
};

struct SideBySideResult {
  runtime::Report report;  ///< with mismatches 1 and the first difference if there was one
  runtime::Curve curve;
};

/// The devices under test, and a twin of each for the comparison.
struct BothSides {
  std::vector<std::unique_ptr<driver::Device>> devices, twins;

  /// Throws InputError and DeviceError.
  BothSides(const SideBySide& options, const runtime::Network& network);

  /// Launchers that compare a device with its twin, of a device or of all. The first difference that one finds is a Mismatch.
  /// This and `fixed` must outlive them.
  [[nodiscard]] runtime::Launcher launcher(std::size_t device, const runtime::Fixed& fixed) const;
  [[nodiscard]] std::vector<runtime::Launcher> launchers(const runtime::Fixed& fixed) const;
  /// The network and the weights that learning begins with. A preparation is done on both sides, and compared.
  [[nodiscard]] runtime::Prepared begun(const runtime::Network& network, const runtime::Dataset& training) const;

 private:
  std::string name_, other_;
};

/// Starts from the initial weights, or from a preparation as `phasic learn` does. The first difference ends the run.
[[nodiscard]] SideBySideResult run_side_by_side(const SideBySide& options, const runtime::Network& network);

}  // namespace phasic::command
