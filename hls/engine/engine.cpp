// SPDX-License-Identifier: Apache-2.0
/// The engine library of the HLS kernel in C simulation: registers and a memory port in front of run_kernel. A run is done as a
/// whole by the first advance(). Options: "seed" and "timing", which RTL engines use, are taken and have no effect.
#include "driver/engine/engine.hpp"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <stdexcept>

#include "driver/engine/options.hpp"
#include "driver/engine/register_file.hpp"
#include "hls/build.hpp"
#include "hls/kernel.hpp"
#include "phasic/contract.hpp"

namespace phasic::hls {
namespace {

using Build = PHASIC_HLS_BUILD;

/// The clock of a run's estimate; nothing where the stand-in headers are not used.
class RunClock {
 public:
#if __has_include(<phasic_timing.h>)
  void start() {
    clock_ = {};
    resume();
  }
  void resume() { timing::active() = &clock_; }
  [[nodiscard]] std::uint64_t cycles() const { return clock_.now; }

 private:
  timing::Clock clock_;
#else
  void start() {}
  void resume() {}
  [[nodiscard]] std::uint64_t cycles() const { return 0; }
#endif
};

/// Stands where the synthesized kernel has an m_axi pointer: it goes through the engine's memory, which can refuse.
struct MemoryPort {
  engine::Memory* memory = nullptr;
  std::uint64_t address = 0;
  RunClock* clock = nullptr;  ///< of the run: others may have their turn while the memory answers

  bool read(Word at, Line& line) const {
    std::array<Word, 16> words{};
    const bool good = memory->read(address + std::uint64_t{kLineBytes} * at, std::as_writable_bytes(std::span(words)));
    clock->resume();
    if (!good) return false;
    for (unsigned word = 0; word < words.size(); ++word) set_word(line, word, words[word]);
    return true;
  }
  [[nodiscard]] bool write(Word at, const Line& line) const {
    std::array<Word, 16> words{};
    for (unsigned word = 0; word < words.size(); ++word) words[word] = word_of(line, word);
    const bool good = memory->write(address + std::uint64_t{kLineBytes} * at, std::as_bytes(std::span(words)));
    clock->resume();
    return good;
  }
};

static_assert(has_legal_limits<Build>(), "a limit of the build is out of the contract's bounds");

class HlsEngine final : public engine::Engine {
 public:
  explicit HlsEngine(engine::Memory& memory)
      : memory_(memory),
        state_(std::make_unique<KernelState<Build>>()),
        registers_(std::to_array(LimitWords<Build>::kValues)) {}

  std::uint32_t read_register(std::uint32_t offset) override {
    return registers_.read(offset, {.error = status_.fault.error,
                                    .error_detail = status_.fault.detail,
                                    .error_sample = status_.fault.sample,
                                    .phase = registers_.running() ? contract::Phase::kCheck : contract::Phase::kIdle,
                                    .samples_fetched = status_.samples_fetched,
                                    .samples_done = status_.samples_done,
                                    .cycles = clock_.cycles()});
  }

  void write_register(std::uint32_t offset, std::uint32_t value) override {
    if (registers_.write(offset, value)) status_ = {};
  }

  bool advance(std::uint64_t /*cycles*/) override {
    if (registers_.running()) {
      run();
      registers_.finish();
    }
    return false;
  }

  [[nodiscard]] std::string describe() const override {
    return fmt::format("HLS kernel in C simulation, {} lanes, {}-bit weights", Build::kLanes, Build::kWeightWidth);
  }

 private:
  void run() {
    const engine::Arguments given = registers_.arguments();
    RunArguments arguments{};
    std::array<MemoryPort, kBuffers> ports{};
    for (std::size_t id = 0; id < kBuffers; ++id) {
      ports[id] = {&memory_, given.address[id], &clock_};
      arguments.address_low[id] = static_cast<Word>(given.address[id]);
      arguments.bytes[id] = given.bytes[id];
    }
    arguments.sample_count = given.sample_count;
    arguments.first_sample = given.first_sample;
    clock_.start();
    status_ = run_kernel<Build>(ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], arguments, *state_);
  }

  engine::Memory& memory_;
  std::unique_ptr<KernelState<Build>> state_;  ///< too large for a stack
  engine::RegisterFile registers_;
  RunStatus status_{};
  RunClock clock_;
};

void check_options(const std::string& text) {
  const auto options = engine::parse_options("HLS engine options", text);
  for (const auto& [key, value] : options.items()) {
    if (key != "seed" && key != "timing") throw std::invalid_argument("HLS engine options: unknown key '" + key + "'");
  }
}

}  // namespace
}  // namespace phasic::hls

extern "C" __attribute__((visibility("default"))) phasic::engine::Engine* phasic_create_engine(phasic::engine::Memory* memory,
                                                                                               const char* options) {
  phasic::hls::check_options(options == nullptr ? "{}" : options);
  return new phasic::hls::HlsEngine(*memory);
}
