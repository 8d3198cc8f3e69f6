// SPDX-License-Identifier: Apache-2.0
#define PHASIC_SETTLING settling_avx512
#define PHASIC_SETTLING_NAME "avx512"
#define PHASIC_VECTOR_BYTES 64
#include "runtime/baseline/settling_loops.hpp"
