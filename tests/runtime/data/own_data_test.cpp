// SPDX-License-Identifier: Apache-2.0
/// Folders and archives as people have them: links, junk, unknown files, parts for validation, damaged files, IDX, sounds.
#include <sys/stat.h>

#include <cstring>

#include "runtime/data/load.hpp"
#include "tests/runtime/data/made_files.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;
using test::Bytes;
using test::expect_all_in;
using test::refusal;

class OwnData : public ::testing::Test {
 protected:
  NamedData load(const std::string& name, DataRequest request = {}, Wanted wanted = {}) {
    request.folder = (folder / name).string();
    request.mixed = false;
    return load_named(request, wanted);
  }
  std::string refused(const std::string& name, const DataRequest& request = {}) {
    return refusal([&] { (void)load(name, request); });
  }
  /// Two classes in train and test, a picture of one pixel each: 1, 2 and 3, 4.
  void write_parts(const std::string& name) {
    test::write_files(folder / name, {{"train/a/1.png", test::gray_png(1, {1})},
                                      {"train/b/2.png", test::gray_png(1, {2})},
                                      {"test/a/3.png", test::gray_png(1, {3})},
                                      {"test/b/4.png", test::gray_png(1, {4})}});
  }
  static std::string notes_of(const NamedData& data) {
    std::string text;
    for (const auto& note : data.notes) text += note + "\n";
    return text;
  }
  test::TemporaryFolder folder;
};

