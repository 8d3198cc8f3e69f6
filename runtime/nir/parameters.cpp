// SPDX-License-Identifier: Apache-2.0
#include "runtime/nir/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/base/error.hpp"

namespace phasic::runtime::nir {

std::size_t count_of(const Extents& extents) {
  std::size_t count = 1;
  for (const auto extent : extents) count = extent != 0 && count > kMostElements / extent ? kMostElements + 1 : count * extent;
  return count;
}

std::string text_of(const Extents& extents) {
  std::string text;
  for (const auto extent : extents) text += fmt::format("{}{}", text.empty() ? "" : " x ", extent);
  return text.empty() ? "1" : text;
}

const Array& Parameters::array(const std::string& field) const {
  const auto found = node_.fields.arrays.find(field);
  if (found == node_.fields.arrays.end()) refuse(field, node_.fields.texts.contains(field) ? "is a text" : "is missing");
  for (const double value : found->second.values)
    if (!std::isfinite(value)) refuse(field, fmt::format("has the value {}", value));
  return found->second;
}

std::vector<double> Parameters::each(const std::string& field, const Extents& extents) const {
  const auto& given = array(field);
  const auto count = count_of(extents);
  if (given.values.size() == count) return given.values;
  std::vector<std::size_t> steps(extents.size(), 0);  // in `given`, along each side
  bool fits = given.shape.size() <= extents.size();
  std::size_t step = 1;
  for (std::size_t back = 1; fits && back <= given.shape.size(); ++back) {
    const auto side = given.shape[given.shape.size() - back];
    fits = side == 1 || side == extents[extents.size() - back];
    if (side != 1) steps[extents.size() - back] = step;
    step *= side;
  }
  if (!fits) refuse(field, fmt::format("has the shape {}; {} goes in", text_of(given.shape), text_of(extents)));
  std::vector<double> values(count);
  for (std::size_t n = 0; n < count; ++n) {
    std::size_t from = 0;
    for (std::size_t rest = n, side = extents.size(); side-- > 0; rest /= extents[side])
      from += rest % extents[side] * steps[side];
    values[n] = given.values[from];
  }
  return values;
}

std::vector<double> Parameters::each_or(const std::string& field, const Extents& extents, double otherwise) const {
  return has(field) ? each(field, extents) : std::vector<double>(count_of(extents), otherwise);
}

double Parameters::whole(const std::string& field) const {
  const auto& given = array(field);
  if (given.values.size() != 1 || given.values[0] != std::floor(given.values[0])) refuse(field, "is no whole number");
  return given.values[0];
}

Pair Parameters::pair(const std::string& field) const {
  const auto& given = array(field);
  if (given.values.empty() || given.values.size() > 2)
    refuse(field, fmt::format("has {} values; one or two are right", given.values.size()));
  for (const double value : given.values)
    if (value < 0 || value > 2147483647.0 || value != std::floor(value))
      refuse(field, fmt::format("{} is no whole number from 0 on", value));
  return {static_cast<std::size_t>(given.values.front()), static_cast<std::size_t>(given.values.back())};
}

std::optional<std::string> Parameters::text(const std::string& field) const {
  const auto found = node_.fields.texts.find(field);
  if (found == node_.fields.texts.end() || found->second.values.size() != 1) return std::nullopt;
  return found->second.values.front();
}

void Parameters::refuse(const std::string& field, std::string_view problem) const {
  throw InputError(graph_.file, fmt::format("{} ({}){}{}", node_.name, node_.type, field.empty() ? "" : ": ", field), problem);
}

}  // namespace phasic::runtime::nir
