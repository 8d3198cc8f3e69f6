// SPDX-License-Identifier: Apache-2.0
/// Puts deliberate faults into copies of the RTL or of the HLS kernel, one at a time, and sees whether the random differential
/// test catches them.
#include <fmt/format.h>
#include <sys/wait.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// One changed line.
struct Fault {
  std::string name;
  std::string file;  ///< below the folder of the sources
  std::string find;  ///< occurs exactly once in the file, within one line
  std::string replace;
};

/// Tools and files of the build; CMake writes them. What is for Verilator alone is empty for the HLS kernel.
struct Settings {
  bool hls = false;
  std::string verilator, make, model_compiler, compiler;
  std::string verilator_flags, compile_flags, link_inputs;
  fs::path sources, package, plugin, exports, reference_engine, test;
};

enum class Verdict { kCaught, kSurvived, kBroken };

struct Result {
  Verdict verdict = Verdict::kBroken;
  std::string text;
  double seconds = 0;
};

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(fmt::format("cannot read '{}'", path.string()));
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error(fmt::format("cannot write '{}'", path.string()));
}

std::string string_of(const Json& object, const char* key, const fs::path& file) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string())
    throw std::runtime_error(fmt::format("{}: {} is not a string in {}", file.string(), key, object.dump()));
  return found->get<std::string>();
}

Json parse_file(const fs::path& path) {
  try {
    return Json::parse(read_file(path));
  } catch (const Json::exception& error) {
    throw std::runtime_error(fmt::format("{}: {}", path.string(), error.what()));
  }
}

std::vector<Fault> read_faults(const fs::path& path) {
  const Json root = parse_file(path);
  if (!root.is_array()) throw std::runtime_error(fmt::format("{}: not a list", path.string()));
  std::vector<Fault> faults;
  for (const Json& item : root)
    faults.push_back({string_of(item, "name", path), string_of(item, "file", path), string_of(item, "find", path),
                      string_of(item, "replace", path)});
  return faults;
}

Settings read_settings(const fs::path& path) {
  const Json root = parse_file(path);
  const auto get = [&](const char* key) { return string_of(root, key, path); };
  Settings settings;
  settings.hls = get("form") == "hls";
  settings.compiler = get("compiler");
  settings.compile_flags = get("compile_flags");
  settings.link_inputs = get("link_inputs");
  settings.sources = get("sources");
  settings.reference_engine = get("reference_engine");
  settings.test = get("test");
  if (settings.hls) return settings;
  settings.verilator = get("verilator");
  settings.make = get("make");
  settings.model_compiler = get("model_compiler");
  settings.verilator_flags = get("verilator_flags");
  settings.package = get("package");
  settings.plugin = get("plugin");
  settings.exports = get("exports");
  return settings;
}

/// Name of the sources' folder, in the project and in a copy: "rtl" or "hls".
fs::path folder_of(const Settings& settings) { return settings.sources.filename(); }

/// The text of the fault's file with the fault in it. Throws if its pattern does not occur exactly once, in one line.
std::string with_fault(const Fault& fault, const fs::path& sources) {
  std::string text = read_file(sources / fault.file);
  const auto at = text.find(fault.find);
  if (fault.find.empty() || fault.find.find('\n') != std::string::npos)
    throw std::runtime_error(fmt::format("fault '{}': the pattern must be within one line", fault.name));
  if (at == std::string::npos)
    throw std::runtime_error(fmt::format("fault '{}': '{}' not found in {}", fault.name, fault.find, fault.file));
  if (text.find(fault.find, at + 1) != std::string::npos)
    throw std::runtime_error(fmt::format("fault '{}': '{}' occurs more than once in {}", fault.name, fault.find, fault.file));
  text.replace(at, fault.find.size(), fault.replace);
  return text;
}

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

