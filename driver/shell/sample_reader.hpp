// SPDX-License-Identifier: Apache-2.0
/// One sample of a run, read from the samples buffer and checked (docs/specification.md, section 6, step 7).
#pragma once

#include <cstdint>
#include <vector>

#include "driver/engine/engine.hpp"
#include "driver/engine/register_file.hpp"
#include "driver/shell/core.hpp"
#include "driver/shell/program.hpp"
#include "phasic/contract.hpp"

namespace phasic::shell {

/// A sample with what it refers to, so it stays where it is; or the first thing that is wrong with it.
struct ReadSample {
  Sample sample;
  Fault fault;
  std::vector<std::uint8_t> intensities;
  std::vector<std::uint32_t> events, open;
};

/// Reads the sample at `position` of the run into `into`, whose memory is used again. Its fault is that of reading or of what
/// was read, Error::kNone for a legal sample.
void read_sample(engine::Memory& memory, const contract::Limits& limits, const engine::Arguments& arguments,
                 const Program& program, std::uint32_t position, ReadSample& into);

}  // namespace phasic::shell
