// SPDX-License-Identifier: Apache-2.0
/// Sets of sounds and recordings by way of the loader, and what the catalogue says.
#include "runtime/data/load.hpp"

#include <set>

#include "runtime/data/statistics.hpp"
#include "runtime/run/launch.hpp"
#include "runtime/run/stream.hpp"
#include "tests/runtime/data/made_files.hpp"

namespace phasic::runtime {
namespace {

using test::Bytes;
using test::expect_all_in;
using test::refusal;

class Load : public ::testing::Test {
 protected:
  NamedData load(const std::string& set, DataRequest request = {}, Wanted wanted = {}) {
    const test::Environment data("PHASIC_DATA", folder.path().string());
    request.set = set;
    return load_named(request, wanted);
  }
  test::TemporaryFolder folder;
};

TEST_F(Load, SpokenDigitsAreSplitByTheirIndex) {
  test::write_files(folder / "fsdd", {{"recordings/3_theo_0.wav", test::tone(300, 8000, 1, 0.2)},
                                      {"recordings/3_theo_4.wav", test::tone(500, 8000, 1, 0.2)},
                                      {"recordings/3_theo_5.wav", test::tone(700, 8000, 1, 0.2)},
                                      {"recordings/9_lucas_49.wav", test::tone(900, 16000, 2, 0.2)}});
  const auto data = load("fsdd");
  EXPECT_EQ(data.shape, (Shape{1, 30, 30}));
  EXPECT_EQ(data.test.labels, (Bytes{3, 3}));
  EXPECT_EQ(std::multiset<int>(data.training.labels.begin(), data.training.labels.end()), (std::multiset<int>{3, 9}));
  EXPECT_EQ(*std::max_element(data.training.pixels.begin(), data.training.pixels.end()), 255);
  test::write_files(folder / "fsdd", {{"recordings/1_theo_9.wav", test::bytes_of("RIFF")}});
  expect_all_in(refusal([&] { (void)load("fsdd"); }), {"1_theo_9.wav"});
}

test::Files listed() {
  return {{"train1K.txt", test::bytes_of("#sample #class\n1\t5\n2\t0\n")},
          {"test100.txt", test::bytes_of("#sample #class\n60001\t5\n")},
          {"1.bs2", test::nmnist({{0, 0, 0, false}, {150'000, 1, 0, true}, {299'999, 33, 33, true}, {300'000, 0, 0, true}})},
          {"2.bs2", test::nmnist({{100, 2, 0, false}})},
          {"60001.bs2", test::nmnist({})}};
}

TEST_F(Load, ListedRecordingsBecomeAddressEvents) {
  test::write_files(folder / "nmnist-small", listed());
  DataRequest request;
  request.steps = 4;
  const auto data = load("nmnist-small", request);
  EXPECT_TRUE(data.recordings);
  EXPECT_EQ(data.training.steps, 4u);
  EXPECT_EQ(data.training.inputs(), 2312u);
  EXPECT_EQ(data.classes, (std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}));
  EXPECT_EQ(data.training.labels, (Bytes{5, 0}));
  const auto events = data.training.events_of(0);
  EXPECT_EQ(std::vector<std::uint32_t>(events.begin(), events.end()),
            (std::vector<std::uint32_t>{0, (2u << 16) | (1156 + 1), (3u << 16) | 2311}));
  EXPECT_EQ(data.training.events_of(1).size(), 1u);
  EXPECT_EQ(data.test.events_of(0).size(), 0u);
  // In an archive the same.
  test::Files files;
  for (const auto& [name, bytes] : listed()) files.emplace_back("nmnist_small/" + name, bytes);
  std::filesystem::remove_all(folder / "nmnist-small");
  std::filesystem::create_directories(folder / "nmnist_small");
  test::write_archive(folder / "nmnist_small" / "nmnist_small.tar.xz", files, "tar", "xz");
  EXPECT_EQ(load("nmnist-small", request).training.checksum, data.training.checksum);
  request.downsample = 2;
  request.window_microseconds = 200'000;
  const auto small = load("nmnist-small", request);
  EXPECT_EQ(small.shape, (Shape{2, 17, 17}));
  EXPECT_EQ(small.training.events_of(0).size(), 2u);
}

TEST_F(Load, RecordingsBecomePicturesOfTheirEvents) {
  test::write_files(folder / "nmnist-small", listed());
  DataRequest request;
  request.picture = EventPicture{.bins = 2, .full = 2};
  const auto data = load("nmnist-small", request);
  EXPECT_FALSE(data.recordings);
  EXPECT_EQ(data.shape, (Shape{4, 34, 34}));
  EXPECT_FALSE(data.training.has_events());
  EXPECT_EQ(data.training.steps, 0u);
  EXPECT_EQ(data.training.labels, (Bytes{5, 0}));
  // The window of the set ends at 300 ms, and the second half begins with 150.
  const auto first = data.training.image(0);
  Bytes wanted(std::size_t{4} * 34 * 34);
  wanted[0] = wanted[3 * 34 * 34 + 1] = wanted[4 * 34 * 34 - 1] = 128;
  EXPECT_EQ(Bytes(first.begin(), first.end()), wanted);
  EXPECT_EQ(data.test.pixels, Bytes(std::size_t{4} * 34 * 34)) << "no events";
  request.downsample = 17;
  EXPECT_EQ(load("nmnist-small", request).shape, (Shape{4, 2, 2}));

  auto document = test::small_network(4 * 34 * 34, 10, 10);
  EXPECT_NO_THROW(check_fits(data.training, parse_network(document, "net.json"))) << "whatever its steps";
  expect_all_in(refusal([&] { check_fits(data.training, parse_network(test::small_network(2312, 10, 10), "net.json")); }),
                {"dimensions", "4 x 34 x 34", "4624", "net.json", "2312"});
}

TEST_F(Load, AnUnknownRecordingInAPictureNeedsFewerParts) {
  test::write_files(folder / "set", {{"train/a/1.aedat", test::aedat2("DVS128", {{0, 1}})},
                                     {"test/a/2.aedat", test::aedat2("DVS128", {{0, 1}})}});
  DataRequest request;
  request.folder = (folder / "set").string();
  request.picture = EventPicture{.bins = 4};
  expect_all_in(refusal([&] { (void)load_named(request); }), {"1.aedat", "picture.bins", "128 x 128", "downsample"});
  request.downsample = 4;
  EXPECT_EQ(load_named(request).shape, (Shape{8, 32, 32}));
}

TEST_F(Load, ListedRecordingsThatAreMissingAreNamed) {
  auto files = listed();
  files[0].second = test::bytes_of("1\t5\n7\t3\n");
  test::write_files(folder / "nmnist-small", files);
  expect_all_in(refusal([&] { (void)load("nmnist-small"); }), {"train1K.txt", "line 2", "7.bs2"});
  files[0].second = test::bytes_of("1\tfive\n");
  test::write_files(folder / "nmnist-small", files);
  expect_all_in(refusal([&] { (void)load("nmnist-small"); }), {"train1K.txt", "line 1", "five"});
}

TEST_F(Load, RecordingsOfManyFormatsInFoldersByClass) {
  const std::vector<test::MadeEvent> events{{5, 1, 1, true}, {9, 2, 0, false}};
  test::write_files(folder / "set", {{"train/wave/1.aedat4", test::aedat4(events, Packing::kLz4, 34, 34)},
                                     {"train/clap/2.bin", test::nmnist(events)},
                                     {"test/clap/3.aedat4", test::aedat4(events, Packing::kZstd, 34, 34)}});
  DataRequest request;
  request.folder = (folder / "set").string();
  request.mixed = false;
  const auto data = load_named(request);
  EXPECT_EQ(data.classes, (std::vector<std::string>{"clap", "wave"}));
  EXPECT_EQ(data.training.labels, (Bytes{0, 1}));
  const auto first = data.training.events_of(0), second = data.training.events_of(1);
  EXPECT_TRUE(std::equal(first.begin(), first.end(), second.begin(), second.end()));
  EXPECT_EQ(first.size(), 2u);
  test::write_files(folder / "set", {{"train/wave/4.aedat", test::aedat2("DVS128", {{0, 1}})}});
  expect_all_in(refusal([&] { (void)load_named(request); }), {"4.aedat", "128 x 128", "34 x 34"});
}

TEST_F(Load, RecordingsBecomeChunksOfStepsOfATimeThatIsSaid) {
  const std::vector<test::MadeEvent> shorter{{5'000, 1, 1, true}, {9'000, 2, 0, false}},
      longer{{0, 3, 0, true}, {70'000, 3, 0, true}}, later{{0, 3, 0, true}, {110'000, 3, 0, true}};
  test::write_files(folder / "set", {{"train/a/1.bin", test::nmnist(longer)},
                                     {"train/b/2.aedat4", test::aedat4(shorter, Packing::kLz4, 34, 34)},
                                     {"train/b/3.bin", test::nmnist(longer)},
                                     {"train/b/4.bin", test::nmnist(later)},
                                     {"test/a/5.bin", test::nmnist({{0, 0, 0, false}})}});
  DataRequest request;
  request.folder = (folder / "set").string();
  request.mixed = false;
  request.steps = 4;
  request.step_microseconds = 10'000;
  const auto data = load_named(request);
  const auto counts_of = [](const Dataset& set, std::size_t n) {
    const auto counts = set.chunks_of(n);
    return std::vector<std::uint32_t>(counts.begin(), counts.end());
  };
  // 8 steps, 1 step, 8 steps, 12 steps: the second half of the longer recording is the last third of the one with a gap.
  EXPECT_EQ(data.training.chunk_words, (std::vector<std::uint32_t>{1, 1, 2, 1, 1, 1, 0, 1}));
  EXPECT_EQ(data.training.chunk_starts, (std::vector<std::size_t>{0, 2, 3, 5, 8}));
  EXPECT_EQ(counts_of(data.test, 0), (std::vector<std::uint32_t>{1}));
  const auto first = data.training.events_of(0), last = data.training.events_of(3);
  EXPECT_EQ(std::vector<std::uint32_t>(first.begin(), first.end()),
            (std::vector<std::uint32_t>{34 * 34 + 3, (3u << 16) | (34 * 34 + 3)}));
  EXPECT_TRUE(std::equal(first.begin(), first.end(), last.begin(), last.end()));
  EXPECT_EQ(count_repeats(data.training, data.test).within_training, 1u) << "the gap is not a repetition";
  request.unique = true;
  EXPECT_EQ(load_named(request).training.size(), 3u);

  const std::uint32_t chosen[] = {3, 1};
  const auto picked = pick(data.training, chosen, "picked");
  EXPECT_EQ(counts_of(picked, 0), (std::vector<std::uint32_t>{1, 0, 1}));
  EXPECT_EQ(counts_of(picked, 1), (std::vector<std::uint32_t>{2}));
  auto moved = picked;
  moved.chunk_words = {0, 1, 1, 2};
  EXPECT_NE(checksum_of(moved), picked.checksum);

  auto document = test::small_network(2312, 10, 10);
  document["samples"] = "event";
  document["steps"] = 4;
  expect_all_in(refusal([&] { check_fits(data.training, parse_network(document, "net.json")); }),
                {"net.json", "keep", "false", "step_ms\": 10", "true is needed"});
  document["keep"] = true;
  EXPECT_NO_THROW(check_fits(data.training, parse_network(document, "net.json")));
  document["steps"] = 5;
  expect_all_in(refusal([&] { check_fits(data.training, parse_network(document, "net.json")); }),
                {"net.json", "steps", "5", "4"});
}

TEST_F(Load, EventsReachTheKernelAsTheyAre) {
  test::write_files(folder / "nmnist-small", listed());
  DataRequest request;
  request.steps = 8;
  const auto data = load("nmnist-small", request).training;
  auto document = test::small_network(2312, 10, 10);
  document["samples"] = "event";
  const auto network = parse_network(document, "net.json");
  EXPECT_NO_THROW(check_fits(data, network));
  const std::vector<Sample> samples{sample_of(data, 0), sample_of(data, 1)};
  const auto packed = pack_samples(network, samples, 0, true);
  EXPECT_EQ(packed.stride, 64u);
  contract::SampleHeader header;
  std::memcpy(&header, packed.bytes.data(), sizeof header);
  EXPECT_EQ(header.label, 5u);
  EXPECT_EQ(header.length, 3u);
  std::vector<std::uint32_t> words(3);
  std::memcpy(words.data(), packed.bytes.data() + sizeof header, 12);
  EXPECT_EQ(words, (std::vector<std::uint32_t>{0, (4u << 16) | 1157, (7u << 16) | 2311}));

  document["samples"] = "intensity";
  expect_all_in(refusal([&] { check_fits(data, parse_network(document, "net.json")); }), {"net.json", "samples", "event"});
  document["samples"] = "event";
  document["steps"] = 20;
  expect_all_in(refusal([&] { check_fits(data, parse_network(document, "net.json")); }), {"net.json", "steps", "20", "8"});
}

TEST_F(Load, WhatIsNotThereIsToldWithWhereToGetIt) {
  expect_all_in(refusal([&] { (void)load("fsdd"); }), {"data fsdd", (folder / "fsdd").string(), "/usr/share/datasets/fsdd",
                                                       "fsdd_recordings.tar.gz", "recordings", "github.com"});
  expect_all_in(refusal([&] { (void)load("letters26"); }), {"crohme-letters26-train", "idx3-ubyte"});
  expect_all_in(refusal([&] { (void)load("no-such-set"); }), {"no-such-set", "nettalk", "fsdd"});
}

TEST(Catalogue, IsComplete) {
  std::set<std::string> names;
  for (const auto& known : catalogue()) {
    SCOPED_TRACE(known.name);
    EXPECT_TRUE(names.insert(known.name).second);
    EXPECT_FALSE(known.title.empty());
    EXPECT_FALSE(known.folders.empty());
    EXPECT_FALSE(known.files.empty());
    EXPECT_FALSE(known.licence.empty());
    EXPECT_FALSE(known.source.empty());
    EXPECT_GT(known.training, 0u);
    EXPECT_GT(known.test, 0u);
    EXPECT_GT(known.class_count, 1u);
    EXPECT_TRUE(known.classes.empty() || known.classes.size() == known.class_count);
    EXPECT_EQ(std::set<std::string>(known.classes.begin(), known.classes.end()).size(), known.classes.size());
    EXPECT_GT(known.shape.rows * known.shape.columns, 0u);
    const bool by_place = known.form == &Form::kPictures || known.form == &Form::kRecordings || known.form == &Form::kSounds;
    EXPECT_EQ(known.place != nullptr, by_place);
    EXPECT_EQ(find_known(known.name), &known);
  }
}

TEST_F(Load, TheUsersFolderGoesFirst) {
  const auto& known = *find_known("letters26");
  const test::Environment data("PHASIC_DATA", folder.path().string());
  const auto places = places_of(known);
  EXPECT_EQ(places.at(0), folder / "letters26");
  EXPECT_EQ(places.at(1).parent_path(), folder.path());
  EXPECT_EQ(places.back().parent_path(), "/usr/share/datasets");
}

TEST_F(Load, CommandLineTextsNameSetsFoldersAndObjects) {
  test::write_files(folder / "letters", {{"train/a/1.png", test::gray_png(1, {1})}, {"test/a/1.png", test::gray_png(1, {2})}});
  const auto text = (folder / "letters").string();
  EXPECT_EQ(load_data({.data = text, .images = "", .labels = ""}, Part::kTest).pixels, Bytes{2});
  const auto object = "{\"folder\": \"" + text + "\", \"invert\": true}";
  EXPECT_EQ(load_data({.data = object, .images = "", .labels = ""}, Part::kTraining).pixels, Bytes{254});
  test::write_file(folder / "data.json", object);
  EXPECT_EQ(load_data({.data = (folder / "data.json").string(), .images = "", .labels = ""}, Part::kTest).pixels, Bytes{253});
  expect_all_in(refusal([] { (void)load_data({.data = "{\"set\": \"x\"}", .images = "", .labels = ""}, Part::kTest); }),
                {"data: set", "\"x\"", "letters26"});
}

}  // namespace
}  // namespace phasic::runtime
