// SPDX-License-Identifier: Apache-2.0
/// A simulated card: memory, and compute units that host engines, each with a thread that lets it run.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "driver/engine/engine.hpp"
#include "sim/card/design.hpp"
#include "sim/card/device_memory.hpp"
#include "sim/card/faults.hpp"

namespace phasic::card {

/// What the environment says of the cards.
struct Settings {
  unsigned devices = 1;        ///< PHASIC_CARD_DEVICES, 1 to 16
  std::string engine;          ///< PHASIC_CARD_ENGINE; empty: the engine that the xclbin names
  std::string options = "{}";  ///< PHASIC_CARD_OPTIONS, a JSON object for the engine
  std::string faults;          ///< PHASIC_CARD_FAULTS (sim/card/faults.hpp)
};

/// Throws std::runtime_error that names the variable and its value.
[[nodiscard]] Settings read_settings();

/// All functions may be called by any thread. Errors are std::system_error with the code that a driver would give, or
/// std::runtime_error.
class Card {
 public:
  explicit Card(unsigned index) : index_(index) {}
  Card(const Card&) = delete;
  Card& operator=(const Card&) = delete;

  /// Sets up the design's memory and an engine for each compute unit; `order` has the base addresses of units as XRT numbers
  /// them. Loading the same design again changes nothing. Throws if another design is in use. Returns whether anything
  /// changed.
  bool load(const Design& design, const std::vector<std::uint64_t>& order, const Settings& settings);
  /// Ends the threads and deletes the engines. For the end of the program.
  void stop();

  /// `unit` may be kVirtualUnit, which only holds the design.
  static constexpr unsigned kVirtualUnit = 0xffff'ffff;
  void open_context(const unsigned char* uuid, unsigned unit, bool shared);
  void close_context(unsigned unit);

  [[nodiscard]] std::uint32_t read_register(unsigned unit, std::uint32_t offset);
  void write_register(unsigned unit, std::uint32_t offset, std::uint32_t value);
  /// Number of the unit and offset within it of an address on the control bus.
  [[nodiscard]] std::pair<unsigned, std::uint32_t> decode(std::uint64_t address);

  [[nodiscard]] unsigned allocate(void* host, std::size_t size, unsigned flags);
  void release(unsigned handle);
  [[nodiscard]] std::shared_ptr<Buffer> buffer(unsigned handle);
  void copy_to_device(unsigned handle, std::size_t size, std::size_t offset);
  void copy_from_device(unsigned handle, std::size_t size, std::size_t offset);
  void copy(unsigned to, unsigned from, std::size_t size, std::size_t to_offset, std::size_t from_offset);
  void read_memory(std::uint64_t address, std::span<std::byte> to);
  void write_memory(std::uint64_t address, std::span<const std::byte> from);

  /// Queues the command (an ert_start_kernel_cmd) in a buffer.
  void submit(unsigned handle);
  /// Waits for a command to end and counts it off. False after `milliseconds` (for ever if negative) without one.
  [[nodiscard]] bool wait(int milliseconds);

 private:
  struct Command {
    std::shared_ptr<Buffer> packet;  // held: the host may free it while the command runs
    std::vector<std::uint32_t> units;
    std::vector<std::uint32_t> registers;  // word i is for offset 4 i
  };
  struct ComputeUnit {
    ComputeUnit(Unit described, std::uint32_t place, DeviceMemory& card_memory)
        : unit(std::move(described)), index(place), memory(card_memory) {}

    const Unit unit;
    const std::uint32_t index;  // in XRT's order
    DeviceMemory::Port memory;
    std::mutex engine_mutex;  // guards the engine; taken after the card's, never before it
    std::unique_ptr<engine::Engine> engine;
    std::atomic<unsigned> waiting_hosts = 0;
    // Guarded by the card's mutex; while the unit runs, its thread reads the command without it.
    bool running = false;
    bool replaced = false;             // by another design: its thread ends
    std::shared_ptr<Command> command;  // null if the host started the run through registers
    Fault fault = Fault::kNone;        // of that command
    unsigned shared_contexts = 0;
    bool exclusive_context = false;
  };

  /// Locks an engine for the host. The unit's thread lets it go first.
  class EngineLock;

  [[nodiscard]] bool same_design(const Design& design, const Settings& settings) const;
  [[nodiscard]] bool in_use() const;
  [[nodiscard]] std::shared_ptr<ComputeUnit> unit_with_context(unsigned unit);
  static engine::Engine& engine_of(ComputeUnit& unit);
  [[nodiscard]] std::shared_ptr<Buffer> find_buffer(unsigned handle);
  [[nodiscard]] static std::byte* part(std::byte* bytes, const Buffer& buffer, std::size_t size, std::size_t offset);
  void make_engine(ComputeUnit& unit);
  [[nodiscard]] std::shared_ptr<Command> next_command(const ComputeUnit& unit);
  [[nodiscard]] bool run(ComputeUnit& unit, bool begin);
  [[nodiscard]] bool run_with_fault(ComputeUnit& unit);
  void end_command(ComputeUnit& unit, unsigned state);
  void work(const std::shared_ptr<ComputeUnit>& unit);

  const unsigned index_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable work_, completion_;
  DeviceMemory memory_;
  Settings settings_;
  Design design_;
  Faults faults_;
  bool loaded_ = false;
  unsigned virtual_contexts_ = 0;
  std::vector<std::shared_ptr<ComputeUnit>> units_;  // in XRT's order
  std::map<unsigned, std::shared_ptr<Buffer>> buffers_;
  unsigned next_handle_ = 1;
  std::deque<std::shared_ptr<Command>> queue_;
  std::uint64_t completions_ = 0;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> workers_;  // of units that were replaced, too
};

}  // namespace phasic::card
