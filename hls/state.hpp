// SPDX-License-Identifier: Apache-2.0
/// Memory of the kernel on the chip. Arrays [word][lane] are split by lane, so that all lanes work at once. What belongs to
/// different processes of a DATAFLOW region lies in different structures.
#pragma once

#include "hls/program.hpp"

namespace phasic::hls {

/// The first error of a run.
struct Fault {
  Word error, detail, sample;
};
inline void fail(Fault& fault, Word error, Word detail, Word sample = 0) {
  if (fault.error == kErrorNone) fault = Fault{error, detail, sample};
}

/// A sample that was read, or the reason why it was not.
template <class Build>
struct SampleState {
  Fault fault;
  Word label, length, open_count;
  bool learn, gated, restart;
  std::uint8_t values[Build::kMaxRows];  ///< intensities or graded values
  std::uint32_t events[Build::kMaxEvents];
  bool open[Build::kMaxNeurons];  ///< neurons of the first layer that the gate leaves open
};

/// Which sources of a layer had spikes in the sample; in a dense layer each has a row of its own. A source's entries count only
/// if its tag is that of the sample, so that nothing has to be cleared between samples.
template <class Build>
struct RowLog {
  Word tag;  ///< of the sample; 0 is the tag of none
  Word tags[Build::kMaxRows];
  std::uint32_t steps[Build::kMaxRows];  ///< bit t: x_i(t) is not 0
  std::uint8_t value[Build::kMaxRows];   ///< x_i of the last step
  std::uint16_t row[Build::kMaxRows];    ///< the sources with spikes, in the order of their first
  Word rows;                             ///< number of them
  std::uint64_t events, synaptic_operations;
};

template <class Build>
struct NeuronState {
  static constexpr Word kWords = (Build::kMaxNeurons + Build::kLanes - 1) / Build::kLanes;
  static constexpr Word kCurrentWords = has_currents<Build>() ? kWords : 1;

  std::int32_t currents[kCurrentWords][Build::kLanes];  ///< J_j, if it lasts; it is kept, too
  std::int16_t potentials[kWords][Build::kLanes];
  bool spiked[kWords][Build::kLanes];  ///< S_j of the last step, a gate left aside; with the potentials, what is kept
  std::uint16_t counts[kWords][Build::kLanes];
  std::uint32_t ups[kWords][Build::kLanes];    ///< bit t: P_j(t) = 1
  std::uint32_t downs[kWords][Build::kLanes];  ///< bit t: P_j(t) = -1
  std::uint32_t squares[Build::kMaxNeurons];   ///< Q_j, or of a discriminant B_c
  std::uint32_t wins[Build::kMaxNeurons];      ///< n_j
  std::int64_t matches[Build::kMaxNeurons];    ///< M_j
  std::uint64_t spikes, potential_saturations;
};

/// What a discriminant keeps; the last layer alone may be one.
template <class Build>
struct ScatterState {
  static constexpr Word kWords = memory_depth<Build>();
  static constexpr Word kSourceWords = has_discriminant<Build>() ? (Build::kMaxRows + Build::kLanes - 1) / Build::kLanes : 1;

  std::int32_t values[kWords][Build::kLanes];  ///< [row * value_words + word][lane]: G, a row a source, then S, a row a class
  std::int32_t samples[NeuronState<Build>::kWords][Build::kLanes];  ///< n_c
  std::int32_t differences[kSourceWords][Build::kLanes];            ///< d_i of the sample
  std::uint64_t update_rows, update_operations, saturations;
};

/// Sums of a layer with a grid, for each position and filter, of the events of the sample so far. All are 0 between samples:
/// whoever sends them on clears them.
template <class Build>
struct PositionState {
  static constexpr Word kWords = has_grids<Build>() ? Build::kSumDepth : 1;

  typename Build::Sum sums[kWords][Build::kLanes];  ///< [position * row_words + word][lane]
};

/// The targets of a layer whose filters learn; its wins are those of its neurons' state.
template <class Build>
struct FeatureState {
  static constexpr Word kWords = table_depth<Build>();
  static constexpr Word kRowWords = has_grids<Build>() ? (Build::kMaxRows + Build::kLanes - 1) / Build::kLanes : 1;

  std::int8_t table[kWords][Build::kLanes];        ///< Z: [row * value_words + word][lane]
  std::int32_t offsets[kRowWords][Build::kLanes];  ///< o_r
};

template <class Build>
struct WeightState {
  typename Build::Weight weights[Build::kWeightDepth][Build::kLanes];  ///< [row * row_words + word][lane]; 0 without a neuron
  std::int8_t levels[Build::kMaxClasses][NeuronState<Build>::kWords][Build::kLanes];
  std::uint64_t update_rows, update_operations, weight_saturations;
};

/// The word in which lane `lane` holds the first neuron from `neuron` on that is its own. `Lanes` neurons in a row lie in one
/// word, or in two of which each lane has one.
template <Word Lanes>
constexpr Word word_from(Word neuron, Word lane) {
  return neuron / Lanes + (lane < neuron % Lanes ? 1 : 0);
}
/// The largest number that divides the lanes and the elements of a line, which are a power of two.
template <Word Lanes, Word PerLine>
constexpr Word lanes_together() {
  constexpr Word kLowestBit = Lanes & (~Lanes + 1);
  return kLowestBit < PerLine ? kLowestBit : PerLine;
}
/// How far behind `neuron` that neuron is: 0 to Lanes - 1.
template <Word Lanes>
constexpr Word distance_from(Word neuron, Word lane) {
  return (lane + Lanes - neuron % Lanes) % Lanes;
}

/// Everything that belongs to a layer.
template <class Build>
struct LayerState {
  static_assert(8 * sizeof(typename Build::Weight) == Build::kWeightWidth);
  static_assert(kLineBytes % Build::kInputLanes == 0);
  static_assert(static_cast<std::uint64_t>(Build::kMaxRows) * kGradedFull << (Build::kWeightWidth - 1) <
                std::uint64_t{1} << (8 * sizeof(typename Build::Sum) - 1));
  static_assert(has_convolutions<Build>() || !has_grids<Build>());
  static_assert(Build::kMaxSteps <= 32);
  static_assert(Build::kMaxSteps <= kGradedFull);

  WeightState<Build> weights;
  RowLog<Build> log;
  PositionState<Build> positions;
  FeatureState<Build> features;
  NeuronState<Build> neurons;
};

}  // namespace phasic::hls
