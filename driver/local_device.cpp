// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <stdexcept>

#include "driver/device.hpp"
#include "driver/engine/banked_memory.hpp"
#include "driver/layout/buffers.hpp"
#include "driver/status.hpp"
#include "phasic/contract.hpp"

namespace phasic::driver {
namespace {

using layout::kBuffers;

constexpr std::uint64_t kCyclesATurn = 100'000;  // between looks at the clock
constexpr std::uint32_t kStartBit = 1;

class LocalDevice final : public Device {
 public:
  LocalDevice(const std::string& name, const std::string& options)
      : engine_(engine::make_engine(name, memory_, options)),
        where_(fmt::format("local engine '{}'", name)),
        limits_(read_limits(reader(), where_)) {}

  [[nodiscard]] const contract::Limits& limits() const override { return limits_; }

  void start(const RunRequest& request) override {
    if (running_) throw std::runtime_error(fmt::format("{}: the run before has not ended", where_));
    check_sizes(request);
    place_buffers(request);
    const std::array<std::size_t, kBuffers> sizes = {request.program.size(), request.weights.size(), request.tables.size(),
                                                     request.samples.size(), request.results_bytes,  request.trace_bytes};
    for (std::size_t id = 0; id < kBuffers; ++id) {
      const auto offset = contract::kArguments[id].offset;
      engine_->write_register(offset, static_cast<std::uint32_t>(bases_[id]));
      engine_->write_register(offset + 4, static_cast<std::uint32_t>(bases_[id] >> 32));
      engine_->write_register(contract::kArguments[contract::argument::kProgramBytes + id].offset,
                              static_cast<std::uint32_t>(sizes[id]));
    }
    engine_->write_register(contract::reg::kSampleCount, request.sample_count);
    engine_->write_register(contract::reg::kFirstSample, request.first_sample);
    sizes_ = sizes;
    timeout_ = request.timeout;
    deadline_ = std::chrono::steady_clock::now() + timeout_;
    engine_->write_register(contract::reg::kControl, kStartBit);
    running_ = true;
  }

  RunResponse wait() override {
    if (!running_) throw std::runtime_error(fmt::format("{}: no run was started", where_));
    while (engine_->advance(kCyclesATurn)) {
      if (std::chrono::steady_clock::now() >= deadline_) throw RunTimeout(timeout_text(where_, timeout_, reader()));
    }
    running_ = false;
    (void)engine_->read_register(contract::reg::kControl);  // clears done
    RunResponse response;
    response.results = fetch(contract::argument::kResults);
    response.weights = fetch(contract::argument::kWeights);
    response.trace = fetch(contract::argument::kTrace);
    response.error = engine_->read_register(contract::reg::kError);
    response.error_detail = engine_->read_register(contract::reg::kErrorDetail);
    response.error_sample = engine_->read_register(contract::reg::kErrorSample);
    return response;
  }

  std::uint32_t read_register(std::uint32_t offset) override { return engine_->read_register(offset); }

  [[nodiscard]] std::string describe() const override {
    return fmt::format("{} ({}), {} lanes, {}-bit weights", where_, engine_->describe(), limits_.lanes, limits_.weight_width);
  }

 private:
  ReadRegister reader() {
    return [this](std::uint32_t offset) { return engine_->read_register(offset); };
  }

  /// Each buffer becomes a bank of its own at a new random address: nothing may depend on where a buffer lies, and whatever
  /// lies past the end of one is a bus error.
  void place_buffers(const RunRequest& request) {
    for (auto& base : bases_) {
      if (base != 0) memory_.remove_bank(base);
      base = 0;
    }
    place(contract::argument::kProgram, request.program);
    place(contract::argument::kWeights, request.weights);
    place(contract::argument::kTables, request.tables);
    place(contract::argument::kSamples, request.samples);
    place(contract::argument::kResults, {}, request.results_bytes);
    place(contract::argument::kTrace, {}, request.trace_bytes);
  }

  void place(std::uint32_t id, std::span<const std::byte> contents, std::size_t bytes = 0) {
    constexpr std::uint64_t kSpacing = std::uint64_t{1} << 33;  // more than the largest buffer, so that banks never meet
    const std::uint64_t shift = random_() % (kSpacing / 4 / contract::kAlignment) * contract::kAlignment;
    const std::uint64_t base = (id + 1) * kSpacing + shift;
    memory_.add_bank(base, layout::align(std::max<std::size_t>({contents.size(), bytes, 1})));
    bases_[id] = base;
    if (!contents.empty()) std::memcpy(memory_.bank(base).data(), contents.data(), contents.size());
  }

  std::vector<std::byte> fetch(std::uint32_t id) {
    const auto bytes = memory_.bank(bases_[id]).first(sizes_[id]);
    return {bytes.begin(), bytes.end()};
  }

  engine::BankedMemory memory_;
  std::unique_ptr<engine::Engine> engine_;
  std::string where_;
  contract::Limits limits_;
  std::mt19937_64 random_;  // the same addresses in every program run
  std::array<std::uint64_t, kBuffers> bases_{};
  std::array<std::size_t, kBuffers> sizes_{};
  std::chrono::milliseconds timeout_{};
  std::chrono::steady_clock::time_point deadline_;
  bool running_ = false;
};

}  // namespace

std::unique_ptr<Device> open_local(const std::string& engine, const std::string& options) {
  return std::make_unique<LocalDevice>(engine, options);
}

}  // namespace phasic::driver