/// Exit status of a shell command, its output in `log`.
int run(const std::string& command, const fs::path& log) {
  const int status = std::system(fmt::format("( {} ) >> {} 2>&1", command, quoted(log.string())).c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

void run_or_throw(const std::string& command, const fs::path& log) {
  if (run(command, log) != 0) throw std::runtime_error(fmt::format("does not build; see {}", log.string()));
}

fs::path engine_file(const fs::path& folder) { return folder / "engines" / "libphasic_engine_fault.so"; }

/// Builds engine `fault` from `folder`/hls. Headers of the copy come before those of the project.
void build_hls(const Settings& settings, const fs::path& folder) {
  run_or_throw(fmt::format("{} -I{} {} -shared -o {} {} {}", settings.compiler, quoted(folder.string()), settings.compile_flags,
                           quoted(engine_file(folder).string()),
                           quoted((folder / folder_of(settings) / "engine" / "engine.cpp").string()), settings.link_inputs),
               folder / "build.log");
}

std::string text_if_there(const fs::path& file) { return fs::exists(file) ? read_file(file) : std::string(); }

/// Takes the objects of the sound model for sources that are the same, if all headers are: a fault often changes few of them.
void take_what_is_the_same(const fs::path& model, const fs::path& sound) {
  std::vector<fs::path> sources;
  for (const auto& entry : fs::directory_iterator(model)) {
    const fs::path& file = entry.path();
    if (file.extension() == ".h" && read_file(file) != text_if_there(sound / file.filename())) return;
    if (file.extension() == ".cpp" && read_file(file) == text_if_there(sound / file.filename())) sources.push_back(file);
  }
  for (const fs::path& source : sources) {
    const fs::path object = source.filename().replace_extension(".o");
    // A copy is newer than its source, so make leaves it.
    if (fs::exists(sound / object)) fs::copy_file(sound / object, model / object);
  }
}

/// Builds engine `fault` from `folder`/rtl.
void build_rtl(const Settings& settings, const fs::path& folder, const fs::path& sound) {
  const fs::path log = folder / "build.log", model = folder / "model";
  std::string files = quoted(settings.package.string());
  for (const char* part : {"core", "kernel"}) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder / folder_of(settings) / part))
      if (entry.path().extension() == ".sv") names.push_back(entry.path().string());
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) files += " " + quoted(name);
  }
  run_or_throw(fmt::format("{} --Mdir {} {} {}", settings.verilator, quoted(model.string()), settings.verilator_flags, files),
               log);
  if (folder != sound) take_what_is_the_same(model, sound / "model");
  run_or_throw(fmt::format("{} -s -C {} -f Vphasic_fault.mk Vphasic_fault__ALL.a CXX={} OPT_FAST=-O1 OPT_SLOW=-O0",
                           settings.make, quoted(model.string()), settings.model_compiler),
               log);
  // The engine's own code is that of the sound RTL as long as the model's interface is.
  fs::path object = sound / "plugin.o";
  if (folder == sound || read_file(model / "Vphasic_fault.h") != read_file(sound / "model" / "Vphasic_fault.h")) {
    object = folder / "plugin.o";
    run_or_throw(fmt::format("{} {} -isystem {} -c {} -o {}", settings.compiler, settings.compile_flags, quoted(model.string()),
                             quoted(settings.plugin.string()), quoted(object.string())),
                 log);
  }
  run_or_throw(fmt::format("{} -shared -Wl,-Bsymbolic,--version-script={} -o {} {} {} {}", settings.compiler,
                           quoted(settings.exports.string()), quoted(engine_file(folder).string()), quoted(object.string()),
                           quoted((model / "Vphasic_fault__ALL.a").string()), settings.link_inputs),
               log);
}

/// Builds engine `fault` from the sources in `folder` into `folder`/engines.
void build(const Settings& settings, const fs::path& folder, const fs::path& sound) {
  fs::create_directories(folder / "engines");
  if (settings.hls) {
    build_hls(settings, folder);
  } else {
    build_rtl(settings, folder, sound);
  }
  fs::create_symlink(settings.reference_engine, folder / "engines" / "libphasic_engine_reference.so");
}

/// The line of a test's output that says what differed.
std::string first_complaint(const std::string& output) {
  std::istringstream in(output);
  std::string best;
  for (std::string line; std::getline(in, line);) {
    if (line.find("C++ exception") != std::string::npos) return line;
    if (line.find("has_value") != std::string::npos || line.find(": true") != std::string::npos ||
        line.find("Expected: false") != std::string::npos) {
      best.clear();
      continue;
    }
    if (best.empty() && line.find(": Failure") == std::string::npos && line.find("expected") != std::string::npos) best = line;
    if (best.empty() && line.find("the run does not end") != std::string::npos) best = line;
  }
  return best.empty() ? "failed" : best;
}

