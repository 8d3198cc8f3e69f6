// SPDX-License-Identifier: Apache-2.0
/// A folder or an archive that the user gives in place of a set's name.
#pragma once

#include <string>

#include "runtime/data/catalogue.hpp"
#include "runtime/data/left_out.hpp"
#include "runtime/data/request.hpp"

namespace phasic::runtime {

struct OwnFolder {
  KnownSet known;
  Located located;
  LeftOut left_out;  ///< files beside those of IDX
};

/// Finds out what it holds: IDX files under MNIST's names, or files of one kind in folders by class. Throws InputError: not
/// there, files of several kinds or of none, a wanted part of IDX files that is missing.
[[nodiscard]] OwnFolder look_into(const DataRequest& request, Wanted wanted);

}  // namespace phasic::runtime
