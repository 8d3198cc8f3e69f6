// SPDX-License-Identifier: Apache-2.0
/// Sizes of a build of the kernel: the limits table of docs/specification.md, section 5. Every kernel function is a template
/// over a structure like these.
#pragma once

#include "hls/words.hpp"

namespace phasic::hls {

/// The contract's defaults.
struct DefaultBuild {
  static constexpr Word kLanes = kDefaultLanes, kWeightWidth = kDefaultWeightWidth, kEngines = kDefaultEngines,
                        kMaxRows = kDefaultMaxRows, kMaxNeurons = kDefaultMaxNeurons, kMaxSteps = kDefaultMaxSteps,
                        kMaxClasses = kDefaultMaxClasses, kMaxOutputs = kDefaultMaxOutputs, kMaxEvents = kDefaultMaxEvents,
                        kWeightDepth = kDefaultWeightDepth, kDataWidth = kDefaultDataWidth, kRules = kDefaultRules;
};

/// Small enough that random tests reach every limit.
struct SmallBuild {
  static constexpr Word kLanes = 8, kWeightWidth = 8, kEngines = 4, kMaxRows = 128, kMaxNeurons = 64, kMaxSteps = 32,
                        kMaxClasses = 16, kMaxOutputs = 16, kMaxEvents = 256, kWeightDepth = 512, kDataWidth = 512, kRules = 31;
};

/// The same with weights of 16 bits.
struct SmallWideBuild : SmallBuild {
  static constexpr Word kWeightWidth = 16;
};

}  // namespace phasic::hls
