// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/job.hpp"

#include <cstring>

#include "phasic/contract.hpp"

namespace phasic::platform {
namespace {

namespace argument = contract::argument;
namespace reg = contract::reg;

std::uint64_t pages(std::uint64_t bytes) {
  constexpr std::uint64_t kBytes = 4096;
  return (bytes + kBytes - 1) / kBytes * kBytes;
}

std::vector<std::byte> fetch(Host& host, std::size_t system, std::uint64_t address, std::size_t bytes) {
  std::vector<std::byte> data(bytes);
  if (bytes > 0) host.read_memory(system, address, data);
  return data;
}

}  // namespace

std::size_t Job::bytes(std::size_t buffer) const {
  if (buffer < inputs.size()) return inputs[buffer].size();
  return buffer == argument::kResults ? results_bytes : trace_bytes;
}

bool Job::writes_weights() const {
  contract::ProgramHeader header;
  const auto& program = inputs[argument::kProgram];
  if (program.size() < sizeof header) return false;
  std::memcpy(&header, program.data(), sizeof header);
  return (header.flags & (contract::kProgramHeaderFlagsLearn | contract::kProgramHeaderFlagsKeep)) != 0;
}

Addresses place(const Job& job, std::uint64_t base) {
  Addresses addresses{};
  for (std::size_t id = 0; id < kBuffers; ++id) {
    addresses[id] = base;
    base += pages(job.bytes(id));
  }
  return addresses;
}

std::uint64_t placed_bytes(const Job& job) {
  std::uint64_t sum = 0;
  for (std::size_t id = 0; id < kBuffers; ++id) sum += pages(job.bytes(id));
  return sum;
}

void load(Host& host, std::size_t system, const Job& job, const Addresses& addresses, const Resident& resident) {
  for (std::size_t id = 0; id < job.inputs.size(); ++id)
    if (!job.inputs[id].empty() && !resident[id]) host.write_memory(system, addresses[id], job.inputs[id]);
  for (std::size_t id = job.inputs.size(); id < kBuffers; ++id) {
    const std::vector<std::byte> zeros(job.bytes(id));
    if (!zeros.empty()) host.write_memory(system, addresses[id], zeros);
  }
}

void start(Host& host, std::size_t unit, const Job& job, const Addresses& addresses) {
  for (std::uint32_t id = 0; id < kBuffers; ++id) {
    const std::uint32_t offset = contract::kArguments[id].offset;
    host.write_register(unit, offset, static_cast<std::uint32_t>(addresses[id]));
    host.write_register(unit, offset + 4, static_cast<std::uint32_t>(addresses[id] >> 32));
    host.write_register(unit, contract::kArguments[argument::kProgramBytes + id].offset,
                        static_cast<std::uint32_t>(job.bytes(id)));
  }
  host.write_register(unit, reg::kSampleCount, job.sample_count);
  host.write_register(unit, reg::kFirstSample, job.first_sample);
  host.write_register(unit, reg::kInterruptEnable, 1);
  host.write_register(unit, reg::kGlobalInterruptEnable, 1);
  host.write_register(unit, reg::kControl, 1);
}

JobOutcome collect(Host& host, std::size_t unit, std::size_t system, const Job& job, const Addresses& addresses) {
  JobOutcome outcome;
  outcome.unit = unit;
  host.write_register(unit, reg::kInterruptStatus, host.read_register(unit, reg::kInterruptStatus));
  (void)host.read_register(unit, reg::kControl);  // clears done
  outcome.registers = {.error = host.read_register(unit, reg::kError),
                       .error_detail = host.read_register(unit, reg::kErrorDetail),
                       .error_sample = host.read_register(unit, reg::kErrorSample),
                       .samples_fetched = host.read_register(unit, reg::kSamplesFetched),
                       .samples_done = host.read_register(unit, reg::kSamplesDone)};
  outcome.results = fetch(host, system, addresses[argument::kResults], job.results_bytes);
  const auto& weights = job.inputs[argument::kWeights];
  outcome.weights = job.writes_weights() ? fetch(host, system, addresses[argument::kWeights], weights.size())
                                         : std::vector<std::byte>(weights.begin(), weights.end());
  outcome.trace = fetch(host, system, addresses[argument::kTrace], job.trace_bytes);
  return outcome;
}

}  // namespace phasic::platform
