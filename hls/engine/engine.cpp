// SPDX-License-Identifier: Apache-2.0
/// The engine library of the HLS kernel in C simulation: registers and a memory port in front of run_kernel. A run is done as a
/// whole by the first advance(). Options: "seed" and "timing", which RTL engines use, are taken and have no effect.
#include "sim/engine/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "hls/build.hpp"
#include "hls/kernel.hpp"
#include "phasic/contract.hpp"

namespace phasic::hls {
namespace {

namespace reg = contract::reg;
using Build = PHASIC_HLS_BUILD;

/// Stands where the synthesized kernel has an m_axi pointer: it goes through the engine's memory, which can refuse.
struct MemoryPort {
  sim::Memory* memory = nullptr;
  std::uint64_t address = 0;

  bool read(Word at, Line& line) const {
    std::array<Word, 16> words{};
    if (!memory->read(address + std::uint64_t{kLineBytes} * at, std::as_writable_bytes(std::span(words)))) return false;
    for (unsigned word = 0; word < words.size(); ++word) set_word(line, word, words[word]);
    return true;
  }
  bool write(Word at, const Line& line) const {
    std::array<Word, 16> words{};
    for (unsigned word = 0; word < words.size(); ++word) words[word] = word_of(line, word);
    return memory->write(address + std::uint64_t{kLineBytes} * at, std::as_bytes(std::span(words)));
  }
};

/// In the order of the limits table.
constexpr std::array<Word, 12> kLimitValues{Build::kLanes,      Build::kWeightWidth, Build::kEngines,    Build::kMaxRows,
                                            Build::kMaxNeurons, Build::kMaxSteps,    Build::kMaxClasses, Build::kMaxOutputs,
                                            Build::kMaxEvents,  Build::kWeightDepth, Build::kDataWidth,  Build::kRules};
static_assert(kLimitValues.size() == contract::kLimits.size());

class HlsEngine final : public sim::Engine {
 public:
  explicit HlsEngine(sim::Memory& memory) : memory_(memory), state_(std::make_unique<KernelState<Build>>()) {}

  std::uint32_t read_register(std::uint32_t offset) override {
    switch (offset) {
      case reg::kControl: {
        const std::uint32_t value = (running_ ? 1U : 0b100U) | (done_ ? 0b1010U : 0U);
        done_ = false;
        return value;
      }
      case reg::kGlobalInterruptEnable:
        return global_interrupt_enable_;
      case reg::kInterruptEnable:
        return interrupt_enable_;
      case reg::kInterruptStatus:
        return interrupt_status_;
      case reg::kIdentity:
        return contract::kIdentity;
      case reg::kContractVersion:
        return contract::kContractVersion;
      case reg::kError:
        return status_.fault.error;
      case reg::kErrorDetail:
        return status_.fault.detail;
      case reg::kErrorSample:
        return status_.fault.sample;
      case reg::kPhase:
        return static_cast<std::uint32_t>(running_ ? contract::Phase::kCheck : contract::Phase::kIdle);
      case reg::kSamplesFetched:
        return status_.samples_fetched;
      case reg::kSamplesDone:
        return status_.samples_done;
      default:
        break;
    }
    if (offset % 4 == 0 && offset >= reg::kLimits && offset < reg::kLimits + 4 * kLimitValues.size()) {
      return kLimitValues[(offset - reg::kLimits) / 4];
    }
    const std::uint32_t* word = argument_word(offset);
    return word == nullptr ? 0 : *word;
  }

  void write_register(std::uint32_t offset, std::uint32_t value) override {
    switch (offset) {
      case reg::kControl:
        if ((value & 1) != 0 && !running_) start();
        return;
      case reg::kGlobalInterruptEnable:
        global_interrupt_enable_ = value & 1;
        return;
      case reg::kInterruptEnable:
        interrupt_enable_ = value & 3;
        return;
      case reg::kInterruptStatus:
        interrupt_status_ ^= value & 3;
        return;
      default:
        break;
    }
    if (std::uint32_t* word = argument_word(offset)) *word = value;
  }

  bool advance(std::uint64_t /*cycles*/) override {
    if (!running_) return false;
    status_ = run_kernel<Build>(ports_[0], ports_[1], ports_[2], ports_[3], ports_[4], ports_[5], arguments_, *state_);
    running_ = false;
    done_ = true;
    interrupt_status_ |= interrupt_enable_;
    return false;
  }

  [[nodiscard]] std::string describe() const override {
    return fmt::format("HLS kernel in C simulation, {} lanes, {}-bit weights", Build::kLanes, Build::kWeightWidth);
  }

 private:
  void start() {
    for (std::size_t id = 0; id < kBuffers; ++id) {
      ports_[id] = {&memory_, std::uint64_t{words_[id][1]} << 32 | words_[id][0]};
      arguments_.address_low[id] = words_[id][0];
      arguments_.bytes[id] = words_[id + kBuffers][0];
    }
    arguments_.sample_count = words_[contract::argument::kSampleCount][0];
    arguments_.first_sample = words_[contract::argument::kFirstSample][0];
    status_ = {};
    done_ = false;
    running_ = true;
  }

  std::uint32_t* argument_word(std::uint32_t offset) {
    for (std::size_t id = 0; id < contract::kArguments.size(); ++id) {
      const contract::Argument& argument = contract::kArguments[id];
      if (offset == argument.offset) return &words_[id][0];
      if (argument.global && offset == argument.offset + 4) return &words_[id][1];
    }
    return nullptr;
  }

  sim::Memory& memory_;
  std::unique_ptr<KernelState<Build>> state_;  ///< too large for a stack
  std::array<std::array<std::uint32_t, 2>, contract::kArguments.size()> words_{};
  std::array<MemoryPort, kBuffers> ports_{};
  RunArguments arguments_{};
  RunStatus status_{};
  std::uint32_t global_interrupt_enable_ = 0, interrupt_enable_ = 0, interrupt_status_ = 0;
  bool running_ = false, done_ = false;
};

void check_options(const std::string& text) {
  const nlohmann::json options = nlohmann::json::parse(text, nullptr, false);
  if (!options.is_object()) throw std::invalid_argument("HLS engine options: '" + text + "' is not a JSON object");
  for (const auto& [key, value] : options.items()) {
    if (key != "seed" && key != "timing") throw std::invalid_argument("HLS engine options: unknown key '" + key + "'");
  }
}

}  // namespace
}  // namespace phasic::hls

extern "C" __attribute__((visibility("default"))) phasic::sim::Engine* phasic_create_engine(phasic::sim::Memory* memory,
                                                                                            const char* options) {
  phasic::hls::check_options(options == nullptr ? "{}" : options);
  return new phasic::hls::HlsEngine(*memory);
}
