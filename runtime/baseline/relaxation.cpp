// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/relaxation.hpp"

#include <nlohmann/json.hpp>

#include "runtime/baseline/fields.hpp"

namespace phasic::baseline {

Relaxation Relaxation::of_energy() {
  Relaxation relaxation;
  relaxation.free_iterations = 10;
  relaxation.taught_iterations = 10;
  relaxation.step = 1;
  relaxation.nudge = 0.2F;
  return relaxation;
}

void read_relaxation(const runtime::JsonNode& node, const RelaxationKind& kind, Relaxation& relaxation) {
  refuse_unless(kind.spiking && kind.spreads, node, "spread", "belongs to the spiking network of \"sbp\"");
  refuse_unless(kind.spiking, node, "reset", "belongs to spiking networks");
  refuse_unless(!kind.spiking && kind.spreads, node, "coupling", "belongs to the analog network of \"sbp\"");
  whole(node, "free_iterations", 1, 10000, relaxation.free_iterations);
  whole(node, "taught_iterations", 1, 10000, relaxation.taught_iterations);
  number(node, "step", 1e-6, 1, relaxation.step);
  number(node, "nudge", 1e-6, 1000, relaxation.nudge);
  number(node, "hidden_rate", 0, 1000, relaxation.hidden_rate);
  number(node, "output_rate", 0, 1000, relaxation.output_rate);
  number(node, "spread", 0, 1000, relaxation.spread);
  number(node, "reset", -1000, 1000, relaxation.reset);
  number(node, "coupling", 1e-6, 1000, relaxation.coupling);
}

void refuse_relaxation(const runtime::JsonNode& node) {
  for (const std::string_view field :
       {"free_iterations", "taught_iterations", "step", "nudge", "hidden_rate", "output_rate", "spread", "reset", "coupling"})
    refuse_unless(false, node, field, "belongs to \"symmetric\", \"differential\" and \"sbp\"");
}

void print_relaxation(const Relaxation& relaxation, const RelaxationKind& kind, nlohmann::json& document) {
  document["free_iterations"] = relaxation.free_iterations;
  document["taught_iterations"] = relaxation.taught_iterations;
  document["step"] = printed(relaxation.step);
  document["nudge"] = printed(relaxation.nudge);
  document["hidden_rate"] = printed(relaxation.hidden_rate);
  document["output_rate"] = printed(relaxation.output_rate);
  if (kind.spiking) document["reset"] = printed(relaxation.reset);
  if (kind.spiking && kind.spreads) document["spread"] = printed(relaxation.spread);
  if (!kind.spiking && kind.spreads) document["coupling"] = printed(relaxation.coupling);
}

}  // namespace phasic::baseline
