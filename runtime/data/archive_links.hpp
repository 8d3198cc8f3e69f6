// SPDX-License-Identifier: Apache-2.0
/// Links in an archive, which lead to what else the archive holds.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace phasic::runtime {

struct ArchiveLink {
  std::optional<std::string> target;  ///< path in the archive, "" is its root; none: outside
  std::string given;                  ///< as the archive has it
};

/// Paths have '/' between their parts and neither "." nor "//" in them.
struct ArchiveTree {
  std::set<std::string> files, folders;
  std::map<std::string, ArchiveLink> links;
};

/// Without "./" and "//" and a '/' at either end. ".." stays: it names nothing in an archive.
[[nodiscard]] std::string normal_path(std::string_view path);

/// What a symbolic link at `path` leads to.
[[nodiscard]] ArchiveLink link_target(const std::string& path, std::string_view given);

/// Calls `found(path, real)` for every file that a link shows: its path through the link, and its path in the archive. Returns
/// a message for each link that leads nowhere. Throws InputError naming `archive` and the link: links that lead in a circle,
/// more than 10 million files by way of links.
[[nodiscard]] std::vector<std::string> resolve_links(const ArchiveTree& tree, const std::string& archive,
                                                     const std::function<void(const std::string&, const std::string&)>& found);

}  // namespace phasic::runtime
