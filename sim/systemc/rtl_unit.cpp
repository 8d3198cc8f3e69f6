// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/rtl_unit.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <vector>

#include "sim/verilator/options.hpp"

namespace phasic::platform {
namespace {

/// The memory has latencies of its own.
engine::AxiTiming without_latency(const std::string& options) {
  const engine::EngineOptions parsed = engine::parse_engine_options(options);
  if (parsed.by_sample)
    throw std::runtime_error(
        "RTL unit: wave_from_sample and wave_to_sample are for engines; use wave_from_cycle, wave_to_cycle");
  engine::AxiTiming timing = parsed.timing;
  timing.latency = 0;
  timing.write_latency = 0;
  return timing;
}

}  // namespace

bool RtlUnit::Port::transfer(tlm::tlm_command command, std::uint64_t address, std::span<std::byte> data) {
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  const bool good = unit_.access(command, address, data, false, delay);
  delay_ = unit_.clocking().cycles(delay);
  return good;
}

bool RtlUnit::Port::read(std::uint64_t address, std::span<std::byte> to) {
  return transfer(tlm::TLM_READ_COMMAND, address, to);
}

bool RtlUnit::Port::write(std::uint64_t address, std::span<const std::byte> from) {
  // A payload has one pointer for both directions.
  std::vector<std::byte> data(from.begin(), from.end());
  return transfer(tlm::TLM_WRITE_COMMAND, address, data);
}

RtlUnit::RtlUnit(const sc_core::sc_module_name& name, unsigned number, const Clocking& clocking, Failure& failure,
                 const std::string& variant, const std::string& options)
    : Unit(name, number, clocking, failure),
      model_(engine::make_pins(variant, options)),
      ideal_(engine::parse_engine_options(options).timing.ideal),
      port_(*this),
      memory_(port_, model_->bus_bytes(), without_latency(options)),
      control_(model_->name(), ideal_, engine::parse_engine_options(options).timing.seed) {
  SC_HAS_PROCESS(RtlUnit);
  SC_METHOD(tick);
  sensitive << clock.pos();
  dont_initialize();
  engine::reset(*model_);
}

std::string RtlUnit::describe() const {
  return fmt::format("RTL {} at its pins, {} timing", model_->name(), ideal_ ? "ideal" : "random");
}

void RtlUnit::tick() try {
  if (failure().any()) return;
  const engine::KernelOutputs& outputs = model_->settle(true, control_.inputs(), memory_.outputs(), memory_.data_changed());
  memory_.clock(outputs.memory);
  const bool ended = control_.clock(outputs.control);
  model_->rise();
  interrupt.write(outputs.interrupt);
  if (ended) control_done_.notify(sc_core::SC_ZERO_TIME);
} catch (...) {
  failure().keep();
}

std::uint32_t RtlUnit::read_register(std::uint32_t offset) {
  control_lock_.lock();
  control_.begin_read(offset);
  wait(control_done_);
  const std::uint32_t value = control_.data();
  control_lock_.unlock();
  return value;
}

void RtlUnit::write_register(std::uint32_t offset, std::uint32_t value) {
  control_lock_.lock();
  control_.begin_write(offset, value);
  wait(control_done_);
  control_lock_.unlock();
}

}  // namespace phasic::platform
