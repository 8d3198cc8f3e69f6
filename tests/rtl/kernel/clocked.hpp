// SPDX-License-Identifier: Apache-2.0
/// A Verilated module with a clock and a reset, and the bus that its AXI4 ports hang on.
#pragma once

#include <gtest/gtest.h>
#include <verilated.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "sim/verilator/axi_memory.hpp"

namespace phasic::testing {

/// The model with its clock; what has no reset starts at random values.
template <class Model>
class Clocked {
 public:
  explicit Clocked(unsigned seed) {
    context_.randReset(2);
    context_.randSeed(static_cast<int>(seed) + 1);
    model_ = std::make_unique<Model>(&context_);
    set_reset(0);
    model_->clk_i = 0;
    model_->eval();
  }
  ~Clocked() { model_->final(); }

  Model* operator->() { return model_.get(); }
  Model& operator*() { return *model_; }

  /// Lets inputs that were set reach the outputs before the next edge.
  void settle() { model_->eval(); }
  void edge() {
    model_->clk_i = 1;
    model_->eval();
    model_->clk_i = 0;
    model_->eval();
  }
  void reset() {
    set_reset(0);
    edge();
    edge();
    set_reset(1);
    edge();
  }

 private:
  /// Modules that are all data path have no reset.
  void set_reset(unsigned char value) {
    if constexpr (requires(Model & model) { model.rst_ni; }) model_->rst_ni = value;
  }

  VerilatedContext context_;
  std::unique_ptr<Model> model_;
};

/// Bytes of a port of any width, lowest first.
template <class Port>
std::span<std::byte> port_bytes(Port& port) {
  return {reinterpret_cast<std::byte*>(&port), sizeof port};
}

template <class Port, class Value>
void set_bits(Port& port, std::size_t bit, std::size_t width, Value value) {
  const auto bytes = port_bytes(port);
  for (std::size_t k = 0; k < width; ++k) {
    const std::byte mask{static_cast<unsigned char>(1U << ((bit + k) % 8))};
    std::byte& byte = bytes[(bit + k) / 8];
    byte = (value >> k & 1) != 0 ? byte | mask : byte & ~mask;
  }
}

/// A memory of some bytes; everything outside, and what is marked as bad, is answered with an error.
class TestMemory final : public engine::Memory {
 public:
  TestMemory(std::uint64_t base, std::size_t bytes) : base_(base), bytes_(bytes) {}

  bool read(std::uint64_t address, std::span<std::byte> to) override {
    if (!good(address, to.size())) return false;
    std::memcpy(to.data(), bytes_.data() + (address - base_), to.size());
    return true;
  }
  bool write(std::uint64_t address, std::span<const std::byte> from) override {
    if (!good(address, from.size())) return false;
    std::memcpy(bytes_.data() + (address - base_), from.data(), from.size());
    return true;
  }
  void set_bad(std::uint64_t address, std::size_t bytes) {
    bad_ = address;
    bad_bytes_ = bytes;
  }
  std::vector<std::byte>& bytes() { return bytes_; }
  [[nodiscard]] std::uint64_t outside() const { return outside_; }

 private:
  bool good(std::uint64_t address, std::size_t size) {
    if (address < base_ || address + size > base_ + bytes_.size()) {
      ++outside_;
      return false;
    }
    return address + size <= bad_ || address >= bad_ + bad_bytes_;
  }
  std::uint64_t base_;
  std::vector<std::byte> bytes_;
  std::uint64_t bad_ = 0;
  std::size_t bad_bytes_ = 0;
  std::uint64_t outside_ = 0;
};

/// One cycle of a module with AXI4 write ports, and read ports if `Reads`. Its other inputs must be set; `observe` looks at its
/// outputs before the edge.
template <bool Reads, class Model, class Observe>
void bus_cycle(Clocked<Model>& module, engine::AxiMemory& bus, Observe observe) {
  const engine::AxiSlave& slave = bus.outputs();
  module->awready_i = slave.awready;
  module->wready_i = slave.wready;
  module->bvalid_i = slave.bvalid;
  module->bresp_i = slave.bresp;
  if constexpr (Reads) {
    module->arready_i = slave.arready;
    module->rvalid_i = slave.rvalid;
    module->rresp_i = slave.rresp;
    const auto data = port_bytes(module->rdata_i);
    std::memcpy(data.data(), slave.rdata.data(), data.size());
  }
  module.settle();
  const auto data = port_bytes(module->wdata_o);
  std::uint32_t size = 0;
  while ((std::size_t{1} << size) < data.size()) ++size;
  engine::AxiMaster master;
  master.aw = {.valid = module->awvalid_o != 0,
               .address = module->awaddr_o,
               .id = 0,
               .length = module->awlen_o,
               .size = size,
               .burst = 1,
               .qualifiers = 0};
  std::vector<std::byte> beat(data.begin(), data.end());
  master.wvalid = module->wvalid_o != 0;
  master.wlast = module->wlast_o != 0;
  master.wstrb = data.size() == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << data.size()) - 1;
  master.wdata = beat.data();
  master.bready = module->bready_o != 0;
  if constexpr (Reads) {
    master.ar = {.valid = module->arvalid_o != 0,
                 .address = module->araddr_o,
                 .id = 0,
                 .length = module->arlen_o,
                 .size = size,
                 .burst = 1,
                 .qualifiers = 0};
    master.rready = module->rready_o != 0;
  }
  observe();
  module.edge();
  bus.clock(master);
}

}  // namespace phasic::testing
