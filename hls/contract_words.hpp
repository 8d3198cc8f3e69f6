// SPDX-License-Identifier: Apache-2.0
/// Constants of the contract for kernel code. phasic/contract.hpp is C++20 and uses library types, which synthesis does not
/// take; contract_check.cpp holds every value here against it, so that the two cannot differ in a build that compiles.
#pragma once

#include <cstdint>

namespace phasic::hls {

using Word = std::uint32_t;

constexpr Word kContractVersion = 1;
constexpr Word kProgramMagic = 0x43534850;
constexpr Word kResultsMagic = 0x52534850;
constexpr Word kLineBytes = 64;  ///< alignment of buffers, records and rows
constexpr Word kMaxLayers = 4;
constexpr Word kUnlabelled = 0xffff;
constexpr Word kGradedShift = 8;
constexpr Word kGradedFull = 255;
constexpr Word kScoreOffset = 32768;
constexpr Word kFactorWidth = 20;
constexpr Word kExtendedWidth = 24;
constexpr Word kCounterWidth = 48;
constexpr Word kPermuteRounds = 8;
constexpr Word kMixRounds = 3;
constexpr Word kMixMultiplier = 0x9e37;
constexpr Word kMixOffsetMultiplier = 0x6a3d;
constexpr Word kSquaresWidth = 32;
constexpr Word kStateWidth = 48;  ///< squares and wins of a competing neuron
constexpr Word kMostWins = 65535;
constexpr Word kCompetitionInputShift = 6;
constexpr Word kCompetitionFactorShift = 8;
constexpr Word kRulesPost = 1, kRulesFeedback = 2, kRulesCompetition = 4, kRulesGraded = 8, kRulesGate = 16;

constexpr Word kIntensity = 0, kEvent = 1, kGraded = 2;                                     // sample_kind
constexpr Word kFrozen = 0, kLevel = 1, kErrorFactor = 2, kFeedback = 3, kCompetition = 4;  // factor
constexpr Word kLastStep = 0, kAllSteps = 1;                                                // span
constexpr Word kStochastic = 0, kNearest = 1;                                               // rounding
constexpr Word kTrit = 0, kSurrogate = 1, kOne = 2;                                         // post
constexpr Word kEncoding = 1, kRounding = 2;                                                // purpose

constexpr Word kErrorNone = 0, kErrorAlignment = 1, kErrorBufferSize = 2, kErrorProgramField = 3, kErrorCapacity = 4,
               kErrorSampleField = 5, kErrorEvent = 6, kErrorBusRead = 7, kErrorBusWrite = 8, kErrorGate = 9;

constexpr Word kProgramId = 0, kWeightsId = 1, kTablesId = 2, kSamplesId = 3, kResultsId = 4, kTraceId = 5, kBuffers = 6;

constexpr Word kProgramWords = 80;  ///< a program block: header and four layers
constexpr Word kLayerWords = 16;    ///< a layer descriptor, and the program header
constexpr Word kSampleHeaderBytes = 16;
constexpr Word kRecordHeaderBytes = 16;
constexpr Word kResultsWords = 192;  ///< results header and four counter blocks
constexpr Word kCounterBlockWords = 32;

}  // namespace phasic::hls
