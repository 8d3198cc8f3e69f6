// SPDX-License-Identifier: Apache-2.0
/// What must hold between entries of the contract.
#pragma once

#include "generator/model.hpp"

namespace phasic::contract_generator {

/// Throws ContractError that names the entry: registers and arguments that overlap, ids out of order, answers of enumerations
/// that name nothing, generated names that are there twice.
void check(const Contract& contract);

}  // namespace phasic::contract_generator
