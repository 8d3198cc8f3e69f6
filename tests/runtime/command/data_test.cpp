// SPDX-License-Identifier: Apache-2.0
/// `phasic data`, and learning from sets of the catalogue.
#include <sys/wait.h>

#include <cstdio>

#include "tests/runtime/data/made_files.hpp"

namespace phasic {
namespace {

using test::expect_all_in;

struct Ended {
  int code;
  std::string text;  ///< standard output and standard error
};

class DataCommand : public ::testing::Test {
 protected:
  DataCommand() {
    // Recordings of two digits that differ in the place of their events.
    test::Files files;
    std::string training = "#sample #class\n", testing = training;
    for (unsigned n = 1; n <= 60; ++n) {
      const unsigned digit = n % 2;
      std::vector<test::MadeEvent> events;
      for (unsigned k = 0; k < 80; ++k) events.push_back({k * 3000u, (k * 7 + n) % 12 + 20 * digit, k % 20, k % 3 == 0});
      files.emplace_back(std::to_string(n) + ".bs2", test::nmnist(events));
      (n <= 50 ? training : testing) += std::to_string(n) + "\t" + std::to_string(digit) + "\n";
    }
    files.emplace_back("train1K.txt", test::bytes_of(training));
    files.emplace_back("test100.txt", test::bytes_of(testing));
    test::write_files(folder / "nmnist-small", files);
    test::Files pictures;
    for (int n = 0; n < 40; ++n) {
      test::Bytes pixels(16, static_cast<std::uint8_t>(n));
      for (int k = 0; k < 8; ++k) pixels[static_cast<std::size_t>(n % 2 == 0 ? k : 15 - k)] = 250;
      pictures.emplace_back((n % 2 == 0 ? "upper/" : "lower/") + std::to_string(100 + n) + ".png", test::gray_png(4, pixels));
    }
    test::write_files(folder / "pictures", pictures);
  }

