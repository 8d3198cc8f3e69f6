// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/unpack.hpp"

#include <fmt/format.h>
#include <lz4frame.h>
#include <zstd.h>

#include <memory>
#include <new>

#include "runtime/base/error.hpp"

namespace phasic::runtime {
namespace {

constexpr std::size_t kChunk = 1 << 16;

void check_limit(std::size_t size, std::size_t limit, const std::string& origin) {
  if (size > limit) throw InputError(origin, "size", fmt::format("unpacks to more than {} bytes", limit));
}

std::vector<std::uint8_t> unpack_lz4(std::span<const std::uint8_t> packed, std::size_t limit, const std::string& origin) {
  LZ4F_dctx* raw = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&raw, LZ4F_VERSION)) != 0) throw std::bad_alloc();
  const std::unique_ptr<LZ4F_dctx, LZ4F_errorCode_t (*)(LZ4F_dctx*)> context(raw, LZ4F_freeDecompressionContext);
  std::vector<std::uint8_t> bytes;
  std::size_t at = 0, more = 1;
  while (more != 0) {
    const auto before = bytes.size();
    bytes.resize(before + kChunk);
    std::size_t out = kChunk, in = packed.size() - at;
    more = LZ4F_decompress(context.get(), bytes.data() + before, &out, packed.data() + at, &in, nullptr);
    if (LZ4F_isError(more) != 0)
      throw InputError(origin, "LZ4", fmt::format("damaged after {} unpacked bytes: {}", before, LZ4F_getErrorName(more)));
    bytes.resize(before + out);
    at += in;
    check_limit(bytes.size(), limit, origin);
    if (more != 0 && in == 0 && out == 0)
      throw InputError(origin, "LZ4", fmt::format("the frame ends early, after {} unpacked bytes", bytes.size()));
  }
  if (at != packed.size())
    throw InputError(origin, "LZ4", fmt::format("{} bytes follow the end of the frame", packed.size() - at));
  return bytes;
}

std::vector<std::uint8_t> unpack_zstd(std::span<const std::uint8_t> packed, std::size_t limit, const std::string& origin) {
  const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  if (!context) throw std::bad_alloc();
  std::vector<std::uint8_t> bytes;
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  std::size_t more = 1;
  while (more != 0) {
    const auto before = bytes.size(), taken = in.pos;
    bytes.resize(before + kChunk);
    ZSTD_outBuffer out{bytes.data() + before, kChunk, 0};
    more = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(more) != 0)
      throw InputError(origin, "Zstandard",
                       fmt::format("damaged after {} unpacked bytes: {}", before, ZSTD_getErrorName(more)));
    bytes.resize(before + out.pos);
    check_limit(bytes.size(), limit, origin);
    if (more != 0 && out.pos == 0 && in.pos == taken)
      throw InputError(origin, "Zstandard", fmt::format("the frame ends early, after {} unpacked bytes", bytes.size()));
  }
  if (in.pos != in.size)
    throw InputError(origin, "Zstandard", fmt::format("{} bytes follow the end of the frame", in.size - in.pos));
  return bytes;
}

}  // namespace

std::vector<std::uint8_t> unpack(std::span<const std::uint8_t> packed, Packing packing, std::size_t limit,
                                 const std::string& origin) {
  switch (packing) {
    case Packing::kNone:
      return {packed.begin(), packed.end()};
    case Packing::kLz4:
    case Packing::kLz4High:
      return unpack_lz4(packed, limit, origin);
    case Packing::kZstd:
    case Packing::kZstdHigh:
      return unpack_zstd(packed, limit, origin);
  }
  throw InputError(origin, "compression", fmt::format("{}; 0 to 4 are known", static_cast<int>(packing)));
}

}  // namespace phasic::runtime
