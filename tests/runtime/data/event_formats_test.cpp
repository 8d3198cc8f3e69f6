// SPDX-License-Identifier: Apache-2.0
/// EVT 2.0, EVT 3.0, DAT and AEDAT 3.1, by files that are written by hand.
#include "runtime/data/recording.hpp"
#include "tests/runtime/data/made_cameras.hpp"

namespace phasic::runtime {
namespace {

using test::Bytes;
using test::expect_all_in;
using test::refusal;
using test::stored;

Recording read(const Bytes& bytes, const std::string& name, std::string_view camera = {}) {
  return read_recording(stored(bytes, name), camera);
}
void expect_refused(const Bytes& bytes, const std::string& name, std::vector<std::string> parts,
                    const std::string& camera = {}) {
  parts.push_back(name);
  expect_all_in(refusal([&] { (void)read(bytes, name, camera); }), parts);
}

TEST(EventFormats, Evt2IsReadByHandNumbers) {
  // An event before there is a time; 5 * 64 us; column 3, row 7, darker, 2 us later; a trigger, and what belongs to it; column
  // 15, row 0, brighter.
  const auto recording = read(test::evt2({0x10001801, 0x80000005, 0x00801807, 0xa0000001, 0xf0000001, 0x10c07800}), "A.RAW");
  EXPECT_EQ(recording.rows, 8u);
  EXPECT_EQ(recording.columns, 16u);
  EXPECT_EQ(recording.events, (std::vector<CameraEvent>{{322, 3, 7, false}, {323, 15, 0, true}}));
  EXPECT_EQ(recording.others, 2u);
}

TEST(EventFormats, Evt2TimesGoOnWhereTheyWrap) {
  const auto recording = read(test::evt2({0x8fffffff, 0x1fc00000, 0x80000000, 0x10000000}), "a.raw");
  ASSERT_EQ(recording.events.size(), 2u);
  EXPECT_EQ(recording.events[0].time, (std::int64_t{1} << 34) - 1);
  EXPECT_EQ(recording.events[1].time, std::int64_t{1} << 34);
}

TEST(EventFormats, Evt2FaultsAreNamed) {
  auto cut = test::evt2({0x80000005, 0x00801807});
  cut.pop_back();
  expect_refused(cut, "a.raw", {"size", "7 bytes", "4"});
  expect_refused(test::evt2({0x80000005, 0x80000004}), "a.raw", {"word 1: high time", "4 after 5", "goes back"});
  expect_refused(test::evt2({0x80000005, 0x00008000}), "a.raw", {"word 1", "column 16", "8 x 16", "1 of 1"});
  expect_refused(test::evt2({}, "% evt 2.1\n"), "a.raw", {"header: evt", "2.1", "2.0 and 3.0"});
  expect_refused(test::evt2({}, "% format EVT21;height=8;width=16\n"), "a.raw", {"header: evt", "2.1"});
  expect_refused(test::evt2({}, "% date 2020\n"), "a.raw", {"header", "% evt"});
  expect_refused(test::evt2({}, ""), "a.raw", {"magic"});
  expect_refused(test::evt2({0x80000005}, ""), "a.raw", {"magic", "EVT 2.0"});
  expect_refused(test::evt2({}, "% evt 2.0\n"), "a.raw", {"header", "\"camera\"", "480x640"});
  expect_refused(test::evt2({}, "% evt 2.0\n% geometry 16 by 8\n"), "a.raw", {"geometry", "16 by 8"});
  expect_refused(test::evt2({}, "% evt 2.0\n% width 16\n"), "a.raw", {"width and height", "16xnone"});
  expect_refused(test::evt2({}), "a.raw", {"header", "8 x 16", "\"camera\"", "16x8"}, "16x8");
}

TEST(EventFormats, SizesAreToldByAnyPartOfTheHeader) {
  const auto size = [](const std::string& header, std::string_view camera = {}) {
    const auto recording = read(test::evt2({}, "% evt 2.0\n" + header), "a.raw", camera);
    return std::pair(recording.rows, recording.columns);
  };
  using Pair = std::pair<std::uint32_t, std::uint32_t>;
  EXPECT_EQ(size("% geometry 16x8\r\n"), Pair(8, 16));
  EXPECT_EQ(size("% format EVT2;height=8;width=16\n"), Pair(8, 16));
  EXPECT_EQ(size("% Width 16\n% Height 8\n"), Pair(8, 16));
  EXPECT_EQ(size("% plugin_name hal_plugin_gen3_fx3\n"), Pair(480, 640));
  EXPECT_EQ(size("% plugin_name hal_plugin_gen41_evk3\n"), Pair(720, 1280));
  EXPECT_EQ(size("% plugin_name hal_plugin_imx636_evk4\n"), Pair(720, 1280));
  EXPECT_EQ(size("% plugin_name hal_plugin_genx320\n"), Pair(320, 320));
  EXPECT_EQ(size("", "8x16"), Pair(8, 16));
  EXPECT_EQ(size("", "dvs128"), Pair(128, 128));
}

TEST(EventFormats, Evt3IsReadByHandNumbers) {
  const auto recording = read(test::evt3({0x2801,                  // column 1, before there is a row or a time
                                          0x8001, 0x6002, 0x0003,  // 4096 + 2 us, row 3
                                          0x2805, 0x2006,          // columns 5, brighter, and 6, darker
                                          0x3802, 0x4801, 0x5003,  // from column 2: 2 and 13; from 14 on: 14 and 15
                                          0x6003, 0x3000, 0x4002,  // a microsecond later, from column 0, darker: 1
                                          0xa001, 0x7001, 0xf001}),
                              "a.raw");
  EXPECT_EQ(recording.rows, 8u);
  EXPECT_EQ(recording.columns, 16u);
  EXPECT_EQ(recording.events, (std::vector<CameraEvent>{{4098, 5, 3, true},
                                                        {4098, 6, 3, false},
                                                        {4098, 2, 3, true},
                                                        {4098, 13, 3, true},
                                                        {4098, 14, 3, true},
                                                        {4098, 15, 3, true},
                                                        {4099, 1, 3, false}}));
  EXPECT_EQ(recording.others, 2u);
}

TEST(EventFormats, Evt3TimesGoOnWhereTheyWrap) {
  const auto recording = read(test::evt3({0x8fff, 0x6fff, 0x0001, 0x2001, 0x8000, 0x2002, 0x6001, 0x2003}), "a.raw");
  constexpr std::int64_t kWrap = 1 << 24;
  EXPECT_EQ(recording.events,
            (std::vector<CameraEvent>{{kWrap - 1, 1, 1, false}, {kWrap, 2, 1, false}, {kWrap + 1, 3, 1, false}}));
  // A low part that steps back is no wrap: the high part would say so.
  const auto back = read(test::evt3({0x8001, 0x600b, 0x0001, 0x2001, 0x8001, 0x6001, 0x2002}), "a.raw");
  EXPECT_EQ(back.events[1].time - back.events[0].time, -10);
}

TEST(EventFormats, Evt3FaultsAreNamed) {
  auto cut = test::evt3({0x8001, 0x6002});
  cut.pop_back();
  expect_refused(cut, "a.raw", {"size", "3 bytes", "2"});
  expect_refused(test::evt3({0x8005, 0x8004}), "a.raw", {"word 1: high time", "4 after 5", "goes back"});
  expect_refused(test::evt3({0x8001, 0x0008, 0x2001}), "a.raw", {"word 2", "row 8", "8 x 16"});
  expect_refused(test::evt3({0x8001, 0x0001, 0x300f, 0x4003}), "a.raw", {"word 3", "column 16", "8 x 16", "1 of 2"});
  expect_refused(test::evt3({}, "% evt 4.0\n"), "a.raw", {"header: evt", "4.0"});
  // However far vectors go on.
  std::vector<std::uint32_t> far{0x8001, 0x0001, 0x3000};
  far.insert(far.end(), 7000, 0x4000);
  far.push_back(0x4001);
  expect_refused(test::evt3(far), "a.raw", {"column 65535"});
}

TEST(EventFormats, DatIsReadByHandNumbers) {
  const auto recording = read(test::dat({{100, 0x1001c003}, {105, 0x0000000f}}), "a.Dat");
  EXPECT_EQ(recording.rows, 8u);
  EXPECT_EQ(recording.columns, 16u);
  EXPECT_EQ(recording.events, (std::vector<CameraEvent>{{100, 3, 7, true}, {105, 15, 0, false}}));
  // N-CARS' files name no size, and their events another kind.
  const auto cars =
      read(test::dat({{100, 0x1001c003}}, "% Data file containing N9Chronocam7Event2dE events.\n% Version 2\n", 0),
           "obj_td.dat", "100x120");
  EXPECT_EQ(cars.rows, 100u);
  EXPECT_EQ(cars.columns, 120u);
  EXPECT_EQ(cars.events.size(), 1u);
  const auto wraps = read(test::dat({{0xffffffff, 0}, {1, 0}}), "a.dat");
  EXPECT_EQ(wraps.events[1].time - wraps.events[0].time, 2);
}

TEST(EventFormats, DatFaultsAreNamed) {
  auto cut = test::dat({{100, 0}});
  cut.pop_back();
  expect_refused(cut, "a.dat", {"size", "7 bytes", "8"});
  expect_refused(test::dat({{100, 0}, {99, 0}}), "a.dat", {"event 1: time", "99 after 100", "goes back"});
  expect_refused(test::dat({{100, 16}}), "a.dat", {"event 0", "column 16", "8 x 16"});
  expect_refused(test::dat({}, "% Data file containing CD events\n% Version 1\n"), "a.dat",
                 {"header: Version", "\"1\"", "2 is read"});
  expect_refused(test::dat({}, "% Data file containing CD events\n"), "a.dat", {"header: Version", "\"\""});
  expect_refused(test::dat({}, "% Version 2\n% Width 16\n% Height 8\n", 14), "a.dat", {"event type", "14"});
  expect_refused(test::dat({}, "% Version 2\n% Width 16\n% Height 8\n", 12, 16), "a.dat", {"event size", "16"});
  expect_refused(test::bytes_of("% Version 2\n% Width 16\n% Height 8\n"), "a.dat", {"event type", "only 0 are left"});
  expect_refused(test::dat({{1, 0}}, ""), "a.dat", {"magic", "DAT"});
  expect_refused(test::dat({}, "% Version 2\n"), "a.dat", {"header", "\"camera\""});
}

TEST(EventFormats, Aedat3IsReadByHandNumbers) {
  using test::polarity;
  const auto recording =
      read(test::aedat3(
               {{.kind = 0, .events = {{1, 5}}},  // special events
                {.events = {{polarity(127, 0, true), 100}, {polarity(3, 7, false), 105}, {polarity(3, 7, false) ^ 1u, 106}}},
                {.overflows = 1, .events = {{polarity(0, 127, true), 3}}}}),
           "a.AEDAT");
  EXPECT_EQ(recording.rows, 128u);
  EXPECT_EQ(recording.columns, 128u);
  EXPECT_EQ(recording.events,
            (std::vector<CameraEvent>{{100, 127, 0, true}, {105, 3, 7, false}, {(std::int64_t{1} << 31) + 3, 0, 127, true}}));
  EXPECT_EQ(recording.others, 2u);
  EXPECT_EQ(read(test::aedat3({}), "a.aedat").rows, 128u);
}

TEST(EventFormats, OfSeveralSourcesInAedat3TheFirstIsRead) {
  const std::string header =
      "#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n#Source 2: DAVIS240C\r\n#-Source 3: DAVIS346\r\n#!END-HEADER\r\n";
  const auto recording = read(test::aedat3({{.source = 2, .events = {{test::polarity(239, 0, true), 100}}},
                                            {.source = 1, .events = {{test::polarity(5, 5, true), 101}}}},
                                           header),
                              "a.aedat");
  EXPECT_EQ(recording.columns, 240u);
  EXPECT_EQ(recording.events, (std::vector<CameraEvent>{{100, 239, 0, true}}));
  EXPECT_EQ(recording.others, 1u);
}

TEST(EventFormats, Aedat3FaultsAreNamed) {
  const test::MadePacket one{.events = {{test::polarity(1, 2, true), 100}}};
  const auto whole = test::aedat3({one, one});
  for (std::size_t n = 1; n < 36; ++n)
    expect_refused({whole.begin(), whole.end() - static_cast<std::ptrdiff_t>(n)}, "a.aedat", {"packet 1"});
  expect_refused(test::aedat3({{.events = {{test::polarity(1, 2, true), 0x80000000}}}}), "a.aedat",
                 {"packet 0: event 0: time", "-2147483648"});
  expect_refused(test::aedat3({{.overflows = 2, .events = one.events}, {.overflows = 1, .events = one.events}}), "a.aedat",
                 {"packet 1: eventTSOverflow", "1 after 2", "goes back"});
  expect_refused(test::aedat3({{.overflows = 0xffffffff, .events = one.events}}), "a.aedat",
                 {"packet 0: eventTSOverflow", "-1"});
  expect_refused(test::aedat3({{.events = {{test::polarity(128, 2, true), 1}}}}), "a.aedat",
                 {"packet 0: event 0", "column 128", "128 x 128"});
  expect_refused(test::aedat3({{.events = one.events, .room = 1}}), "a.aedat",
                 {"packet 0: eventNumber", "1", "eventCapacity is 2"});
  const auto with = [](const std::string& header) { return test::aedat3({}, header); };
  expect_refused(with("#!AER-DAT3.0\r\n#!END-HEADER\r\n"), "a.aedat", {"version", "3.0", "3.1"});
  expect_refused(with("#!AER-DAT5.0\r\n#!END-HEADER\r\n"), "a.aedat", {"version", "5.0", "3.1"});
  expect_refused(with("#!AER-DAT3.1\r\n#Format: RAW\r\n"), "a.aedat", {"header", "END-HEADER"});
  expect_refused(with("#!AER-DAT3.1\r\n#Format: Serial-TS\r\n#!END-HEADER\r\n"), "a.aedat", {"header: Format", "Serial-TS"});
  expect_refused(with("#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: eye\r\n#!END-HEADER\r\n"), "a.aedat",
                 {"header: Source 1", "\"camera\"", "dvs128"});
  EXPECT_EQ(read(with("#!AER-DAT3.1\r\n#Format: RAW\r\n#!END-HEADER\r\n"), "a.aedat", "davis240").rows, 180u);
}

TEST(EventFormats, DamagedFilesAreRefusedOrReadAsOtherEvents) {
  const auto flip = [](const Bytes& whole, const std::string& name) {
    return test::refuses_what_is_damaged(
        whole, [&](const Bytes& bytes) { (void)read(bytes, name); }, false);
  };
  EXPECT_GT(flip(test::evt2({0x80000005, 0x00801807, 0x80000006, 0x00801807}), "a.raw"), 20);
  EXPECT_GT(flip(test::evt3({0x8001, 0x6002, 0x0003, 0x2805, 0x3802, 0x4801}), "a.raw"), 20);
  EXPECT_GT(flip(test::dat({{100, 0x1001c003}, {105, 0x0000000f}}), "a.dat"), 20);
  EXPECT_GT(flip(test::aedat3({{.events = {{test::polarity(1, 2, true), 100}}}}), "a.aedat"), 100);
}

}  // namespace
}  // namespace phasic::runtime
