// SPDX-License-Identifier: Apache-2.0
// The engine library `reference`. Options: see make_reference_engine.
#include "sim/reference/engine.hpp"

extern "C" phasic::engine::Engine* phasic_create_engine(phasic::engine::Memory* memory, const char* options) {
  return phasic::reference::make_reference_engine(*memory, std::string(options == nullptr ? "{}" : options)).release();
}
