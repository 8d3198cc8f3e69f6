// SPDX-License-Identifier: Apache-2.0
/// Points of a sweep: platforms of several sizes on the same work, as the RTL or as calibrated, approximately timed units.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "bench/platform/workload.hpp"
#include "sim/systemc/fleet.hpp"

namespace phasic::bench {

struct Point {
  bool learn = false;
  unsigned units = 1, banks = 1;
  std::uint32_t lanes = 64;
  std::uint32_t bus_bytes = 64;      ///< data bus of a unit
  std::uint32_t bytes_a_cycle = 64;  ///< of a bank
  std::uint32_t latency = 24;        ///< of a bank
};

/// What a platform did; each unit had one job.
struct Figures {
  std::uint64_t samples = 0, cycles = 0;
  double unit_busy = 0;  ///< share of all units' cycles in which they were within a job
  double bank_busy = 0;  ///< share of all banks' cycles in which bytes moved
  double bytes_a_cycle = 0;
  std::uint64_t differences = 0;  ///< from the reference
  [[nodiscard]] double cycles_a_sample() const { return static_cast<double>(cycles) / static_cast<double>(samples); }
};

/// How an RTL variant spends its cycles, from one run of one unit on a wide memory.
struct Calibration {
  std::uint32_t lanes = 0;
  double load_cycles_a_word = 0, store_cycles_a_word = 0;
  double overhead = 0;  ///< cycles a sample beyond those of Workload::limit
};

class Sweep {
 public:
  /// `inference` and `learning` have at least as many jobs as any point has units.
  Sweep(const Workload& inference, const Workload& learning) : inference_(inference), learning_(learning) {}

  /// The RTL variant with these lanes and this bus, or "".
  [[nodiscard]] static std::string variant(std::uint32_t lanes, std::uint32_t bus_bytes);

  /// Runs `variant` for inference and for learning.
  void calibrate(const std::string& variant, std::uint32_t lanes);
  void use_calibrations_of(const Sweep& other) { calibrations_ = other.calibrations_; }
  /// The point as the RTL.
  [[nodiscard]] Figures simulate(const Point& point, const std::string& variant) const;
  /// The point with approximately timed units. Needs a calibration; between two the numbers are interpolated over the logarithm
  /// of the lanes, beyond all they are the nearest one's.
  [[nodiscard]] Figures estimate(const Point& point) const;

 private:
  [[nodiscard]] const Workload& workload(bool learn) const { return learn ? learning_ : inference_; }
  [[nodiscard]] Calibration calibration(bool learn, std::uint32_t lanes) const;
  [[nodiscard]] Figures run(const Point& point, const platform::PlatformPlan& plan) const;

  const Workload& inference_;
  const Workload& learning_;
  std::map<std::pair<bool, std::uint32_t>, Calibration> calibrations_;  ///< by mode and lanes
};

}  // namespace phasic::bench
