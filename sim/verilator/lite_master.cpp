// SPDX-License-Identifier: Apache-2.0
#include "sim/verilator/lite_master.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace phasic::engine {
namespace {

constexpr unsigned kBusTimeout = 10000;  // cycles

}  // namespace

LiteMaster::LiteMaster(std::string name, bool ideal, std::uint64_t seed)
    : name_(std::move(name)), ideal_(ideal), random_(static_cast<std::uint32_t>(seed % 2147483629U) + 17) {}

unsigned LiteMaster::pause() {
  if (ideal_) return 0;
  const auto draw = random_() >> 5;
  return draw % 4 != 0 ? 0 : static_cast<unsigned>(draw / 4 % 5);
}

void LiteMaster::begin(State state, std::uint32_t offset) {
  if (offset % 4 != 0 || offset >= 4096)
    throw std::runtime_error(fmt::format("register offset {:#x}: must be a multiple of 4 below 0x1000", offset));
  if (busy()) throw std::logic_error(name_ + ": an AXI4-Lite access is going on");
  state_ = state;
  offset_ = offset;
  cycles_ = 0;
  address_taken_ = data_taken_ = false;
  address_wait_ = pause();
  data_wait_ = pause();
  ready_ = pause() == 0;
}

void LiteMaster::begin_read(std::uint32_t offset) {
  begin(State::kRead, offset);
  pins_.araddr = offset;
}

void LiteMaster::begin_write(std::uint32_t offset, std::uint32_t value) {
  begin(State::kWrite, offset);
  pins_.awaddr = offset;
  pins_.wdata = value;
}

const LiteInputs& LiteMaster::inputs() {
  const bool reading = state_ == State::kRead, writing = state_ == State::kWrite;
  pins_.arvalid = reading && !address_taken_ && address_wait_ == 0;
  pins_.rready = reading && ready_;
  pins_.awvalid = writing && !address_taken_ && address_wait_ == 0;
  pins_.wvalid = writing && !data_taken_ && data_wait_ == 0;
  pins_.bready = writing && ready_;
  return pins_;
}

void LiteMaster::check_response(const char* access, std::uint32_t response) const {
  if (response != kAxiOkay)
    throw AxiViolation(fmt::format("{}: AXI4-Lite {} of {:#x} answered with {}", name_, access, offset_, response));
}

bool LiteMaster::clock_read(const LiteOutputs& outputs) {
  if (outputs.rvalid && !address_taken_) throw AxiViolation(name_ + ": AXI4-Lite read data before the address was taken");
  address_taken_ = address_taken_ || (pins_.arvalid && outputs.arready);
  if (!outputs.rvalid || !ready_) return false;
  check_response("read", outputs.rresp);
  data_ = outputs.rdata;
  return true;
}

bool LiteMaster::clock_write(const LiteOutputs& outputs) {
  if (outputs.bvalid && !(address_taken_ && data_taken_))
    throw AxiViolation(name_ + ": AXI4-Lite response before address and data were taken");
  address_taken_ = address_taken_ || (pins_.awvalid && outputs.awready);
  data_taken_ = data_taken_ || (pins_.wvalid && outputs.wready);
  if (!outputs.bvalid || !ready_) return false;
  check_response("write", outputs.bresp);
  return true;
}

bool LiteMaster::clock(const LiteOutputs& outputs) {
  if (!busy()) return false;
  const bool ended = state_ == State::kRead ? clock_read(outputs) : clock_write(outputs);
  if (ended) {
    state_ = State::kIdle;
    return true;
  }
  if (address_wait_ > 0) --address_wait_;
  if (data_wait_ > 0) --data_wait_;
  ready_ = ready_ || pause() == 0;
  if (++cycles_ >= kBusTimeout)
    throw std::runtime_error(fmt::format("{}: no answer to an AXI4-Lite access of {:#x}", name_, offset_));
  return false;
}

}  // namespace phasic::engine
