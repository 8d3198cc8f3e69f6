// SPDX-License-Identifier: Apache-2.0
#include "driver/unit_lock.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace phasic::driver {
namespace {

namespace fs = std::filesystem;

std::string refusal(const std::string& card, const std::string& unit) {
  try {
    const UnitLock lock(card, unit);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "taken";
}

class LockedUnit : public ::testing::Test {
 protected:
  LockedUnit() {
    auto name = (fs::temp_directory_path() / "phasic-lock-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder = name;
    ::setenv("PHASIC_LOCK_FOLDER", name.c_str(), 1);
  }
  void TearDown() override { fs::remove_all(folder); }

  /// A process that takes a unit and keeps it until it is killed.
  pid_t holder(const std::string& card, const std::string& unit) {
    std::array<int, 2> ready{};
    EXPECT_EQ(::pipe(ready.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const UnitLock lock(card, unit);
      (void)!::write(ready[1], "x", 1);
      for (;;) ::pause();
    }
    char told = 0;
    EXPECT_EQ(::read(ready[0], &told, 1), 1);
    ::close(ready[0]);
    ::close(ready[1]);
    return child;
  }
  static void kill_hard(pid_t child) {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  fs::path folder;
};

TEST_F(LockedUnit, AnotherProcessIsToldWhoHoldsItUntilThatOneIsKilled) {
  const auto file = folder / "phasic-0000_3b_00.1-phasic_1.lock";
  for (int turn = 0; turn < 3; ++turn) {
    const pid_t child = holder("0000:3b:00.1", "phasic_1");
    const auto text = refusal("0000:3b:00.1", "phasic_1");
    for (const auto& part : {std::string("'phasic_1'"), std::string("0000:3b:00.1"),
                             "in use by process " + std::to_string(child), file.string()}) {
      EXPECT_NE(text.find(part), std::string::npos) << text;
    }
    EXPECT_EQ(refusal("0000:3b:00.1", "phasic_2"), "taken");
    EXPECT_EQ(refusal("0000:5e:00.1", "phasic_1"), "taken");
    kill_hard(child);
    EXPECT_EQ(refusal("0000:3b:00.1", "phasic_1"), "taken") << "a lock ends with its process";
  }
}

TEST_F(LockedUnit, IsOneObjectsInAProcessToo) {
  UnitLock first("card", "unit");
  EXPECT_NE(refusal("card", "unit").find("in use by process " + std::to_string(::getpid())), std::string::npos);
  const UnitLock moved = std::move(first);
  EXPECT_NE(refusal("card", "unit"), "taken");
  {
    UnitLock other("card", "other");
    first = std::move(other);
  }
  EXPECT_NE(refusal("card", "other"), "taken");
  first = UnitLock();
  EXPECT_EQ(refusal("card", "other"), "taken");
}

TEST_F(LockedUnit, EveryUserMayLockIt) {
  const auto before = ::umask(077);
  const UnitLock lock("card", "unit");
  ::umask(before);
  struct stat status {};
  ASSERT_EQ(::stat((folder / "phasic-card-unit.lock").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0666U);
}

TEST_F(LockedUnit, ALinkInItsPlaceIsNotFollowedAndAFolderThatIsNotThereIsNamed) {
  const auto victim = folder / "victim";
  std::ofstream(victim) << "text";
  fs::create_symlink(victim, folder / "phasic-card-unit.lock");
  EXPECT_NE(refusal("card", "unit").find("phasic-card-unit.lock' cannot be opened"), std::string::npos);
  EXPECT_EQ(fs::file_size(victim), 4U);
  ::setenv("PHASIC_LOCK_FOLDER", (folder / "none").c_str(), 1);
  EXPECT_NE(refusal("card", "other").find((folder / "none").string()), std::string::npos);
}

}  // namespace
}  // namespace phasic::driver
