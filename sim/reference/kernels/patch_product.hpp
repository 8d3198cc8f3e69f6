// SPDX-License-Identifier: Apache-2.0
/// Products of patches with the filters of a convolution, and what filters answer.
#pragma once

#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/product.hpp"
#include "sim/reference/kernels/vectors.hpp"

namespace phasic::reference {
namespace {

constexpr std::size_t kSumsOfVector = kVector / 4;
constexpr std::size_t kFilterVectors = kFilterBlock / kSumsOfVector;
/// Positions whose sums the registers hold, beside the weights of a group.
constexpr std::size_t kPositionsAtOnce = kVector == 64 ? 12 : kVector == 32 ? 6 : 2;
static_assert(kPatchPositions % kPositionsAtOnce == 0);

/// Two values of a patch as one word, times those of the rows.
struct PairGroup {
  [[gnu::always_inline]] static Sums add(Sums sums, std::uint32_t values, Sums weights) {
    return sums + multiply_pairs(Numbers(Sums{} + static_cast<std::int32_t>(values)), Numbers(weights));
  }
};

#if PHASIC_VECTOR_BYTES == 64 && defined(__AVX512VNNI__)
#define PHASIC_PATCH_BYTES
/// Four values of 8 bits without a sign.
struct ByteGroup {
  [[gnu::always_inline]] static Sums add(Sums sums, std::uint32_t values, Sums weights) {
    return reinterpret_cast<Sums>(_mm512_dpbusd_epi32(
        reinterpret_cast<__m512i>(sums), _mm512_set1_epi32(static_cast<int>(values)), reinterpret_cast<__m512i>(weights)));
  }
};
#endif

/// Sums of kPositionsAtOnce positions and of one block of filters.
template <class Group>
[[gnu::always_inline]] inline void patch_block(const PatchJob& job, const std::uint32_t* patches, const std::uint32_t* weights,
                                               std::int32_t* to) {
  Sums sums[kPositionsAtOnce][kFilterVectors] = {};
  for (std::size_t group = 0; group < job.groups; ++group) {
    Sums row[kFilterVectors];
#pragma GCC unroll 4
    for (std::size_t v = 0; v < kFilterVectors; ++v) row[v] = load<Sums>(weights + group * kFilterBlock + v * kSumsOfVector);
#pragma GCC unroll 12
    for (std::size_t p = 0; p < kPositionsAtOnce; ++p) {
      const std::uint32_t values = patches[p * job.patch_stride + group];
#pragma GCC unroll 4
      for (std::size_t v = 0; v < kFilterVectors; ++v) sums[p][v] = Group::add(sums[p][v], values, row[v]);
    }
  }
#pragma GCC unroll 12
  for (std::size_t p = 0; p < kPositionsAtOnce; ++p) {
#pragma GCC unroll 4
    for (std::size_t v = 0; v < kFilterVectors; ++v) store(to + p * job.sum_stride + v * kSumsOfVector, sums[p][v]);
  }
}

template <class Group>
void patch_product(const PatchJob& job) {
  for (std::size_t block = 0; block < job.blocks; ++block) {
    const std::uint32_t* const weights = job.weights + block * job.weight_stride;
    for (std::size_t p = 0; p < kPatchPositions; p += kPositionsAtOnce) {
      patch_block<Group>(job, job.patches + p * job.patch_stride, weights,
                         job.sums + p * job.sum_stride + block * kFilterBlock);
    }
  }
}

/// Adds what filters answer at a position to the sums of its cell.
void cell_answers(CellJob& job) {
  std::uint32_t saturations = 0;
  for (std::size_t k = 0; k < job.count; ++k) {
    const std::int32_t unlimited = (job.sums[k] + job.half) >> job.shift;
    const std::int32_t low = unlimited < -32768 ? -32768 : unlimited;
    const std::int32_t potential = low > 32767 ? 32767 : low;
    saturations += potential != unlimited ? 1U : 0U;
    const std::int32_t up = potential - job.threshold, down = -potential - job.threshold;
    job.up[k] += static_cast<std::uint32_t>(up > 0 ? up : 0);
    job.down[k] += static_cast<std::uint32_t>(down > 0 ? down : 0);
  }
  job.saturations += saturations;
}

}  // namespace
}  // namespace phasic::reference
