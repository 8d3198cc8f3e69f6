// SPDX-License-Identifier: Apache-2.0
/// An engine for tests of everything around an engine. A run copies the first bytes of the samples to the results, adds 1 to
/// every byte of the weights and counts runs in the register samples_done. Options:
///   {"turns": n}          a run takes n calls of advance
///   {"behaviour": "..."}  "hang": a run never ends; "throw": a run throws; "refuse": the engine cannot be made; "meet": a run
///   waits within
///                         advance until that of another engine is there, too, and throws after 20 s without one
///   {"registers": {"256": 1}}   values of registers, by offset
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>
#include <vector>

#include "driver/engine/engine.hpp"
#include "phasic/contract.hpp"

namespace {

namespace contract = phasic::contract;

/// Returns once an even number of callers has come.
void meet() {
  static std::atomic<unsigned> arrived = 0;
  const unsigned pair = ++arrived + 1;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (arrived < pair / 2 * 2) {
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("nobody came");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

class TestEngine : public phasic::engine::Engine {
 public:
  TestEngine(phasic::engine::Memory& memory, const nlohmann::json& options)
      : memory_(memory), turns_(options.value("turns", 1)), behaviour_(options.value("behaviour", "copy")) {
    if (behaviour_ == "refuse") throw std::runtime_error("refused as asked");
    registers_[contract::reg::kIdentity] = contract::kIdentity;
    registers_[contract::reg::kContractVersion] = contract::kContractVersion;
    for (const auto& limit : contract::kLimits) registers_[limit.offset] = limit.default_value;
    if (options.contains("registers")) {
      for (const auto& [offset, value] : options["registers"].items())
        registers_[static_cast<std::uint32_t>(std::stoul(offset))] = value;
    }
  }

  std::uint32_t read_register(std::uint32_t offset) override {
    if (offset == contract::reg::kControl) {
      const std::uint32_t value = (left_ > 0 ? 1 : 4) | (done_ ? 2 : 0);
      done_ = false;
      return value;
    }
    const auto found = registers_.find(offset);
    return found == registers_.end() ? 0 : found->second;
  }

  void write_register(std::uint32_t offset, std::uint32_t value) override {
    if (offset != contract::reg::kControl) {
      registers_[offset] = value;
    } else if ((value & 1) != 0 && left_ == 0) {
      left_ = turns_;
      registers_[contract::reg::kPhase] = static_cast<std::uint32_t>(contract::Phase::kRun);
      set_error(contract::Error::kNone, 0);
    }
  }

  bool advance(std::uint64_t cycles) override {
    registers_[contract::reg::kCyclesLow] += static_cast<std::uint32_t>(cycles);
    if (left_ == 0) return false;
    if (behaviour_ == "hang") {
      registers_[contract::reg::kEngineState] = 3 | 5 << 8 | 17 << 16;
      return true;
    }
    if (behaviour_ == "throw") throw std::runtime_error("threw as asked");
    if (behaviour_ == "meet") meet();
    if (--left_ > 0) return true;
    run();
    done_ = true;
    registers_[contract::reg::kPhase] = static_cast<std::uint32_t>(contract::Phase::kIdle);
    ++registers_[contract::reg::kSamplesDone];
    return false;
  }

  [[nodiscard]] std::string describe() const override { return "test engine"; }

 private:
  void set_error(contract::Error error, std::uint32_t detail) {
    registers_[contract::reg::kError] = static_cast<std::uint32_t>(error);
    registers_[contract::reg::kErrorDetail] = detail;
  }
  std::uint64_t address(std::uint32_t offset) {
    return registers_[offset] | static_cast<std::uint64_t>(registers_[offset + 4]) << 32;
  }

  void run() {
    std::vector<std::byte> weights(registers_[contract::reg::kWeightsBytes]);
    std::vector<std::byte> samples(
        std::min(registers_[contract::reg::kSamplesBytes], registers_[contract::reg::kResultsBytes]));
    if (!memory_.read(address(contract::reg::kSamples), samples)) {
      return set_error(contract::Error::kBusRead, contract::argument::kSamples);
    }
    if (!memory_.read(address(contract::reg::kWeights), weights)) {
      return set_error(contract::Error::kBusRead, contract::argument::kWeights);
    }
    for (auto& byte : weights) byte = static_cast<std::byte>(std::to_integer<unsigned>(byte) + 1);
    if (!memory_.write(address(contract::reg::kResults), samples)) {
      return set_error(contract::Error::kBusWrite, contract::argument::kResults);
    }
    if (!memory_.write(address(contract::reg::kWeights), weights)) {
      return set_error(contract::Error::kBusWrite, contract::argument::kWeights);
    }
  }

  phasic::engine::Memory& memory_;
  int turns_;
  std::string behaviour_;
  std::map<std::uint32_t, std::uint32_t> registers_;
  int left_ = 0;
  bool done_ = false;
};

}  // namespace

extern "C" phasic::engine::Engine* phasic_create_engine(phasic::engine::Memory* memory, const char* options) {
  return new TestEngine(*memory, nlohmann::json::parse(options));
}
