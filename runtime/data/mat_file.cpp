// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/mat_file.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <optional>
#include <set>
#include <string>

#include "runtime/data/left_out.hpp"
#include "runtime/data/reader.hpp"

namespace phasic::runtime {
namespace {

constexpr std::size_t kMostNumbers = std::size_t{1} << 26, kLargestVariable = std::size_t{1} << 29;

/// Types of elements that are no numbers.
constexpr std::uint32_t kInt8 = 1, kInt32 = 5, kUint32 = 6, kMatrix = 14, kCompressed = 15, kUtf8 = 16;

struct Element {
  std::uint32_t type = 0;
  std::span<const std::uint8_t> bytes;
};

/// Elements one behind the other: type, size, bytes.
class Elements {
 public:
  Elements(std::span<const std::uint8_t> bytes, const std::string& origin, bool big) : reader_(bytes, origin), big_(big) {}

  [[nodiscard]] bool at_end() const { return reader_.left() == 0; }
  [[nodiscard]] bool is_big() const { return big_; }
  [[nodiscard]] const std::string& origin() const { return reader_.origin(); }

  [[nodiscard]] Element next(const std::string& field) {
    const auto word = static_cast<std::uint32_t>(number(4, field));
    // A small element has its size in the upper half and its bytes in place of the size.
    if (const auto size = word >> 16; size != 0) {
      if (size > 4) refuse(field, fmt::format("a small element of {} bytes; 4 have room", size));
      return {word & 0xffff, reader_.take(4, field).first(size)};
    }
    const auto size = number(4, field);
    const Element element{word, reader_.take(size, field)};
    if (word != kCompressed) (void)reader_.take(std::min<std::size_t>((8 - size % 8) % 8, reader_.left()), field);
    return element;
  }

  /// The next element, which has to be of one of two types.
  [[nodiscard]] Element next_of(std::uint32_t type, std::uint32_t other, const std::string& field) {
    const auto element = next(field);
    if (element.type != type && element.type != other)
      refuse(field, fmt::format("an element of type {}; {} is needed", element.type, type));
    return element;
  }

  [[nodiscard]] std::uint64_t word_in(std::span<const std::uint8_t> bytes) const {
    std::uint64_t value = 0;
    for (std::size_t n = 0; n < bytes.size(); ++n) value |= std::uint64_t{bytes[n]} << 8 * (big_ ? bytes.size() - 1 - n : n);
    return value;
  }

  [[noreturn]] void refuse(const std::string& field, const std::string& problem) const {
    throw InputError(reader_.origin(), field, problem);
  }

 private:
  [[nodiscard]] std::uint64_t number(std::size_t count, const std::string& field) {
    return big_ ? reader_.big_endian(count, field) : reader_.little_endian(count, field);
  }

