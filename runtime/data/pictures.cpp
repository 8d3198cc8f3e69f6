// SPDX-License-Identifier: Apache-2.0
/// Sets of a picture file a sample.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/data/file_formats.hpp"
#include "runtime/data/raw_set.hpp"
#include "runtime/data/text_lines.hpp"

namespace phasic::runtime {
namespace {

RawSet read_pictures_by_folder(const SetSource& source) {
  RawSet raw;
  const auto placed = read_placed(source, is_picture_name, raw);
  const auto& files = placed.files;
  const auto& places = placed.places;
  for (std::size_t n = 0; n < files.size(); ++n) {
    if (!source.wanted.has(places[n].part)) continue;
    take_sample(raw, [&] {
      return RawSample{places[n].label, places[n].part, files[n].origin, prepared(decode_picture(files[n]), source.how), {}};
    });
  }
  return raw;
}

RawSet read_numbered(const SetSource& source) {
  const auto& known = source.known;
  const auto& located = source.located;
  const auto& how = source.how;
  const auto& wanted = source.wanted;
  RawSet raw;
  raw.labels = sorted_names(known.classes);
  PassedOver passed;
  const auto all = read_located(
      located,
      [&](std::string_view path) {
        const bool list = path.ends_with("train_labels.csv") || path.ends_with("test_labels.csv");
        if (!list && !has_ending(path, ".png")) raw.left_out.add("of another form", std::string(path));
        return list || has_ending(path, ".png");
      },
      &passed);
  raw.left_out.add(passed.left_out);
  // Labels follow the order of the pictures, so none may be missing.
  if (!passed.unreadable.empty()) throw InputError(passed.unreadable.front());
  for (const auto part : {Part::kTraining, Part::kTest}) {
    if (!wanted.has(part)) continue;
    const std::string word = part == Part::kTraining ? "train" : "test";
    const auto list =
        std::find_if(all.begin(), all.end(), [&](const auto& file) { return file_name_of(file.path) == word + "_labels.csv"; });
    if (list == all.end()) throw InputError(located.folder.string(), word + "_labels.csv", "is not there");
    const auto lines = lines_of(*list);
    std::size_t n = 0;
    for (const auto& file : all) {
      if (file.path.find(word + "_images/") == std::string::npos) continue;
      if (n >= lines.size())
        throw InputError(list->origin, "lines", fmt::format("{} labels, but there are more pictures", lines.size()));
      const auto label = number_in(lines[n], static_cast<std::uint32_t>(known.classes.size() - 1), list->origin,
                                   fmt::format("line {}", n + 1));
      take_sample(raw, [&] {
        return RawSample{known.classes[label], part, file.origin, prepared(decode_picture(file), how), {}};
      });
      ++n;
    }
    if (n != lines.size()) throw InputError(list->origin, "lines", fmt::format("{} labels for {} pictures", lines.size(), n));
  }
  return raw;
}

}  // namespace

constinit const Form Form::kPictures{.images = true, .files = true, .read = read_pictures_by_folder};
constinit const Form Form::kNumberedPictures{.images = true, .files = true, .read = read_numbered};

}  // namespace phasic::runtime
