// SPDX-License-Identifier: Apache-2.0
/// A Verilated kernel at its pins, with waves.
#pragma once

#include <fmt/format.h>
#include <verilated.h>

#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/verilator/options.hpp"
#include "sim/verilator/pins.hpp"

namespace phasic::engine {

/// The writer of waves of a variant without waves.
struct NoWaves {};

/// In place of Flips in a variant whose bits do not flip.
class NoFlips {
 public:
  NoFlips(VerilatedContext& /*context*/, const std::string& /*model*/, const std::vector<Flip>& flips) {
    if (!flips.empty()) throw std::runtime_error("flips: this variant was not built for them; rtl4conv is");
  }
  void before(std::uint64_t /*cycle*/) {}
};

/// `Model` is the Verilated class of rtl/kernel/phasic_kernel.sv, `Waves` VerilatedFstC or NoWaves, `Flipping` Flips or
/// NoFlips.
template <class Model, class Waves, class Flipping>
class VerilatedPins final : public PinModel {
  static constexpr const char* kModelName = "phasic_kernel";
  static constexpr bool kWaves = !std::is_same_v<Waves, NoWaves>;

 public:
  VerilatedPins(std::string name, const EngineOptions& options)
      : name_(std::move(name)),
        wave_cycles_(options.wave_cycles),
        context_(std::make_unique<VerilatedContext>()),
        flips_(*context_, kModelName, options.flips) {
    if (!options.wave.empty() && !kWaves)
      throw std::runtime_error(
          fmt::format("RTL engine {}: built without waves, cannot write '{}'; use rtl8trace", name_, options.wave));
    // What has no reset starts at random values.
    context_->randReset(2);
    context_->randSeed(static_cast<int>(options.timing.seed % 2147483629U) + 1);
    if constexpr (kWaves) context_->traceEverOn(true);
    Verilated::threadContextp(context_.get());
    model_ = std::make_unique<Model>(context_.get(), kModelName);
    if constexpr (kWaves) {
      if (!options.wave.empty()) {
        waves_ = std::make_unique<Waves>();
        model_->trace(waves_.get(), 99);
        waves_->open(options.wave.c_str());
        if (!waves_->isOpen()) throw std::runtime_error(fmt::format("cannot write waves to '{}'", options.wave));
      }
    }
    // Every input has a value before the first evaluation, which is not one of a reset.
    Model& m = *model_;
    m.ap_clk = 0;
    m.ap_rst_n = 1;
    m.s_axi_control_wstrb = 0xf;
    drive_control({});
    drive_memory({}, true);
    m.eval();
  }

  ~VerilatedPins() override {
    // Its parts take leave of the thread's context, which may be that of another model.
    Verilated::threadContextp(context_.get());
    model_->final();
    if constexpr (kWaves) {
      if (waves_) waves_->close();
    }
    model_.reset();
    Verilated::threadContextp(nullptr);
  }

  const KernelOutputs& settle(bool reset_n, const LiteInputs& control, const AxiSlave& memory, bool data_changed) override {
    model_->ap_rst_n = reset_n;
    drive_control(control);
    drive_memory(memory, data_changed);
    model_->ap_clk = 0;
    model_->eval();
    dump();
    sample();
    return outputs_;
  }

  void rise() override {
    flips_.before(cycle_);
    model_->ap_clk = 1;
    model_->eval();
    dump();
    ++cycle_;
  }

  [[nodiscard]] std::uint64_t cycles() const override { return cycle_; }
  [[nodiscard]] std::size_t bus_bytes() const override { return sizeof(model_->m_axi_gmem_wdata); }
  void record(bool on) override { record_ = on; }
  [[nodiscard]] std::string name() const override { return name_; }

 private:
  void drive_control(const LiteInputs& control) {
    Model& m = *model_;
    m.s_axi_control_awvalid = control.awvalid;
    m.s_axi_control_awaddr = static_cast<decltype(+m.s_axi_control_awaddr)>(control.awaddr);
    m.s_axi_control_wvalid = control.wvalid;
    m.s_axi_control_wdata = control.wdata;
    m.s_axi_control_bready = control.bready;
    m.s_axi_control_arvalid = control.arvalid;
    m.s_axi_control_araddr = static_cast<decltype(+m.s_axi_control_araddr)>(control.araddr);
    m.s_axi_control_rready = control.rready;
  }

