// SPDX-License-Identifier: Apache-2.0
/// The contract's constants for kernel code, and what follows from them. They come from the generated
/// phasic/contract_words.hpp: phasic/contract.hpp uses C++20 and library types, which synthesis does not take.
#pragma once

#include "phasic/contract_words.hpp"

namespace phasic::hls {

using namespace phasic::contract_words;

constexpr Word kLineBytes = kAlignment;  ///< of buffers, records and rows
constexpr Word kLineWords = kLineBytes / 4;
constexpr Word kBuffers = kArgumentTrace + 1;             ///< arguments that are addresses; they come first
constexpr Word kStateWidth = kSquaresWidth + kWinsWidth;  ///< squares and wins of a competing neuron
constexpr Word kMostWins = (1U << kWinsWidth) - 1;
constexpr Word kProgramBytes = kProgramHeaderBytes + kMaxLayers * kLayerBytes;
constexpr Word kResultsBytes = kResultsHeaderBytes + kMaxLayers * kLayerCountersBytes;  ///< header and counter blocks
static_assert(kProgramBytes % kLineBytes == 0 && kResultsBytes % kLineBytes == 0 && kSampleHeaderBytes % 4 == 0);

// Bits of the flags fields.
constexpr Word kProgramLearns = 1, kProgramTraces = 2;
constexpr Word kSampleLearns = 1, kSampleIsGated = 2;

}  // namespace phasic::hls
