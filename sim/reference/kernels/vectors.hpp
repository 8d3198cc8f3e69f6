// SPDX-License-Identifier: Apache-2.0
/// Vectors of PHASIC_VECTOR_BYTES, which each instruction set's file defines before it includes table.hpp.
///
/// The loops of this folder include no standard templates and lie in an unnamed namespace: an inline function that is compiled
/// for a wide instruction set must never be shared with the rest of the program.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace phasic::reference {
namespace {

constexpr std::size_t kVector = PHASIC_VECTOR_BYTES;

template <class Element, std::size_t Count>
struct VectorOf {
  typedef Element type __attribute__((vector_size(Count * sizeof(Element))));  // NOLINT(modernize-use-using)
};
template <class Element, std::size_t Count>
using Vector = typename VectorOf<Element, Count>::type;

template <class Type>
[[gnu::always_inline]] inline Type load(const void* from) {
  Type value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}
template <class Type>
[[gnu::always_inline]] inline void store(void* to, Type value) {
  __builtin_memcpy(to, &value, sizeof value);
}

/// Eight bytes of 0 or 1 as eight bits, the first lowest.
[[gnu::always_inline]] inline std::uint8_t pack_bits(const std::uint8_t* flags) {
  return static_cast<std::uint8_t>((load<std::uint64_t>(flags) * 0x0102040810204080ULL) >> 56);
}

}  // namespace
}  // namespace phasic::reference
