// SPDX-License-Identifier: Apache-2.0
#include "driver/serial/serial_board.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

namespace phasic::driver {
namespace {

using contract::SerialCommand;
using contract::SerialSpace;

constexpr std::size_t kChunk = 2048;  // drivers of SPI buses limit a transfer to a page
constexpr std::size_t kHeadBytes = 4;

std::vector<std::byte> head(SerialCommand command, SerialSpace space, std::uint32_t offset) {
  const std::uint32_t address = static_cast<std::uint32_t>(space) << 20 | offset;
  return {static_cast<std::byte>(command), static_cast<std::byte>(address >> 16), static_cast<std::byte>(address >> 8),
          static_cast<std::byte>(address)};
}

}  // namespace

SerialBoard::SerialBoard(std::unique_ptr<SpiLink> link) : link_(std::move(link)) {
  const contract::SerialControl found = control();
  if (found.identity != contract::kSerialIdentity)
    throw std::runtime_error(fmt::format("{}: identity is {:#010x}, expected {:#010x}: no serial build of the engine answers",
                                         link_->describe(), found.identity, contract::kSerialIdentity));
  if (found.version != contract::kContractVersion)
    throw std::runtime_error(fmt::format("{}: contract version is {}, this driver's is {}", link_->describe(), found.version,
                                         contract::kContractVersion));
  lanes_ = found.lanes;
}

std::string SerialBoard::describe() const { return fmt::format("{}, {} lanes", link_->describe(), lanes_); }

void SerialBoard::write(SerialSpace space, std::uint32_t offset, std::span<const std::byte> bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += kChunk) {
    const auto part = bytes.subspan(at, std::min(kChunk, bytes.size() - at));
    std::vector<std::byte> out = head(SerialCommand::kWrite, space, offset + static_cast<std::uint32_t>(at));
    out.insert(out.end(), part.begin(), part.end());
    std::vector<std::byte> ignored(out.size());
    link_->transfer(out, ignored);
  }
}

void SerialBoard::read(SerialSpace space, std::uint32_t offset, std::span<std::byte> bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += kChunk) {
    const auto part = bytes.subspan(at, std::min(kChunk, bytes.size() - at));
    std::vector<std::byte> out = head(SerialCommand::kRead, space, offset + static_cast<std::uint32_t>(at));
    out.resize(kHeadBytes + 1 + part.size());
    std::vector<std::byte> in(out.size());
    link_->transfer(out, in);
    std::copy(in.begin() + kHeadBytes + 1, in.end(), part.begin());
  }
}

void SerialBoard::start_job(unsigned half) {
  const std::array<std::byte, 1> start{
      static_cast<std::byte>(contract::kSerialControlCommandStart | half << contract::kSerialControlCommandJobBit)};
  write(SerialSpace::kControl, offsetof(contract::SerialControl, command), start);
}

contract::SerialControl SerialBoard::finish_job(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::array<std::byte, 1> status{};
  for (;;) {
    // Read after the clock: a process that was stopped meanwhile still sees that the job has ended.
    const bool is_late = std::chrono::steady_clock::now() >= deadline;
    read(SerialSpace::kControl, offsetof(contract::SerialControl, status), status);
    if ((status[0] & std::byte{contract::kSerialControlStatusBusy}) == std::byte{0}) return control();
    if (is_late) throw std::runtime_error(fmt::format("{}: a job has not ended after {} ms", describe(), patience.count()));
  }
}

contract::SerialControl SerialBoard::control() {
  contract::SerialControl block;
  read(SerialSpace::kControl, 0, std::as_writable_bytes(std::span(&block, 1)));
  return block;
}

}  // namespace phasic::driver
