// SPDX-License-Identifier: Apache-2.0
/// Smoothing of images before they are coded as spikes.
#pragma once

#include <cstdint>

#include "runtime/data/dataset.hpp"

namespace phasic::runtime {

/// A square of `size` x `size` equal weights, in integers: a pixel becomes min(255, round(gain * sum / size^2)), halves up,
/// where pixels outside the image are 0. Each channel is smoothed by itself. `size` is odd, 1 to 15; `gain` is 1 to 16. Size 1
/// and gain 1 change nothing.
struct Smoothing {
  std::uint32_t size = 1;
  std::uint32_t gain = 1;
  bool operator==(const Smoothing&) const = default;
};

/// Throws InputError for recordings of events.
void smooth(Dataset& data, const Smoothing& smoothing);

}  // namespace phasic::runtime
