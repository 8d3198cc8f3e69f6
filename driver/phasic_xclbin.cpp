// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "driver/xclbin_packer.hpp"

namespace {

std::string read_text(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw std::runtime_error(fmt::format("'{}' cannot be opened", path));
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// Throws with the reason. A file is replaced only by a whole one; a device or a pipe is written to as it is.
void write_file(const std::string& path, const std::vector<std::byte>& bytes) {
  namespace fs = std::filesystem;
  std::error_code failure;
  const bool replaces = !fs::exists(path, failure) || fs::is_regular_file(path, failure);
  const auto beside = replaces ? path + ".partial" : path;
  const auto fail = [&] {
    const std::string reason = std::strerror(errno);
    if (replaces) fs::remove(beside, failure);
    throw std::runtime_error(fmt::format("'{}' cannot be written: {}", path, reason));
  };
  std::FILE* const stream = std::fopen(beside.c_str(), "wb");
  if (stream == nullptr) fail();
  if (std::fwrite(bytes.data(), 1, bytes.size(), stream) != bytes.size() || std::fflush(stream) != 0) {
    const int reason = errno;
    std::fclose(stream);
    errno = reason;
    fail();
  }
  if (std::fclose(stream) != 0 || (replaces && std::rename(beside.c_str(), path.c_str()) != 0)) fail();
}

}  // namespace

int main(int count, char** arguments) {
  phasic::driver::XclbinPlan plan;
  std::string kernel_xml, output;
  CLI::App app("Packs an xclbin file for the simulated card.");
  app.add_option("--kernel-xml", kernel_xml, "kernel.xml that is made from the contract")->required()->check(CLI::ExistingFile);
  app.add_option("--compute-units", plan.compute_units, "compute units, 1 to 16")->capture_default_str();
  app.add_option("--engine", plan.engine, "engine that stands for the kernel")->capture_default_str();
  app.add_option("--banks", plan.banks, "memory banks, 1 to 32")->capture_default_str();
  app.add_option("--bank-mib", plan.bank_mib, "size of a bank in MiB")->capture_default_str();
  app.add_option("-o,--output", output, "file to write")->required();
  CLI11_PARSE(app, count, arguments);
  try {
    plan.kernel_xml = read_text(kernel_xml);
    write_file(output, phasic::driver::pack_xclbin(plan));
  } catch (const std::exception& error) {
    fmt::print(stderr, "phasic_xclbin: {}\n", error.what());
    return 1;
  }
  return 0;
}
