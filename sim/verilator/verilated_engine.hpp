// SPDX-License-Identifier: Apache-2.0
/// Makes an Engine of a Verilated kernel: clock and reset, AXI4-Lite transactions for registers, an AxiMemory at the master
/// port, waves.
#pragma once

#include <fmt/format.h>
#include <verilated.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>

#include "phasic/contract.hpp"
#include "sim/engine/engine.hpp"
#include "sim/verilator/axi_memory.hpp"
#include "sim/verilator/options.hpp"

namespace phasic::sim {

/// The writer of waves of a variant without waves.
struct NoWaves {};

/// `Model` is the Verilated class of rtl/kernel/phasic_kernel.sv, `Waves` VerilatedFstC or NoWaves.
template <class Model, class Waves>
class VerilatedEngine final : public Engine {
  static constexpr bool kWaves = !std::is_same_v<Waves, NoWaves>;

 public:
  VerilatedEngine(std::string name, Memory& memory, const EngineOptions& options)
      : name_(std::move(name)),
        options_(options),
        context_(std::make_unique<VerilatedContext>()),
        random_(static_cast<std::uint32_t>(options.timing.seed % 2147483629u) + 17) {
    if (!options_.wave.empty() && !kWaves)
      throw std::runtime_error(
          fmt::format("RTL engine {}: built without waves, cannot write '{}'; use rtl64trace", name_, options_.wave));
    // What has no reset starts at random values.
    context_->randReset(2);
    context_->randSeed(static_cast<int>(options.timing.seed % 2147483629u) + 1);
    if constexpr (kWaves) context_->traceEverOn(true);
    model_ = std::make_unique<Model>(context_.get(), "phasic_kernel");
    memory_ = std::make_unique<AxiMemory>(memory, sizeof(model_->m_axi_gmem_wdata), options.timing);
    if constexpr (kWaves) {
      if (!options_.wave.empty()) {
        waves_ = std::make_unique<Waves>();
        model_->trace(waves_.get(), 99);
        waves_->open(options_.wave.c_str());
        if (!waves_->isOpen()) throw std::runtime_error(fmt::format("cannot write waves to '{}'", options_.wave));
      }
    }
    reset();
  }

  ~VerilatedEngine() override {
    model_->final();
    if constexpr (kWaves) {
      if (waves_) waves_->close();
    }
  }

  std::uint32_t read_register(std::uint32_t offset) override {
    check_offset(offset);
    for (unsigned wait = pause(); wait > 0; --wait) cycle();
    model_->s_axi_control_araddr = static_cast<decltype(+model_->s_axi_control_araddr)>(offset);
    model_->s_axi_control_arvalid = 1;
    bool address = false, ready = pause() == 0;
    std::uint32_t data = 0;
    for (unsigned cycles = 0; cycles < kBusTimeout; ++cycles) {
      model_->s_axi_control_rready = ready;
      settle();
      const bool take_address = !address && model_->s_axi_control_arready;
      const bool valid = model_->s_axi_control_rvalid;
      data = model_->s_axi_control_rdata;
      const unsigned response = model_->s_axi_control_rresp;
      if (valid && !address) throw AxiViolation(name_ + ": AXI4-Lite read data before the address was taken");
      clock();
      if (take_address) {
        address = true;
        model_->s_axi_control_arvalid = 0;
      }
      if (valid && ready) {
        model_->s_axi_control_rready = 0;
        if (response != kAxiOkay)
          throw AxiViolation(fmt::format("{}: AXI4-Lite read of {:#x} answered with {}", name_, offset, response));
        return data;
      }
      ready = ready || pause() == 0;
    }
    throw std::runtime_error(fmt::format("{}: no answer to an AXI4-Lite read of {:#x}", name_, offset));
  }

