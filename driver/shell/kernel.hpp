// SPDX-License-Identifier: Apache-2.0
/// One run of the kernel over device memory (docs/specification.md, section 6). Timing counters are 0 but for the
/// cycles that a core tells.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "driver/engine/engine.hpp"
#include "driver/engine/register_file.hpp"
#include "driver/shell/core.hpp"
#include "driver/shell/sample_reader.hpp"
#include "phasic/contract.hpp"

namespace phasic::shell {

using engine::Arguments;

/// What the status registers tell of a run.
struct RunStatus {
  Fault fault;
  contract::Phase phase = contract::Phase::kIdle;
  std::uint32_t samples_fetched = 0;
  std::uint32_t samples_done = 0;
};

using MakeCore = std::function<std::unique_ptr<Core>(Program)>;

/// A run that is carried on piece by piece.
class KernelRun {
 public:
  /// `memory` must outlive the run.
  KernelRun(engine::Memory& memory, const contract::Limits& limits, const Arguments& arguments, MakeCore make_core);

  /// Does the next piece: everything up to the samples, one sample, or everything after them. Returns whether the run goes on.
  bool advance();
  [[nodiscard]] const RunStatus& status() const { return status_; }

 private:
  [[nodiscard]] bool failed() const { return status_.fault.error != contract::Error::kNone; }
  /// Keeps the first error of the run.
  void fail(contract::Error error, std::uint32_t detail, std::uint32_t sample = 0);
  [[nodiscard]] std::uint64_t address(std::uint32_t argument) const;
  [[nodiscard]] std::uint32_t bytes(std::uint32_t argument) const;
  bool read(std::uint32_t argument, std::uint64_t offset, std::span<std::byte> to);
  void write(std::uint32_t argument, std::uint64_t offset, std::span<const std::byte> from);

  void check_addresses();
  void load();
  bool read_program();
  bool check_capacity();
  bool check_sizes();
  bool load_tables();
  bool load_weights();
  bool run_sample();
  void write_result(const Sample& sample);
  void write_trace();
  void store_weights();
  void write_header();

  engine::Memory& memory_;
  contract::Limits limits_;
  Arguments arguments_;
  MakeCore make_core_;
  RunStatus status_;
  Program program_;
  std::unique_ptr<Core> core_;
  enum class Next { kLoad, kSample, kEnd, kNothing } next_ = Next::kLoad;
  bool header_possible_ = true;
  std::uint32_t position_ = 0;  ///< of the next sample in the run
  std::uint32_t loaded_checksum_ = 0, stored_checksum_ = 0;
  std::array<ReadSample, 2> read_;  ///< the samples at even and at odd positions
  bool is_read_ = false;            ///< the next sample is there already
  SampleResult result_;
  Potentials potentials_;
};

}  // namespace phasic::shell
