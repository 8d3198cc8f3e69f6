// SPDX-License-Identifier: Apache-2.0
#include "sim/card/card.hpp"

#include <ert.h>
#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "phasic/contract.hpp"

namespace phasic::card {
namespace {

constexpr std::uint64_t kDeviceSpacing = std::uint64_t{1} << 36;  // an address of one device means nothing on another
constexpr std::uint64_t kUnitRange = 0x1'0000;
constexpr std::uint64_t kCyclesATurn = 20'000;  // tens of milliseconds of RTL: how long a register access may have to wait
constexpr std::uint32_t kStartBit = 1;
constexpr std::size_t kControlWords = 4;  // words of the register map before the first argument

[[noreturn]] void fail_with(int code, const std::string& text) {
  throw std::system_error(code, std::generic_category(), "simulated card: " + text);
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

void set_state(Buffer& packet, unsigned state) {
  auto* header = reinterpret_cast<std::uint32_t*>(packet.device);
  const std::uint32_t others = *header & ~std::uint32_t{0xf};
  // The host polls this word without a lock.
  __atomic_store_n(header, others | state, __ATOMIC_RELEASE);
}

}  // namespace

Settings read_settings() {
  Settings settings;
  if (const auto text = environment("PHASIC_CARD_DEVICES"); !text.empty()) {
    constexpr unsigned kMost = 16;
    const auto* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, settings.devices);
    if (error != std::errc() || rest != end || settings.devices < 1 || settings.devices > kMost) {
      throw std::runtime_error(fmt::format("PHASIC_CARD_DEVICES is '{}': it must be a number from 1 to {}", text, kMost));
    }
  }
  settings.engine = environment("PHASIC_CARD_ENGINE");
  if (const auto text = environment("PHASIC_CARD_OPTIONS"); !text.empty()) settings.options = text;
  settings.faults = environment("PHASIC_CARD_FAULTS");
  return settings;
}

class Card::EngineLock {
 public:
  explicit EngineLock(ComputeUnit& unit) : unit_(unit) {
    ++unit_.waiting_hosts;
    lock_ = std::unique_lock(unit_.engine_mutex);
    --unit_.waiting_hosts;
  }

 private:
  ComputeUnit& unit_;
  std::unique_lock<std::mutex> lock_;
};

bool Card::same_design(const Design& design, const Settings& settings) const {
  return loaded_ && design.uuid == design_.uuid && settings.engine == settings_.engine &&
         settings.options == settings_.options && settings.faults == settings_.faults;
}

bool Card::in_use() const {
  return virtual_contexts_ > 0 || !queue_.empty() || std::any_of(units_.begin(), units_.end(), [](const auto& unit) {
           return unit->running || unit->shared_contexts > 0 || unit->exclusive_context;
         });
}

void Card::make_engine(ComputeUnit& unit) {
  const auto& name = settings_.engine.empty() ? design_.engine : settings_.engine;
  if (name.empty()) {
    throw std::runtime_error(
        "simulated card: the xclbin names no engine (it may be one for a real card); set PHASIC_CARD_ENGINE");
  }
  unit.engine = engine::make_engine(name, unit.memory, settings_.options);
}

bool Card::load(const Design& design, const std::vector<std::uint64_t>& order, const Settings& settings) {
  const std::lock_guard lock(mutex_);
  if (same_design(design, settings)) return false;
  if (loaded_ && in_use()) fail_with(EBUSY, fmt::format("device {}: another xclbin or engine is in use", index_));
  Faults faults(settings.faults, index_);
  loaded_ = false;
  faults_ = std::move(faults);
  for (const auto& unit : units_) unit->replaced = true;
  work_.notify_all();
  units_.clear();
  settings_ = settings;
  design_ = design;
  auto banks = design.banks;
  for (auto& bank : banks) bank.base += index_ * kDeviceSpacing;
  memory_.set_banks(std::move(banks));
  for (const auto base : order) {
    const auto found =
        std::find_if(design.units.begin(), design.units.end(), [&](const Unit& unit) { return unit.base == base; });
    if (found == design.units.end()) continue;
    auto unit = std::make_shared<ComputeUnit>(*found, static_cast<std::uint32_t>(units_.size()), memory_);
    make_engine(*unit);
    units_.push_back(std::move(unit));
  }
  for (const auto& unit : units_) workers_.emplace_back([this, unit] { work(unit); });
  loaded_ = true;
  return true;
}

void Card::stop() {
  std::vector<std::thread> workers;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    workers.swap(workers_);
  }
  work_.notify_all();
  for (auto& worker : workers) worker.join();
  const std::lock_guard lock(mutex_);
  for (const auto& unit : units_) unit->engine.reset();
}

