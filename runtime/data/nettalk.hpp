// SPDX-License-Identifier: Apache-2.0
/// The NETtalk corpus: words, and a phoneme and a stress for each letter.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/stored_files.hpp"

namespace phasic::runtime {

struct SpokenWord {
  std::string letters;   ///< a to z
  std::string phonemes;  ///< one symbol a letter; '-' if the letter is silent or spoken with another
  std::string stresses;  ///< one of 0 1 2 < > a letter
};

struct NettalkList {
  std::vector<SpokenWord> words;     ///< in the order of the file, each once
  std::vector<std::string> damaged;  ///< what is wrong with each line that was skipped: "line 7766: ..."
  std::size_t repeated = 0;          ///< lines with another pronunciation of an earlier word, which were skipped
};

/// Reads `nettalk.data`: up to a line of dashes text, then word, phonemes, stresses and a flag in columns parted by tabs. The
/// first pronunciation of a word is taken. Throws InputError if no line is good.
[[nodiscard]] NettalkList read_nettalk(const StoredFile& file);

inline constexpr std::uint32_t kNettalkLetters = 7;   ///< of the window, the middle one is the one to speak
inline constexpr std::uint32_t kNettalkSymbols = 27;  ///< a to z, and the blank around a word

/// The window around letter `place` of a word: for each of the 7 letters 27 intensities, one of them 255, the others 0.
[[nodiscard]] std::vector<std::uint8_t> letter_window(std::string_view word, std::size_t place);

}  // namespace phasic::runtime
