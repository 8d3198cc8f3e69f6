// SPDX-License-Identifier: Apache-2.0
#include "generator/reading.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace phasic::contract_generator {
namespace {

// Values become `int` in SystemVerilog.
constexpr std::uint64_t kLargest = std::numeric_limits<std::int32_t>::max();

}  // namespace

void fail(const std::string& entry, const std::string& what) { throw ContractError(fmt::format("{}: {}", entry, what)); }

bool is_snake_case(std::string_view text) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && lower(text.front()) && text.back() != '_' && text.find("__") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [&](char c) { return lower(c) || digit(c) || c == '_'; });
}

void check_keys(const json& object, const std::string& entry, const std::set<std::string>& known) {
  if (!object.is_object()) fail(entry, "is not an object");
  for (const auto& [key, value] : object.items()) {
    if (!known.contains(key)) fail(entry, fmt::format("unknown key '{}'", key));
  }
}

std::string text(const json& object, const std::string& entry, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) fail(entry, fmt::format("'{}' is missing", key));
  if (!found->is_string() || found->get_ref<const std::string&>().empty()) {
    fail(entry, fmt::format("'{}' is not a text: {}", key, found->dump()));
  }
  auto value = found->get<std::string>();
  // A bar or a line end would break the tables of the documentation.
  if (value.find_first_of("|\n\"\\") != std::string::npos) {
    fail(entry, fmt::format("'{}' has a bar, a quotation mark, a backslash or a line end: {}", key, found->dump()));
  }
  return value;
}

std::string one_of(const json& object, const std::string& entry, const char* key, const std::vector<std::string>& choices) {
  auto value = text(object, entry, key);
  if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
    fail(entry, fmt::format("'{}' is '{}'", key, value));
  }
  return value;
}

std::uint32_t number(const json& object, const std::string& entry, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) fail(entry, fmt::format("'{}' is missing", key));
  std::uint64_t value = 0;
  bool good = false;
  if (found->is_number_integer()) {
    good = found->is_number_unsigned() || found->get<std::int64_t>() >= 0;
    if (good) value = found->get<std::uint64_t>();
  } else if (found->is_string()) {
    const auto& written = found->get_ref<const std::string&>();
    const bool hexadecimal = written.starts_with("0x");
    const char* const begin = written.data() + (hexadecimal ? 2 : 0);
    const char* const end = written.data() + written.size();
    const auto [stop, error] = std::from_chars(begin, end, value, hexadecimal ? 16 : 10);
    good = error == std::errc{} && stop == end && begin != end;
  }
  if (!good || value > kLargest)
    fail(entry, fmt::format("'{}' is not a number from 0 to {}: {}", key, kLargest, found->dump()));
  return static_cast<std::uint32_t>(value);
}

bool flag(const json& object, const std::string& entry, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return false;
  if (!found->is_boolean()) fail(entry, fmt::format("'{}' is not true or false: {}", key, found->dump()));
  return found->get<bool>();
}

}  // namespace phasic::contract_generator
