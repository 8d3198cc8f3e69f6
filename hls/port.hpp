// SPDX-License-Identifier: Apache-2.0
/// How the kernel reaches memory: whole lines of 64 bytes, by their number in a buffer. A port is a template parameter of
/// the kernel because an m_axi pointer cannot tell of a bus error, which C simulation must be able to plant.
#pragma once

#include <ap_int.h>

#include "hls/words.hpp"

namespace phasic::hls {

using Line = ap_uint<512>;

/// Word `at` (0 to 15) of a line.
inline Word word_of(const Line& line, unsigned at) {
#pragma HLS INLINE
  const ap_uint<32> part = line.range(static_cast<int>(32 * at + 31), static_cast<int>(32 * at));
  return part.to_uint();
}
inline void set_word(Line& line, unsigned at, Word value) {
#pragma HLS INLINE
  line.range(static_cast<int>(32 * at + 31), static_cast<int>(32 * at)) = ap_uint<32>(value);
}

/// An m_axi pointer. A transfer never fails, as far as synthesized code can see.
struct PointerPort {
  Line* lines;
  bool read(Word at, Line& line) {
#pragma HLS INLINE
    line = lines[at];
    return true;
  }
  bool write(Word at, const Line& line) {
#pragma HLS INLINE
    lines[at] = line;
    return true;
  }
};

}  // namespace phasic::hls
