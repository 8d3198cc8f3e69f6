// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/synthetic_gestures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/files.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;

constexpr int kSide = kSyntheticGestureSide;
constexpr int kPixel = 256;  ///< places are in 1/256 of a pixel
constexpr int kTurn = 1 << 16, kHalf = kTurn / 2, kQuarter = kTurn / 4;
constexpr int kFrame = 2'000;  ///< microseconds
constexpr int kFrames = static_cast<int>(kSyntheticGestureMicroseconds / kFrame);
constexpr int kThreshold = 160, kBrightest = 255;
constexpr int kNoiseEvents = 250, kOneLostOf = 8;

/// How a hand moves: x = x0 + across cos(rate phase + begin), y = y0 + down sin(down_rate phase + begin of down), y downwards.
/// In pixels, turns of 65536, and rates as multiples of the recording's own.
struct Hand {
  int x = 0, y = 0, across = 0, down = 0;
  int across_begin = 0, down_begin = 0;
  int across_rate = 1, down_rate = 1;
};

const std::vector<std::vector<Hand>>& hands_of_gestures() {
  const auto line = [](int x, int y, int across, int down, int begin) {
    return Hand{.x = x, .y = y, .across = across, .down = down, .across_begin = begin, .down_begin = begin};
  };
  const auto circle = [](int x, bool clockwise) {
    return Hand{.x = x, .y = 64, .across = 20, .down = 20, .down_begin = clockwise ? 0 : kHalf};
  };
  Hand strumming = line(84, 80, 8, 18, 0);
  strumming.across_rate = strumming.down_rate = 2;
  static const std::vector<std::vector<Hand>> hands{
      {line(40, 64, 18, 0, 0), line(88, 64, 18, 0, kHalf)},
      {line(88, 44, 22, 0, 0)},
      {line(40, 44, 22, 0, 0)},
      {circle(88, true)},
      {circle(88, false)},
      {circle(40, true)},
      {circle(40, false)},
      {line(64, 64, 18, 18, 0), line(64, 64, 18, 18, kHalf)},
      {line(44, 72, 0, 20, 0), line(84, 72, 0, 20, kHalf)},
      {line(40, 52, 3, 3, 0), strumming},
      {{}},  // drawn anew for each recording
  };
  return hands;
}

/// Whole numbers that follow from a seed in the same way everywhere.
class Draws {
 public:
  Draws(std::uint64_t seed, std::uint32_t gesture, std::uint32_t number) {
    const std::array<std::uint32_t, 4> words{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32), gesture,
                                             number};
    std::seed_seq mixed(words.begin(), words.end());
    generator_.seed(mixed);
  }
  /// `low` to `high`, both possible.
  int operator()(int low, int high) {
    const auto count = static_cast<std::uint64_t>(high - low) + 1;
    return low + static_cast<int>(((generator_() >> 32) * count) >> 32);
  }

 private:
  std::mt19937_64 generator_;
};

/// 4096 times the sine, by Bhaskara's fraction, which is off by less than 8.
int sine(int phase) {
  const std::int64_t place = phase & (kHalf - 1), product = place * (kHalf - place);
  const auto value = static_cast<int>(std::int64_t{4096} * 16 * product / (std::int64_t{5} * kHalf * kHalf - 4 * product));
  return (phase & kHalf) != 0 ? -value : value;
}

/// What is drawn for a whole recording.
struct Scene {
  std::vector<Hand> hands;
  int x = 0, y = 0;  ///< in pixels
  int size = 100;    ///< of the movement, per cent
  int turn = 0;      ///< of the phase in a frame
  int begin = 0;     ///< of the phase
  int radius = 0;    ///< of a hand, in 1/256 of a pixel

  Scene(std::uint32_t gesture, Draws& draw) : hands(hands_of_gestures().at(gesture)) {
    if (kSyntheticGestures.at(gesture) == "other") {
      // Rates that differ by one, so that it is neither a line nor a circle.
      const int rate = draw(1, 2);
      hands[0] = {
          .x = draw(48, 80), .y = draw(48, 80), .across = draw(12, 26), .down = draw(12, 26), .down_begin = draw(0, kTurn - 1)};
      hands[0].across_rate = rate;
      hands[0].down_rate = 3 - rate;
    }
    x = draw(-8, 8);
    y = draw(-8, 8);
    size = draw(80, 120);
    turn = draw(2, 4) * kTurn * kFrame / 1'000'000 + draw(-40, 40);
    begin = draw(0, kTurn - 1);
    radius = draw(6 * kPixel, 9 * kPixel);
  }

  struct Place {
    int x, y;
  };
  /// In 1/256 of a pixel.
  [[nodiscard]] Place place_of(const Hand& hand, int frame) const {
    const int phase = begin + frame * turn;
    const auto moved = [&](int centre, int amplitude, int wave) {
      return centre * kPixel + amplitude * size * wave / 100 * kPixel / 4096;
    };
    return {moved(hand.x + x, hand.across, sine(hand.across_rate * phase + hand.across_begin + kQuarter)),
            moved(hand.y + y, hand.down, sine(hand.down_rate * phase + hand.down_begin))};
  }
};

