// SPDX-License-Identifier: Apache-2.0
#define PHASIC_VECTOR_BYTES 32
#define PHASIC_KERNELS_NAME kFastKernelsAvx2
#define PHASIC_KERNELS_TEXT "AVX2"
#include "sim/reference/kernels/table.hpp"
