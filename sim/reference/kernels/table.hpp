// SPDX-License-Identifier: Apache-2.0
/// The table of the kernels for one instruction set: PHASIC_KERNELS_NAME, called PHASIC_KERNELS_TEXT, in vectors of
/// PHASIC_VECTOR_BYTES.
#pragma once

#include "sim/reference/kernels/ask.hpp"
#include "sim/reference/kernels/factors.hpp"
#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/graded_update.hpp"
#include "sim/reference/kernels/integrate.hpp"
#include "sim/reference/kernels/lists.hpp"
#include "sim/reference/kernels/narrow_integrate.hpp"
#include "sim/reference/kernels/narrow_update.hpp"
#include "sim/reference/kernels/patch_product.hpp"
#include "sim/reference/kernels/product.hpp"
#include "sim/reference/kernels/pull.hpp"
#include "sim/reference/kernels/random_words.hpp"
#include "sim/reference/kernels/scatter.hpp"
#include "sim/reference/kernels/update_common.hpp"
#include "sim/reference/kernels/update_steps.hpp"

namespace phasic::reference {

extern const FastKernels PHASIC_KERNELS_NAME;
const FastKernels PHASIC_KERNELS_NAME = {PHASIC_KERNELS_TEXT,
                                         integrate8,
                                         integrate16,
                                         narrow_integrate8,
                                         narrow_integrate16,
                                         narrow_update8,
                                         narrow_update16,
                                         update_common8,
                                         update_common16,
                                         update8,
                                         update16,
                                         product8,
                                         product16,
                                         graded_update<std::int8_t>,
                                         graded_update<std::int16_t>,
                                         ask,
                                         pull,
                                         scatter,
                                         limited_scatter,
                                         largest_magnitude,
                                         patch_product<PairGroup>,
#ifdef PHASIC_PATCH_BYTES
                                         patch_product<ByteGroup>,
#else
                                         nullptr,
#endif
                                         cell_answers,
                                         level_factors,
                                         split_changes8,
                                         split_changes16,
                                         permute_all,
                                         list_inputs,
                                         list_spikes,
                                         list_bits};

}  // namespace phasic::reference
