// SPDX-License-Identifier: Apache-2.0
/// Orientation of every camera and format, by an L: its stem on the left, its foot at the bottom to the right. And cameras that
/// a file does not name, and events that they cannot have seen.
#include <set>

#include "runtime/data/recording.hpp"
#include "tests/runtime/data/made_files.hpp"

namespace phasic::runtime {
namespace {

using test::Bytes;
using test::expect_all_in;
using test::refusal;
using test::stored;

using Points = std::set<std::pair<int, int>>;  // column, row

/// Column 10, rows 6 to 20, and row 20, columns 10 to 18.
Points letter() {
  Points points;
  for (int row = 6; row <= 20; ++row) points.emplace(10, row);
  for (int column = 10; column <= 18; ++column) points.emplace(column, 20);
  return points;
}

Points points_of(const Recording& recording) {
  Points points;
  for (const auto& event : recording.events) points.emplace(event.column, event.row);
  return points;
}

/// Addresses and times of the letter as jAER writes them for a camera of the DAVIS family: row 0 at the bottom and column 0 at
/// the right.
std::vector<std::pair<std::uint32_t, std::uint32_t>> davis(std::uint32_t rows, std::uint32_t columns) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> records;
  for (const auto& [x, y] : letter())
    records.emplace_back(
        ((rows - 1 - static_cast<std::uint32_t>(y)) << 22) | ((columns - 1 - static_cast<std::uint32_t>(x)) << 12) | (1u << 11),
        1000 + 10 * records.size());
  return records;
}

struct Size {
  std::string chip;
  std::uint32_t rows, columns;
};
const std::vector<Size> kDavis{{"eu.seebetter.ini.chips.davis.DAVIS240C", 180, 240},
                               {"Davis240b", 180, 240},
                               {"eu.seebetter.ini.chips.davis.Davis346blue", 260, 346},
                               {"DAVIS-346", 260, 346},
                               {"DAVI346", 260, 346},
                               {"DAVIS640", 480, 640}};

TEST(Cameras, TheDavisFamilyInAedat2) {
  for (const auto& [chip, rows, columns] : kDavis) {
    SCOPED_TRACE(chip);
    const auto recording = read_recording(stored(test::aedat2(chip, davis(rows, columns)), "a.aedat"));
    EXPECT_EQ(recording.rows, rows);
    EXPECT_EQ(recording.columns, columns);
    EXPECT_EQ(points_of(recording), letter());
    EXPECT_TRUE(recording.events[0].on);
  }
}

TEST(Cameras, Dvs128InAedat2) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> records;
  for (const auto& [x, y] : letter())
    records.emplace_back((static_cast<std::uint32_t>(127 - y) << 8) | (static_cast<std::uint32_t>(127 - x) << 1), 5);
  EXPECT_EQ(points_of(read_recording(stored(test::aedat2("DVS128", records), "a.aedat"))), letter());
}

TEST(Cameras, Aedat4) {
  std::vector<test::MadeEvent> events;
  for (const auto& [x, y] : letter()) events.push_back({5, static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y), true});
  for (const auto packing : {Packing::kNone, Packing::kLz4, Packing::kZstd})
    EXPECT_EQ(points_of(read_recording(stored(test::aedat4(events, packing, 34, 30), "a.aedat4"))), letter());
}

TEST(Cameras, Nmnist) {
  std::vector<test::MadeEvent> events;
  for (const auto& [x, y] : letter()) events.push_back({5, static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y), true});
  EXPECT_EQ(points_of(read_recording(stored(test::nmnist(events), "a.bin"))), letter());
  EXPECT_EQ(points_of(read_recording(stored(test::nmnist(events), "A.BS2"))), letter());
}

TEST(Cameras, RowZeroIsTheFirstInput) {
  const auto recording = read_recording(stored(test::nmnist({{0, 1, 0, false}, {0, 0, 2, false}}), "a.bin"));
  EXPECT_EQ(bin_events(recording, {1, 10, 1}, "x"), (std::vector<std::uint32_t>{1, 2 * 34}));
}

Bytes with_header(const std::string& header, const std::vector<std::pair<std::uint32_t, std::uint32_t>>& records) {
  auto bytes = test::bytes_of(header);
  for (const auto& [address, time] : records) {
    test::append(bytes, test::big_endian(address, 4));
    test::append(bytes, test::big_endian(time, 4));
  }
  return bytes;
}

