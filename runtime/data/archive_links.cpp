// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/archive_links.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/error.hpp"
#include "runtime/data/stored_files.hpp"

namespace phasic::runtime {
namespace {

constexpr std::size_t kMostShown = 10'000'000;
constexpr std::size_t kMostLinks = 40;  // one after the other, as in Linux

/// Parts of a path; a ".." takes the part before it away. None if there is no part before it.
std::optional<std::vector<std::string_view>> parts_within(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto part = path.substr(begin, end - begin);
    if (part == "..") {
      if (parts.empty()) return std::nullopt;
      parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
    begin = end + 1;
  }
  return parts;
}

std::string joined(const std::vector<std::string_view>& parts) {
  std::string path;
  for (const auto part : parts) path += (path.empty() ? "" : "/") + std::string(part);
  return path;
}

bool holds(const std::string& folder, std::string_view path) {
  return folder.empty() || path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

class Resolver {
 public:
  Resolver(const ArchiveTree& tree, const std::string& archive,
           const std::function<void(const std::string&, const std::string&)>& found)
      : tree_(tree), archive_(archive), found_(found) {}

  /// `shown` is the path under which the link at `link` appears.
  void follow(const std::string& link, const std::string& shown) {
    if (!hidden_part(shown).empty()) return;
    const auto real = resolved(link);
    if (real && tree_.files.contains(*real)) {
      show(shown, *real);
      return;
    }
    if (!real || !(tree_.folders.contains(*real) || is_folder(*real))) {
      if (above_.empty())
        unreadable.push_back(fmt::format("{}: {}: link: leads to \"{}\", which the archive does not hold", archive_, link,
                                         tree_.links.at(link).given));
      return;
    }
    for (const auto& before : above_) refuse_circle(*real, before, link);
    refuse_circle(*real, link, link);
    if (above_.size() >= kMostLinks) throw InputError(archive_, link, fmt::format("more than {} links in a row", kMostLinks));
    above_.push_back(link);
    const auto front = real->empty() ? std::string() : *real + "/";
    for (auto file = tree_.files.lower_bound(front); file != tree_.files.end() && file->starts_with(front); ++file)
      show(shown + "/" + file->substr(front.size()), *file);
    for (auto more = tree_.links.lower_bound(front); more != tree_.links.end() && more->first.starts_with(front); ++more)
      follow(more->first, shown + "/" + more->first.substr(front.size()));
    above_.pop_back();
  }

  std::vector<std::string> unreadable;

 private:
  void refuse_circle(const std::string& folder, const std::string& held, const std::string& link) const {
    if (holds(folder, held))
      throw InputError(archive_, link, fmt::format("the link leads back to \"{}\", which holds it", folder));
  }

  void show(const std::string& path, const std::string& real) {
    if (++shown_ > kMostShown) throw InputError(archive_, path, fmt::format("links show more than {} files", kMostShown));
    found_(path, real);
  }

  [[nodiscard]] bool is_folder(const std::string& path) const {
    const auto front = path + "/";
    if (path.empty()) return true;
    const auto file = tree_.files.lower_bound(front);
    const auto link = tree_.links.lower_bound(front);
    return (file != tree_.files.end() && file->starts_with(front)) ||
           (link != tree_.links.end() && link->first.starts_with(front));
  }

  /// The path without links in it; none if it leads out of the archive, or in a circle.
  [[nodiscard]] std::optional<std::string> resolved(std::string path) const {
    for (std::size_t links = 0; links <= kMostLinks;) {
      bool replaced = false;
      for (std::size_t end = 0; !replaced && end < path.size();) {
        end = std::min(path.find('/', end + 1), path.size());
        const auto link = tree_.links.find(path.substr(0, end));
        if (link == tree_.links.end()) continue;
        if (!link->second.target) return std::nullopt;
        auto next = *link->second.target;
        if (next == link->first) return std::nullopt;
        if (end < path.size()) next += (next.empty() ? path.substr(end + 1) : path.substr(end));
        path = std::move(next);
        replaced = true;
        ++links;
      }
      if (!replaced) return path;
    }
    return std::nullopt;
  }

  const ArchiveTree& tree_;
  const std::string& archive_;
  const std::function<void(const std::string&, const std::string&)>& found_;
  std::vector<std::string> above_;  ///< links to folders that are being followed
  std::size_t shown_ = 0;
};

}  // namespace

std::string normal_path(std::string_view path) {
  std::string normal;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto part = path.substr(begin, end - begin);
    if (!part.empty() && part != ".") normal += (normal.empty() ? "" : "/") + std::string(part);
    begin = end + 1;
  }
  return normal;
}

ArchiveLink link_target(const std::string& path, std::string_view given) {
  ArchiveLink link{std::nullopt, std::string(given)};
  if (given.empty() || given.front() == '/') return link;
  const auto slash = path.rfind('/');
  const auto whole = (slash == std::string::npos ? std::string() : path.substr(0, slash + 1)) + std::string(given);
  if (const auto parts = parts_within(whole)) link.target = joined(*parts);
  return link;
}

std::vector<std::string> resolve_links(const ArchiveTree& tree, const std::string& archive,
                                       const std::function<void(const std::string&, const std::string&)>& found) {
  Resolver resolver(tree, archive, found);
  for (const auto& [path, link] : tree.links) resolver.follow(path, path);
  return std::move(resolver.unreadable);
}

}  // namespace phasic::runtime
