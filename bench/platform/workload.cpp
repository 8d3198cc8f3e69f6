// SPDX-License-Identifier: Apache-2.0
#include "bench/platform/workload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "driver/layout/buffers.hpp"
#include "phasic/contract.hpp"
#include "runtime/base/error.hpp"
#include "runtime/network/program.hpp"
#include "runtime/run/devices.hpp"
#include "runtime/run/session.hpp"
#include "runtime/run/stream.hpp"
#include "sim/systemc/locate.hpp"

namespace phasic::bench {
namespace {

constexpr std::size_t kRecords = layout::kRecordsOffset;

std::size_t record_bytes(const runtime::Network& network) { return layout::record_bytes(network.outputs()); }

/// The network's weights after the first samples of the training set.
std::vector<std::byte> learned_weights(const runtime::Fixed& fixed, const runtime::Dataset& training, std::uint64_t samples) {
  const auto devices = runtime::open_devices({});
  runtime::LearnState state;
  state.weights = runtime::initial_weights(fixed.network, fixed.layout);
  const auto source = [&](std::uint64_t position, std::vector<runtime::Sample>& to) {
    runtime::append_samples(training, position % training.size(), to);
  };
  runtime::learn(fixed, source, {.end = samples}, runtime::launch_on(*devices.front(), fixed), state, {}, {});
  return std::move(state.weights);
}

}  // namespace

Workload::Workload(const WorkloadOptions& options)
    : network_(runtime::load_network(options.network)), samples_a_job_(options.samples_a_job) {
  results_bytes_ = kRecords + samples_a_job_ * record_bytes(network_);
  const runtime::Dataset training = runtime::load_data(options.data, runtime::Part::kTraining);
  const runtime::Dataset data = options.learn ? training : runtime::load_data(options.data, runtime::Part::kTest);
  runtime::check_fits(data, network_);
  const runtime::Fixed first = runtime::make_fixed(network_);
  using Bytes = std::vector<std::byte>;
  const auto tables = std::make_shared<const Bytes>(first.tables);
  const auto trained =
      options.learn ? nullptr : std::make_shared<const Bytes>(learned_weights(first, training, options.learned));
  for (std::uint64_t job = 0; job < options.jobs; ++job) {
    runtime::Network network = network_;
    if (options.learn) network.seed += job;
    const runtime::Fixed fixed = options.learn ? runtime::make_fixed(network) : first;
    const std::uint64_t begin = options.learn ? 0 : job * samples_a_job_;
    std::vector<runtime::Sample> samples;
    for (std::uint64_t n = 0; n < samples_a_job_; ++n) samples.push_back(runtime::sample_of(data, (begin + n) % data.size()));
    Part part;
    part.first_sample = static_cast<std::uint32_t>(begin) + (options.learn ? 0 : runtime::kFirstTestSample);
    auto packed = runtime::pack_samples(network, samples, part.first_sample, options.learn);
    part.program = runtime::program_block(network, fixed.layout, {.learn = options.learn, .sample_stride = packed.stride});
    part.weights = options.learn ? std::make_shared<const Bytes>(runtime::initial_weights(network, fixed.layout)) : trained;
    part.tables = options.learn ? std::make_shared<const Bytes>(fixed.tables) : tables;
    part.samples = std::move(packed.bytes);
    parts_.push_back(std::move(part));
  }
  expected_.resize(parts_.size());
}

std::vector<platform::Job> Workload::jobs() const {
  std::vector<platform::Job> jobs;
  for (const Part& part : parts_) {
    platform::Job job;
    job.inputs = {part.program, *part.weights, *part.tables, part.samples};
    job.sample_count = static_cast<std::uint32_t>(samples_a_job_);
    job.first_sample = part.first_sample;
    job.results_bytes = results_bytes_;
    jobs.push_back(job);
  }
  return jobs;
}

driver::RunResponse Workload::run_reference(std::size_t job) const {
  if (!expected_[job]) {
    const Part& part = parts_[job];
    driver::RunRequest request;
    request.program = part.program;
    request.weights = *part.weights;
    request.tables = *part.tables;
    request.samples = part.samples;
    request.sample_count = static_cast<std::uint32_t>(samples_a_job_);
    request.first_sample = part.first_sample;
    request.results_bytes = results_bytes_;
    expected_[job] = runtime::open_devices({}).front()->run(request);
  }
  return *expected_[job];
}

Workload::Check Workload::check(std::size_t job, const platform::JobOutcome& outcome) const {
  if (outcome.registers.error != 0)
    throw runtime::DeviceError(fmt::format("unit {}: error {}, detail {}, sample {}", outcome.unit, outcome.registers.error,
                                           outcome.registers.error_detail, outcome.registers.error_sample));
  const driver::RunResponse expected = run_reference(job);
  Check check;
  const auto note = [&](std::size_t buffer, std::uint64_t at) {
    if (check.first.empty())
      check.first = fmt::format("job {}, unit {}: {}", job, outcome.unit,
                                platform::locate(parts_[job].program, network_.weight_width, buffer, at, 0));
  };
  for (std::size_t at = 0; at < kRecords; ++at) {
    if (platform::may_differ(at) || outcome.results[at] == expected.results[at]) continue;
    note(contract::argument::kResults, at);
    ++check.different_counters;
  }
  const std::size_t stride = record_bytes(network_);
  for (std::size_t n = 0; n < samples_a_job_; ++n) {
    const std::byte* actual = outcome.results.data() + kRecords + n * stride;
    if (std::memcmp(actual, expected.results.data() + kRecords + n * stride, stride) != 0) {
      note(contract::argument::kResults, kRecords + n * stride);
      ++check.different_samples;
    }
    contract::ResultRecord record;
    std::memcpy(&record, actual, sizeof record);
    check.correct += network_.class_of(record.prediction) == record.label ? 1 : 0;
  }
  for (std::size_t at = 0; at < expected.weights.size(); ++at) {
    if (outcome.weights[at] == expected.weights[at]) continue;
    note(contract::argument::kWeights, at);
    ++check.different_weight_bytes;
  }
  return check;
}

Workload::Limit Workload::limit(std::size_t job, std::uint32_t lanes) const {
  const driver::RunResponse expected = run_reference(job);
  Limit limit;
  for (std::size_t n = 0; n < network_.layers.size(); ++n) {
    contract::LayerCounters counters;
    std::memcpy(&counters, expected.results.data() + layout::counters_offset(n), sizeof counters);
    const std::uint64_t words = network_.connection(n).row_words(lanes);
    const auto work = static_cast<double>((counters.events + counters.update_rows) * words);
    limit.cycles_a_sample = std::max(limit.cycles_a_sample, work / static_cast<double>(samples_a_job_));
    limit.words += network_.stored_rows(n) * words;
  }
  return limit;
}

}  // namespace phasic::bench