void Card::open_context(const unsigned char* uuid, unsigned unit, bool shared) {
  const std::lock_guard lock(mutex_);
  if (!loaded_ || !std::equal(design_.uuid.begin(), design_.uuid.end(), uuid)) {
    fail_with(EINVAL, fmt::format("device {}: the xclbin is not loaded", index_));
  }
  if (unit == kVirtualUnit) {
    ++virtual_contexts_;
    return;
  }
  if (unit >= units_.size()) fail_with(EINVAL, fmt::format("no compute unit {}", unit));
  auto& target = *units_[unit];
  if (target.exclusive_context || (!shared && target.shared_contexts > 0)) {
    fail_with(EBUSY, fmt::format("compute unit '{}' is in use", target.unit.name));
  }
  if (shared) {
    ++target.shared_contexts;
  } else {
    target.exclusive_context = true;
  }
}

void Card::close_context(unsigned unit) {
  const std::lock_guard lock(mutex_);
  if (unit == kVirtualUnit) {
    if (virtual_contexts_ > 0) --virtual_contexts_;
    return;
  }
  if (unit >= units_.size()) fail_with(EINVAL, fmt::format("no compute unit {}", unit));
  auto& target = *units_[unit];
  if (target.exclusive_context) {
    target.exclusive_context = false;
  } else if (target.shared_contexts > 0) {
    --target.shared_contexts;
  }
}

std::shared_ptr<Card::ComputeUnit> Card::unit_with_context(unsigned unit) {
  if (unit >= units_.size()) fail_with(EINVAL, fmt::format("no compute unit {}", unit));
  const auto& target = units_[unit];
  if (!target->exclusive_context && target->shared_contexts == 0) {
    fail_with(EPERM, fmt::format("compute unit '{}' was not opened", target->unit.name));
  }
  return target;
}

engine::Engine& Card::engine_of(ComputeUnit& unit) {
  if (unit.engine == nullptr) fail_with(EIO, fmt::format("compute unit '{}' has failed", unit.unit.name));
  return *unit.engine;
}

std::uint32_t Card::read_register(unsigned unit, std::uint32_t offset) {
  std::unique_lock lock(mutex_);
  const auto target = unit_with_context(unit);
  lock.unlock();
  const EngineLock host(*target);
  return engine_of(*target).read_register(offset);
}

void Card::write_register(unsigned unit, std::uint32_t offset, std::uint32_t value) {
  std::unique_lock lock(mutex_);
  const auto target = unit_with_context(unit);
  const bool starts = offset == contract::reg::kControl && (value & kStartBit) != 0;
  // No command may come between a start and the note of it.
  if (!starts) lock.unlock();
  const EngineLock host(*target);
  engine_of(*target).write_register(offset, value);
  if (!starts) return;
  target->running = true;
  work_.notify_all();
}

std::pair<unsigned, std::uint32_t> Card::decode(std::uint64_t address) {
  const std::lock_guard lock(mutex_);
  for (unsigned unit = 0; unit < units_.size(); ++unit) {
    const auto base = units_[unit]->unit.base;
    if (address >= base && address - base < kUnitRange) return {unit, static_cast<std::uint32_t>(address - base)};
  }
  fail_with(EFAULT, fmt::format("no compute unit at {:#x}", address));
}

