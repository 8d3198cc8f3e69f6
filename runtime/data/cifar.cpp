// SPDX-License-Identifier: Apache-2.0
/// CIFAR-10 in its binary form and as sheets.
#include <fmt/format.h>

#include <map>

#include "runtime/data/raw_set.hpp"
#include "runtime/data/split.hpp"
#include "runtime/data/text_lines.hpp"

namespace phasic::runtime {
namespace {

constexpr std::uint32_t kCifarSide = 32, kCifarChannels = 3, kCifarLabels = 10;
constexpr std::size_t kCifarPixels = std::size_t{kCifarChannels} * kCifarSide * kCifarSide;

RawSet read_batches(const SetSource& source) {
  const auto& [known, located, how, wanted] = source;
  constexpr std::size_t kRecordBytes = 1 + kCifarPixels;
  const auto part_of = [](std::string_view path) {
    return file_name_of(path).starts_with("test_batch") ? Part::kTest : Part::kTraining;
  };
  RawSet raw;
  PassedOver passed;
  const auto files = read_located(
      located,
      [&, &wanted = wanted](std::string_view path) {
        const auto name = file_name_of(path);
        const bool batch = name == "test_batch.bin" || (name.starts_with("data_batch_") && name.ends_with(".bin"));
        if (!batch) raw.left_out.add("no batches", std::string(path));
        return batch && wanted.has(part_of(path));
      },
      &passed);
  raw.left_out.add(passed.left_out);
  if (!passed.unreadable.empty()) throw InputError(passed.unreadable.front());
  raw.labels = sorted_names(known.classes);
  for (const auto& file : files) {
    if (file.bytes.empty() || file.bytes.size() % kRecordBytes != 0) {
      throw InputError(file.origin, "size",
                       fmt::format("{} bytes; a multiple of {} is needed: the file is truncated or damaged", file.bytes.size(),
                                   kRecordBytes));
    }
    for (std::size_t at = 0; at < file.bytes.size(); at += kRecordBytes) {
      const auto label = file.bytes[at];
      const auto record = fmt::format("{}: record {}", file.origin, at / kRecordBytes);
      if (label >= kCifarLabels)
        throw InputError(record, "label", fmt::format("{}; 0 to {} are legal", label, kCifarLabels - 1));
      const auto begin = file.bytes.begin() + static_cast<std::ptrdiff_t>(at) + 1;
      Picture picture{kCifarChannels, kCifarSide, kCifarSide, {begin, begin + kCifarPixels}};
      raw.samples.push_back({known.classes[label], part_of(file.path), record, prepared(std::move(picture), how), {}});
    }
  }
  return raw;
}

RawSet read_sheets(const SetSource& source) {
  const auto& [known, located, how, wanted] = source;
  const auto files =
      read_located(located, [](std::string_view path) { return path.ends_with(".png") || path.ends_with(".csv"); });
  // Sheets by their numbers: cifar10_batch_<number>.png.
  std::map<std::uint32_t, Picture> sheets;
  const StoredFile* list = nullptr;
  for (const auto& file : files) {
    const auto name = file_name_of(file.path);
    if (name.ends_with(".csv")) {
      list = &file;
      continue;
    }
    const auto stem = name.substr(0, name.size() - 4);
    const auto number = number_in(stem.substr(stem.rfind('_') + 1), 1000, file.origin, "number in the name");
    auto sheet = decode_png(file);
    if (sheet.channels != kCifarChannels || sheet.columns != kCifarSide * kCifarSide) {
      throw InputError(file.origin, "size",
                       fmt::format("{} channels and {} columns; {} and {} are needed, one row of pixels an image",
                                   sheet.channels, sheet.columns, kCifarChannels, kCifarSide * kCifarSide));
    }
    sheets.emplace(number, std::move(sheet));
  }
  if (list == nullptr) throw InputError(located.folder.string(), "labels", "there is no CSV file of labels");
  RawSet raw;
  raw.labels = sorted_names(known.classes);
  const auto lines = lines_of(*list);
  const auto count = lines.empty() ? 0 : lines.size() - 1;  // after the line of names
  const auto drawn = drawn_for_test(count, how.test_share, how.seed);
  for (std::size_t n = 0; n < count; ++n) {
    const auto field = [&](int which) {
      std::string_view rest = lines[n + 1];
      for (int skipped = 0; skipped < which; ++skipped) {
        const auto comma = rest.find(',');
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
      }
      return rest.substr(0, rest.find(','));
    };
    const auto line = fmt::format("line {}", n + 2);
    const auto number = number_in(field(0), 1000, list->origin, line + ": batch");
    const auto sheet = sheets.find(number);
    if (sheet == sheets.end())
      throw InputError(list->origin, line + ": batch", fmt::format("{}; there is no such sheet", number));
    const auto row = number_in(field(1), sheet->second.rows - 1, list->origin, line + ": row");
    const auto label = number_in(field(2), kCifarLabels - 1, list->origin, line + ": label");
    const auto part = drawn[n] ? Part::kTest : Part::kTraining;
    if (!wanted.has(part)) continue;
    Picture picture{kCifarChannels, kCifarSide, kCifarSide, {}};
    for (std::uint32_t channel = 0; channel < kCifarChannels; ++channel) {
      const std::size_t at = (std::size_t{channel} * sheet->second.rows + row) * sheet->second.columns;
      const auto begin = sheet->second.pixels.begin() + static_cast<std::ptrdiff_t>(at);
      picture.pixels.insert(picture.pixels.end(), begin, begin + sheet->second.columns);
    }
    raw.samples.push_back(
        {known.classes[label], part, fmt::format("sheet {}, row {}", number, row), prepared(std::move(picture), how), {}});
  }
  return raw;
}

}  // namespace

constinit const Form Form::kCifarBatches{.images = true, .read = read_batches};
constinit const Form Form::kCifarSheets{.images = true, .read = read_sheets};

}  // namespace phasic::runtime
