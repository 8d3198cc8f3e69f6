// SPDX-License-Identifier: Apache-2.0
/// Data sets of the public library, on files made here.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <optional>
#include <phasic/phasic.hpp>
#include <random>
#include <string>
#include <vector>

namespace phasic {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// A folder that goes with the test.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("phasic-data-" + std::to_string(std::random_device()()))) {
    std::filesystem::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string text() const { return path_.string(); }

  void write(const std::string& name, const Bytes& bytes) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  /// Pictures of 2 x 3 and their labels, as IDX.
  void write_idx(const std::string& stem, const std::vector<std::array<std::uint8_t, 6>>& pictures, const Bytes& labels) const {
    const auto count = static_cast<std::uint8_t>(pictures.size());
    Bytes images{0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 2, 0, 0, 0, 3};
    for (const auto& picture : pictures) images.insert(images.end(), picture.begin(), picture.end());
    Bytes classes{0, 0, 8, 1, 0, 0, 0, count};
    classes.insert(classes.end(), labels.begin(), labels.end());
    write(stem + "-images-idx3-ubyte", images);
    write(stem + "-labels-idx1-ubyte", classes);
  }

 private:
  std::filesystem::path path_;
};

/// An event in N-MNIST's form.
Bytes camera_event(std::uint8_t column, std::uint8_t row, bool on, std::uint32_t microseconds) {
  return {column, row, static_cast<std::uint8_t>((on ? 0x80u : 0u) | (microseconds >> 16)),
          static_cast<std::uint8_t>(microseconds >> 8), static_cast<std::uint8_t>(microseconds)};
}

TEST(ApiData, PicturesOfAFolderAreSamplesOfASession) {
  const Folder folder;
  folder.write_idx("train", {{1, 2, 3, 4, 5, 6}, {7, 8, 9, 10, 11, 12}}, {1, 0});
  folder.write_idx("t10k", {{255, 254, 253, 252, 251, 250}}, {1});
  const auto data = Data::load(folder.text());
  EXPECT_EQ(data.folder(), folder.text());
  EXPECT_FALSE(data.has_events());
  EXPECT_EQ(data.channels(), 1u);
  EXPECT_EQ(data.rows(), 2u);
  EXPECT_EQ(data.columns(), 3u);
  EXPECT_EQ(data.steps(), 0u);
  ASSERT_EQ(data.training().samples.size(), 2u);
  ASSERT_EQ(data.test().samples.size(), 1u);
  EXPECT_EQ(data.training().intensities.size(), 12u);
  EXPECT_EQ(data.training().samples[1].intensities[0], 7);
  EXPECT_EQ(data.training().samples[0].label, 1u);
  EXPECT_EQ(data.training().labels[1], 0);
  EXPECT_EQ(data.test().samples[0].intensities[5], 250);

  Session session(Network::from_json(R"({"phasic_network": 1, "name": "small", "inputs": 6, "classes": 2, "steps": 4,
    "layers": [{"neurons": 2, "rule": "error"}]})"));
  EXPECT_EQ(session.learn(data.training().samples).labels, (std::vector<std::uint32_t>{1, 0}));
}

TEST(ApiData, ACopyKeepsTheSamplesOfTheFirst) {
  const Folder folder;
  folder.write_idx("train", {{1, 2, 3, 4, 5, 6}}, {0});
  folder.write_idx("t10k", {{9, 9, 9, 9, 9, 8}}, {0});
  std::optional<Data> first = Data::load(folder.text());
  const auto part = first->test();
  const Data second = *first;
  first.reset();
  EXPECT_EQ(part.samples[0].intensities[5], 8);
  EXPECT_EQ(second.test().samples.data(), part.samples.data());
}

TEST(ApiData, APartThatIsNotWantedIsEmpty) {
  const Folder folder;
  folder.write_idx("t10k", {{9, 9, 9, 9, 9, 8}}, {0});
  const auto data = Data::load(folder.text(), {.training = false, .test = true});
  EXPECT_TRUE(data.training().samples.empty());
  EXPECT_EQ(data.test().samples.size(), 1u);
}

TEST(ApiData, RecordingsAreEventsThatAscendInStepAndInput) {
  const Folder folder;
  for (const auto* const part : {"train", "test"}) {
    for (const auto* const name : {"left", "right"}) {
      Bytes bytes;
      for (const auto& event : {camera_event(3, 2, true, 0), camera_event(1, 2, false, 5000), camera_event(9, 0, true, 10000)})
        bytes.insert(bytes.end(), event.begin(), event.end());
      folder.write(std::string(part) + "/" + name + "/1.bin", bytes);
    }
  }
  const auto data = Data::load(R"({"folder": ")" + folder.text() + R"(", "steps": 4})");
  EXPECT_TRUE(data.has_events());
  EXPECT_EQ(data.classes(), (std::vector<std::string>{"left", "right"}));
  EXPECT_EQ(data.steps(), 4u);
  EXPECT_EQ(data.channels(), 2u);
  ASSERT_EQ(data.training().samples.size(), 2u);
  EXPECT_TRUE(data.training().intensities.empty());
  const auto& sample = data.training().samples[1];
  EXPECT_EQ(sample.label, 1u);
  EXPECT_TRUE(sample.intensities.empty());
  ASSERT_EQ(sample.events.size(), 3u);
  EXPECT_EQ(sample.events[0].step, 0u);
  EXPECT_EQ(sample.events[0].input % (data.rows() * data.columns()), 2 * data.columns() + 3);
  EXPECT_LT(sample.events[0].step, sample.events[2].step);
}

TEST(ApiData, WhatIsNotThereIsRefusedWithWhatIsKnown) {
  try {
    (void)Data::load("no such set");
    FAIL() << "a set was found";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("no such set"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("fashion-mnist"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace phasic
