// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/json_node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <sstream>

#include "runtime/base/error.hpp"
#include "runtime/base/json_text.hpp"

namespace phasic::runtime {
namespace {

constexpr std::uintmax_t kLargestFile = 16u << 20;
constexpr std::size_t kLargestShown = 60;

std::string shown(const nlohmann::json& value) {
  auto text = json_text(value);
  if (text.size() > kLargestShown) text = text.substr(0, kLargestShown) + "...";
  return text;
}

std::string listed(std::span<const std::string_view> names) {
  std::string text;
  for (const auto name : names) text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", name);
  return text;
}

}  // namespace

nlohmann::json parse_json(std::string_view text, const std::string& origin) {
  // The parser keeps the last of two equal keys; which one was meant cannot be known, so both are refused.
  std::vector<std::set<std::string>> keys;
  std::string repeated;
  const auto watch = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
    using Event = nlohmann::json::parse_event_t;
    if (event == Event::object_start) keys.emplace_back();
    if (event == Event::object_end && !keys.empty()) keys.pop_back();
    if (event == Event::key && !keys.empty() && !keys.back().insert(parsed.get<std::string>()).second && repeated.empty()) {
      repeated = parsed.get<std::string>();
    }
    return true;
  };
  try {
    auto document = nlohmann::json::parse(text, watch);
    if (!repeated.empty()) throw InputError(origin, fmt::format("\"{}\"", repeated), "the key appears twice in one object");
    return document;
  } catch (const nlohmann::json::parse_error& error) {
    // The library's text starts with its own tag in brackets, which says nothing to the user.
    std::string_view what = error.what();
    if (const auto end = what.find("] "); end != std::string_view::npos) what.remove_prefix(end + 2);
    throw InputError(origin, "JSON", what);
  }
}

nlohmann::json read_json(const std::filesystem::path& file) {
  std::error_code failure;
  if (std::filesystem::is_directory(file, failure)) throw InputError(file.string(), "", "is a folder, not a JSON file");
  const auto size = std::filesystem::file_size(file, failure);
  if (failure) throw InputError(file.string(), "", fmt::format("cannot be read: {}", failure.message()));
  if (size > kLargestFile)
    throw InputError(file.string(), "size", fmt::format("{} bytes; at most {} are read", size, kLargestFile));
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream && size != 0) throw InputError(file.string(), "", "cannot be read");
  return parse_json(text.str(), file.string());
}

void JsonNode::refuse(std::string_view problem) const {
  const auto field = path_.empty() ? std::string("document") : path_;
  throw InputError(file_, field, fmt::format("{} (value {})", problem, shown(*value_)));
}

void JsonNode::expect_object(std::span<const std::string_view> keys) const {
  if (!value_->is_object()) refuse("an object is needed");
  for (const auto& [key, value] : value_->items()) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
      JsonNode(value, file_, path_.empty() ? key : path_ + "." + key).refuse("unknown key; known here: " + listed(keys));
    }
  }
}

void JsonNode::expect_array(std::size_t least, std::size_t most) const {
  if (!value_->is_array()) refuse("an array is needed");
  if (value_->size() < least || value_->size() > most) {
    refuse(fmt::format("has {} elements; {} to {} are allowed", value_->size(), least, most));
  }
}

std::optional<JsonNode> JsonNode::find(std::string_view key) const {
  const auto found = value_->find(std::string(key));
  if (found == value_->end()) return std::nullopt;
  return JsonNode(*found, file_, path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key));
}

JsonNode JsonNode::at(std::string_view key) const {
  if (auto found = find(key)) return *found;
  throw InputError(file_, path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key), "the field is missing");
}

JsonNode JsonNode::at(std::size_t index) const { return {value_->at(index), file_, fmt::format("{}[{}]", path_, index)}; }

std::int64_t JsonNode::integer(std::int64_t least, std::int64_t most) const {
  if (!value_->is_number_integer()) refuse("an integer is needed");
  const bool beyond = value_->is_number_unsigned() && value_->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
  if (beyond || value_->get<std::int64_t>() < least || value_->get<std::int64_t>() > most) {
    refuse(fmt::format("out of range, {} to {} are allowed", least, most));
  }
  return value_->get<std::int64_t>();
}

double JsonNode::real(double least, double most) const {
  if (!value_->is_number()) refuse("a number is needed");
  const auto number = value_->get<double>();
  if (!std::isfinite(number) || number < least || number > most) {
    refuse(fmt::format("out of range, {} to {} are allowed", least, most));
  }
  return number;
}

bool JsonNode::boolean() const {
  if (!value_->is_boolean()) refuse("true or false is needed");
  return value_->get<bool>();
}

std::string JsonNode::text() const {
  if (!value_->is_string()) refuse("a text is needed");
  return value_->get<std::string>();
}

std::size_t JsonNode::one_of(std::span<const std::string_view> names) const {
  if (value_->is_string()) {
    const auto found = std::find(names.begin(), names.end(), value_->get<std::string>());
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  }
  refuse("one of " + listed(names) + " is needed");
}

}  // namespace phasic::runtime
