// SPDX-License-Identifier: Apache-2.0
#define PHASIC_VECTOR_BYTES 64
#define PHASIC_KERNELS_NAME kFastKernelsAvx512Vbmi2
#define PHASIC_KERNELS_TEXT "AVX-512 VBMI2"
#include "sim/reference/kernels/table.hpp"
