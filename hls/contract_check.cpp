// SPDX-License-Identifier: Apache-2.0
// Holds hls/contract_words.hpp against the generated contract. It has no code.
#include "hls/contract_words.hpp"
#include "phasic/contract.hpp"

namespace phasic::hls {
namespace {

namespace c = phasic::contract;

template <class Enumerated>
constexpr Word word(Enumerated value) {
  return static_cast<Word>(value);
}

static_assert(kContractVersion == c::kContractVersion && kProgramMagic == c::kProgramMagic &&
              kResultsMagic == c::kResultsMagic);
static_assert(kLineBytes == c::kAlignment && kMaxLayers == c::kMaxLayers && kUnlabelled == c::kUnlabelled);
static_assert(kGradedShift == c::kGradedShift && kGradedFull == c::kGradedFull && kScoreOffset == c::kScoreOffset);
static_assert(kFactorWidth == c::kFactorWidth && kExtendedWidth == c::kExtendedWidth && c::kPotentialWidth == 16);
static_assert(kCounterWidth == c::kCounterWidth && kPermuteRounds == c::kPermuteRounds && kMixRounds == c::kMixRounds);
static_assert(kMixMultiplier == c::kMixMultiplier && kMixOffsetMultiplier == c::kMixOffsetMultiplier);
static_assert(kSquaresWidth == c::kSquaresWidth && kStateWidth == c::kSquaresWidth + c::kWinsWidth);
static_assert(kMostWins == (1U << c::kWinsWidth) - 1);
static_assert(kCompetitionInputShift == c::kCompetitionInputShift && kCompetitionFactorShift == c::kCompetitionFactorShift);
static_assert(kRulesPost == c::kRulesPost && kRulesFeedback == c::kRulesFeedback && kRulesCompetition == c::kRulesCompetition);
static_assert(kRulesGraded == c::kRulesGraded && kRulesGate == c::kRulesGate);
static_assert(kIntensity == word(c::SampleKind::kIntensity) && kEvent == word(c::SampleKind::kEvent));
static_assert(kGraded == word(c::SampleKind::kGraded) && kFrozen == word(c::Factor::kFrozen));
static_assert(kLevel == word(c::Factor::kLevel) && kErrorFactor == word(c::Factor::kError));
static_assert(kFeedback == word(c::Factor::kFeedback) && kCompetition == word(c::Factor::kCompetition));
static_assert(kLastStep == word(c::Span::kLastStep) && kAllSteps == word(c::Span::kAllSteps));
static_assert(kStochastic == word(c::Rounding::kStochastic) && kNearest == word(c::Rounding::kNearest));
static_assert(kTrit == word(c::Post::kTrit) && kSurrogate == word(c::Post::kSurrogate) && kOne == word(c::Post::kOne));
static_assert(kEncoding == word(c::Purpose::kEncoding) && kRounding == word(c::Purpose::kRounding));
static_assert(kErrorNone == word(c::Error::kNone) && kErrorAlignment == word(c::Error::kAlignment));
static_assert(kErrorBufferSize == word(c::Error::kBufferSize) && kErrorProgramField == word(c::Error::kProgramField));
static_assert(kErrorCapacity == word(c::Error::kCapacity) && kErrorSampleField == word(c::Error::kSampleField));
static_assert(kErrorEvent == word(c::Error::kEvent) && kErrorBusRead == word(c::Error::kBusRead));
static_assert(kErrorBusWrite == word(c::Error::kBusWrite) && kErrorGate == word(c::Error::kGate));
static_assert(kProgramId == c::argument::kProgram && kWeightsId == c::argument::kWeights && kTablesId == c::argument::kTables);
static_assert(kSamplesId == c::argument::kSamples && kResultsId == c::argument::kResults && kTraceId == c::argument::kTrace);
static_assert(4 * kProgramWords == c::kProgramHeaderBytes + c::kMaxLayers * c::kLayerBytes &&
              4 * kLayerWords == c::kLayerBytes);
static_assert(kSampleHeaderBytes == c::kSampleHeaderBytes && kRecordHeaderBytes == c::kResultRecordBytes);
static_assert(4 * kResultsWords == c::kResultsHeaderBytes + c::kMaxLayers * c::kLayerCountersBytes);
static_assert(4 * kCounterBlockWords == c::kLayerCountersBytes);

}  // namespace
}  // namespace phasic::hls