  void drive_memory(const AxiSlave& slave, bool data_changed) {
    Model& m = *model_;
    m.m_axi_gmem_awready = slave.awready;
    m.m_axi_gmem_wready = slave.wready;
    m.m_axi_gmem_arready = slave.arready;
    m.m_axi_gmem_bvalid = slave.bvalid;
    m.m_axi_gmem_bid = static_cast<decltype(+m.m_axi_gmem_bid)>(slave.bid);
    m.m_axi_gmem_bresp = static_cast<CData>(slave.bresp);
    m.m_axi_gmem_rvalid = slave.rvalid;
    m.m_axi_gmem_rid = static_cast<decltype(+m.m_axi_gmem_rid)>(slave.rid);
    m.m_axi_gmem_rresp = static_cast<CData>(slave.rresp);
    m.m_axi_gmem_rlast = slave.rlast;
    if (data_changed) std::memcpy(&m.m_axi_gmem_rdata, slave.rdata.data(), sizeof m.m_axi_gmem_rdata);
  }

  static std::uint32_t qualifiers(unsigned cache, unsigned protection, unsigned lock, unsigned quality, unsigned region) {
    return cache | protection << 4 | lock << 8 | quality << 12 | region << 16;
  }

  void sample() {
    const Model& m = *model_;
    AxiMaster& master = outputs_.memory;
    master.aw.valid = m.m_axi_gmem_awvalid;
    if (master.aw.valid) {
      master.aw.address = m.m_axi_gmem_awaddr;
      master.aw.id = m.m_axi_gmem_awid;
      master.aw.length = m.m_axi_gmem_awlen;
      master.aw.size = m.m_axi_gmem_awsize;
      master.aw.burst = m.m_axi_gmem_awburst;
      master.aw.qualifiers =
          qualifiers(m.m_axi_gmem_awcache, m.m_axi_gmem_awprot, m.m_axi_gmem_awlock, m.m_axi_gmem_awqos, m.m_axi_gmem_awregion);
    }
    master.ar.valid = m.m_axi_gmem_arvalid;
    if (master.ar.valid) {
      master.ar.address = m.m_axi_gmem_araddr;
      master.ar.id = m.m_axi_gmem_arid;
      master.ar.length = m.m_axi_gmem_arlen;
      master.ar.size = m.m_axi_gmem_arsize;
      master.ar.burst = m.m_axi_gmem_arburst;
      master.ar.qualifiers =
          qualifiers(m.m_axi_gmem_arcache, m.m_axi_gmem_arprot, m.m_axi_gmem_arlock, m.m_axi_gmem_arqos, m.m_axi_gmem_arregion);
    }
    master.wvalid = m.m_axi_gmem_wvalid;
    master.wlast = m.m_axi_gmem_wlast;
    master.wstrb = m.m_axi_gmem_wstrb;
    master.wdata = reinterpret_cast<const std::byte*>(&m.m_axi_gmem_wdata);
    master.bready = m.m_axi_gmem_bready;
    master.rready = m.m_axi_gmem_rready;
    LiteOutputs& control = outputs_.control;
    control.awready = m.s_axi_control_awready;
    control.wready = m.s_axi_control_wready;
    control.bvalid = m.s_axi_control_bvalid;
    control.bresp = m.s_axi_control_bresp;
    control.arready = m.s_axi_control_arready;
    control.rvalid = m.s_axi_control_rvalid;
    control.rresp = m.s_axi_control_rresp;
    control.rdata = m.s_axi_control_rdata;
    outputs_.interrupt = m.__SYM__interrupt;
  }

  void dump() {
    if constexpr (kWaves) {
      if (!waves_ || !record_ || !wave_cycles_.contains(cycle_)) return;
      waves_->dump(2 * cycle_ + model_->ap_clk);  // 2 ns a cycle
    }
  }

  std::string name_;
  Window wave_cycles_;
  std::unique_ptr<VerilatedContext> context_;
  Flipping flips_;
  std::unique_ptr<Model> model_;
  std::unique_ptr<Waves> waves_;
  KernelOutputs outputs_;
  std::uint64_t cycle_ = 0;
  bool record_ = true;
};

}  // namespace phasic::engine
