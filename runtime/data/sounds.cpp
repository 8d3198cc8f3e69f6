// SPDX-License-Identifier: Apache-2.0
/// Sets of a sound file a sample.
#include "runtime/data/file_formats.hpp"
#include "runtime/data/raw_set.hpp"
#include "runtime/data/sound.hpp"

namespace phasic::runtime {
namespace {

RawSet read_sounds(const SetSource& source) {
  RawSet raw;
  const auto placed = read_placed(source, is_sound_name, raw);
  const auto& files = placed.files;
  const auto& places = placed.places;
  FilterBank bank;
  bank.range = source.how.range_decibels;
  for (std::size_t n = 0; n < files.size(); ++n) {
    if (!source.wanted.has(places[n].part)) continue;
    take_sample(raw, [&] {
      Picture picture{1, bank.bands, bank.frames, spectrum_picture(decode_sound(files[n]), bank)};
      return RawSample{places[n].label, places[n].part, files[n].origin, std::move(picture), {}};
    });
  }
  return raw;
}

}  // namespace

constinit const Form Form::kSounds{.sounds = true, .files = true, .read = read_sounds};

}  // namespace phasic::runtime
