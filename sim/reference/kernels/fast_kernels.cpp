// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/kernels/fast_kernels.hpp"

#include <cstdlib>
#include <cstring>

namespace phasic::reference {

extern const FastKernels kFastKernelsGeneric;
#ifdef PHASIC_WIDE_KERNELS
extern const FastKernels kFastKernelsAvx2;
extern const FastKernels kFastKernelsAvx512;
extern const FastKernels kFastKernelsAvx512Vbmi2;
#endif

std::size_t all_fast_kernels(const FastKernels* (&kernels)[kMostFastKernels]) {
  std::size_t count = 0;
  kernels[count++] = &kFastKernelsGeneric;
#ifdef PHASIC_WIDE_KERNELS
  if (__builtin_cpu_supports("avx2")) kernels[count++] = &kFastKernelsAvx2;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq")) {
    kernels[count++] = &kFastKernelsAvx512;
    if (__builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512vnni"))
      kernels[count++] = &kFastKernelsAvx512Vbmi2;
  }
#endif
  return count;
}

const FastKernels& fast_kernels() {
  const FastKernels* kernels[kMostFastKernels];
  std::size_t count = all_fast_kernels(kernels);
  if (const char* wanted = std::getenv("PHASIC_VECTOR_BYTES")) {
    const std::size_t most = std::strcmp(wanted, "16") == 0 ? 1 : std::strcmp(wanted, "32") == 0 ? 2 : kMostFastKernels;
    if (count > most) count = most;
  }
  return *kernels[count - 1];
}

}  // namespace phasic::reference
