// SPDX-License-Identifier: Apache-2.0
/// What the weights of a convolution learn at a position.
#pragma once

#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/vectors.hpp"

namespace phasic::reference {
namespace {

void ask(const AskJob& job) {
  using Changes = Vector<std::int32_t, kVector / 4>;
  static_assert(kAskedChannels % (kVector / 4) == 0);
  for (std::size_t k = 0; k < job.row_count; ++k) {
    std::int32_t* const changes = job.changes + job.rows[k] * job.stride;
    const std::int32_t value = job.times * job.values[k];
    for (std::size_t first = 0; first < job.stride; first += kVector / 4)
      store(changes + first, load<Changes>(changes + first) + load<Changes>(job.asked + first) * value);
  }
}

}  // namespace
}  // namespace phasic::reference
