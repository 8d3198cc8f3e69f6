// SPDX-License-Identifier: Apache-2.0
/// Texts made from the contract.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "generator/model.hpp"

namespace phasic::contract_generator {

/// phasic/contract.hpp: constants, offsets, codes and structures in namespace phasic::contract.
[[nodiscard]] std::string cpp_header(const Contract& contract);

/// phasic/contract_words.hpp: the same values as C++17 words in namespace phasic::contract_words.
[[nodiscard]] std::string words_header(const Contract& contract);

/// phasic_pkg.sv: the same values as int localparams of package phasic_pkg.
[[nodiscard]] std::string systemverilog_package(const Contract& contract);

/// kernel.xml: the kernel's ports and arguments as the linker of XRT platforms reads them.
[[nodiscard]] std::string kernel_xml(const Contract& contract);

/// The documentation's tables. The key is what a mark names, such as "structure layer" or "registers".
[[nodiscard]] std::vector<std::pair<std::string, std::string>> tables(const Contract& contract);

/// `page` with each table between a line `<!-- table KEY -->` and the next line `<!-- end -->` made anew.
/// Throws ContractError for a key that is not known, a mark without an end, or a table that no mark asks for.
[[nodiscard]] std::string with_tables(const std::string& page, const Contract& contract);

}  // namespace phasic::contract_generator
