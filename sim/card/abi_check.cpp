// SPDX-License-Identifier: Apache-2.0
/// Compares the virtual tables of the simulated card with those of a card library that belongs to the installed XRT.
#include <fmt/core.h>

#include <cstdio>
#include <exception>

#include "sim/card/elf_tables.hpp"

namespace {

constexpr const char* kPairs[][2] = {
    {"_ZTVN8xrt_core4noop6deviceE", "_ZTVN6phasic4card10CardDeviceE"},
    {"_ZTVN8xrt_core4noop6systemE", "_ZTVN6phasic4card10CardSystemE"},
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    fmt::print(stderr, "usage: phasic_abi_check <libxrt_core.so.2 of the simulated card> <libxrt_noop.so.2 of XRT>\n");
    return 2;
  }
  try {
    std::string differences;
    for (const auto& [genuine, ours] : kPairs) {
      differences += phasic::card::compare_tables(phasic::card::read_virtual_table(arguments[2], genuine),
                                                  phasic::card::read_virtual_table(arguments[1], ours));
    }
    if (differences.empty()) return 0;
    fmt::print(
        stderr,
        "The simulated card does not fit the installed XRT ({}).\nsim/card/xrt_abi.hpp is for XRT 2.13 (2022.1). Configure "
        "with -DPHASIC_CARD=OFF to build without the simulated card.\n{}",
        arguments[2], differences);
  } catch (const std::exception& error) {
    fmt::print(stderr, "phasic_abi_check: {}\n", error.what());
  }
  return 1;
}
