// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/packed_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/error.hpp"

namespace phasic::runtime {

PackedFile::PackedFile(const std::filesystem::path& file) : name_(file.string()), stream_(file, std::ios::binary) {
  std::error_code failure;
  if (std::filesystem::is_directory(file, failure)) throw InputError(name_, "", "is a folder, not a file");
  if (!stream_) throw InputError(name_, "", "cannot be opened");
  refill();
  packed_ = available_ >= 2 && buffer_[0] == 0x1f && buffer_[1] == 0x8b;
  if (packed_) {
    // 16 + 15: a gzip header is needed, with the largest window.
    if (inflateInit2(&unpacker_, 16 + MAX_WBITS) != Z_OK) throw InputError(name_, "gzip", "zlib cannot start");
  }
}

PackedFile::~PackedFile() {
  if (packed_) inflateEnd(&unpacker_);
}

void PackedFile::refill() {
  stream_.read(reinterpret_cast<char*>(buffer_.data()), static_cast<std::streamsize>(buffer_.size()));
  available_ = static_cast<std::size_t>(stream_.gcount());
  at_ = 0;
  if (stream_.bad()) throw InputError(name_, "", "cannot be read");
}

std::size_t PackedFile::copy(std::span<std::uint8_t> to) {
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

std::size_t PackedFile::unpack(std::span<std::uint8_t> to) {
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

/// A gzip file may consist of several that stand one behind the other.
void PackedFile::next_member() {
  if (at_ == available_) refill();
  ended_ = available_ == at_;
  if (ended_) return;
  if (buffer_[at_] != 0x1f) throw InputError(name_, "gzip", "there are bytes after the end of the stream");
  if (inflateReset(&unpacker_) != Z_OK) throw InputError(name_, "gzip", "zlib cannot start");
}

}  // namespace phasic::runtime
