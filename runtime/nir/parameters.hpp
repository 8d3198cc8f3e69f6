// SPDX-License-Identifier: Apache-2.0
/// Reading the parameters of a node.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/nir/stage.hpp"

namespace phasic::runtime::nir {

class Parameters {
 public:
  /// Both must outlive the value.
  Parameters(const Graph& graph, const Node& node) : graph_(graph), node_(node) {}

  [[nodiscard]] bool has(const std::string& field) const { return node_.fields.arrays.contains(field); }
  /// Throws InputError if it is not there or a value is not finite.
  [[nodiscard]] const Array& array(const std::string& field) const;
  /// One value an element: that of the file is repeated along sides of 1, as numpy does it, or taken element by element where
  /// there are as many.
  [[nodiscard]] std::vector<double> each(const std::string& field, const Extents& extents) const;
  [[nodiscard]] std::vector<double> each_or(const std::string& field, const Extents& extents, double otherwise) const;
  [[nodiscard]] double whole(const std::string& field) const;
  /// A whole number from 0 to 2^31 - 1, or one for rows and columns each.
  [[nodiscard]] Pair pair(const std::string& field) const;
  [[nodiscard]] std::optional<std::string> text(const std::string& field) const;

  [[noreturn]] void refuse(const std::string& field, std::string_view problem) const;

 private:
  const Graph& graph_;
  const Node& node_;
};

}  // namespace phasic::runtime::nir
