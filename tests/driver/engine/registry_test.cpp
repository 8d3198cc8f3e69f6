// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "driver/engine/banked_memory.hpp"
#include "driver/engine/engine.hpp"

namespace phasic::engine {
namespace {

namespace fs = std::filesystem;

std::string message_of(const std::string& name, const std::string& options = "{}") {
  BankedMemory memory;
  try {
    (void)make_engine(name, memory, options);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no error";
}

class Registry : public testing::Test {
 protected:
  void TearDown() override { unsetenv("PHASIC_ENGINE_PATH"); }
};

TEST_F(Registry, FindsTheReferenceInTheBuildTree) {
  unsetenv("PHASIC_ENGINE_PATH");
  BankedMemory memory;
  EXPECT_FALSE(make_engine("reference", memory)->describe().empty());
}

TEST_F(Registry, FindsTheReferenceInTheFolderOfTheEnvironment) {
  setenv("PHASIC_ENGINE_PATH", PHASIC_ENGINES, 1);
  BankedMemory memory;
  EXPECT_FALSE(make_engine("reference", memory)->describe().empty());
}

TEST_F(Registry, AnUnknownNameIsToldWithTheEnginesThatExist) {
  setenv("PHASIC_ENGINE_PATH", PHASIC_ENGINES, 1);
  const auto message = message_of("nonsense");
  EXPECT_NE(message.find("'nonsense'"), std::string::npos) << message;
  EXPECT_NE(message.find("reference"), std::string::npos) << message;
}

TEST_F(Registry, AFolderWithoutEnginesIsNamed) {
  const auto folder = fs::path(testing::TempDir()) / "phasic_no_engines";
  fs::create_directories(folder);
  setenv("PHASIC_ENGINE_PATH", folder.c_str(), 1);
  EXPECT_NE(message_of("reference").find(folder.string()), std::string::npos);
}

TEST_F(Registry, AFileThatIsNoLibraryIsToldByName) {
  const auto folder = fs::path(testing::TempDir()) / "phasic_bad_engines";
  fs::create_directories(folder);
  std::ofstream(folder / "libphasic_engine_broken.so") << "no library";
  setenv("PHASIC_ENGINE_PATH", folder.c_str(), 1);
  const auto message = message_of("broken");
  EXPECT_NE(message.find("libphasic_engine_broken.so"), std::string::npos) << message;
}

TEST_F(Registry, RefusesNamesThatAreNotPlain) {
  EXPECT_NE(message_of("../reference").find("'../reference'"), std::string::npos);
  EXPECT_NE(message_of("").find("''"), std::string::npos);
}

TEST_F(Registry, ABadOptionIsToldWithTheEngine) {
  unsetenv("PHASIC_ENGINE_PATH");
  const auto message = message_of("reference", R"({"nonsense": 1})");
  EXPECT_NE(message.find("engine 'reference'"), std::string::npos) << message;
  EXPECT_NE(message.find("nonsense"), std::string::npos) << message;
}

}  // namespace
}  // namespace phasic::engine
