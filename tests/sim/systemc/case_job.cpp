// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/systemc/case_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace phasic::testing {
namespace {

using Words = std::array<std::uint32_t, contract::kLimits.size()>;

}  // namespace

std::string reference_options(const CaseLimits& limits) {
  const auto words = std::bit_cast<Words>(limits);
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += fmt::format("{}\"{}\": {}", text.empty() ? "" : ", ", contract::kLimits[i].name, words[i]);
  return "{\"limits\": {" + text + "}}";
}

CaseLimits common_limits(const CaseLimits& left, const CaseLimits& right) {
  auto words = std::bit_cast<Words>(left);
  const auto others = std::bit_cast<Words>(right);
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = std::min(words[i], others[i]);
  return std::bit_cast<CaseLimits>(words);
}

CaseLimits limits_of(const std::string& engine) {
  engine::BankedMemory memory;
  return read_limits(*engine::make_engine(engine, memory));
}

RandomCase job_case(std::uint64_t seed, const CaseLimits& limits) {
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

Reference::Reference(const CaseLimits& limits)
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
