// SPDX-License-Identifier: Apache-2.0
/// Lists of what spikes.
#pragma once

#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/vectors.hpp"

namespace phasic::reference {
namespace {

#ifdef __AVX512VBMI2__
constexpr std::size_t kListLanes = 32;
static_assert(kListLanes <= kListRoom);

/// The lanes from `first` on that are below `count`.
[[gnu::always_inline]] inline __mmask32 lanes_below(std::size_t first, std::size_t count) {
  return count - first >= kListLanes ? ~__mmask32{0} : (__mmask32{1} << (count - first)) - 1;
}
[[gnu::always_inline]] inline std::uint32_t keep(std::uint16_t* to, __m512i numbers, __mmask32 kept) {
  _mm512_storeu_si512(to, _mm512_maskz_compress_epi16(kept, numbers));
  return static_cast<std::uint32_t>(__builtin_popcount(kept));
}
[[gnu::always_inline]] inline __m512i lane_numbers() {
  alignas(64) constexpr std::uint16_t kNumbers[kListLanes] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                                              16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
  return _mm512_load_si512(kNumbers);
}
[[gnu::always_inline]] inline __m512i numbers_from(std::size_t first) {
  return _mm512_add_epi16(lane_numbers(), _mm512_set1_epi16(static_cast<std::int16_t>(first)));
}

std::uint32_t list_inputs(const std::uint8_t* intensities, std::size_t count, std::uint8_t lowest, std::uint8_t highest,
                          std::uint16_t* inputs, std::uint8_t* of_inputs) {
  const __m256i low = _mm256_set1_epi8(static_cast<char>(lowest));
  const __m256i high = _mm256_set1_epi8(static_cast<char>(highest));
  std::uint32_t listed = 0;
  for (std::size_t first = 0; first < count; first += kListLanes) {
    const __mmask32 within = lanes_below(first, count);
    const __m256i values = _mm256_maskz_loadu_epi8(within, intensities + first);
    const __mmask32 kept = _mm256_mask_cmple_epu8_mask(_mm256_mask_cmpge_epu8_mask(within, values, low), values, high);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(of_inputs + listed), _mm256_maskz_compress_epi8(kept, values));
    listed += keep(inputs + listed, numbers_from(first), kept);
  }
  return listed;
}

std::uint32_t list_spikes(const std::uint16_t* rows, const std::uint8_t* intensities, const std::uint16_t* words,
                          unsigned shift, std::size_t count, std::uint16_t* spiking, std::uint16_t* silent) {
  const __m128i places = _mm_cvtsi32_si128(static_cast<int>(shift));
  const __m512i byte = _mm512_set1_epi16(0xff);
  std::uint32_t listed = 0;
  for (std::size_t first = 0; first < count; first += kListLanes) {
    const __mmask32 within = lanes_below(first, count);
    const __m512i numbers = _mm512_loadu_si512(rows + first);
    const __m512i values = _mm512_cvtepu8_epi16(load<__m256i>(intensities + first));
    const __m512i noise = _mm512_and_si512(_mm512_srl_epi16(_mm512_loadu_si512(words + first), places), byte);
    const __mmask32 spikes = _mm512_mask_cmpgt_epu16_mask(within, values, noise);
    if (silent != nullptr) keep(silent + first - listed, numbers, within & ~spikes);
    listed += keep(spiking + listed, numbers, spikes);
  }
  return listed;
}

std::uint32_t list_bits(const std::uint8_t* bits, std::size_t count, std::uint16_t* places) {
  std::uint32_t listed = 0;
  for (std::size_t first = 0; first < count; first += kListLanes) {
    listed += keep(places + listed, numbers_from(first), load<std::uint32_t>(bits + first / 8) & lanes_below(first, count));
  }
  return listed;
}
#else
std::uint32_t list_inputs(const std::uint8_t* intensities, std::size_t count, std::uint8_t lowest, std::uint8_t highest,
                          std::uint16_t* inputs, std::uint8_t* of_inputs) {
  std::uint32_t listed = 0;
  for (std::size_t input = 0; input < count; ++input) {
    const std::uint8_t intensity = intensities[input];
    inputs[listed] = static_cast<std::uint16_t>(input);
    of_inputs[listed] = intensity;
    listed += intensity >= lowest && intensity <= highest ? 1 : 0;
  }
  return listed;
}

std::uint32_t list_spikes(const std::uint16_t* rows, const std::uint8_t* intensities, const std::uint16_t* words,
                          unsigned shift, std::size_t count, std::uint16_t* spiking, std::uint16_t* silent) {
  std::uint32_t listed = 0;
  for (std::size_t k = 0; k < count; ++k) {
    spiking[listed] = rows[k];
    if (silent != nullptr) silent[k - listed] = rows[k];
    listed += intensities[k] > (words[k] >> shift & 0xff) ? 1 : 0;
  }
  return listed;
}

/// The bits of a byte that are 1, and something after them.
struct BitLists {
  std::uint16_t places[256][8] = {};
  std::uint8_t counts[256] = {};
};
constexpr BitLists kBitLists = [] {
  BitLists lists;
  for (unsigned byte = 0; byte < 256; ++byte) {
    for (std::uint16_t bit = 0; bit < 8; ++bit) {
      if ((byte >> bit & 1) != 0) lists.places[byte][lists.counts[byte]++] = bit;
    }
  }
  return lists;
}();

std::uint32_t list_bits(const std::uint8_t* bits, std::size_t count, std::uint16_t* places) {
  using Places = Vector<std::uint16_t, 8>;
  std::uint32_t listed = 0;
  for (std::size_t first = 0; first < count; first += 8) {
    const unsigned mask = count - first < 8 ? (1U << (count - first)) - 1 : 0xff;
    const unsigned byte = bits[first / 8] & mask;
    store(places + listed, load<Places>(kBitLists.places[byte]) + static_cast<std::uint16_t>(first));
    listed += kBitLists.counts[byte];
  }
  return listed;
}
#endif

}  // namespace
}  // namespace phasic::reference
