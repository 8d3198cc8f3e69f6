// SPDX-License-Identifier: Apache-2.0
/// A compute unit that runs the kernel, reached over XRT or in this process.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "phasic/contract.hpp"

namespace phasic::driver {

/// One run of the kernel. Layouts are those of docs/specification.md, section 4.
struct RunRequest {
  std::span<const std::byte> program;
  std::span<const std::byte> weights;
  std::span<const std::byte> tables;  ///< may be empty if no layer uses level tables
  std::span<const std::byte> samples;
  std::uint32_t sample_count = 0;
  std::uint32_t first_sample = 0;
  std::size_t results_bytes = 0;  ///< size of the results buffer to provide
  std::size_t trace_bytes = 0;    ///< 0 without a trace
  std::chrono::milliseconds timeout{600'000};
};

struct RunResponse {
  std::vector<std::byte> results;
  std::vector<std::byte> weights;  ///< the weights buffer after the run
  std::vector<std::byte> trace;
  std::uint32_t error = 0;  ///< error register
  std::uint32_t error_detail = 0;
  std::uint32_t error_sample = 0;
  /// Error code, what the contract says of it, and which field, argument, layer or sample; empty without an error.
  [[nodiscard]] std::string error_text() const;
};

/// The run did not end in time. what() has the status dump: phase, samples, error, cycles, state of each layer engine.
class RunTimeout : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One compute unit. A Device is used by one thread at a time; different Devices may be used at once.
class Device {
 public:
  virtual ~Device() = default;
  /// Read from the kernel's registers or, where it has none, told by its xclbin.
  [[nodiscard]] virtual const contract::Limits& limits() const = 0;
  /// Copies the request's buffers to the device and starts the kernel. The spans need to live only during the call.
  virtual void start(const RunRequest& request) = 0;
  /// Waits for the run to end and fetches what it wrote. Throws RunTimeout, or std::runtime_error for transport errors. Kernel
  /// error codes do not throw: they are in the response.
  virtual RunResponse wait() = 0;
  RunResponse run(const RunRequest& request) {
    start(request);
    return wait();
  }
  [[nodiscard]] virtual std::uint32_t read_register(std::uint32_t offset) = 0;
  /// One line for people: transport, device, compute unit, engine, lanes.
  [[nodiscard]] virtual std::string describe() const = 0;
  /// Text of all status registers, one a line.
  [[nodiscard]] std::string status_dump();
};

/// An engine in this process (see driver/engine/engine.hpp for names and options).
[[nodiscard]] std::unique_ptr<Device> open_local(const std::string& engine, const std::string& options = "{}");

struct XrtTarget {
  unsigned device = 0;
  std::string xclbin;        ///< path of the xclbin file
  std::string compute_unit;  ///< "phasic_1", ...; empty: the first
};
/// A compute unit of a card (or of the simulated card) through XRT, which no other process has at the same time
/// (driver/unit_lock.hpp; a simulated card only where PHASIC_LOCK_FOLDER is set). Checks the xclbin file before XRT sees it.
[[nodiscard]] std::unique_ptr<Device> open_xrt(const XrtTarget& target);

/// Names of the compute units of the kernel in an xclbin file.
[[nodiscard]] std::vector<std::string> compute_units(const std::string& xclbin);

}  // namespace phasic::driver
