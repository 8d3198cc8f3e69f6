// SPDX-License-Identifier: Apache-2.0
/// Constants of the networks that settle into an equilibrium before they answer and again, with a weak pull towards the
/// targets, before they learn: those of the methods "symmetric", "differential" and "sbp".
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>

#include "runtime/base/json_node.hpp"

namespace phasic::baseline {

/// Defaults are those of the published spiking network; `of_energy` has those of the analog one.
struct Relaxation {
  std::uint32_t free_iterations = 20;   ///< towards the equilibrium without targets
  std::uint32_t taught_iterations = 5;  ///< from there on, with the outputs pulled
  float step = 0.5F;                    ///< epsilon: share of the way that an iteration goes
  float nudge = 0.5F;                   ///< beta: strength of the pull
  float hidden_rate = 0.1F;             ///< alpha of the hidden layer
  float output_rate = 0.05F;            ///< alpha of the output layer
  float spread = 0.2F;                  ///< fraction F of a change that spreads to other synapses; 0: none (spiking "sbp")
  float reset = -0.5F;                  ///< potential after a spike (spiking)
  float coupling = 0.5F;                ///< theta: weight of the next layer's energy (analog "sbp")
  bool operator==(const Relaxation&) const = default;

  [[nodiscard]] static Relaxation of_energy();
};

/// Which of the fields a network has.
struct RelaxationKind {
  bool spiking = false;
  bool spreads = false;  ///< method "sbp"
};

/// Reads the fields that are there into `relaxation`. Throws runtime::InputError for values out of range and for fields that
/// this network does not have.
void read_relaxation(const runtime::JsonNode& node, const RelaxationKind& kind, Relaxation& relaxation);

/// Refuses all of these fields.
void refuse_relaxation(const runtime::JsonNode& node);

/// Adds the fields that this network has.
void print_relaxation(const Relaxation& relaxation, const RelaxationKind& kind, nlohmann::json& document);

}  // namespace phasic::baseline
