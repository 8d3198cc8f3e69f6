// SPDX-License-Identifier: Apache-2.0
/// The kernel at its pins, one clock cycle at a time: what stands between a Verilated model and whoever drives it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "sim/verilator/axi_memory.hpp"

namespace phasic::engine {

/// What the master of the AXI4-Lite port drives in one cycle.
struct LiteInputs {
  bool awvalid = false, wvalid = false, bready = false, arvalid = false, rready = false;
  std::uint32_t awaddr = 0, araddr = 0;  ///< register offsets, 0 to 4095
  std::uint32_t wdata = 0;
};

/// What the kernel drives at its AXI4-Lite port in one cycle.
struct LiteOutputs {
  bool awready = false, wready = false, bvalid = false, arready = false, rvalid = false;
  std::uint32_t bresp = 0, rresp = 0, rdata = 0;
};

/// All outputs of the kernel in one cycle.
struct KernelOutputs {
  AxiMaster memory;  ///< its wdata stays valid until the next settle()
  LiteOutputs control;
  bool interrupt = false;
};

/// A kernel with a clock that its owner moves. A cycle is settle() and then rise(). Not thread-safe.
class PinModel {
 public:
  virtual ~PinModel() = default;
  /// The low half of a cycle: takes the inputs, gives the outputs as they are just before the rising edge. `data_changed` says
  /// whether memory.rdata may differ from the last call's.
  virtual const KernelOutputs& settle(bool reset_n, const LiteInputs& control, const AxiSlave& memory, bool data_changed) = 0;
  /// The rising edge.
  virtual void rise() = 0;
  /// Clock cycles so far.
  [[nodiscard]] virtual std::uint64_t cycles() const = 0;
  /// Bytes of the AXI4 data bus.
  [[nodiscard]] virtual std::size_t bus_bytes() const = 0;
  /// Whether waves are recorded, within the window of cycles that the options gave; true at first.
  virtual void record(bool on) = 0;
  /// Name of the variant, such as "rtl64".
  [[nodiscard]] virtual std::string name() const = 0;
};

/// Resets the kernel and leaves one idle cycle after it. Throws AxiViolation if a valid is high during reset.
void reset(PinModel& model);

/// The RTL variant `name` at its pins, from the engine library of that name. `options` are those of the RTL engines; `timing`
/// is the business of whoever drives the pins. Throws std::runtime_error that names what is wrong.
[[nodiscard]] std::unique_ptr<PinModel> make_pins(const std::string& name, const std::string& options = "{}");

/// Engine libraries of RTL variants export this function with C linkage under the name phasic_create_pins.
using CreatePins = PinModel* (*)(const char* options);

}  // namespace phasic::engine
