// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/trace.hpp"

#include <fmt/format.h>
#include <sysc/tracing/sc_tracing_ids.h>

#include <fstream>
#include <stdexcept>

#include "phasic/contract.hpp"

namespace phasic::platform {
namespace {

namespace reg = contract::reg;

constexpr std::string_view kEnding = ".vcd";

}  // namespace

/// Keeps the values of now, and shows them to the file while the window is open.
class TraceFile::Recorder : public sc_core::sc_module {
 public:
  Recorder(const sc_core::sc_module_name& name, Platform& platform, std::uint64_t from, std::uint64_t to)
      : sc_module(name), platform_(platform), from_(from), to_(to), now_(platform.units()), shown_(platform.units()) {
    SC_HAS_PROCESS(Recorder);
    SC_METHOD(open_window);
    SC_METHOD(see_interrupts);
    for (std::size_t unit = 0; unit < platform.units(); ++unit) {
      sensitive << platform.unit(unit).interrupt;
      platform.monitor(unit).observe([this, unit](const Transaction& transaction) { see(unit, transaction); });
      platform.unit(unit).observe_registers(
          [this, unit](bool write, std::uint32_t offset, std::uint32_t value) { see_register(unit, write, offset, value); });
    }
  }

  void add_to(sc_core::sc_trace_file* file) {
    for (std::size_t unit = 0; unit < shown_.size(); ++unit) {
      const Values& values = shown_[unit];
      const auto name = [&](const char* what) { return fmt::format("unit_{}.{}", unit, what); };
      sc_core::sc_trace(file, values.busy, name("busy"));
      sc_core::sc_trace(file, values.interrupt, name("interrupt"));
      sc_core::sc_trace(file, values.phase, name("phase"), 8);
      sc_core::sc_trace(file, values.samples_done, name("samples_done"), 32);
      sc_core::sc_trace(file, values.read_address, name("read_address"), 64);
      sc_core::sc_trace(file, values.read_bytes, name("read_bytes"), 16);
      sc_core::sc_trace(file, values.reads, name("reads"), 32);
      sc_core::sc_trace(file, values.write_address, name("write_address"), 64);
      sc_core::sc_trace(file, values.write_bytes, name("write_bytes"), 16);
      sc_core::sc_trace(file, values.writes, name("writes"), 32);
    }
  }

 private:
  /// Of one unit.
  struct Values {
    bool busy = false, interrupt = false;
    std::uint32_t phase = 0, samples_done = 0;
    std::uint64_t read_address = 0, write_address = 0;
    std::uint32_t read_bytes = 0, write_bytes = 0;
    std::uint32_t reads = 0, writes = 0;
  };

  /// Shows what happened before the window in its first cycle.
  void open_window() {
    const std::uint64_t now = platform_.clocking().now();
    if (now < from_)
      next_trigger(platform_.clocking().time(from_ - now));
    else
      show();
  }

  void see_interrupts() {
    for (std::size_t unit = 0; unit < now_.size(); ++unit) {
      now_[unit].interrupt = platform_.unit(unit).interrupt.read();
      if (now_[unit].interrupt) now_[unit].busy = false;
    }
    show();
  }

  void see(std::size_t unit, const Transaction& transaction) {
    Values& values = now_[unit];
    (transaction.write ? values.write_address : values.read_address) = transaction.address;
    (transaction.write ? values.write_bytes : values.read_bytes) = static_cast<std::uint32_t>(transaction.data.size());
    ++(transaction.write ? values.writes : values.reads);
    show();
  }

  void see_register(std::size_t unit, bool write, std::uint32_t offset, std::uint32_t value) {
    Values& values = now_[unit];
    if (write && offset == reg::kControl && (value & 1) != 0) values.busy = true;
    if (!write && offset == reg::kPhase) values.phase = value;
    if (!write && offset == reg::kSamplesDone) values.samples_done = value;
    show();
  }

  void show() {
    const std::uint64_t now = platform_.clocking().now();
    if (now < from_ || now > to_) return;
    shown_ = now_;
  }

  Platform& platform_;
  std::uint64_t from_, to_;
  std::vector<Values> now_, shown_;
};

TraceFile::TraceFile(Platform& platform, const std::string& path, std::uint64_t from, std::uint64_t to) : platform_(platform) {
  platform.use();
  if (path.size() <= kEnding.size() || !path.ends_with(kEnding))
    throw std::runtime_error(fmt::format("trace file '{}': the name must end in .vcd", path));
  // SystemC would only print a report.
  if (!std::ofstream(path)) throw std::runtime_error(fmt::format("cannot write trace file '{}'", path));
  sc_core::sc_report_handler::set_actions(sc_core::SC_ID_TRACING_TIMESCALE_UNIT_, sc_core::SC_DO_NOTHING);
  recorder_ = std::make_unique<Recorder>("recorder", platform, from, to);
  file_ = sc_core::sc_create_vcd_trace_file(path.substr(0, path.size() - kEnding.size()).c_str());
  file_->set_time_unit(1, sc_core::SC_NS);
  recorder_->add_to(file_);
}

TraceFile::~TraceFile() {
  platform_.use();
  sc_core::sc_close_vcd_trace_file(file_);
}

}  // namespace phasic::platform