TEST_F(OwnData, LinksToFoldersAndFilesAreFollowed) {
  write_parts("real");
  fs::create_directories(folder / "set" / "train" / "b");
  fs::create_directory_symlink("../../real/train/a", folder / "set" / "train" / "a");
  fs::create_symlink("../../../real/train/b/2.png", folder / "set" / "train" / "b" / "2.png");
  fs::create_directory_symlink(folder / "real" / "test", folder / "set" / "test");
  const auto data = load("set");
  EXPECT_EQ(data.classes, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(data.training.pixels, (Bytes{1, 2}));
  EXPECT_EQ(data.test.pixels, (Bytes{3, 4}));
  EXPECT_TRUE(data.notes.empty()) << notes_of(data);
}

TEST_F(OwnData, LinksInACircleAreRefusedAndLinksToNothingNamed) {
  write_parts("set");
  fs::create_symlink("nowhere.png", folder / "set" / "train" / "a" / "9.png");
  expect_all_in(refused("set"), {"set", "1 cannot be read", "9.png", "link", "nowhere.png", "leave_out_damaged"});
  DataRequest request;
  request.leave_out_damaged = true;
  EXPECT_EQ(load("set", request).training.pixels, (Bytes{1, 2}));
  fs::create_directory_symlink("..", folder / "set" / "train" / "back");
  expect_all_in(refused("set", request), {"train/back", "link", "leads back to"});
}

TEST_F(OwnData, HiddenNamesAreLeftOutAndNamed) {
  write_parts("set");
  test::write_files(folder / "set", {{"train/a/._1.png", {0, 5}},
                                     {"__MACOSX/train/a/._1.png", {0, 5}},
                                     {".ipynb_checkpoints/x/1.png", test::gray_png(1, {9})},
                                     {"train/.git/1.png", {1}}});
  const auto data = load("set");
  EXPECT_EQ(data.classes, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(data.training.pixels, (Bytes{1, 2}));
  expect_all_in(notes_of(data), {"4 left out, hidden", ".ipynb_checkpoints/, __MACOSX/, train/.git/, train/a/._1.png"});
  test::write_archive(folder / "set.zip",
                      {{"train/a/1.png", test::gray_png(1, {1})},
                       {"train/a/._1.png", {0, 5}},
                       {"__MACOSX/train/a/._1.png", {0, 5}},
                       {"test/a/2.png", test::gray_png(1, {2})}},
                      "zip", "none");
  const auto zipped = load("set.zip");
  EXPECT_EQ(zipped.training.pixels, Bytes{1});
  expect_all_in(notes_of(zipped), {"2 left out, hidden", "__MACOSX/, train/a/._1.png"});
}

TEST_F(OwnData, UnknownFilesAreLeftOutAndNamed) {
  write_parts("set");
  test::write_files(folder / "set", {{"train/a/2.bmp", {'B', 'M'}},
                                     {"readme.TXT", {1}},
                                     {"top.png", test::gray_png(1, {7})},
                                     {"train/a/5.PNG", test::gray_png(1, {5})}});
  ASSERT_EQ(::mkfifo((folder / "set" / "pipe").c_str(), 0600), 0);
  const auto data = load("set");
  EXPECT_EQ(data.training.pixels, (Bytes{1, 5, 2}));
  expect_all_in(notes_of(data),
                {"2 left out, of a form that is not read: readme.TXT, train/a/2.bmp",
                 "1 left out, not in the folder of a class: top.png", "1 left out, neither file nor folder: pipe"});
}

TEST_F(OwnData, TheFirstTwentyNamesAreTold) {
  write_parts("set");
  for (int n = 10; n < 35; ++n) test::write_file(folder / "set" / ("x" + std::to_string(n)), Bytes{1});
  expect_all_in(notes_of(load("set")), {"25 left out", "x10, x11", "x29 and 5 more"});
}

TEST_F(OwnData, APartForValidationIsNeverTestDataSilently) {
  write_parts("set");
  test::write_files(folder / "set", {{"Val/a/5.png", test::gray_png(1, {5})}, {"Val/b/6.png", test::gray_png(1, {6})}});
  expect_all_in(refused("set"), {"set", "validation", "Val/a/5.png", "\"test\"", "\"training\"", "\"leave_out\""});
  DataRequest request;
  request.validation = "leave_out";
  const auto without = load("set", request);
  EXPECT_EQ(without.training.pixels, (Bytes{1, 2}));
  EXPECT_EQ(without.test.pixels, (Bytes{3, 4}));
  expect_all_in(notes_of(without), {"2 left out, a part for validation: Val/a/5.png, Val/b/6.png"});
  request.validation = "training";
  EXPECT_EQ(load("set", request).training.pixels, (Bytes{5, 6, 1, 2}));
  request.validation = "test";
  EXPECT_EQ(load("set", request).test.pixels, (Bytes{5, 6, 3, 4}));
}

TEST_F(OwnData, EveryDamagedFileIsNamedAtOnceOrLeftOut) {
  write_parts("set");
  for (int n = 10; n < 33; ++n)
    test::write_file(folder / "set" / "train" / "a" / (std::to_string(n) + ".png"), test::bytes_of("no picture"));
  const auto text = refused("set");
  expect_all_in(text, {"23 cannot be read", "a/10.png: magic", "a/29.png: magic", "and 3 more", "\"leave_out_damaged\": true"});
  EXPECT_EQ(text.find("a/30.png"), std::string::npos) << text;
  DataRequest request;
  request.leave_out_damaged = true;
  const auto data = load("set", request);
  EXPECT_EQ(data.training.pixels, (Bytes{1, 2}));
  expect_all_in(notes_of(data), {"23 left out, damaged", "a/10.png"});
}

TEST_F(OwnData, DamagedRecordingsAndSoundsAreNamedAtOnce) {
  test::write_files(folder / "events", {{"train/a/1.bin", Bytes(11)}, {"train/a/2.aedat4", {1}}, {"test/a/3.bin", Bytes(5)}});
  expect_all_in(refused("events"), {"2 cannot be read", "1.bin", "2.aedat4"});
  test::write_files(folder / "sound", {{"train/a/1.wav", {1}}, {"train/b/2.wav", {2}}, {"test/a/3.wav", {3}}});
  expect_all_in(refused("sound"), {"3 cannot be read", "1.wav", "2.wav", "3.wav"});
}

TEST_F(OwnData, WhatCannotBePartedSaysWhatToDo) {
  test::write_files(folder / "set", {{"a/1.png", test::gray_png(1, {1})}, {"b/1.png", test::gray_png(1, {2})}});
  expect_all_in(refused("set"), {"no test samples", "\"test_share\" 0.2 of 2 files", "larger", "folders train and test"});
  EXPECT_EQ(load("set", {}, {true, false}).training.size(), 2u);
  test::write_files(folder / "half", {{"train/a/1.png", test::gray_png(1, {1})}});
  const auto half = refused("half");
  expect_all_in(half, {"half: there are no test samples", "in the training part", "folder test"});
  EXPECT_EQ(half.find("half"), half.rfind("half")) << "the folder's name says which set it is: " << half;
}

TEST_F(OwnData, SoundsByClassAreReadAsPicturesAre) {
  test::write_files(folder / "set", {{"train/low/1.wav", test::tone(300, 8000, 1, 0.2)},
                                     {"train/high/2.WAV", test::tone(3000, 16000, 2, 0.2)},
                                     {"test/low/3.wav", test::tone(300, 8000, 1, 0.2)}});
  const auto data = load("set");
  EXPECT_EQ(data.shape, (Shape{1, 30, 30}));
  EXPECT_EQ(data.classes, (std::vector<std::string>{"high", "low"}));
  EXPECT_EQ(data.training.labels, (Bytes{0, 1}));
  EXPECT_EQ(data.test.labels, Bytes{1});
  // 300 Hz and 3000 Hz are in bands that differ; row 0 is the lowest band.
  const auto loudest = [](std::span<const std::uint8_t> image) {
    return (std::max_element(image.begin(), image.end()) - image.begin()) / 30;
  };
  EXPECT_LT(loudest(data.training.image(1)), 8);
  EXPECT_GT(loudest(data.training.image(0)), 20);
  DataRequest narrow;
  narrow.range_decibels = 20;
  EXPECT_NE(load("set", narrow).training.checksum, data.training.checksum);
  DataRequest pictures;
  pictures.gray = true;
  expect_all_in(refused("set", pictures), {"gray", "images"});
}

TEST_F(OwnData, IdxFoldersAreReadEverywhereTheSameWay) {
  test::write_dataset(folder / "idx", 6, 4, 3);
  test::write_file(folder / "idx" / "notes.txt", Bytes{1});
  const auto text = (folder / "idx").string();
  const auto data = load_named(parse_data_text(text));
  EXPECT_EQ(data.shape, (Shape{1, 4, 4}));
  EXPECT_EQ(data.classes, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(data.training.name, text + ", training");
  expect_all_in(notes_of(data), {"1 left out, beside the IDX files: notes.txt"});
  const auto learned = load_data({.data = text, .images = "", .labels = ""}, Part::kTraining);
  EXPECT_EQ(learned.checksum, data.training.checksum);
  EXPECT_EQ(learned.name, data.training.name);
  const auto object = load_data({.data = "{\"folder\": \"" + text + "\"}", .images = "", .labels = ""}, Part::kTest);
  EXPECT_EQ(object.checksum, data.test.checksum);
  const auto both = load_parts({.data = text, .images = "", .labels = ""});
  EXPECT_EQ(both.training.checksum, data.training.checksum);
  EXPECT_EQ(both.test.checksum, data.test.checksum);
  DataRequest request;
  request.invert = true;
  request.folder = text;
  EXPECT_EQ(load_named(request).training.pixels[0], 255 - data.training.pixels[0]);
  // One part alone is enough for what needs one.
  fs::remove(folder / "idx" / "t10k-images-idx3-ubyte");
  EXPECT_EQ(load_data({.data = text, .images = "", .labels = ""}, Part::kTraining).checksum, data.training.checksum);
  expect_all_in(refusal([&] { (void)load_named(parse_data_text(text)); }), {"idx", "t10k-images-idx3-ubyte"});
}

TEST_F(OwnData, OneFileIsNoSet) {
  test::write_file(folder / "a.wav", test::tone(300, 8000, 1, 0.1));
  expect_all_in(refused("a.wav"), {"a.wav", "one file", "by class"});
  test::write_file(folder / "a.txt", Bytes{1});
  expect_all_in(refused("a.txt"), {"a.txt", "archive"});
}

TEST_F(OwnData, SeveralKindsInOneFolderAreRefused) {
  test::write_files(folder / "both", {{"a/a.png", test::gray_png(1, {1})}, {"a/b.wav", {1}}});
  expect_all_in(refused("both"), {"both pictures and sounds", "a/a.png", "a/b.wav"});
}

}  // namespace
}  // namespace phasic::runtime
