// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/synthetic_gestures.hpp"

#include <map>
#include <numeric>

#include "runtime/data/load.hpp"
#include "tests/runtime/data/made_files.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;
using test::expect_all_in;
using test::refusal;

/// Files of a folder by their paths in it, and what they hold.
std::map<std::string, test::Bytes> files_in(const fs::path& folder) {
  std::map<std::string, test::Bytes> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files[fs::relative(entry.path(), folder).string()] = test::read_file(entry.path());
  }
  return files;
}

TEST(SyntheticGestures, EqualSeedsGiveEqualBytesAndOthersDoNot) {
  const test::TemporaryFolder folder;
  make_synthetic_gestures(folder / "one", 7, 3);
  make_synthetic_gestures(folder / "same", 7, 3);
  make_synthetic_gestures(folder / "other", 8, 3);
  const auto one = files_in(folder / "one"), other = files_in(folder / "other");
  EXPECT_EQ(one.size(), 3 * kSyntheticGestures.size());
  EXPECT_EQ(files_in(folder / "same"), one);
  ASSERT_EQ(other.size(), one.size());
  for (const auto& [name, bytes] : one) EXPECT_NE(other.at(name), bytes) << name;
}

TEST(SyntheticGestures, AreTheSameOnEveryMachine) {
  std::uint64_t sum = 0, events = 0;
  for (std::uint32_t gesture = 0; gesture < kSyntheticGestures.size(); ++gesture) {
    for (const auto& event : make_synthetic_gesture(gesture, 1, 0).events) {
      ++events;
      sum =
          sum * 31 + static_cast<std::uint64_t>(event.time) * 4 + (event.row * 128U + event.column) * 2U + (event.on ? 1U : 0U);
    }
  }
  EXPECT_EQ(events, 58279U);
  EXPECT_EQ(sum, 12842247870505157170U);
}

TEST(SyntheticGestures, TheReaderFindsTheEventsThatWereMade) {
  const test::TemporaryFolder folder;
  make_synthetic_gestures(folder / "set", 3, 5);
  std::size_t files = 0;
  for (std::uint32_t gesture = 0; gesture < kSyntheticGestures.size(); ++gesture) {
    for (std::uint32_t number = 0; number < 5; ++number, ++files) {
      const auto made = make_synthetic_gesture(gesture, 3, number);
      const auto file = folder / "set" / (number < 4 ? "train" : "test") / kSyntheticGestures[gesture] /
                        ("synthetic_0000" + std::to_string(number) + ".aedat");
      const auto read = read_recording(read_stored_file(file));
      EXPECT_EQ(read.rows, kSyntheticGestureSide);
      EXPECT_EQ(read.columns, kSyntheticGestureSide);
      EXPECT_EQ(read.others, 0U);
      EXPECT_EQ(read.outside, 0U);
      EXPECT_TRUE(read.events == made.events) << file << ": " << read.events.size() << ", made " << made.events.size();
      const std::string text(reinterpret_cast<const char*>(test::read_file(file).data()), 120);
      EXPECT_NE(text.find("# synthetic: "), std::string::npos);
    }
  }
  EXPECT_EQ(files, 55U);
}

TEST(SyntheticGestures, AreASetOfTheCatalogue) {
  const test::TemporaryFolder folder;
  make_synthetic_gestures(folder / "synthetic-gestures", 1, 2);
  const test::Environment places("PHASIC_DATA", folder.path().string());
  const auto data = load_named(parse_data_text("synthetic-gestures"));
  EXPECT_TRUE(data.recordings);
  EXPECT_EQ(data.shape, (Shape{2, 32, 32}));
  EXPECT_EQ(data.training.size(), 11U);
  EXPECT_EQ(data.test.size(), 11U);
  ASSERT_EQ(data.classes.size(), kSyntheticGestures.size());
  EXPECT_TRUE(std::equal(data.classes.begin(), data.classes.end(), kSyntheticGestures.begin()));
  const auto* known = find_known("synthetic-gestures");
  ASSERT_NE(known, nullptr);
  EXPECT_EQ(known->training, 880U);
  EXPECT_EQ(known->test, 220U);
}

