// SPDX-License-Identifier: Apache-2.0
#include "sim/card/elf_tables.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace phasic::card {
namespace {

constexpr const char* kOurDevice = "_ZTVN6phasic4card10CardDeviceE";
constexpr const char* kOurSystem = "_ZTVN6phasic4card10CardSystemE";

TEST(ElfTables, OurTablesAreThoseOfTheInstalledXrt) {
  if (std::string(PHASIC_XRT_NOOP).ends_with("NOTFOUND")) GTEST_SKIP() << "libxrt_noop.so.2 is not installed";
  EXPECT_EQ(compare_tables(read_virtual_table(PHASIC_XRT_NOOP, "_ZTVN8xrt_core4noop6deviceE"),
                           read_virtual_table(PHASIC_CARD_LIBRARY, kOurDevice)),
            "");
  EXPECT_EQ(compare_tables(read_virtual_table(PHASIC_XRT_NOOP, "_ZTVN8xrt_core4noop6systemE"),
                           read_virtual_table(PHASIC_CARD_LIBRARY, kOurSystem)),
            "");
}

TEST(ElfTables, EverySlotHasAName) {
  const auto table = read_virtual_table(PHASIC_CARD_LIBRARY, kOurDevice);
  EXPECT_EQ(table.bytes, 584u);
  ASSERT_EQ(table.functions.size(), 71u);
  EXPECT_EQ(table.functions[5], "free_bo(unsigned int)");
  EXPECT_EQ(table.functions[57], "~");
  EXPECT_EQ(std::count(table.functions.begin(), table.functions.end(), ""), 0);
}

TEST(ElfTables, ADifferenceIsToldWithItsSlot) {
  auto table = read_virtual_table(PHASIC_CARD_LIBRARY, kOurDevice);
  auto other = table;
  std::swap(other.functions[10], other.functions[11]);
  const auto text = compare_tables(table, other);
  EXPECT_NE(text.find("slot 10: sync_bo("), std::string::npos) << text;
  EXPECT_NE(text.find("slot 11: copy_bo("), std::string::npos) << text;
  other = table;
  other.functions.pop_back();
  other.bytes -= 8;
  const auto shorter = compare_tables(table, other);
  EXPECT_NE(shorter.find("size: 576 bytes, expected 584"), std::string::npos) << shorter;
  EXPECT_NE(shorter.find("slot 70: nothing"), std::string::npos) << shorter;
}

TEST(ElfTables, FilesThatAreNotLibrariesAreNamed) {
  const auto path = testing::TempDir() + "/not_elf";
  std::ofstream(path) << std::string(100, 'x');
  for (const auto& file : {path, std::string("/nowhere")}) {
    try {
      (void)read_virtual_table(file, kOurDevice);
      FAIL() << file;
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find(file), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace phasic::card
