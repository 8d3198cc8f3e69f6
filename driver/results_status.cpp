// SPDX-License-Identifier: Apache-2.0
#include "driver/results_status.hpp"

#include <cstring>

#include "phasic/contract.hpp"

namespace phasic::driver {

void ResultsStatus::take(std::span<const std::byte> results) {
  contract::ResultsHeader header{};
  if (results.size() >= sizeof header) std::memcpy(&header, results.data(), sizeof header);
  if (header.magic == contract::kResultsMagic) {
    error_ = header.error;
    error_detail_ = header.error_detail;
    error_sample_ = header.error_sample;
    samples_done_ = header.samples_done;
    return;
  }
  // The only run without a header that this kernel can see is one whose results buffer is too small for it.
  error_ = static_cast<std::uint32_t>(contract::Error::kBufferSize);
  error_detail_ = contract::argument::kResults;
  error_sample_ = samples_done_ = 0;
}

std::uint32_t ResultsStatus::read(std::uint32_t offset) const {
  for (const contract::Limit& limit : contract::kLimits) {
    if (offset == limit.offset) return limits_.*limit.value;
  }
  switch (offset) {
    case contract::reg::kIdentity:
      return contract::kIdentity;
    case contract::reg::kContractVersion:
      return contract::kContractVersion;
    case contract::reg::kError:
      return error_;
    case contract::reg::kErrorDetail:
      return error_detail_;
    case contract::reg::kErrorSample:
      return error_sample_;
    case contract::reg::kSamplesFetched:
    case contract::reg::kSamplesDone:
      return samples_done_;
    default:
      return 0;
  }
}

}  // namespace phasic::driver
