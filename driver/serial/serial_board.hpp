// SPDX-License-Identifier: Apache-2.0
/// A serial build of the engine behind an SPI bus: its address space, section 8 of docs/specification.md.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "driver/serial/spi_link.hpp"
#include "phasic/contract.hpp"

namespace phasic::driver {

class SerialBoard {
 public:
  /// Throws std::runtime_error that names both values if the slave is not a serial build of this contract.
  explicit SerialBoard(std::unique_ptr<SpiLink> link);

  /// Weights a word of the synapse memory.
  [[nodiscard]] std::uint32_t lanes() const { return lanes_; }
  [[nodiscard]] std::string describe() const;

  /// Bytes from `offset` of a space on.
  void write(contract::SerialSpace space, std::uint32_t offset, std::span<const std::byte> bytes);
  void read(contract::SerialSpace space, std::uint32_t offset, std::span<std::byte> bytes);

  /// Starts the job in half `half` (0 or 1) of the jobs' memory. Until it has ended the other half alone may be written.
  void start_job(unsigned half);
  /// Waits for the end of the job that was started and gives the control block. Throws std::runtime_error if it does not end
  /// within `patience`.
  [[nodiscard]] contract::SerialControl finish_job(std::chrono::milliseconds patience = std::chrono::seconds(60));

 private:
  [[nodiscard]] contract::SerialControl control();

  std::unique_ptr<SpiLink> link_;
  std::uint32_t lanes_ = 0;
};

}  // namespace phasic::driver
