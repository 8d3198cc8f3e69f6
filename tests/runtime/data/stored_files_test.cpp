// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/stored_files.hpp"

#include "tests/runtime/data/made_files.hpp"

namespace phasic::runtime {
namespace {

using test::Bytes;
using test::expect_all_in;
using test::refusal;

const Accept kAll = [](std::string_view) { return true; };

class StoredFiles : public ::testing::Test {
 protected:
  StoredFiles() {
    Bytes large(200'000);
    std::mt19937 random(5);
    for (auto& byte : large) byte = static_cast<std::uint8_t>(random());
    files = {{"b/two", {2, 2}}, {"a/one", {1}}, {"b/large", large}, {"c.txt", {3}}};
  }
  test::Files files;
  test::TemporaryFolder folder;
};

TEST_F(StoredFiles, AreTheSameInFoldersAndArchives) {
  test::write_files(folder / "folder", files);
  test::write_archive(folder / "a.zip", files, "zip", "none");
  test::write_archive(folder / "a.tar", files, "tar", "none");
  test::write_archive(folder / "a.tar.gz", files, "tar", "gzip");
  test::write_archive(folder / "a.tar.xz", files, "tar", "xz");
  for (const auto* name : {"folder", "a.zip", "a.tar", "a.tar.gz", "a.tar.xz"}) {
    SCOPED_TRACE(name);
    const auto read = read_stored_files(folder / name, [](std::string_view path) { return path != "c.txt"; });
    ASSERT_EQ(read.size(), 3u);
    EXPECT_EQ(read[0].path, "a/one");
    EXPECT_EQ(read[1].path, "b/large");
    EXPECT_EQ(read[2].path, "b/two");
    EXPECT_EQ(read[0].bytes, files[1].second);
    EXPECT_EQ(read[1].bytes, files[2].second);
    EXPECT_EQ(read[2].bytes, files[0].second);
    expect_all_in(read[0].origin, {(folder / name).string(), "a/one"});
  }
}

TEST_F(StoredFiles, TruncatedArchivesAreRefused) {
  for (const auto& [format, filter] : {std::pair("tar", "gzip"), std::pair("tar", "xz"), std::pair("zip", "none")}) {
    SCOPED_TRACE(filter);
    test::write_archive(folder / "whole", files, format, filter);
    const auto whole = test::read_file(folder / "whole");
    // The end of a zip is a table that the reader can do without only if every file came before it.
    for (const double share : {0.001, 0.3, 0.6, 0.9}) {
      test::write_file(
          folder / "part",
          Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(whole.size()))));
      expect_all_in(refusal([&] { (void)read_stored_files(folder / "part", kAll); }), {(folder / "part").string()});
    }
  }
}

TEST_F(StoredFiles, DamagedArchivesAndOtherFilesAreNamed) {
  test::write_archive(folder / "a.tar.xz", files, "tar", "xz");
  auto bytes = test::read_file(folder / "a.tar.xz");
  bytes[bytes.size() / 2] ^= 0x40;
  test::write_file(folder / "a.tar.xz", bytes);
  expect_all_in(refusal([&] { (void)read_stored_files(folder / "a.tar.xz", kAll); }), {"a.tar.xz", "damaged after"});
  test::write_file(folder / "text.zip", std::string("this is no archive"));
  expect_all_in(refusal([&] { (void)read_stored_files(folder / "text.zip", kAll); }), {"text.zip", "archive"});
  expect_all_in(refusal([&] { (void)read_stored_files(folder / "none.zip", kAll); }), {"none.zip", "not there"});
  expect_all_in(refusal([&] { (void)read_stored_file(folder / "none"); }), {"none", "opened"});
  expect_all_in(refusal([&] { (void)read_stored_file(folder.path()); }), {"folder"});
}

TEST_F(StoredFiles, APathTwiceIsRefused) {
  test::write_archive(folder / "a.tar", {{"x", {1}}, {"./x", {2}}}, "tar", "none");
  expect_all_in(refusal([&] { (void)read_stored_files(folder / "a.tar", kAll); }), {"a.tar", "x", "twice"});
}

}  // namespace
}  // namespace phasic::runtime
