// SPDX-License-Identifier: Apache-2.0
/// What the tests of the runtime share.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/data/dataset.hpp"
#include "runtime/network/network.hpp"

namespace phasic::test {

/// A folder that lives as long as the value.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    auto name = (std::filesystem::temp_directory_path() / "phasic-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

using Bytes = std::vector<std::uint8_t>;

inline void write_file(const std::filesystem::path& file, const Bytes& bytes) {
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}
inline void write_file(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

inline Bytes read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline Bytes gzip(const Bytes& bytes) {
  z_stream packer{};
  if (deflateInit2(&packer, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::runtime_error("zlib");
  Bytes packed(deflateBound(&packer, bytes.size()) + 64);
  packer.next_in = const_cast<Bytef*>(bytes.data());
  packer.avail_in = static_cast<uInt>(bytes.size());
  packer.next_out = packed.data();
  packer.avail_out = static_cast<uInt>(packed.size());
  if (deflate(&packer, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("zlib");
  packed.resize(packer.total_out);
  deflateEnd(&packer);
  return packed;
}

/// An IDX file of unsigned bytes.
inline Bytes idx(const std::vector<std::uint32_t>& dimensions, const Bytes& data) {
  Bytes bytes{0, 0, 8, static_cast<std::uint8_t>(dimensions.size())};
  for (const auto size : dimensions) {
    for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<std::uint8_t>(size >> shift));
  }
  bytes.insert(bytes.end(), data.begin(), data.end());
  return bytes;
}

/// Images of `side` x `side` pixels: each class has a picture of its own, seen through noise.
inline runtime::Dataset make_dataset(std::size_t samples, std::uint32_t side, std::uint32_t classes, std::uint32_t seed) {
  std::mt19937 random(1);
  std::vector<std::uint8_t> pictures(std::size_t{classes} * side * side);
  for (auto& pixel : pictures) pixel = random() % 3 == 0 ? 200 : 0;
  random.seed(seed);
  runtime::Dataset data;
  data.name = "made";
  data.images_file = "images";
  data.labels_file = "labels";
  data.rows = data.columns = side;
  for (std::size_t n = 0; n < samples; ++n) {
    const auto label = static_cast<std::uint8_t>(random() % classes);
    data.labels.push_back(label);
    for (std::uint32_t k = 0; k < side * side; ++k) {
      const auto pixel = pictures[std::size_t{label} * side * side + k];
      data.pixels.push_back(random() % 8 == 0 ? static_cast<std::uint8_t>(random()) : pixel);
    }
  }
  return data;
}

/// Writes the four files of a data set into a folder, the test part as large as the training part.
inline void write_dataset(const std::filesystem::path& folder, std::size_t samples, std::uint32_t side, std::uint32_t classes) {
  std::filesystem::create_directories(folder);
  std::uint32_t seed = 2;
  for (const std::string part : {"train", "t10k"}) {
    const auto data = make_dataset(samples, side, classes, seed++);
    const auto count = static_cast<std::uint32_t>(samples);
    write_file(folder / (part + "-images-idx3-ubyte"), idx({count, side, side}, data.pixels));
    write_file(folder / (part + "-labels-idx1-ubyte.gz"), gzip(idx({count}, data.labels)));
  }
}

/// A small network that learns in both layers.
inline nlohmann::json small_network(std::uint32_t inputs = 64, std::uint32_t hidden = 40, std::uint32_t classes = 4) {
  return {{"phasic_network", 1},
          {"name", "small"},
          {"inputs", inputs},
          {"classes", classes},
          {"steps", 8},
          {"seed", 7},
          {"layers",
           {{{"neurons", hidden},
             {"threshold", 0.5},
             {"window", 0.5},
             {"leak", 0.2},
             {"rule", "naca"},
             {"learning_rate", 2e-3},
             {"initial_amplitude", 0.3}},
            {{"neurons", classes},
             {"threshold", 0.5},
             {"window", 0.5},
             {"leak", 0.2},
             {"rule", "error"},
             {"learning_rate", 4e-3}}}}};
}

/// The network of a document that stands in net.json, as errors name it.
inline runtime::Network parsed(const nlohmann::json& document) { return runtime::parse_network(document, "net.json"); }

/// The text of the InputError that `work` throws; fails the test if there is none.
inline std::string refusal(const std::function<void()>& work) {
  try {
    work();
  } catch (const runtime::InputError& error) {
    return error.what();
  } catch (const std::exception& error) {
    ADD_FAILURE() << "not an InputError: " << error.what();
    return "";
  }
  ADD_FAILURE() << "nothing was refused";
  return "";
}

inline void expect_all_in(const std::string& text, const std::vector<std::string>& parts) {
  for (const auto& part : parts) EXPECT_NE(text.find(part), std::string::npos) << "\"" << part << "\" is not in: " << text;
}

}  // namespace phasic::test
