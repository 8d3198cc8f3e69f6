// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "driver/engine/engine.hpp"
#include "driver/engine/places.hpp"

namespace phasic::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "libphasic_engine_";
constexpr std::string_view kSuffix = ".so";

fs::path library_path(const fs::path& folder, const std::string& name) {
  return folder / fmt::format("{}{}{}", kPrefix, name, kSuffix);
}

/// Candidate folders, the likeliest first. Only PHASIC_ENGINE_PATH if that is set.
std::vector<fs::path> engine_folders() {
  if (const char* path = std::getenv("PHASIC_ENGINE_PATH"); path != nullptr && *path != '\0') return {path};
  constexpr int kLevels = 5;  // a test program lies as deep as <build>/tests/sim/card
  std::vector<fs::path> folders;
  for (auto folder : code_folders()) {
    for (int level = 0; level < kLevels; ++level) {
      for (const auto& candidate : {folder / "engines", folder / PHASIC_INSTALLED_HOME / "engines"}) {
        std::error_code error;
        if (fs::is_directory(candidate, error) && std::find(folders.begin(), folders.end(), candidate) == folders.end()) {
          folders.push_back(candidate);
        }
      }
      if (folder == folder.parent_path()) break;
      folder = folder.parent_path();
    }
  }
  return folders;
}

std::vector<std::string> engines_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const auto file = entry.path().filename().string();
    if (file.size() > kPrefix.size() + kSuffix.size() && file.starts_with(kPrefix) && file.ends_with(kSuffix)) {
      names.push_back(file.substr(kPrefix.size(), file.size() - kPrefix.size() - kSuffix.size()));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

[[noreturn]] void throw_not_found(const std::string& name, const std::vector<fs::path>& folders) {
  if (folders.empty()) {
    throw std::runtime_error(fmt::format("engine '{}': no folder 'engines' near the program; set PHASIC_ENGINE_PATH", name));
  }
  std::string text = fmt::format("engine '{}' not found.", name);
  for (const auto& folder : folders) {
    const auto names = engines_in(folder);
    text += names.empty() ? fmt::format(" No engines in '{}'.", folder.string())
                          : fmt::format(" Engines in '{}': {}.", folder.string(), fmt::join(names, ", "));
  }
  throw std::runtime_error(text);
}

}  // namespace

void* find_engine_function(const std::string& name, const char* function) {
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char letter) {
    return std::isalnum(letter) != 0 || letter == '_' || letter == '-';
  });
  if (!plain) throw std::runtime_error(fmt::format("engine '{}': a name has letters, digits, '_' and '-' only", name));
  const auto folders = engine_folders();
  const auto folder = std::find_if(folders.begin(), folders.end(), [&](const fs::path& candidate) {
    std::error_code error;
    return fs::exists(library_path(candidate, name), error);
  });
  if (folder == folders.end()) throw_not_found(name, folders);
  const auto path = library_path(*folder, name);
  // The library stays loaded: code of an engine may still run when its last object has gone.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(fmt::format("engine '{}': {}", name, dlerror()));
  void* symbol = dlsym(library, function);
  if (symbol == nullptr) {
    throw std::runtime_error(fmt::format("engine '{}': '{}' does not export {}", name, path.string(), function));
  }
  return symbol;
}

std::unique_ptr<Engine> make_engine(const std::string& name, Memory& memory, const std::string& options) {
  const auto create = reinterpret_cast<CreateEngine>(find_engine_function(name, "phasic_create_engine"));
  try {
    std::unique_ptr<Engine> engine(create(&memory, options.c_str()));
    if (engine == nullptr) throw std::runtime_error("the library made no engine");
    return engine;
  } catch (const std::exception& error) {
    throw std::runtime_error(fmt::format("engine '{}' with options {}: {}", name, options, error.what()));
  }
}

}  // namespace phasic::engine
