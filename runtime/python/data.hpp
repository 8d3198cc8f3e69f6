// SPDX-License-Identifier: Apache-2.0
/// The classes Data and DataPart of the module.
#pragma once

#include <pybind11/pybind11.h>

namespace phasic::python {

void add_data(pybind11::module_& module);

}  // namespace phasic::python
