// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace phasic::platform {
namespace {

constexpr std::size_t kBurst = 4096;
constexpr int kHostStackBytes = 1 << 20;

}  // namespace

Host::Host(const sc_core::sc_module_name& name, std::size_t systems, const Clocking& clocking, Failure& failure)
    : sc_module(name), clocking_(clocking), failure_(failure) {
  SC_HAS_PROCESS(Host);
  SC_THREAD(run);
  set_stack_size(kHostStackBytes);
  for (std::size_t system = 0; system < systems; ++system)
    memories_.push_back(std::make_unique<Socket>(fmt::format("memory_{}", system).c_str()));
}

void Host::watch(const std::vector<std::unique_ptr<Unit>>& units) {
  for (const auto& unit : units) units_.push_back(unit.get());
}

void Host::post(Task task) {
  tasks_.push_back(std::move(task));
  posted_.notify(sc_core::SC_ZERO_TIME);
}

std::exception_ptr Host::take_exception() { return std::exchange(exception_, nullptr); }

void Host::run() {
  while (true) {
    while (tasks_.empty()) wait(posted_);
    while (!tasks_.empty()) {
      try {
        tasks_.front()(*this);
      } catch (const sc_core::sc_unwind_exception&) {
        throw;
      } catch (const std::exception&) {
        if (!exception_) exception_ = std::current_exception();
      }
      tasks_.pop_front();
    }
    sc_core::sc_pause();
  }
}

bool Host::control_access(tlm::tlm_command command, std::size_t unit, std::uint32_t offset, std::uint32_t& word) {
  if (unit >= units_.size() || offset >= kUnitWindow) return false;
  tlm::tlm_generic_payload payload;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  set_up(payload, command, unit * kUnitWindow + offset, std::as_writable_bytes(std::span(&word, 1)));
  control->b_transport(payload, delay);
  wait(delay);
  if (failure_.any()) failure_.check();
  return payload.is_response_ok();
}

std::uint32_t Host::read_register(std::size_t unit, std::uint32_t offset) {
  std::uint32_t word = 0;
  if (!control_access(tlm::TLM_READ_COMMAND, unit, offset, word))
    throw std::runtime_error(fmt::format("unit {}: no register at offset {:#x}", unit, offset));
  return word;
}

void Host::write_register(std::size_t unit, std::uint32_t offset, std::uint32_t value) {
  if (!control_access(tlm::TLM_WRITE_COMMAND, unit, offset, value))
    throw std::runtime_error(fmt::format("unit {}: no register at offset {:#x}", unit, offset));
}

void Host::transfer(Socket& socket, tlm::tlm_command command, std::uint64_t address, std::span<std::byte> data) {
  tlm::tlm_generic_payload payload;
  Access tag;
  tag.initiator = static_cast<unsigned>(units_.size());
  for (std::size_t at = 0; at < data.size();) {
    const std::uint64_t first = address + at;
    const std::size_t length = std::min<std::size_t>(kBurst - first % kBurst, data.size() - at);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    set_up(payload, command, first, data.subspan(at, length));
    const Tagged tagged(payload, tag);
    socket->b_transport(payload, delay);
    wait(delay);
    if (!payload.is_response_ok())
      throw std::runtime_error(fmt::format("memory: {} of {} bytes at {:#x} got {}",
                                           command == tlm::TLM_READ_COMMAND ? "a read" : "a write", length, first,
                                           payload.get_response_string()));
    at += length;
    tag.continued = true;
  }
}

void Host::read_memory(std::size_t system, std::uint64_t address, std::span<std::byte> to) {
  transfer(*memories_.at(system), tlm::TLM_READ_COMMAND, address, to);
}

void Host::write_memory(std::size_t system, std::uint64_t address, std::span<const std::byte> from) {
  std::vector<std::byte> data(from.begin(), from.end());
  transfer(*memories_.at(system), tlm::TLM_WRITE_COMMAND, address, data);
}

void Host::wait_cycles(std::uint64_t cycles) { wait(clocking_.time(cycles)); }

int Host::wait_interrupt(std::span<const std::size_t> units, std::uint64_t cycles) {
  const auto find = [&] {
    for (const std::size_t unit : units)
      if (units_.at(unit)->interrupt.read()) return static_cast<int>(unit);
    return -1;
  };
  const sc_core::sc_time end = sc_core::sc_time_stamp() + clocking_.time(cycles);
  sc_core::sc_event_or_list wires;
  for (const std::size_t unit : units) wires |= units_.at(unit)->interrupt.value_changed_event();
  int found = find();
  while (found < 0 && sc_core::sc_time_stamp() < end) {
    wait(end - sc_core::sc_time_stamp(), wires);
    found = find();
  }
  return found;
}

}  // namespace phasic::platform