unsigned Card::allocate(void* host_bytes, std::size_t size, unsigned flags) {
  const std::lock_guard lock(mutex_);
  const unsigned handle = next_handle_++;
  buffers_.emplace(handle, memory_.allocate(static_cast<std::byte*>(host_bytes), size, flags));
  return handle;
}

std::shared_ptr<Buffer> Card::find_buffer(unsigned handle) {
  const auto found = buffers_.find(handle);
  if (found == buffers_.end()) fail_with(ENOENT, fmt::format("no buffer {}", handle));
  return found->second;
}

void Card::release(unsigned handle) {
  const std::lock_guard lock(mutex_);
  memory_.release(*find_buffer(handle));
  buffers_.erase(handle);
}

std::shared_ptr<Buffer> Card::buffer(unsigned handle) {
  const std::lock_guard lock(mutex_);
  return find_buffer(handle);
}

std::byte* Card::part(std::byte* bytes, const Buffer& buffer, std::size_t size, std::size_t offset) {
  if (offset > buffer.size || size > buffer.size - offset) {
    fail_with(EINVAL, fmt::format("{} bytes at {} of a buffer of {}", size, offset, buffer.size));
  }
  return bytes + offset;
}

void Card::copy_to_device(unsigned handle, std::size_t size, std::size_t offset) {
  const std::lock_guard lock(mutex_);
  const auto target = find_buffer(handle);
  auto* to = part(target->device, *target, size, offset);
  if (target->host != nullptr && target->host != target->device) std::memcpy(to, target->host + offset, size);
}

void Card::copy_from_device(unsigned handle, std::size_t size, std::size_t offset) {
  const std::lock_guard lock(mutex_);
  const auto target = find_buffer(handle);
  const auto* from = part(target->device, *target, size, offset);
  if (target->host != nullptr && target->host != target->device) std::memcpy(target->host + offset, from, size);
}

void Card::copy(unsigned to, unsigned from, std::size_t size, std::size_t to_offset, std::size_t from_offset) {
  const std::lock_guard lock(mutex_);
  const auto target = find_buffer(to);
  const auto source = find_buffer(from);
  std::memmove(part(target->device, *target, size, to_offset), part(source->device, *source, size, from_offset), size);
}

void Card::read_memory(std::uint64_t address, std::span<std::byte> to) {
  const std::lock_guard lock(mutex_);
  if (!memory_.read(address, to)) fail_with(EFAULT, fmt::format("no buffer holds {} bytes at {:#x}", to.size(), address));
}

void Card::write_memory(std::uint64_t address, std::span<const std::byte> from) {
  const std::lock_guard lock(mutex_);
  if (!memory_.write(address, from)) fail_with(EFAULT, fmt::format("no buffer holds {} bytes at {:#x}", from.size(), address));
}

void Card::submit(unsigned handle) {
  auto command = std::make_shared<Command>();
  {
    const std::lock_guard lock(mutex_);
    command->packet = find_buffer(handle);
    const auto* packet = reinterpret_cast<const ert_start_kernel_cmd*>(command->packet->device);
    if (packet->opcode != ERT_START_CU) fail_with(ENOTSUP, fmt::format("command {}", static_cast<unsigned>(packet->opcode)));
    const std::size_t masks = 1 + packet->extra_cu_masks;
    const std::size_t words = packet->count;
    if (words < masks || (1 + words) * sizeof(std::uint32_t) > command->packet->size) fail_with(EINVAL, "malformed command");
    const auto* payload = reinterpret_cast<const std::uint32_t*>(packet) + 1;
    for (std::uint32_t unit = 0; unit < units_.size() && unit < 32 * masks; ++unit) {
      if ((payload[unit / 32] >> (unit % 32) & 1) != 0) command->units.push_back(unit);
    }
    if (command->units.empty()) fail_with(EINVAL, "command for no compute unit");
    command->registers.assign(payload + masks, payload + words);
    set_state(*command->packet, ERT_CMD_STATE_QUEUED);
    queue_.push_back(std::move(command));
  }
  work_.notify_all();
}

