// SPDX-License-Identifier: Apache-2.0
/// Archives with links and names of every kind, and programs that reading one must not start.
#include <clocale>

#include "runtime/data/stored_files.hpp"
#include "tests/runtime/data/made_files.hpp"

namespace phasic::runtime {
namespace {

using test::Bytes;
using test::expect_all_in;
using test::refusal;

struct Member {
  std::string name;
  Bytes bytes = {};
  std::string soft = {}, hard = {};  ///< what a link leads to
};

void write_members(const std::filesystem::path& file, const std::vector<Member>& members, const char* format = "pax",
                   const char* filter = nullptr) {
  auto* writer = archive_write_new();
  archive_write_set_format_by_name(writer, format);
  if (filter != nullptr) archive_write_add_filter_by_name(writer, filter);
  if (archive_write_open_filename(writer, file.c_str()) != ARCHIVE_OK) throw std::runtime_error("archive");
  for (const auto& member : members) {
    auto* entry = archive_entry_new();
    archive_entry_set_pathname_utf8(entry, member.name.c_str());
    archive_entry_set_pathname(entry, member.name.c_str());
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_filetype(entry, member.soft.empty() ? AE_IFREG : AE_IFLNK);
    archive_entry_set_size(entry, static_cast<la_int64_t>(member.bytes.size()));
    if (!member.soft.empty()) archive_entry_set_symlink(entry, member.soft.c_str());
    if (!member.hard.empty()) archive_entry_set_hardlink(entry, member.hard.c_str());
    if (archive_write_header(writer, entry) != ARCHIVE_OK) throw std::runtime_error(archive_error_string(writer));
    if (!member.bytes.empty()) archive_write_data(writer, member.bytes.data(), member.bytes.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
}

class Archives : public ::testing::Test {
 protected:
  /// Paths and first bytes of the files with the ending .p.
  std::vector<std::pair<std::string, int>> read(const std::string& name, PassedOver* passed = nullptr) {
    std::vector<std::pair<std::string, int>> found;
    for (const auto& file : read_stored_files(
             folder / name, [](std::string_view path) { return path.ends_with(".p"); }, passed)) {
      EXPECT_EQ(file.origin, (folder / name).string() + ": " + file.path);
      found.emplace_back(file.path, file.bytes.empty() ? -1 : file.bytes[0]);
    }
    return found;
  }
  test::TemporaryFolder folder;
};

using Found = std::vector<std::pair<std::string, int>>;

TEST_F(Archives, LinksAreCopiesOfWhatTheyLeadTo) {
  const std::vector<Member> members{{"set/a/0.p", {10}},
                                    {"set/a/1.p", {}, "0.p"},
                                    {"set/a/2.p", {}, "../../store/blob"},  // not kept by its own name
                                    {"set/b", {}, "a"},                     // a class that is a link
                                    {"set/a/3.p", {}, "./4.p"},             // a link to a link
                                    {"set/a/4.p", {}, "../b/0.p"},          // by way of a link
                                    {"store/blob", {20}}};
  write_members(folder / "a.tar", members);
  const Found expected{{"set/a/0.p", 10}, {"set/a/1.p", 10}, {"set/a/2.p", 20}, {"set/a/3.p", 10}, {"set/a/4.p", 10},
                       {"set/b/0.p", 10}, {"set/b/1.p", 10}, {"set/b/2.p", 20}, {"set/b/3.p", 10}, {"set/b/4.p", 10}};
  EXPECT_EQ(read("a.tar"), expected);
  write_members(folder / "a.zip", members, "zip");
  EXPECT_EQ(read("a.zip"), expected);
}

TEST_F(Archives, HardLinksHaveTheirContent) {
  write_members(folder / "a.tar",
                {{"set/0.p", {7}}, {"set/1.p", {}, "", "set/0.p"}, {"set/2.x", {8}}, {"3.p", {}, "", "set/2.x"}});
  EXPECT_EQ(read("a.tar"), (Found{{"3.p", 8}, {"set/0.p", 7}, {"set/1.p", 7}}));
}

TEST_F(Archives, LinksThatLeadNowhereAreRefusedByName) {
  for (const std::string target : {"/etc/passwd", "../../x.p", "gone.p"}) {
    SCOPED_TRACE(target);
    write_members(folder / "a.tar", {{"set/0.p", {7}}, {"set/1.p", {}, target}});
    expect_all_in(refusal([&] { (void)read("a.tar"); }), {"a.tar: set/1.p", "link", "\"" + target + "\""});
    PassedOver passed;
    EXPECT_EQ(read("a.tar", &passed), (Found{{"set/0.p", 7}}));
    EXPECT_EQ(passed.unreadable.size(), 1u);
  }
}

TEST_F(Archives, LinksInACircleAreRefusedByName) {
  write_members(folder / "a.tar", {{"set/0.p", {7}}, {"set/up", {}, ".."}});
  expect_all_in(refusal([&] { (void)read("a.tar"); }), {"a.tar", "set/up", "leads back to"});
  write_members(folder / "b.tar", {{"a/0.p", {7}}, {"b/0.p", {7}}, {"a/l", {}, "../b"}, {"b/m", {}, "../a"}});
  expect_all_in(refusal([&] { (void)read("b.tar"); }), {"b.tar", "leads back to"});
  write_members(folder / "c.tar", {{"0.p", {7}}, {"a.p", {}, "b.p"}, {"b.p", {}, "a.p"}});
  expect_all_in(refusal([&] { (void)read("c.tar"); }), {"c.tar", "a.p", "link"});
}

TEST_F(Archives, NamesThatAreNotAsciiAreReadInEveryLocale) {
  const std::string name =
      "set/\xc3\x9c"
      "ber.p";  // UTF-8
  const std::string locale = std::setlocale(LC_ALL, nullptr);
  std::setlocale(LC_ALL, "C.UTF-8");
  write_members(folder / "a.zip", {{name, {1}}, {"set/a.p", {2}}}, "zip");
  write_members(folder / "a.tar", {{name, {1}}, {"set/a.p", {2}}});
  for (const auto* user : {"C", "C.UTF-8"}) {
    SCOPED_TRACE(user);
    std::setlocale(LC_ALL, user);
    EXPECT_EQ(read("a.zip"), (Found{{"set/a.p", 2}, {name, 1}}));
    EXPECT_EQ(read("a.tar"), (Found{{"set/a.p", 2}, {name, 1}}));
  }
  std::setlocale(LC_ALL, locale.c_str());
  // The old way of zip: bytes of any character set.
  test::write_archive(folder / "old.tar",
                      {{"set/\xfc"
                        "ber.p",
                        {3}}},
                      "tar", "none");
  EXPECT_EQ(read("old.tar"), (Found{{"set/\xfc"
                                     "ber.p",
                                     3}}));
}

TEST_F(Archives, EveryCompressionThatIsDocumented) {
  for (const auto* filter : {"gzip", "bzip2", "xz", "zstd"}) {
    SCOPED_TRACE(filter);
    write_members(folder / "a.tar", {{"0.p", {7}}}, "ustar", filter);
    EXPECT_EQ(read("a.tar"), (Found{{"0.p", 7}}));
  }
}

TEST_F(Archives, NoProgramOfThePathIsStarted) {
  std::filesystem::create_directories(folder / "bin");
  for (const std::string program : {"lrzip", "lzop", "grzip", "lzip", "xz", "gzip", "bzip2", "zstd", "lz4"}) {
    const auto file = folder / "bin" / program;
    test::write_file(file, "#!/bin/sh\necho started >> " + (folder / "started").string() + "\ncat\n");
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }
  const char* const path = std::getenv("PATH");
  ASSERT_NE(path, nullptr);
  const std::string before = path;
  ::setenv("PATH", ((folder / "bin").string() + ":" + before).c_str(), 1);
  const std::vector<Bytes> starts{{'L', 'R', 'Z', 'I', 0, 6},
                                  {0x89, 'L', 'Z', 'O', 0, '\r', '\n', 0x1a, '\n'},
                                  {'G', 'R', 'Z', 'i', 'p', 'I', 'I', 0, 2, 4, ':', ')'}};
  for (auto start : starts) {
    start.resize(4096);
    test::write_file(folder / "a.tar", start);
    EXPECT_FALSE(refusal([&] { (void)read("a.tar"); }).empty());
  }
  for (const auto* filter : {"gzip", "bzip2", "xz", "zstd"}) {
    write_members(folder / "b.tar", {{"0.p", {7}}}, "ustar", filter);
    EXPECT_EQ(read("b.tar"), (Found{{"0.p", 7}}));
  }
  ::setenv("PATH", before.c_str(), 1);
  EXPECT_FALSE(std::filesystem::exists(folder / "started"));
}

}  // namespace
}  // namespace phasic::runtime
