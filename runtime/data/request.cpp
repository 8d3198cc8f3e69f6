// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/request.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cmath>

#include "phasic/contract.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/nearest.hpp"
#include "runtime/data/cameras.hpp"
#include "runtime/data/dataset.hpp"
#include "runtime/data/set_form.hpp"

namespace phasic::runtime {
namespace {

constexpr std::int64_t kLargestSide = 4096;
constexpr auto kOrders = std::to_array<std::string_view>({"file", "mixed"});
constexpr auto kValidations = std::to_array<std::string_view>({"test", "training", "leave_out"});
constexpr auto kLabels = std::to_array<std::string_view>({"phoneme", "stress"});
constexpr auto kPictureKinds = std::to_array<std::string_view>({"counts", "surface"});
constexpr std::int64_t kMostSteps = contract::kEntryStep >> contract::kEntryStepBit;

EventPicture parse_picture(const JsonNode& node) {
  node.expect_object({"kind", "bins", "full", "decay_ms"});
  EventPicture picture;
  picture.kind = static_cast<EventPicture::Kind>(node.at("kind").one_of(kPictureKinds));
  const bool counts = picture.kind == EventPicture::Kind::kCounts;
  if (const auto bins = node.find("bins")) picture.bins = static_cast<std::uint32_t>(bins->integer(1, kMostSteps));
  if (const auto full = node.find("full")) {
    if (!counts) full->refuse("belongs to \"counts\"");
    picture.full = static_cast<std::uint32_t>(full->integer(1, 65535));
  }
  if (const auto decay = node.find("decay_ms")) {
    if (counts) decay->refuse("belongs to \"surface\"");
    picture.decay = std::llround(1000 * decay->real(0.001, 1e9));
  }
  return picture;
}

}  // namespace

DataRequest parse_data_request(const JsonNode& node) {
  DataRequest request;
  if (node.value().is_string()) {
    request.set = node.text();
    if (find_known(request.set) == nullptr) node.refuse(unknown_set(request.set));
    return request;
  }
  node.expect_object({"set", "folder", "size", "gray", "invert", "unique", "order", "test_share", "seed", "labels", "range_db",
                      "steps", "step_ms", "window_ms", "downsample", "picture", "camera", "validation", "leave_out_damaged"});
  if (const auto set = node.find("set")) {
    request.set = set->text();
    if (find_known(request.set) == nullptr) set->refuse(unknown_set(request.set));
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
  if (const auto steps = node.find("steps")) request.steps = static_cast<std::uint32_t>(steps->integer(1, kMostSteps));
  if (const auto window = node.find("window_ms")) request.window_microseconds = std::llround(1000 * window->real(0, 1e9));
  if (const auto step = node.find("step_ms")) request.step_microseconds = std::llround(1000 * step->real(0.001, 1e6));
  if (const auto factor = node.find("downsample")) request.downsample = static_cast<std::uint32_t>(factor->integer(1, 1024));
  if (const auto picture = node.find("picture")) {
    request.picture = parse_picture(*picture);
    for (const std::string_view field : {"steps", "step_ms"}) {
      if (const auto of_events = node.find(field))
        of_events->refuse("belongs to address events; with \"picture\" there are none");
    }
  }
  if (const auto camera = node.find("camera")) {
    request.camera = camera->text();
    if (!is_camera(*request.camera))
      camera->refuse(fmt::format("{}, or rows x columns such as \"480x640\" is needed", known_cameras()));
  }
  if (const auto part = node.find("validation")) request.validation = kValidations[part->one_of(kValidations)];
  if (const auto leave = node.find("leave_out_damaged")) request.leave_out_damaged = leave->boolean();
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
  if (std::filesystem::exists(text, ignored)) {
    request.folder = text;
    return request;
  }
  std::vector<std::string> tried;
  if (text.find('/') == std::string::npos) tried.push_back("./" + text);
  for (const auto& folder : data_folders(text)) {
    if (std::filesystem::is_directory(folder, ignored)) {
      request.folder = folder.string();
      request.name = text;
      return request;
    }
    tried.push_back(folder.string());
  }
  throw InputError(
      "", "--data " + text,
      fmt::format("neither a known data set nor an archive or folder with files by class or "
                  "train-images-idx3-ubyte and so on{}; a folder of one's own is given by its path; tried: {}; known "
                  "names: {}; `phasic data list` says how to get them",
                  did_you_mean(text, names_of_sets()), fmt::join(tried, ", "), known_names()));
}

Preprocessing preprocessing_of(const DataRequest& request, const Preprocessing& usual, const Form& form) {
  const auto name = request.set.empty() ? request.folder : request.set;
  const auto only = [&](bool given, bool legal, std::string_view field, std::string_view what) {
    if (given && !legal) throw InputError("data " + name, field, fmt::format("is for {} only", what));
  };
  only(request.rows.has_value(), form.images, "size", "images");
  only(request.gray.has_value(), form.images, "gray", "images");
  only(request.invert.has_value(), form.images, "invert", "images");
  only(request.unique.has_value(), form.read != nullptr, "unique", "sets that are no IDX files");
  only(request.labels.has_value(), form.words, "labels", "nettalk");
  only(request.range_decibels.has_value(), form.sounds, "range_db", "sounds");
  only(request.window_microseconds.has_value(), form.recordings, "window_ms", "event recordings");
  only(request.step_microseconds.has_value(), form.recordings, "step_ms", "event recordings");
  only(request.downsample.has_value(), form.recordings, "downsample", "event recordings");
  only(request.picture.has_value(), form.recordings, "picture", "event recordings");
  only(request.camera.has_value(), form.recordings, "camera", "event recordings");
  only(request.validation.has_value(), form.files || form.validation, "validation", "files by class, shd and ssc");
  only(request.leave_out_damaged.has_value(), form.files, "leave_out_damaged", "sets of a file a sample");
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
  take(result.step_microseconds, request.step_microseconds);
  if (request.picture) result.picture = request.picture;
  take(result.camera, request.camera);
  take(result.validation, request.validation);
  take(result.leave_out_damaged, request.leave_out_damaged);
  return result;
}

}  // namespace phasic::runtime
