// SPDX-License-Identifier: Apache-2.0
/// Random cases as jobs of the platform, held against the reference.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "driver/engine/banked_memory.hpp"
#include "driver/engine/engine.hpp"
#include "sim/systemc/job.hpp"
#include "tests/common/random_case.hpp"
#include "tests/common/run_case.hpp"

namespace phasic::testing {

/// Limits as the reference engine takes them.
[[nodiscard]] std::string reference_options(const contract::Limits& limits);

/// What both builds can do.
[[nodiscard]] contract::Limits common_limits(const contract::Limits& left, const contract::Limits& right);

/// The limits of an engine library.
[[nodiscard]] contract::Limits limits_of(const std::string& engine);

/// A legal case whose results and trace start as zeros, as those of a job do.
[[nodiscard]] RandomCase job_case(std::uint64_t seed, const contract::Limits& limits);

/// The case must outlive the job.
[[nodiscard]] platform::Job job_of(const RandomCase& random_case);

/// Runs cases on the reference and compares.
class Reference {
 public:
  explicit Reference(const contract::Limits& limits);
  /// The first difference between the outcome of a job and the reference, if there is one.
  [[nodiscard]] std::optional<std::string> difference(const RandomCase& random_case, const platform::JobOutcome& outcome);

 private:
  contract::Limits limits_;
  engine::BankedMemory memory_;
  std::unique_ptr<engine::Engine> engine_;
};

}  // namespace phasic::testing
