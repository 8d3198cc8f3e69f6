// SPDX-License-Identifier: Apache-2.0
/// Sets of images in their published forms, by way of the loader.
#include <map>
#include <set>

#include "runtime/data/load.hpp"
#include "tests/runtime/data/made_files.hpp"

namespace phasic::runtime {
namespace {

using test::Bytes;
using test::expect_all_in;
using test::refusal;

class ImageSets : public ::testing::Test {
 protected:
  NamedData load(const std::string& set, DataRequest request = {}, Wanted wanted = {}) {
    const test::Environment data("PHASIC_DATA", folder.path().string());
    request.set = set;
    return load_named(request, wanted);
  }
  std::string refused(const std::string& set, const DataRequest& request = {}) {
    return refusal([&] { (void)load(set, request); });
  }
  NamedData load_folder(const std::string& name, DataRequest request = {}, Wanted wanted = {}) {
    request.folder = (folder / name).string();
    return load_named(request, wanted);
  }
  test::TemporaryFolder folder;
};

/// Records of CIFAR-10: the label, then red, green and blue planes of one value each.
Bytes cifar(const std::vector<std::array<std::uint8_t, 4>>& records) {
  Bytes bytes;
  for (const auto& record : records) {
    bytes.push_back(record[0]);
    for (int channel = 1; channel < 4; ++channel) bytes.insert(bytes.end(), 1024, record[static_cast<std::size_t>(channel)]);
  }
  return bytes;
}

test::Files cifar_files() {
  test::Files files;
  for (std::uint8_t batch = 1; batch <= 5; ++batch)
    files.emplace_back("data_batch_" + std::to_string(batch) + ".bin", cifar({{batch, batch, 20, 30}, {9, 1, 2, 3}}));
  files.emplace_back("test_batch.bin", cifar({{0, 7, 8, 9}}));
  return files;
}

TEST_F(ImageSets, CifarBatches) {
  test::write_files(folder / "cifar10", cifar_files());
  const auto data = load("cifar10");
  EXPECT_EQ(data.shape, (Shape{3, 32, 32}));
  EXPECT_EQ(data.training.labels, (Bytes{1, 9, 2, 9, 3, 9, 4, 9, 5, 9}));
  EXPECT_EQ(data.test.labels, Bytes{0});
  EXPECT_EQ(data.classes.at(9), "truck");
  const auto image = data.training.image(2);
  EXPECT_EQ(image.size(), 3072u);
  EXPECT_EQ(image[0], 2);
  EXPECT_EQ(image[1024], 20);
  EXPECT_EQ(image[3071], 30);
  // 0.299 * 2 + 0.587 * 20 + 0.114 * 30 = 15.758
  DataRequest gray;
  gray.gray = true;
  gray.rows = gray.columns = 4;
  const auto small = load("cifar10", gray);
  EXPECT_EQ(small.shape, (Shape{1, 4, 4}));
  EXPECT_EQ(small.training.image(2)[5], 16);
}

TEST_F(ImageSets, CifarBatchesInAnArchive) {
  test::Files files;
  for (const auto& [name, bytes] : cifar_files()) files.emplace_back("cifar-10-batches-bin/" + name, bytes);
  std::filesystem::create_directories(folder / "cifar10");
  test::write_archive(folder / "cifar10" / "cifar-10-binary.tar.gz", files, "tar", "gzip");
  EXPECT_EQ(load("cifar10").training.labels, (Bytes{1, 9, 2, 9, 3, 9, 4, 9, 5, 9}));
  EXPECT_EQ(load("cifar10", {}, {false, true}).training.size(), 0u);
  files.emplace_back("cifar-10-batches-bin/readme.html", Bytes{1});
  test::write_archive(folder / "cifar10" / "cifar-10-binary.tar.gz", files, "tar", "gzip");
  expect_all_in(load("cifar10").notes.at(0), {"1 left out", "readme.html"});
}

TEST_F(ImageSets, CifarFaultsAreNamed) {
  auto files = cifar_files();
  files[1].second.pop_back();
  test::write_files(folder / "cifar10", files);
  expect_all_in(refused("cifar10"), {"data_batch_2.bin", "size", "6145", "3073"});
  files = cifar_files();
  files[3].second[3073] = 10;
  test::write_files(folder / "cifar10", files);
  expect_all_in(refused("cifar10"), {"data_batch_4.bin: record 1", "label", "10"});
  files = cifar_files();
  files[5].second.clear();
  test::write_files(folder / "cifar10", files);
  expect_all_in(refused("cifar10"), {"test_batch.bin", "size", "0 bytes"});
  std::filesystem::remove(folder / "cifar10" / "test_batch.bin");
  expect_all_in(refused("cifar10"), {"cifar10", "is in none of", "test_batch.bin", "cs.toronto.edu"});
}

TEST_F(ImageSets, CifarSheets) {
  std::filesystem::create_directories(folder / "cifar10");
  std::string labels = "batch,row,label,class,from\n";
  for (int sheet = 0; sheet < 4; ++sheet) {
    std::vector<Bytes> lines;
    for (int row = 0; row < 5; ++row) {
      Bytes line;
      for (int n = 0; n < 1024; ++n)
        test::append(line,
                     {static_cast<std::uint8_t>(sheet), static_cast<std::uint8_t>(row), static_cast<std::uint8_t>(n % 256)});
      lines.push_back(line);
      labels += std::to_string(sheet) + "," + std::to_string(row) + "," + std::to_string(row) + ",x,y\n";
    }
    test::write_file(folder / "cifar10" / ("cifar10_batch_" + std::to_string(sheet) + ".png"), test::png(1024, 8, 2, lines));
  }
  test::write_file(folder / "cifar10" / "cifar10_png_labels.csv", labels);
  const auto data = load("cifar10-sheets");
  EXPECT_EQ(data.training.size(), 16u);
  EXPECT_EQ(data.test.size(), 4u);
  for (std::size_t n = 0; n < data.training.size(); ++n) {
    EXPECT_EQ(data.training.image(n)[1024], data.training.labels[n]);
    EXPECT_EQ(data.training.image(n)[2048 + 40], 40);
  }
  test::write_file(folder / "cifar10" / "cifar10_png_labels.csv", labels + "4,0,1,x,y\n");
  expect_all_in(refused("cifar10-sheets"), {"cifar10_png_labels.csv", "line 22: batch", "4"});
  test::write_file(folder / "cifar10" / "cifar10_png_labels.csv", labels + "3,0,ten,x,y\n");
  expect_all_in(refused("cifar10-sheets"), {"line 22: label", "ten"});
  test::write_file(folder / "cifar10" / "cifar10_batch_2.png", test::gray_png(2, {1, 2}));
  expect_all_in(refused("cifar10-sheets"), {"cifar10_batch_2.png", "size", "1024"});
}

TEST_F(ImageSets, NumberedPictures) {
  test::write_files(folder / "hasy20", {{"train_images/00000.png", test::gray_png(1, {255})},
                                        {"train_images/00001.png", test::gray_png(1, {55})},
                                        {"test_images/00000.png", test::gray_png(1, {0})},
                                        {"train_labels.csv", test::bytes_of("3\n19\n")},
                                        {"test_labels.csv", test::bytes_of("5\n")}});
  const auto data = load("hasy20");
  EXPECT_EQ(data.training.labels, (Bytes{3, 19}));
  EXPECT_EQ(data.training.pixels, (Bytes{0, 200}));  // inverted
  EXPECT_EQ(data.test.pixels, Bytes{255});
  test::write_files(folder / "hasy20", {{"train_labels.csv", test::bytes_of("3\n")}});
  expect_all_in(refused("hasy20"), {"train_labels.csv", "lines", "1 labels"});
  test::write_files(folder / "hasy20", {{"train_labels.csv", test::bytes_of("3\n20\n")}});
  expect_all_in(refused("hasy20"), {"train_labels.csv", "line 2", "20"});
}

TEST_F(ImageSets, FoldersByPartAndClass) {
  test::write_files(folder / "set", {{"train/cat/a.png", test::gray_png(2, {0, 100, 200, 250})},
                                     {"train/ant/b.PNG", test::gray_png(1, {10})},
                                     {"test/cat/c.jpg", test::jpeg(8, 8, 1, Bytes(64, 60))},
                                     {"test/cat/notes.txt", {1}}});
  DataRequest request;
  request.rows = request.columns = 1;
  request.mixed = false;
  const auto data = load_folder("set", request);
  EXPECT_EQ(data.classes, (std::vector<std::string>{"ant", "cat"}));
  EXPECT_EQ(data.training.labels, (Bytes{0, 1}));
  EXPECT_EQ(data.training.pixels, (Bytes{10, 138}));  // 137.5 upwards
  EXPECT_EQ(data.test.pixels, Bytes{60});
  expect_all_in(refusal([&] { (void)load_folder("set"); }), {"b.PNG", "1 x 1", "c.jpg", "8 x 8", "\"size\""});
  // An archive of the same is the same; one part alone keeps the labels.
  test::write_archive(folder / "set.zip",
                      {{"train/cat/a.png", test::gray_png(2, {0, 100, 200, 250})},
                       {"train/ant/b.png", test::gray_png(1, {10})},
                       {"test/cat/c.png", test::gray_png(1, {60})}},
                      "zip", "none");
  const auto zipped = load_folder("set.zip", request, {false, true});
  EXPECT_EQ(zipped.test.labels, Bytes{1});
  EXPECT_EQ(zipped.test.pixels, Bytes{60});
}

TEST_F(ImageSets, ASeedDrawsTheTestPartOfAFolder) {
  test::Files files;
  for (int n = 0; n < 40; ++n)
    files.emplace_back((n % 2 == 0 ? "even/" : "odd/") + std::to_string(100 + n) + ".png",
                       test::gray_png(1, {static_cast<std::uint8_t>(n)}));
  test::write_files(folder / "set", files);
  const auto parts_of = [&](std::uint64_t seed, double share) {
    DataRequest request;
    request.seed = seed;
    request.test_share = share;
    return load_folder("set", request);
  };
  const auto data = parts_of(1, 0.25);
  EXPECT_EQ(data.test.size(), 10u);
  std::set<int> all;
  for (const auto* part : {&data.training, &data.test}) {
    for (std::size_t n = 0; n < part->size(); ++n) {
      all.insert(part->pixels[n]);
      EXPECT_EQ(part->labels[n], part->pixels[n] % 2);
    }
  }
  EXPECT_EQ(all.size(), 40u);
  EXPECT_EQ(parts_of(1, 0.25).test.pixels, data.test.pixels);
  EXPECT_NE(parts_of(2, 0.25).test.pixels, data.test.pixels);
  // The training set comes in an order drawn from the seed, not class by class.
  EXPECT_FALSE(std::is_sorted(data.training.labels.begin(), data.training.labels.end()));
  EXPECT_NE(parts_of(2, 0.25).training.pixels, data.training.pixels);
  DataRequest in_order;
  in_order.mixed = false;
  const auto sorted = load_folder("set", in_order);
  EXPECT_TRUE(std::is_sorted(sorted.training.labels.begin(), sorted.training.labels.end()));
  expect_all_in(refusal([&] { (void)parts_of(1, 0); }), {"no test samples"});
}

TEST_F(ImageSets, ColoursAndGrayStandTogetherAsColours) {
  test::write_files(folder / "set", {{"train/a/1.png", test::gray_png(1, {9})},
                                     {"train/b/1.png", test::png(1, 8, 2, {{1, 2, 3}})},
                                     {"test/a/1.png", test::gray_png(1, {5})}});
  DataRequest request;
  request.mixed = false;
  const auto data = load_folder("set", request);
  EXPECT_EQ(data.shape, (Shape{3, 1, 1}));
  EXPECT_EQ(data.training.pixels, (Bytes{9, 9, 9, 1, 2, 3}));
  EXPECT_EQ(load_folder("set", request, Wanted{false, true}).test.pixels, (Bytes{5, 5, 5})) << "the test part alone";
}

TEST_F(ImageSets, RepeatsCanBeLeftOut) {
  test::write_files(folder / "set", {{"train/a/1.png", test::gray_png(1, {1})},
                                     {"train/a/2.png", test::gray_png(1, {1})},
                                     {"train/b/3.png", test::gray_png(1, {7})},
                                     {"train/b/4.png", test::gray_png(1, {4})},
                                     {"test/a/5.png", test::gray_png(1, {7})},
                                     {"test/a/6.png", test::gray_png(1, {7})}});
  DataRequest request;
  request.mixed = false;
  request.unique = true;
  for (const auto wanted : {Wanted{}, Wanted{true, false}}) {
    const auto data = load_folder("set", request, wanted);
    EXPECT_EQ(data.training.pixels, (Bytes{1, 4}));
    EXPECT_EQ(data.test.pixels, wanted.test ? Bytes{7} : Bytes{});
    expect_all_in(data.notes.at(0), {"3 repeated"});
  }
}

TEST_F(ImageSets, BadFoldersAreNamed) {
  expect_all_in(refusal([&] { (void)load_folder("none"); }), {"folder", "none", "not there"});
  test::write_files(folder / "empty", {{"a.txt", {1}}});
  expect_all_in(refusal([&] { (void)load_folder("empty"); }), {"empty", "no pictures"});
  test::write_files(folder / "both", {{"a/a.png", test::gray_png(1, {1})}, {"a/a.aedat4", {1}}});
  expect_all_in(refusal([&] { (void)load_folder("both"); }), {"both pictures and recordings"});
  test::write_files(folder / "bad", {{"a/a.png", {1, 2, 3}}});
  expect_all_in(refusal([&] { (void)load_folder("bad"); }), {"a/a.png", "magic"});
}

TEST_F(ImageSets, IdxLettersAreInvertedMixedAndResized) {
  Bytes pixels, labels;
  for (std::uint8_t n = 0; n < 26; ++n) {
    pixels.insert(pixels.end(), {n, n, static_cast<std::uint8_t>(n + 2), static_cast<std::uint8_t>(n + 2)});
    labels.push_back(n);
  }
  std::filesystem::create_directories(folder / "letters26");
  for (const std::string part : {"train", "test"}) {
    test::write_file(folder / "letters26" / ("crohme-letters26-" + part + "-images-idx3-ubyte.gz"),
                     test::gzip(test::idx({26, 2, 2}, pixels)));
    test::write_file(folder / "letters26" / ("crohme-letters26-" + part + "-labels-idx1-ubyte.gz"),
                     test::gzip(test::idx({26}, labels)));
  }
  DataRequest request;
  request.rows = request.columns = 1;
  const auto data = load("letters26", request);
  EXPECT_EQ(data.test.labels, labels);
  EXPECT_NE(data.training.labels, labels);
  for (std::size_t n = 0; n < 26; ++n) {
    EXPECT_EQ(data.test.pixels[n], 254 - data.test.labels[n]);
    EXPECT_EQ(data.training.pixels[n], 254 - data.training.labels[n]);
  }
  request.invert = false;
  EXPECT_EQ(load("letters26", request).test.pixels[3], 4);
  labels[7] = 26;
  test::write_file(folder / "letters26" / "crohme-letters26-test-labels-idx1-ubyte.gz", test::gzip(test::idx({26}, labels)));
  expect_all_in(refused("letters26"), {"crohme-letters26-test-labels", "sample 7: label 26; letters26 has 26 classes"});
}

TEST_F(ImageSets, PathsTellClassAndPart) {
  const auto told = [](const std::optional<Place>& place) {
    if (!place) return std::string("none");
    return place->label + (place->validation                 ? " validation"
                           : !place->part                    ? " open"
                           : *place->part == Part::kTraining ? " training"
                                                             : " test");
  };
  EXPECT_EQ(told(place_by_folder("x/Train/cat/1.png")), "cat training");
  EXPECT_EQ(told(place_by_folder("val/cat/1.png")), "cat validation");
  EXPECT_EQ(told(place_by_folder("x/TEST/cat/1.png")), "cat test");
  EXPECT_EQ(told(place_by_folder("cat/1.png")), "cat open");
  EXPECT_EQ(told(place_by_folder("1.png")), "none");
  EXPECT_EQ(told(place_by_hand_letter("PNG/CAP_Q_7.png")), "q open");
  EXPECT_EQ(told(place_by_hand_letter("PNG/SMALL_q_7.png")), "q open");
  EXPECT_EQ(told(place_by_hand_letter("PNG/DIGIT_3_7.png")), "none");
  EXPECT_EQ(told(place_by_hand_letter("PNG/SMALL_i_83.png")), "none");
  EXPECT_EQ(told(place_in_latin("small1/Latin/character05/0682_16.png")), "character05 training");
  EXPECT_EQ(told(place_in_latin("small1/Latin/character05/0682_17.png")), "character05 test");
  EXPECT_EQ(told(place_in_latin("small1/Greek/character05/0682_17.png")), "none");
  EXPECT_EQ(told(place_in_greek("small1/Greek/character05/0682_17.png")), "character05 test");
  EXPECT_EQ(told(place_of_spoken_digit("recordings/7_jackson_4.wav")), "7 test");
  EXPECT_EQ(told(place_of_spoken_digit("recordings/7_jackson_5.wav")), "7 training");
  EXPECT_EQ(told(place_of_spoken_digit("recordings/x_jackson_5.wav")), "none");
  EXPECT_EQ(told(place_of_spoken_digit("README.md")), "none");
}

}  // namespace
}  // namespace phasic::runtime
