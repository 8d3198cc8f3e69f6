// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/quantities.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <string_view>

namespace phasic::runtime {

double read_unit(const JsonNode& node) {
  constexpr double kSmallest = 1.0 / (1u << 30), kLargest = 1024;
  if (!node.value().is_string()) return node.real(kSmallest, kLargest);
  const auto text = node.text();
  const auto slash = text.find('/');
  std::uint32_t above = 0, below = 1;
  const auto read = [](std::string_view part, std::uint32_t& to) {
    const auto [end, failure] = std::from_chars(part.data(), part.data() + part.size(), to);
    return failure == std::errc() && end == part.data() + part.size() && to > 0;
  };
  const std::string_view view = text;
  const bool good = slash == std::string::npos ? read(view, above)
                                               : read(view.substr(0, slash), above) && read(view.substr(slash + 1), below);
  const double unit = good ? static_cast<double>(above) / below : 0;
  if (unit < kSmallest || unit > kLargest) node.refuse("a positive number or a fraction such as \"1/256\" is needed");
  return unit;
}

std::uint64_t read_seed(const JsonNode& node) {
  if (node.value().is_number_unsigned()) return node.value().get<std::uint64_t>();
  if (node.value().is_number_integer() && node.value().get<std::int64_t>() >= 0) return node.value().get<std::uint64_t>();
  if (node.value().is_string()) {
    const auto text = node.text();
    std::uint64_t seed = 0;
    const bool hexadecimal = text.starts_with("0x");
    const auto* first = text.data() + (hexadecimal ? 2 : 0);
    const auto [end, failure] = std::from_chars(first, text.data() + text.size(), seed, hexadecimal ? 16 : 10);
    if (failure == std::errc() && end == text.data() + text.size() && first != end) return seed;
  }
  node.refuse("an integer from 0 to 2^64 - 1 is needed, as a number or as a text such as \"0x1f\"");
}

std::int64_t read_quantity(const JsonNode& node, double unit, std::int64_t least, std::int64_t most) {
  if (node.value().is_object()) {
    node.expect_object({"raw"});
    return node.at("raw").integer(least, most);
  }
  const double number = node.real(-1e12, 1e12);
  const double units = std::round(number / unit);
  if (units < static_cast<double>(least) || units > static_cast<double>(most)) {
    node.refuse(
        fmt::format("cannot be represented: it is {:.0f} units of {:.6g}, and {} to {} are allowed; {:.6g} to {:.6g} fit",
                    units, unit, least, most, static_cast<double>(least) * unit, static_cast<double>(most) * unit));
  }
  return static_cast<std::int64_t>(units);
}

std::uint32_t read_slowest_rate(const JsonNode& node) {
  const auto raw = [&] {
    if (!node.value().is_object()) return -std::log2(read_unit(node));
    node.expect_object({"raw"});
    return static_cast<double>(node.at("raw").integer(0, contract::kCompetitionFactorShift));
  }();
  if (raw != std::round(raw) || raw < 0 || raw > contract::kCompetitionFactorShift) {
    node.refuse(fmt::format("1, 1/2, 1/4 and so on to 1/{} can be represented", 1u << contract::kCompetitionFactorShift));
  }
  return static_cast<std::uint32_t>(raw);
}

}  // namespace phasic::runtime