  void write_register(std::uint32_t offset, std::uint32_t value) override {
    check_offset(offset);
    if (offset == contract::reg::kControl && (value & 1) != 0) samples_before_ += samples_done_;
    model_->s_axi_control_awaddr = static_cast<decltype(+model_->s_axi_control_awaddr)>(offset);
    model_->s_axi_control_wdata = value;
    model_->s_axi_control_wstrb = 0xf;
    unsigned address_wait = pause(), data_wait = pause();
    bool address = false, data = false, ready = pause() == 0;
    for (unsigned cycles = 0; cycles < kBusTimeout; ++cycles) {
      model_->s_axi_control_awvalid = !address && address_wait == 0;
      model_->s_axi_control_wvalid = !data && data_wait == 0;
      model_->s_axi_control_bready = ready;
      settle();
      const bool take_address = model_->s_axi_control_awvalid && model_->s_axi_control_awready;
      const bool take_data = model_->s_axi_control_wvalid && model_->s_axi_control_wready;
      const bool valid = model_->s_axi_control_bvalid;
      const unsigned response = model_->s_axi_control_bresp;
      if (valid && !(address && data)) throw AxiViolation(name_ + ": AXI4-Lite response before address and data were taken");
      clock();
      address = address || take_address;
      data = data || take_data;
      if (address_wait > 0) --address_wait;
      if (data_wait > 0) --data_wait;
      if (valid && ready) {
        model_->s_axi_control_awvalid = 0;
        model_->s_axi_control_wvalid = 0;
        model_->s_axi_control_bready = 0;
        if (response != kAxiOkay)
          throw AxiViolation(fmt::format("{}: AXI4-Lite write of {:#x} answered with {}", name_, offset, response));
        return;
      }
      ready = ready || pause() == 0;
    }
    throw std::runtime_error(fmt::format("{}: no answer to an AXI4-Lite write of {:#x}", name_, offset));
  }

  bool advance(std::uint64_t cycles) override {
    // A poll of the phase costs a few cycles; short runs want it early, long ones seldom.
    const std::uint64_t end = cycle_ + std::max<std::uint64_t>(cycles, 1);
    std::uint64_t step = 32;
    while (true) {
      const std::uint64_t stop = std::min(end, cycle_ + step);
      while (cycle_ < stop) cycle();
      if (kWaves && options_.by_sample && waves_) poll_samples();
      if (read_register(contract::reg::kPhase) == static_cast<std::uint32_t>(contract::Phase::kIdle)) {
        if (kWaves && options_.by_sample && waves_) poll_samples();
        return false;
      }
      if (cycle_ >= end) return true;
      step = std::min<std::uint64_t>(step * 2, kWaves && options_.by_sample ? 64 : 1024);
    }
  }

  [[nodiscard]] std::string describe() const override {
    return fmt::format("RTL {}, {} lanes, {}-bit weights, {} timing, seed {}", name_, lanes_, weight_width_,
                       options_.timing.ideal ? "ideal" : "random", options_.timing.seed);
  }

 private:
  static constexpr unsigned kBusTimeout = 10000;

  static void check_offset(std::uint32_t offset) {
    if (offset % 4 != 0 || offset >= 4096)
      throw std::runtime_error(fmt::format("register offset {:#x}: must be a multiple of 4 below 0x1000", offset));
  }

  /// Cycles to hold a channel of AXI4-Lite back.
  unsigned pause() {
    if (options_.timing.ideal) return 0;
    const auto draw = random_() >> 5;
    return draw % 4 != 0 ? 0 : static_cast<unsigned>(draw / 4 % 5);
  }

  void reset() {
    Model& m = *model_;
    m.ap_clk = 0;
    m.ap_rst_n = 1;
    m.s_axi_control_awvalid = m.s_axi_control_wvalid = m.s_axi_control_arvalid = 0;
    m.s_axi_control_bready = m.s_axi_control_rready = 0;
    m.s_axi_control_awaddr = m.s_axi_control_araddr = 0;
    m.s_axi_control_wdata = 0;
    m.s_axi_control_wstrb = 0;
    m.m_axi_gmem_awready = m.m_axi_gmem_wready = m.m_axi_gmem_arready = 0;
    m.m_axi_gmem_bvalid = m.m_axi_gmem_rvalid = 0;
    m.m_axi_gmem_bid = m.m_axi_gmem_rid = 0;
    m.m_axi_gmem_bresp = m.m_axi_gmem_rresp = 0;
    m.m_axi_gmem_rlast = 0;
    std::memset(&m.m_axi_gmem_rdata, 0, sizeof m.m_axi_gmem_rdata);
    m.eval();
    m.ap_rst_n = 0;
    for (int i = 0; i < 8; ++i) {
      m.ap_clk = 0;
      m.eval();
      dump();
      m.ap_clk = 1;
      m.eval();
      dump();
      ++cycle_;
      if (m.m_axi_gmem_awvalid || m.m_axi_gmem_wvalid || m.m_axi_gmem_arvalid || m.s_axi_control_bvalid ||
          m.s_axi_control_rvalid)
        throw AxiViolation(name_ + ": valid during reset");
    }
    m.ap_rst_n = 1;
    drive();
    cycle();
    lanes_ = read_register(contract::reg::kLimits);
    weight_width_ = read_register(contract::reg::kLimits + 4);
  }

