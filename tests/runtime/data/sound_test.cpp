// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/sound.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "tests/runtime/data/made_files.hpp"

namespace phasic::runtime {
namespace {

using test::Bytes;
using test::expect_all_in;
using test::refusal;
using test::stored;

TEST(Sound, ChannelsBecomeTheirMean) {
  const auto mono = decode_wav(stored(test::wav(8000, 1, {16384, -16384, 0})));
  EXPECT_EQ(mono.rate, 8000u);
  EXPECT_EQ(mono.samples, (std::vector<float>{0.5f, -0.5f, 0}));
  const auto stereo = decode_wav(stored(test::wav(44100, 2, {16384, 0, -16384, -8192})));
  EXPECT_EQ(stereo.rate, 44100u);
  EXPECT_EQ(stereo.samples, (std::vector<float>{0.25f, -0.375f}));
}

TEST(Sound, WhatIsNoWavIsNamed) {
  const auto whole = test::wav(8000, 1, {1, 2, 3, 4});
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));
    expect_all_in(refusal([&] { (void)decode_wav(stored(part, "a.wav")); }), {"a.wav"});
  }
  expect_all_in(refusal([&] { (void)decode_wav(stored(Bytes(whole.begin(), whole.end() - 3), "a.wav")); }),
                {"a.wav", "data", "8", "5", "truncated"});
  expect_all_in(refusal([] { (void)decode_wav(stored(test::bytes_of("RIFX and so on"), "a.wav")); }),
                {"a.wav", "magic", "RIFF"});
  expect_all_in(refusal([] { (void)decode_wav(stored(test::wav(8000, 1, {}), "a.wav")); }), {"a.wav", "no samples"});
  expect_all_in(refusal([] { (void)decode_wav(stored(test::wav(100, 1, {1}), "a.wav")); }), {"a.wav", "sample rate", "100"});
  EXPECT_GT(test::refuses_what_is_damaged(
                whole, [](const Bytes& bytes) { (void)decode_wav(stored(bytes)); }, false),
            60);
}

/// A WAV of one channel of 32-bit floating point.
Bytes float_wav(const std::vector<float>& samples) {
  auto file = test::wav(8000, 1, std::vector<std::int16_t>(2 * samples.size()));
  file[20] = 3;   // floating point
  file[32] = 4;   // bytes of a frame
  file[34] = 32;  // bits of a sample
  std::memcpy(file.data() + 44, samples.data(), 4 * samples.size());
  return file;
}

TEST(Sound, WhatIsNoNumberIsRefusedWithItsFrame) {
  EXPECT_EQ(decode_wav(stored(float_wav({0.5f, -2, 0}))).samples, (std::vector<float>{0.5f, -2, 0}));
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), infinity, -infinity, 2e12f}) {
    SCOPED_TRACE(bad);
    std::vector<float> samples(100);
    samples[73] = bad;
    expect_all_in(refusal([&] { (void)decode_sound(stored(float_wav(samples), "a.wav")); }), {"a.wav", "frame 73"});
  }
}

TEST(Sound, WhatAProgramWroteToAPipeIsReadToItsEnd) {
  const std::vector<std::int16_t> samples{100, -200, 300, -400};
  const auto right = decode_wav(stored(test::wav(8000, 1, samples)));
  for (const std::uint32_t size : {0xffffffffu, 0x7ffff000u, 0x80000000u, 0x7fffffffu}) {
    SCOPED_TRACE(size);
    auto bytes = test::wav(8000, 1, samples);
    const auto word = test::little_endian(size, 4);
    std::copy(word.begin(), word.end(), bytes.begin() + 40);
    EXPECT_EQ(decode_wav(stored(bytes)).samples, right.samples);
    std::copy(word.begin(), word.end(), bytes.begin() + 4);
    EXPECT_EQ(decode_wav(stored(bytes)).samples, right.samples);
  }
}

