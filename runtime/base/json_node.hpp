// SPDX-License-Identifier: Apache-2.0
/// Strict reading of JSON: every refusal names the file, the path of the field and the value found there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace phasic::runtime {

/// Reads a JSON file; refuses bad syntax, numbers that no double holds, keys that appear twice, nesting more than 64 deep, and
/// files above 16 MiB. Throws InputError with the place.
[[nodiscard]] nlohmann::json read_json(const std::filesystem::path& file);

/// The same for a text; `origin` takes the file's place in messages. `first_line` is where the text begins in it.
[[nodiscard]] nlohmann::json parse_json(std::string_view text, const std::string& origin, std::size_t first_line = 1);

/// A value in a JSON document together with where it stands. The document must outlive it.
class JsonNode {
 public:
  /// `path` is empty for the document itself, else such as "layers[0].threshold".
  JsonNode(const nlohmann::json& value, std::string file, std::string path)
      : value_(&value), file_(std::move(file)), path_(std::move(path)) {}

  [[nodiscard]] const nlohmann::json& value() const { return *value_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Refuses a value that is not an object, and an object with a key that is not in the list.
  void expect_object(std::span<const std::string_view> keys) const;
  void expect_object(std::initializer_list<std::string_view> keys) const {
    expect_object(std::span(keys.begin(), keys.size()));
  }
  /// Refuses a value that is not an array with `least` to `most` elements.
  void expect_array(std::size_t least, std::size_t most) const;

  [[nodiscard]] std::optional<JsonNode> find(std::string_view key) const;
  /// Refuses an object without the key.
  [[nodiscard]] JsonNode at(std::string_view key) const;
  [[nodiscard]] JsonNode at(std::size_t index) const;

  /// Ranges are inclusive. A number such as 3.0 is not an integer.
  [[nodiscard]] std::int64_t integer(std::int64_t least, std::int64_t most) const;
  [[nodiscard]] double real(double least, double most) const;
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::string text() const;
  /// Place of the text in the list.
  [[nodiscard]] std::size_t one_of(std::span<const std::string_view> names) const;

  /// Throws InputError: file, path, the value, and what is wrong with it.
  [[noreturn]] void refuse(std::string_view problem) const;

 private:
  const nlohmann::json* value_;
  std::string file_;
  std::string path_;
};

}  // namespace phasic::runtime