Result examine(const Settings& settings, const Fault* fault, const fs::path& folder, const fs::path& sound, unsigned cases) {
  const auto start = std::chrono::steady_clock::now();
  Result result;
  try {
    fs::remove_all(folder);
    fs::create_directories(folder);
    const fs::path sources = folder / folder_of(settings);
    fs::copy(settings.sources, sources, fs::copy_options::recursive);
    if (fault != nullptr) write_file(sources / fault->file, with_fault(*fault, sources));
    build(settings, folder, sound);
    const fs::path log = folder / "test.log";
    const int status =
        run(fmt::format("PHASIC_ENGINE_PATH={} PHASIC_RANDOM_ENGINES=fault PHASIC_RANDOM_CASES={} timeout 240 {} "
                        "--gtest_fail_fast --gtest_color=no",
                        quoted((folder / "engines").string()), cases, quoted(settings.test.string())),
            log);
    const std::string output = read_file(log);
    if (status == 0) {
      result.verdict = Verdict::kSurvived;
    } else if (output.find("cases 0 to") == std::string::npos) {
      result.text = fmt::format("the test does not start; see {}", log.string());
    } else {
      result.verdict = Verdict::kCaught;
      result.text = status == 1 ? first_complaint(output) : fmt::format("the test ended with status {}", status);
    }
  } catch (const std::exception& error) {
    result.text = error.what();
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"Deliberate faults in the RTL or the HLS kernel: each must be caught by the random differential test"};
  std::string list, settings_file, work;
  std::vector<std::string> only;
  unsigned cases = 320, jobs = std::max(1u, std::thread::hardware_concurrency());
  bool names = false, only_check = false;
  app.add_option("--faults", list, "JSON list of faults")->required();
  app.add_option("--settings", settings_file, "Tools of the build")->required();
  app.add_option("--work", work, "Folder for the copies")->required();
  app.add_option("--only", only, "Names of the faults to try; default all");
  app.add_option("--cases", cases, "Random cases of each kind for a fault")->capture_default_str();
  app.add_option("--jobs", jobs, "Faults at a time")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_flag("--list", names, "Print the names and stop");
  app.add_flag("--check", only_check, "Only see whether every pattern occurs exactly once, and stop");
  CLI11_PARSE(app, argc, argv);

  std::vector<Fault> faults = read_faults(list);
  for (const std::string& name : only)
    if (std::none_of(faults.begin(), faults.end(), [&](const Fault& fault) { return fault.name == name; }))
      throw std::runtime_error(fmt::format("{}: no fault is named '{}'", list, name));
  if (!only.empty())
    std::erase_if(faults, [&](const Fault& fault) { return std::find(only.begin(), only.end(), fault.name) == only.end(); });
  if (names) {
    for (const Fault& fault : faults) fmt::print("{:<32} {}\n", fault.name, fault.file);
    return 0;
  }
  const Settings settings = read_settings(settings_file);
  for (const Fault& fault : faults) static_cast<void>(with_fault(fault, settings.sources));
  if (only_check) {
    fmt::print("{} faults, each pattern occurs once\n", faults.size());
    return 0;
  }

  // Without a fault the test must pass, or else "caught" would mean nothing.
  const fs::path folder(work), sound = folder / "sound";
  const Result sound_result = examine(settings, nullptr, sound, sound, cases);
  if (sound_result.verdict != Verdict::kSurvived) {
    fmt::print(stderr, "Without a fault the test does not pass: {}\n", sound_result.text);
    return 2;
  }
  fmt::print("{:<9} {:>5.0f} s  {}\n", "passes", sound_result.seconds, "(no fault)");
  std::fflush(stdout);

  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  unsigned caught = 0, survived = 0, broken = 0;
  const auto worker = [&] {
    for (std::size_t i = next++; i < faults.size(); i = next++) {
      const Fault& fault = faults[i];
      const Result result = examine(settings, &fault, folder / fault.name, sound, cases);
      if (result.verdict == Verdict::kCaught) fs::remove_all(folder / fault.name);
      const std::lock_guard lock(mutex);
      const char* verdict = result.verdict == Verdict::kCaught     ? "caught"
                            : result.verdict == Verdict::kSurvived ? "SURVIVED"
                                                                   : "BROKEN";
      (result.verdict == Verdict::kCaught ? caught : result.verdict == Verdict::kSurvived ? survived : broken) += 1;
      fmt::print("{:<9} {:>5.0f} s  {:<32} {}\n", verdict, result.seconds, fault.name, result.text);
      std::fflush(stdout);
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < jobs; ++i) threads.emplace_back(worker);
  for (std::thread& thread : threads) thread.join();
  fmt::print("{} faults: {} caught, {} survived, {} could not be tried\n", faults.size(), caught, survived, broken);
  return survived + broken == 0 ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 2;
}
