// SPDX-License-Identifier: Apache-2.0
/// Lists of the files that are for testing and for validation, as Speech Commands has them (Warden, arXiv 1804.03209):
/// testing_list.txt and validation_list.txt, a path on each line, seen from the folder of the list.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/left_out.hpp"
#include "runtime/data/places.hpp"
#include "runtime/data/stored_files.hpp"

namespace phasic::runtime {

/// With a list for testing the files of neither list are for training; with one for validation alone they stay where they are.
class PartLists {
 public:
  PartLists() = default;
  /// Throws InputError naming list and line: lists in different folders, a path in both lists.
  explicit PartLists(const std::vector<StoredFile>& lists);

  [[nodiscard]] static bool is_list(std::string_view path);
  /// Whether a message tells of a list.
  [[nodiscard]] static bool is_named_in(std::string_view message);
  [[nodiscard]] bool empty() const { return origin_.empty(); }

  /// Settles the part of a sample. Throws InputError if a folder has settled it already.
  void settle(std::string_view path, Place& place) const;

  /// Counts what is listed, but not among the paths. Throws InputError naming a list of which nothing is there: its paths would
  /// be of another kind.
  void note_missing(const std::set<std::string>& paths, LeftOut& left_out) const;

 private:
  struct Line {
    bool test;
    std::string list;  ///< file, for messages
  };
  std::string origin_;  ///< of the first list, for messages
  bool has_test_ = false;
  std::map<std::string, Line, std::less<>> lines_;  ///< by path inside the folder or archive
};

}  // namespace phasic::runtime
