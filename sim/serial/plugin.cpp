// SPDX-License-Identifier: Apache-2.0
/// An engine library for a serial build: the Verilated RTL or netlist at its SPI pins, driven as a board is. PHASIC_MODEL is
/// the Verilated class, PHASIC_MODEL_HEADER its header, PHASIC_VARIANT the engine's name. Options: those of the RTL engines but
/// for timing and waves; the serial clock's period is drawn anew for every transfer, eight to eleven clock cycles.
#include PHASIC_MODEL_HEADER

#include <fmt/format.h>
#include <verilated.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>

#include "driver/serial/serial_core.hpp"
#include "sim/verilator/options.hpp"

namespace {

constexpr unsigned kConfiguration = 300;                 ///< clock cycles in which a netlist resets itself
constexpr unsigned kShortestHalf = 4, kLongestHalf = 5;  ///< clock cycles of half a serial clock

/// An SPI master that moves the model's clock.
class VerilatedSpi final : public phasic::driver::SpiLink {
 public:
  explicit VerilatedSpi(const phasic::engine::EngineOptions& options)
      : context_(std::make_unique<VerilatedContext>()), random_(static_cast<unsigned>(options.timing.seed)) {
    // What has no reset starts at random values.
    context_->randReset(2);
    context_->randSeed(static_cast<int>(options.timing.seed % 2147483629U) + 1);
    model_ = std::make_unique<PHASIC_MODEL>(context_.get(), "phasic_serial");
    PHASIC_MODEL& m = *model_;
    m.clk_i = 0;
    m.spi_clk_i = 0;
    m.spi_select_ni = 1;
    m.spi_data_i = 0;
    m.rst_ni = 1;
    m.eval();
    m.rst_ni = 0;
    cycles(4);
    m.rst_ni = 1;
    cycles(kConfiguration);
  }

  ~VerilatedSpi() override { model_->final(); }

  void transfer(std::span<const std::byte> out, std::span<std::byte> in) override {
    PHASIC_MODEL& m = *model_;
    const auto half = [this] { return std::uniform_int_distribution<unsigned>(kShortestHalf, kLongestHalf)(random_); };
    const unsigned low = half();
    const unsigned high = half();
    m.spi_select_ni = 0;
    cycles(low);
    for (std::size_t at = 0; at < out.size(); ++at) {
      unsigned received = 0;
      for (unsigned bit = 8; bit-- > 0;) {
        m.spi_data_i = (static_cast<unsigned>(out[at]) >> bit) & 1U;
        cycles(low);
        received = received << 1U | m.spi_data_o;
        m.spi_clk_i = 1;
        cycles(high);
        m.spi_clk_i = 0;
      }
      in[at] = static_cast<std::byte>(received);
    }
    cycles(low);
    m.spi_select_ni = 1;
    cycles(high);
  }

  [[nodiscard]] std::string describe() const override { return "Verilated at its SPI pins (" PHASIC_VARIANT ")"; }

 private:
  void cycles(unsigned count) {
    for (unsigned n = 0; n < count; ++n) {
      model_->clk_i = 1;
      model_->eval();
      model_->clk_i = 0;
      model_->eval();
    }
  }

  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<PHASIC_MODEL> model_;
  std::mt19937 random_;
};

}  // namespace

extern "C" __attribute__((visibility("default"))) phasic::engine::Engine* phasic_create_engine(phasic::engine::Memory* memory,
                                                                                               const char* options) {
  const auto parsed = phasic::engine::parse_engine_options(options);
  return phasic::driver::make_serial_engine(*memory, std::make_unique<VerilatedSpi>(parsed)).release();
}
