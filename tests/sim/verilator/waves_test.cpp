// SPDX-License-Identifier: Apache-2.0
/// The window of an FST file, by cycles and by samples. The times are read from the header of the file.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "driver/engine/banked_memory.hpp"
#include "driver/engine/engine.hpp"
#include "tests/common/random_case.hpp"
#include "tests/common/run_case.hpp"

namespace phasic::testing {
namespace {

/// First and last cycle of an FST file: big-endian 64-bit times at bytes 9 and 17, two a cycle.
std::array<std::uint64_t, 2> recorded_cycles(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::array<char, 25> head{};
  in.read(head.data(), head.size());
  EXPECT_TRUE(in.good()) << path;
  std::array<std::uint64_t, 2> times{};
  for (std::size_t k = 0; k < 2; ++k)
    for (std::size_t i = 0; i < 8; ++i) times[k] = times[k] << 8 | static_cast<unsigned char>(head[9 + 8 * k + i]);
  return {times[0] / 2, times[1] / 2};
}

class WavesTest : public ::testing::Test {
 public:
  WavesTest() : path_(::testing::TempDir() + fmt::format("phasic_waves_{}.fst", ::getpid())) {}
  ~WavesTest() override { std::filesystem::remove(path_); }

  /// Runs a case of at least three samples with waves, and says how many cycles the kernel has seen in the end.
  void run(const std::string& window) {
    engine::BankedMemory memory;
    const auto engine =
        engine::make_engine("rtl8trace", memory, fmt::format("{{\"timing\": \"ideal\", \"wave\": \"{}\"{}}}", path_, window));
    const contract::Limits limits = read_limits(*engine);
    std::uint64_t seed = 1;
    while (random_case(seed, limits).sample_count < 4) ++seed;
    EXPECT_TRUE(run_case(*engine, memory, random_case(seed, limits), false).ended);
  }

  std::string path_;
};

TEST_F(WavesTest, AWindowOfCyclesIsWhatTheFileHolds) {
  run(R"(, "wave_from_cycle": 300, "wave_to_cycle": 700)");
  EXPECT_EQ(recorded_cycles(path_), (std::array<std::uint64_t, 2>{300, 700}));
}

TEST_F(WavesTest, AWindowOfSamplesIsAPartOfTheRun) {
  run("");
  const auto whole = recorded_cycles(path_);
  run(R"(, "wave_from_sample": 1, "wave_to_sample": 1)");
  const auto part = recorded_cycles(path_);
  EXPECT_EQ(whole[0], 0u);
  EXPECT_GT(part[0], whole[0] + 1000);
  EXPECT_LT(part[0], part[1]);
  EXPECT_LT(part[1], whole[1]);
}

TEST_F(WavesTest, AFileThatCannotBeWrittenIsNamed) {
  engine::BankedMemory memory;
  try {
    (void)engine::make_engine("rtl8trace", memory, R"({"wave": "/no/such/folder/a.fst"})");
    FAIL() << "no error";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("/no/such/folder/a.fst"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace phasic::testing
