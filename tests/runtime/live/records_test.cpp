// SPDX-License-Identifier: Apache-2.0
#include "tests/runtime/live/made_stream.hpp"

namespace phasic::runtime {
namespace {

using test::Bytes;
using test::expect_all_in;
using test::refusal;

std::vector<LiveRecord> read(const Bytes& bytes) {
  std::vector<LiveRecord> records;
  RecordReader({8, 16}, 10, "stream").read(bytes, records);
  return records;
}
Bytes joined(const std::vector<Bytes>& parts) {
  Bytes all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST(Records, AreReadByHandNumbers) {
  // Time 0x01020304; brighter, row 5, column 9: 0x10000000 + 5 * 0x4000 + 9.
  EXPECT_EQ(read({4, 3, 2, 1, 9, 0x40, 1, 0x10}), (std::vector<LiveRecord>{test::live_event(0x01020304, 9, 5, true)}));
  const auto records =
      read(joined({test::event_record(7, 15, 7, false), test::label_record(8, 9), test::label_record(9, 0xffff)}));
  EXPECT_EQ(records, (std::vector<LiveRecord>{test::live_event(7, 15, 7, false), test::live_label(8, 9),
                                              test::live_label(9, kNoLabel)}));
}

TEST(Records, TimesGoOnWhereTheyWrapAndMayGoBack) {
  const auto records = read(joined({test::event_record(0xfffffff0, 0, 0, true), test::event_record(0x10, 0, 0, true),
                                    test::event_record(0x0c, 0, 0, true)}));
  EXPECT_EQ(records[1].time - records[0].time, 0x20);
  EXPECT_EQ(records[2].time - records[1].time, -4);
}

TEST(Records, NothingIsReadBehindTheEnd) {
  std::vector<LiveRecord> records;
  RecordReader reader({8, 16}, 10, "stream");
  reader.read(joined({test::event_record(1, 0, 0, true), test::end_record(2), {1, 2, 3}}), records);
  EXPECT_TRUE(reader.ended());
  EXPECT_EQ(records.size(), 2u);
}

TEST(Records, FaultsTellWhereTheyAre) {
  const auto good = test::event_record(1, 0, 0, true);
  const auto expect_refused = [&](const Bytes& bad, std::vector<std::string> parts) {
    parts.insert(parts.end(), {"stream", "record 2 (byte 16)"});
    expect_all_in(refusal([&] { (void)read(joined({good, good, bad, good})); }), parts);
  };
  expect_refused(test::event_record(1, 16, 0, true), {"column 16", "8 x 16"});
  expect_refused(test::event_record(1, 0, 8, true), {"row 8", "8 x 16"});
  expect_refused(test::label_record(1, 10), {"label 10", "10 classes"});
  expect_refused(test::label_record(1, 0x10001), {"label", "bits 28 to 16"});
  expect_refused({1, 0, 0, 0, 0, 0, 0, 0x40}, {"kind 2"});
  expect_refused({1, 0, 0, 0, 1, 0, 0, 0xe0}, {"end", "bits 28 to 0"});
  expect_all_in(refusal([&] { (void)read(joined({good, {1, 2, 3}})); }), {"record 1 (byte 8)", "3 bytes", "8"});
}

}  // namespace
}  // namespace phasic::runtime
