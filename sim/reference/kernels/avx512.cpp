// SPDX-License-Identifier: Apache-2.0
#define PHASIC_VECTOR_BYTES 64
#define PHASIC_KERNELS_NAME kFastKernelsAvx512
#define PHASIC_KERNELS_TEXT "AVX-512"
#include "sim/reference/kernels/table.hpp"
