// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/part_lists.hpp"

#include <fmt/format.h>

#include "runtime/base/error.hpp"
#include "runtime/data/text_lines.hpp"

namespace phasic::runtime {
namespace {

constexpr std::string_view kTestingList = "testing_list.txt", kValidationList = "validation_list.txt";

}  // namespace

bool PartLists::is_list(std::string_view path) {
  const auto name = file_name_of(path);
  return name == kTestingList || name == kValidationList;
}

bool PartLists::is_named_in(std::string_view message) {
  return message.find(kTestingList) != std::string_view::npos || message.find(kValidationList) != std::string_view::npos;
}

PartLists::PartLists(const std::vector<StoredFile>& lists) {
  std::string folder;
  for (const auto& list : lists) {
    const auto name = file_name_of(list.path);
    const auto here = list.path.substr(0, list.path.size() - name.size());
    if (empty()) {
      origin_ = list.origin;
      folder = here;
    }
    if (here != folder) throw InputError(list.origin, "", fmt::format("lies in another folder than {}", origin_));
    const bool test = name == kTestingList;
    has_test_ = has_test_ || test;
    const auto paths = lines_of(list);
    for (std::size_t n = 0; n < paths.size(); ++n) {
      const auto [line, fresh] = lines_.try_emplace(folder + paths[n], Line{test, list.origin});
      if (!fresh && line->second.test != test)
        throw InputError(list.origin, fmt::format("line {}", n + 1),
                         fmt::format("{} is in {}, too", paths[n].substr(0, 60), line->second.list));
    }
  }
}

void PartLists::settle(std::string_view path, Place& place) const {
  if (empty()) return;
  if (place.part || place.validation)
    throw InputError(origin_, "", fmt::format("lists say which part a file is in, but folders do, too: {}", path));
  if (const auto line = lines_.find(path); line != lines_.end()) {
    if (line->second.test) place.part = Part::kTest;
    place.validation = !line->second.test;
  } else if (has_test_) {
    place.part = Part::kTraining;
  }
}

void PartLists::note_missing(const std::set<std::string>& paths, LeftOut& left_out) const {
  std::map<std::string_view, std::string_view> first;  // path of each list, as long as none of it is there
  for (const auto& [path, line] : lines_) first.try_emplace(line.list, path);
  for (const auto& [path, line] : lines_) {
    if (paths.contains(path)) {
      first.erase(line.list);
    } else {
      left_out.add("listed but not there", path);
    }
  }
  if (!first.empty())
    throw InputError(first.begin()->first, "", fmt::format("none of its files is there, such as {}", first.begin()->second));
}

}  // namespace phasic::runtime