/// Where the events are on average, and how the light turns about that place in the first half of a turn that it makes there.
struct Seen {
  double column = 0, row = 0;
  double turned = 0;  ///< sum of the cross products of places one after the other; positive: clockwise on the screen
  double spread_across = 0, spread_down = 0;
};
Seen look_at(const Recording& recording) {
  Seen seen;
  const auto count = static_cast<double>(recording.events.size());
  for (const auto& event : recording.events) {
    seen.column += event.column / count;
    seen.row += event.row / count;
  }
  for (const auto& event : recording.events) {
    seen.spread_across += (event.column - seen.column) * (event.column - seen.column) / count;
    seen.spread_down += (event.row - seen.row) * (event.row - seen.row) / count;
  }
  // The mean place of brighter events in each twentieth of the time.
  constexpr std::size_t kParts = 20;
  std::array<double, kParts> across{}, down{}, number{};
  for (const auto& event : recording.events) {
    if (!event.on) continue;
    const auto part = static_cast<std::size_t>(event.time * static_cast<std::int64_t>(kParts) / kSyntheticGestureMicroseconds);
    across[part] += event.column - seen.column;
    down[part] += event.row - seen.row;
    ++number[part];
  }
  for (std::size_t part = 1; part < kParts; ++part) {
    if (number[part] == 0 || number[part - 1] == 0) continue;
    seen.turned += (across[part - 1] * down[part] - down[part - 1] * across[part]) / number[part] / number[part - 1];
  }
  return seen;
}

TEST(SyntheticGestures, ClassesDifferAsTheirNamesSay) {
  const auto of = [](std::string_view name, std::uint32_t number) {
    const auto found = std::find(kSyntheticGestures.begin(), kSyntheticGestures.end(), name);
    return look_at(make_synthetic_gesture(static_cast<std::uint32_t>(found - kSyntheticGestures.begin()), 1, number));
  };
  for (std::uint32_t number = 0; number < 20; ++number) {
    SCOPED_TRACE(number);
    EXPECT_GT(of("wave_right", number).column, of("wave_left", number).column + 10);
    EXPECT_GT(of("right_clockwise", number).column, of("left_clockwise", number).column + 10);
    EXPECT_GT(of("right_clockwise", number).turned, 0);
    EXPECT_LT(of("right_counterclockwise", number).turned, 0);
    EXPECT_GT(of("left_clockwise", number).turned, 0);
    EXPECT_LT(of("left_counterclockwise", number).turned, 0);
    // Clapping hands move across, drumming ones down.
    const auto clap = of("clap", number), drums = of("drums", number);
    EXPECT_GT(clap.spread_across / clap.spread_down, drums.spread_across / drums.spread_down);
  }
}

TEST(SyntheticGestures, FaultsAreNamed) {
  const test::TemporaryFolder folder;
  expect_all_in(refusal([&] { make_synthetic_gestures(folder / "set", 1, 1); }), {"samples", "1;", "2 to 10000"});
  expect_all_in(refusal([&] { make_synthetic_gestures(folder / "set", 1, 10001); }), {"samples", "10001"});
  make_synthetic_gestures(folder / "set", 1, 2);
  expect_all_in(refusal([&] { make_synthetic_gestures(folder / "set", 1, 2); }), {"set", "output", "holds something"});
  test::write_file(folder / "file", test::bytes_of("text"));
  expect_all_in(refusal([&] { make_synthetic_gestures(folder / "file" / "set", 1, 2); }), {"file/set", "output"});
  Recording small{34, 34, {}};
  expect_all_in(refusal([&] { (void)write_dvs128(small, "x"); }), {"recording", "34 x 34", "128 x 128"});
  Recording late{128, 128, {{std::int64_t{1} << 31, 0, 0, true}}};
  expect_all_in(refusal([&] { (void)write_dvs128(late, "x"); }), {"recording", "2147483648"});
}

}  // namespace
}  // namespace phasic::runtime