  void drive() {
    const AxiSlave& slave = memory_->outputs();
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
    if (memory_->data_changed()) std::memcpy(&m.m_axi_gmem_rdata, slave.rdata.data(), sizeof m.m_axi_gmem_rdata);
  }

  /// The low half of a cycle: outputs follow the inputs.
  void settle() {
    model_->ap_clk = 0;
    model_->eval();
    dump();
  }

  /// The rising edge, after settle(); then new inputs from the memory.
  void clock() {
    Model& m = *model_;
    master_.aw.valid = m.m_axi_gmem_awvalid;
    if (master_.aw.valid) {
      master_.aw.address = m.m_axi_gmem_awaddr;
      master_.aw.id = m.m_axi_gmem_awid;
      master_.aw.length = m.m_axi_gmem_awlen;
      master_.aw.size = m.m_axi_gmem_awsize;
      master_.aw.burst = m.m_axi_gmem_awburst;
      master_.aw.qualifiers =
          qualifiers(m.m_axi_gmem_awcache, m.m_axi_gmem_awprot, m.m_axi_gmem_awlock, m.m_axi_gmem_awqos, m.m_axi_gmem_awregion);
    }
    master_.ar.valid = m.m_axi_gmem_arvalid;
    if (master_.ar.valid) {
      master_.ar.address = m.m_axi_gmem_araddr;
      master_.ar.id = m.m_axi_gmem_arid;
      master_.ar.length = m.m_axi_gmem_arlen;
      master_.ar.size = m.m_axi_gmem_arsize;
      master_.ar.burst = m.m_axi_gmem_arburst;
      master_.ar.qualifiers =
          qualifiers(m.m_axi_gmem_arcache, m.m_axi_gmem_arprot, m.m_axi_gmem_arlock, m.m_axi_gmem_arqos, m.m_axi_gmem_arregion);
    }
    master_.wvalid = m.m_axi_gmem_wvalid;
    master_.wlast = m.m_axi_gmem_wlast;
    master_.wstrb = m.m_axi_gmem_wstrb;
    master_.wdata = reinterpret_cast<const std::byte*>(&m.m_axi_gmem_wdata);
    master_.bready = m.m_axi_gmem_bready;
    master_.rready = m.m_axi_gmem_rready;
    memory_->clock(master_);
    m.ap_clk = 1;
    m.eval();
    dump();
    drive();
    ++cycle_;
  }

  void cycle() {
    settle();
    clock();
  }

  static std::uint32_t qualifiers(unsigned cache, unsigned protection, unsigned lock, unsigned quality, unsigned region) {
    return cache | protection << 4 | lock << 8 | quality << 12 | region << 16;
  }

  /// Which samples are in flight; keeps the last answer between polls.
  void poll_samples() {
    samples_fetched_ = read_register(contract::reg::kSamplesFetched);
    samples_done_ = read_register(contract::reg::kSamplesDone);
  }

  void dump() {
    if constexpr (kWaves) {
      if (!waves_ || !options_.wave_cycles.contains(cycle_)) return;
      if (options_.by_sample && (samples_before_ + samples_fetched_ < options_.wave_samples.from ||
                                 samples_before_ + samples_done_ > options_.wave_samples.to))
        return;
      waves_->dump(2 * cycle_ + model_->ap_clk);  // 2 ns a cycle
    }
  }

  std::string name_;
  EngineOptions options_;
  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Model> model_;
  std::unique_ptr<AxiMemory> memory_;
  std::unique_ptr<Waves> waves_;
  std::minstd_rand random_;
  AxiMaster master_;
  std::uint64_t cycle_ = 0;
  std::uint64_t samples_before_ = 0;
  std::uint32_t samples_fetched_ = 0, samples_done_ = 0;
  std::uint32_t lanes_ = 0, weight_width_ = 0;
};

}  // namespace phasic::sim