  Ended run(const std::string& arguments) {
    const auto line = "PHASIC_DATA='" + folder.path().string() + "' '" PHASIC_PROGRAM "' " + arguments + " 2>&1";
    auto* pipe = ::popen(line.c_str(), "r");
    std::string text;
    for (int letter = std::fgetc(pipe); letter != EOF; letter = std::fgetc(pipe)) text += static_cast<char>(letter);
    const int status = ::pclose(pipe);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text};
  }
  void expect(int code, const std::string& arguments, const std::vector<std::string>& parts) {
    const auto ended = run(arguments);
    EXPECT_EQ(ended.code, code) << ended.text;
    expect_all_in(ended.text, parts);
  }
  /// Runs, and reads summary.json.
  nlohmann::json summary(const std::string& arguments) {
    const auto ended = run(arguments + " --output " + path("out"));
    EXPECT_EQ(ended.code, 0) << ended.text;
    return nlohmann::json::parse(test::read_file(folder / "out" / "summary.json"));
  }
  std::string path(const std::string& name) { return (folder / name).string(); }
  test::TemporaryFolder folder;
};

TEST_F(DataCommand, ListsWhatIsThereAndWhatIsNot) {
  expect(0, "data list",
         {"letters26", "missing; it comes from", "a folder dvs-gesture must hold: trials_to_train.txt, trials_to_test.txt",
          "found in " + path("nmnist-small"), "CC BY-SA 4.0", "PHASIC_DATA is " + folder.path().string()});
}

TEST_F(DataCommand, MakesSyntheticGesturesThatItReads) {
  const auto made = path("synthetic-gestures");
  expect(0, "data make synthetic-gestures --samples 5 --seed 3 --output " + made,
         {"5 synthetic recordings of each of 11 classes", made, "1 of them for testing, seed 3"});
  // Fewer than the usual 100 of each class.
  expect(1, "data check synthetic-gestures",
         {"44 + 11 samples of 2x32x32, 11 classes, events in 20 steps", "right_counterclockwise 4+1",
          "training samples: 44; 880 are known of it"});
  expect(1, "data make synthetic-gestures --output " + made, {made, "output", "holds something already"});
  expect(1, "data make synthetic-gestures --samples 1 --output " + path("new"), {"samples", "1; 2 to 10000"});
  expect(1, "data make gestures --output " + path("new"), {"gestures"});
}

TEST_F(DataCommand, ChecksCounts) {
  // The set is smaller than the published one.
  expect(1, "data check nmnist-small",
         {"50 + 10 samples of 2x34x34", "0 25+5, 1 25+5", "nmnist-small: training samples: 50; 1000 are known of it"});
  expect(0, "data check " + path("pictures"),
         {"32 + 8 samples of 4x4, 2 classes", "in the training set, too: 0", "as it should be"});
  expect(1, "data check fsdd", {"fsdd", "is in none of"});
}

TEST_F(DataCommand, CheckNamesWhatWasLeftOut) {
  std::filesystem::create_directory_symlink(folder / "pictures", folder / "linked");
  std::filesystem::create_directories(folder / "set");
  std::filesystem::create_directory_symlink("../linked", folder / "set" / "train");
  std::filesystem::create_directory_symlink("../linked", folder / "set" / "test");
  test::write_files(folder / "set", {{"test/.DS_Store", {1}}, {"notes.txt", {1}}, {"__MACOSX/a/._1.png", {1}}});
  expect(0, "data check " + path("set"),
         {"40 + 40 samples of 4x4, 2 classes", "3 left out, hidden", "__MACOSX/, test/.DS_Store, train/.DS_Store",
          "1 left out, of a form that is not read: notes.txt"});
}

TEST_F(DataCommand, LearningAndTestingTellWhatWasLeftOut) {
  std::filesystem::copy(folder / "pictures", folder / "set", std::filesystem::copy_options::recursive);
  test::write_file(folder / "set" / "notes.txt", "no picture");
  test::write_file(folder / "net.json", test::small_network(16, 10, 2).dump());
  const std::string left_out = "1 left out, of a form that is not read: notes.txt";
  expect(0, "learn " + path("net.json") + " --quiet --data " + path("set") + " --checkpoint " + path("state"), {left_out});
  expect(0, "test --quiet --checkpoint " + path("state") + " --data " + path("set"), {left_out});
  expect(0, "compare " + path("net.json") + " --quiet --samples 4 --test-samples 4 --engine reference --data " + path("set"),
         {left_out});
}

TEST_F(DataCommand, ACameraCanBeNamed) {
  auto bytes = test::bytes_of("#!AER-DAT2.0\r\n# by v2e\r\n");
  // Column 0 and row 0 of the file: the lower right corner.
  for (int n = 0; n < 99; ++n) test::append(bytes, {0, 0, 8, 0, 0, 0, 0, 9});
  test::append(bytes, {0x7f, 0xc0, 8, 0, 0, 0, 0, 9});  // row 511
  test::write_file(folder / "a.aedat", bytes);
  expect(1, "data show " + path("a.aedat"), {"a.aedat", "AEChip", "davis240"});
  expect(1, "data show " + path("a.aedat") + " --camera eye", {"--camera", "davis346"});
  expect(0, "data show " + path("a.aedat") + " --ascii --png " + path("a.png") + " --scale 1 --camera davis240",
         {"99 events of a camera of 180 x 240", "1 outside it left out"});
  const auto picture = runtime::decode_png(runtime::read_stored_file(folder / "a.png"));
  // Two pixels became one.
  ASSERT_EQ(picture.pixels.size(), 3u * 90 * 120);
  EXPECT_EQ(picture.pixels[90 * 120 - 1], 255);
  EXPECT_EQ(picture.pixels[0], 0);
  test::write_files(folder / "set", {{"train/x/1.aedat", bytes}, {"test/x/1.AEDAT", bytes}});
  const auto object = "'{\"folder\": \"" + path("set") + "\", \"camera\": \"davis240\", \"downsample\": 2}'";
  expect(0, "data check " + object,
         {"1 + 1 samples of 2x90x120", "2 events outside the camera left out, in: test/x/1.AEDAT, train/x/1.aedat"});
  expect(0, "data show '{\"folder\": \"" + path("set") + "\", \"downsample\": 2}' --camera davis240", {"sample 0 of 1"});
}

TEST_F(DataCommand, IdxFoldersAreTakenByEveryCommand) {
  test::write_dataset(folder / "idx", 20, 4, 3);
  test::write_file(folder / "net.json", test::small_network(16, 10, 3).dump());
  for (const auto& data : {path("idx"), "'{\"folder\": \"" + path("idx") + "\"}'", std::string("idx")}) {
    SCOPED_TRACE(data);
    expect(0, "data check " + data, {"20 + 20 samples of 4x4, 3 classes"});
    expect(0, "data show " + data + " --index 3", {"sample 3 of 20"});
    EXPECT_EQ(summary("learn " + path("net.json") + " --quiet --data " + data)["samples_learned"], 20);
  }
}

TEST_F(DataCommand, ShowsSamples) {
  expect(0, "data show " + path("pictures") + " --test --ascii --png " + path("a.png") + " --scale 3",
         {"test, sample 0 of 8", "@@@@@@@@", "a.png"});
  const auto picture = runtime::decode_png(runtime::read_stored_file(folder / "a.png"));
  EXPECT_EQ(picture.rows, 12u);
  expect(0, "data show nmnist-small --index 3", {"label 0", "step   0", "step  19", "#"});
  expect(0, "data show " + path("nmnist-small/7.bs2"), {"80 events of a camera of 34 x 34"});
  expect(1, "data show nmnist-small --index 50", {"--index", "50"});
  expect(1, "data show nothing", {"nothing", "known"});
  expect(1, "data", {"phasic data: a command is needed; known: list, check, show, make"});
}

TEST_F(DataCommand, NetworksLearnFromPicturesOfAFolder) {
  test::write_file(folder / "net.json", test::small_network(4, 20, 2).dump());
  const auto data = " --data '{\"folder\": \"" + path("pictures") + "\", \"size\": 2}'";
  const auto learned = summary("learn " + path("net.json") + data +
                               " --passes 20 --quiet --validation 8 --validation-seed 3 --checkpoint " + path("state"));
  EXPECT_EQ(learned["samples_learned"], 20 * 24);
  EXPECT_EQ(learned["samples_tested"], 8);
  EXPECT_GE(learned["accuracy"], 0.9);
  EXPECT_EQ(learned["testing"]["data"], "pictures, training, 8 samples drawn with seed 3");
  EXPECT_GE(summary("test --checkpoint " + path("state") + data + " --quiet")["accuracy"], 0.9);
  expect(1, "learn " + path("net.json") + " --data " + path("pictures"), {"4 x 4 = 16 pixels", "inputs = 4"});
  expect(1, "learn " + path("net.json") + data + " --validation-seed 3", {"--validation"});
}

TEST_F(DataCommand, NetworksLearnFromRecordings) {
  auto network = test::small_network(2 * 17 * 17, 20, 10);
  network["samples"] = "event";
  test::write_file(folder / "net.json", network.dump());
  const std::string data = " --data '{\"set\": \"nmnist-small\", \"downsample\": 2}'";
  const auto learned = summary("learn " + path("net.json") + data + " --passes 8 --quiet --checkpoint " + path("state"));
  EXPECT_EQ(learned["samples_learned"], 8 * 50);
  EXPECT_GE(summary("test --checkpoint " + path("state") + data + " --quiet")["accuracy"], 0.8);
  network["samples"] = "intensity";
  test::write_file(folder / "net.json", network.dump());
  expect(1, "learn " + path("net.json") + data, {"net.json", "samples", "\"event\" is needed"});
}

TEST_F(DataCommand, PicturesOfRecordingsAreShownAndLearned) {
  // Column 5 and row 3 darker at once, column 7 and row 2 brighter in the second half.
  const test::Bytes events{5, 3, 0, 0, 0, 7, 2, 0x80, 0, 200};
  for (const std::string file : {"train/a/1.bin", "train/b/2.bin", "test/a/3.bin"})
    test::write_files(folder / "set", {{file, events}});
  const std::string object =
      "{\"folder\": \"" + path("set") + "\", \"picture\": {\"kind\": \"counts\", \"bins\": 2, \"full\": 1}}";
  expect(0, "data show '" + object + "' --ascii --scale 1 --png " + path("a.png"),
         {"sample 0 of 2", "channel 0, darker, part 1 of 2\n\n\n\n          @@\n", "channel 1, darker, part 2 of 2",
          "channel 2, brighter, part 1 of 2", "channel 3, brighter, part 2 of 2\n\n\n              @@\n"});
  const auto picture = runtime::decode_png(runtime::read_stored_file(folder / "a.png"));
  ASSERT_EQ(picture.rows, 69u);
  ASSERT_EQ(picture.columns, 69u);
  EXPECT_EQ(picture.pixels[3 * 69 + 5], 255);
  EXPECT_EQ(picture.pixels[(35 + 2) * 69 + 35 + 7], 255);
  expect(0, "data check '" + object + "'", {"2 + 1 samples of 4x34x34, 2 classes, intensities"});
  test::write_file(folder / "net.json", test::small_network(4 * 34 * 34, 10, 2).dump());
  expect(0, "learn " + path("net.json") + " --quiet --data '" + object + "' --checkpoint " + path("state"), {"samples"});
}

}  // namespace
}  // namespace phasic
