// SPDX-License-Identifier: Apache-2.0
/// The Heidelberg spiking data sets, in files that look like theirs.
#include <limits>
#include <random>

#include "runtime/data/load.hpp"
#include "runtime/data/spike_file.hpp"
#include "tests/runtime/data/made_files.hpp"
#include "tests/runtime/data/made_spikes.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;
using test::expect_all_in;
using test::MadeSpikes;
using test::refusal;

std::vector<std::string> numbered(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t n = 0; n < count; ++n) names.push_back("word" + std::to_string(n));
  return names;
}

std::uint32_t event_word(std::uint32_t step, std::uint32_t input) { return step << contract::kEntryStepBit | input; }

class SpikeFiles : public ::testing::Test {
 protected:
  void write(const std::string& name, const MadeSpikes& made) const { test::write_spikes(folder / "ssc" / name, made); }
  void write_parts() const {
    write("ssc_train.h5", first);
    write("ssc_test.h5", second);
  }
  [[nodiscard]] static NamedData load(const nlohmann::json& more = nlohmann::json::object()) {
    nlohmann::json request = {{"set", "ssc"}, {"order", "file"}, {"steps", 10}};
    if (more.contains("picture")) request.erase("steps");
    request.update(more);
    return load_named(parse_data_request(JsonNode(request, "data", "")));
  }
  void expect_refused(const std::vector<std::string>& parts, const nlohmann::json& more = nlohmann::json::object()) const {
    expect_all_in(refusal([&] { (void)load(more); }), parts);
  }
  void expect_training_refused(const MadeSpikes& made, std::vector<std::string> parts) const {
    write("ssc_train.h5", made);
    parts.emplace_back("ssc_train.h5");
    expect_refused(parts);
  }
  [[nodiscard]] static std::vector<std::uint32_t> events(const Dataset& data, std::size_t n) {
    const auto words = data.events_of(n);
    return {words.begin(), words.end()};
  }

  test::TemporaryFolder folder;
  test::Environment places{"PHASIC_DATA", folder.path().string()};
  // Numbers that 16 bits hold. The last spike of the first recording lies behind the window of a second.
  MadeSpikes first{{{0.25, 0.25, 0.875, 0.5, 1.5}, {}, {0.125}}, {{699, 0, 3, 4, 5}, {}, {7}}, {34, 0, 1}, numbered(35)};
  MadeSpikes second{{{0, 0.5}}, {{10, 12}}, {2}, numbered(35)};
};

TEST_F(SpikeFiles, EventsAreChannelsAtTheStepsOfTheirTimes) {
  write_parts();
  const auto data = load();
  EXPECT_EQ(data.shape, (Shape{1, 1, 700}));
  EXPECT_EQ(data.classes, numbered(35));
  EXPECT_EQ(data.training.labels, (std::vector<std::uint8_t>{34, 0, 1}));
  EXPECT_EQ(data.test.labels, (std::vector<std::uint8_t>{2}));
  EXPECT_EQ(events(data.training, 0),
            (std::vector<std::uint32_t>{event_word(0, 0), event_word(0, 699), event_word(2, 4), event_word(6, 3)}));
  EXPECT_TRUE(events(data.training, 1).empty());
  EXPECT_EQ(events(data.training, 2), (std::vector<std::uint32_t>{event_word(0, 7)}));
  EXPECT_EQ(events(data.test, 0), (std::vector<std::uint32_t>{event_word(0, 10), event_word(5, 12)}));
}

TEST_F(SpikeFiles, FieldsOfRecordingsHaveTheirMeaning) {
  write_parts();
  const auto fewer = load({{"downsample", 5}});
  EXPECT_EQ(fewer.shape, (Shape{1, 1, 140}));
  EXPECT_EQ(events(fewer.training, 0),
            (std::vector<std::uint32_t>{event_word(0, 0), event_word(0, 139), event_word(2, 0), event_word(6, 0)}));
  EXPECT_EQ(load({{"step_ms", 100}, {"steps", 4}}).training.chunks_of(0).size(), 3u);
  const auto picture = load({{"picture", {{"kind", "counts"}, {"bins", 3}, {"full", 1}}}});
  EXPECT_EQ(picture.shape, (Shape{3, 1, 700}));
  EXPECT_EQ(picture.training.image(0)[699], 255);
  EXPECT_EQ(picture.training.image(0)[700 + 3], 255);
  EXPECT_EQ(std::ranges::count(picture.training.image(0), 255), 4);
}

TEST_F(SpikeFiles, PackedOnesAndChunksAreReadAsPlainOnes) {
  write_parts();
  const auto plain = load();
  first.packed = second.packed = true;
  write_parts();
  EXPECT_EQ(load().training.checksum, plain.training.checksum);
  for (const std::string name : {"ssc_train.h5", "ssc_test.h5"}) {
    test::write_file(folder / "ssc" / (name + ".gz"), test::gzip(test::read_file(folder / "ssc" / name)));
    fs::remove(folder / "ssc" / name);
  }
  fs::create_directory(folder / "temporary");
  const test::Environment temporary("TMPDIR", (folder / "temporary").string());
  const auto packed = load();
  EXPECT_EQ(packed.training.checksum, plain.training.checksum);
  EXPECT_EQ(packed.test.checksum, plain.test.checksum);
  auto cut = test::read_file(folder / "ssc" / "ssc_train.h5.gz");
  cut.resize(cut.size() / 2);
  test::write_file(folder / "ssc" / "ssc_train.h5.gz", cut);
  expect_refused({"ssc_train.h5.gz", "gzip", "ends early"});
  EXPECT_TRUE(fs::is_empty(folder / "temporary"));
}

