// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_set>

#include "runtime/base/error.hpp"
#include "runtime/data/recording.hpp"
#include "runtime/data/split.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostClasses = 256;  // labels are bytes

std::string part_name(Part part) { return part == Part::kTraining ? "training" : "test"; }

std::string shown(const Shape& shape) {
  return shape.channels > 1 ? fmt::format("{} x {} x {}", shape.channels, shape.rows, shape.columns)
                            : fmt::format("{} x {}", shape.rows, shape.columns);
}

Dataset mixed(const Dataset& data, const Preprocessing& how) {
  return how.mixed ? pick(data, mixed_order(data.size(), how.seed, Mixing::kOrder), data.name) : data;
}

Dataset read_idx_part(const KnownSet& known, const Located& located, const Preprocessing& how, Part part) {
  const std::size_t first = part == Part::kTraining ? 0 : 2;
  auto data = read_dataset(fmt::format("{}, {}", known.name, part_name(part)), located.files[first], located.files[first + 1]);
  if (how.invert || (how.rows > 0 && (how.rows != data.rows || how.columns != data.columns))) {
    std::vector<std::uint8_t> pixels;
    Picture picture{1, data.rows, data.columns, {}};
    for (std::size_t n = 0; n < data.size(); ++n) {
      const auto image = data.image(n);
      picture.pixels.assign(image.begin(), image.end());
      const auto made = prepared(picture, how);
      pixels.insert(pixels.end(), made.pixels.begin(), made.pixels.end());
    }
    data.pixels = std::move(pixels);
    if (how.rows > 0) {
      data.rows = how.rows;
      data.columns = how.columns;
    }
    data.checksum = checksum_of(data);
  }
  for (std::size_t n = 0; n < data.size(); ++n) {
    if (data.labels[n] >= known.classes.size())
      throw InputError(data.labels_file, fmt::format("label {}", n),
                       fmt::format("{}; {} has {} classes", data.labels[n], known.name, known.classes.size()));
  }
  return part == Part::kTraining ? mixed(data, how) : data;
}

RawSet read_raw(const KnownSet& known, const Located& located, const Preprocessing& how, Wanted wanted) {
  switch (known.form) {
    case Form::kPictures:
      return read_pictures(known, located, how, wanted);
    case Form::kCifarBatches:
      return read_cifar_batches(known, located, how, wanted);
    case Form::kCifarSheets:
      return read_cifar_sheets(known, located, how, wanted);
    case Form::kNumberedPictures:
      return read_numbered_pictures(known, located, how, wanted);
    case Form::kSpokenDigits:
      return read_spoken_digits(known, located, how, wanted);
    case Form::kNettalk:
      return read_nettalk_windows(located, how, wanted);
    case Form::kRecordings:
      return read_recordings(known, located, how, wanted);
    case Form::kListedRecordings:
      return read_listed_recordings(located, how, wanted);
    case Form::kIdx:
      break;
  }
  throw std::logic_error("IDX has no raw samples");
}

/// Pictures of one size; where colours and gray stand side by side, gray becomes colour.
Shape common_shape(std::vector<RawSample>& samples) {
  const auto& first = samples.front();
  Shape shape{first.picture.channels, first.picture.rows, first.picture.columns};
  for (const auto& sample : samples) {
    if (sample.picture.rows != shape.rows || sample.picture.columns != shape.columns) {
      throw InputError(sample.origin, "size",
                       fmt::format("{} x {}, but {} has {} x {}; \"size\" brings them to one size", sample.picture.rows,
                                   sample.picture.columns, first.origin, shape.rows, shape.columns));
    }
    shape.channels = std::max(shape.channels, sample.picture.channels);
  }
  if (shape.channels == 3) {
    for (auto& sample : samples) sample.picture = to_colour(sample.picture);
  }
  return shape;
}

/// Takes the samples of a part out of `raw`.
Dataset assemble(RawSet& raw, Part part, const NamedData& about) {
  Dataset data;
  data.name = fmt::format("{}, {}", about.name, part_name(part));
  data.images_file = data.labels_file = about.found;
  data.channels = about.shape.channels;
  data.rows = about.shape.rows;
  data.columns = about.shape.columns;
  data.steps = about.steps;
  if (raw.recordings) data.event_starts.push_back(0);
  std::map<std::string, std::uint8_t> label_of;
  for (std::size_t n = 0; n < about.classes.size(); ++n) label_of[about.classes[n]] = static_cast<std::uint8_t>(n);
  for (auto& sample : raw.samples) {
    if (sample.part != part) continue;
    const auto label = label_of.find(sample.label);
    if (label == label_of.end())
      throw InputError(sample.origin, "class", fmt::format("\"{}\" is no class of {}", sample.label, about.name));
    data.labels.push_back(label->second);
    if (raw.recordings) {
      data.events.insert(data.events.end(), sample.events.begin(), sample.events.end());
      data.event_starts.push_back(data.events.size());
      sample.events = {};
    } else {
      data.pixels.insert(data.pixels.end(), sample.picture.pixels.begin(), sample.picture.pixels.end());
      sample.picture.pixels = {};
    }
  }
  if (data.labels.empty()) throw InputError(about.found, about.name, fmt::format("there are no {} samples", part_name(part)));
  data.checksum = checksum_of(data);
  return data;
}

