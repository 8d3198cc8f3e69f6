// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "generator/emit.hpp"
#include "generator/flat.hpp"

namespace phasic::contract_generator {

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
  out += "endpackage\n/* verilator lint_on UNUSEDPARAM */\n\n`default_nettype wire\n";
  return out;
}

}  // namespace phasic::contract_generator