TEST_F(SpikeFiles, RecordingsBeyondThoseReadAtATimeAreInTheirOrder) {
  const auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  MadeSpikes many;
  many.half = false;
  for (int n = 0; n < 100; ++n) {
    many.labels.push_back(static_cast<long long>(random() % 20));
    auto& times = many.times.emplace_back();
    auto& units = many.units.emplace_back();
    times.resize(random() % 50);
    units.resize(times.size());
    for (auto& time : times) time = static_cast<double>(random() % 2'000'000) / 1e6;
    for (auto& unit : units) unit = static_cast<long long>(random() % 700);
  }
  test::write_spikes(folder / "many.h5", many);
  const SpikeFile file(folder / "many.h5", {700, 20});
  EXPECT_EQ(std::vector<long long>(file.labels().begin(), file.labels().end()), many.labels);
  EXPECT_EQ(file.names()[19], "19") << "where the file names no classes";
  std::size_t next = 0;
  file.for_each([&](std::size_t number, const Recording& recording) {
    ASSERT_EQ(number, next++);
    ASSERT_EQ(recording.events.size(), many.times[number].size());
    for (std::size_t k = 0; k < recording.events.size(); ++k) {
      EXPECT_EQ(recording.events[k].time, std::llround(1e6 * many.times[number][k]));
      EXPECT_EQ(recording.events[k].column, many.units[number][k]);
    }
  });
  EXPECT_EQ(next, 100u);
}

TEST_F(SpikeFiles, ThePartForValidationIsLeftOutUnlessAsked) {
  write_parts();
  expect_refused({"ssc_valid.h5"}, {{"validation", "test"}});
  MadeSpikes valid{{{0.5}, {0.5}}, {{1}, {2}}, {3, 4}, numbered(35)};
  write("ssc_valid.h5", valid);
  const auto data = load();
  EXPECT_EQ(data.training.size(), 3u);
  EXPECT_EQ(data.test.size(), 1u);
  ASSERT_EQ(data.notes.size(), 1u);
  expect_all_in(data.notes[0], {"1 left out", "a part for validation", "ssc_valid.h5"});
  EXPECT_EQ(load({{"validation", "training"}}).training.labels, (std::vector<std::uint8_t>{34, 0, 1, 3, 4}));
  EXPECT_EQ(load({{"validation", "test"}}).test.labels, (std::vector<std::uint8_t>{2, 3, 4}));
  valid.keys[1] = "other";
  write("ssc_valid.h5", valid);
  expect_refused({"ssc_valid.h5", "extra/keys"}, {{"validation", "test"}});
}

TEST_F(SpikeFiles, ShdHasItsOwnNames) {
  MadeSpikes digits = second;
  digits.keys = numbered(20);
  for (const std::string part : {"train", "test"}) test::write_spikes(folder / "SHD" / ("shd_" + part + ".h5"), digits);
  const auto data = load_named(parse_data_text("shd"));
  EXPECT_EQ(data.classes.size(), 20u);
  EXPECT_EQ(data.training.labels, (std::vector<std::uint8_t>{2}));
}

TEST_F(SpikeFiles, FaultsAreNamed) {
  write_parts();
  auto made = first;
  made.units[0][3] = 700;
  expect_training_refused(made, {"spikes/units[0][3]", "700; 0 to 699"});
  made.units[0][3] = -1;
  expect_training_refused(made, {"spikes/units[0][3]", "-1"});
  made = first;
  made.times[2][0] = std::numeric_limits<double>::quiet_NaN();
  expect_training_refused(made, {"spikes/times[2][0]", "nan"});
  made = first;
  made.labels[1] = 35;
  expect_training_refused(made, {"labels[1]", "35; 0 to 34"});
  made = first;
  made.units[2].push_back(1);
  expect_training_refused(made, {"spikes/units[2]", "2 spikes", "1 times"});
  made = first;
  made.labels.push_back(1);
  expect_training_refused(made, {"spikes/times", "3 recordings", "4 labels"});
  made = first;
  made.keys.pop_back();
  expect_training_refused(made, {"extra/keys", "34 names; 35"});
  made = first;
  made.keys[3] = made.keys[2];
  expect_training_refused(made, {"extra/keys[3]", "word2"});
}

TEST_F(SpikeFiles, OfAnotherKindAreRefused) {
  write_parts();
  const auto file = folder / "ssc" / "ssc_train.h5";
  for (const auto* const path : {"labels", "spikes/times", "spikes/units"}) {
    write("ssc_train.h5", first);
    test::replace_in(file, path, {1, 2, 3});
    expect_refused({"ssc_train.h5", path, "is no row of"});
    test::remove_from(file, path);
    expect_refused({"ssc_train.h5", path, "is not there"});
  }
  write("ssc_train.h5", first);
  const auto whole = test::read_file(file);
  for (std::size_t part = 1; part < 8; ++part) {
    test::write_file(file, test::Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() * part / 8)));
    expect_refused({"ssc_train.h5"});
  }
  test::write_file(file, std::string("no HDF5"));
  expect_refused({"ssc_train.h5", "no HDF5 file"});
  fs::remove(file);
  expect_refused({"ssc", "is in none of", "ssc_train.h5, ssc_test.h5", "zenkelab.org"});
}

}  // namespace
}  // namespace phasic::runtime
