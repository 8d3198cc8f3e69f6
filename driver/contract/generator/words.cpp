// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "generator/emit.hpp"
#include "generator/flat.hpp"

namespace phasic::contract_generator {

std::string words_header(const Contract& contract) {
  std::string out =
      "// SPDX-License-Identifier: Apache-2.0\n"
      "/// The kernel contract as C++17 words without any library, for code that is synthesized. Made from\n"
      "/// driver/contract/contract.json; see docs/specification.md.\n#pragma once\n\n#include <cstdint>\n\n"
      "namespace phasic::contract_words {\n\nusing Word = std::uint32_t;\n";
  for (const auto& group : flat_constants(contract)) {
    out += group.doc.empty() ? "\n" : fmt::format("\n// {}\n", group.doc);
    for (const auto& [name, value, hexadecimal] : group.constants) {
      out += hexadecimal ? fmt::format("constexpr Word k{} = {:#x};\n", name, value)
                         : fmt::format("constexpr Word k{} = {};\n", name, value);
    }
  }
  out += "\n}  // namespace phasic::contract_words\n";
  return out;
}

}  // namespace phasic::contract_generator
