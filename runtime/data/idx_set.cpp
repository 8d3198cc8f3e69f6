// SPDX-License-Identifier: Apache-2.0
/// Sets of IDX files: MNIST and what has its form.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/data/raw_set.hpp"

namespace phasic::runtime {
namespace {

/// Every image after the steps of the set.
void prepare(Dataset& data, const Preprocessing& how) {
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

Dataset read_idx_part(const SetSource& source, Part part) {
  const auto& [known, located, how, wanted] = source;
  const std::size_t first = part == Part::kTraining ? 0 : 2;
  auto data = read_dataset(fmt::format("{}, {}", known.name, part == Part::kTraining ? "training" : "test"),
                           located.files[first], located.files[first + 1]);
  if (how.invert || (how.rows > 0 && (how.rows != data.rows || how.columns != data.columns))) prepare(data, how);
  const auto wrong = std::find_if(data.labels.begin(), data.labels.end(),
                                  [&known = known](std::uint8_t label) { return label >= known.classes.size(); });
  if (wrong != data.labels.end()) {
    throw InputError(data.labels_file, fmt::format("sample {}", wrong - data.labels.begin()),
                     fmt::format("label {}; {} has {} classes", *wrong, known.name, known.classes.size()));
  }
  return data;
}

}  // namespace

constinit const Form Form::kIdx{.images = true, .read_part = read_idx_part};

}  // namespace phasic::runtime
