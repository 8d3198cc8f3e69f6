// SPDX-License-Identifier: Apache-2.0
/// A VCD file of what happens on a platform's buses, within a window of time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "sim/systemc/platform.hpp"

namespace phasic::platform {

/// For each unit: `busy` from the start to the interrupt, `interrupt`, `phase` and `samples_done` as the host last read them,
/// and of the last read and the last write on its memory bus the address, the bytes and a count. Outside the window nothing
/// changes.
class TraceFile {
 public:
  /// `path` ends in ".vcd". The window is closed: cycles `from` to `to`. To be made before the platform's first task. Throws
  /// std::runtime_error if the file cannot be written or the path has another ending.
  TraceFile(Platform& platform, const std::string& path, std::uint64_t from = 0, std::uint64_t to = ~std::uint64_t{0});
  ~TraceFile();
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;

 private:
  class Recorder;
  Platform& platform_;
  sc_core::sc_trace_file* file_ = nullptr;
  std::unique_ptr<Recorder> recorder_;
};

}  // namespace phasic::platform
