// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/context.hpp"

namespace phasic::platform {

Context::Context() : context_(std::make_unique<sc_core::sc_simcontext>()) { use(); }

Context::~Context() {
  // The context outlives its modules, and none may stay current when it has gone.
  use();
  context_.reset();
  sc_core::sc_curr_simcontext = nullptr;
  sc_core::sc_default_global_context = nullptr;
}

void Context::use() const {
  sc_core::sc_curr_simcontext = context_.get();
  sc_core::sc_default_global_context = context_.get();
}

}  // namespace phasic::platform

/// The SystemC library has a main() that calls this; our programs have a main() of their own.
extern "C" int sc_main(int /*argc*/, char** /*argv*/) { return 0; }
