// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/idx.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <span>

#include "runtime/base/error.hpp"

namespace phasic::runtime {
namespace {

constexpr std::uint64_t kLargestArray = std::uint64_t{1} << 31;
constexpr std::size_t kWholePiece = 1 << 20;

/// Bytes of a file, unpacked if it is a gzip stream.
class Source {
 public:
  explicit Source(const std::filesystem::path& file) : name_(file.string()), stream_(file, std::ios::binary) {
    std::error_code failure;
    if (std::filesystem::is_directory(file, failure)) throw InputError(name_, "", "is a folder, not an IDX file");
    if (!stream_) throw InputError(name_, "", "cannot be opened");
    refill();
    packed_ = available_ >= 2 && buffer_[0] == 0x1f && buffer_[1] == 0x8b;
    if (packed_) {
      // 16 + 15: a gzip header is needed, with the largest window.
      if (inflateInit2(&unpacker_, 16 + MAX_WBITS) != Z_OK) throw InputError(name_, "gzip", "zlib cannot start");
    }
  }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  ~Source() {
    if (packed_) inflateEnd(&unpacker_);
  }

  /// Bytes delivered, fewer than asked for only at the end.
  std::size_t read(std::span<std::uint8_t> to) { return packed_ ? unpack(to) : copy(to); }

 private:
  void refill() {
    stream_.read(reinterpret_cast<char*>(buffer_.data()), static_cast<std::streamsize>(buffer_.size()));
    available_ = static_cast<std::size_t>(stream_.gcount());
    at_ = 0;
    if (stream_.bad()) throw InputError(name_, "", "cannot be read");
  }

  std::size_t copy(std::span<std::uint8_t> to) {
    std::size_t done = 0;
    while (done < to.size()) {
      if (at_ == available_) refill();
      if (available_ == 0) break;
      const auto part = std::min(to.size() - done, available_ - at_);
      std::copy_n(buffer_.data() + at_, part, to.data() + done);
      at_ += part;
      done += part;
    }
    return done;
  }

  std::size_t unpack(std::span<std::uint8_t> to) {
    unpacker_.next_out = to.data();
    unpacker_.avail_out = static_cast<uInt>(to.size());
    while (unpacker_.avail_out > 0 && !ended_) {
      if (at_ == available_) refill();
      if (available_ == 0)
        throw InputError(name_, "gzip", fmt::format("the stream ends early, after {} unpacked bytes", unpacked(to)));
      unpacker_.next_in = buffer_.data() + at_;
      unpacker_.avail_in = static_cast<uInt>(available_ - at_);
      const int status = inflate(&unpacker_, Z_NO_FLUSH);
      at_ = available_ - unpacker_.avail_in;
      if (status == Z_STREAM_END) {
        next_member();
      } else if (status != Z_OK) {
        throw InputError(
            name_, "gzip",
            fmt::format("damaged after {} unpacked bytes: {}", unpacked(to), unpacker_.msg ? unpacker_.msg : "bad data"));
      }
    }
    const auto done = to.size() - unpacker_.avail_out;
    before_ += done;
    return done;
  }

  [[nodiscard]] std::uint64_t unpacked(std::span<std::uint8_t> to) const { return before_ + to.size() - unpacker_.avail_out; }

  /// A gzip file may consist of several that stand one behind the other.
  void next_member() {
    if (at_ == available_) refill();
    ended_ = available_ == at_;
    if (ended_) return;
    if (buffer_[at_] != 0x1f) throw InputError(name_, "gzip", "there are bytes after the end of the stream");
    if (inflateReset(&unpacker_) != Z_OK) throw InputError(name_, "gzip", "zlib cannot start");
  }

  std::string name_;
  std::ifstream stream_;
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(1 << 16);
  std::size_t available_ = 0, at_ = 0;
  std::uint64_t before_ = 0;  // bytes that were delivered
  bool packed_ = false, ended_ = false;
  z_stream unpacker_{};
};

std::uint32_t read_word(Source& source, const std::string& file, const std::string& field) {
  std::array<std::uint8_t, 4> bytes;
  if (const auto got = source.read(bytes); got != bytes.size()) {
    throw InputError(file, field, fmt::format("the file ends in its header ({} of 4 bytes of the field are there)", got));
  }
  return (std::uint32_t{bytes[0]} << 24) | (std::uint32_t{bytes[1]} << 16) | (std::uint32_t{bytes[2]} << 8) | bytes[3];
}

}  // namespace

IdxArray read_idx(const std::filesystem::path& file, unsigned rank) {
  const auto name = file.string();
  Source source(file);
  const std::uint32_t wanted = 0x0800 + rank;
  if (const auto magic = read_word(source, name, "magic"); magic != wanted) {
    throw InputError(name, "magic",
                     fmt::format("{:#010x}; {:#010x} is needed (unsigned bytes, {} dimension{})", magic, wanted, rank,
                                 rank == 1 ? "" : "s"));
  }
  IdxArray array;
  std::uint64_t size = 1;
  for (unsigned n = 0; n < rank; ++n) {
    const auto field = fmt::format("dimension {}", n);
    array.dimensions.push_back(read_word(source, name, field));
    if (array.dimensions.back() == 0) throw InputError(name, field, "0; at least 1 is needed");
    size *= array.dimensions.back();
    if (size > kLargestArray) {
      throw InputError(name, field,
                       fmt::format("{} makes the array larger than {} bytes", array.dimensions.back(), kLargestArray));
    }
  }
  // The header may lie: memory is taken only as the bytes arrive.
  while (array.bytes.size() < size) {
    const auto part = std::min<std::uint64_t>(kWholePiece, size - array.bytes.size());
    const auto before = array.bytes.size();
    array.bytes.resize(before + part);
    const auto got = source.read(std::span(array.bytes).subspan(before));
    if (got != part) {
      throw InputError(name, "data",
                       fmt::format("the file ends after {} bytes; its dimensions ask for {}", before + got, size));
    }
  }
  std::array<std::uint8_t, 1> extra;
  if (source.read(extra) != 0)
    throw InputError(name, "data", fmt::format("there are bytes after the {} that the dimensions ask for", size));
  return array;
}

}  // namespace phasic::runtime
