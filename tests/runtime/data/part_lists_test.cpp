// SPDX-License-Identifier: Apache-2.0
/// Folders of sounds as Speech Commands has them, with lists of what is for testing and for validation.
#include "runtime/data/load.hpp"
#include "tests/runtime/data/made_files.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;
using test::Bytes;
using test::expect_all_in;
using test::refusal;

class PartListFiles : public ::testing::Test {
 protected:
  /// A sound whose pitch tells it from the others.
  static Bytes sound(int number) { return test::tone(300 + 100 * number, 16000, 1, 0.1); }
  static test::Files files(const std::string& front = "") {
    test::Files all;
    for (int n = 0; n < 5; ++n) {
      all.emplace_back(front + "no/" + std::to_string(n) + ".wav", sound(n));
      all.emplace_back(front + "yes/" + std::to_string(n) + ".WAV", sound(n + 5));
    }
    all.emplace_back(front + "_background_noise_/hum.wav", sound(20));
    all.emplace_back(front + "testing_list.txt", test::bytes_of("no/1.wav\r\nyes/3.WAV\r\n"));
    all.emplace_back(front + "validation_list.txt", test::bytes_of("no/0.wav\n"));
    return all;
  }
  void write(const std::string& name, const std::string& text) const { test::write_files(at, {{name, test::bytes_of(text)}}); }
  [[nodiscard]] static NamedData load(const fs::path& from, const std::string& validation = "leave_out") {
    DataRequest request;
    request.folder = from.string();
    request.mixed = false;
    if (!validation.empty()) request.validation = validation;
    return load_named(request);
  }
  void expect_refused(const std::vector<std::string>& parts, const std::string& validation = "leave_out") const {
    expect_all_in(refusal([&] { (void)load(at, validation); }), parts);
  }
  static std::string notes_of(const NamedData& data) {
    std::string text;
    for (const auto& note : data.notes) text += note + "\n";
    return text;
  }

  test::TemporaryFolder folder;
  fs::path at = folder / "commands";
};

Bytes pictures_of(const Dataset& data, std::size_t n) {
  const auto image = data.image(n);
  return {image.begin(), image.end()};
}

TEST_F(PartListFiles, SayWhatIsForTestingAndTheRestIsForTraining) {
  test::write_files(at, files());
  const auto data = load(at);
  EXPECT_EQ(data.classes, (std::vector<std::string>{"no", "yes"}));
  EXPECT_EQ(data.training.labels, (Bytes{0, 0, 0, 1, 1, 1, 1}));
  EXPECT_EQ(data.test.labels, (Bytes{0, 1}));
  expect_all_in(notes_of(data), {"1 left out, a part for validation: no/0.wav",
                                 "1 left out, noise without a class: _background_noise_/hum.wav"});
  EXPECT_EQ(notes_of(data).find("list.txt"), std::string::npos) << notes_of(data);
  // The test sounds are those of the list, and no training sample is one of them.
  for (std::size_t n = 0; n < data.training.size(); ++n) {
    for (std::size_t k = 0; k < data.test.size(); ++k)
      EXPECT_NE(pictures_of(data.training, n), pictures_of(data.test, k)) << n << " and " << k;
  }
  test::write_files(folder / "alone",
                    {{"a/1.wav", sound(1)}, {"b/3.wav", sound(8)}, {"testing_list.txt", test::bytes_of("a/1.wav\nb/3.wav")}});
  DataRequest request;
  request.folder = (folder / "alone").string();
  EXPECT_EQ(load_named(request, {false, true}).test.pixels, data.test.pixels);
}

TEST_F(PartListFiles, ValidationIsWhatTheUserSays) {
  test::write_files(at, files());
  expect_refused({"commands", "validation", "no/0.wav", "leave_out"}, "");
  EXPECT_EQ(load(at, "training").training.labels, (Bytes{0, 0, 0, 0, 1, 1, 1, 1}));
  EXPECT_EQ(load(at, "test").test.labels, (Bytes{0, 0, 1}));
  // With a list for validation alone a seed draws the test part.
  fs::remove(at / "testing_list.txt");
  const auto data = load(at);
  EXPECT_EQ(data.training.size(), 7u);
  EXPECT_EQ(data.test.size(), 2u);
}

TEST_F(PartListFiles, AreFoundInAnArchiveBelowAFolder) {
  test::write_files(at, files());
  test::write_archive(folder / "c.tar.gz", files("speech/"), "tar", "gzip");
  const auto plain = load(at), packed = load(folder / "c.tar.gz");
  EXPECT_EQ(packed.training.checksum, plain.training.checksum);
  EXPECT_EQ(packed.test.checksum, plain.test.checksum);
}

TEST_F(PartListFiles, NameWhatIsListedAndNotThere) {
  test::write_files(at, files());
  write("testing_list.txt", "no/1.wav\nstop/7.wav\nyes/3.WAV\n");
  expect_all_in(notes_of(load(at)), {"1 left out, listed but not there: stop/7.wav"});
  // Paths of another kind must not make training samples of the test part.
  write("testing_list.txt", "commands/no/1.wav\ncommands/yes/3.WAV\n");
  expect_refused({"testing_list.txt", "none of its files is there", "commands/no/1.wav"});
}

TEST_F(PartListFiles, ThatContradictAreRefused) {
  test::write_files(at, files());
  write("validation_list.txt", "no/2.wav\nno/1.wav\n");
  expect_refused({"validation_list.txt", "line 2", "no/1.wav is in", "testing_list.txt"});
  write("validation_list.txt", "no/2.wav\n");
  test::write_files(at, {{"train/no/1.wav", sound(1)}});
  expect_refused({"testing_list.txt", "train/no/1.wav", "folders do, too"});
  fs::remove_all(at / "train");
  test::write_files(at, {{"no/testing_list.txt", test::bytes_of("1.wav\n")}});
  expect_refused({"testing_list.txt", "another folder"});
  fs::remove(at / "no" / "testing_list.txt");
  // A list that cannot be read is not taken for none.
  fs::remove(at / "testing_list.txt");
  fs::create_symlink("nowhere.txt", at / "testing_list.txt");
  expect_refused({"testing_list.txt", "nowhere.txt"});
}

}  // namespace
}  // namespace phasic::runtime
