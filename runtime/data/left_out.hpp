// SPDX-License-Identifier: Apache-2.0
/// What was passed over while a data set was read, so that nothing goes missing without a word.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace phasic::runtime {

class LeftOut {
 public:
  /// `reason` is for people and completes "3 left out, ...". The same path counts once for a reason.
  void add(std::string_view reason, std::string path);
  void add(const LeftOut& more);

  [[nodiscard]] bool empty() const { return by_reason_.empty(); }
  [[nodiscard]] std::size_t count() const;

  /// For each reason a line such as "3 left out, hidden: a/._0.png, a/._1.png, .git/": their number and the first 20 names.
  [[nodiscard]] std::vector<std::string> notes() const;

 private:
  std::map<std::string, std::set<std::string>, std::less<>> by_reason_;
};

/// The first 20 of the names with commas, and how many more there are.
[[nodiscard]] std::string some_names(const std::set<std::string>& names);

}  // namespace phasic::runtime
