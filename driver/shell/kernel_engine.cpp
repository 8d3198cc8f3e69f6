// SPDX-License-Identifier: Apache-2.0
#include "driver/shell/kernel_engine.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace phasic::shell {
namespace {

/// A rough number of clock cycles a sample, so that one call of `advance` stays short.
constexpr std::uint64_t kCyclesPerPiece = 2'000;

engine::RegisterStatus register_status(const RunStatus& status) {
  return {.error = static_cast<std::uint32_t>(status.fault.error),
          .error_detail = status.fault.detail,
          .error_sample = status.fault.sample,
          .phase = status.phase,
          .samples_fetched = status.samples_fetched,
          .samples_done = status.samples_done};
}

class KernelEngine final : public engine::Engine {
 public:
  KernelEngine(engine::Memory& memory, const contract::Limits& limits, MakeCore make_core, std::string describe)
      : memory_(memory),
        limits_(limits),
        make_core_(std::move(make_core)),
        describe_(std::move(describe)),
        registers_(contract::words_of(limits)) {}

  std::uint32_t read_register(std::uint32_t offset) override { return registers_.read(offset, register_status(status_)); }

  void write_register(std::uint32_t offset, std::uint32_t value) override {
    if (!registers_.write(offset, value)) return;
    run_.emplace(memory_, limits_, registers_.arguments(), make_core_);
    status_ = run_->status();
  }

  bool advance(std::uint64_t cycles) override {
    for (std::uint64_t done = 0; run_ && done < std::max<std::uint64_t>(cycles, 1); done += kCyclesPerPiece) {
      const bool goes_on = run_->advance();
      status_ = run_->status();
      if (goes_on) continue;
      run_.reset();
      registers_.finish();
    }
    return run_.has_value();
  }

  [[nodiscard]] std::string describe() const override { return describe_; }

 private:
  engine::Memory& memory_;
  contract::Limits limits_;
  MakeCore make_core_;
  std::string describe_;
  engine::RegisterFile registers_;
  RunStatus status_;
  std::optional<KernelRun> run_;
};

}  // namespace

std::unique_ptr<engine::Engine> make_kernel_engine(engine::Memory& memory, const contract::Limits& limits, MakeCore make_core,
                                                   std::string describe) {
  return std::make_unique<KernelEngine>(memory, limits, std::move(make_core), std::move(describe));
}

}  // namespace phasic::shell
