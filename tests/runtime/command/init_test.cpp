// SPDX-License-Identifier: Apache-2.0
/// `phasic init` on a folder of pictures of one's own, and what it says to do next.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "tests/runtime/command/program.hpp"
#include "tests/runtime/data/made_files.hpp"

namespace phasic {
namespace {

using test::Bytes;
using test::expect_all_in;

/// A stripe on an empty ground: class `label` has it in a column of its own; no two are equal.
Bytes striped(std::uint32_t side, unsigned label, unsigned number) {
  Bytes pixels(std::size_t{side} * side, 0);
  for (std::uint32_t row = 0; row < side; ++row) pixels[row * side + 2 * label + 1] = static_cast<std::uint8_t>(200 + number);
  pixels[number % pixels.size()] = 120;
  return test::gray_png(side, pixels);
}

class Init : public test::Program {
 protected:
  /// `classes` folders of `count` pictures each in a folder of that name.
  std::filesystem::path pictures(const std::string& name, unsigned classes = 3, unsigned count = 20, std::uint32_t side = 8) {
    test::Files files;
    for (unsigned label = 0; label < classes; ++label)
      for (unsigned n = 0; n < count; ++n)
        files.emplace_back(fmt::format("class {}/{}.png", label, n), striped(side, label, n));
    test::write_files(folder / name, files);
    return folder / name;
  }
  nlohmann::json written(const std::string& output, const std::string& file) {
    const auto bytes = test::read_file(folder / output / file);
    return nlohmann::json::parse(bytes.begin(), bytes.end());
  }
};

TEST_F(Init, CommandsThatItPrintsDoWhatTheySay) {
  const auto own = pictures("it's mine");
  const auto started = run({"init", own.string(), "--output", (folder / "new ones").string()});
  ASSERT_EQ(started.code, 0) << started.text;
  std::istringstream lines(started.text);
  std::string all = "cd \"" + folder.path().string() + "\"";
  unsigned count = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("  phasic ", 0) != 0) continue;
#ifndef PHASIC_WITH_PAGE
    // The page is built where npm is; tables are always there.
    if (const auto page = line.find(" --html"); page != std::string::npos) line.erase(page);
#endif
    all += " && " PHASIC_PROGRAM " " + line.substr(9);
    ++count;
  }
  EXPECT_EQ(count, 4U) << started.text;
  EXPECT_EQ(std::system(("(" + all + ") > /dev/null 2>&1").c_str()), 0) << all;
#ifdef PHASIC_WITH_PAGE
  EXPECT_TRUE(std::filesystem::exists(folder / "report.html"));
#endif
  EXPECT_TRUE(std::filesystem::exists(folder / "learned.checkpoint"));
}

TEST_F(Init, PicturesOfSeveralSizesAreBroughtToOne) {
  const auto own = pictures("own");
  test::write_files(own, {{"class 1/other.png", striped(17, 1, 3)}});
  const auto ended = run({"init", own.string(), "--output", (folder / "new").string()});
  ASSERT_EQ(ended.code, 0) << ended.text;
  expect_all_in(ended.text, {"pictures are of several sizes", "32 x 32 x 1"});
  EXPECT_EQ(written("new", "experiment.json")["data"]["size"], 32);
}

TEST_F(Init, EqualPicturesAndOtherFilesAreLeftOutAndTold) {
  const auto own = pictures("own");
  test::write_files(own, {{"class 0/again.png", striped(8, 0, 1)}, {"class 2/notes.webp", test::bytes_of("RIFF")}});
  const auto ended = run({"init", own.string(), "--output", (folder / "new").string()});
  ASSERT_EQ(ended.code, 0) << ended.text;
  expect_all_in(ended.text, {"1 repeated samples left out", "notes.webp"});
  EXPECT_EQ(written("new", "experiment.json")["data"]["unique"], true);
}

TEST_F(Init, AFolderNamedInJsonIsFoundFromElsewhere) {
  pictures("own");
  const auto here = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  const auto ended = run({"init", R"({"folder":"own"})", "--output", "new"});
  std::filesystem::current_path(here);
  ASSERT_EQ(ended.code, 0) << ended.text;
  EXPECT_EQ(written("new", "experiment.json")["data"]["folder"], (folder / "own").string());
}

TEST_F(Init, BlankPicturesAreLearnedFromLikeAnyOther) {
  const auto own = pictures("own");
  // So many that some are learned from, wherever the parts are cut.
  for (unsigned n = 0; n < 20; ++n)
    test::write_files(own,
                      {{fmt::format("class 1/blank{}.png", n), test::gray_png(8, Bytes(64, static_cast<std::uint8_t>(n)))}});
  ASSERT_EQ(run({"init", own.string(), "--output", (folder / "new").string()}).code, 0);
  const auto ended = run({"learn", (folder / "new/network.json").string(), "--data", own.string()});
  EXPECT_EQ(ended.code, 0) << ended.text;
  expect_all_in(ended.text, {"weights of a discriminant are solved for when it is tested"});
}

TEST_F(Init, LowContrastIsLearnedFrom) {
  const auto own = folder / "own";
  test::Files files;
  for (unsigned label = 0; label < 2; ++label)
    for (unsigned n = 0; n < 10; ++n) {
      Bytes pixels(64, 100);
      for (unsigned row = 0; row < 8; ++row) pixels[8 * row + 4 * label + n % 3] = static_cast<std::uint8_t>(110 + n);
      files.emplace_back(fmt::format("{}/{}.png", label, n), test::gray_png(8, pixels));
    }
  test::write_files(own, files);
  ASSERT_EQ(run({"init", own.string(), "--output", (folder / "new").string()}).code, 0);
  const auto ended = run({"learn", (folder / "new/network.json").string(), "--data", own.string(), "--quiet"});
  EXPECT_EQ(ended.code, 0) << ended.text;
}

TEST_F(Init, WhatIsTooLittleIsRefusedWithTheReason) {
  expect_failure(1, {"init", pictures("one", 1).string()}, {"one: classes: 1; at least 2 are needed"});
  expect_failure(1, {"init", pictures("few", 3, 1).string()}, {"few, training", "class ", "no sample of this class"});
  const auto dots = folder / "dots";
  test::Files files;
  for (unsigned n = 0; n < 20; ++n)
    files.emplace_back(fmt::format("{}/{}.png", n % 2, n), test::gray_png(1, {static_cast<std::uint8_t>(n)}));
  test::write_files(dots, files);
  expect_failure(1, {"init", dots.string()}, {"dots: size: 1 x 1; at least 4 x 4 are needed"});
  const auto alike = folder / "alike";
  for (unsigned n = 0; n < 20; ++n)
    test::write_files(alike, {{fmt::format("{}/{}.png", n % 2, n), test::gray_png(4, Bytes(16, 7))}});
  expect_failure(1, {"init", alike.string()}, {"alike", "unique", "of 20 samples equal others", "none is left to learn from"});
}

TEST_F(Init, ItsNetworkIsRefusedByAStreamWithTheReason) {
  const auto own = pictures("own");
  ASSERT_EQ(run({"init", own.string(), "--output", (folder / "new").string()}).code, 0);
  expect_failure(1, {"stream", (folder / "new/network.json").string(), "-"},
                 {"network.json: samples: a stream needs a network with \"samples\": \"event\""});
}

}  // namespace
}  // namespace phasic