TEST(Cameras, AFileThatDoesNotNameItsCameraNeedsIt) {
  const auto file = stored(with_header("#!AER-DAT2.0\r\n# Timestamps tick is 1 us\r\n", davis(260, 346)), "a.aedat");
  expect_all_in(refusal([&] { (void)read_recording(file); }), {"a.aedat", "AEChip", "none", "\"camera\"", "davis346"});
  EXPECT_EQ(points_of(read_recording(file, "davis346")), letter());
  // What the file says is not overruled.
  const auto named = stored(test::aedat2("DAVIS346", davis(260, 346)), "a.aedat");
  EXPECT_EQ(points_of(read_recording(named, "davis346")), letter());
  expect_all_in(refusal([&] { (void)read_recording(named, "davis240"); }), {"a.aedat", "AEChip", "DAVIS346", "davis240"});
  const auto other = stored(test::aedat2("Prophesee Gen 3.1 (VGA)", davis(480, 640)), "a.aedat");
  EXPECT_EQ(points_of(read_recording(other, "davis640")), letter());
}

TEST(Cameras, HeadersEndWhereTheirLinesEnd) {
  // The first event's address begins with the byte of '#', and no line says that the header ends.
  auto records = davis(260, 346);
  records.insert(records.begin(), {(141u << 22) | (335u << 12) | (1u << 11), 1000});
  ASSERT_EQ(records[0].first >> 24, 0x23u);
  for (const std::string header : {"#!AER-DAT2.0\r\n# AEChip: Davis346blue\r\n", "#!AER-DAT2.0\n#AEChip:Davis346blue\n",
                                   "#!AER-DAT2.0\r\n# aechip: DAVIS346\r\n# user J\xc3\xb6rg\r\n# End of ASCII Header\r\n"}) {
    SCOPED_TRACE(header);
    const auto recording = read_recording(stored(with_header(header, records), "a.aedat"));
    EXPECT_EQ(recording.events.size(), records.size());
    EXPECT_EQ(recording.events[0], (CameraEvent{1000, 10, 118, true}));
  }
  // Events that hold the ends of lines.
  const std::vector<std::pair<std::uint32_t, std::uint32_t>> ends{{0x23000a00u, 0x0d0a0d0au}, {0x23000a00u, 0x230d0a0au}};
  EXPECT_EQ(read_recording(stored(with_header("#!AER-DAT2.0\r\n# AEChip: DAVIS346\r\n", ends), "a.aedat")).events.size(), 2u);
}

TEST(Cameras, AFewEventsOutsideAreCountedAndManyRefused) {
  auto records = davis(260, 346);
  while (records.size() < 99) records.push_back(records.back());
  records.emplace_back((306u << 22) | (5u << 12), 9000);
  const auto recording = read_recording(stored(test::aedat2("DAVIS346", records), "a.aedat"));
  EXPECT_EQ(recording.outside, 1u);
  EXPECT_EQ(recording.events.size(), 99u);
  records.pop_back();
  records.pop_back();
  records.emplace_back((306u << 22) | (5u << 12), 9000);
  expect_all_in(refusal([&] { (void)read_recording(stored(test::aedat2("DAVIS346", records), "a.aedat")); }),
                {"a.aedat", "record 98: address", "row 306", "260 x 346", "1 of 99", "1 %"});

  std::vector<test::MadeEvent> events(99, {5, 1, 1, true});
  events.push_back({5, 34, 1, true});
  EXPECT_EQ(read_recording(stored(test::nmnist(events), "a.bin")).outside, 1u);
  EXPECT_EQ(read_recording(stored(test::aedat4(events, Packing::kLz4, 34, 34), "a.aedat4")).outside, 1u);
  events.push_back({5, 34, 1, true});
  expect_all_in(refusal([&] { (void)read_recording(stored(test::nmnist(events), "a.bin")); }),
                {"event 99: column", "2 of 101"});
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t n = 0; n < times; ++n) all += text;
  return all;
}

TEST(Cameras, DeeplyNestedDescriptionsOfAedat4AreRefused) {
  const auto read = [](const std::string& inside) {
    return read_recording(stored(test::aedat4({{5, 1, 1, true}}, Packing::kNone, 4, 2, 1, inside), "a.aedat4")).events.size();
  };
  const std::size_t deep = 300'000;
  // Every way to hide the depth from a reader that only looks for tags.
  for (const std::string open : {"<a>", "<a x='</a></a>'>", "<a x=\"/>\">", "<a><!-- </a> -->", "<a><![CDATA[</a>]]>", "<a'>",
                                 "<a=\">", "<a ><?p </a> ?>"}) {
    SCOPED_TRACE(open);
    expect_all_in(refusal([&] { (void)read(repeated(open, deep)); }), {"a.aedat4", "infoNode", "in each other"});
  }
  expect_all_in(refusal([&] { (void)read("<a><!DOCTYPE x [</a>]>"); }), {"a.aedat4", "infoNode", "declarations"});
  EXPECT_EQ(read(repeated("<a>", 90) + repeated("</a>", 90)), 1u);
  EXPECT_EQ(read(repeated("<a x='>'/><!-- <a> --><b></b>", 1000)), 1u);
}

}  // namespace
}  // namespace phasic::runtime
