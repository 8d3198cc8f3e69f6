// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/recording.hpp"

#include "tests/runtime/data/made_files.hpp"

namespace phasic::runtime {
namespace {

using test::Bytes;
using test::expect_all_in;
using test::refusal;
using test::stored;

TEST(Recording, NmnistIsReadByHandNumbers) {
  // Column 3, row 5, brighter, 0x012345 = 74565 us; column 33, row 0, darker, 1 us.
  const auto recording = read_recording(stored({3, 5, 0x81, 0x23, 0x45, 33, 0, 0, 0, 1}, "a.bin"));
  EXPECT_EQ(recording.rows, 34u);
  EXPECT_EQ(recording.columns, 34u);
  EXPECT_EQ(recording.events, (std::vector<CameraEvent>{{74565, 3, 5, true}, {1, 33, 0, false}}));
}

TEST(Recording, NmnistClockOverflows) {
  const auto recording =
      read_recording(stored(test::nmnist({{10, 1, 1, false}, {0, 0, 240, false}, {11, 2, 2, true}}), "a.bs2"));
  EXPECT_EQ(recording.events, (std::vector<CameraEvent>{{10, 1, 1, false}, {8192 + 11, 2, 2, true}}));
  EXPECT_EQ(recording.others, 1u);
}

TEST(Recording, NmnistFaultsAreNamed) {
  expect_all_in(refusal([] { (void)read_recording(stored(Bytes(11), "a.bin")); }), {"a.bin", "size", "11", "5"});
  expect_all_in(refusal([] {
                  (void)read_recording(stored(test::nmnist({{0, 1, 1, false}, {0, 34, 1, false}}), "a.bin"));
                }),
                {"a.bin", "event 1: column", "34", "0 to 33"});
  expect_all_in(refusal([] {
                  (void)read_recording(stored(test::nmnist({{0, 1, 99, false}}), "a.bin"));
                }),
                {"event 0: row", "99"});
  expect_all_in(refusal([] { (void)read_recording(stored({1, 2, 3}, "a.dat")); }), {"a.dat", "magic"});
  expect_all_in(refusal([] { (void)read_recording(stored(test::bytes_of("#!AER-DAT5.0\r\n"), "a.aedat")); }),
                {"a.aedat", "version", "5.0", "3.1"});
}

TEST(Recording, Dvs128AddressesOfAedat2) {
  // Bit 0 clear: brighter; column field 5 is column 122, row field 127 is row 0; bit 15 is no pixel.
  const auto recording =
      read_recording(stored(test::aedat2("ch.unizh.ini.jaer.chip.retina.DVS128",
                                         {{(127u << 8) | (5u << 1), 100}, {0x8000, 101}, {(2u << 8) | 1u, 102}}),
                            "a.aedat"));
  EXPECT_EQ(recording.rows, 128u);
  EXPECT_EQ(recording.events, (std::vector<CameraEvent>{{100, 122, 0, true}, {102, 127, 125, false}}));
  EXPECT_EQ(recording.others, 1u);
}

TEST(Recording, DavisAddressesOfAedat2) {
  const auto address = [](std::uint32_t column, std::uint32_t upwards, bool on) {
    return (upwards << 22) | (column << 12) | (on ? 1u << 11 : 0u);
  };
  const auto records = test::aedat2("eu.seebetter.ini.chips.davis.DAVIS240C", {{address(239, 0, true), 5},
                                                                               {0x80000000u | address(1, 1, true), 6},
                                                                               {address(1, 1, true) | 0x400u, 7},
                                                                               {address(0, 179, false), 8}});
  const auto recording = read_recording(stored(records, "a.aedat"));
  EXPECT_EQ(recording.rows, 180u);
  EXPECT_EQ(recording.columns, 240u);
  EXPECT_EQ(recording.events, (std::vector<CameraEvent>{{5, 0, 179, true}, {8, 239, 0, false}}));
  EXPECT_EQ(recording.others, 2u);
  expect_all_in(refusal([&] {
                  (void)read_recording(
                      stored(test::aedat2("DAVIS240C", {{address(0, 0, true), 1}, {address(240, 3, true), 1}}), "a.aedat"));
                }),
                {"a.aedat", "record 1: address", "column 240", "180 x 240"});
}

TEST(Recording, Aedat2TimesGoOnWhereTheirCounterWraps) {
  const auto recording = read_recording(stored(test::aedat2("DVS128", {{0, 0xfffffff0u}, {0, 0x10u}}), "a.aedat"));
  EXPECT_EQ(recording.events[1].time - recording.events[0].time, 0x20);
}

TEST(Recording, Aedat2FaultsAreNamed) {
  expect_all_in(refusal([] { (void)read_recording(stored(test::aedat2("Tmpdiff128", {}), "a.aedat")); }),
                {"a.aedat", "AEChip", "Tmpdiff128"});
  auto bytes = test::aedat2("DVS128", {{0, 1}});
  bytes.pop_back();
  expect_all_in(refusal([&] { (void)read_recording(stored(bytes, "a.aedat")); }), {"a.aedat", "size", "7"});
  expect_all_in(refusal([] { (void)read_recording(stored(test::bytes_of("#!AER-DAT2.0"), "a.aedat")); }),
                {"a.aedat", "header"});
}

const std::vector<test::MadeEvent> kEvents{{1000, 0, 0, false}, {1500, 3, 1, true}, {1999, 2, 0, true}};

TEST(Recording, Aedat4OfEveryCompression) {
  for (const auto packing : {Packing::kNone, Packing::kLz4, Packing::kZstd}) {
    SCOPED_TRACE(static_cast<int>(packing));
    const auto recording = read_recording(stored(test::aedat4(kEvents, packing, 4, 2), "a.aedat4"));
    EXPECT_EQ(recording.rows, 2u);
    EXPECT_EQ(recording.columns, 4u);
    EXPECT_EQ(recording.others, 1u);
    EXPECT_EQ(recording.events, (std::vector<CameraEvent>{{1000, 0, 0, false}, {1500, 3, 1, true}, {1999, 2, 0, true}}));
  }
}

TEST(Recording, DamagedAedat4IsRefused) {
  for (const auto packing : {Packing::kNone, Packing::kLz4, Packing::kZstd}) {
    SCOPED_TRACE(static_cast<int>(packing));
    const auto whole = test::aedat4(kEvents, packing, 4, 2);
    const auto read = [](const Bytes& bytes) { (void)read_aedat4(stored(bytes, "a.aedat4")); };
    // Where a packet ends the file may end; everywhere else it may not.
    std::size_t accepted = 0;
    for (std::size_t n = 0; n < whole.size(); ++n) {
      try {
        read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)));
        ++accepted;
      } catch (const InputError& error) {
        expect_all_in(error.what(), {"a.aedat4"});
      }
    }
    EXPECT_EQ(accepted, 2u);  // after the header and after the first packet
    EXPECT_GT(test::refuses_what_is_damaged(whole, read, false), 100);
  }
}

