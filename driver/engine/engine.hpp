// SPDX-License-Identifier: Apache-2.0
/// An engine is a kernel seen from the bus: registers, and a device memory that it reads and writes by address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace phasic::engine {

/// Device memory as a kernel's AXI4 master sees it.
class Memory {
 public:
  virtual ~Memory() = default;
  /// Both return false, and leave `to` or the memory unchanged, where the bus would answer with an error.
  virtual bool read(std::uint64_t address, std::span<std::byte> to) = 0;
  virtual bool write(std::uint64_t address, std::span<const std::byte> from) = 0;
};

/// A kernel. Not thread-safe; the owner serialises calls.
class Engine {
 public:
  virtual ~Engine() = default;
  /// Offsets are those of the contract's register table. Reading `control` clears its done bit.
  virtual std::uint32_t read_register(std::uint32_t offset) = 0;
  virtual void write_register(std::uint32_t offset, std::uint32_t value) = 0;
  /// Lets a run that was started go on for about `cycles` clock cycles (an untimed engine may finish the run at once).
  /// Returns whether the run is still going.
  virtual bool advance(std::uint64_t cycles) = 0;
  /// One line for people, such as "RTL, 64 lanes, 8-bit weights".
  [[nodiscard]] virtual std::string describe() const = 0;
};

/// Makes the engine `name` ("reference", "rtl64", ...): loads libphasic_engine_<name>.so from the folder in
/// PHASIC_ENGINE_PATH, or else from the folder `engines` of the build tree, or of what is installed, that holds the running
/// program or the library with this function. `options` is a JSON object; every engine documents its own keys. Throws
/// std::runtime_error that names what is wrong. `memory` must outlive the engine.
[[nodiscard]] std::unique_ptr<Engine> make_engine(const std::string& name, Memory& memory, const std::string& options = "{}");

/// The function `function` of the engine library `name`, which is found as by make_engine and stays loaded. Throws
/// std::runtime_error that names what is wrong.
[[nodiscard]] void* find_engine_function(const std::string& name, const char* function);

/// Every engine library exports this function with C linkage under the name phasic_create_engine. The caller owns the result.
using CreateEngine = Engine* (*)(Memory* memory, const char* options);

}  // namespace phasic::engine
