// SPDX-License-Identifier: Apache-2.0
/// Marks that let C simulation with the stand-in headers estimate clock cycles: pass() stands for iterations of loops at the
/// initiation intervals of their pragmas, and streams of the stand-in keep the time at which each value was written. With the
/// vendor's headers, and in synthesis, the marks are nothing.
#pragma once

#include <cstdint>

#if __has_include(<phasic_timing.h>)
#include <phasic_timing.h>
#else
namespace phasic::hls::timing {
inline std::uint64_t now() { return 0; }
inline void pass(std::uint64_t /*cycles*/) {}
inline void begin_region() {}
inline void end_region() {}
inline void begin_process() {}
inline void end_process() {}
}  // namespace phasic::hls::timing
#endif

namespace phasic::hls {

/// Cycles from the first iteration of a pipelined loop to its result, assumed for every such loop. Only synthesis can tell.
constexpr unsigned kPipelineDepth = 8;

}  // namespace phasic::hls
