// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/sound.hpp"

#include <fmt/format.h>
#include <samplerate.h>
#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>

#include "runtime/data/reader.hpp"

namespace phasic::runtime {
namespace {

constexpr int kLowestRate = 1000, kHighestRate = 384'000;
constexpr int kLongestSeconds = 600;
constexpr float kLoudest = 1e12f;  // full scale is 1, or 2^31 of careless programs; powers stay within numbers

/// Bytes in memory as a file of libsndfile.
struct MemoryFile {
  std::span<const std::uint8_t> bytes;
  sf_count_t at = 0;

  static MemoryFile& of(void* user) { return *static_cast<MemoryFile*>(user); }
  static sf_count_t size(void* user) { return static_cast<sf_count_t>(of(user).bytes.size()); }
  static sf_count_t tell(void* user) { return of(user).at; }
  static sf_count_t seek(sf_count_t offset, int whence, void* user) {
    auto& file = of(user);
    const auto base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file.at : size(user);
    file.at = std::clamp<sf_count_t>(base + offset, 0, size(user));
    return file.at;
  }
  static sf_count_t read(void* to, sf_count_t count, void* user) {
    auto& file = of(user);
    const auto part = std::clamp<sf_count_t>(count, 0, size(user) - file.at);
    std::copy_n(file.bytes.begin() + file.at, part, static_cast<std::uint8_t*>(to));
    file.at += part;
    return part;
  }
  static sf_count_t write(const void*, sf_count_t, void*) { return 0; }
};

/// The library shortens a truncated file silently, so its header is looked at first. Programs that write to a pipe cannot go
/// back to fill in sizes and leave the largest number there, or one near 2 GiB: the library then reads to the end of the file.
void check_header(const StoredFile& file) {
  Reader reader(file.bytes, file.origin);
  const auto tag = [&](std::string_view field) {
    const auto bytes = reader.take(4, field);
    return std::string(bytes.begin(), bytes.end());
  };
  const auto wanted = [&](std::string_view field, const std::string& found, std::string_view right) {
    if (found != right) throw InputError(file.origin, field, fmt::format("not \"{}\"; this is no WAV file", right));
  };
  wanted("magic", tag("magic"), "RIFF");
  (void)reader.little_endian(4, "RIFF size");
  wanted("form", tag("form"), "WAVE");
  while (true) {
    const auto chunk = tag("chunk");
    const auto size = reader.little_endian(4, "chunk size");
    if (chunk == "data") {
      // Above the size of any file that is read here; sox writes 0x7ffff000 less its header, arecord 0x7fffffff or more.
      constexpr std::uint64_t kUnknownSize = 0x7fff'0000;
      if (size <= reader.left() || size >= kUnknownSize) return;
      throw InputError(file.origin, "data",
                       fmt::format("the header says {} bytes, but {} are there: the file is truncated", size, reader.left()));
    }
    (void)reader.take(size + (size & 1), fmt::format("chunk \"{}\"", chunk.c_str()));
  }
}

}  // namespace

Sound decode_wav(const StoredFile& file) {
  check_header(file);
  MemoryFile memory{file.bytes};
  SF_VIRTUAL_IO access{MemoryFile::size, MemoryFile::seek, MemoryFile::read, MemoryFile::write, MemoryFile::tell};
  SF_INFO info{};
  const std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> sound(sf_open_virtual(&access, SFM_READ, &info, &memory), sf_close);
  if (!sound) throw InputError(file.origin, "WAV", sf_strerror(nullptr));
  if (info.samplerate < kLowestRate || info.samplerate > kHighestRate)
    throw InputError(file.origin, "sample rate",
                     fmt::format("{}; {} to {} are read", info.samplerate, kLowestRate, kHighestRate));
  if (info.frames == 0) throw InputError(file.origin, "data", "there are no samples");
  if (info.frames > sf_count_t{info.samplerate} * kLongestSeconds)
    throw InputError(file.origin, "data", fmt::format("{} samples are more than {} seconds", info.frames, kLongestSeconds));
  const auto channels = static_cast<std::size_t>(info.channels);
  std::vector<float> all(static_cast<std::size_t>(info.frames) * channels);
  if (sf_readf_float(sound.get(), all.data(), info.frames) != info.frames)
    throw InputError(file.origin, "WAV", fmt::format("damaged: {}", sf_strerror(sound.get())));
  Sound result{static_cast<std::uint32_t>(info.samplerate), {}};
  result.samples.resize(static_cast<std::size_t>(info.frames));
  for (std::size_t n = 0; n < result.samples.size(); ++n) {
    float sum = 0;
    for (std::size_t c = 0; c < channels; ++c) {
      const float value = all[n * channels + c];
      if (!(std::abs(value) <= kLoudest))
        throw InputError(file.origin, fmt::format("frame {}", n), fmt::format("{}; at most {} is read", value, kLoudest));
      sum += value;
    }
    result.samples[n] = sum / static_cast<float>(channels);
  }
  return result;
}

Sound resampled(const Sound& sound, std::uint32_t rate) {
  if (sound.rate == rate || sound.samples.empty()) return {rate, sound.samples};
  const double ratio = static_cast<double>(rate) / sound.rate;
  Sound result{rate, {}};
  result.samples.resize(static_cast<std::size_t>(static_cast<double>(sound.samples.size()) * ratio) + 16);
  SRC_DATA work{};
  work.data_in = sound.samples.data();
  work.input_frames = static_cast<long>(sound.samples.size());
  work.data_out = result.samples.data();
  work.output_frames = static_cast<long>(result.samples.size());
  work.src_ratio = ratio;
  if (const int failure = src_simple(&work, SRC_SINC_MEDIUM_QUALITY, 1); failure != 0) {
    throw InputError("", "sample rate", fmt::format("{} cannot become {}: {}", sound.rate, rate, src_strerror(failure)));
  }
  result.samples.resize(static_cast<std::size_t>(work.output_frames_gen));
  return result;
}

}  // namespace phasic::runtime
