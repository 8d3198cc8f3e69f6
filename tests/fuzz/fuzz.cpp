// SPDX-License-Identifier: Apache-2.0
/// The program of all fuzzers. PHASIC_FUZZ_TARGET names the one that runs, with libFuzzer's options. Instead of them:
///   --list          names of all
///   --seeds FOLDER  writes tiny files into FOLDER/NAME for each
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/fuzz/targets.hpp"

namespace phasic::fuzz {
namespace {

void write_seeds(const std::filesystem::path& folder) {
  for (const auto& target : targets()) {
    std::filesystem::create_directories(folder / target.name);
    std::size_t number = 0;
    for (const auto& seed : target.seeds()) {
      std::ofstream(folder / target.name / fmt::format("seed{}", number++), std::ios::binary)
          .write(reinterpret_cast<const char*>(seed.data()), static_cast<std::streamsize>(seed.size()));
    }
  }
}

const Target& chosen() {
  const char* const name = std::getenv("PHASIC_FUZZ_TARGET");
  for (const auto& target : targets()) {
    if (name != nullptr && target.name == name) return target;
  }
  fmt::print(stderr, "phasic_fuzz: PHASIC_FUZZ_TARGET has to be one of:");
  for (const auto& target : targets()) fmt::print(stderr, " {}", target.name);
  fmt::print(stderr, "\n");
  std::exit(2);
}

}  // namespace
}  // namespace phasic::fuzz

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  const std::string_view first = *count > 1 ? (*arguments)[1] : "";
  if (first == "--list") {
    for (const auto& target : phasic::fuzz::targets()) fmt::print("{}\n", target.name);
    std::exit(0);
  }
  if (first == "--seeds" && *count > 2) {
    phasic::fuzz::write_seeds((*arguments)[2]);
    std::exit(0);
  }
  (void)phasic::fuzz::chosen();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto& target = phasic::fuzz::chosen();
  target.read(phasic::fuzz::Bytes(data, data + size));
  return 0;
}
