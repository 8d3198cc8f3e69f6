// SPDX-License-Identifier: Apache-2.0
#include "sim/verilator/pins.hpp"

#include <stdexcept>

#include "driver/engine/engine.hpp"

namespace phasic::engine {

void reset(PinModel& model) {
  constexpr int kResetCycles = 8;
  for (int cycle = 0; cycle < kResetCycles; ++cycle) {
    const KernelOutputs& outputs = model.settle(false, {}, {}, cycle == 0);
    const AxiMaster& master = outputs.memory;
    // The first edge has to come before outputs mean anything.
    if (cycle > 0 && (master.aw.valid || master.wvalid || master.ar.valid || outputs.control.bvalid || outputs.control.rvalid))
      throw AxiViolation(model.name() + ": valid during reset");
    model.rise();
  }
  (void)model.settle(true, {}, {}, false);
  model.rise();
}

std::unique_ptr<PinModel> make_pins(const std::string& name, const std::string& options) {
  const auto create = reinterpret_cast<CreatePins>(find_engine_function(name, "phasic_create_pins"));
  try {
    return std::unique_ptr<PinModel>(create(options.c_str()));
  } catch (const std::exception& error) {
    throw std::runtime_error("pins of '" + name + "' with options " + options + ": " + error.what());
  }
}

}  // namespace phasic::engine
