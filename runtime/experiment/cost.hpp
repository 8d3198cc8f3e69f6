// SPDX-License-Identifier: Apache-2.0
/// Operations of a pass by the formulas of the papers of NACA (Science Advances 2023) and SBP (Science Advances 2021), as their
/// published notebooks have them: a number for each matrix that a signal goes through, without time steps, sparsity, or the
/// number of samples.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/baseline/settings.hpp"
#include "runtime/network/network.hpp"

namespace phasic::runtime {

/// m inputs, n hidden neurons, k classes. NACA and frozen: mn + nk; BRP, DRTP, DFA, e-prop: + kn + km (e-prop's 2n^2 of
/// recurrence is not here, as nothing recurs); BP, STBP, SGD: 2 (mn + nk); EWC: (2 + k) (mn + nk). SBP's spiking network:
/// mn + nk + n, without self-backpropagation + m; its analog network 2 (mn + nk) either way; retrograde: mn + 2 nk + 0.1 mn +
/// 0.9 n, rounded down. `kind` matters for networks that settle alone.
[[nodiscard]] std::uint64_t formula_operations(baseline::Method method, std::uint64_t inputs, std::uint64_t hidden,
                                               std::uint64_t classes, baseline::Kind kind = baseline::Kind::kSpiking);

/// The same for any number of layers: one for each synapse, k (inputs + neurons) for a layer with DRTP, DFA or e-prop,
/// and kn + .1 mn + .9 n for one with S-MLP-SBP (m inputs, n neurons).
[[nodiscard]] std::uint64_t formula_operations(const Network& network);

}  // namespace phasic::runtime
