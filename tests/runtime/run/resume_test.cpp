// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/resume.hpp"

#include "runtime/network/program.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;
using test::expect_all_in;
using test::refusal;

class Resume : public ::testing::Test {
 protected:
  void put(const std::string& name, std::uint64_t position, const std::string& data = "made") {
    Checkpoint checkpoint;
    checkpoint.network = parse_network(test::small_network(16, 8, 3), "net.json");
    checkpoint.data_name = data;
    checkpoint.data_samples = 60;
    for (std::uint64_t n = 0; n < position; ++n) checkpoint.curve.add(true);
    checkpoint.position = position;
    checkpoint.weights = initial_weights(checkpoint.network, layout_of(checkpoint.network));
    write_checkpoint(folder / name, checkpoint);
  }
  void damage(const std::string& name) {
    auto bytes = test::read_file(folder / name);
    bytes[bytes.size() / 2] ^= 1;
    test::write_file(folder / name, bytes);
  }
  static void fits(const fs::path& file, const Checkpoint& checkpoint) {
    if (checkpoint.data_name != "made") throw InputError(file.string(), "data", "is another");
  }
  Found find(const std::vector<fs::path>& places) { return find_checkpoint(places, fits); }
  /// Its name and position, or "none".
  std::string found(const std::vector<fs::path>& places) {
    const auto good = find(places).good;
    return good ? good->file.filename().string() + " " + std::to_string(good->checkpoint.position) : "none";
  }
  test::TemporaryFolder folder;
};

TEST_F(Resume, APlaceWithNothingInItGivesNothing) {
  EXPECT_EQ(found({folder / "none"}), "none");
  EXPECT_EQ(found({folder.path()}), "none");
  EXPECT_EQ(found({}), "none");
  test::write_file(folder / "other.txt", std::string("no checkpoint"));
  EXPECT_EQ(found({folder.path()}), "none");
}

TEST_F(Resume, ADamagedFileIsNamedAndTheOneBeforeItTaken) {
  put("state", 20);
  put("state.before", 10);
  EXPECT_EQ(found({folder / "state"}), "state 20");
  damage("state");
  EXPECT_EQ(found({folder / "state"}), "state.before 10");
  const auto damaged = find({folder / "state"}).damaged;
  ASSERT_EQ(damaged.size(), 1U);
  expect_all_in(damaged[0], {(folder / "state").string(), "checksum"});
  fs::remove(folder / "state");
  EXPECT_EQ(found({folder / "state"}), "state.before 10");
  put("state", 20);
  damage("state");
  damage("state.before");
  expect_all_in(refusal([&] { (void)find({folder / "state"}); }),
                {(folder / "state").string() + ": ", (folder / "state.before").string(), "checksum"});
}

TEST_F(Resume, AFileThatDoesNotFitIsRefusedAndNotPassedOver) {
  put("state", 20, "other");
  put("state.before", 10);
  expect_all_in(refusal([&] { (void)find({folder / "state"}); }), {(folder / "state").string(), "is another"});
}

TEST_F(Resume, OfAFolderTheGoodOneThatFitsAndHasLearnedMostIsTaken) {
  put("a", 10);
  put("b", 30);
  put("c", 40, "other");
  put("d", 50);
  put("d.before", 20);
  put("e.partial", 90);
  damage("d");
  EXPECT_EQ(found({folder.path()}), "b 30");
  EXPECT_EQ(find({folder.path()}).damaged.size(), 1U);
  fs::remove(folder / "b");
  EXPECT_EQ(found({folder.path()}), "d.before 20");
  fs::remove(folder / "d");
  EXPECT_EQ(found({folder.path()}), "d.before 20") << "its name alone is gone";
  // A file whose very first bytes are lost is known by the one before it.
  test::write_file(folder / "d", std::string());
  EXPECT_EQ(found({folder.path()}), "d.before 20");
}

TEST_F(Resume, AFolderWithCheckpointsOfWhichNoneCanBeUsedIsRefusedWithTheReasons) {
  put("c", 40, "other");
  put("d", 50);
  damage("d");
  expect_all_in(refusal([&] { (void)find({folder.path()}); }),
                {folder.path().string() + ": ", (folder / "c").string() + ": data", (folder / "d").string() + ": checksum"});
}

TEST_F(Resume, OfSeveralPlacesTheOneThatHasLearnedMostIsTaken) {
  put("state", 20);
  fs::create_directory(folder / "old");
  put("old/state", 10);
  EXPECT_EQ(found({folder / "state", folder / "old"}), "state 20");
  EXPECT_EQ(found({folder / "none", folder / "old"}), "state 10");
  put("old/state", 30);
  EXPECT_EQ(found({folder / "state", folder / "old"}), "state 30");
}

}  // namespace
}  // namespace phasic::runtime
