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

// Masks of the flags fields.
constexpr Word kProgramLearns = 1U << kProgramHeaderFlagsLearnBit, kProgramTraces = 1U << kProgramHeaderFlagsTraceBit,
               kProgramKeeps = 1U << kProgramHeaderFlagsKeepBit;
constexpr Word kLayerHasBias = 1U << kLayerFlagsBiasBit, kLayerIsTwoSided = 1U << kLayerFlagsTwoSidedBit,
               kLayerIsDrawn = 1U << kLayerFlagsDrawnBit, kLayerIsByChannel = 1U << kLayerFlagsByChannelBit;
constexpr Word kSampleLearns = 1U << kSampleHeaderFlagsLearnBit, kSampleIsGated = 1U << kSampleHeaderFlagsGateBit,
               kSampleRestarts = 1U << kSampleHeaderFlagsRestartBit;

/// Whether `value` of an enumeration is in a set of its values, such as kFactorLearns. `value` below 32.
constexpr bool is_in(Word set, Word value) { return (set >> value & 1U) != 0; }

}  // namespace phasic::hls
