// SPDX-License-Identifier: Apache-2.0
#define PHASIC_SETTLING settling_avx2
#define PHASIC_SETTLING_NAME "avx2"
#define PHASIC_VECTOR_BYTES 32
#include "runtime/baseline/settling_loops.hpp"
