// SPDX-License-Identifier: Apache-2.0
#define PHASIC_SETTLING settling_generic
#define PHASIC_SETTLING_NAME "generic"
#define PHASIC_VECTOR_BYTES 16
#include "runtime/baseline/settling_loops.hpp"
