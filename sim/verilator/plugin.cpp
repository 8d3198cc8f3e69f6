// SPDX-License-Identifier: Apache-2.0
/// An engine library for one variant of the Verilated kernel. PHASIC_MODEL is the Verilated class, PHASIC_MODEL_HEADER its
/// header, PHASIC_VARIANT the engine's name; PHASIC_WAVES is defined if the model can write FST files, PHASIC_FLIPS if bits of
/// its memories can flip.
#include PHASIC_MODEL_HEADER

#ifdef PHASIC_WAVES
#include <verilated_fst_c.h>
#endif

#include "sim/verilator/pin_engine.hpp"
#include "sim/verilator/verilated_pins.hpp"

#ifdef PHASIC_WAVES
using Waves = VerilatedFstC;
#else
using Waves = phasic::engine::NoWaves;
#endif

#ifdef PHASIC_FLIPS
#include "sim/verilator/flips.hpp"
using Flipping = phasic::engine::Flips;
#else
using Flipping = phasic::engine::NoFlips;
#endif

namespace {

std::unique_ptr<phasic::engine::PinModel> make_model(const phasic::engine::EngineOptions& options) {
  return std::make_unique<phasic::engine::VerilatedPins<PHASIC_MODEL, Waves, Flipping>>(PHASIC_VARIANT, options);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) phasic::engine::Engine* phasic_create_engine(phasic::engine::Memory* memory,
                                                                                               const char* options) {
  const auto parsed = phasic::engine::parse_engine_options(options);
  return new phasic::engine::PinEngine(make_model(parsed), *memory, parsed);
}

extern "C" __attribute__((visibility("default"))) phasic::engine::PinModel* phasic_create_pins(const char* options) {
  return make_model(phasic::engine::parse_engine_options(options)).release();
}
