// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/settling_kernels.hpp"

namespace phasic::baseline {

namespace settling_generic {
extern const SettlingKernels kKernels;
}
#ifdef PHASIC_WIDE_SETTLING
namespace settling_avx2 {
extern const SettlingKernels kKernels;
}
namespace settling_avx512 {
extern const SettlingKernels kKernels;
}
#endif

std::size_t all_settling_kernels(const SettlingKernels* (&all)[kMostSettlingKernels]) {
  std::size_t count = 0;
  all[count++] = &settling_generic::kKernels;
#ifdef PHASIC_WIDE_SETTLING
  if (__builtin_cpu_supports("avx2")) all[count++] = &settling_avx2::kKernels;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw"))
    all[count++] = &settling_avx512::kKernels;
#endif
  return count;
}

const SettlingKernels& settling_kernels() {
  static const SettlingKernels& widest = []() -> const SettlingKernels& {
    const SettlingKernels* all[kMostSettlingKernels];
    return *all[all_settling_kernels(all) - 1];
  }();
  return widest;
}

}  // namespace phasic::baseline
