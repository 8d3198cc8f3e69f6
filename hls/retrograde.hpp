// SPDX-License-Identifier: Apache-2.0
/// The retrograde signal (section 2 of docs/specification.md): what was learned in the rows of weights that leave the neurons
/// of a layer scales what these learn.
#pragma once

#include "hls/state.hpp"
#include "hls/streams.hpp"

namespace phasic::hls {

/// The sender's side, in the layer behind. R of a row is added up word by word; 44 bits hold it.
struct RowTeller {
  bool tells;         ///< the layer before takes the signal
  bool bias;          ///< the last row belongs to no neuron
  Word rows;          ///< of the sender's weights
  Word shift;         ///< of the layer that takes the signal
  std::uint64_t sum;  ///< of the row so far
};

/// That of layer `number`, which learns.
template <class Build>
RowTeller row_teller(const ProgramSettings& program, unsigned number) {
#pragma HLS INLINE
  const LayerSettings& layer = program.layer[number];
  RowTeller teller{false, layer.bias, layer.rows, 0, 0};
  if (number > 0 && takes_retrograde<Build>(program.layer[number - 1])) {
    teller.tells = true;
    teller.shift = program.layer[number - 1].retrograde_shift;
  }
  return teller;
}

/// Takes a word of u of row `row`, and sends the row's share if the word is its last. A lane without a neuron has 0.
template <Word Lanes>
void tell_word(RowTeller& teller, const std::int32_t changes[Lanes], Word row, bool last, ShareStream& shares) {
#pragma HLS INLINE
  std::uint64_t sum = teller.sum;
  for (Word lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
    sum += static_cast<Word>(changes[lane] < 0 ? -changes[lane] : changes[lane]);
  }
  teller.sum = last ? 0 : sum;
  if (last && !(teller.bias && row + 1 == teller.rows)) {
    const std::uint64_t whole = sum >> teller.shift;
    const Word share = whole < kLayerRetrogradeLimitMaximum ? static_cast<Word>(whole) : kLayerRetrogradeLimitMaximum;
    shares.write(ShareMessage{static_cast<std::uint16_t>(row), static_cast<std::uint8_t>(share), false});
  }
}

/// The receiver's side: turns the factors f_j of a layer into e_j when the layer behind has told of all its rows. Whoever calls
/// it waits for nothing else by then, so that the sender is never stopped for long.
template <class Build>
void scale_factors(const LayerSettings& layer, ShareStream& shares,
                   std::int32_t factors[NeuronState<Build>::kWords][Build::kLanes]) {
  std::uint8_t kept[NeuronState<Build>::kWords][Build::kLanes];  // h_j
#pragma HLS ARRAY_PARTITION variable = kept complete dim = 2
  for (Word word = 0; word < layer.words; ++word) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 16
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
      kept[word][lane] = static_cast<std::uint8_t>(layer.retrograde_base);
    }
  }
  ShareMessage message = shares.read();
  while (!message.end) {
#pragma HLS LOOP_TRIPCOUNT min = 0 max = 1024
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    kept[message.index / Build::kLanes][message.index % Build::kLanes] =
        static_cast<std::uint8_t>(share_of_factor(message.share, layer.retrograde_base, layer.retrograde_limit));
    message = shares.read();
  }
  timing::pass(kPipelineDepth);
  for (Word word = 0; word < layer.words; ++word) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 16
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
      factors[word][lane] = scaled_factor(factors[word][lane], kept[word][lane]);
    }
  }
}

}  // namespace phasic::hls
