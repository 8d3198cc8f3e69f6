// SPDX-License-Identifier: Apache-2.0
/// Sizes of a build of the kernel: the limits table of docs/specification.md, section 5. Every kernel function is a template
/// over a structure like these.
#pragma once

#include "hls/words.hpp"

namespace phasic::hls {

/// The contract's defaults, convolutions, grids and filters that learn, the discriminant, synaptic currents, and levels that
/// are drawn.
struct DefaultBuild : DefaultLimits {
  static constexpr Word kRules =
      kDefaultRules | kRulesConvolution | kRulesFeatures | kRulesDiscriminant | kRulesCurrent | kRulesDrawn;
  static constexpr Word kInputLanes = 16;  ///< inputs that the encoder looks at in a cycle
  using Weight = std::int8_t;
  using Sum = std::int32_t;  ///< holds kMaxRows weights times the largest graded value, and a competition's kMaxSteps steps
};

/// Small enough that random tests reach every limit, and with retrograde signals.
struct SmallBuild : DefaultLimits {
  static constexpr Word kLanes = 8, kMaxRows = 128, kMaxNeurons = 64, kMaxClasses = 16, kMaxOutputs = 16, kMaxEvents = 256,
                        kWeightDepth = 512, kRules = DefaultBuild::kRules | kRulesRetrograde, kSumDepth = 128,
                        kMemoryDepth = 3072;
  static constexpr Word kInputLanes = 4;
  using Weight = std::int8_t;
  using Sum = std::int32_t;
};

/// The same with weights of 16 bits.
struct SmallWideBuild : SmallBuild {
  static constexpr Word kWeightWidth = 16;
  using Weight = std::int16_t;
  using Sum = std::int64_t;
};

/// The same with a number of lanes by which nothing else can be divided.
struct SmallOddBuild : SmallBuild {
  static constexpr Word kLanes = 5;
};

}  // namespace phasic::hls
