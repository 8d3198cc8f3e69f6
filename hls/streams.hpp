// SPDX-License-Identifier: Apache-2.0
/// What runs between the processes of the kernel.
#pragma once

#include <hls_stream.h>

#include "hls/connection.hpp"
#include "hls/timing.hpp"

namespace phasic::hls {

/// A spike (index, value), the end of a step, the score of a neuron of the last layer (index, value), or the end of the sample.
constexpr unsigned char kSpikeToken = 0, kStepToken = 1, kScoreToken = 2, kEndToken = 3;
struct Token {
  unsigned char kind;
  std::uint16_t index;
  std::uint32_t value;
};

/// What `Lanes` inputs or neurons next to each other send in a step: 0, or the value of an event.
template <Word Lanes>
struct AnswerWord {
  std::uint8_t value[Lanes];
};

/// Sums of `Lanes` neurons next to each other.
template <class Sum, Word Lanes>
struct SumWord {
  Sum value[Lanes];
};

/// Potentials of `Lanes` neurons next to each other.
template <Word Lanes>
struct PotentialWord {
  std::int16_t value[Lanes];
};

/// A row that learns: `steps` has bit t for a spike at step t.
struct RowUpdate {
  std::uint16_t row;
  std::uint32_t steps;
  std::uint16_t value;  ///< of a graded row, or what a patch has for it
  bool end;             ///< no row, but the end of the sample's
};

/// Beside a row that learns in a convolution: one of the pairs of a source and a position that learn through the row.
struct Meeting {
  std::uint16_t first;  ///< neuron of the position
  std::uint16_t word;   ///< of the row of weights
  bool last;            ///< of the pairs for this word
};

/// What the dopamine broadcast sends each layer: the class that is expected, or the error of an output neuron, in order.
struct Dopamine {
  std::int32_t value;
};

/// What a layer that learns tells the one before of each of its rows that was visited, and then that there are no more: a
/// retrograde_message of the contract.
struct ShareMessage {
  std::uint16_t index;  ///< neuron of the layer before
  std::uint8_t share;   ///< R_j divided as that layer wants it, at most 255
  bool end;             ///< no neuron, but the end of the sample's
};

using TokenStream = ::hls::stream<Token>;
using ReachStream = ::hls::stream<Reach>;  ///< beside the tokens to a convolution: what each of their events reaches
using ScoreStream = ::hls::stream<Word>;
using RowStream = ::hls::stream<RowUpdate>;
using MeetingStream = ::hls::stream<Meeting>;
using DopamineStream = ::hls::stream<Dopamine>;
using ShareStream = ::hls::stream<ShareMessage>;
template <Word Lanes>
using AnswerStream = ::hls::stream<AnswerWord<Lanes>>;
template <class Sum, Word Lanes>
using SumStream = ::hls::stream<SumWord<Sum, Lanes>>;
template <Word Lanes>
using PotentialStream = ::hls::stream<PotentialWord<Lanes>>;

/// The sums of a build's layer engines on their way from integration to the neurons.
template <class Build>
using LayerSumStream = SumStream<typename Build::Sum, Build::kLanes>;

}  // namespace phasic::hls
