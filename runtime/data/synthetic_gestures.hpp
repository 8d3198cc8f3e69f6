// SPDX-License-Identifier: Apache-2.0
/// Synthetic gestures: moving patterns as an event camera sees them, made from a seed. They stand in where recordings of people
/// (DvsGesture) cannot be had, and nothing about such recordings follows from them.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "runtime/data/recording.hpp"

namespace phasic::runtime {

/// Names of the classes, by label.
inline constexpr auto kSyntheticGestures =
    std::to_array<std::string_view>({"clap", "wave_right", "wave_left", "right_clockwise", "right_counterclockwise",
                                     "left_clockwise", "left_counterclockwise", "roll", "drums", "guitar", "other"});

inline constexpr std::uint32_t kSyntheticGestureSide = 128;             ///< rows and columns of the camera, a DVS128
inline constexpr std::int64_t kSyntheticGestureMicroseconds = 500'000;  ///< that a recording lasts
inline constexpr std::uint32_t kSyntheticGestureSamples = 100;          ///< of each class, unless something else is asked for
inline constexpr std::uint32_t kMostSyntheticGestures = 10'000;         ///< of each class

/// Recording `number` of class `gesture`. Discs of light move on a dark ground. An event tells that the brightness of a pixel
/// has changed by a threshold since its last event; some are lost, and some come from nothing. Place, size, speed, phase,
/// losses and noise are drawn from seed, class and number; all of it is whole numbers, so equal on every machine. Events are in
/// the order of time.
[[nodiscard]] Recording make_synthetic_gesture(std::uint32_t gesture, std::uint64_t seed, std::uint32_t number);

/// How many of `samples` recordings of a class are for testing: a fifth, at least one.
[[nodiscard]] constexpr std::uint32_t synthetic_test_gestures(std::uint32_t samples) { return samples < 10 ? 1 : samples / 5; }

/// Makes FOLDER/train/CLASS/synthetic_NUMBER.aedat and FOLDER/test/..., AEDAT 2.0 each, `samples` (2 to kMostSyntheticGestures)
/// of each class. Throws InputError if the folder holds anything or cannot be written.
void make_synthetic_gestures(const std::filesystem::path& folder, std::uint64_t seed, std::uint32_t samples);

}  // namespace phasic::runtime
