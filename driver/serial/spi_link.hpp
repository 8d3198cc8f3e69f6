// SPDX-License-Identifier: Apache-2.0
/// What carries the bytes of an SPI bus, in mode 0, to one slave and back.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace phasic::driver {

class SpiLink {
 public:
  virtual ~SpiLink() = default;
  /// Selects the slave, sends `out` and takes as many bytes into `in`, which has the same size. Throws std::runtime_error that
  /// names the device if the bus fails.
  virtual void transfer(std::span<const std::byte> out, std::span<std::byte> in) = 0;
  /// One line for people.
  [[nodiscard]] virtual std::string describe() const = 0;
};

/// A device file of Linux's spidev driver, such as /dev/spidev0.0. `hertz`: of the serial clock, at most an eighth of the
/// board's clock. No other process has it at the same time (driver/unit_lock.hpp). Throws std::runtime_error that names the
/// file and what is wrong with it.
[[nodiscard]] std::unique_ptr<SpiLink> open_spidev(const std::string& file, unsigned hertz);

}  // namespace phasic::driver
