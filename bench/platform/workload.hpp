// SPDX-License-Identifier: Apache-2.0
/// Jobs for the platform, made of a network and a data set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "driver/device.hpp"
#include "runtime/data/dataset.hpp"
#include "runtime/network/network.hpp"
#include "runtime/run/launch.hpp"
#include "sim/systemc/job.hpp"

namespace phasic::bench {

struct WorkloadOptions {
  std::string network = "examples/fashion_mnist_256.json";
  runtime::DataOptions data;
  std::uint64_t learned = 2000;  ///< samples that the network has learned, on the reference, before it is tested
  bool learn = false;            ///< jobs learn instead of testing
  std::uint64_t jobs = 4;
  std::uint64_t samples_a_job = 16;
};

/// With learning, each job is a network of its own (seeds count up) that learns the first samples of the training set: copies
/// of one network cannot share its learning, which is one sample after the other. Otherwise all jobs have the same weights and
/// test different samples.
class Workload {
 public:
  /// Throws runtime::InputError or runtime::DeviceError.
  explicit Workload(const WorkloadOptions& options);

  [[nodiscard]] const runtime::Network& network() const { return network_; }
  [[nodiscard]] std::vector<platform::Job> jobs() const;
  [[nodiscard]] std::uint64_t samples() const { return parts_.size() * samples_a_job_; }

  /// Where a job's outcome differs from the reference.
  struct Check {
    std::uint64_t different_samples = 0, different_weight_bytes = 0, different_counters = 0;
    std::uint64_t correct = 0;  ///< samples that were given the class of their label
    std::string first;          ///< the first difference, in words
    [[nodiscard]] std::uint64_t differences() const { return different_samples + different_weight_bytes + different_counters; }
  };
  /// Runs the job on the reference and compares. Throws runtime::DeviceError if the outcome has an error.
  [[nodiscard]] Check check(std::size_t job, const platform::JobOutcome& outcome) const;
  /// Cycles a sample that `lanes` lanes need at least, and words of weights that loading moves.
  struct Limit {
    double cycles_a_sample = 0;
    std::uint64_t words = 0;
  };
  [[nodiscard]] Limit limit(std::size_t job, std::uint32_t lanes) const;

 private:
  struct Part {
    std::vector<std::byte> program, samples;
    std::shared_ptr<const std::vector<std::byte>> weights, tables;  ///< shared by jobs with the same network
    std::uint32_t first_sample = 0;
  };
  [[nodiscard]] driver::RunResponse run_reference(std::size_t job) const;

  runtime::Network network_;
  std::uint64_t samples_a_job_ = 0;
  std::size_t results_bytes_ = 0;
  std::vector<Part> parts_;
  mutable std::vector<std::optional<driver::RunResponse>> expected_;  ///< by job, once it was asked for
};

}  // namespace phasic::bench
