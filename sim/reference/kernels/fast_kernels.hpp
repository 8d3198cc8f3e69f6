// SPDX-License-Identifier: Apache-2.0
/// The inner loops of the fast network, compiled for several instruction sets and chosen when the program runs.
///
/// Arrays that say "padded" have room for `padded(n)` elements; what lies past n is written with values that do not matter,
/// unless it says otherwise.
#pragma once

#include <cstddef>
#include <cstdint>

namespace phasic::reference {

/// Neurons are padded to whole blocks of this many.
inline constexpr std::size_t kBlock = 128;
[[nodiscard]] constexpr std::size_t padded(std::size_t count) { return (count + kBlock - 1) / kBlock * kBlock; }

/// Weights of 8 bits at even places of a row are kept with the highest bit flipped, that is, with this added modulo 256.
inline constexpr std::uint8_t kEvenBias = 128;
/// Those of 16 bits with this, modulo 65536.
inline constexpr std::uint16_t kEvenBias16 = 32768;

/// What the neurons of a layer do with the sums of their weights, and where it is told.
struct NeuronsJob {
  std::uint32_t steps;
  std::int32_t threshold;
  std::int32_t lowest_open;   ///< the postsynaptic part of a coincidence is 1 from this potential
  std::int32_t highest_open;  ///< to this one,
  std::int32_t spike_mask;    ///< less the spike before if this is 1 and not 0
  std::int32_t leak;          ///< 0 to 65536
  bool resets;                ///< a spike sets the potential to 0; else it takes `taken` from it
  std::int32_t taken;
  std::int32_t input_shift;
  std::uint32_t synaptic_leak;    ///< 0 to 65535; not used without currents
  std::int32_t* currents;         ///< padded: synaptic currents of the step before and, out, of the last one; or null
  std::size_t stride;             ///< padded(neurons)
  std::uint8_t* spikes;           ///< out: [step][stride / 8], a bit a neuron; bits past the neurons do not matter
  std::int8_t* trits;             ///< out: [step][stride], postsynaptic parts of coincidences
  std::uint32_t first_trits;      ///< those of earlier steps may be left out
  std::uint8_t* counts;           ///< out: padded
  std::int16_t* last_potentials;  ///< out: padded; with `last_spikes` also what the first step goes on from
  std::uint8_t* last_spikes;      ///< padded, 0 or 1: at the step before and, out, at the last one; null if all begins at 0
  std::int16_t* potentials;       ///< out, unless null: [step][stride]
  std::uint64_t saturations;      ///< out
};

/// All steps of one layer for one sample.
struct IntegrateJob {
  NeuronsJob neurons;
  const std::byte* weights;  ///< rows as in the weights buffer but for the bias, weights in the padding 0, 64-byte aligned
  std::size_t row_bytes;     ///< of a row's weights, a multiple of 64
  std::size_t row_stride;    ///< from one row to the next
  // The rows that spike at a step are told by how they differ from the usual rows, which are summed but once.
  const std::uint16_t* usual;  ///< rows, none twice
  std::uint32_t usual_count;
  const std::uint16_t* events;        ///< rows that spike, step after step, those among the usual ones first
  const std::uint32_t* event_begin;   ///< first event of each step, and the end: steps + 1 values
  const std::uint32_t* extra_begin;   ///< first event of each step that is not among the usual rows
  const std::uint16_t* silent;        ///< usual rows that do not spike, step after step
  const std::uint32_t* silent_begin;  ///< steps + 1 values
};

/// Neurons of a narrow layer at most.
inline constexpr std::size_t kNarrowNeurons = 16;

/// The rows of a narrow layer that spike, a bit a row.
struct SpikeBits {
  const std::uint64_t* bits;  ///< [step][words]; bits past the rows are 0
  std::size_t words;
};

/// All steps of one narrow layer for one sample. The weights of a neuron lie side by side.
struct NarrowIntegrateJob {
  NeuronsJob neurons;
  const std::byte* weights;   ///< [neuron][row], 64 rows a word of bits, 64-byte aligned; 0 in the padding
  std::size_t neuron_stride;  ///< bytes from one neuron to the next
  std::size_t count;          ///< of neurons, made even; at most kNarrowNeurons
  SpikeBits rows;
};

/// What the weights of a narrow layer learn. Rows that do not spike stay as they are.
struct NarrowUpdateJob {
  std::byte* weights;  ///< as in NarrowIntegrateJob
  std::size_t neuron_stride;
  std::size_t count;
  SpikeBits rows;
  std::uint32_t first_step;    ///< of those that are learned from
  std::uint32_t steps;         ///< their end
  const std::uint16_t* row_x;  ///< random words of all rows; padded
  const std::uint16_t* row_y;
  const std::uint16_t* pair_words;  ///< as in Visits
  const std::uint16_t* pair_offsets;
  const std::int8_t* trits;  ///< as in UpdateJob
  std::size_t stride;
  const std::int32_t* factors;  ///< padded; 0 past the neurons
  std::uint32_t trace_shift;
  bool stochastic;
  std::uint64_t saturations;  ///< out
};

/// Rows whose weights change, and what their rounding is drawn from.
struct Visits {
  std::byte* weights;  ///< as in IntegrateJob unless it says otherwise
  std::size_t row_bytes;
  std::size_t row_stride;
  const std::uint16_t* rows;  ///< rows to visit
  std::size_t row_count;
  const std::uint16_t* row_x;  ///< random words of those rows
  const std::uint16_t* row_y;
  const std::uint16_t* pair_words;    ///< pair * mix_multiplier, for each pair of neurons; padded
  const std::uint16_t* pair_offsets;  ///< pair * mix_offset_multiplier
  bool stochastic;
};

/// Changes that are the same for every row but for rounding: weights of 8 bits. Arrays are padded.
struct CommonUpdate8Job {
  Visits visits;
  const std::int8_t* whole;        ///< change >> 16; 0 past the neurons
  const std::uint16_t* room_even;  ///< 2^16 - 1 less change mod 2^16, of neuron 2 * pair; 2^16 - 1 past the neurons
  const std::uint16_t* room_odd;   ///< of neuron 2 * pair + 1
  std::uint64_t saturations;       ///< out
};
/// The same for weights of 16 bits.
struct CommonUpdate16Job {
  Visits visits;
  const std::int16_t* whole;  ///< change >> 8; 0 past the neurons
  const std::uint16_t* room;  ///< 2^16 - 1 less change * 2^8 mod 2^16; 2^16 - 1 past the neurons
  std::uint64_t saturations;  ///< out
};

/// Changes that differ from row to row: trits summed over the steps at which the row spiked, times the factor.
struct UpdateJob {
  Visits visits;
  std::uint32_t steps;
  const std::uint32_t* row_steps;  ///< bit t: the row spiked at step t; one for each visited row
  const std::int8_t* trits;        ///< [step][stride]
  std::size_t stride;
  const std::int32_t* factors;  ///< padded; 0 past the neurons
  std::uint32_t trace_shift;    ///< 0: a spike counts at its step alone; else 2^trace_shift times there and once at the next
  std::uint64_t saturations;    ///< out
};

/// Lists are written in whole blocks: past their end there must be room for this many elements.
inline constexpr std::size_t kListRoom = 32;

/// Products are made of this many neurons or a multiple of it.
inline constexpr std::size_t kProductNeurons = 32;
static_assert(kBlock % kProductNeurons == 0);

/// Sums of counts, or graded values, times weights that are kept without the bias.
struct ProductJob {
  const std::byte* weights;
  std::size_t row_stride;
  const std::uint16_t* rows;
  const std::uint16_t* counts;  ///< of each of those rows, at most 255
  std::size_t row_count;
  std::size_t stride;      ///< neurons, a multiple of kProductNeurons; weights past a row's end must be there
  std::int64_t* products;  ///< out
};

/// Changes of a graded sample: a row's value times what its neurons ask for. Weights without the bias.
struct GradedUpdateJob {
  Visits visits;
  const std::uint16_t* values;  ///< of each row to visit
  const std::int32_t* changes;  ///< postsynaptic part times factor
  std::uint32_t neurons;
  std::uint64_t saturations;  ///< out
};

/// The weights of one neuron, moved towards what its rows counted. Arrays have an element a row and are padded.
struct PullJob {
  const std::int32_t* targets;
  const std::uint16_t* row_x;  ///< random words
  const std::uint16_t* row_y;
  std::size_t row_count;
  std::uint16_t pair_word;    ///< of the neuron's pair: pair * mix_multiplier
  std::uint16_t pair_offset;  ///< pair * mix_offset_multiplier
  bool odd;                   ///< the neuron is the second of its pair
  bool stochastic;
  unsigned weight_width;
  unsigned shift;             ///< the rate of learning is 2^-shift
  std::int32_t* weights;      ///< in and out
  std::uint32_t squares;      ///< in and out: Q
  std::uint64_t saturations;  ///< out
};

/// Rows of the scatter have room for a multiple of this many values.
inline constexpr std::size_t kScatterValues = 16;

/// Products of differences that are added to a scatter.
struct ScatterJob {
  std::int32_t* scatter;
  std::size_t stride;         ///< values from one row to the next
  std::size_t length;         ///< values of a row, a multiple of kScatterValues
  const std::uint16_t* rows;  ///< rows to visit
  std::size_t row_count;
  const std::int32_t* differences;  ///< [pair][length]: those of a pair of samples, the first one's in the lower half
  std::size_t pairs;
  std::uint64_t saturations;  ///< out, of limited_scatter
};

/// Positions of a convolution that are taken at once, and filters of a block.
inline constexpr std::size_t kPatchPositions = 12;
inline constexpr std::size_t kFilterBlock = 16;

/// Sums of the values of patches times the weights of filters, of kPatchPositions positions and whole blocks of filters. Rows
/// of weights come in groups of two, of 16 bits each, or of four bytes; the last group is filled up with weights of 0. No sum
/// may leave 32 bits. Strides are in elements.
struct PatchJob {
  const std::uint32_t* patches;  ///< [position][group], values of as many bits as the weights
  std::size_t patch_stride;
  const std::uint32_t* weights;  ///< [block][group][kFilterBlock]
  std::size_t weight_stride;     ///< from a block to the next
  std::size_t groups;
  std::size_t blocks;
  std::int32_t* sums;  ///< out: [position][filter]
  std::size_t sum_stride;
};

/// Answers of the filters at a position, added to the sums of its cell.
struct CellJob {
  const std::int32_t* sums;
  std::size_t count;  ///< of filters
  std::int32_t half;  ///< a sum and this fit 32 bits
  unsigned shift;
  std::int32_t threshold;     ///< not negative
  std::uint32_t* up;          ///< in and out
  std::uint32_t* down;        ///< in and out
  std::uint64_t saturations;  ///< in and out
};

/// What weights of a convolution learn is summed in rows of a multiple of this many channels.
inline constexpr std::size_t kAskedChannels = 16;

/// What one position of a convolution asks for, added to the rows of weights that meet it. No sum may leave 32 bits.
struct AskJob {
  const std::uint16_t* rows;
  const std::uint16_t* values;  ///< of each of those rows
  std::size_t row_count;
  std::int32_t times;         ///< each value counts so often
  const std::int32_t* asked;  ///< of each channel: postsynaptic part times factor; 0 past the channels
  std::size_t stride;         ///< channels, a multiple of kAskedChannels
  std::int32_t* changes;      ///< in and out: [row][stride]
};

struct FastKernels {
  const char* name;
  void (*integrate8)(IntegrateJob&);
  void (*integrate16)(IntegrateJob&);
  void (*narrow_integrate8)(NarrowIntegrateJob&);
  void (*narrow_integrate16)(NarrowIntegrateJob&);
  void (*narrow_update8)(NarrowUpdateJob&);
  void (*narrow_update16)(NarrowUpdateJob&);
  void (*update_common8)(CommonUpdate8Job&);
  void (*update_common16)(CommonUpdate16Job&);
  void (*update8)(UpdateJob&);
  void (*update16)(UpdateJob&);
  void (*product8)(ProductJob&);
  void (*product16)(ProductJob&);
  void (*graded_update8)(GradedUpdateJob&);
  void (*graded_update16)(GradedUpdateJob&);
  void (*ask)(const AskJob&);
  void (*pull)(PullJob&);
  /// No sum may exceed 32 bits.
  void (*scatter)(ScatterJob&);
  /// Of a single sample, whose sums are limited to 32 bits.
  void (*limited_scatter)(ScatterJob&);
  std::uint32_t (*largest_magnitude)(const std::int32_t* values, std::size_t count);
  void (*patch_pairs)(const PatchJob&);
  void (*patch_bytes)(const PatchJob&);  ///< values without a sign, weights with one; null where pairs are as fast
  void (*cell_answers)(CellJob&);
  /// factors[j] = postsynaptic_factor(level_signal(levels[j]), rate, shift); arrays are padded.
  void (*level_factors)(const std::int8_t* levels, std::size_t count, std::int32_t rate, unsigned shift, std::int32_t* factors);
  /// The parts of trits[j] * factors[j] that CommonUpdate8Job and CommonUpdate16Job want; `count` is padded.
  void (*split_changes8)(const std::int8_t* trits, const std::int32_t* factors, std::size_t count, std::int8_t* whole,
                         std::uint16_t* room_even, std::uint16_t* room_odd);
  void (*split_changes16)(const std::int8_t* trits, const std::int32_t* factors, std::size_t count, std::int16_t* whole,
                          std::uint16_t* room);
  /// permute(key; x, y[k]) for every k < count. All arrays are padded.
  void (*permute_all)(const std::uint16_t* key, std::uint16_t x, const std::uint16_t* y, std::size_t count,
                      std::uint16_t* out_x, std::uint16_t* out_y);
  /// Inputs whose intensity is from `lowest` to `highest`, and their intensities; returns how many. Room past the end:
  /// kListRoom.
  std::uint32_t (*list_inputs)(const std::uint8_t* intensities, std::size_t count, std::uint8_t lowest, std::uint8_t highest,
                               std::uint16_t* inputs, std::uint8_t* of_inputs);
  /// Of `rows`, those whose intensity is above the byte of their word from bit `shift` on go to `spiking`, unless `silent` is
  /// null the others there; returns how many spike. Arrays that are read are padded; room past the ends: kListRoom.
  std::uint32_t (*list_spikes)(const std::uint16_t* rows, const std::uint8_t* intensities, const std::uint16_t* words,
                               unsigned shift, std::size_t count, std::uint16_t* spiking, std::uint16_t* silent);
  /// The places of the bits that are 1 among the first `count`; returns how many. `bits` is padded; room past the end:
  /// kListRoom.
  std::uint32_t (*list_bits)(const std::uint8_t* bits, std::size_t count, std::uint16_t* places);
};

/// The best for this processor. PHASIC_VECTOR_BYTES = 16, 32 or 64 in the environment asks for a narrower one.
[[nodiscard]] const FastKernels& fast_kernels();
/// All that this processor can run, narrowest first; at most kMostFastKernels.
inline constexpr std::size_t kMostFastKernels = 4;
[[nodiscard]] std::size_t all_fast_kernels(const FastKernels* (&kernels)[kMostFastKernels]);

}  // namespace phasic::reference