TEST(Sound, ResamplingKeepsTimeAndTone) {
  const auto sound = decode_wav(stored(test::tone(500, 16000, 1, 0.5)));
  const auto slow = resampled(sound, 8000);
  EXPECT_EQ(slow.rate, 8000u);
  EXPECT_NEAR(static_cast<double>(slow.samples.size()), 4000, 2);
  // Crossings of zero: 500 a second upwards.
  int crossings = 0;
  for (std::size_t n = 1; n < slow.samples.size(); ++n) crossings += slow.samples[n - 1] < 0 && slow.samples[n] >= 0 ? 1 : 0;
  EXPECT_NEAR(crossings, 250, 2);
  EXPECT_EQ(resampled(sound, 16000).samples, sound.samples);
}

std::uint32_t loudest_band(const std::vector<std::uint8_t>& picture, const FilterBank& bank, std::uint32_t frame) {
  std::uint32_t best = 0;
  for (std::uint32_t band = 1; band < bank.bands; ++band) {
    if (picture[band * bank.frames + frame] > picture[best * bank.frames + frame]) best = band;
  }
  return best;
}

TEST(Spectrum, APureToneIsLoudestInItsBand) {
  const FilterBank bank;
  for (const std::uint32_t band : {2u, 7u, 15u, 28u}) {
    for (const auto& [rate, channels] : {std::pair(8000u, 1u), std::pair(16000u, 2u), std::pair(44100u, 1u)}) {
      const auto picture =
          spectrum_picture(decode_wav(stored(test::tone(centre_of_band(bank, band), rate, channels, 0.7))), bank);
      ASSERT_EQ(picture.size(), 900u);
      for (const std::uint32_t frame : {0u, 15u, 29u}) EXPECT_EQ(loudest_band(picture, bank, frame), band) << rate;
      EXPECT_GE(picture[band * 30 + 15], 250);
      // Far from the tone there is next to nothing.
      EXPECT_LE(picture[(band + 15) % 30 * 30 + 15], 60);
    }
  }
}

TEST(Spectrum, TimeRunsOverTheFrames) {
  // Silence, then a tone in the second half.
  std::vector<std::int16_t> samples(8000);
  for (int n = 4000; n < 8000; ++n) samples[static_cast<std::size_t>(n)] = static_cast<std::int16_t>(10000 * std::sin(n * 0.5));
  const FilterBank bank;
  const auto picture = spectrum_picture(decode_wav(stored(test::wav(8000, 1, samples))), bank);
  const auto band = loudest_band(picture, bank, 20);
  for (std::uint32_t frame = 0; frame < 14; ++frame) EXPECT_EQ(picture[band * 30 + frame], 0) << frame;
  for (std::uint32_t frame = 16; frame < 30; ++frame) EXPECT_GT(picture[band * 30 + frame], 240) << frame;
}

TEST(Spectrum, LoudnessDoesNotMatterAndSilenceIsZero) {
  std::vector<std::int16_t> loud, soft;
  std::mt19937 random(3);
  for (int n = 0; n < 3000; ++n) {
    soft.push_back(static_cast<std::int16_t>(static_cast<int>(random() % 2001) - 1000));
    loud.push_back(static_cast<std::int16_t>(soft.back() * 16));
  }
  const FilterBank bank;
  EXPECT_EQ(spectrum_picture(decode_wav(stored(test::wav(8000, 1, loud))), bank),
            spectrum_picture(decode_wav(stored(test::wav(8000, 1, soft))), bank));
  EXPECT_EQ(spectrum_picture(decode_wav(stored(test::wav(8000, 1, std::vector<std::int16_t>(500)))), bank), Bytes(900));
}

TEST(Spectrum, VeryShortSoundsAreRead) {
  const auto picture = spectrum_picture(decode_wav(stored(test::wav(8000, 1, {30000}))), FilterBank{});
  EXPECT_EQ(*std::max_element(picture.begin(), picture.end()), 255);
}

TEST(Spectrum, BandsAreEquallySpacedInMel) {
  // 31 equal steps of the mel scale reach 2595 log10(1 + 4000 / 700) = 2146.06 mel; band 0 is at 69.23 mel = 44.34 Hz.
  const FilterBank bank;
  EXPECT_NEAR(centre_of_band(bank, 0), 44.34, 0.05);
  EXPECT_NEAR(centre_of_band(bank, 30), 4000, 1e-6);
}

}  // namespace
}  // namespace phasic::runtime
