// SPDX-License-Identifier: Apache-2.0
/// SystemC keeps its simulation in one global object. A context of our own lets a program have several simulations, one after
/// the other or in turns, as tests and engine libraries need.
#pragma once

#include <memory>
#include <systemc>

namespace phasic::platform {

class Context {
 public:
  /// A new simulation, which becomes the current one.
  Context();
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  /// Makes it the current one. To be called before anything of SystemC is touched, modules' destructors included.
  void use() const;

 private:
  std::unique_ptr<sc_core::sc_simcontext> context_;
};

}  // namespace phasic::platform
