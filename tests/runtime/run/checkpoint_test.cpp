// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/checkpoint.hpp"

#include "runtime/network/program.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using test::expect_all_in;
using test::refusal;

class CheckpointTest : public ::testing::Test {
 protected:
  CheckpointTest() {
    checkpoint.network = parse_network(test::small_network(16, 8, 3), "net.json");
    checkpoint.data_name = "made";
    checkpoint.data_samples = 60;
    checkpoint.data_checksum = 0x12345678;
    checkpoint.order = Order::kShuffled;
    for (int n = 0; n < 250; ++n) checkpoint.curve.add(n % 3 == 0);
    checkpoint.position = 250;
    checkpoint.weights = initial_weights(checkpoint.network, layout_of(checkpoint.network));
    write_checkpoint(file, checkpoint);
    whole = test::read_file(file);
  }
  std::string refused(const test::Bytes& bytes) {
    test::write_file(file, bytes);
    auto text = refusal([&] { (void)read_checkpoint(file); });
    expect_all_in(text, {file.string()});
    return text;
  }
  test::TemporaryFolder folder;
  std::filesystem::path file = folder / "state";
  Checkpoint checkpoint;
  test::Bytes whole;
};

TEST_F(CheckpointTest, GivesBackWhatWasWritten) {
  const auto read = read_checkpoint(file);
  EXPECT_EQ(first_difference(read.network, checkpoint.network), "");
  EXPECT_EQ(read.data_name, "made");
  EXPECT_EQ(read.data_samples, 60u);
  EXPECT_EQ(read.data_checksum, 0x12345678u);
  EXPECT_EQ(read.order, Order::kShuffled);
  EXPECT_EQ(read.position, 250u);
  EXPECT_EQ(read.curve, checkpoint.curve);
  EXPECT_EQ(read.weights, checkpoint.weights);
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".partial"));
}

TEST_F(CheckpointTest, ReplacesTheOneBefore) {
  checkpoint.position = 100;
  checkpoint.curve = {};
  for (int n = 0; n < 100; ++n) checkpoint.curve.add(true);
  write_checkpoint(file, checkpoint);
  EXPECT_EQ(read_checkpoint(file).position, 100u);
}