TEST(Recording, Aedat4FaultsAreNamed) {
  expect_all_in(refusal([] {
                  (void)read_aedat4(stored(test::aedat4({{1, 4, 0, true}}, Packing::kLz4, 4, 2), "a.aedat4"));
                }),
                {"a.aedat4: packet 1", "event 0", "column 4", "2 x 4"});
  const auto bytes = test::aedat4(kEvents, Packing::kNone, 4, 2);
  const std::string text(bytes.begin(), bytes.end());
  const auto replaced = [&](const std::string& from, const std::string& to) {
    auto copy = text;
    copy.replace(copy.find(from), from.size(), to);
    return stored(test::bytes_of(copy), "a.aedat4");
  };
  expect_all_in(refusal([&] { (void)read_aedat4(replaced("sizeX", "sizeZ")); }), {"a.aedat4", "infoNode", "sizeX"});
  expect_all_in(refusal([&] { (void)read_aedat4(replaced(">EVTS<", ">FRME<")); }), {"a.aedat4", "infoNode", "EVTS"});
  expect_all_in(refusal([&] { (void)read_aedat4(replaced("version=\"2.0\">", "version=\"2.0\" ")); }),
                {"a.aedat4", "infoNode"});
  expect_all_in(refusal([&] { (void)read_aedat4(replaced(">4<", ">x<")); }), {"a.aedat4", "infoNode: sizeX", "\"x\""});
  expect_all_in(refusal([&] { (void)read_aedat4(replaced("IOHE", "IOHX")); }), {"a.aedat4", "identifier", "IOHX"});
}

Recording made(std::vector<CameraEvent> events, std::uint32_t rows = 2, std::uint32_t columns = 3) {
  return {rows, columns, std::move(events), 0};
}

TEST(Binning, StepsAndInputsByHandNumbers) {
  // The window of 1000 us in 4 steps: 0, 249 | 250 | 999; 1000 is outside. Inputs: on * 6 + row * 3 + column.
  const auto recording =
      made({{5000, 0, 0, false}, {5249, 2, 1, false}, {5250, 1, 0, true}, {5999, 2, 1, true}, {6000, 0, 0, true}});
  EXPECT_EQ(bin_events(recording, {4, 1000, 1}, "x"), (std::vector<std::uint32_t>{0, 5, (1u << 16) | 7, (3u << 16) | 11}));
  // The whole recording: 1001 us; 250 * 4 / 1001 is still 0, 999 * 4 / 1001 and 1000 * 4 / 1001 are 3.
  EXPECT_EQ(bin_events(recording, {4, 0, 1}, "x"), (std::vector<std::uint32_t>{0, 5, 7, (3u << 16) | 6, (3u << 16) | 11}));
}

