// SPDX-License-Identifier: Apache-2.0
/// One class after the other, learned on devices while a second engine repeats every launch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/command/side_by_side.hpp"
#include "runtime/experiment/experiment.hpp"

namespace phasic::command {

struct ClassStreamResult {
  runtime::Report
      report;  ///< `tested` is that after the last class; with mismatches 1 and the first difference if there was one
  runtime::Curve curve;
  std::vector<std::uint32_t> order;         ///< the classes in the order that they were learned in
  std::vector<std::vector<double>> matrix;  ///< line t: accuracies (0 to 1) of classes 0 to t of the order after class t
  double forgetting = 0;                    ///< docs/experiments.md
};

/// Refuses, by InputError, an experiment of another task or without a network.
void check_class_stream(const runtime::Experiment& experiment);

/// Learns the first run of a class-continual experiment and tests after each class on those of the first `sides.test_samples`
/// test samples whose class was learned by then. Samples and their order are those of `phasic experiment run`. Of `sides` the
/// devices, the second engine and the samples of a launch are used. The first difference ends it. Throws InputError and
/// DeviceError.
[[nodiscard]] ClassStreamResult run_class_stream(const SideBySide& sides, const runtime::Experiment& experiment);

}  // namespace phasic::command
