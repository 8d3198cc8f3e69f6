// SPDX-License-Identifier: Apache-2.0
/// Random cases as requests to a device. Transports choose addresses; planted bus errors are not carried over.
#pragma once

#include "driver/device.hpp"
#include "tests/common/random_case.hpp"

namespace phasic::testing {

/// The request refers to the buffers of the case.
inline driver::RunRequest request_for(const RandomCase& random_case) {
  namespace argument = contract::argument;
  driver::RunRequest request;
  request.program = random_case.buffers[argument::kProgram];
  request.weights = random_case.buffers[argument::kWeights];
  request.tables = random_case.buffers[argument::kTables];
  request.samples = random_case.buffers[argument::kSamples];
  request.results_bytes = random_case.buffers[argument::kResults].size();
  request.trace_bytes = random_case.buffers[argument::kTrace].size();
  request.sample_count = random_case.sample_count;
  request.first_sample = random_case.first_sample;
  return request;
}

}  // namespace phasic::testing
