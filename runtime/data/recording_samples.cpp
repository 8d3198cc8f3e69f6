// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/recording_samples.hpp"

#include <fmt/format.h>

namespace phasic::runtime {

RawSample sample_of(const Recording& recording, const Placed& placed, const std::string& origin, const Preprocessing& how) {
  const Binning binning{how.steps, how.window_microseconds, how.downsample, how.step_microseconds};
  RawSample sample{placed.label, placed.part, origin, {}, {}};
  if (how.picture) {
    sample.picture = event_picture(recording, *how.picture, how.window_microseconds, how.downsample, origin);
  } else if (how.step_microseconds > 0) {
    auto chunks = chunk_events(recording, binning, origin);
    sample.events = std::move(chunks.words);
    sample.chunks = std::move(chunks.counts);
  } else {
    sample.events = bin_events(recording, binning, origin);
  }
  if (!how.picture)
    sample.picture = {
        recording.polarities, downsampled(recording.rows, how.downsample), downsampled(recording.columns, how.downsample), {}};
  return sample;
}

void RecordingSamples::take(RawSet& raw, const StoredFile& file, const Placed& placed, const Preprocessing& how) {
  take_sample(raw, [&] {
    const auto recording = read_recording(file, how.camera);
    auto sample = sample_of(recording, placed, file.origin, how);
    count(recording, file.path);
    return sample;
  });
}

void RecordingSamples::count(const Recording& recording, const std::string& path) {
  others_ += recording.others;
  outside_ += recording.outside;
  if (recording.outside > 0) outside_in_.insert(path);
}

void RecordingSamples::note(RawSet& raw) const {
  if (others_ > 0) raw.notes.push_back(fmt::format("{} records that are no events of pixels left out", others_));
  if (outside_ > 0)
    raw.notes.push_back(fmt::format("{} events outside the camera left out, in: {}", outside_, some_names(outside_in_)));
}

}  // namespace phasic::runtime
