// SPDX-License-Identifier: Apache-2.0
// The engine library `spi`: a serial build on a board at one of this machine's SPI buses. Options, a JSON object:
//   device  device file, default /dev/spidev0.0
//   hertz   of the serial clock, default 1500000; at most an eighth of the board's clock
#include <fmt/format.h>

#include <cstdint>
#include <stdexcept>

#include "driver/engine/options.hpp"
#include "driver/serial/serial_core.hpp"

namespace {

[[noreturn]] void reject(const std::string& what) { throw std::invalid_argument("spi engine options: " + what); }

phasic::engine::Engine* create(phasic::engine::Memory& memory, const std::string& options) {
  const nlohmann::json object = phasic::engine::parse_options("spi engine options", options);
  std::string device = "/dev/spidev0.0";
  std::int64_t hertz = 1'500'000;
  for (const auto& [key, value] : object.items()) {
    if (key == "device") {
      if (!value.is_string()) reject("device is " + value.dump() + ", expected a file name");
      device = value.get<std::string>();
    } else if (key == "hertz") {
      if (!value.is_number_integer() || value.get<std::int64_t>() < 1'000 || value.get<std::int64_t>() > 50'000'000)
        reject("hertz is " + value.dump() + ", expected 1000 to 50000000");
      hertz = value.get<std::int64_t>();
    } else {
      reject("unknown key '" + key + "'");
    }
  }
  return phasic::driver::make_serial_engine(memory, phasic::driver::open_spidev(device, static_cast<unsigned>(hertz)))
      .release();
}

}  // namespace

extern "C" __attribute__((visibility("default"))) phasic::engine::Engine* phasic_create_engine(phasic::engine::Memory* memory,
                                                                                               const char* options) {
  return create(*memory, options == nullptr ? "{}" : options);
}
