// SPDX-License-Identifier: Apache-2.0
/// Two devices side by side on the same launches.
#pragma once

#include <stdexcept>
#include <string>

#include "runtime/run/session.hpp"

namespace phasic::runtime {

/// Two devices differ. what() names the first difference: sample, step, layer, neuron or synapse, both values and the lowest
/// bit that differs.
class Mismatch : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A device and what messages call it.
struct Side {
  driver::Device* device;
  std::string name;
};

/// A launcher that runs both devices at once and compares all that the contract calls exact: results, weights, exact counters,
/// and the trace if there is one. At a difference it repeats the launch with the trace on, and in parts, to find where it
/// begins, and throws Mismatch. Returns the result of `tested`. Everything must outlive the launcher.
[[nodiscard]] Launcher launch_on_both(const Side& tested, const Side& right, const Fixed& fixed);

/// The first difference between two results of the same launch, for people; empty if there is none.
[[nodiscard]] std::string first_difference(const Fixed& fixed, const Side& tested, const LaunchResult& left, const Side& right,
                                           const LaunchResult& other, const LaunchOptions& options);

}  // namespace phasic::runtime
