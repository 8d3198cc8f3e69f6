// SPDX-License-Identifier: Apache-2.0
/// The clock of an estimate in C simulation. A process of a DATAFLOW region begins when the region does; a read from a stream
/// waits for the cycle after the write; the region ends with its last process. Streams are taken to be deep enough that no
/// write waits.
#pragma once

#include <algorithm>
#include <cstdint>

namespace phasic::hls::timing {

struct Clock {
  std::uint64_t now = 0;  ///< of the process that is simulated
  std::uint64_t region_begin = 0;
  std::uint64_t region_end = 0;
};

/// The clock of the run that is simulated. Whoever lets several runs take turns in one thread sets it at each turn.
inline Clock*& active() {
  static Clock idle;
  thread_local Clock* clock = &idle;
  return clock;
}

inline std::uint64_t now() { return active()->now; }
inline void pass(std::uint64_t cycles) { active()->now += cycles; }
/// The time of a value that is read: the process waits for it.
inline void wait_for(std::uint64_t written) { active()->now = std::max(active()->now, written + 1); }

inline void begin_region() { active()->region_begin = active()->region_end = active()->now; }
inline void end_region() { active()->now = active()->region_end; }
inline void begin_process() { active()->now = active()->region_begin; }
inline void end_process() { active()->region_end = std::max(active()->region_end, active()->now); }

}  // namespace phasic::hls::timing
