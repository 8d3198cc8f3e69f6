// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "generator/emit.hpp"
#include "generator/flat.hpp"

namespace phasic::contract_generator {
namespace {

std::uint32_t constant_of(const Contract& contract, std::string_view name) {
  for (const auto& constant : contract.constants)
    if (constant.name == name) return constant.value;
  throw ContractError(fmt::format("constants.{}: the package needs it", name));
}

std::size_t widest_beat(const Contract& contract) {
  for (const auto& limit : contract.limits)
    if (limit.name == "data_width") return limit.maximum;
  throw ContractError("limits.data_width: the package needs it");
}

/// Row b of as many bits as the widest beat has: those that decide bit b of the CRC-32 after it, the beat's first 32 bits with
/// the CRC before it added. Of a narrower beat the upper part of a row counts.
std::string checksum_masks(std::uint32_t polynomial, std::size_t widest) {
  std::uint32_t reversed = 0;  // the lowest bit of a byte is the first
  for (unsigned bit = 0; bit < 32; ++bit) reversed |= (polynomial >> bit & 1) << (31 - bit);
  std::vector<std::uint32_t> after(widest);  // what a bit becomes with so many bits behind it
  after[0] = reversed;
  for (std::size_t n = 1; n < widest; ++n) after[n] = (after[n - 1] >> 1) ^ ((after[n - 1] & 1) != 0 ? reversed : 0);
  std::string digits;  // the highest first
  for (std::size_t place = 32 * widest; place > 0; place -= 4) {
    unsigned digit = 0;
    for (std::size_t k = 1; k <= 4; ++k) {
      const auto row = (place - k) / widest, bit = (place - k) % widest;
      digit = 2 * digit + ((after[widest - 1 - bit] >> row) & 1);
    }
    digits += fmt::format("{:x}", digit);
  }
  return digits;
}

}  // namespace

std::string systemverilog_package(const Contract& contract) {
  // Yosys 0.23 and Icarus 11 do not take enumeration types or structures from a package: plain int constants are what every
  // tool reads.
  std::string out =
      "// SPDX-License-Identifier: Apache-2.0\n"
      "// Purpose: the kernel contract as constants. Made from driver/contract/contract.json; see docs/specification.md.\n"
      "`default_nettype none\n\n"
      "// No module uses every constant.\n"
      "/* verilator lint_off UNUSEDPARAM */\n"
      "package phasic_pkg;\n";
  for (const auto& group : flat_constants(contract)) {
    if (!group.doc.empty()) out += fmt::format("\n  // {}\n", group.doc);
    for (const auto& [name, entry, value, hexadecimal] : group.constants) {
      out += hexadecimal ? fmt::format("  localparam int {} = 32'h{:08x};\n", name, value)
                         : fmt::format("  localparam int {} = {};\n", name, value);
    }
  }
  const auto widest = widest_beat(contract);
  out += fmt::format(
      "\n  // 32 rows of {} bits: those of a beat that decide a bit of the CRC-32 after it, the beat's first 32 bits with the "
      "CRC\n"
      "  // before it added. Of a narrower beat the upper part of a row counts.\n"
      "  localparam logic [{}:0] ChecksumMasks = {}'h{};\n",
      widest, 32 * widest - 1, 32 * widest, checksum_masks(constant_of(contract, "checksum_polynomial"), widest));
  out += "endpackage\n/* verilator lint_on UNUSEDPARAM */\n\n`default_nettype wire\n";
  return out;
}

}  // namespace phasic::contract_generator