/// Keeps one of equal samples: of several in the test part the first, else the first of the training part. Returns how many
/// went.
std::size_t drop_repeats(std::vector<RawSample>& samples) {
  const auto bytes_of = [](const RawSample& sample) {
    return sample.events.empty()
               ? std::string_view(reinterpret_cast<const char*>(sample.picture.pixels.data()), sample.picture.pixels.size())
               : std::string_view(reinterpret_cast<const char*>(sample.events.data()), 4 * sample.events.size());
  };
  std::unordered_set<std::string_view> seen;
  std::vector<bool> keep(samples.size(), true);
  for (const auto part : {Part::kTest, Part::kTraining}) {
    for (std::size_t n = 0; n < samples.size(); ++n) {
      if (samples[n].part == part) keep[n] = seen.insert(bytes_of(samples[n])).second;
    }
  }
  std::vector<RawSample> kept;
  for (std::size_t n = 0; n < samples.size(); ++n) {
    if (keep[n]) kept.push_back(std::move(samples[n]));
  }
  const auto gone = samples.size() - kept.size();
  samples = std::move(kept);
  return gone;
}

/// What a folder or an archive that the user gave holds.
KnownSet known_of(const fs::path& folder, Located& located) {
  std::error_code failure;
  if (!fs::exists(folder, failure)) throw InputError("", "folder", fmt::format("{} is not there", folder.string()));
  KnownSet known;
  known.name = folder.filename().empty() ? folder.parent_path().filename().string() : folder.filename().string();
  known.place = place_by_folder;
  known.usual.mixed = true;
  located = {folder, {folder}};
  bool pictures = false, recordings = false;
  (void)read_located(located, [&](std::string_view path) {
    if (place_by_folder(path)) {
      pictures = pictures || is_picture_name(path);
      recordings = recordings || is_recording_name(path);
    }
    return false;
  });
  if (!pictures && !recordings) {
    throw InputError(folder.string(), "folder",
                     "holds no pictures (.png, .jpg, .jpeg) or recordings (.aedat, .aedat4, .bin, .bs2) in folders by class");
  }
  if (pictures && recordings) throw InputError(folder.string(), "folder", "holds both pictures and recordings");
  known.form = pictures ? Form::kPictures : Form::kRecordings;
  return known;
}

}  // namespace

NamedData load_named(const DataRequest& request, Wanted wanted) {
  Located located;
  KnownSet made;
  const KnownSet* known = nullptr;
  if (!request.folder.empty()) {
    made = known_of(request.folder, located);
    known = &made;
  } else {
    known = find_known(request.set);
    if (known == nullptr) throw InputError("", "data " + request.set, "no known data set; known: " + known_names());
  }
  NamedData data;
  data.preprocessing = preprocessing_of(request, known->usual, known->form);
  if (request.folder.empty()) {
    const auto found = locate(*known);
    if (!found) {
      std::string tried;
      for (const auto& folder : places_of(*known)) tried += (tried.empty() ? "" : ", ") + folder.string();
      std::string files;
      for (const auto& alternative : known->files) {
        files += files.empty() ? "" : "; or ";
        for (std::size_t n = 0; n < alternative.size(); ++n)
          files += fmt::format("{}{}{}", n > 0 ? ", " : "", alternative[n],
                               known->form == Form::kIdx ? "-images-idx3-ubyte and -labels-idx1-ubyte" : "");
      }
      throw InputError("", "data " + known->name,
                       fmt::format("is in none of {} (needed there: {}). It comes from: {}", tried, files, known->source));
    }
    located = *found;
  }
  data.name = known->name;
  data.found = located.folder.string();
  data.licence = known->licence;
  data.source = known->source;
  if (known->form == Form::kIdx) {
    data.classes = known->classes;
    for (const auto part : {Part::kTraining, Part::kTest}) {
      if (wanted.has(part))
        (part == Part::kTraining ? data.training : data.test) = read_idx_part(*known, located, data.preprocessing, part);
    }
    const auto& any = wanted.training ? data.training : data.test;
    data.shape = {any.channels, any.rows, any.columns};
    if (wanted.training && wanted.test && (data.test.rows != any.rows || data.test.columns != any.columns)) {
      throw InputError(
          data.test.images_file, "dimensions",
          fmt::format("{} x {}, but the training images have {}", data.test.rows, data.test.columns, shown(data.shape)));
    }
    return data;
  }
  // Which training samples stay depends on the test samples. In a folder of the user's, whether gray pictures become colours
  // depends on all of them.
  const bool may_mix_colours = known == &made && known->form == Form::kPictures && !data.preprocessing.gray;
  const bool needs_all = data.preprocessing.unique || may_mix_colours;
  auto raw = read_raw(*known, located, data.preprocessing, needs_all ? Wanted{} : wanted);
  data.recordings = raw.recordings;
  data.steps = raw.recordings ? data.preprocessing.steps : 0;
  data.notes = raw.notes;
  data.classes = known->classes.empty() ? raw.labels : known->classes;
  if (data.classes.size() > kMostClasses)
    throw InputError(data.found, "classes", fmt::format("{}; at most {} are possible", data.classes.size(), kMostClasses));
  if (raw.samples.empty()) throw InputError(data.found, data.name, "there are no samples");
  data.shape = common_shape(raw.samples);
  if (data.preprocessing.unique) {
    if (const auto gone = drop_repeats(raw.samples); gone > 0)
      data.notes.push_back(fmt::format("{} repeated samples left out", gone));
  }
  if (wanted.training) data.training = mixed(assemble(raw, Part::kTraining, data), data.preprocessing);
  if (wanted.test) data.test = assemble(raw, Part::kTest, data);
  return data;
}

}  // namespace phasic::runtime
