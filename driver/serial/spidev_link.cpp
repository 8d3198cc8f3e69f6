// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/spi/spidev.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <stdexcept>

#include "driver/serial/spi_link.hpp"
#include "driver/unit_lock.hpp"

namespace phasic::driver {
namespace {

class SpidevLink final : public SpiLink {
 public:
  SpidevLink(const std::string& file, unsigned hertz)
      : file_(file), hertz_(hertz), descriptor_(::open(file.c_str(), O_RDWR | O_CLOEXEC)) {
    if (descriptor_ < 0) fail("cannot be opened");
    try {
      lock_ = UnitLock("spi", file);
    } catch (...) {
      ::close(descriptor_);
      throw;
    }
    const std::uint8_t mode = SPI_MODE_0;
    const std::uint8_t bits = 8;
    if (::ioctl(descriptor_, SPI_IOC_WR_MODE, &mode) < 0 || ::ioctl(descriptor_, SPI_IOC_WR_BITS_PER_WORD, &bits) < 0 ||
        ::ioctl(descriptor_, SPI_IOC_WR_MAX_SPEED_HZ, &hertz_) < 0) {
      const int error = errno;
      ::close(descriptor_);
      errno = error;
      fail("is not an SPI device with mode 0, bytes and this clock");
    }
  }
  ~SpidevLink() override { ::close(descriptor_); }
  SpidevLink(const SpidevLink&) = delete;
  SpidevLink& operator=(const SpidevLink&) = delete;

  void transfer(std::span<const std::byte> out, std::span<std::byte> in) override {
    spi_ioc_transfer message{};
    message.tx_buf = reinterpret_cast<std::uintptr_t>(out.data());
    message.rx_buf = reinterpret_cast<std::uintptr_t>(in.data());
    message.len = static_cast<std::uint32_t>(out.size());
    message.speed_hz = hertz_;
    message.bits_per_word = 8;
    if (::ioctl(descriptor_, SPI_IOC_MESSAGE(1), &message) < 0) fail(fmt::format("did not carry {} bytes", out.size()));
  }

  [[nodiscard]] std::string describe() const override { return fmt::format("{} at {} Hz", file_, hertz_); }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(fmt::format("SPI device '{}' {}: {}", file_, what, std::strerror(errno)));
  }

  std::string file_;
  UnitLock lock_;
  std::uint32_t hertz_;
  int descriptor_;
};

}  // namespace

std::unique_ptr<SpiLink> open_spidev(const std::string& file, unsigned hertz) {
  return std::make_unique<SpidevLink>(file, hertz);
}

}  // namespace phasic::driver
