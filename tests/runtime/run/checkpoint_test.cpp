// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/checkpoint.hpp"

#include "runtime/network/program.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using test::expect_all_in;
using test::refusal;

class CheckpointFile : public ::testing::Test {
 protected:
  CheckpointFile() {
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

TEST_F(CheckpointFile, GivesBackWhatWasWritten) {
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

TEST_F(CheckpointFile, ReplacesTheOneBefore) {
  checkpoint.position = 100;
  checkpoint.curve = {};
  for (int n = 0; n < 100; ++n) checkpoint.curve.add(true);
  write_checkpoint(file, checkpoint);
  EXPECT_EQ(read_checkpoint(file).position, 100u);
}

TEST_F(CheckpointFile, EveryTruncationIsRefused) {
  for (std::size_t n = 0; n < whole.size(); n += n < 200 ? 1 : 13) {
    refused(test::Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)));
  }
  auto longer = whole;
  longer.push_back(0);
  expect_all_in(refused(longer), {"size"});
}

TEST_F(CheckpointFile, EveryFlippedBitIsRefused) {
  for (std::size_t n = 0; n < whole.size() * 8; n += n < 400 ? 1 : 37) {
    auto bytes = whole;
    bytes[n / 8] ^= static_cast<std::uint8_t>(1 << n % 8);
    refused(bytes);
  }
}

TEST_F(CheckpointFile, FieldsAndValuesAreNamed) {
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

TEST_F(CheckpointFile, OtherNetworksAndDataAreRefusedByName) {
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

TEST_F(CheckpointFile, APlaceThatCannotBeWrittenIsNamed) {
  expect_all_in(refusal([&] { write_checkpoint(folder / "none" / "state", checkpoint); }), {"none/state", "cannot be written"});
}

}  // namespace
}  // namespace phasic::runtime
