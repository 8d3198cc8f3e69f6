// SPDX-License-Identifier: Apache-2.0
#include "sim/verilator/pin_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "phasic/contract.hpp"

namespace phasic::engine {

PinEngine::PinEngine(std::unique_ptr<PinModel> model, Memory& memory, const EngineOptions& options)
    : model_(std::move(model)),
      options_(options),
      memory_(memory, model_->bus_bytes(), options.timing),
      control_(model_->name(), options.timing.ideal, options.timing.seed),
      by_sample_(options.by_sample && !options.wave.empty()) {
  if (by_sample_) model_->record(options_.wave_samples.from == 0);
  reset(*model_);
  lanes_ = read_register(contract::reg::kLimitLanes);
  weight_width_ = read_register(contract::reg::kLimitWeightWidth);
}

std::uint32_t PinEngine::read_register(std::uint32_t offset) {
  control_.begin_read(offset);
  while (!cycle()) {
  }
  return control_.data();
}

void PinEngine::write_register(std::uint32_t offset, std::uint32_t value) {
  if (offset == contract::reg::kControl && (value & 1) != 0) samples_before_ += samples_done_;
  control_.begin_write(offset, value);
  while (!cycle()) {
  }
}

bool PinEngine::advance(std::uint64_t cycles) {
  // A poll of the phase costs a few cycles; short runs want it early, long ones seldom.
  const std::uint64_t end = model_->cycles() + std::max<std::uint64_t>(cycles, 1);
  std::uint64_t step = 32;
  while (true) {
    const std::uint64_t stop = std::min(end, model_->cycles() + step);
    while (model_->cycles() < stop) (void)cycle();
    if (by_sample_) poll_samples();
    if (read_register(contract::reg::kPhase) == static_cast<std::uint32_t>(contract::Phase::kIdle)) {
      if (by_sample_) poll_samples();
      return false;
    }
    if (model_->cycles() >= end) return true;
    step = std::min<std::uint64_t>(step * 2, by_sample_ ? 64 : 1024);
  }
}

std::string PinEngine::describe() const {
  return fmt::format("RTL {}, {} lanes, {}-bit weights, {} timing, seed {}", model_->name(), lanes_, weight_width_,
                     options_.timing.ideal ? "ideal" : "random", options_.timing.seed);
}

bool PinEngine::cycle() {
  const KernelOutputs& outputs = model_->settle(true, control_.inputs(), memory_.outputs(), memory_.data_changed());
  memory_.clock(outputs.memory);
  const bool ended = control_.clock(outputs.control);
  model_->rise();
  return ended;
}

void PinEngine::poll_samples() {
  samples_fetched_ = read_register(contract::reg::kSamplesFetched);
  samples_done_ = read_register(contract::reg::kSamplesDone);
  model_->record(samples_before_ + samples_fetched_ >= options_.wave_samples.from &&
                 samples_before_ + samples_done_ <= options_.wave_samples.to);
}

}  // namespace phasic::engine
