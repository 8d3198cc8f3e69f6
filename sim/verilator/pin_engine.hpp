// SPDX-License-Identifier: Apache-2.0
/// An Engine made of a kernel at its pins: clock and reset, AXI4-Lite transactions for registers, an AxiMemory at the master
/// port.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "driver/engine/engine.hpp"
#include "sim/verilator/axi_memory.hpp"
#include "sim/verilator/lite_master.hpp"
#include "sim/verilator/options.hpp"
#include "sim/verilator/pins.hpp"

namespace phasic::engine {

class PinEngine final : public Engine {
 public:
  /// Resets the kernel. `memory` must outlive the engine.
  PinEngine(std::unique_ptr<PinModel> model, Memory& memory, const EngineOptions& options);

  std::uint32_t read_register(std::uint32_t offset) override;
  void write_register(std::uint32_t offset, std::uint32_t value) override;
  bool advance(std::uint64_t cycles) override;
  [[nodiscard]] std::string describe() const override;

 private:
  /// A clock cycle; true if it ended a register access.
  bool cycle();
  void poll_samples();

  std::unique_ptr<PinModel> model_;
  EngineOptions options_;
  AxiMemory memory_;
  LiteMaster control_;
  bool by_sample_;  ///< which part of the waves to record follows from samples
  std::uint64_t samples_before_ = 0;
  std::uint32_t samples_fetched_ = 0, samples_done_ = 0;
  std::uint32_t lanes_ = 0, weight_width_ = 0;
};

}  // namespace phasic::engine
