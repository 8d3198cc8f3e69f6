// SPDX-License-Identifier: Apache-2.0
/// Blocks of kBlock numbers as vectors of PHASIC_VECTOR_BYTES, and phi of a block. It includes no standard templates that make
/// functions: an inline function that is compiled for a wide instruction set must never be shared with the rest of the program.
#pragma once

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#include <utility>

#include "runtime/baseline/settling_kernels.hpp"

#define PHASIC_INLINE [[gnu::always_inline]] inline

// Each file that includes this compiles it in a namespace of its own.
// NOLINTBEGIN(misc-definitions-in-headers,google-build-namespaces,cert-dcl59-cpp)
namespace phasic::baseline::PHASIC_SETTLING {
namespace {

typedef float Lanes __attribute__((vector_size(PHASIC_VECTOR_BYTES)));         // NOLINT(modernize-use-using)
typedef std::int32_t Flags __attribute__((vector_size(PHASIC_VECTOR_BYTES)));  // NOLINT(modernize-use-using)

constexpr std::size_t kLanes = PHASIC_VECTOR_BYTES / sizeof(float), kParts = kBlock / kLanes;

template <std::size_t Number>
struct Place {
  static constexpr std::size_t kValue = Number;
};
template <class Work, std::size_t... Numbers>
PHASIC_INLINE void for_places(const Work& work, std::index_sequence<Numbers...> /*numbers*/) {
  (work(Place<Numbers>{}), ...);
}
/// Calls `work` with Place<0> to Place<Count - 1>: loops that have to be unrolled, so that their arrays are registers.
template <std::size_t Count, class Work>
PHASIC_INLINE void for_each_place(const Work& work) {
  for_places(work, std::make_index_sequence<Count>{});
}

struct Block {
  Lanes parts[kParts];
};

template <class Make>
PHASIC_INLINE Block make(const Make& part) {
  Block block;
  for_each_place<kParts>([&](auto place) __attribute__((always_inline)) { block.parts[place.kValue] = part(place.kValue); });
  return block;
}

PHASIC_INLINE Block all(float value) {
  return make([&](std::size_t) __attribute__((always_inline)) { return value - Lanes{}; });
}
PHASIC_INLINE Block load(const float* from) {
  return make([&](std::size_t n) __attribute__((always_inline)) {
    Lanes lanes;
    __builtin_memcpy(&lanes, from + n * kLanes, sizeof lanes);
    return lanes;
  });
}
PHASIC_INLINE void store(float* to, const Block& block) {
  for_each_place<kParts>([&](auto place) __attribute__((always_inline)) {
    __builtin_memcpy(to + place.kValue * kLanes, &block.parts[place.kValue], sizeof(Lanes));
  });
}

PHASIC_INLINE Block operator+(const Block& a, const Block& b) {
  return make([&](std::size_t n) __attribute__((always_inline)) { return a.parts[n] + b.parts[n]; });
}
PHASIC_INLINE Block operator-(const Block& a, const Block& b) {
  return make([&](std::size_t n) __attribute__((always_inline)) { return a.parts[n] - b.parts[n]; });
}
PHASIC_INLINE Block operator*(const Block& a, const Block& b) {
  return make([&](std::size_t n) __attribute__((always_inline)) { return a.parts[n] * b.parts[n]; });
}
PHASIC_INLINE Block operator/(const Block& a, const Block& b) {
  return make([&](std::size_t n) __attribute__((always_inline)) { return a.parts[n] / b.parts[n]; });
}
PHASIC_INLINE Block operator*(float a, const Block& b) { return all(a) * b; }
/// a > b ? yes : no, and `no` where one of them is not a number.
PHASIC_INLINE Block where_greater(const Block& a, const Block& b, const Block& yes, const Block& no) {
  return make([&](std::size_t n)
                  __attribute__((always_inline)) { return a.parts[n] > b.parts[n] ? yes.parts[n] : no.parts[n]; });
}

/// a > b ? b : a, and `a` where it is not a number; at_least likewise.
PHASIC_INLINE Block at_most(const Block& a, const Block& b) {
#if defined(__AVX512F__)
  return {{_mm512_maskz_min_ps(0xffff, b.parts[0], a.parts[0])}};
#else
  return where_greater(a, b, b, a);
#endif
}
PHASIC_INLINE Block at_least(const Block& a, const Block& b) {
#if defined(__AVX512F__)
  return {{_mm512_maskz_max_ps(0xffff, b.parts[0], a.parts[0])}};
#else
  return where_greater(b, a, b, a);
#endif
}

PHASIC_INLINE float sum_of(const Block& block) {
  float lanes[kBlock];
  store(lanes, block);
  for (std::size_t half = kBlock / 2; half > 0; half /= 2)
    for (std::size_t n = 0; n < half; ++n) lanes[n] += lanes[n + half];
  return lanes[0];
}

/// tanh(x / 2) as x P(x^2) / Q(x^2), of degrees 3 and 4, limited to |x| <= 16 where it is 1: the quotient with the smallest
/// relative error, 1.5e-7 before rounding. With the rounding of every operation it is at most 5e-7 away, and never beyond 1.
PHASIC_INLINE Block phi(const Block& values) {
  const Block x = at_least(at_most(values, all(16)), all(-16));
  const Block s = x * x;
  const Block p = ((all(92.9439545F) * s + all(95999.3281F)) * s + all(16819324.0F)) * s + all(520493984.0F);
  const Block q = (((s + all(3882.05396F)) * s + all(1549481.25F)) * s + all(120387352.0F)) * s + all(1040988100.0F);
  return x * p / q;
}

}  // namespace
}  // namespace phasic::baseline::PHASIC_SETTLING
// NOLINTEND(misc-definitions-in-headers,google-build-namespaces,cert-dcl59-cpp)
