// SPDX-License-Identifier: Apache-2.0
/// Labelled images, and where they are found.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace phasic::runtime {

struct Dataset {
  std::string name;  ///< such as "fashion-mnist, training"
  std::string images_file, labels_file;
  std::uint32_t rows = 0, columns = 0;
  std::vector<std::uint8_t> pixels;  ///< rows * columns bytes a sample
  std::vector<std::uint8_t> labels;
  std::uint32_t checksum = 0;  ///< crc32 over pixels and labels

  [[nodiscard]] std::size_t size() const { return labels.size(); }
  [[nodiscard]] std::uint32_t inputs() const { return rows * columns; }
  [[nodiscard]] std::span<const std::uint8_t> image(std::size_t n) const {
    return std::span(pixels).subspan(n * inputs(), inputs());
  }
};

/// Reads images and labels; refuses counts that differ.
[[nodiscard]] Dataset read_dataset(const std::string& name, const std::filesystem::path& images,
                                   const std::filesystem::path& labels);

/// What the user said about the data.
struct DataOptions {
  std::string data = "fashion-mnist";  ///< a name, or a folder with files named as MNIST's
  std::string images, labels;          ///< explicit files instead (both or none)
};
enum class Part { kTraining, kTest };

/// Folders where a named data set is looked for, in order: $PHASIC_DATA/<name>, <build>/data/<name>, the system's.
[[nodiscard]] std::vector<std::filesystem::path> data_folders(const std::string& name);

/// The files of a part, if they are there.
struct DataFiles {
  std::filesystem::path images, labels;
};
[[nodiscard]] std::optional<DataFiles> find_data(const std::string& name, Part part);

/// Finds and reads. Throws InputError that lists the folders tried.
[[nodiscard]] Dataset load_data(const DataOptions& options, Part part);

/// Refuses a data set whose images are not `inputs` pixels, or with a label that is not less than `classes`.
void check_fits(const Dataset& data, std::uint32_t inputs, std::uint32_t classes, const std::string& network_file);

/// Samples [first, first + count) as a data set of its own.
[[nodiscard]] Dataset slice(const Dataset& data, std::size_t first, std::size_t count, const std::string& name);

}  // namespace phasic::runtime
