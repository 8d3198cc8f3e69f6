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

constexpr std::uintmax_t kLargestDocument = 16u << 20;
constexpr std::size_t kLargestShown = 60;
constexpr std::size_t kLargestProblem = 300;
constexpr std::size_t kDeepest = 64;  // no document of the program comes near; recursion over it takes little of a stack

std::string shortened(std::string text, std::size_t most) {
  if (text.size() > most) text = text.substr(0, most) + "...";
  return text;
}

std::string shown(const nlohmann::json& value) { return shortened(json_text(value), kLargestShown); }

std::string listed(std::span<const std::string_view> names) {
  std::string text;
  for (const auto name : names) text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", name);
  return text;
}

/// "line 3, column 7" of the character before a place in a text.
std::string place_of(std::string_view text, std::size_t position, std::size_t first_line) {
  const auto before = text.substr(0, std::min(position, text.size()));
  const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const auto last = before.rfind('\n');
  return fmt::format("line {}, column {}", first_line + line,
                     last == std::string_view::npos ? before.size() : before.size() - last - 1);
}

/// Place of the bracket that opens the level after `depth` of a text that is valid until there.
std::size_t first_deeper(std::string_view text, std::size_t depth) {
  bool in_string = false;
  std::size_t open = 0;
  for (std::size_t n = 0; n < text.size(); ++n) {
    if (in_string && text[n] == '\\') {
      ++n;
    } else if (text[n] == '"') {
      in_string = !in_string;
    } else if (!in_string && (text[n] == '[' || text[n] == '{')) {
      if (open++ == depth) return n;
    } else if (!in_string && (text[n] == ']' || text[n] == '}')) {
      --open;
    }
  }
  return text.size();
}

/// Refuses what cannot be taken as a document: bad syntax, numbers that no double holds, deep nesting, repeated keys.
class Check final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Check(std::string_view text, const std::string& origin, std::size_t first_line)
      : text_(text), origin_(origin), first_line_(first_line) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t) override { return true; }
  bool number_unsigned(std::uint64_t) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(nlohmann::json::binary_t&) override { return true; }
  bool start_object(std::size_t) override { return enter(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool key(std::string& name) override {
    if (!keys_.back().insert(name).second)
      throw InputError(origin_, fmt::format("\"{}\"", name), "the key appears twice in one object");
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& error) override {
    // The library's text starts with its own tag in brackets and, for some errors, with the place in it.
    std::string_view what = error.what();
    if (const auto end = what.find("] "); end != std::string_view::npos) what.remove_prefix(end + 2);
    constexpr std::string_view kPlace = "parse error at line ";
    if (const auto end = what.find(": "); what.starts_with(kPlace) && end != std::string_view::npos)
      what.remove_prefix(end + 2);
    throw InputError(origin_, "JSON, " + place_of(text_, position, first_line_), shortened(std::string(what), kLargestProblem));
  }

 private:
  bool enter() {
    if (keys_.size() == kDeepest)
      throw InputError(origin_, "JSON, " + place_of(text_, first_deeper(text_, kDeepest) + 1, first_line_),
                       fmt::format("objects and arrays are nested more than {} deep", kDeepest));
    keys_.emplace_back();
    return true;
  }
  bool leave() {
    keys_.pop_back();
    return true;
  }

  std::string_view text_;
  const std::string& origin_;
  std::size_t first_line_;
  std::vector<std::set<std::string>> keys_;  ///< of the objects and arrays that are open; none in an array
};

}  // namespace

nlohmann::json parse_json(std::string_view text, const std::string& origin, std::size_t first_line) {
  // Checked before it is built: the library's document copies, prints and compares itself by recursion, and keeps the last of
  // two equal keys, where it cannot be known which one was meant.
  Check check(text, origin, first_line);
  (void)nlohmann::json::sax_parse(text, &check);
  return nlohmann::json::parse(text);
}

nlohmann::json read_json(const std::filesystem::path& file) {
  std::error_code failure;
  if (std::filesystem::is_directory(file, failure)) throw InputError(file.string(), "", "is a folder, not a JSON file");
  const auto size = std::filesystem::file_size(file, failure);
  if (failure) throw InputError(file.string(), "", fmt::format("cannot be read: {}", failure.message()));
  if (size > kLargestDocument)
    throw InputError(file.string(), "size", fmt::format("{} bytes; at most {} are read", size, kLargestDocument));
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
