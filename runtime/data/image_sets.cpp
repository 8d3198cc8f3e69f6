// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "runtime/base/error.hpp"
#include "runtime/data/raw_set.hpp"
#include "runtime/data/split.hpp"

namespace phasic::runtime {
namespace {

constexpr std::uint32_t kCifarSide = 32, kCifarChannels = 3, kCifarClasses = 10;
constexpr std::size_t kCifarPixels = std::size_t{kCifarChannels} * kCifarSide * kCifarSide;

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// Lines without their ends; empty ones are left out.
std::vector<std::string> lines_of(const StoredFile& file) {
  std::vector<std::string> lines;
  std::string line;
  for (const auto byte : file.bytes) {
    if (byte != '\n' && byte != '\r') {
      line += static_cast<char>(byte);
    } else if (!line.empty()) {
      lines.push_back(std::move(line));
      line.clear();
    }
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

std::uint32_t number_in(std::string_view text, std::uint32_t most, const std::string& origin, const std::string& field) {
  std::uint32_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || value > most)
    throw InputError(origin, field, fmt::format("\"{}\"; a number from 0 to {} is needed", text.substr(0, 40), most));
  return value;
}

}  // namespace

RawSet read_pictures(const KnownSet& known, const Located& located, const Preprocessing& how, Wanted wanted) {
  RawSet raw;
  auto [files, places, labels] = read_placed(known, located, how, wanted, is_picture_name);
  raw.labels = std::move(labels);
  for (std::size_t n = 0; n < files.size(); ++n) {
    if (!wanted.has(places[n].part)) continue;
    raw.samples.push_back({places[n].label, places[n].part, files[n].origin, prepared(decode_picture(files[n]), how), {}});
  }
  return raw;
}

RawSet read_cifar_batches(const KnownSet& known, const Located& located, const Preprocessing& how, Wanted wanted) {
  constexpr std::size_t kRecordBytes = 1 + kCifarPixels;
  const auto part_of = [](std::string_view path) {
    return name_of(path).starts_with("test_batch") ? Part::kTest : Part::kTraining;
  };
  const auto files = read_located(located, [&](std::string_view path) {
    const auto name = name_of(path);
    const bool batch = name == "test_batch.bin" || (name.starts_with("data_batch_") && name.ends_with(".bin"));
    return batch && wanted.has(part_of(path));
  });
  RawSet raw;
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
      if (label >= kCifarClasses)
        throw InputError(record, "label", fmt::format("{}; 0 to {} are legal", label, kCifarClasses - 1));
      const auto begin = file.bytes.begin() + static_cast<std::ptrdiff_t>(at) + 1;
      Picture picture{kCifarChannels, kCifarSide, kCifarSide, {begin, begin + kCifarPixels}};
      raw.samples.push_back({known.classes[label], part_of(file.path), record, prepared(std::move(picture), how), {}});
    }
  }
  return raw;
}

RawSet read_cifar_sheets(const KnownSet& known, const Located& located, const Preprocessing& how, Wanted wanted) {
  const auto files =
      read_located(located, [](std::string_view path) { return path.ends_with(".png") || path.ends_with(".csv"); });
  // Sheets by their numbers: cifar10_batch_<number>.png.
  std::map<std::uint32_t, Picture> sheets;
  const StoredFile* list = nullptr;
  for (const auto& file : files) {
    const auto name = name_of(file.path);
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
    const auto label = number_in(field(2), kCifarClasses - 1, list->origin, line + ": label");
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

RawSet read_numbered_pictures(const KnownSet& known, const Located& located, const Preprocessing& how, Wanted wanted) {
  RawSet raw;
  raw.labels = sorted_names(known.classes);
  const auto all = read_located(located, [](std::string_view path) {
    return path.ends_with(".png") || path.ends_with("train_labels.csv") || path.ends_with("test_labels.csv");
  });
  for (const auto part : {Part::kTraining, Part::kTest}) {
    if (!wanted.has(part)) continue;
    const std::string word = part == Part::kTraining ? "train" : "test";
    const auto list =
        std::find_if(all.begin(), all.end(), [&](const auto& file) { return name_of(file.path) == word + "_labels.csv"; });
    if (list == all.end()) throw InputError(located.folder.string(), word + "_labels.csv", "is not there");
    const auto lines = lines_of(*list);
    std::size_t n = 0;
    for (const auto& file : all) {
      if (file.path.find(word + "_images/") == std::string::npos) continue;
      if (n >= lines.size())
        throw InputError(list->origin, "lines", fmt::format("{} labels, but there are more pictures", lines.size()));
      const auto label = number_in(lines[n], static_cast<std::uint32_t>(known.classes.size() - 1), list->origin,
                                   fmt::format("line {}", n + 1));
      raw.samples.push_back({known.classes[label], part, file.origin, prepared(decode_picture(file), how), {}});
      ++n;
    }
    if (n != lines.size()) throw InputError(list->origin, "lines", fmt::format("{} labels for {} pictures", lines.size(), n));
  }
  return raw;
}

}  // namespace phasic::runtime
