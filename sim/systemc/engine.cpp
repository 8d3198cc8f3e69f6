// SPDX-License-Identifier: Apache-2.0
/// The library of an engine that hosts a platform. PHASIC_UNIT is the engine of its unit.
#include "sim/systemc/platform_engine.hpp"

extern "C" __attribute__((visibility("default"))) phasic::engine::Engine* phasic_create_engine(phasic::engine::Memory* memory,
                                                                                               const char* options) {
  return phasic::platform::make_platform_engine(PHASIC_UNIT, *memory, options == nullptr ? "{}" : options).release();
}