TEST(Binning, AnInputHasAtMostOneEventAStepAndTheyAscend) {
  const auto recording = made({{30, 1, 1, true}, {0, 2, 0, false}, {10, 1, 1, true}, {9, 2, 0, false}, {20, 0, 0, false}});
  EXPECT_EQ(bin_events(recording, {2, 40, 1}, "x"), (std::vector<std::uint32_t>{2, 10, (1u << 16) | 0, (1u << 16) | 10}));
}

TEST(Binning, DownSamplingJoinsPixels) {
  // 3 x 5 pixels become 2 x 3: column 4 of row 2, brighter, is (1 * 2 + 1) * 3 + 2.
  EXPECT_EQ(downsampled(5, 2), 3u);
  EXPECT_EQ(bin_events(made({{0, 4, 2, true}, {1, 0, 1, false}, {2, 1, 0, false}}, 3, 5), {1, 10, 2}, "x"),
            (std::vector<std::uint32_t>{0, 11}));
}

std::uint32_t word(std::uint32_t step, std::uint32_t input) { return step << 16 | input; }

TEST(Chunks, StepsAreAsLongAsSaidByHandNumbers) {
  // Steps of 100 us, 4 in a chunk. Since the first event: 0, 99 | 100 | 399 || 400 || nothing || 1250, so 13 steps of which the
  // last chunk has one.
  const auto recording = made({{5000, 0, 0, false},
                               {5099, 2, 1, false},
                               {5400, 1, 0, true},
                               {5100, 1, 0, true},
                               {5399, 2, 1, true},
                               {6250, 0, 1, false},
                               {6249, 0, 1, false}});
  const auto chunks = chunk_events(recording, {4, 0, 1, 100}, "x");
  EXPECT_EQ(chunks.words,
            (std::vector<std::uint32_t>{word(0, 0), word(0, 5), word(1, 7), word(3, 11), word(0, 7), word(0, 3)}));
  EXPECT_EQ(chunks.counts, (std::vector<std::uint32_t>{4, 1, 0, 1}));
  // 1251 us fill 13 steps, 1200 us exactly 12.
  EXPECT_EQ(chunk_events(made({{0, 0, 0, true}, {1199, 0, 0, true}}), {4, 0, 1, 100}, "x").counts.size(), 3u);
}

TEST(Chunks, AWindowSaysHowLongEveryRecordingLasts) {
  const auto recording = made({{10, 0, 0, false}, {409, 1, 0, false}, {410, 2, 0, false}, {900, 2, 0, false}});
  // 400 us are a chunk; 401 are one more, with one step.
  EXPECT_EQ(chunk_events(recording, {4, 400, 1, 100}, "x").counts, (std::vector<std::uint32_t>{2}));
  EXPECT_EQ(chunk_events(recording, {4, 401, 1, 100}, "x").counts, (std::vector<std::uint32_t>{2, 1}));
  EXPECT_EQ(chunk_events(recording, {4, 2000, 1, 100}, "x").counts, (std::vector<std::uint32_t>{2, 1, 1, 0, 0}));
  EXPECT_EQ(chunk_events(made({}), {4, 500, 1, 100}, "x").counts, (std::vector<std::uint32_t>{0, 0}));
  EXPECT_EQ(chunk_events(made({}), {4, 0, 1, 100}, "x").counts, (std::vector<std::uint32_t>{0}));
}

TEST(Chunks, TooManyAreRefusedWithFileFieldAndValue) {
  const auto recording = made({{0, 0, 0, true}, {3'999'999, 0, 0, true}});
  EXPECT_EQ(chunk_events(recording, {4, 0, 1, 1}, "x").counts.size(), kMostChunks);
  expect_all_in(refusal([] {
                  (void)chunk_events(made({{0, 0, 0, true}, {4'000'000, 0, 0, true}}), {4, 0, 1, 1}, "long.aedat4");
                }),
                {"long.aedat4", "step_ms", "0.001", "1000001 chunks", "1000000"});
  expect_all_in(refusal([] {
                  (void)chunk_events(made({{INT64_MIN, 0, 0, true}, {INT64_MAX, 0, 0, true}}), {20, 0, 1, 1000}, "x");
                }),
                {"x", "time"});
  expect_all_in(refusal([] {
                  (void)chunk_events(made({{0, 0, 0, true}}, 300, 200), {20, 0, 1, 1000}, "big.aedat4");
                }),
                {"big.aedat4", "300 x 200", "downsample"});
}

TEST(Binning, EmptyHugeAndEndlessRecordings) {
  EXPECT_TRUE(bin_events(made({}), {20, 1000, 1}, "x").empty());
  expect_all_in(refusal([] {
                  (void)bin_events(made({{0, 0, 0, true}}, 300, 200), {20, 0, 1}, "big.aedat4");
                }),
                {"big.aedat4", "300 x 200", "downsample"});
  expect_all_in(refusal([] {
                  (void)bin_events(made({{INT64_MIN, 0, 0, true}, {INT64_MAX, 0, 0, true}}), {20, 0, 1}, "x");
                }),
                {"x", "time"});
}

}  // namespace
}  // namespace phasic::runtime
