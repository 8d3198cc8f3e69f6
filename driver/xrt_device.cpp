// SPDX-License-Identifier: Apache-2.0
#include <ert.h>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <xrt/xrt_bo.h>
#include <xrt/xrt_device.h>
#include <xrt/xrt_kernel.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <new>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <utility>

#include "driver/device.hpp"
#include "driver/layout/buffers.hpp"
#include "driver/results_status.hpp"
#include "driver/status.hpp"
#include "driver/unit_lock.hpp"
#include "driver/xclbin.hpp"
#include "phasic/contract.hpp"

namespace phasic::driver {
namespace {

namespace fs = std::filesystem;
using layout::kBuffers;

constexpr std::size_t kPage = 4096;
constexpr std::string_view kSimulatedCard = "phasic_simulated_card";  // its name, of sim/card/shim.cpp
// A wait is cut into slices: where several threads wait, XRT may give the news of a run to another thread than the one that
// waits.
constexpr std::chrono::milliseconds kSlice{100};

/// XRT's tables of open devices have no lock of their own.
std::mutex& xrt_mutex() {
  static std::mutex mutex;
  return mutex;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

/// XRT finds the library of the card through XILINX_XRT. An xclbin in the folder of a simulated card says where that is, if the
/// environment does not. Returns what was done, for people; empty if nothing.
std::string find_card_library(const fs::path& xclbin) {
  if (const auto mode = environment("XCL_EMULATION_MODE"); !mode.empty()) {
    throw std::runtime_error(
        fmt::format("XCL_EMULATION_MODE is '{}': unset it, neither a card nor the simulated card uses it", mode));
  }
  static std::string set_by_us;
  const auto folder = fs::absolute(xclbin).lexically_normal().parent_path();
  const auto current = environment("XILINX_XRT");
  if (current.empty()) {
    if (!fs::exists(folder / "lib" / "libxrt_core.so.2")) {
      throw std::runtime_error(fmt::format(
          "XILINX_XRT is not set and '{}' is not the folder of a simulated card: set XILINX_XRT to the folder of XRT, "
          "such as /opt/xilinx/xrt",
          folder.string()));
    }
    setenv("XILINX_XRT", folder.c_str(), 1);
    set_by_us = folder.string();
  }
  return set_by_us.empty() ? std::string() : fmt::format(", XILINX_XRT set to '{}'", set_by_us);
}

std::string choose_unit(const XrtTarget& target, const XclbinInfo& info) {
  if (target.compute_unit.empty()) return info.compute_units.front();
  if (std::find(info.compute_units.begin(), info.compute_units.end(), target.compute_unit) == info.compute_units.end()) {
    throw std::runtime_error(fmt::format("xclbin '{}' has no compute unit '{}'; it has {}", target.xclbin, target.compute_unit,
                                         fmt::join(info.compute_units, ", ")));
  }
  return target.compute_unit;
}

class XrtDevice final : public Device {
 public:
  explicit XrtDevice(const XrtTarget& target) {
    const auto info = read_xclbin(target.xclbin);
    unit_ = choose_unit(target, info);
    where_ = fmt::format("device {}, compute unit '{}'", target.device, unit_);
    const std::lock_guard lock(xrt_mutex());
    const auto note = find_card_library(target.xclbin);
    try {
      device_ = xrt::device(target.device);
      const auto card = device_.get_info<xrt::info::device::name>();
      // Simulated cards live in a process and are nobody else's, unless it is asked for.
      if (card != kSimulatedCard || lock_folder_is_named()) lock_ = UnitLock(device_.get_info<xrt::info::device::bdf>(), unit_);
      const auto uuid = device_.load_xclbin(target.xclbin);
      kernel_ =
          xrt::kernel(device_, uuid, fmt::format("{}:{{{}}}", info.kernel, unit_), xrt::kernel::cu_access_mode::exclusive);
      run_ = xrt::run(kernel_);
      describe_ = fmt::format("XRT device {} ({}), compute unit '{}', xclbin '{}'", target.device, card, unit_, target.xclbin);
      if (!info.engine.empty()) describe_ += fmt::format(", made for engine '{}'", info.engine);
      describe_ += note;
    } catch (const std::exception& error) {
      throw std::runtime_error(fmt::format("{}, xclbin '{}': {}", where_, target.xclbin, error.what()));
    }
    if (info.limits) status_.emplace(*info.limits);
    limits_ = read_limits(reader(), where_);
    describe_ += fmt::format(", {} lanes, {}-bit weights", limits_.lanes, limits_.weight_width);
  }

  ~XrtDevice() override {
    const std::lock_guard lock(xrt_mutex());
    // The card still works on a run that has not ended: nobody else may get the memory of its command and its buffers,
    // and no other process the unit.
    // NOLINTNEXTLINE(bugprone-unhandled-exception-at-new): without the memory for it the program must end
    if (running_) new std::tuple(std::move(run_), std::move(buffers_), std::move(lock_));
    run_ = {};
    for (auto& buffer : buffers_) buffer = {};
    kernel_ = {};
    device_ = {};
  }
  XrtDevice(const XrtDevice&) = delete;
  XrtDevice& operator=(const XrtDevice&) = delete;

  [[nodiscard]] const contract::Limits& limits() const override { return limits_; }

  void start(const RunRequest& request) override {
    if (running_) throw std::runtime_error(fmt::format("{}: the run before has not ended", where_));
    check_sizes(request);
    sizes_ = {request.program.size(), request.weights.size(), request.tables.size(),
              request.samples.size(), request.results_bytes,  request.trace_bytes};
    try {
      send(contract::argument::kProgram, request.program);
      send(contract::argument::kWeights, request.weights);
      send(contract::argument::kTables, request.tables);
      send(contract::argument::kSamples, request.samples);
      // A run that ends early leaves parts of its outputs as they were: what another run wrote must not be taken for its own.
      clear(contract::argument::kResults);
      clear(contract::argument::kTrace);
      for (std::uint32_t id = 0; id < kBuffers; ++id) {
        run_.set_arg(static_cast<int>(id), buffers_[id]);
        run_.set_arg(static_cast<int>(contract::argument::kProgramBytes + id), static_cast<std::uint32_t>(sizes_[id]));
      }
      run_.set_arg(static_cast<int>(contract::argument::kSampleCount), request.sample_count);
      run_.set_arg(static_cast<int>(contract::argument::kFirstSample), request.first_sample);
      timeout_ = request.timeout;
      deadline_ = std::chrono::steady_clock::now() + timeout_;
      run_.start();
    } catch (const std::exception& error) {
      throw std::runtime_error(fmt::format("{}: {}", where_, error.what()));
    }
    running_ = true;
  }

  RunResponse wait() override {
    if (!running_) throw std::runtime_error(fmt::format("{}: no run was started", where_));
    const auto state = wait_for_end();
    if (!state) throw RunTimeout(timeout_text(where_, timeout_, reader()));
    running_ = false;
    if (*state != ERT_CMD_STATE_COMPLETED) {
      throw std::runtime_error(fmt::format("{}: XRT ended the run in state {}", where_, static_cast<int>(*state)));
    }
    RunResponse response;
    try {
      response.results = fetch(contract::argument::kResults);
      response.weights = fetch(contract::argument::kWeights);
      response.trace = fetch(contract::argument::kTrace);
      if (status_) status_->take(response.results);
      response.error = read_register(contract::reg::kError);
      response.error_detail = read_register(contract::reg::kErrorDetail);
      response.error_sample = read_register(contract::reg::kErrorSample);
    } catch (const std::exception& error) {
      throw std::runtime_error(fmt::format("{}: {}", where_, error.what()));
    }
    return response;
  }

  std::uint32_t read_register(std::uint32_t offset) override {
    return status_ && offset >= contract::reg::kIdentity ? status_->read(offset) : kernel_.read_register(offset);
  }
  [[nodiscard]] std::string describe() const override { return describe_; }

 private:
  ReadRegister reader() {
    return [this](std::uint32_t offset) { return read_register(offset); };
  }

  /// Makes sure that the argument has a buffer of its size; a buffer of an earlier run is kept if it is large enough. Arguments
  /// without bytes get one too, since XRT does not notice arguments that are not set.
  xrt::bo& provide(std::uint32_t id) {
    auto& buffer = buffers_[id];
    const std::size_t bytes = (std::max<std::size_t>(sizes_[id], 1) + kPage - 1) / kPage * kPage;
    if (!buffer || buffer.size() < bytes) {
      const std::lock_guard lock(xrt_mutex());
      buffer = {};
      try {
        buffer = xrt::bo(device_, bytes, kernel_.group_id(static_cast<int>(id)));
      } catch (const std::bad_alloc&) {
        throw std::runtime_error(fmt::format("no memory for buffer '{}' of {} bytes", contract::kArguments[id].name, bytes));
      }
    }
    return buffer;
  }

  /// Transfers are whole units of the bus.
  [[nodiscard]] std::size_t transfer_bytes(std::uint32_t id) const { return layout::align(sizes_[id]); }

  void send(std::uint32_t id, std::span<const std::byte> contents) {
    auto& buffer = provide(id);
    if (contents.empty()) return;
    buffer.write(contents.data(), contents.size(), 0);
    buffer.sync(XCL_BO_SYNC_BO_TO_DEVICE, transfer_bytes(id), 0);
  }

  void clear(std::uint32_t id) {
    auto& buffer = provide(id);
    if (sizes_[id] == 0) return;
    std::memset(buffer.map<void*>(), 0, transfer_bytes(id));
    buffer.sync(XCL_BO_SYNC_BO_TO_DEVICE, transfer_bytes(id), 0);
  }

  std::vector<std::byte> fetch(std::uint32_t id) {
    std::vector<std::byte> bytes(sizes_[id]);
    if (bytes.empty()) return bytes;
    auto& buffer = buffers_[id];
    buffer.sync(XCL_BO_SYNC_BO_FROM_DEVICE, transfer_bytes(id), 0);
    buffer.read(bytes.data(), bytes.size(), 0);
    return bytes;
  }

  /// The state in which the run ended; empty if it did not before the deadline.
  std::optional<ert_cmd_state> wait_for_end() {
    for (;;) {
      const auto state = run_.state();
      if (state == ERT_CMD_STATE_COMPLETED || state == ERT_CMD_STATE_ERROR || state == ERT_CMD_STATE_ABORT ||
          state >= ERT_CMD_STATE_TIMEOUT) {
        return state;
      }
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
      if (left.count() <= 0) return {};
      (void)run_.wait(std::min(left, kSlice));
    }
  }

  std::string where_, unit_, describe_;
  contract::Limits limits_{};
  UnitLock lock_;
  std::optional<ResultsStatus> status_;  ///< of a kernel without status registers
  xrt::device device_;
  xrt::kernel kernel_;
  xrt::run run_;
  std::array<xrt::bo, kBuffers> buffers_;
  std::array<std::size_t, kBuffers> sizes_{};
  std::chrono::milliseconds timeout_{};
  std::chrono::steady_clock::time_point deadline_;
  bool running_ = false;
};

}  // namespace

std::unique_ptr<Device> open_xrt(const XrtTarget& target) { return std::make_unique<XrtDevice>(target); }

}  // namespace phasic::driver
