// SPDX-License-Identifier: Apache-2.0
/// Directions of edges and mean colours in the cells of an image, in integers: what a neuron that compares pictures sees in
/// place of pixels. After the histograms of oriented gradients of Dalal and Triggs (CVPR 2005, section 6), with eight signed
/// directions, no interpolation, and one division for each number.
#pragma once

#include <cstdint>

#include "runtime/data/dataset.hpp"

namespace phasic::runtime {

/// A pixel's brightness is its value, or with three channels floor((red + green + blue) / 3). With dx, dy the differences of
/// the brightness of its neighbours (right less left, below less above; the nearest pixel stands for one outside the image),
/// the edge strength in direction d = 0 .. 7 is floor((u_d dx + v_d dy) / 64) with
///
///     d     0   1   2    3    4    5    6    7
///     u    64  45   0  -45  -64  -45    0   45
///     v     0  45  64   45    0  -45  -64  -45
///
/// and the pixel counts in the direction d in which it is largest, the lowest of equals. S_d of a cell is the sum over its
/// pixels that count in d. With Q the mean, rounded down, of the sums over d of S_d^2 of the cell and its neighbours (up to
/// eight, those that are there), the cell has the intensities
///
///     min(255, floor(16 gain S_d / max(1, floor(sqrt(Q)) + floor * cell^2)))
///
/// and, for one channel, the mean brightness, or for three the means of brightness, 2 (red - green) + 128 and
/// 2 blue - red - green + 128, each rounded down and limited to 0 .. 255.
struct Edges {
  std::uint32_t cell = 8;    ///< pixels on a side, 1 to 32
  std::uint32_t stride = 4;  ///< pixels from one cell to the next, 1 to 32; less than `cell`: cells overlap
  std::uint32_t gain = 24;   ///< 1 to 255, in 1/16
  std::uint32_t floor = 8;   ///< 0 to 255: edge strength a pixel that is added to what a cell is divided by
  bool operator==(const Edges&) const = default;
};

/// Puts them in the place of the pixels: a channel for each direction and each mean, a row and a column for each cell. Throws
/// InputError for recordings of events, for images with other than one or three channels, or smaller than a cell.
void find_edges(Dataset& data, const Edges& edges);

}  // namespace phasic::runtime
