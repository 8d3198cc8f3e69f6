// SPDX-License-Identifier: Apache-2.0
/// A run of one unit, as the host of the platform sees it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "driver/layout/buffers.hpp"
#include "sim/systemc/host.hpp"

namespace phasic::platform {

using layout::kBuffers;

/// Layouts are those of docs/specification.md, section 4. The spans must live until the job is done.
struct Job {
  std::array<std::span<const std::byte>, 4> inputs;  ///< program, weights, tables, samples
  std::uint32_t sample_count = 0;
  std::uint32_t first_sample = 0;
  std::size_t results_bytes = 0;
  std::size_t trace_bytes = 0;  ///< 0 without a trace
  [[nodiscard]] std::size_t bytes(std::size_t buffer) const;
  /// Whether the program says that weights are written back.
  [[nodiscard]] bool writes_weights() const;
};

/// What a unit said when it was done.
struct Registers {
  std::uint32_t error = 0, error_detail = 0, error_sample = 0;
  std::uint32_t samples_fetched = 0, samples_done = 0;
  bool operator==(const Registers&) const = default;
};

struct JobOutcome {
  std::size_t unit = 0;
  std::vector<std::byte> results, trace;
  std::vector<std::byte> weights;  ///< those of the job if it does not learn
  Registers registers;
  std::uint64_t start_cycle = 0, end_cycle = 0;  ///< from the start to the interrupt
};

using Addresses = std::array<std::uint64_t, kBuffers>;

/// One buffer after the other from `base` on, each on a page of its own.
[[nodiscard]] Addresses place(const Job& job, std::uint64_t base);
/// Bytes that place() needs.
[[nodiscard]] std::uint64_t placed_bytes(const Job& job);

/// In the host's thread: copies the inputs to memory, but for those that are in `resident`; results and trace start as zeros.
using Resident = std::array<bool, 4>;
void load(Host& host, std::size_t system, const Job& job, const Addresses& addresses, const Resident& resident = {});
/// In the host's thread: writes arguments, enables the interrupt, starts.
void start(Host& host, std::size_t unit, const Job& job, const Addresses& addresses);
/// In the host's thread, after the interrupt: acknowledges it and fetches registers and outputs, weights only if they are
/// learned.
[[nodiscard]] JobOutcome collect(Host& host, std::size_t unit, std::size_t system, const Job& job, const Addresses& addresses);

}  // namespace phasic::platform
