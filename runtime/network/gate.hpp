// SPDX-License-Identifier: Apache-2.0
/// Gates: which neurons of the first layer are seen for a sample (docs/specification.md, section 1).
#pragma once

#include <cstdint>
#include <vector>

namespace phasic::runtime {

/// Where a network's gates come from.
struct Gate {
  enum class Source : std::uint8_t {
    kNone,    ///< every neuron is open
    kSample,  ///< the sample's own intensities: neuron j of n looks at input floor(j m / n) of m and is open if it is brighter
              ///< than the brightest of the inputs that are looked at less `distance` (NACA's class-incremental code, which
              ///< takes the mean of a batch where this takes one sample)
    kClass,   ///< a list for each class: the sample's label chooses it, in learning and in testing. That tells the class
  };
  Source source = Source::kNone;
  std::uint32_t distance = 0;                             ///< in 1/255 of the full intensity
  std::vector<std::vector<std::uint32_t>> open_of_class;  ///< ascending neurons, a list a class
  bool operator==(const Gate&) const = default;
};

}  // namespace phasic::runtime
