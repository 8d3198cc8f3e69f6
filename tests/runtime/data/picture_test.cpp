// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/picture.hpp"

#include "tests/runtime/data/made_files.hpp"

namespace phasic::runtime {
namespace {

using test::Bytes;
using test::expect_all_in;
using test::refusal;
using test::stored;

TEST(Picture, PngsOfEveryKindAreRead) {
  // 1 bit: 0 is black.
  EXPECT_EQ(decode_picture(stored(test::png(3, 1, 0, {{0b10100000}, {0b01000000}}))),
            (Picture{1, 2, 3, {255, 0, 255, 0, 255, 0}}));
  EXPECT_EQ(decode_picture(stored(test::gray_png(2, {0, 1, 128, 255}))), (Picture{1, 2, 2, {0, 1, 128, 255}}));
  EXPECT_EQ(decode_picture(stored(test::png(2, 8, 2, {{1, 2, 3, 40, 50, 60}}))), (Picture{3, 1, 2, {1, 40, 2, 50, 3, 60}}));
  // A palette of red and a blue; 4 bits a pixel.
  EXPECT_EQ(decode_picture(stored(test::png(2, 4, 3, {{0x01}}, {200, 0, 0, 0, 0, 100}))),
            (Picture{3, 1, 2, {200, 0, 0, 0, 0, 100}}));
  // Gray and alpha: (64 * 100 + 191 * 255 + 127) / 255 = 216; what is transparent is white.
  EXPECT_EQ(decode_picture(stored(test::png(3, 8, 4, {{100, 255, 100, 64, 100, 0}}))), (Picture{1, 1, 3, {100, 216, 255}}));
  EXPECT_EQ(decode_picture(stored(test::png(2, 8, 6, {{10, 20, 30, 255, 10, 20, 30, 0}}))),
            (Picture{3, 1, 2, {10, 255, 20, 255, 30, 255}}));
}

TEST(Picture, ValuesAreTheBytesOfTheFileWhateverItsGamma) {
  const std::vector<Bytes> lines(2, Bytes{9, 18, 100, 200});
  const Picture expected{1, 2, 4, {9, 18, 100, 200, 9, 18, 100, 200}};
  for (const std::uint32_t gamma : {100000u, 55556u, 45455u, 22727u, 1u}) {
    SCOPED_TRACE(gamma);
    EXPECT_EQ(decode_picture(stored(test::png(4, 8, 0, lines, {}, {{"gAMA", test::big_endian(gamma, 4)}}))), expected);
  }
  // The same for colours, with white point and primaries, and with an alpha channel.
  test::Files chunks{{"gAMA", test::big_endian(100000, 4)}, {"cHRM", {}}};
  for (const std::uint32_t value : {31270u, 32900u, 64000u, 33000u, 30000u, 60000u, 15000u, 6000u})
    test::append(chunks[1].second, test::big_endian(value, 4));
  EXPECT_EQ(decode_picture(stored(test::png(1, 8, 2, {{9, 100, 200}}, {}, chunks))), (Picture{3, 1, 1, {9, 100, 200}}));
  EXPECT_EQ(decode_picture(stored(test::png(1, 8, 6, {{9, 100, 200, 255}}, {}, chunks))), (Picture{3, 1, 1, {9, 100, 200}}));
  EXPECT_EQ(decode_picture(stored(test::png(1, 8, 3, {{0}}, {9, 100, 200}, chunks))), (Picture{3, 1, 1, {9, 100, 200}}));
}

TEST(Picture, ATransparentColourIsWhitePaper) {
  // Gray 100 is transparent.
  EXPECT_EQ(decode_picture(stored(test::png(3, 8, 0, {{99, 100, 101}}, {}, {{"tRNS", {0, 100}}}))),
            (Picture{1, 1, 3, {99, 255, 101}}));
}

TEST(Picture, JpegsAreRead) {
  // Blocks of one value survive the compression.
  EXPECT_EQ(decode_picture(stored(test::jpeg(8, 8, 1, Bytes(64, 77)))), (Picture{1, 8, 8, Bytes(64, 77)}));
  Bytes blue;
  for (int n = 0; n < 64; ++n) test::append(blue, {0, 0, 255});
  const auto picture = decode_picture(stored(test::jpeg(8, 8, 3, blue)));
  EXPECT_EQ(picture.channels, 3u);
  EXPECT_LE(picture.pixels[0], 2);
  EXPECT_GE(picture.pixels[2 * 64], 250);
}

TEST(Picture, WhatCannotBeReadIsNamed) {
  expect_all_in(refusal([] { (void)decode_picture(stored({}, "a.png")); }), {"a.png", "empty"});
  expect_all_in(refusal([] { (void)decode_picture(stored({'G', 'I', 'F', '8'}, "a.png")); }), {"a.png", "magic"});
  expect_all_in(refusal([] {
                  (void)decode_picture(stored(test::png(1, 16, 0, {{1, 2}}), "a.png"));
                }),
                {"a.png", "bit depth", "16"});
  auto huge = test::gray_png(2, {1, 2});
  huge[16] = 0x7f;  // the width
  const auto sum = test::big_endian(crc32(0, huge.data() + 12, 17), 4);
  std::copy(sum.begin(), sum.end(), huge.begin() + 29);
  expect_all_in(refusal([&] { (void)decode_picture(stored(huge, "a.png")); }), {"a.png"});
}

TEST(Picture, TruncatedAndDamagedFilesAreRefused) {
  const auto png = test::gray_png(5, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  // The last chunk, 12 bytes, holds nothing.
  for (std::size_t n = 0; n + 12 < png.size(); ++n)
    expect_all_in(refusal([&] {
                    (void)decode_picture(stored(Bytes(png.begin(), png.begin() + static_cast<std::ptrdiff_t>(n)), "a.png"));
                  }),
                  {"a.png"});
  EXPECT_GT(test::refuses_what_is_damaged(
                png, [](const Bytes& bytes) { (void)decode_picture(stored(bytes)); }, false),
            200);
  Bytes noise(256);
  std::mt19937 random(7);
  for (auto& pixel : noise) pixel = static_cast<std::uint8_t>(random());
  const auto jpeg = test::jpeg(16, 16, 1, noise);
  for (std::size_t n = 0; n + 2 < jpeg.size(); ++n)
    expect_all_in(refusal([&] {
                    (void)decode_picture(stored(Bytes(jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(n)), "a.jpg"));
                  }),
                  {"a.jpg"});
  EXPECT_GT(test::refuses_what_is_damaged(
                jpeg, [](const Bytes& bytes) { (void)decode_picture(stored(bytes)); }, false),
            100);
}

TEST(Picture, GrayIsTheWeightedSum) {
  const auto gray = to_gray({3, 1, 3, {255, 0, 10, 0, 255, 20, 0, 0, 30}});
  // 0.299 * 255 = 76.2; 0.587 * 255 = 149.7; 2.99 + 11.74 + 3.42 = 18.15
  EXPECT_EQ(gray, (Picture{1, 1, 3, {76, 150, 18}}));
  EXPECT_EQ(to_gray(gray), gray);
  EXPECT_EQ(to_colour(gray), (Picture{3, 1, 3, {76, 150, 18, 76, 150, 18, 76, 150, 18}}));
  EXPECT_EQ(inverted(gray), (Picture{1, 1, 3, {179, 105, 237}}));
}

TEST(Picture, ResizingAveragesOverAreas) {
  const Picture square{1, 2, 4, {0, 10, 20, 30, 40, 50, 60, 70}};
  EXPECT_EQ(resized(square, 1, 2), (Picture{1, 1, 2, {25, 45}}));
  EXPECT_EQ(resized(square, 2, 4), square);
  // Three pixels into two: (2 * 10 + 20) / 3 = 13.3 and (20 + 2 * 40) / 3 = 33.3.
  EXPECT_EQ(resized({1, 1, 3, {10, 20, 40}}, 1, 2), (Picture{1, 1, 2, {13, 33}}));
  // Two into three: 10, (10 + 20) / 2, 20.
  EXPECT_EQ(resized({1, 1, 2, {10, 20}}, 1, 3), (Picture{1, 1, 3, {10, 15, 20}}));
  EXPECT_EQ(resized({1, 1, 2, {10, 21}}, 1, 1), (Picture{1, 1, 1, {16}}));  // halves upwards
  EXPECT_EQ(resized({3, 1, 2, {10, 20, 30, 40, 50, 70}}, 1, 1), (Picture{3, 1, 1, {15, 35, 60}}));
}

TEST(Picture, ResizingKeepsTheMean) {
  std::mt19937 random(11);
  Picture picture{1, 45, 45, Bytes(45 * 45)};
  double sum = 0;
  for (auto& pixel : picture.pixels) sum += pixel = static_cast<std::uint8_t>(random());
  for (const std::uint32_t side : {1u, 7u, 28u, 60u}) {
    const auto small = resized(picture, side, side);
    double mean = 0;
    for (const auto pixel : small.pixels) mean += pixel;
    EXPECT_NEAR(mean / (side * side), sum / (45 * 45), 0.5) << side;
  }
}

TEST(Picture, WhatIsWrittenIsReadAgain) {
  const test::TemporaryFolder folder;
  const Picture colours{3, 2, 2, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}}, gray{1, 1, 3, {0, 128, 255}};
  for (const auto& picture : {colours, gray}) {
    write_png(folder / "a.png", picture);
    EXPECT_EQ(decode_picture(read_stored_file(folder / "a.png")), picture);
  }
  expect_all_in(refusal([&] { write_png(folder / "none" / "a.png", gray); }),
                {"a.png", "written", "No such file or directory"});
  expect_all_in(refusal([&] { write_png("/dev/full", gray); }), {"/dev/full", "No space left on device"});
}

}  // namespace
}  // namespace phasic::runtime
