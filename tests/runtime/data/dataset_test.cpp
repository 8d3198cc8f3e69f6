// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/dataset.hpp"

#include <cstdlib>

#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using test::expect_all_in;
using test::refusal;

TEST(Dataset, IsFoundByNameFolderAndFiles) {
  const test::TemporaryFolder root;
  test::write_dataset(root / "made", 5, 4, 3);
  ::setenv("PHASIC_DATA", root.path().c_str(), 1);
  const auto by_name = load_data({.data = "made", .images = "", .labels = ""}, Part::kTraining);
  ::unsetenv("PHASIC_DATA");
  const auto by_folder = load_data({.data = (root / "made").string(), .images = "", .labels = ""}, Part::kTraining);
  const auto files = find_data((root / "made").string(), Part::kTraining);
  ASSERT_TRUE(files);
  const auto by_files =
      load_data({.data = "", .images = files->images.string(), .labels = files->labels.string()}, Part::kTest);
  EXPECT_EQ(by_name.size(), 5u);
  EXPECT_EQ(by_name.inputs(), 16u);
  EXPECT_EQ(by_name.pixels, by_folder.pixels);
  EXPECT_EQ(by_name.pixels, by_files.pixels);
  EXPECT_EQ(by_name.checksum, by_folder.checksum);
  const auto tests = load_data({.data = (root / "made").string(), .images = "", .labels = ""}, Part::kTest);
  EXPECT_NE(tests.checksum, by_name.checksum);
}

TEST(Dataset, WhatIsNotThereIsNamedWithThePlacesTried) {
  expect_all_in(refusal([] { (void)load_data({.data = "no-such-data", .images = "", .labels = ""}, Part::kTraining); }),
                {"--data no-such-data", "train-images", "given by its path; tried: ./no-such-data, ",
                 "/usr/share/datasets/no-such-data"});
  const auto mistyped =
      refusal([] { (void)load_data({.data = "fashoin-mnist", .images = "", .labels = ""}, Part::kTraining); });
  expect_all_in(mistyped, {"--data fashoin-mnist", "did you mean \"fashion-mnist\"?"});
  const auto in_json =
      refusal([] { (void)load_data({.data = R"({"set": "mnits"})", .images = "", .labels = ""}, Part::kTraining); });
  expect_all_in(in_json, {"data: set", "did you mean \"mnist\"?"});
  expect_all_in(refusal([] { (void)load_data({.data = "", .images = "a", .labels = ""}, Part::kTest); }), {"--labels"});
}

TEST(Dataset, CountsThatDifferAreRefused) {
  const test::TemporaryFolder folder;
  test::write_file(folder / "images", test::idx({2, 1, 1}, {1, 2}));
  test::write_file(folder / "labels", test::idx({3}, {0, 1, 0}));
  expect_all_in(refusal([&] { (void)read_dataset("x", folder / "images", folder / "labels"); }),
                {"labels", "dimension 0", "3", "2"});
}

TEST(Dataset, MustFitTheNetwork) {
  auto data = test::make_dataset(10, 4, 3, 1);
  EXPECT_NO_THROW(check_fits(data, 16, 3, "net.json"));
  expect_all_in(refusal([&] { check_fits(data, 15, 3, "net.json"); }), {"images", "4 x 4", "16", "net.json", "15"});
  data.labels[7] = 3;
  expect_all_in(refusal([&] { check_fits(data, 16, 3, "net.json"); }),
                {"labels: sample 7: label 3, but net.json has classes = 3"});
}

TEST(Dataset, SlicesKeepSamplesTogether) {
  const auto data = test::make_dataset(10, 4, 3, 1);
  const auto part = slice(data, 7, 3, "end");
  ASSERT_EQ(part.size(), 3u);
  EXPECT_EQ(part.labels[0], data.labels[7]);
  EXPECT_TRUE(std::equal(part.image(2).begin(), part.image(2).end(), data.image(9).begin()));
}

}  // namespace
}  // namespace phasic::runtime
