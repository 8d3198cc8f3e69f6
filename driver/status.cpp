// SPDX-License-Identifier: Apache-2.0
#include "driver/status.hpp"

#include <fmt/core.h>

#include <limits>
#include <stdexcept>

#include "phasic/contract.hpp"

namespace phasic::driver {
namespace {

constexpr std::uint32_t kWord = 4;

std::uint64_t cycles(const ReadRegister& read) {
  // The high word again: a carry between the two reads would put them 2^32 apart.
  for (;;) {
    const std::uint64_t high = read(contract::reg::kCyclesHigh);
    const std::uint64_t low = read(contract::reg::kCyclesLow);
    if (read(contract::reg::kCyclesHigh) == high) return high << 32 | low;
  }
}

}  // namespace

contract::Limits read_limits(const ReadRegister& read, const std::string& where) {
  const auto identity = read(contract::reg::kIdentity);
  if (identity != contract::kIdentity) {
    throw std::runtime_error(
        fmt::format("{}: register identity is {:#010x}, a Phasic kernel has {:#010x}", where, identity, contract::kIdentity));
  }
  const auto version = read(contract::reg::kContractVersion);
  if (version != contract::kContractVersion) {
    throw std::runtime_error(
        fmt::format("{}: register contract_version is {}, this program is for version {}: build the older of the two again",
                    where, version, contract::kContractVersion));
  }
  contract::LimitWords words;
  for (std::size_t index = 0; index < words.size(); ++index) words[index] = read(contract::kLimits[index].offset);
  return contract::limits_of(words);
}

std::string status_text(const ReadRegister& read) {
  const auto phase_code = read(contract::reg::kPhase);
  const auto error_code = read(contract::reg::kError);
  const auto phase = static_cast<contract::Phase>(phase_code);
  std::string text;
  text += fmt::format("phase            {} ({}): {}\n", phase_code, name(phase), describe(phase));
  text += fmt::format("samples fetched  {}\n", read(contract::reg::kSamplesFetched));
  text += fmt::format("samples done     {}\n", read(contract::reg::kSamplesDone));
  text += fmt::format("error            {} ({}), detail {}, sample {}\n", error_code,
                      name(static_cast<contract::Error>(error_code)), read(contract::reg::kErrorDetail),
                      read(contract::reg::kErrorSample));
  text += fmt::format("cycles           {}\n", cycles(read));
  for (std::uint32_t engine = 0; engine < contract::kMaxLayers; ++engine) {
    const auto state = read(contract::reg::kEngineState + engine * kWord);
    text += fmt::format("layer engine {}   state {}, step {}, {} events of the step so far\n", engine,
                        state & contract::reg::kEngineStateState,
                        (state & contract::reg::kEngineStateStep) >> contract::reg::kEngineStateStepBit,
                        (state & contract::reg::kEngineStateEvents) >> contract::reg::kEngineStateEventsBit);
  }
  return text;
}

std::string timeout_text(const std::string& where, std::chrono::milliseconds timeout, const ReadRegister& read) {
  return fmt::format("{}: the run did not end within {} ms\n{}", where, timeout.count(), status_text(read));
}

void check_sizes(const RunRequest& request) {
  const auto check = [](const char* name, std::size_t bytes) {
    if (bytes > std::numeric_limits<std::uint32_t>::max()) {
      throw std::invalid_argument(fmt::format("buffer '{}' has {} bytes; a run takes less than 2^32", name, bytes));
    }
  };
  check("program", request.program.size());
  check("weights", request.weights.size());
  check("tables", request.tables.size());
  check("samples", request.samples.size());
  check("results", request.results_bytes);
  check("trace", request.trace_bytes);
}

std::string Device::status_dump() {
  return status_text([this](std::uint32_t offset) { return read_register(offset); });
}

}  // namespace phasic::driver
