// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/engine_unit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "phasic/contract.hpp"

namespace phasic::platform {
namespace {

namespace reg = contract::reg;

constexpr std::uint64_t kLongestPause = 16;  // cycles between lines of a burst
constexpr std::uint64_t kPage = 4096;        // bursts do not cross it
constexpr std::uint64_t kBeats = 256;        // of a burst, at most
constexpr int kStackBytes = 4 << 20;         // the kernel in C simulation has its arrays on the stack

}  // namespace

bool EngineUnit::Port::read(std::uint64_t address, std::span<std::byte> to) {
  return unit_.transfer(tlm::TLM_READ_COMMAND, address, to);
}

bool EngineUnit::Port::write(std::uint64_t address, std::span<const std::byte> from) {
  constexpr std::size_t kTotal = offsetof(contract::ResultsHeader, cycles);
  // The header is written when all else is done, so what it says of the whole run has to pass first.
  const std::uint64_t results = unit_.results_address();
  if (unit_.compute_.source == ComputeTime::Source::kCounted && address <= results + kTotal &&
      results + kTotal + sizeof(std::uint64_t) <= address + from.size()) {
    std::uint64_t total = 0;
    std::memcpy(&total, from.data() + (results + kTotal - address), sizeof total);
    unit_.compute_until(total);
  }
  std::vector<std::byte> data(from.begin(), from.end());
  return unit_.transfer(tlm::TLM_WRITE_COMMAND, address, data);
}

EngineUnit::EngineUnit(const sc_core::sc_module_name& name, unsigned number, const Clocking& clocking, Failure& failure,
                       const std::string& engine, const std::string& options, std::uint32_t bus_bytes,
                       const ComputeTime& compute)
    : Unit(name, number, clocking, failure),
      bus_bytes_(bus_bytes),
      compute_(compute),
      port_(*this),
      engine_(engine::make_engine(engine, port_, options)) {
  if (bus_bytes < 4 || bus_bytes > 64 || (bus_bytes & (bus_bytes - 1)) != 0)
    throw std::invalid_argument(fmt::format("engine unit: bus of {} bytes, expected 4, 8, 16, 32 or 64", bus_bytes));
  SC_HAS_PROCESS(EngineUnit);
  SC_THREAD(run);
  set_stack_size(kStackBytes);
  SC_METHOD(drive_interrupt);
  sensitive << interrupt_event_;
  dont_initialize();
}

std::string EngineUnit::describe() const {
  return fmt::format("{}, approximately timed, bus of {} bits", engine_->describe(), 8 * bus_bytes_);
}

bool EngineUnit::transfer(tlm::tlm_command command, std::uint64_t address, std::span<std::byte> data) {
  if (compute_.source == ComputeTime::Source::kCounted) compute_until(counted_cycles());
  bool good = true;
  for (std::size_t at = 0; at < data.size();) {
    const std::uint64_t first = address + at;
    const std::size_t room = std::min<std::uint64_t>(kPage - first % kPage, kBeats * bus_bytes_);
    const std::size_t length = std::min(room, data.size() - at);
    // Line after line in a loop is one burst of the synthesized kernel.
    const bool continued = first == next_address_ && command == last_command_ &&
                           sc_core::sc_time_stamp() <= last_end_ + clocking().time(kLongestPause);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    good = access(command, first, data.subspan(at, length), continued, delay) && good;
    const sc_core::sc_time beats = clocking().time((length + bus_bytes_ - 1) / bus_bytes_);
    // Loops that count cycles count one for each line that they move: only what goes beyond it is theirs to wait for.
    const bool counted = compute_.source == ComputeTime::Source::kCounted;
    wait(counted ? std::max(delay, beats) - beats : std::max(delay, beats));
    at += length;
    next_address_ = first + length;
    last_command_ = command;
    last_end_ = sc_core::sc_time_stamp();
    if (!good) return false;
  }
  return good;
}

void EngineUnit::compute_until(std::uint64_t counted) {
  if (counted <= computed_) return;
  wait(clocking().time(counted - computed_));
  computed_ = counted;
}

std::uint64_t EngineUnit::counted_cycles() {
  return std::uint64_t{engine_->read_register(reg::kCyclesHigh)} << 32 | engine_->read_register(reg::kCyclesLow);
}

std::uint64_t EngineUnit::results_address() {
  const std::uint32_t offset = contract::kArguments[contract::argument::kResults].offset;
  return std::uint64_t{engine_->read_register(offset + 4)} << 32 | engine_->read_register(offset);
}

void EngineUnit::wait_until(const sc_core::sc_time& begin, double cycles) {
  const sc_core::sc_time end = begin + cycles * clocking().period();
  if (end > sc_core::sc_time_stamp()) wait(end - sc_core::sc_time_stamp());
}

void EngineUnit::finish_samples() {
  if (compute_.source != ComputeTime::Source::kGiven) return;
  const std::uint32_t done = engine_->read_register(reg::kSamplesDone);
  if (done == samples_done_ && done != 0) return;
  if (done == samples_done_) {
    wait_until(part_end_, compute_.load_cycles);
  } else {
    wait_until(part_end_, (done - samples_done_) * compute_.cycles_a_sample);
  }
  samples_done_ = done;
  part_end_ = sc_core::sc_time_stamp();
}

void EngineUnit::drive_interrupt() {
  interrupt.write((engine_->read_register(reg::kGlobalInterruptEnable) & 1) != 0 &&
                  engine_->read_register(reg::kInterruptStatus) != 0);
}

void EngineUnit::work() {
  computed_ = 0;
  samples_done_ = 0;
  part_end_ = sc_core::sc_time_stamp();
  while (engine_->advance(1)) finish_samples();
  if (compute_.source == ComputeTime::Source::kGiven) wait_until(part_end_, compute_.store_cycles);
  interrupt_event_.notify(sc_core::SC_ZERO_TIME);
}

void EngineUnit::run() try {
  while (true) {
    wait(started_);
    work();
  }
} catch (const sc_core::sc_unwind_exception&) {
  throw;
} catch (const std::exception&) {
  failure().keep();
}

std::uint32_t EngineUnit::read_register(std::uint32_t offset) {
  wait(clocking().period());
  const std::uint32_t value = engine_->read_register(offset);
  interrupt_event_.notify(sc_core::SC_ZERO_TIME);
  return value;
}

void EngineUnit::write_register(std::uint32_t offset, std::uint32_t value) {
  wait(clocking().period());
  engine_->write_register(offset, value);
  interrupt_event_.notify(sc_core::SC_ZERO_TIME);
  if (offset == reg::kControl && (value & 1) != 0) started_.notify(sc_core::SC_ZERO_TIME);
}

}  // namespace phasic::platform
