// SPDX-License-Identifier: Apache-2.0
/// Copies of images that are moved by some pixels, for a stream that is longer than its data set.
#pragma once

#include <cstdint>

#include "runtime/data/dataset.hpp"

namespace phasic::runtime {

/// Each image is followed by `copies` of it. A copy is moved by -`shift` to `shift` rows and as many columns, both drawn
/// uniformly; the nearest pixel stands for one outside the image. With `mirror` one half of the copies have left and right
/// exchanged, too, before they are moved.
struct Augmentation {
  std::uint32_t copies = 1;  ///< 1 to 100
  std::uint32_t shift = 2;   ///< 0 to 64
  bool mirror = false;
  bool operator==(const Augmentation&) const = default;
};

/// Numbers of copies are drawn from the seed and the image's number in the set. Throws InputError for recordings of events, and
/// if there would be 2^32 samples or more.
[[nodiscard]] Dataset augmented(const Dataset& data, const Augmentation& augmentation, std::uint64_t seed);

}  // namespace phasic::runtime
