// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/request.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "runtime/base/error.hpp"

namespace phasic::runtime {
namespace {

constexpr std::int64_t kLargestSide = 4096;
constexpr auto kOrders = std::to_array<std::string_view>({"file", "mixed"});
constexpr auto kLabels = std::to_array<std::string_view>({"phoneme", "stress"});

bool has_images(Form form) {
  return form == Form::kIdx || form == Form::kPictures || form == Form::kCifarBatches || form == Form::kCifarSheets ||
         form == Form::kNumberedPictures;
}
bool has_recordings(Form form) { return form == Form::kRecordings || form == Form::kListedRecordings; }

}  // namespace

DataRequest parse_data_request(const JsonNode& node) {
  DataRequest request;
  if (node.value().is_string()) {
    request.set = node.text();
    if (find_known(request.set) == nullptr) node.refuse("no known data set; known: " + known_names());
    return request;
  }
  node.expect_object({"set", "folder", "size", "gray", "invert", "unique", "order", "test_share", "seed", "labels", "range_db",
                      "steps", "window_ms", "downsample"});
  if (const auto set = node.find("set")) {
    request.set = set->text();
    if (find_known(request.set) == nullptr) set->refuse("no known data set; known: " + known_names());
    if (const auto folder = node.find("folder")) folder->refuse("\"set\" and \"folder\" exclude each other");
  } else {
    request.folder = node.at("folder").text();
  }
  if (const auto size = node.find("size")) {
    const bool both = size->value().is_array();
    if (both) size->expect_array(2, 2);
    const auto side = [&](std::size_t n) {
      return static_cast<std::uint32_t>((both ? size->at(n) : *size).integer(1, kLargestSide));
    };
    request.rows = side(0);
    request.columns = side(1);
  }
  if (const auto gray = node.find("gray")) request.gray = gray->boolean();
  if (const auto invert = node.find("invert")) request.invert = invert->boolean();
  if (const auto unique = node.find("unique")) request.unique = unique->boolean();
  if (const auto order = node.find("order")) request.mixed = order->one_of(kOrders) == 1;
  if (const auto share = node.find("test_share")) request.test_share = share->real(0, 1);
  if (const auto seed = node.find("seed")) request.seed = static_cast<std::uint64_t>(seed->integer(0, INT64_MAX));
  if (const auto labels = node.find("labels")) request.labels = std::string(kLabels[labels->one_of(kLabels)]);
  if (const auto range = node.find("range_db")) request.range_decibels = range->real(1, 200);
  if (const auto steps = node.find("steps")) request.steps = static_cast<std::uint32_t>(steps->integer(1, 255));
  if (const auto window = node.find("window_ms")) request.window_microseconds = std::llround(1000 * window->real(0, 1e9));
  if (const auto factor = node.find("downsample")) request.downsample = static_cast<std::uint32_t>(factor->integer(1, 1024));
  return request;
}

bool is_data_object(std::string_view text) { return text.starts_with('{') || text.ends_with(".json"); }

DataRequest parse_data_text(const std::string& text) {
  if (is_data_object(text)) {
    const bool file = !text.starts_with('{');
    const auto origin = file ? text : std::string("data");
    const auto document = file ? read_json(text) : parse_json(text, origin);
    return parse_data_request(JsonNode(document, origin, ""));
  }
  DataRequest request;
  if (find_known(text) != nullptr) {
    request.set = text;
    return request;
  }
  std::error_code ignored;
  if (!std::filesystem::exists(text, ignored)) {
    throw InputError("", "data " + text, "neither a known data set nor a folder; known: " + known_names());
  }
  request.folder = text;
  return request;
}

Preprocessing preprocessing_of(const DataRequest& request, const Preprocessing& usual, Form form) {
  const auto name = request.set.empty() ? request.folder : request.set;
  const auto only = [&](bool given, bool legal, std::string_view field, std::string_view what) {
    if (given && !legal) throw InputError("data " + name, field, fmt::format("is for {} only", what));
  };
  only(request.rows.has_value(), has_images(form), "size", "images");
  only(request.gray.has_value(), has_images(form), "gray", "images");
  only(request.invert.has_value(), has_images(form), "invert", "images");
  only(request.unique.has_value(), form != Form::kIdx, "unique", "sets that are no IDX files");
  only(request.labels.has_value(), form == Form::kNettalk, "labels", "nettalk");
  only(request.range_decibels.has_value(), form == Form::kSpokenDigits, "range_db", "sounds");
  only(request.window_microseconds.has_value(), has_recordings(form), "window_ms", "event recordings");
  only(request.downsample.has_value(), has_recordings(form), "downsample", "event recordings");
  auto result = usual;
  const auto take = [](auto& to, const auto& from) {
    if (from) to = *from;
  };
  take(result.rows, request.rows);
  take(result.columns, request.columns);
  take(result.gray, request.gray);
  take(result.invert, request.invert);
  take(result.unique, request.unique);
  take(result.mixed, request.mixed);
  take(result.test_share, request.test_share);
  take(result.seed, request.seed);
  take(result.labels, request.labels);
  take(result.range_decibels, request.range_decibels);
  take(result.steps, request.steps);
  take(result.downsample, request.downsample);
  take(result.window_microseconds, request.window_microseconds);
  return result;
}

}  // namespace phasic::runtime
