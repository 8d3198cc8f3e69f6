// SPDX-License-Identifier: Apache-2.0
/// Events in arrays of numpy.
#include <array>
#include <optional>

#include "runtime/data/cameras.hpp"
#include "runtime/data/file_formats.hpp"
#include "runtime/data/numpy_array.hpp"
#include "runtime/data/outside.hpp"
#include "runtime/data/reader.hpp"
#include "runtime/data/recording.hpp"
#include "runtime/data/stored_source.hpp"

namespace phasic::runtime {
namespace {

enum EventColumn { kX, kY, kTime, kPolarity, kColumns };
constexpr std::array<std::array<std::string_view, 4>, kColumns> kNames{
    {{"x"}, {"y"}, {"t", "ts", "time", "timestamp"}, {"p", "pol", "polarity"}}};

constexpr std::string_view kArrayEnding = ".npy";

/// Numbers of one kind for all events: a field of an array.
struct Values {
  const NumpyArray* array = nullptr;
  const NumpyField* field = nullptr;
  [[nodiscard]] std::int64_t at(std::size_t n) const { return array->value(*field, n); }
};

using Columns = std::array<Values, kColumns>;

Recording events_of(const Columns& columns, const std::string& origin, std::string_view camera) {
  for (std::size_t column = 0; column < kColumns; ++column) {
    if (columns[column].array == nullptr)
      throw InputError(origin, kNames[column][0], "there is no array or field of this name");
    const auto count = columns[column].array->count, wanted = columns[kX].array->count;
    if (count != wanted) throw InputError(origin, kNames[column][0], fmt::format("{} elements, but x has {}", count, wanted));
  }
  const auto size = settled_size(std::nullopt, camera, origin, "camera");
  Recording recording{size.rows, size.columns, {}};
  OutsideEvents outside;
  std::int64_t before = INT64_MIN;
  for (std::size_t n = 0; n < columns[kX].array->count; ++n) {
    const auto time = columns[kTime].at(n), column = columns[kX].at(n), row = columns[kY].at(n);
    if (time < before)
      throw InputError(origin, fmt::format("event {}: {}", n, kNames[kTime][0]),
                       fmt::format("{} after {}: the time goes back", time, before));
    before = time;
    if (row < 0 || row >= size.rows || column < 0 || column >= size.columns) {
      outside.add(origin, fmt::format("event {}", n),
                  fmt::format("row {}, column {} of a camera of {} x {}", row, column, size.rows, size.columns));
      continue;
    }
    recording.events.push_back(
        {time, static_cast<std::uint16_t>(column), static_cast<std::uint16_t>(row), columns[kPolarity].at(n) > 0});
  }
  recording.outside = outside.count(recording.events.size());
  return recording;
}

/// Which column a name means; none: another array.
std::optional<EventColumn> event_column(std::string_view name) {
  for (std::size_t column = 0; column < kColumns; ++column) {
    for (const auto known : kNames[column]) {
      if (!known.empty() && name == known) return static_cast<EventColumn>(column);
    }
  }
  return std::nullopt;
}

void add_fields(const NumpyArray& array, Columns& columns) {
  for (const auto& field : array.fields) {
    if (const auto column = event_column(field.name)) columns[*column] = {&array, &field};
  }
}

}  // namespace

Recording read_npy(const StoredFile& file, std::string_view camera) {
  const auto array = read_numpy_array(file);
  Columns columns;
  add_fields(array, columns);
  return events_of(columns, file.origin, camera);
}

Recording read_npz(const StoredFile& file, std::string_view camera) {
  const auto parts = read_archive_in(file, [](std::string_view path) { return has_ending(path, kArrayEnding); });
  std::vector<NumpyArray> arrays;
  arrays.reserve(parts.size());  // columns point into it
  Columns columns;
  for (const auto& part : parts) {
    const auto name = std::string_view(part.path).substr(0, part.path.size() - kArrayEnding.size());
    const auto column = event_column(name);
    // What else the file holds may be of any kind.
    if (!column && parts.size() > 1) continue;
    arrays.push_back(read_numpy_array(part));
    if (!column) {
      add_fields(arrays.back(), columns);
    } else if (arrays.back().fields.front().name.empty()) {
      columns[*column] = {&arrays.back(), &arrays.back().fields.front()};
    }
  }
  return events_of(columns, file.origin, camera);
}

}  // namespace phasic::runtime
