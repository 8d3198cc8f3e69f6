// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/systemc/case_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace phasic::testing {
namespace {}  // namespace

std::string reference_options(const contract::Limits& limits) {
  std::string text;
  for (const contract::Limit& limit : contract::kLimits)
    text += fmt::format("{}\"{}\": {}", text.empty() ? "" : ", ", limit.name, limits.*limit.value);
  return "{\"limits\": {" + text + "}}";
}

contract::Limits common_limits(const contract::Limits& left, const contract::Limits& right) {
  contract::Limits common;
  for (const contract::Limit& limit : contract::kLimits) common.*limit.value = std::min(left.*limit.value, right.*limit.value);
  common.rules = left.rules & right.rules;
  return common;
}

contract::Limits limits_of(const std::string& engine) {
  engine::BankedMemory memory;
  return read_limits(*engine::make_engine(engine, memory));
}

RandomCase job_case(std::uint64_t seed, const contract::Limits& limits) {
  RandomCase made = random_case(seed, limits);
  for (const std::uint32_t id : {contract::argument::kResults, contract::argument::kTrace})
    std::fill(made.buffers[id].begin(), made.buffers[id].end(), std::byte{0});
  return made;
}

platform::Job job_of(const RandomCase& random_case) {
  platform::Job job;
  for (std::size_t id = 0; id < job.inputs.size(); ++id) job.inputs[id] = random_case.buffers[id];
  job.sample_count = random_case.sample_count;
  job.first_sample = random_case.first_sample;
  job.results_bytes = random_case.buffers[contract::argument::kResults].size();
  job.trace_bytes = random_case.buffers[contract::argument::kTrace].size();
  return job;
}

Reference::Reference(const contract::Limits& limits)
    : limits_(limits), engine_(engine::make_engine("reference", memory_, reference_options(limits))) {}

std::optional<std::string> Reference::difference(const RandomCase& random_case, const platform::JobOutcome& outcome) {
  const Outcome expected = run_case(*engine_, memory_, random_case, false);
  Outcome actual = expected;
  actual.error = outcome.registers.error;
  actual.error_detail = outcome.registers.error_detail;
  actual.error_sample = outcome.registers.error_sample;
  actual.samples_fetched = outcome.registers.samples_fetched;
  actual.samples_done = outcome.registers.samples_done;
  actual.buffers[contract::argument::kResults] = outcome.results;
  actual.buffers[contract::argument::kWeights] = outcome.weights;
  actual.buffers[contract::argument::kTrace] = outcome.trace;
  return first_difference(random_case, limits_, expected, actual);
}

}  // namespace phasic::testing
