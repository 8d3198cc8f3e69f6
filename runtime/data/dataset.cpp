// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/dataset.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <cstdlib>
#include <numeric>

#include "runtime/base/error.hpp"
#include "runtime/base/locations.hpp"
#include "runtime/data/idx.hpp"
#include "runtime/network/network.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> find_file(const fs::path& folder, std::string_view stem, std::string_view kind) {
  std::error_code ignored;
  for (const char* separator : {"-", "."}) {
    for (const char* suffix : {"", ".gz"}) {
      auto file = folder / fmt::format("{}{}{}-ubyte{}", stem, separator, kind, suffix);
      if (fs::is_regular_file(file, ignored)) return file;
    }
  }
  return std::nullopt;
}

bool is_folder(const std::string& text) {
  std::error_code ignored;
  return text.find('/') != std::string::npos || fs::is_directory(text, ignored);
}

}  // namespace

std::optional<DataFiles> find_idx_files(const fs::path& folder, const std::string& stem) {
  const auto images = find_file(folder, stem + "-images", "idx3");
  const auto labels = find_file(folder, stem + "-labels", "idx1");
  if (images && labels) return DataFiles{*images, *labels};
  return std::nullopt;
}

std::uint32_t checksum_of(const Dataset& data) {
  auto sum = crc32_z(0, data.pixels.data(), data.pixels.size());
  sum = crc32_z(sum, data.labels.data(), data.labels.size());
  // zlib takes a null pointer for the wish to start anew.
  for (const auto* const words : {&data.events, &data.chunk_words}) {
    if (!words->empty()) sum = crc32_z(sum, reinterpret_cast<const Bytef*>(words->data()), 4 * words->size());
  }
  return static_cast<std::uint32_t>(sum);
}

Dataset read_dataset(const std::string& name, const fs::path& images, const fs::path& labels) {
  auto pictures = read_idx(images, 3);
  auto classes = read_idx(labels, 1);
  if (pictures.dimensions[0] != classes.dimensions[0]) {
    throw InputError(
        labels.string(), "dimension 0",
        fmt::format("{} labels, but {} has {} images", classes.dimensions[0], images.string(), pictures.dimensions[0]));
  }
  Dataset data;
  data.name = name;
  data.images_file = images.string();
  data.labels_file = labels.string();
  data.rows = pictures.dimensions[1];
  data.columns = pictures.dimensions[2];
  data.pixels = std::move(pictures.bytes);
  data.labels = std::move(classes.bytes);
  data.checksum = checksum_of(data);
  return data;
}

std::vector<fs::path> data_roots_of(const std::string& name) {
  std::vector<fs::path> folders;
  if (const char* root = std::getenv("PHASIC_DATA"); root != nullptr && *root != 0) folders.push_back(fs::path(root) / name);
  folders.push_back(home_folder() / "data" / name);
  folders.push_back(fs::path("/usr/share/datasets") / name);
  return folders;
}

std::vector<fs::path> data_folders(const std::string& name) {
  if (is_folder(name)) return {name};
  return data_roots_of(name);
}

std::optional<DataFiles> find_data(const std::string& name, Part part) {
  for (const auto& folder : data_folders(name)) {
    if (auto files = find_idx_files(folder, part == Part::kTraining ? "train" : "t10k")) return files;
  }
  return std::nullopt;
}

void check_fits(const Dataset& data, std::uint32_t inputs, std::uint32_t classes, const std::string& network_file) {
  if (data.inputs() != inputs) {
    const auto channels = data.channels > 1 ? fmt::format("{} x ", data.channels) : std::string();
    throw InputError(data.images_file, "dimensions",
                     fmt::format("images of {}{} x {} = {} pixels, but {} has inputs = {}", channels, data.rows, data.columns,
                                 data.inputs(), network_file, inputs));
  }
  for (std::size_t n = 0; n < data.size(); ++n) {
    if (data.labels[n] >= classes) {
      throw InputError(data.labels_file, fmt::format("sample {}", n),
                       fmt::format("label {}, but {} has classes = {}", data.labels[n], network_file, classes));
    }
  }
}

void check_fits(const Dataset& data, const Network& network) {
  check_fits(data, network.inputs, network.classes, network.file);
  if (!data.has_events()) return;
  if (network.sample_kind != contract::SampleKind::kEvent) {
    throw InputError(network.file, "samples", fmt::format("{} has event recordings: \"event\" is needed", data.name));
  }
  if (data.steps != network.steps) {
    throw InputError(network.file, "steps",
                     fmt::format("{}, but {} is binned to {} steps", network.steps, data.name, data.steps));
  }
  if (data.has_chunks() && !network.keep) {
    throw InputError(network.file, "keep",
                     fmt::format("false, but the recordings of {} are chunks (\"step_ms\": {:g}) through which state goes on: "
                                 "true is needed",
                                 data.name, static_cast<double>(data.step_microseconds) / 1000));
  }
}

Dataset pick(const Dataset& data, std::span<const std::uint32_t> indices, const std::string& name) {
  Dataset part = data;
  part.name = name;
  part.pixels.clear();
  part.labels.clear();
  part.events.clear();
  part.chunk_words.clear();
  if (data.has_chunks()) part.chunk_starts.assign(1, 0);
  if (data.has_events()) {
    part.event_starts.assign(1, 0);
  } else {
    part.pixels.reserve(indices.size() * data.inputs());
  }
  for (const auto n : indices) {
    const auto image = data.image(n);
    part.pixels.insert(part.pixels.end(), image.begin(), image.end());
    part.labels.push_back(data.labels.at(n));
    if (!data.has_events()) continue;
    const auto events = data.events_of(n);
    part.events.insert(part.events.end(), events.begin(), events.end());
    part.event_starts.push_back(part.events.size());
    if (!data.has_chunks()) continue;
    const auto chunks = data.chunks_of(n);
    part.chunk_words.insert(part.chunk_words.end(), chunks.begin(), chunks.end());
    part.chunk_starts.push_back(part.chunk_words.size());
  }
  part.checksum = checksum_of(part);
  return part;
}

Dataset slice(const Dataset& data, std::size_t first, std::size_t count, const std::string& name) {
  std::vector<std::uint32_t> indices(count);
  std::iota(indices.begin(), indices.end(), static_cast<std::uint32_t>(first));
  return pick(data, indices, name);
}

}  // namespace phasic::runtime
