// SPDX-License-Identifier: Apache-2.0
/// An engine library for one variant of the Verilated kernel. PHASIC_MODEL is the Verilated class, PHASIC_MODEL_HEADER its
/// header, PHASIC_VARIANT the engine's name; PHASIC_WAVES is defined if the model can write FST files.
#include PHASIC_MODEL_HEADER

#ifdef PHASIC_WAVES
#include <verilated_fst_c.h>
#endif

#include "sim/verilator/verilated_engine.hpp"

#ifdef PHASIC_WAVES
using Waves = VerilatedFstC;
#else
using Waves = phasic::sim::NoWaves;
#endif

extern "C" __attribute__((visibility("default"))) phasic::sim::Engine* phasic_create_engine(phasic::sim::Memory* memory,
                                                                                            const char* options) {
  return new phasic::sim::VerilatedEngine<PHASIC_MODEL, Waves>(PHASIC_VARIANT, *memory,
                                                               phasic::sim::parse_engine_options(options));
}
