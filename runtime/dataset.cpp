// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <cstdlib>

#include "runtime/error.hpp"
#include "runtime/idx.hpp"
#include "runtime/locations.hpp"

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

std::optional<DataFiles> find_in(const fs::path& folder, Part part) {
  const std::string prefix = part == Part::kTraining ? "train" : "t10k";
  const auto images = find_file(folder, prefix + "-images", "idx3");
  const auto labels = find_file(folder, prefix + "-labels", "idx1");
  if (images && labels) return DataFiles{*images, *labels};
  return std::nullopt;
}

bool is_folder(const std::string& text) {
  std::error_code ignored;
  return text.find('/') != std::string::npos || fs::is_directory(text, ignored);
}

std::uint32_t checksum_of(const Dataset& data) {
  auto sum = crc32_z(0, data.pixels.data(), data.pixels.size());
  return static_cast<std::uint32_t>(crc32_z(sum, data.labels.data(), data.labels.size()));
}

}  // namespace

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

std::vector<fs::path> data_folders(const std::string& name) {
  if (is_folder(name)) return {name};
  std::vector<fs::path> folders;
  if (const char* root = std::getenv("PHASIC_DATA"); root != nullptr && *root != 0) folders.push_back(fs::path(root) / name);
  folders.push_back(build_folder() / "data" / name);
  folders.push_back(fs::path("/usr/share/datasets") / name);
  return folders;
}

std::optional<DataFiles> find_data(const std::string& name, Part part) {
  for (const auto& folder : data_folders(name)) {
    if (auto files = find_in(folder, part)) return files;
  }
  return std::nullopt;
}

Dataset load_data(const DataOptions& options, Part part) {
  const std::string what = part == Part::kTraining ? "training" : "test";
  if (!options.images.empty() || !options.labels.empty()) {
    if (options.images.empty()) throw InputError("", "--images", "is needed together with --labels");
    if (options.labels.empty()) throw InputError("", "--labels", "is needed together with --images");
    return read_dataset(fs::path(options.images).filename().string(), options.images, options.labels);
  }
  if (const auto files = find_data(options.data, part)) {
    return read_dataset(fmt::format("{}, {}", options.data, what), files->images, files->labels);
  }
  std::string tried;
  for (const auto& folder : data_folders(options.data))
    tried += fmt::format("{}{}", tried.empty() ? "" : ", ", folder.string());
  const char* prefix = part == Part::kTraining ? "train" : "t10k";
  throw InputError(
      "", fmt::format("--data {}", options.data),
      fmt::format("no {0}-images-idx3-ubyte and {0}-labels-idx1-ubyte (or .gz) in {1}; `phasic doctor` says how to get data",
                  prefix, tried));
}

void check_fits(const Dataset& data, std::uint32_t inputs, std::uint32_t classes, const std::string& network_file) {
  if (data.inputs() != inputs) {
    throw InputError(data.images_file, "dimensions",
                     fmt::format("images of {} x {} = {} pixels, but {} has inputs = {}", data.rows, data.columns,
                                 data.inputs(), network_file, inputs));
  }
  for (std::size_t n = 0; n < data.size(); ++n) {
    if (data.labels[n] >= classes) {
      throw InputError(data.labels_file, fmt::format("label {}", n),
                       fmt::format("{}, but {} has classes = {}", data.labels[n], network_file, classes));
    }
  }
}

Dataset slice(const Dataset& data, std::size_t first, std::size_t count, const std::string& name) {
  Dataset part = data;
  part.name = name;
  const auto pixels = std::span(data.pixels).subspan(first * data.inputs(), count * data.inputs());
  const auto labels = std::span(data.labels).subspan(first, count);
  part.pixels.assign(pixels.begin(), pixels.end());
  part.labels.assign(labels.begin(), labels.end());
  part.checksum = checksum_of(part);
  return part;
}

}  // namespace phasic::runtime
