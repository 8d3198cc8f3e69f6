// SPDX-License-Identifier: Apache-2.0
/// The contract as values: what contract.json states, read and checked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace phasic::contract_generator {

/// The contract is wrong. what() names the entry, such as "registers.phase: offset 0x14c overlaps registers.error".
class ContractError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Kernel {
  std::string name;
  std::string top;  ///< of the RTL module and of the HLS function
  std::string vendor, library, control_protocol;
};

struct Constant {
  std::string name;
  std::uint32_t value;
  bool hexadecimal;  ///< written in hexadecimal in the contract
  std::string doc;
};

struct Limit {
  std::string name, parameter;  ///< parameter: name of the SystemVerilog parameter
  std::uint32_t default_value;
  std::string doc;
};

struct Argument {
  std::uint32_t id;
  std::string name;
  bool global;  ///< an address of two words; otherwise a scalar of one
  std::uint32_t offset;
  std::string access, doc;
};

struct Register {
  std::string name;
  std::uint32_t offset, count;
  std::string access, doc;
};

struct EnumerationValue {
  std::string name;
  std::uint32_t value;
  std::string doc;
};

struct Enumeration {
  std::string name, doc;
  std::vector<EnumerationValue> values;
};

struct Field {
  std::string name;
  std::uint32_t offset;
  std::uint32_t bytes;  ///< of one element
  bool is_signed;
  std::uint32_t count;
  std::string legal, doc;
};

struct Structure {
  std::string name;
  std::uint32_t bytes;
  std::string doc;
  std::vector<Field> fields;
};

struct Contract {
  std::uint32_t version;
  Kernel kernel;
  std::vector<Constant> constants;
  std::vector<Limit> limits;
  std::vector<Argument> arguments;
  std::vector<Register> registers;
  std::vector<Enumeration> enumerations;
  std::vector<Structure> structures;
};

inline constexpr std::uint32_t kControlRange = 0x1000;  ///< bytes of the AXI4-Lite port

/// Reads and checks a contract. Throws ContractError.
[[nodiscard]] Contract parse(const nlohmann::json& json);
/// As parse, of a file. Errors name the file.
[[nodiscard]] Contract load(const std::filesystem::path& file);

/// "program_bytes" becomes "ProgramBytes".
[[nodiscard]] std::string upper_camel(std::string_view snake_case);

/// Offset of the register that holds limit number `index`.
[[nodiscard]] std::uint32_t limit_register(const Contract& contract, std::size_t index);

}  // namespace phasic::contract_generator
