// SPDX-License-Identifier: Apache-2.0
/// phasic doctor: what this machine has, what it lacks, and what to do about it.
#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "runtime/base/error.hpp"
#include "runtime/base/locations.hpp"
#include "runtime/command/options.hpp"
#include "runtime/data/idx.hpp"
#include "runtime/run/engines.hpp"

namespace phasic::command {
namespace {

using namespace phasic::runtime;
namespace fs = std::filesystem;

enum class Verdict { kGood, kOptional, kMissing };

struct Check {
  Verdict verdict;
  std::string subject;
  std::string finding;
  std::string advice;  ///< what to do; empty if all is well
};

bool on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((fs::path(folder) / program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

std::vector<Check> check_engines() {
  std::vector<Check> checks;
  const auto names = available_engines();
  bool reference = false, rtl = false;
  for (const auto& name : names) {
    if (name == "spi") continue;  // a board of its own: see check_board
    reference = reference || name == "reference";
    rtl = rtl || name.starts_with("rtl");
    try {
      const auto device = driver::open_local(name, "{}");
      checks.push_back({Verdict::kGood, "engine " + name, device->describe(), ""});
    } catch (const std::exception& error) {
      checks.push_back(
          {Verdict::kMissing, "engine " + name, error.what(), "build again: cmake --build " + home_folder().string()});
    }
  }
  if (!reference) {
    checks.push_back({Verdict::kMissing, "engine reference", "not in " + engine_folder().string(),
                      "build it, or set PHASIC_ENGINE_PATH to the folder of the engines"});
  }
  if (!rtl) {
    checks.push_back(
        {Verdict::kOptional, "RTL engines", "none in " + engine_folder().string(), "build them: they need verilator 5"});
  }
  return checks;
}

/// A board at an SPI bus of this machine.
std::vector<Check> check_board() {
  std::vector<Check> checks;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator("/dev", failure)) {
    const auto file = entry.path().string();
    if (!entry.path().filename().string().starts_with("spidev")) continue;
    try {
      const auto device = driver::open_local("spi", nlohmann::json{{"device", file}}.dump());
      checks.push_back({Verdict::kGood, "board", device->describe(), ""});
    } catch (const std::exception& error) {
      checks.push_back({Verdict::kOptional, "board", error.what(), "see docs/board.md: wires, rights on the file, bitstream"});
    }
  }
  if (checks.empty()) {
    checks.push_back({Verdict::kOptional, "board", "no /dev/spidev*",
                      "none is needed for simulation; docs/board.md says how to connect one"});
  }
  return checks;
}

std::vector<Check> check_xrt() {
  std::vector<Check> checks;
  void* library = ::dlopen("libxrt_coreutil.so.2", RTLD_LAZY);
  if (library != nullptr) {
    checks.push_back({Verdict::kGood, "XRT library", "libxrt_coreutil.so.2 is installed", ""});
    ::dlclose(library);
  } else {
    checks.push_back({Verdict::kMissing, "XRT library", ::dlerror(), "apt-get install libxrt1 libxrt-dev uuid-dev"});
  }
  const char* xrt = std::getenv("XILINX_XRT");
  const auto simulated = home_folder() / "card" / "lib" / "libxrt_core.so.2";
  if (fs::exists(simulated)) {
    checks.push_back({Verdict::kGood, "simulated card", simulated.string(), ""});
  } else {
    checks.push_back(
        {Verdict::kMissing, "simulated card", simulated.string() + " is not there", "build again with libxrt-dev installed"});
  }
  if (xrt == nullptr) {
    checks.push_back({Verdict::kGood, "XILINX_XRT", "not set: the simulated card is used, if it is there", ""});
  } else if (fs::exists(fs::path(xrt) / "lib" / "libxrt_core.so.2")) {
    checks.push_back({Verdict::kGood, "XILINX_XRT", xrt, ""});
  } else {
    checks.push_back({Verdict::kMissing, "XILINX_XRT", fmt::format("{} has no lib/libxrt_core.so.2", xrt),
                      "unset it for the simulated card, or set it to an XRT installation"});
  }
  std::vector<std::string> nodes;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator("/dev/dri", failure)) {
    if (entry.path().filename().string().starts_with("renderD")) nodes.push_back(entry.path().string());
  }
  if (nodes.empty()) {
    checks.push_back({Verdict::kOptional, "real card", "no /dev/dri/renderD*",
                      "none is needed for simulation; a card needs its driver (xocl) loaded"});
  }
  for (const auto& node : nodes) {
    // A graphics card has render nodes too; the driver's name tells which one it is.
    const auto link = fs::path("/sys/class/drm") / fs::path(node).filename() / "device" / "driver";
    const auto driver = fs::read_symlink(link, failure).filename().string();
    const bool card = driver == "xocl" || driver == "zocl";
    if (::access(node.c_str(), R_OK | W_OK) != 0) {
      checks.push_back({Verdict::kOptional, "real card", fmt::format("{} ({}) may not be opened by this user", node, driver),
                        "add the user to the group render"});
    } else {
      checks.push_back(
          {card ? Verdict::kGood : Verdict::kOptional, "real card",
           fmt::format("{}: driver {}{}", node, driver.empty() ? "unknown" : driver, card ? "" : ", not a card of XRT"),
           card ? "" : "none is needed for simulation"});
    }
  }
  return checks;
}

Check check_data(const std::string& name, bool needed, const std::string& advice) {
  std::string where;
  for (const auto& folder : data_folders(name)) where += fmt::format("{}{}", where.empty() ? "" : ", ", folder.string());
  const auto training = find_data(name, Part::kTraining), testing = find_data(name, Part::kTest);
  const auto missing = needed ? Verdict::kMissing : Verdict::kOptional;
  if (!training || !testing) return {missing, "data " + name, "not in " + where, advice};
  try {
    const auto data = read_dataset(name, training->images, training->labels);
    const auto tests = read_dataset(name, testing->images, testing->labels);
    return {
        Verdict::kGood, "data " + name,
        fmt::format("{}: {} training and {} test samples", training->images.parent_path().string(), data.size(), tests.size()),
        ""};
  } catch (const InputError& error) {
    return {missing, "data " + name, error.what(), "get the file again: " + advice};
  }
}

Check check_tool(const std::string& program, const std::string& what_for, const std::string& package) {
  if (on_path(program)) return {Verdict::kGood, program, what_for, ""};
  return {Verdict::kOptional, program, "not installed; it is for: " + what_for, "apt-get install " + package};
}

/// All that was looked at.
std::vector<Check> all_checks() {
  std::vector<Check> checks;
  const auto add = [&](std::vector<Check> more) { checks.insert(checks.end(), more.begin(), more.end()); };
  add(check_engines());
  add(check_xrt());
  add(check_board());
  checks.push_back(check_data("fashion-mnist", true, "apt-get install dataset-fashion-mnist"));
  checks.push_back(check_data("mnist", false, "./scripts/fetch_mnist, or put the four IDX files into $PHASIC_DATA/mnist"));
  checks.push_back(check_tool("verilator", "building the RTL engines", "verilator"));
  checks.push_back(check_tool("yosys", "checking that the RTL can be synthesised", "yosys"));
  checks.push_back(check_tool("iverilog", "checking the RTL with a second tool", "iverilog"));
  checks.push_back(check_tool("nextpnr-ice40", "placing the bitstream of a board", "nextpnr-ice40"));
  checks.push_back(check_tool("icepack", "packing the bitstream of a board", "fpga-icestorm"));
  checks.push_back(check_tool("iceprog", "writing the bitstream to a board", "fpga-icestorm"));
  for (const char* program : {"vivado", "vitis_hls", "v++"}) {
    if (on_path(program))
      checks.push_back({Verdict::kGood, program, "building for a card", ""});
    else
      checks.push_back({Verdict::kOptional, program, "not on the PATH; it is for: building for a card",
                        "install AMD's Vitis and source its settings64.sh: docs/deploy.md, step 3"});
  }
  checks.push_back(check_tool("gnuplot", "drawing the learning curve", "gnuplot-nox"));
  return checks;
}

int print_json(const std::vector<Check>& checks) {
  auto list = nlohmann::json::array();
  bool ready = true;
  for (const auto& check : checks) {
    const char* verdict = check.verdict == Verdict::kGood ? "ok" : check.verdict == Verdict::kOptional ? "optional" : "missing";
    list.push_back({{"verdict", verdict}, {"subject", check.subject}, {"finding", check.finding}, {"to_do", check.advice}});
    ready = ready && check.verdict != Verdict::kMissing;
  }
  fmt::print("{}\n", nlohmann::json{{"ready", ready}, {"checks", list}}.dump(2));
  return ready ? kSuccess : kNotReady;
}

int print_table(const std::vector<Check>& checks) {
  int missing = 0;
  for (const auto& check : checks) {
    const char* mark = check.verdict == Verdict::kGood       ? "ok      "
                       : check.verdict == Verdict::kOptional ? "optional"
                                                             : "MISSING ";
    fmt::print("{}  {:<18} {}\n", mark, check.subject, check.finding);
    if (!check.advice.empty()) fmt::print("{:30}to do: {}\n", "", check.advice);
    missing += check.verdict == Verdict::kMissing ? 1 : 0;
  }
  if (missing == 0) {
    fmt::print("everything that is needed is there\n");
    return kSuccess;
  }
  fmt::print("{} of the things that are needed {} missing\n", missing, missing == 1 ? "is" : "are");
  return kNotReady;
}

}  // namespace

void add_doctor(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("doctor", "check this machine and say what to do");
  const auto as_json = std::make_shared<bool>(false);
  command->add_flag("--json", *as_json, "as JSON");
  command->callback(
      [as_json, &chosen] { chosen = [as_json] { return *as_json ? print_json(all_checks()) : print_table(all_checks()); }; });
}

}  // namespace phasic::command
