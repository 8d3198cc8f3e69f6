// SPDX-License-Identifier: Apache-2.0
// Test bench of the HLS top function for C simulation and co-simulation: it calls the kernel on the runs of a vector file,
// which the C++ reference made (tests/hls/vitis/make_vectors.cpp), and compares every bit that the contract fixes. Standard
// library only, so that the compilers that come with Vitis HLS take it.
#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <vector>

#include "hls/top.hpp"

namespace {

constexpr unsigned kDepth = 1024;  // lines of a buffer, as in the pragmas of hls/kernel.cpp
constexpr unsigned kBuffers = phasic::hls::kBuffers;
constexpr std::uint32_t kMagic = 0x56534850;  // the bytes 'PHSV'

using Words = std::vector<std::uint32_t>;

struct Buffer {
  std::uint32_t bytes;
  Words before, after;
};

std::uint32_t read_word(std::ifstream& file) {
  std::array<unsigned char, 4> bytes = {};
  file.read(reinterpret_cast<char*>(bytes.data()), bytes.size());
  return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | static_cast<std::uint32_t>(bytes[3]) << 24;
}

Words read_words(std::ifstream& file, std::uint32_t count) {
  Words words(count);
  for (std::uint32_t at = 0; at < count; ++at) words[at] = read_word(file);
  return words;
}

void to_lines(const Words& words, std::vector<phasic::hls::Line>& lines) {
  for (unsigned at = 0; at < words.size(); ++at) phasic::hls::set_word(lines[at / 16], at % 16, words[at]);
}

// The number of the first word that differs, or the number of words. Words of timing counters are not compared.
unsigned first_difference(const Words& expected, const std::vector<phasic::hls::Line>& lines, const Words* compared) {
  for (unsigned at = 0; at < expected.size(); ++at) {
    if (compared != nullptr && at < compared->size() && (*compared)[at] == 0) continue;
    if (phasic::hls::word_of(lines[at / 16], at % 16) != expected[at]) return at;
  }
  return static_cast<unsigned>(expected.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::printf("usage: testbench <vector file>\n");
    return 2;
  }
  std::ifstream file(argv[1], std::ios::binary);
  if (!file || read_word(file) != kMagic) {
    std::printf("%s: not a vector file\n", argv[1]);
    return 2;
  }
  const std::uint32_t runs = read_word(file);
  const std::uint32_t header_words = read_word(file);
  const Words compared = read_words(file, header_words);
  unsigned failed = 0;
  for (std::uint32_t run = 0; run < runs; ++run) {
    const std::uint32_t sample_count = read_word(file), first_sample = read_word(file);
    std::array<Buffer, kBuffers> buffers;
    std::array<std::vector<phasic::hls::Line>, kBuffers> lines;
    for (unsigned id = 0; id < kBuffers; ++id) {
      buffers[id].bytes = read_word(file);
      const std::uint32_t words = (buffers[id].bytes + 3) / 4;
      if (!file || words > 16 * kDepth) {
        std::printf("%s: run %u: buffer %u has %u bytes, more than the kernel's depth\n", argv[1], run, id, buffers[id].bytes);
        return 2;
      }
      buffers[id].before = read_words(file, words);
      buffers[id].after = read_words(file, words);
      lines[id].resize(kDepth);
      to_lines(buffers[id].before, lines[id]);
    }
    if (!file) {
      std::printf("%s: ends within run %u\n", argv[1], run);
      return 2;
    }
    phasic_kernel(lines[0].data(), lines[1].data(), lines[2].data(), lines[3].data(), lines[4].data(), lines[5].data(),
                  buffers[0].bytes, buffers[1].bytes, buffers[2].bytes, buffers[3].bytes, buffers[4].bytes, buffers[5].bytes,
                  sample_count, first_sample);
    for (unsigned id = 0; id < kBuffers; ++id) {
      const unsigned at =
          first_difference(buffers[id].after, lines[id], id == phasic::hls::kArgumentResults ? &compared : nullptr);
      if (at == buffers[id].after.size()) continue;
      std::printf("run %u: buffer %u differs at byte %u: expected %08x, kernel %08x\n", run, id, 4 * at, buffers[id].after[at],
                  phasic::hls::word_of(lines[id][at / 16], at % 16));
      ++failed;
      break;
    }
  }
  std::printf("%u runs, %u differ\n", runs, failed);
  return failed == 0 && runs > 0 ? 0 : 1;
}
