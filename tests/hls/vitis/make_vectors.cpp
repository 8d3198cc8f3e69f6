// SPDX-License-Identifier: Apache-2.0
/// Writes a vector file for the test bench of the HLS top function (hls/vitis/testbench.cpp): random runs, and what the
/// reference makes of them. Everything in words of 32 bits, lowest byte first: magic, runs, words of the results header with
/// its counter blocks, for each of them 1 if it is compared; then for each run the sample count, the first sample, and for each
/// buffer its size in bytes, its words before and after.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "driver/engine/banked_memory.hpp"
#include "driver/engine/engine.hpp"
#include "tests/common/random_case.hpp"
#include "tests/common/run_case.hpp"

namespace {

using namespace phasic;
using testing::RandomCase;

constexpr std::uint32_t kMagic = 0x56534850;
constexpr std::size_t kMostBytes = 64 * std::size_t{1024};  // what the kernel's pragmas let co-simulation copy

void put(std::string& out, std::uint32_t word) {
  for (unsigned byte = 0; byte < 4; ++byte) out += static_cast<char>(word >> (8 * byte));
}

void put(std::string& out, const std::vector<std::byte>& bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data() + at, std::min<std::size_t>(4, bytes.size() - at));
    put(out, word);
  }
}

/// 1 for each word of the results header and the counter blocks that belongs to no timing counter.
std::vector<std::uint32_t> compared_words() {
  std::vector<std::uint32_t> compared(
      (contract::kResultsHeaderBytes + contract::kMaxLayers * contract::kLayerCountersBytes) / 4, 1);
  const auto leave_out = [&](std::size_t base, std::span<const contract::Field> fields) {
    for (const contract::Field& field : fields) {
      if (field.kind != contract::FieldKind::kTiming) continue;
      for (std::size_t at = 0; at < field.bytes * field.count; at += 4) compared[(base + field.offset + at) / 4] = 0;
    }
  };
  leave_out(0, contract::kResultsHeaderFields);
  for (std::size_t layer = 0; layer < contract::kMaxLayers; ++layer)
    leave_out(contract::kResultsHeaderBytes + layer * contract::kLayerCountersBytes, contract::kLayerCountersFields);
  return compared;
}

/// Networks that fit co-simulation, on the default build of the HLS kernel.
contract::Limits small_limits() {
  contract::Limits limits;
  limits.rules |= contract::kRulesConvolution | contract::kRulesFeatures | contract::kRulesDiscriminant | contract::kRulesDrawn;
  limits.max_rows = 48;
  limits.max_neurons = 40;
  limits.max_steps = 16;
  limits.max_classes = 12;
  limits.max_outputs = 12;
  limits.max_events = 128;
  return limits;
}

/// Errors that the top function can tell: behind its pointers it sees no bus errors and no addresses.
bool is_visible(std::uint32_t error) { return !of_bus(static_cast<contract::Error>(error)); }

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("Writes runs for the test bench of the HLS kernel");
  std::string path;
  std::uint64_t seed = 1;
  unsigned runs = 48;
  app.add_option("file", path, "Vector file to write")->required();
  app.add_option("--seed", seed, "Seed of the first run")->capture_default_str();
  app.add_option("--runs", runs, "Runs; every fourth one is illegal")->capture_default_str()->check(CLI::Range(1, 100000));
  CLI11_PARSE(app, argc, argv);

  engine::BankedMemory memory;
  const auto reference = engine::make_engine("reference", memory);
  std::string body;
  unsigned written = 0, errors = 0;
  for (std::uint64_t number = 0; written < runs; ++number) {
    const bool illegal = written % 4 == 3;
    const RandomCase run = illegal ? testing::random_illegal_case(seed * 1'000'000 + number, small_limits())
                                   : testing::random_case(seed * 1'000'000 + number, small_limits());
    const testing::Outcome outcome = testing::run_case(*reference, memory, run, false);
    bool fits =
        is_visible(outcome.error) && run.bus_failures.empty() && !run.timing_decides() && (!illegal || outcome.error != 0);
    for (const auto& buffer : run.buffers) fits = fits && buffer.size() <= kMostBytes;
    if (!fits) continue;
    put(body, run.sample_count);
    put(body, run.first_sample);
    for (std::size_t id = 0; id < testing::kBuffers; ++id) {
      put(body, static_cast<std::uint32_t>(run.buffers[id].size()));
      put(body, run.buffers[id]);
      put(body, outcome.buffers[id]);
    }
    errors += outcome.error != 0 ? 1 : 0;
    ++written;
  }
  std::string head;
  put(head, kMagic);
  put(head, runs);
  const auto compared = compared_words();
  put(head, static_cast<std::uint32_t>(compared.size()));
  for (const std::uint32_t word : compared) put(head, word);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << head << body;
  if (!file.flush()) throw std::runtime_error(fmt::format("{}: cannot be written", path));
  fmt::print("{}: {} runs of seed {}, {} with an error\n", path, runs, seed, errors);
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "phasic_hls_vectors: {}\n", error.what());
  return 1;
}
