// SPDX-License-Identifier: Apache-2.0
#define PHASIC_VECTOR_BYTES 16
#define PHASIC_KERNELS_NAME kFastKernelsGeneric
#define PHASIC_KERNELS_TEXT "128-bit"
#include "sim/reference/kernels/table.hpp"