  Reader reader_;
  bool big_;
};

/// How numbers of a type of elements are stored.
struct Numbers {
  std::size_t bytes = 0;
  enum { kUnsigned, kSigned, kReal } kind = kUnsigned;
};

std::optional<Numbers> numbers_of(std::uint32_t type) {
  switch (type) {
    case 1:
      return Numbers{1, Numbers::kSigned};
    case 2:
      return Numbers{1, Numbers::kUnsigned};
    case 3:
      return Numbers{2, Numbers::kSigned};
    case 4:
      return Numbers{2, Numbers::kUnsigned};
    case 5:
      return Numbers{4, Numbers::kSigned};
    case 6:
      return Numbers{4, Numbers::kUnsigned};
    case 7:
      return Numbers{4, Numbers::kReal};
    case 9:
      return Numbers{8, Numbers::kReal};
    case 12:
      return Numbers{8, Numbers::kSigned};
    case 13:
      return Numbers{8, Numbers::kUnsigned};
    default:
      return std::nullopt;
  }
}

double number_in_word(std::uint64_t word, const Numbers& how) {
  switch (how.kind) {
    case Numbers::kReal:
      return how.bytes == 4 ? std::bit_cast<float>(static_cast<std::uint32_t>(word)) : std::bit_cast<double>(word);
    case Numbers::kSigned: {
      const auto unused = 64 - 8 * how.bytes;
      return static_cast<double>(static_cast<std::int64_t>(word << unused) >> unused);
    }
    case Numbers::kUnsigned:
      break;
  }
  return static_cast<double>(word);
}

std::vector<std::uint8_t> inflated(std::span<const std::uint8_t> packed, const std::string& origin) {
  constexpr std::size_t kPiece = 1 << 16;
  z_stream unpacker{};
  if (inflateInit(&unpacker) != Z_OK) throw InputError(origin, "zlib", "cannot start");
  const struct End {
    z_stream* stream;
    ~End() { inflateEnd(stream); }
  } end{&unpacker};
  std::vector<std::uint8_t> bytes;
  unpacker.next_in = const_cast<Bytef*>(packed.data());
  unpacker.avail_in = static_cast<uInt>(packed.size());
  int status = Z_OK;
  while (status == Z_OK) {
    const auto before = bytes.size();
    bytes.resize(before + kPiece);
    unpacker.next_out = bytes.data() + before;
    unpacker.avail_out = kPiece;
    status = inflate(&unpacker, Z_NO_FLUSH);
    bytes.resize(before + kPiece - unpacker.avail_out);
    if (bytes.size() > kLargestVariable)
      throw InputError(origin, "zlib", fmt::format("a variable unpacks to more than {} bytes", kLargestVariable));
  }
  if (status == Z_BUF_ERROR)
    throw InputError(origin, "zlib", fmt::format("the stream ends early, after {} unpacked bytes", bytes.size()));
  if (status != Z_STREAM_END)
    throw InputError(
        origin, "zlib",
        fmt::format("damaged after {} unpacked bytes: {}", bytes.size(), unpacker.msg ? unpacker.msg : "bad data"));
  return bytes;
}

/// Reads the parts of a matrix behind its name. Its sides were told before it.
MatMatrix matrix_of(Elements& parts, std::uint32_t flags, const Element& sides, const std::string& name) {
  constexpr std::uint32_t kFirstOfNumbers = 6, kLastOfNumbers = 15, kComplex = 0x0800;
  const auto kind = flags & 0xff;
  if (kind < kFirstOfNumbers || kind > kLastOfNumbers)
    parts.refuse(name + ": class",
                 fmt::format("{}; {} to {}, full matrices of numbers, are read", kind, kFirstOfNumbers, kLastOfNumbers));
  if ((flags & kComplex) != 0) parts.refuse(name + ": flags", "complex numbers; real ones are read");
  if (sides.bytes.size() != 8)
    parts.refuse(name + ": dimensions", fmt::format("{} bytes; the 8 of two are needed", sides.bytes.size()));
  MatMatrix matrix{parts.word_in(sides.bytes.first(4)), parts.word_in(sides.bytes.last(4)), {}};
  if (matrix.rows != 0 && matrix.columns > kMostNumbers / matrix.rows)
    parts.refuse(name + ": dimensions",
                 fmt::format("{} x {}; at most {} numbers are read", matrix.rows, matrix.columns, kMostNumbers));
  const auto count = matrix.rows * matrix.columns;
  const auto stored = parts.next(name + ": numbers");
  const auto how = numbers_of(stored.type);
  if (!how) parts.refuse(name + ": numbers", fmt::format("an element of type {}, which is not of numbers", stored.type));
  if (stored.bytes.size() != count * how->bytes)
    parts.refuse(name + ": numbers", fmt::format("{} bytes; {} x {} of {} bytes are needed", stored.bytes.size(), matrix.rows,
                                                 matrix.columns, how->bytes));
  matrix.values.reserve(count);
  for (std::size_t n = 0; n < count; ++n)
    matrix.values.push_back(number_in_word(parts.word_in(stored.bytes.subspan(n * how->bytes, how->bytes)), *how));
  return matrix;
}

/// The matrix, if the variable has the name; what it is called goes to `names`.
std::optional<MatMatrix> matrix_named(std::span<const std::uint8_t> variable, const Elements& from, const std::string& wanted,
                                      std::set<std::string>& names) {
  Elements parts(variable, from.origin(), from.is_big());
  const auto flags = parts.next_of(kUint32, kUint32, "array flags");
  if (flags.bytes.size() != 8) parts.refuse("array flags", fmt::format("{} bytes; 8 are needed", flags.bytes.size()));
  const auto sides = parts.next_of(kInt32, kUint32, "dimensions");
  const auto letters = parts.next_of(kInt8, kUtf8, "name").bytes;
  const std::string name(letters.begin(), letters.end());
  names.insert(name);
  if (name != wanted) return std::nullopt;
  return matrix_of(parts, static_cast<std::uint32_t>(parts.word_in(flags.bytes.first(4))), sides, name);
}

}  // namespace

MatMatrix read_mat_matrix(const StoredFile& file, std::string_view name) {
  constexpr std::size_t kTextBytes = 124;
  constexpr std::uint64_t kVersion = 0x0100;
  Reader header(file.bytes, file.origin);
  (void)header.take(kTextBytes, "header");
  const auto version = header.take(2, "version"), order = header.take(2, "byte order");
  const bool big = order[0] == 'M' && order[1] == 'I';
  if (!big && (order[0] != 'I' || order[1] != 'M'))
    throw InputError(file.origin, "byte order", fmt::format("{:#04x} {:#04x}; \"IM\" or \"MI\" is needed", order[0], order[1]));
  Elements variables(std::span(file.bytes).subspan(header.at()), file.origin, big);
  if (const auto number = variables.word_in(version); number != kVersion)
    throw InputError(file.origin, "version",
                     fmt::format("{:#06x}; {:#06x} is read, which MATLAB saves as -v6 and -v7", number, kVersion));
  const std::string wanted(name);
  std::set<std::string> names;
  while (!variables.at_end()) {
    auto element = variables.next("variable");
    std::vector<std::uint8_t> unpacked;
    if (element.type == kCompressed) {
      unpacked = inflated(element.bytes, file.origin);
      element = Elements(unpacked, file.origin, big).next("variable");
    }
    if (element.type != kMatrix) continue;
    if (auto matrix = matrix_named(element.bytes, variables, wanted, names)) return std::move(*matrix);
  }
  throw InputError(file.origin, wanted,
                   names.empty() ? "there are no variables" : fmt::format("is not among the variables: {}", some_names(names)));
}

}  // namespace phasic::runtime
