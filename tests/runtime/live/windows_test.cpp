// SPDX-License-Identifier: Apache-2.0
#include "runtime/live/windows.hpp"

#include <random>

#include "runtime/data/recording.hpp"
#include "tests/runtime/live/made_stream.hpp"

namespace phasic::runtime {
namespace {

using test::expect_all_in;
using test::live_event;
using test::live_label;
using test::refusal;

constexpr WindowOptions kOptions{.size = {4, 6}, .downsample = 1, .steps = 4, .step = 100, .most_words = 1000};

struct Cut {
  std::vector<LiveWindow> windows;
  std::uint64_t late = 0, too_many = 0, open = 0;
};
Cut cut(const WindowOptions& options, const std::vector<LiveRecord>& records, bool finish = true) {
  Cut result;
  Windows windows(options);
  const auto told = [&](const LiveWindow& window) { result.windows.push_back(window); };
  // Where batches end is of no account.
  for (std::size_t at = 0; at < records.size(); at += 3)
    windows.add(std::span(records).subspan(at, std::min<std::size_t>(3, records.size() - at)), "stream", told);
  if (finish) windows.finish(told);
  result.late = windows.late();
  result.too_many = windows.too_many();
  result.open = finish ? 0 : windows.open_events();
  return result;
}

TEST(Windows, AreTheChunksOfTheRecording) {
  const unsigned seed = 3;
  std::mt19937 random(seed);
  for (const std::uint32_t downsample : {1u, 2u}) {
    Recording recording{4, 6, {}};
    std::int64_t time = 5000;
    for (int n = 0; n < 500; ++n) {
      time += n == 250 ? 3000 : static_cast<std::int64_t>(random() % 40);
      recording.events.push_back(
          {time, static_cast<std::uint16_t>(random() % 6), static_cast<std::uint16_t>(random() % 4), random() % 2 == 0});
    }
    auto options = kOptions;
    options.downsample = downsample;
    std::vector<LiveRecord> records;
    for (const auto& event : recording.events) records.push_back(live_event(event.time, event.column, event.row, event.on));
    const auto windows = cut(options, records).windows;
    const auto chunks = chunk_events(recording, {4, 0, downsample, 100}, "made");
    ASSERT_EQ(windows.size(), chunks.counts.size()) << "seed " << seed;
    std::size_t at = 0;
    std::uint64_t events = 0;
    for (std::size_t n = 0; n < windows.size(); ++n) {
      EXPECT_EQ(windows[n].number, n);
      EXPECT_EQ(windows[n].begin, static_cast<std::int64_t>(400 * n));
      EXPECT_TRUE(std::equal(windows[n].words.begin(), windows[n].words.end(),
                             chunks.words.begin() + static_cast<std::ptrdiff_t>(at),
                             chunks.words.begin() + static_cast<std::ptrdiff_t>(at + chunks.counts[n])))
          << "window " << n << ", seed " << seed;
      at += chunks.counts[n];
      events += windows[n].events;
    }
    EXPECT_EQ(events, 500u);
  }
}

TEST(Windows, LateEventsAreDropped) {
  const auto result = cut(kOptions, {live_event(0, 0, 0, true), live_event(400, 0, 0, true), live_event(399, 0, 0, true),
                                     live_event(410, 1, 0, true), live_event(401, 2, 0, true)});
  EXPECT_EQ(result.late, 1u);
  ASSERT_EQ(result.windows.size(), 2u);
  EXPECT_EQ(result.windows[1].words, (std::vector<std::uint32_t>{24, 25, 26}));
}

TEST(Windows, MoreThanASampleMayHaveIsDropped) {
  auto options = kOptions;
  options.most_words = 2;
  // The same event twice is one word; the last two are too many.
  const auto result = cut(options, {live_event(0, 0, 0, false), live_event(1, 0, 0, false), live_event(200, 0, 0, false),
                                    live_event(300, 0, 0, false), live_event(301, 1, 0, false)});
  EXPECT_EQ(result.too_many, 2u);
  ASSERT_EQ(result.windows.size(), 1u);
  EXPECT_EQ(result.windows[0].events, 3u);
  EXPECT_EQ(result.windows[0].words.size(), 2u);
}

TEST(Windows, OnlyALabelThatHoldsOverAllOfAWindowIsItsLabel) {
  const auto result = cut(kOptions, {live_label(0, 1), live_event(0, 0, 0, true),        // all of it
                                     live_event(450, 0, 0, true), live_label(500, 2),    // changes
                                     live_event(800, 0, 0, true),                        // the new one holds
                                     live_label(1200, 3), live_event(1250, 0, 0, true),  // at its beginning
                                     live_label(1700, kNoLabel), live_event(2000, 0, 0, true)});
  std::vector<std::uint16_t> labels;
  for (const auto& window : result.windows) labels.push_back(window.label);
  EXPECT_EQ(labels, (std::vector<std::uint16_t>{1, kNoLabel, 2, 3, kNoLabel, kNoLabel}));
}

TEST(Windows, WhatIsNotCompleteIsLeft) {
  const auto result =
      cut(kOptions, {live_event(0, 0, 0, true), live_event(500, 0, 0, true), live_event(501, 0, 0, true)}, false);
  EXPECT_EQ(result.windows.size(), 1u);
  EXPECT_EQ(result.open, 2u);
  EXPECT_TRUE(cut(kOptions, {}).windows.empty());
}

TEST(Windows, AJumpOfTimeOverTooManyOfThemIsRefused) {
  expect_all_in(refusal([] {
                  (void)cut(kOptions, {live_event(0, 0, 0, true), live_event(500'000'000, 0, 0, true)});
                }),
                {"stream", "time", "500000000", "1000000 windows"});
}

}  // namespace
}  // namespace phasic::runtime