using Brightness = std::vector<int>;

/// Adds a disc with an edge two pixels wide.
void add_disc(const Scene::Place& centre, int radius, Brightness& picture) {
  const auto first = [&](int middle) { return std::clamp((middle - radius) / kPixel - 2, 0, kSide); };
  const auto end = [&](int middle) { return std::clamp((middle + radius) / kPixel + 3, 0, kSide); };
  for (int row = first(centre.y); row < end(centre.y); ++row) {
    for (int column = first(centre.x); column < end(centre.x); ++column) {
      const std::int64_t across = column * kPixel - centre.x, down = row * kPixel - centre.y;
      // How far inside the edge, near the edge.
      const std::int64_t inside = (std::int64_t{radius} * radius - across * across - down * down) / (std::int64_t{2} * radius);
      const auto value = static_cast<int>(std::clamp<std::int64_t>(128 + inside * 128 / kPixel, 0, kBrightest));
      int& pixel = picture[static_cast<std::size_t>(row) * kSyntheticGestureSide + static_cast<std::size_t>(column)];
      pixel = std::max(pixel, value);
    }
  }
}

Brightness picture_of(const Scene& scene, int frame) {
  Brightness picture(std::size_t{kSide} * kSide, 0);
  for (const Hand& hand : scene.hands) add_disc(scene.place_of(hand, frame), scene.radius, picture);
  return picture;
}

CameraEvent event_at(std::size_t pixel, std::int64_t time, bool on) {
  return {.time = time,
          .column = static_cast<std::uint16_t>(pixel % kSide),
          .row = static_cast<std::uint16_t>(pixel / kSide),
          .on = on};
}

/// The events of a pixel that has changed from what it last told. A lost one is told, too, as far as the pixel knows.
void tell(std::size_t pixel, int brightness, int frame, int& told, Draws& draw, std::vector<CameraEvent>& events) {
  while (std::abs(brightness - told) >= kThreshold) {
    const bool on = brightness > told;
    told += on ? kThreshold : -kThreshold;
    const std::int64_t time = std::int64_t{frame} * kFrame + draw(0, kFrame - 1);
    if (draw(1, kOneLostOf) != 1) events.push_back(event_at(pixel, time, on));
  }
}

std::string file_of(const Recording& recording, std::uint64_t seed) {
  return write_dvs128(recording, fmt::format("synthetic: made by phasic data make synthetic-gestures, seed {}", seed));
}

}  // namespace

Recording make_synthetic_gesture(std::uint32_t gesture, std::uint64_t seed, std::uint32_t number) {
  Draws draw(seed, gesture, number);
  const Scene scene(gesture, draw);
  Recording recording{kSyntheticGestureSide, kSyntheticGestureSide, {}};
  Brightness told = picture_of(scene, 0);
  for (int frame = 1; frame < kFrames; ++frame) {
    const Brightness now = picture_of(scene, frame);
    for (std::size_t pixel = 0; pixel < now.size(); ++pixel)
      tell(pixel, now[pixel], frame, told[pixel], draw, recording.events);
  }
  for (int n = 0; n < kNoiseEvents; ++n) {
    const auto pixel = static_cast<std::size_t>(draw(0, kSide * kSide - 1));
    const std::int64_t time = draw(0, kFrames * kFrame - 1);
    recording.events.push_back(event_at(pixel, time, draw(0, 1) == 1));
  }
  std::stable_sort(recording.events.begin(), recording.events.end(),
                   [](const CameraEvent& one, const CameraEvent& other) { return one.time < other.time; });
  return recording;
}

void make_synthetic_gestures(const fs::path& folder, std::uint64_t seed, std::uint32_t samples) {
  if (samples < 2 || samples > kMostSyntheticGestures)
    throw InputError("", "samples", fmt::format("{}; 2 to {} of each class are possible", samples, kMostSyntheticGestures));
  std::error_code failure;
  if (fs::exists(folder, failure) && !fs::is_empty(folder, failure))
    throw InputError(folder.string(), "output", "holds something already; an empty or a new folder is needed");
  const std::uint32_t tests = synthetic_test_gestures(samples);
  for (std::uint32_t gesture = 0; gesture < kSyntheticGestures.size(); ++gesture) {
    for (const std::string_view part : {"train", "test"}) {
      const fs::path of_class = folder / part / kSyntheticGestures[gesture];
      fs::create_directories(of_class, failure);
      if (failure) throw InputError(of_class.string(), "output", fmt::format("cannot be made: {}", failure.message()));
    }
    for (std::uint32_t number = 0; number < samples; ++number) {
      const fs::path of_class = folder / (number < samples - tests ? "train" : "test") / kSyntheticGestures[gesture];
      write_file(of_class / fmt::format("synthetic_{:05}.aedat", number),
                 file_of(make_synthetic_gesture(gesture, seed, number), seed));
    }
  }
}

}  // namespace phasic::runtime
