// SPDX-License-Identifier: Apache-2.0
/// Sound files, and their spectra over time.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/data/stored_files.hpp"

namespace phasic::runtime {

struct Sound {
  std::uint32_t rate = 8000;   ///< samples a second
  std::vector<float> samples;  ///< one channel, -1 to 1
};

/// Reads WAV; several channels become their mean. A header from a program that wrote to a pipe, with no size in it, stands for
/// all that follows. Throws InputError naming the file: another format, a header that asks for more bytes than there are, no
/// samples, a rate beyond 1000 to 384000, more than 10 minutes, a value that is no number or beyond 10^12 (full scale is 1).
[[nodiscard]] Sound decode_wav(const StoredFile& file);

/// Reads a sound, told by content (file_formats.cpp). Throws as the readers do.
[[nodiscard]] Sound decode_sound(const StoredFile& file);

/// The sound at another rate (band-limited interpolation); unchanged if it has it already.
[[nodiscard]] Sound resampled(const Sound& sound, std::uint32_t rate);

/// A bank of `bands` triangular filters, equally spaced on the mel scale from 0 to rate / 2 (mel = 2595 log10(1 + f / 700)), on
/// the power spectra of Hann windows of `window` samples that start every `hop` samples.
struct FilterBank {
  std::uint32_t rate = 8000;
  std::uint32_t window = 256;  ///< 32 ms
  std::uint32_t hop = 80;      ///< 10 ms
  std::uint32_t bands = 30;
  std::uint32_t frames = 30;
  double range = 50;  ///< decibels below the loudest that become 0
};

/// Frequency in hertz at which a band's filter is largest.
[[nodiscard]] double centre_of_band(const FilterBank& bank, std::uint32_t band);

/// Intensities, bands * frames bytes, band by band from the lowest: the power of each band over the whole recording is brought
/// to `frames` frames by averaging over time, as pictures are resized, and expressed in decibels relative to the largest: 255
/// is the largest, 0 is `range` below it or less. Silence is all 0. The sound is resampled to the bank's rate first.
[[nodiscard]] std::vector<std::uint8_t> spectrum_picture(const Sound& sound, const FilterBank& bank);

}  // namespace phasic::runtime
