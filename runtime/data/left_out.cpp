// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/left_out.hpp"

#include <fmt/format.h>

namespace phasic::runtime {
namespace {

constexpr std::size_t kMostNames = 20;

}  // namespace

void LeftOut::add(std::string_view reason, std::string path) {
  auto found = by_reason_.find(reason);
  if (found == by_reason_.end()) found = by_reason_.emplace(reason, std::set<std::string>()).first;
  found->second.insert(std::move(path));
}

void LeftOut::add(const LeftOut& more) {
  for (const auto& [reason, paths] : more.by_reason_) by_reason_[reason].insert(paths.begin(), paths.end());
}

std::size_t LeftOut::count() const {
  std::size_t count = 0;
  for (const auto& [reason, paths] : by_reason_) count += paths.size();
  return count;
}

std::string some_names(const std::set<std::string>& names) {
  std::string text;
  std::size_t shown = 0;
  for (const auto& name : names) {
    if (shown == kMostNames) return text + fmt::format(" and {} more", names.size() - shown);
    text += (shown == 0 ? "" : ", ") + name;
    ++shown;
  }
  return text;
}

std::vector<std::string> LeftOut::notes() const {
  std::vector<std::string> lines;
  for (const auto& [reason, paths] : by_reason_)
    lines.push_back(fmt::format("{} left out, {}: {}", paths.size(), reason, some_names(paths)));
  return lines;
}

}  // namespace phasic::runtime
