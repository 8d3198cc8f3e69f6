// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/resume.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <system_error>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/files.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& file) {
  std::error_code failure;
  return fs::exists(file, failure);
}

bool begins_as_checkpoint(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string beginning(8, '\0');
  stream.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  return is_checkpoint(beginning);
}

/// Files of a folder that are checkpoints or were ones: without the names of those before them, sorted.
std::vector<fs::path> checkpoints_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(folder, failure)) {
    auto file = entry.path();
    if (file.extension() == ".partial" || !entry.is_regular_file(failure)) continue;
    if (file.extension() == ".before") {
      file.replace_extension();
    } else if (!begins_as_checkpoint(file) && !is_there(before_of(file))) {
      continue;
    }
    files.push_back(std::move(file));
  }
  if (failure) throw InputError(folder.string(), "", fmt::format("cannot be read: {}", failure.message()));
  std::ranges::sort(files);
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

class Search {
 public:
  explicit Search(const Fits& fits) : fits_(fits) {}

  void look_at(const fs::path& place) {
    const auto damaged_before = found_.damaged.size();
    used_ = false;
    if (std::error_code failure; fs::is_directory(place, failure)) {
      std::vector<std::string> unfit;
      for (const auto& file : checkpoints_in(place)) {
        try {
          look_at_file(file);
        } catch (const InputError& error) {
          unfit.emplace_back(error.what());
        }
      }
      if (used_) return;
      unfit.insert(unfit.begin(), found_.damaged.begin() + static_cast<std::ptrdiff_t>(damaged_before), found_.damaged.end());
      if (!unfit.empty())
        throw InputError(place.string(), "", fmt::format("has no checkpoint to go on from: {}", fmt::join(unfit, "; ")));
      return;
    }
    look_at_file(place);
    if (!used_ && found_.damaged.size() > damaged_before)
      throw InputError(fmt::format(
          "{}", fmt::join(found_.damaged.begin() + static_cast<std::ptrdiff_t>(damaged_before), found_.damaged.end(), "; ")));
  }

  [[nodiscard]] Found take() { return std::move(found_); }

 private:
  void look_at_file(const fs::path& file) {
    for (const auto& one : {file, before_of(file)}) {
      if (!is_there(one)) continue;
      std::optional<Checkpoint> checkpoint;
      try {
        checkpoint = read_checkpoint(one);
      } catch (const InputError& error) {
        found_.damaged.emplace_back(error.what());
        continue;
      }
      fits_(one, *checkpoint);
      used_ = true;
      if (!found_.good || checkpoint->position > found_.good->checkpoint.position) found_.good = {one, *std::move(checkpoint)};
      return;
    }
  }

  const Fits& fits_;
  Found found_;
  bool used_ = false;
};

}  // namespace

Found find_checkpoint(std::span<const fs::path> places, const Fits& fits) {
  Search search(fits);
  for (const auto& place : places) search.look_at(place);
  return search.take();
}

}  // namespace phasic::runtime
