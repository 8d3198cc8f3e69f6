// SPDX-License-Identifier: Apache-2.0
/// $fatal, failed assertions and $finish in the RTL become exceptions instead of the end of the process.
#include <fmt/format.h>
#include <verilated.h>

#include <stdexcept>

void vl_finish(const char* file, int line, const char* hierarchy) {
  throw std::runtime_error(fmt::format("RTL: $finish at {}:{} in {}", file, line, hierarchy));
}

void vl_stop(const char* file, int line, const char* hierarchy) {
  throw std::runtime_error(fmt::format("RTL: assertion failed or $stop at {}:{} in {}", file, line, hierarchy));
}

void vl_fatal(const char* file, int line, const char* hierarchy, const char* message) {
  throw std::runtime_error(fmt::format("RTL: {} at {}:{} in {}", message, file, line, hierarchy));
}
