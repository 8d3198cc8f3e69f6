// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/idx.hpp"

#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using test::Bytes;
using test::expect_all_in;
using test::refusal;

class Idx : public ::testing::Test {
 protected:
  std::string refused(const Bytes& bytes, unsigned rank = 3) {
    test::write_file(folder / "file", bytes);
    auto text = refusal([&] { (void)read_idx(folder / "file", rank); });
    expect_all_in(text, {(folder / "file").string()});
    return text;
  }
  test::TemporaryFolder folder;
  Bytes pixels{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  Bytes good = test::idx({2, 3, 2}, pixels);
};

TEST_F(Idx, ReadsPlainAndPackedFiles) {
  for (const auto& bytes : {good, test::gzip(good)}) {
    test::write_file(folder / "file", bytes);
    const auto array = read_idx(folder / "file", 3);
    EXPECT_EQ(array.dimensions, (std::vector<std::uint32_t>{2, 3, 2}));
    EXPECT_EQ(array.bytes, pixels);
  }
}

TEST_F(Idx, AGzipFileMayHaveSeveralMembers) {
  const Bytes first(good.begin(), good.begin() + 9), second(good.begin() + 9, good.begin() + 20),
      third(good.begin() + 20, good.end());
  auto bytes = test::gzip(first);
  for (const auto& part : {second, Bytes(), third}) {
    const auto more = test::gzip(part);
    bytes.insert(bytes.end(), more.begin(), more.end());
  }
  test::write_file(folder / "file", bytes);
  EXPECT_EQ(read_idx(folder / "file", 3).bytes, pixels);
  for (const std::size_t cut : {1u, 9u, 30u})
    expect_all_in(refused(Bytes(bytes.begin(), bytes.end() - static_cast<std::ptrdiff_t>(cut))), {"gzip"});
  bytes.push_back(0);
  expect_all_in(refused(bytes), {"gzip", "after the end"});
}

TEST_F(Idx, ReadsMoreThanABufferful) {
  Bytes many(3'000'000);
  std::mt19937 random(3);
  for (auto& byte : many) byte = static_cast<std::uint8_t>(random());
  for (const auto& bytes : {test::idx({3000, 1000, 1}, many), test::gzip(test::idx({3000, 1000, 1}, many))}) {
    test::write_file(folder / "file", bytes);
    EXPECT_EQ(read_idx(folder / "file", 3).bytes, many);
  }
}

TEST_F(Idx, EveryTruncationIsRefused) {
  for (const auto& whole : {good, test::gzip(good)}) {
    for (std::size_t n = 0; n < whole.size(); ++n)
      refused(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)));
  }
}

TEST_F(Idx, EveryFlippedBitOfAPackedFileIsRefusedOrHarmless) {
  const auto packed = test::gzip(good);
  int refusals = 0;
  for (std::size_t n = 0; n < packed.size() * 8; ++n) {
    auto bytes = packed;
    bytes[n / 8] ^= static_cast<std::uint8_t>(1 << n % 8);
    test::write_file(folder / "file", bytes);
    try {
      // Some bits of the gzip header (time, system) carry no data.
      EXPECT_EQ(read_idx(folder / "file", 3).bytes, pixels);
    } catch (const InputError&) {
      ++refusals;
    }
  }
  EXPECT_GT(refusals, static_cast<int>(packed.size() * 8 * 3 / 4));
}

TEST_F(Idx, FieldsAndValuesAreNamed) {
  auto bytes = good;
  bytes[3] = 1;
  expect_all_in(refused(bytes), {"magic", "0x00000801", "0x00000803"});
  expect_all_in(refused(good, 1), {"magic", "0x00000803", "0x00000801"});
  bytes = good;
  bytes[2] = 0x0d;  // floating point
  expect_all_in(refused(bytes), {"magic", "0x00000d03"});
  bytes = good;
  bytes[11] = 0;
  expect_all_in(refused(bytes), {"dimension 1", "0"});
  bytes = good;
  bytes[7] = 3;
  expect_all_in(refused(bytes), {"data", "12", "18"});
  bytes = good;
  bytes.push_back(0);
  expect_all_in(refused(bytes), {"data", "after the 12"});
  expect_all_in(refused(test::gzip(bytes)), {"data", "after the 12"});
  bytes = test::gzip(good);
  bytes.push_back(0);
  expect_all_in(refused(bytes), {"gzip", "after the end"});
}

TEST_F(Idx, AHeaderThatLiesTakesNoMemory) {
  auto bytes = good;
  for (int n = 4; n < 16; ++n) bytes[static_cast<std::size_t>(n)] = 0xff;
  expect_all_in(refused(bytes), {"dimension", "larger than"});
  bytes = good;
  bytes[4] = 0x00, bytes[5] = 0x01, bytes[6] = 0xff;  // a gigabyte that is not there
  expect_all_in(refused(bytes), {"data", "12"});
}

TEST_F(Idx, MissingFilesAndFoldersAreRefused) {
  expect_all_in(refusal([&] { (void)read_idx(folder / "none", 3); }), {"none"});
  expect_all_in(refusal([&] { (void)read_idx(folder.path(), 3); }), {"folder"});
}

}  // namespace
}  // namespace phasic::runtime