bool Card::wait(int milliseconds) {
  std::unique_lock lock(mutex_);
  const auto ended = [this] { return completions_ > 0; };
  if (milliseconds < 0) {
    completion_.wait(lock, ended);
  } else if (!completion_.wait_for(lock, std::chrono::milliseconds(milliseconds), ended)) {
    return false;
  }
  --completions_;
  return true;
}

/// The first command in the queue that this unit may do, or null.
std::shared_ptr<Card::Command> Card::next_command(const ComputeUnit& unit) {
  const auto next = std::find_if(queue_.begin(), queue_.end(), [&](const auto& command) {
    return std::find(command->units.begin(), command->units.end(), unit.index) != command->units.end();
  });
  if (next == queue_.end()) return nullptr;
  auto command = std::move(*next);
  queue_.erase(next);
  return command;
}

/// Lets the engine run, from the command's registers on if it has to begin, until it ends. False if it failed or the card
/// stops.
bool Card::run(ComputeUnit& unit, bool begin) {
  std::unique_lock lock(unit.engine_mutex);
  try {
    if (begin) {
      if (unit.engine == nullptr) make_engine(unit);
      const auto& words = unit.command->registers;
      for (std::size_t word = kControlWords; word < words.size(); ++word) {
        unit.engine->write_register(static_cast<std::uint32_t>(4 * word), words[word]);
      }
      unit.engine->write_register(contract::reg::kControl, kStartBit);
    }
    while (unit.engine->advance(kCyclesATurn)) {
      lock.unlock();
      while (unit.waiting_hosts > 0) std::this_thread::yield();
      if (stopping_) return false;
      lock.lock();
    }
    if (unit.command != nullptr) (void)unit.engine->read_register(contract::reg::kControl);  // clears done
    return true;
  } catch (const std::exception& error) {
    fmt::print(stderr, "simulated card {}: compute unit '{}': {}\n", index_, unit.unit.name, error.what());
    unit.engine.reset();  // its state is unknown; the next command gets a new one
    return false;
  }
}

bool Card::run_with_fault(ComputeUnit& unit) {
  switch (unit.fault) {
    case Fault::kHang:
      while (!stopping_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      return false;
    case Fault::kError:
      (void)run(unit, true);
      return false;
    case Fault::kBus: {
      unit.memory.fail_reads(true);
      const bool ended = run(unit, true);
      unit.memory.fail_reads(false);
      return ended;
    }
    case Fault::kNone:
      break;
  }
  return run(unit, true);
}

void Card::end_command(ComputeUnit& unit, unsigned state) {
  unit.running = false;
  if (unit.command == nullptr) return;
  set_state(*unit.command->packet, state);
  unit.command.reset();
  ++completions_;
  completion_.notify_all();
}

void Card::work(const std::shared_ptr<ComputeUnit>& unit) {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [&] {
      if (stopping_ || unit->replaced || unit->running) return true;
      unit->command = next_command(*unit);
      return unit->command != nullptr;
    });
    if (stopping_ || unit->replaced) return;
    const bool begin = !unit->running;
    unit->running = true;
    if (begin) {
      unit->fault = faults_.next();
      set_state(*unit->command->packet, ERT_CMD_STATE_RUNNING);
    }
    lock.unlock();
    const bool ended = begin ? run_with_fault(*unit) : run(*unit, false);
    lock.lock();
    if (stopping_) return;
    end_command(*unit, ended ? ERT_CMD_STATE_COMPLETED : ERT_CMD_STATE_ERROR);
  }
}

}  // namespace phasic::card