TEST_F(CheckpointTest, DoesNotGrowWithTheSamples) {
  std::uintmax_t largest = 0;
  for (const std::uint64_t samples : {1'000'000ull, 1'000'100ull, 1'000'000'000ull, 123'456'789'012'345ull}) {
    checkpoint.position = checkpoint.curve.samples = samples;
    checkpoint.curve.block = Curve::kBlock;
    while (samples / checkpoint.curve.block >= Curve::kMostBlocks) checkpoint.curve.block *= 2;
    if (samples == 1'000'000) checkpoint.curve.block = Curve::kBlock;
    const auto blocks = samples / checkpoint.curve.block + (samples % checkpoint.curve.block != 0 ? 1 : 0);
    checkpoint.curve.correct.assign(blocks, 0);
    write_checkpoint(file, checkpoint);
    largest = std::max(largest, std::filesystem::file_size(file));
    EXPECT_EQ(read_checkpoint(file).curve, checkpoint.curve);
    // Programs that know blocks of 100 samples alone have to see that these are others.
    EXPECT_EQ(test::read_file(file)[8], samples == 1'000'000 ? 1 : 2);
  }
  EXPECT_LT(largest, whole.size() + 2 * Curve::kMostBlocks + 100);
}

TEST_F(CheckpointTest, AnOldOneOfManyBlocksIsStillRead) {
  checkpoint.curve = {};
  checkpoint.curve.correct.assign(30'001, 60);
  checkpoint.position = checkpoint.curve.samples = 3'000'060;
  write_checkpoint(file, checkpoint);
  EXPECT_EQ(test::read_file(file)[8], 1) << "as programs wrote it that knew version 1 alone";
  const auto read = read_checkpoint(file);
  EXPECT_EQ(read.curve.block, 400u);
  EXPECT_EQ(read.curve.correct.size(), 7'501u);
  EXPECT_EQ(read.curve.correct[0], 240u);
  EXPECT_EQ(read.curve.correct.back(), 60u);
  EXPECT_EQ(read.curve.total(), checkpoint.curve.total());
}

TEST_F(CheckpointTest, BlocksThatCannotBeAreRefused) {
  for (const std::uint64_t block : {300u, 150u, 12'800u}) {
    checkpoint.curve.block = block;
    write_checkpoint(file, checkpoint);
    expect_all_in(refusal([&] { (void)read_checkpoint(file); }), {file.string(), "curve"});
  }
  checkpoint.curve.block = 200;
  checkpoint.curve.correct = {200, 51};  // of the 50 samples that the last block has
  write_checkpoint(file, checkpoint);
  expect_all_in(refusal([&] { (void)read_checkpoint(file); }), {file.string(), "curve[1]", "51"});
}

TEST_F(CheckpointTest, IsHeldByOneRunAtATime) {
  for (const auto& path : {file, folder / "fresh"}) {
    const bool was_there = std::filesystem::exists(path);
    {
      CheckpointFile first(path);
      expect_all_in(refusal([&] { CheckpointFile second(path); }), {path.string(), "another process"});
      EXPECT_EQ(std::filesystem::exists(path), was_there) << "a refusal changes nothing";
      for (int n = 0; n < 3; ++n) {
        first.write(checkpoint);
        expect_all_in(refusal([&] { CheckpointFile second(path); }), {path.string(), "another process"});
        EXPECT_EQ(read_checkpoint(path).position, checkpoint.position) << "readers are not kept out";
      }
    }
    EXPECT_NO_THROW(CheckpointFile{path});
    EXPECT_FALSE(std::filesystem::exists(path.string() + ".partial"));
  }
  { CheckpointFile unwritten(folder / "unwritten"); }
  EXPECT_FALSE(std::filesystem::exists(folder / "unwritten.partial"));
}

TEST_F(CheckpointTest, TheOneBeforeStaysBesideWhatARunWrites) {
  const auto before = before_of(file);
  EXPECT_EQ(before, folder / "state.before");
  const auto position_of = [](const std::filesystem::path& path) { return read_checkpoint(path).position; };
  const auto write = [&](CheckpointFile& to, std::uint64_t position) {
    checkpoint.position = position;
    checkpoint.curve = {};
    for (std::uint64_t n = 0; n < position; ++n) checkpoint.curve.add(true);
    to.write(checkpoint);
    EXPECT_EQ(position_of(file), position);
  };
  {
    CheckpointFile run(file);
    write(run, 10);
    EXPECT_FALSE(std::filesystem::exists(before)) << "what another run left may be damaged";
    for (const std::uint64_t position : {20, 30, 40}) {
      write(run, position);
      EXPECT_EQ(position_of(before), position - 10);
      EXPECT_FALSE(std::filesystem::exists(before.string() + ".partial"));
    }
  }
  // What a run leaves that was killed in the middle.
  std::filesystem::create_hard_link(file, before.string() + ".partial");
  CheckpointFile run(file);
  write(run, 50);
  EXPECT_EQ(position_of(before), 30U) << "the one from before the run stays until there are two of it";
  write(run, 60);
  EXPECT_EQ(position_of(before), 50U);
  EXPECT_FALSE(std::filesystem::exists(before.string() + ".partial"));
  std::filesystem::remove(before);
  std::filesystem::create_hard_link(file, before);
  write(run, 70);
  EXPECT_EQ(position_of(before), 60U);
  EXPECT_FALSE(std::filesystem::exists(before.string() + ".partial"));
  run.remove_before();
  EXPECT_FALSE(std::filesystem::exists(before));
  EXPECT_NO_THROW(run.remove_before());
}

TEST_F(CheckpointTest, WhatAKilledRunLeftBesideItIsWrittenOver) {
  for (const auto& path : {file, folder / "fresh"}) {
    test::write_file(path.string() + ".partial", std::string(100'000, 'x'));
    write_checkpoint(path, checkpoint);
    EXPECT_EQ(test::read_file(path), whole);
    EXPECT_FALSE(std::filesystem::exists(path.string() + ".partial"));
  }
}

TEST_F(CheckpointTest, ALinkStaysALinkAndADeviceADevice) {
  std::filesystem::create_symlink(file, folder / "link");
  checkpoint.position = 250;
  checkpoint.data_name = "other";
  write_checkpoint(folder / "link", checkpoint);
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(read_checkpoint(file).data_name, "other");
  expect_all_in(refusal([&] { write_checkpoint("/dev/null", checkpoint); }), {"/dev/null"});
}

TEST_F(CheckpointTest, EveryTruncationIsRefused) {
  for (std::size_t n = 0; n < whole.size(); n += n < 200 ? 1 : 13) {
    refused(test::Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)));
  }
  auto longer = whole;
  longer.push_back(0);
  expect_all_in(refused(longer), {"size"});
}

TEST_F(CheckpointTest, EveryFlippedBitIsRefused) {
  for (std::size_t n = 0; n < whole.size() * 8; n += n < 400 ? 1 : 37) {
    auto bytes = whole;
    bytes[n / 8] ^= static_cast<std::uint8_t>(1 << n % 8);
    refused(bytes);
  }
}

TEST_F(CheckpointTest, FieldsAndValuesAreNamed) {
  auto bytes = whole;
  bytes[0] = 'X';
  expect_all_in(refused(bytes), {"magic"});
  bytes = whole;
  bytes[8] = 9;
  expect_all_in(refused(bytes), {"version", "9", "1"});
  bytes = whole;
  bytes.back() ^= 1;
  expect_all_in(refused(bytes), {"checksum", "0x"});
  expect_all_in(refused({}), {"magic"});
  expect_all_in(refusal([&] { (void)read_checkpoint(folder / "none"); }), {"none"});
  expect_all_in(refusal([&] { (void)read_checkpoint(folder.path()); }), {"folder"});
}

TEST_F(CheckpointTest, OtherNetworksAndDataAreRefusedByName) {
  auto document = test::small_network(16, 8, 3);
  document["layers"][0]["leak"] = 0.5;
  const auto other = parse_network(document, "other.json");
  expect_all_in(refusal([&] { check_same_network(file, checkpoint, other); }),
                {file.string(), "other.json", "layers[0].leak", "51", "128"});

  auto data = test::make_dataset(60, 4, 3, 1);
  data.checksum = 0x12345678;
  EXPECT_NO_THROW(check_same_data(file, checkpoint, data, Order::kShuffled));
  expect_all_in(refusal([&] { check_same_data(file, checkpoint, data, Order::kFile); }), {"data.order", "shuffled", "file"});
  data.checksum = 1;
  expect_all_in(refusal([&] { check_same_data(file, checkpoint, data, Order::kShuffled); }),
                {"data.checksum", "0x12345678", "0x00000001"});
  data.labels.pop_back();
  expect_all_in(refusal([&] { check_same_data(file, checkpoint, data, Order::kShuffled); }), {"data.samples", "60", "59"});
}

TEST_F(CheckpointTest, APlaceThatCannotBeWrittenIsNamed) {
  expect_all_in(refusal([&] { write_checkpoint(folder / "none" / "state", checkpoint); }), {"none/state", "cannot be written"});
}

}  // namespace
}  // namespace phasic::runtime
