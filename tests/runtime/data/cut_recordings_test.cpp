// SPDX-License-Identifier: Apache-2.0
/// DvsGesture and N-CARS, in folders that look like theirs.
#include "runtime/data/load.hpp"
#include "tests/runtime/data/made_cameras.hpp"

namespace phasic::runtime {
namespace {

using test::expect_all_in;
using test::refusal;

class CutRecordings : public ::testing::Test {
 protected:
  CutRecordings() {
    write("trials_to_train.txt", "user01_lab.aedat\r\nuser02_lab.aedat\r\n");
    write("trials_to_test.txt", "user03_lab.aedat\n");
    for (const std::string user : {"01", "02", "03"}) {
      // 40 events 1 ms apart; the column tells when.
      test::MadePacket packet;
      for (std::uint32_t n = 0; n < 40; ++n) packet.events.emplace_back(test::polarity(n, 8, true), 1000 * n);
      test::write_files(at, {{"user" + user + "_lab.aedat", test::aedat3({packet})}});
      write("user" + user + "_lab_labels.csv", kTable);
    }
    write("gesture_mapping.csv", "action,label\n");
  }
  void write(const std::string& name, const std::string& text) const { test::write_files(at, {{name, test::bytes_of(text)}}); }
  [[nodiscard]] static NamedData load(const nlohmann::json& more = nlohmann::json::object()) {
    nlohmann::json request = {{"set", "dvs-gesture"}, {"order", "file"}, {"steps", 10}};
    if (more.contains("picture")) request.erase("steps");
    request.update(more);
    return load_named(parse_data_request(JsonNode(request, "data", "")));
  }
  void expect_refused(const std::vector<std::string>& parts) const {
    expect_all_in(refusal([] { (void)load(); }), parts);
  }

  const std::string kTable = "class,startTime_usec,endTime_usec\n1,0,10000\n11,20000,30000\n2,10000,15000\n";
  test::TemporaryFolder folder;
  std::filesystem::path at = folder / "DvsGesture";
  test::Environment places{"PHASIC_DATA", folder.path().string()};
};

TEST_F(CutRecordings, PiecesHaveTheEventsOfTheirTimes) {
  const auto data = load({{"downsample", 1}});
  EXPECT_EQ(data.training.labels, (std::vector<std::uint8_t>{0, 10, 1, 0, 10, 1}));
  EXPECT_EQ(data.test.labels, (std::vector<std::uint8_t>{0, 10, 1}));
  EXPECT_EQ(data.classes.size(), 11u);
  EXPECT_EQ(data.classes[7], "arm_roll");
  EXPECT_EQ(data.shape, (Shape{2, 128, 128}));
  const auto columns = [&](std::size_t sample) {
    std::vector<std::uint32_t> all;
    for (const auto word : data.test.events_of(sample)) all.push_back((word & contract::kEntryInput) % 128);
    return all;
  };
  EXPECT_EQ(columns(0), (std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(columns(1), (std::vector<std::uint32_t>{20, 21, 22, 23, 24, 25, 26, 27, 28, 29}));
  EXPECT_EQ(columns(2), (std::vector<std::uint32_t>{10, 11, 12, 13, 14}));
  EXPECT_EQ(load().shape, (Shape{2, 32, 32}));
  EXPECT_EQ(load({{"step_ms", 1}, {"steps", 4}}).test.chunks_of(2).size(), 2u);
  EXPECT_EQ(load({{"picture", {{"kind", "counts"}}}}).test.size(), 3u) << "as pictures";
}

TEST_F(CutRecordings, RecordingsInNoListAreNamed) {
  test::write_files(at, {{"user04_lab.aedat", test::aedat3({})}});
  const auto notes = load().notes;
  EXPECT_NE(std::find(notes.begin(), notes.end(), "1 left out, in no list: user04_lab.aedat"), notes.end());
}

TEST_F(CutRecordings, FaultsAreNamed) {
  const std::string table = "user02_lab_labels.csv";
  for (const std::string row : {"12,0,5", "0,0,5", "1,5,5", "1,5", "1,5,6,7", "a,5,6", "1,-5,6", "1,5,99999999999999999999"}) {
    SCOPED_TRACE(row);
    write(table, "class,startTime_usec,endTime_usec\n1,0,10000\n" + row + "\n");
    expect_refused({table, "line 3", row, "1 to 11"});
  }
  write(table, "label,begin,end\n");
  expect_refused({table, "line 1", "label,begin,end", "class,startTime_usec,endTime_usec"});
  write(table, "class,startTime_usec,endTime_usec\n3,90000,95000\n");
  expect_refused({"user02_lab.aedat: piece 1", "no events from 90000 to 95000"});
  std::filesystem::remove(at / table);
  expect_refused({table});
  write(table, kTable);
  write("trials_to_test.txt", "user02_lab.aedat\n");
  expect_refused({"trials_to_test.txt", "line 1", "user02_lab.aedat is there twice"});
  write("trials_to_test.txt", "../user02_lab.aedat\n");
  expect_refused({"trials_to_test.txt", "line 1", "../user02_lab.aedat"});
  std::filesystem::remove(at / "trials_to_test.txt");
  expect_refused({"dvs-gesture", "is in none of", "trials_to_train.txt, trials_to_test.txt", "research.ibm.com"});
}

TEST_F(CutRecordings, DamagedOnesCanBeLeftOut) {
  write("user01_lab_labels.csv", "class,startTime_usec,endTime_usec\n12,0,10000\n");
  const auto data = load({{"leave_out_damaged", true}});
  EXPECT_EQ(data.training.size(), 3u);
  EXPECT_EQ(data.test.size(), 3u);
}

TEST_F(CutRecordings, NcarsIsReadFromItsFolders) {
  const auto car = test::dat({{100, 0x10000000}, {200, 0x1018c077}}, "% Data file containing events.\n% Version 2\n", 0);
  test::write_files(folder / "Prophesee_Dataset_n_cars", {{"n-cars_train/cars/obj_1_td.dat", car},
                                                          {"n-cars_train/background/obj_2_td.dat", car},
                                                          {"n-cars_test/cars/obj_3_td.dat", car}});
  const auto data = load_named(parse_data_text("ncars"));
  EXPECT_EQ(data.training.size(), 2u);
  EXPECT_EQ(data.test.labels, (std::vector<std::uint8_t>{1}));
  EXPECT_EQ(data.shape, (Shape{2, 100, 120}));
  EXPECT_EQ(data.test.events.size(), 2u);
}

}  // namespace
}  // namespace phasic::runtime
