// SPDX-License-Identifier: Apache-2.0
/// The contract as values: what contract.json states, read and checked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
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
  std::uint32_t default_value, minimum, maximum;
  bool power_of_two;  ///< only powers of two are legal
  std::string doc;
};

/// Bits of a word that mean something of their own.
struct Bits {
  std::string name;
  std::uint32_t bit, width;  ///< lowest bit
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
  std::vector<Bits> bits;
};

/// A question that every value of an enumeration answers.
struct Attribute {
  enum class Kind {
    kFlag,         ///< yes or no
    kEnumeration,  ///< a value of another enumeration
    kRules         ///< a part of the limit `rules`, or none
  };
  std::string name;
  Kind kind;
  std::string enumeration;  ///< of kEnumeration
  std::string doc;
};

struct EnumerationValue {
  std::string name;
  std::uint32_t value;
  std::vector<std::string> answers;  ///< one an attribute: "yes" or "", a value's name, a constant's name or ""
  std::string doc;
};

struct Enumeration {
  std::string name, doc;
  std::vector<Attribute> attributes;
  std::vector<EnumerationValue> values;
};

enum class FieldKind {
  kPlain,
  kExact,    ///< a counter that is equal in all forms
  kTiming,   ///< a counter that belongs to the form
  kBuild,    ///< what only builds with a rule tell; others have 0
  kReserved  ///< 0
};

/// A bound of a field: a number, and what it is called if it is a limit or a constant.
struct Bound {
  std::int64_t value;  ///< of a limit: the largest that a build may have
  std::string name;
  bool is_limit;
};

struct Field {
  std::string name;
  std::uint32_t offset;
  std::uint32_t bytes;  ///< of one element
  bool is_signed;
  std::uint32_t count;
  FieldKind kind;
  std::optional<Bound> minimum, maximum;
  std::optional<Bound> multiple;  ///< values are multiples of it
  std::string enumeration;        ///< that the values belong to
  std::vector<Bits> bits;
  std::string legal;  ///< legal values in words; empty in what the kernel writes
  std::string doc;

  /// Smallest and largest value: its bounds, or what its type holds (up to 63 bits).
  [[nodiscard]] std::int64_t least() const;
  [[nodiscard]] std::int64_t most() const;
};

struct Structure {
  std::string name;
  std::uint32_t bytes;
  bool by_host;  ///< the host writes it, otherwise the kernel
  std::string doc;
  std::vector<Field> fields;
};

/// Fields of a word between modules of the RTL, from bit 0 on.
struct Record {
  std::string name, doc;
  std::uint32_t width;
  std::vector<Bits> fields;
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
  std::vector<Record> records;
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
