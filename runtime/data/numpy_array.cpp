// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/numpy_array.hpp"

#include <algorithm>
#include <charconv>

#include "runtime/data/reader.hpp"

namespace phasic::runtime {
namespace {

/// Goes through the text of a header, which is a dictionary as Python writes it.
class HeaderText {
 public:
  HeaderText(std::string_view text, const std::string& origin) : text_(text), origin_(origin) {}

  /// Moves behind the value's key.
  void find(std::string_view key) {
    at_ = text_.find(fmt::format("'{}':", key));
    if (at_ == std::string_view::npos) refuse(fmt::format("has no '{}'", key));
    at_ += key.size() + 3;
  }
  [[nodiscard]] bool next_is(char sign) {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return at_ < text_.size() && text_[at_] == sign;
  }
  bool take(char sign) {
    const bool there = next_is(sign);
    if (there) ++at_;
    return there;
  }
  void need(char sign) {
    if (!take(sign)) refuse(fmt::format("'{}' is needed at byte {}", sign, at_));
  }
  std::string_view quoted() {
    const char quote = next_is('"') ? '"' : '\'';
    need(quote);
    const auto end = text_.find(quote, at_);
    if (end == std::string_view::npos) refuse("has a text without an end");
    const auto inside = text_.substr(at_, end - at_);
    at_ = end + 1;
    return inside;
  }
  std::uint64_t number() {
    (void)next_is('0');
    std::uint64_t value = 0;
    const auto [end, failure] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (failure != std::errc()) refuse(fmt::format("a number is needed at byte {}", at_));
    at_ = static_cast<std::size_t>(end - text_.data());
    return value;
  }
  [[noreturn]] void refuse(const std::string& problem) const { throw InputError(origin_, "header", problem); }

 private:
  std::string_view text_;
  const std::string& origin_;
  std::size_t at_ = 0;
};

/// One number, such as "<i8"; its place is behind those before it.
NumpyField number_of_type(std::string name, std::string_view type, std::size_t at, const std::string& origin) {
  NumpyField field{std::move(name), type.size() > 1 ? type[1] : '?', 0, at};
  const auto digits = type.substr(std::min<std::size_t>(2, type.size()));
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), field.bytes);
  const bool whole = failure == std::errc() && end == digits.data() + digits.size();
  // Bytes that fill up an element have no name.
  const bool padding = field.kind == 'V' && field.name.empty() && field.bytes <= UINT16_MAX;
  const bool number = (field.kind == 'i' || field.kind == 'u' || (field.kind == 'b' && field.bytes == 1)) &&
                      (field.bytes == 1 || field.bytes == 2 || field.bytes == 4 || field.bytes == 8) &&
                      (type[0] == '<' || (type[0] == '|' && field.bytes == 1));
  if (!whole || (!padding && !number))
    throw InputError(origin, field.name.empty() ? "descr" : fmt::format("descr: {}", field.name),
                     fmt::format("\"{}\"; whole numbers of 1, 2, 4 or 8 bytes in little endian are read", type.substr(0, 40)));
  return field;
}

}  // namespace

const NumpyField* NumpyArray::find(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.name == name; });
  return found != fields.end() ? &*found : nullptr;
}

std::int64_t NumpyArray::value(const NumpyField& field, std::size_t n) const {
  const auto bytes = data.subspan(n * element_bytes + field.at, field.bytes);
  std::uint64_t value = 0;
  for (std::size_t k = 0; k < bytes.size(); ++k) value |= std::uint64_t{bytes[k]} << (8 * k);
  const auto unused = 64 - 8 * static_cast<unsigned>(field.bytes);
  return field.kind == 'i' ? static_cast<std::int64_t>(value << unused) >> unused : static_cast<std::int64_t>(value);
}

NumpyArray read_numpy_array(const StoredFile& file) {
  constexpr std::string_view kMagic = "\x93NUMPY";
  Reader reader(file.bytes, file.origin);
  const auto magic = reader.take(kMagic.size(), "magic");
  if (!std::equal(magic.begin(), magic.end(), kMagic.begin(),
                  [](std::uint8_t byte, char sign) { return byte == static_cast<std::uint8_t>(sign); }))
    throw InputError(file.origin, "magic", "no array of numpy");
  const auto version = reader.little_endian(1, "version");
  (void)reader.take(1, "version");
  if (version < 1 || version > 3) throw InputError(file.origin, "version", fmt::format("{}; 1 to 3 are read", version));
  const auto size = reader.little_endian(version == 1 ? 2 : 4, "header size");
  const auto bytes = reader.take(size, "header");
  HeaderText text({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file.origin);
  NumpyArray array;
  const auto add = [&](std::string name, std::string_view type) {
    auto field = number_of_type(std::move(name), type, array.element_bytes, file.origin);
    array.element_bytes += field.bytes;
    if (field.kind != 'V') array.fields.push_back(std::move(field));
  };
  text.find("descr");
  if (text.take('[')) {
    while (!text.take(']')) {
      text.need('(');
      std::string name(text.quoted());
      text.need(',');
      const auto type = text.quoted();
      if (!text.take(')')) text.refuse(fmt::format("'{}' is an array in an array, which is not read", name));
      add(std::move(name), type);
      (void)text.take(',');
    }
  } else {
    add({}, text.quoted());
  }
  if (array.fields.empty()) text.refuse("'descr' has no numbers");
  text.find("shape");
  text.need('(');
  array.count = text.number();
  (void)text.take(',');
  if (!text.take(')')) text.refuse("'shape' has several dimensions; one is read");
  if (array.count > reader.left() || array.count * array.element_bytes != reader.left()) {
    throw InputError(
        file.origin, "shape",
        fmt::format("{} elements of {} bytes, but {} bytes follow", array.count, array.element_bytes, reader.left()));
  }
  array.data = reader.take(reader.left(), "elements");
  return array;
}

}  // namespace phasic::runtime
